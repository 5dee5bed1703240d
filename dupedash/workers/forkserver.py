"""The other end of `forked`: imports what is wanted, forks itself, and says how each process ended."""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import select
import socket
import subprocess
import sys
import traceback
from contextlib import suppress

import cv2

from dupedash.system import signals
from dupedash.workers.forked import HEADER, Request
from dupedash.workers.processes import WORKER
from dupedash.workers.worker import serve

_MOST_ENDS = 4


def main() -> None:
    """Serve until the other end is closed."""
    signals.leave_interrupts_to_parent()
    cv2.setNumThreads(1)
    server = _Server(socket.socket(fileno=int(sys.argv[1])))
    while server.goes_on():
        pass
    os._exit(0)  # nothing is left to be done, and nothing of the libraries has to be taken down


class _Server:
    def __init__(self, asked: socket.socket) -> None:
        self._asked = asked
        self._told: dict[int, int] = {}
        """By the number of a process: the pipe in which its end is told."""
        self._woken, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signals.tell_of_ended_children(waker)
        self._waker = waker
        self._either = select.poll()
        for number in (asked.fileno(), self._woken):
            self._either.register(number, select.POLLIN)

    def goes_on(self) -> bool:
        """Wait for the next request or end of a process; False: nobody asks any more."""
        asked = self._asked.fileno()
        ready = {number for number, _ in self._either.poll()}
        if self._woken in ready:
            os.read(self._woken, 64)
            self._tell_ended()
        return self._answer() if asked in ready else True

    def _answer(self) -> bool:
        header, ends, _, _ = socket.recv_fds(self._asked, HEADER.size, _MOST_ENDS)
        if not header:
            return False
        header += self._exactly(HEADER.size - len(header))
        request: Request = pickle.loads(self._exactly(*HEADER.unpack(header)))
        for wanted in request.wanted:
            _have(wanted)
        if ends:
            self._fork(request, ends)
        return True

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            if not (more := self._asked.recv(count - len(data))):
                os._exit(0)  # whoever asked is gone
            data += more
        return data

    def _fork(self, request: Request, ends: list[int]) -> None:
        tasks, answers, told, errors = ends
        gc.freeze()  # what is there stays: a collection would touch, and so copy, all pages
        pid = os.fork() if _single_threaded() else _started_anew(request, tasks, answers, errors)
        if pid == 0:
            self._become_worker(request, ends)
        self._told[pid] = told
        with suppress(BrokenPipeError):
            os.write(told, HEADER.pack(pid))
        for end in (tasks, answers, errors):
            os.close(end)

    def _become_worker(self, request: Request, ends: list[int]) -> None:
        code = 1
        try:
            signals.tell_of_ended_children(None)
            self._asked.close()
            for place, end in zip((0, 1, 2), (ends[0], ends[1], ends[3]), strict=True):
                os.dup2(end, place)
            for end in (self._woken, self._waker, *self._told.values(), *ends):
                os.close(end)
            os.environ.clear()
            os.environ.update(request.environment)
            if request.folder is not None:
                with suppress(OSError):
                    os.chdir(request.folder)
            serve()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _tell_ended(self) -> None:
        while self._told:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if (told := self._told.pop(pid, None)) is not None:
                with suppress(BrokenPipeError):
                    os.write(told, HEADER.pack(status))
                os.close(told)


def _have(wanted: str) -> None:
    """Import a module, or call "module:name". What fails here fails again in the process, which tells it."""
    module, _, name = wanted.partition(":")
    try:
        found = importlib.import_module(module)
        if name:
            getattr(found, name)()
    except Exception:
        traceback.print_exc()


def _single_threaded() -> bool:
    """Else a lock that another thread holds would never be given back in a fork."""
    return len(os.listdir("/proc/self/task")) == 1


def _started_anew(request: Request, tasks: int, answers: int, errors: int) -> int:
    """The number of a process of its own."""
    process = subprocess.Popen(
        [sys.executable, *WORKER], stdin=tasks, stdout=answers, stderr=errors,
        env={**os.environ, **request.environment}, cwd=request.folder,
    )  # fmt: skip
    process.returncode = 0  # its end is waited for with that of the others
    return process.pid


if __name__ == "__main__":
    main()
