"""Work in a forked process that is killed (SIGKILL) at the n-th thing that happens in it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any

_OPERATIONS = frozenset({
    "open", "os.link", "os.rename", "os.remove", "os.symlink", "os.utime", "os.mkdir", "sqlite3.connect",
    "os.rmdir", "os.chmod",
})  # fmt: skip


def killed_at_file_operation(number: int, work: Callable[[], Any]) -> bool:
    """Whether it got as far as its n-th operation on files."""

    def watch(happened: Callable[[], None]) -> None:
        sys.addaudithook(lambda event, _args: happened() if event in _OPERATIONS else None)

    return _killed(number, work, watch)


def killed_at_line(number: int, module: ModuleType, work: Callable[[], Any]) -> bool:
    """Whether it got as far as the n-th line that it runs of this module."""

    def watch(happened: Callable[[], None]) -> None:
        def trace(frame: FrameType, event: str, _arg: Any) -> Any:
            if frame.f_code.co_filename != module.__file__:
                return None
            if event == "line":
                happened()
            return trace

        sys.settrace(trace)

    return _killed(number, work, watch)


def _killed(number: int, work: Callable[[], Any], watch: Callable[[Callable[[], None]], None]) -> bool:
    child = os.fork()
    if child == 0:
        seen = 0

        def happened() -> None:
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

        code = 1
        try:
            watch(happened)
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)
