"""One job on disk: what was asked for (by the starter) and how far it is (by the job's own process)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil

from dupedash.errors import ConfigError
from dupedash.model import Progress

ORDER, STATE, STOP, LOG = "order.json", "state.json", "stop", "log.txt"
START_SECONDS = 10.0
"""How long an order may be without a process before it counts as interrupted."""


class JobStatus(StrEnum):
    """`interrupted`: its process died. All but `running` and `done` may be started again to go on."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Job:
    """A snapshot of a job.

    id         the same kind and arguments have the same id
    result     what it made (the id of a scan, a sentence …), as soon as that is known
    error      why it failed: a sentence
    stopping   it was asked to stop and has not yet
    log        its output, for someone who looks for the cause of an unexpected failure
    """

    id: str
    kind: str
    arguments: Mapping[str, Any]
    status: JobStatus
    created: datetime
    progress: Progress | None = None
    result: str = ""
    error: str = ""
    stopping: bool = False
    finished: datetime | None = None
    log: Path | None = None

    @property
    def active(self) -> bool:
        """Whether its process is at work."""
        return self.status is JobStatus.RUNNING


def job_id(kind: str, arguments: Mapping[str, Any]) -> str:
    """Names the work: the same kind with the same arguments is the same job."""
    text = json.dumps([kind, arguments], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_json(path: Path) -> dict[str, Any]:
    """Empty where there is no such file. Raises ConfigError for a damaged one."""
    try:
        value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"The state of a job is damaged: {path} ({error}). Delete {path.parent}."
        ) from error
    return value


def order(kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A new order; `created` tells its state from that of an earlier run of the same job."""
    return {"kind": kind, "arguments": dict(arguments), "created": datetime.now(UTC).isoformat()}


def read_job(folder: Path) -> Job:
    """The job in this folder, as it is now. Raises ConfigError."""
    ordered = read_json(folder / ORDER)
    if not ordered:
        raise ConfigError(f"There is no job {folder.name!r}.")
    state = _state(folder, ordered["created"])
    created, finished = datetime.fromisoformat(ordered["created"]), state.get("finished")
    status = JobStatus(state.get("status", JobStatus.RUNNING))
    if status is JobStatus.RUNNING and not _alive({**ordered, **state}, created):
        status = JobStatus.INTERRUPTED
    return Job(
        id=folder.name,
        kind=ordered["kind"],
        arguments=ordered["arguments"],
        status=status,
        created=created,
        progress=Progress(**state["progress"]) if state.get("progress") else None,
        result=state.get("result", ""),
        error=state.get("error", ""),
        stopping=status is JobStatus.RUNNING and (folder / STOP).exists(),
        finished=datetime.fromisoformat(finished) if finished else None,
        log=folder / LOG,
    )


def _state(folder: Path, created: str) -> dict[str, Any]:
    """What the run that was ordered then says of itself."""
    try:
        state = read_json(folder / STATE)
    except ConfigError as error:
        return {"status": JobStatus.FAILED, "error": str(error)}
    return state if state.get("created") == created else {}


def process_stamp(pid: int) -> dict[str, Any]:
    """Tells this process from a later one of the same number. Empty where it is gone already."""
    try:
        return {"pid": pid, "process": psutil.Process(pid).create_time()}
    except psutil.NoSuchProcess:
        return {}


def _alive(known: Mapping[str, Any], created: datetime) -> bool:
    if "pid" not in known:
        return (datetime.now(UTC) - created).total_seconds() < START_SECONDS
    try:
        process = psutil.Process(known["pid"])
        return bool(process.create_time() == known["process"]) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
