"""The other side of a job, in its own process: run the work, report how far it is, heed the stop flag."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from dupedash.config import Settings
from dupedash.errors import Cancelled, ConfigError, DupedashError
from dupedash.jobs.job import (
    ORDER,
    STATE,
    STOP,
    JobStatus,
    process_stamp,
    read_json,
)
from dupedash.model import Progress
from dupedash.storage import atomic
from dupedash.system import signals

REPORT_SECONDS = 0.25  # between two writings of the state: pages ask no more often
LOOK_SECONDS = 0.1  # between two looks for the wish to stop: nobody notices that long


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of the work. `stopped`: it ended early because it was asked to, and can go on."""

    result: str = ""
    stopped: bool = False


@dataclass(slots=True)
class Task:
    """What the work gets: its arguments, and the way to report and to hear that it shall stop."""

    settings: Settings
    folder: Path
    arguments: Mapping[str, Any]
    _state: dict[str, Any]
    _reported: float = 0.0
    _looked: float = 0.0
    _stop: bool = field(default=False)

    def progress(self, progress: Progress) -> None:
        """Show how far it is; written four times a second at most."""
        self._state["progress"] = asdict(progress)
        if monotonic() - self._reported >= REPORT_SECONDS:
            self.write()

    def announce(self, result: str) -> None:
        """Say already now what this will be the making of, so that others can look at it meanwhile."""
        self._state["result"] = result
        self.write()

    def cancelled(self) -> bool:
        """Whether someone asked to stop."""
        if not self._stop and monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = monotonic()
            self._stop = (self.folder / STOP).exists()
        return self._stop

    def stop(self) -> None:
        """As if someone had asked to stop."""
        self._stop = True

    def write(self, **changes: Any) -> None:
        """Put the state on disk."""
        self._state |= changes
        self._reported = monotonic()
        atomic.write(self.folder / STATE, json.dumps(self._state))


Work = Callable[[Task], Ending]


def work(settings: Settings, identifier: str, kinds: Mapping[str, Work]) -> JobStatus:
    """Carry out the job of that id in this process and say on disk how it ended. Raises ConfigError."""
    folder = settings.workspace.jobs / identifier
    ordered = read_json(folder / ORDER)
    if ordered.get("kind") not in kinds:
        raise ConfigError(f"There is no job {identifier!r} that this version can do.")
    state = {"created": ordered["created"], "status": JobStatus.RUNNING, **process_stamp(os.getpid())}
    task = Task(settings, folder, ordered["arguments"], state)
    task.write()
    signals.on_end(lambda *_: task.stop())
    return _end(task, kinds[ordered["kind"]])


def _end(task: Task, job: Work) -> JobStatus:
    status, ending = _carry_out(task, job)
    task.write(status=status, finished=datetime.now(UTC).isoformat(), **ending)
    return status


def _carry_out(task: Task, job: Work) -> tuple[JobStatus, dict[str, str]]:
    try:
        outcome = job(task)
    except Cancelled:
        return JobStatus.STOPPED, {}
    except DupedashError as error:
        return JobStatus.FAILED, {"error": str(error)}
    except Exception as error:  # the rim of the process: nobody else would tell
        traceback.print_exc()
        return JobStatus.FAILED, {
            "error": f"Unexpected failure ({type(error).__name__}: {error}); see its log."
        }
    ending = {"result": outcome.result} if outcome.result else {}
    return (JobStatus.STOPPED if outcome.stopped else JobStatus.DONE), ending
