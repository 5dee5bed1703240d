"""Worker processes that are forked from one that has imported what they need.

To start Python, and to import and load all that compares pictures, takes a second of processor time, a fork
of a process that has done so ten milliseconds. Only on Linux: libraries of other systems do not bear it.
"""

from __future__ import annotations

import os
import pickle
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from dupedash.system import signals

HEADER = struct.Struct("<q")
"""Of what is told of a process: its number, and how it ended; and of a request: its length."""
_SETTLED = ("NUMBA_", "PYTHON")
"""Variables that Python and numba read once: with others another forkserver is needed."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a process needs. `wanted`: modules to import, and functions to call, "module:name", before it is
    forked; the process has this environment and works in this `folder`."""

    wanted: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str | None

    @staticmethod
    def of(wanted: Sequence[str]) -> Request:
        """In the environment and folder of this process."""
        try:
            folder = os.getcwd()
        except OSError:  # it was removed
            folder = None
        return Request(tuple(wanted), dict(os.environ), folder)


class Forked:
    """A forked process, with those of the attributes of `subprocess.Popen` that `pool` needs."""

    def __init__(self, tasks: int, answers: int, told: int) -> None:
        """Our ends of pipes; out of `told` come its number and, at its end, how it ended. Waits until it is
        there. Raises OSError where it will not be."""
        self.stdin: IO[bytes] | None = os.fdopen(tasks, "wb")
        self.stdout: IO[bytes] | None = os.fdopen(answers, "rb")
        self._told = told
        self._lock = threading.Lock()
        self._code: int | None = None
        said = os.read(told, HEADER.size)
        if len(said) < HEADER.size:
            os.close(told)
            raise ProcessLookupError("the process that was to be forked ended")
        (self._pid,) = HEADER.unpack(said)

    def poll(self) -> int | None:
        """How it ended, as `subprocess.Popen` says it; None: not yet. Where nobody is left who could say it,
        for its forkserver was killed, it is ended as well."""
        with self._lock:
            if self._code is None and self._said(0):
                said = os.read(self._told, HEADER.size)
                os.close(self._told)
                told = len(said) == HEADER.size
                self._code = os.waitstatus_to_exitcode(*HEADER.unpack(said)) if told else -signals.KILL
                if not told:
                    self._kill()
            return self._code

    def wait(self) -> int:
        """How it ended, when it has."""
        while (code := self.poll()) is None:
            self._said()
        return code

    def kill(self) -> None:
        """End it, whatever it is doing."""
        if self.poll() is None:
            self._kill()

    def communicate(self) -> None:
        """Close its pipes, and wait until it has ended: it does when nobody asks any more."""
        for pipe in (self.stdin, self.stdout):
            with suppress(OSError):  # what was still to be written
                if pipe is not None:
                    pipe.close()
        self.wait()

    def _said(self, milliseconds: int | None = None) -> bool:
        """Whether its end is told; waits for it so long, None: until it is."""
        told = select.poll()  # select.select takes no number above 1023, which a busy server may come to
        told.register(self._told, select.POLLIN)
        return bool(told.poll(milliseconds))

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signals.KILL)


class Forkserver:
    """The process that is forked, `python -m dupedash.workers.forkserver`, from our side. For one thread at a
    time. It ends with this program."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Raises OSError where it cannot be started."""
        self._settled = _settled()
        self._socket, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-m", "dupedash.workers.forkserver", str(number)]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, env=environment, pass_fds=[number]
            )

    @property
    def of_use(self) -> bool:
        """Whether it is there and what it has read still holds."""
        return self._process.poll() is None and self._settled == _settled()

    def prepare(self, wanted: Sequence[str]) -> None:
        """Let it import and call these meanwhile. Raises OSError where it is gone."""
        self._ask(wanted, ())

    def fork(self, wanted: Sequence[str]) -> Forked:
        """A process that has them. Raises OSError where it is gone."""
        pipes = [os.pipe() for _ in range(3)]
        (tasks, tasks_in), (answers_out, answers), (told_out, told) = pipes
        try:
            self._ask(wanted, (tasks, answers, told, sys.__stderr__.fileno() if sys.__stderr__ else 2))
        except OSError:
            for end in (tasks_in, answers_out, told_out):
                os.close(end)
            raise
        finally:
            for end in (tasks, answers, told):
                os.close(end)
        return Forked(tasks_in, answers_out, told_out)

    def _ask(self, wanted: Sequence[str], ends: Sequence[int]) -> None:
        request = pickle.dumps(Request.of(wanted))
        socket.send_fds(self._socket, [HEADER.pack(len(request))], ends)
        self._socket.sendall(request)

    def end(self) -> None:
        """End it; what it forked goes on."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


def _settled() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_SETTLED)}
