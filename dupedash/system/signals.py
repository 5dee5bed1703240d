"""How a program is asked to stop, on systems that have these signals and on those that have not."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], None]

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What ends a process, whatever it is doing."""
OUT_OF_TIME = getattr(signal, "SIGXCPU", None)
"""What ends a process that took more processor time than it may; None where no system counts it."""


def stopping() -> tuple[signal.Signals, ...]:
    """Ctrl-C, the end of a service or container, and Ctrl-Break or a closed window on Windows."""
    known = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGBREAK"))
    return tuple(filter(None, known))


@contextmanager
def heeded(handler: Handler) -> Iterator[None]:
    """`handler` is called for each of them in the block. Only for the main thread."""
    before = {number: signal.signal(number, handler) for number in stopping()}
    try:
        yield
    finally:
        for number, handler_before in before.items():
            signal.signal(number, handler_before)


def on_end(handler: Handler) -> None:
    """`handler` is called when this process shall end; Ctrl-C in a terminal is not meant for it."""
    for number in stopping():
        if number is not signal.SIGINT:
            signal.signal(number, handler)


def leave_interrupts_to_parent() -> None:
    """Ctrl-C in a terminal goes to every process; the one that was started there ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def tell_of_ended_children(pipe: int | None) -> None:
    """A byte comes into the pipe, which must not block, when a child of this process ends; None: no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL if pipe is None else lambda *_: None)
    signal.set_wakeup_fd(-1 if pipe is None else pipe)
