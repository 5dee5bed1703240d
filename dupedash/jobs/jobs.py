"""Start, join, watch and stop jobs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dupedash
from dupedash.config import Workspace
from dupedash.errors import ConfigError, Conflict
from dupedash.jobs.job import LOG, ORDER, STATE, STOP, Job, job_id, order, process_stamp, read_job
from dupedash.storage import atomic, locks
from dupedash.system.programs import apart

_ID = re.compile(r"[0-9a-f]{16}")
PROGRAM = (sys.executable, "-m", "dupedash")
START_LOCK_SECONDS = 10.0  # starting a process takes a fraction of it


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of a workspace. `program` is what runs them: it is called with --data DIR job ID."""

    workspace: Workspace
    program: tuple[str, ...] = PROGRAM

    def start(self, kind: str, arguments: Mapping[str, Any]) -> Job:
        """Start this work, or join it where it runs already. `arguments`: JSON values, absolute paths.

        Raises Forbidden where the workspace may only be looked at, as `stop` and `forget` do; Conflict where
        another job is being started.
        """
        self.workspace.must_write()
        folder = self.workspace.jobs / job_id(kind, arguments)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with locks.held(self.workspace.jobs / "start.lock", START_LOCK_SECONDS):
                job = _try(folder)
                if job is not None and job.active:
                    return job
                self._launch(folder, order(kind, arguments))
        except locks.Taken as error:
            raise Conflict("Another job is being started just now: try again.") from error
        return read_job(folder)

    def list(self) -> Sequence[Job]:
        """All jobs, newest first."""
        found = [_try(path.parent) for path in self.workspace.jobs.glob(f"*/{ORDER}")]
        return sorted(filter(None, found), key=lambda job: job.created, reverse=True)

    def get(self, identifier: str) -> Job:
        """Raises ConfigError where there is no such job."""
        return read_job(self._folder(identifier))

    def stop(self, identifier: str) -> Job:
        """Ask it to stop; it keeps what is finished. Nothing happens where it does not run."""
        self.workspace.must_write()
        folder = self._folder(identifier)
        job = read_job(folder)
        if job.active:
            (folder / STOP).touch()
        return read_job(folder)

    def forget(self, identifier: str) -> None:
        """Remove a job from the list; its result stays. Raises ConfigError where it runs."""
        self.workspace.must_write()
        if self.get(identifier).active:
            raise ConfigError(f"The job {identifier} runs just now: stop it first.")
        shutil.rmtree(self._folder(identifier))

    def _folder(self, identifier: str) -> Path:
        if not _ID.fullmatch(identifier):
            raise ConfigError(f"There is no job {identifier!r}.")
        return self.workspace.jobs / identifier

    def _launch(self, folder: Path, ordered: dict[str, Any]) -> None:
        for left in (STATE, STOP):
            (folder / left).unlink(missing_ok=True)
        atomic.write(folder / ORDER, json.dumps(ordered))
        command = [*self.program, "--data", str(self.workspace.root), "job", folder.name]
        with (folder / LOG).open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                **apart(),  # a closed dashboard does not end it
            )
        atomic.write(folder / ORDER, json.dumps(ordered | process_stamp(process.pid)))
        threading.Thread(target=process.wait, daemon=True).start()  # no zombie stays behind


def _try(folder: Path) -> Job | None:
    """None where there is no order or not a readable one; it can be ordered anew."""
    try:
        return read_job(folder)
    except ConfigError:
        return None


def _environment() -> dict[str, str]:
    """The project's folder is found whatever the current one is."""
    home = str(Path(dupedash.__file__).resolve().parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
