"""The processes of `pool`, started when they are needed, or ahead: who knows that there will be work lets
what it needs be imported while it looks what there is."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol

from dupedash.system.programs import FORKS
from dupedash.workers.forked import Forked, Forkserver

WORKER = ("-m", "dupedash.workers.worker")
_ROOT = Path(__file__).resolve().parents[2]  # of this program: workers import from there
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_NO_HELPER = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""The memory of pyarrow would be tidied by a thread, and what has a second thread is not forked."""
_IDLE = 300.0
"""Seconds after the last fork until the forkserver ends, if what it forked has: it holds 150 MB."""


class Process(Protocol):
    """What `pool` needs of a process."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    def poll(self) -> int | None:
        """How it ended, None: not yet."""

    def wait(self) -> int:
        """How it ended, when it has."""

    def kill(self) -> None:
        """End it."""

    def communicate(self) -> object:
        """Close its pipes and wait until it has ended."""


class _Forking:
    """The forkserver, while there is one, and what it forked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Forkserver | None = None
        self._forked: list[Forked] = []
        self._look: threading.Timer | None = None

    def prepare(self, wanted: Sequence[str]) -> None:
        with self._lock:
            self._ready().prepare(wanted)
            self._look_later()

    def fork(self, wanted: Sequence[str]) -> Forked:
        with self._lock:
            try:
                process = self._ready().fork(wanted)
            except OSError:  # it ended in this moment
                process = self._ready().fork(wanted)
            self._forked = [*(other for other in self._forked if other.poll() is None), process]
            self._look_later()
            return process

    def _ready(self) -> Forkserver:
        if self._server is None or not self._server.of_use:
            self._end()
            self._server = Forkserver(_environment())
        return self._server

    def _look_later(self) -> None:
        if self._look is not None:
            self._look.cancel()
        self._look = threading.Timer(_IDLE, self._end_if_idle)
        self._look.daemon = True
        self._look.start()

    def _end_if_idle(self) -> None:
        with self._lock:
            if all(process.poll() is not None for process in self._forked):
                self._end()
            else:
                self._look_later()

    def _end(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

    def end(self) -> None:
        with self._lock:
            self._end()


_forking = _Forking()
_waiting: list[subprocess.Popen[bytes]] = []
_lock = threading.Lock()


def start_ahead(count: int, warm_up: str) -> None:
    """Let so many processes start that call a function, "module:name", and then wait for work of any kind;
    where processes are forked, let that be called of which they are.

    They end with this program where there is none. One that cannot be started is started when it is needed.
    """
    try:
        if FORKS:
            _forking.prepare([warm_up])
        else:
            for _ in range(count):
                process = _started(warm_up)
                with _lock:
                    _waiting.append(process)
    except OSError:
        return


def taken(wanted: Sequence[str] = ()) -> Process:
    """A process that has imported the modules `wanted`, if that costs nothing. Raises OSError."""
    if FORKS:
        return _forking.fork(wanted)
    with _lock:
        while _waiting:
            process = _waiting.pop()
            if process.poll() is None:
                return process
            process.communicate()
    return _started()


def _started(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, *WORKER, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment())


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, **_ONE_THREAD, **_NO_HELPER, "PYTHONPATH": path}


@atexit.register
def end() -> None:
    """End the forkserver, and what waits for work."""
    _forking.end()
    with _lock:
        for process in _waiting:
            process.kill()
            process.communicate()
        _waiting.clear()
