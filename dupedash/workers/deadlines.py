"""One clock for all that may take too long: a thread for each would cost more than many a task does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class _Deadline:
    """When it is, on the monotonic clock, and what happens then."""

    at: float
    give_up: Callable[[], None]


class Deadlines:
    """What is under way and may take so long. For any number of threads; one more looks at the clock, asleep
    until the first deadline, and ends when there was nothing under way at one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way: set[_Deadline] = set()
        self._first: float | None = None  # None: nobody looks

    @contextmanager
    def within(self, seconds: float | None, give_up: Callable[[], None]) -> Iterator[None]:
        """Call `give_up` if what is done inside takes longer (None: it may take for ever)."""
        if seconds is None:
            yield
            return
        deadline = _Deadline(time.monotonic() + seconds, give_up)
        self._begin(deadline)
        try:
            yield
        finally:
            with self._changed:
                self._under_way.discard(deadline)

    def _begin(self, deadline: _Deadline) -> None:
        with self._changed:
            self._under_way.add(deadline)
            if self._first is None:
                self._first = deadline.at
                threading.Thread(target=self._look, name="dupedash deadlines", daemon=True).start()
            elif deadline.at < self._first:
                self._changed.notify()

    def _look(self) -> None:
        with self._changed:
            try:
                while self._under_way:
                    self._first = min(deadline.at for deadline in self._under_way)
                    self._changed.wait(max(0.0, self._first - time.monotonic()))
                    for late in [one for one in self._under_way if one.at <= time.monotonic()]:
                        self._under_way.discard(late)
                        late.give_up()
            finally:
                self._first = None
