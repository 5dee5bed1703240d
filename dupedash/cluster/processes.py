"""A scheduler and workers as processes of this machine, as they would run on several."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dupedash.errors import Unreachable
from dupedash.system.home import HOME

_SECONDS = 60  # until a scheduler must have told its address
_FILE = "scheduler.json"
_SCHEDULER, _WORKER = "distributed.cli.dask_scheduler", "distributed.cli.dask_worker"


@contextmanager
def started(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The scheduler's address, and the processes, the scheduler first; they end afterwards.

    `folder` takes their files. Raises Unreachable where the scheduler does not start.
    """
    file = folder / _FILE
    file.unlink(missing_ok=True)
    running = [_run(_SCHEDULER, folder, "--host", "127.0.0.1", "--port", "0", "--dashboard-address", ":0")]
    try:
        address = _told(file)
        running += [
            _run(_WORKER, folder, "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
            for _ in range(workers)
        ]
        yield address, running
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()


def _run(module: str, folder: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module, "--scheduler-file", str(folder / _FILE), *options]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=HOME, stdout=quiet, stderr=quiet)


def _told(file: Path) -> str:
    """The address that a scheduler writes when it is there."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        try:
            return str(json.loads(file.read_text("utf-8"))["address"])
        except (OSError, ValueError):
            time.sleep(0.1)
    raise Unreachable(f"No Dask scheduler started within {_SECONDS} s.")
