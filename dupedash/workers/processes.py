"""The processes of `pool`, started when they are needed, or ahead: who knows that there will be work lets
some start, and import what it needs, while it looks what there is."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]  # of this program: workers import from there
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

_waiting: list[subprocess.Popen[bytes]] = []
_lock = threading.Lock()


def start_ahead(count: int, warm_up: str) -> None:
    """Let so many processes start that call a function, "module:name", and then wait for work of any kind.

    They end with this program where there is none. One that cannot be started is started when it is needed.
    """
    for _ in range(count):
        try:
            process = _started(warm_up)
        except OSError:
            return
        with _lock:
            _waiting.append(process)


def taken() -> subprocess.Popen[bytes]:
    """A process that waits for work, else a new one. Raises OSError."""
    with _lock:
        while _waiting:
            process = _waiting.pop()
            if process.poll() is None:
                return process
            process.communicate()
    return _started()


def _started(*arguments: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "dupedash.workers.worker", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
    )


@atexit.register
def _end() -> None:
    with _lock:
        for process in _waiting:
            process.kill()
            process.communicate()
        _waiting.clear()
