"""The most memory that this process and its children had at one time."""

from __future__ import annotations

import threading
from types import TracebackType

import psutil

SECONDS = 0.2  # between two looks: peaks of a worker last longer
MEGABYTE = 1 << 20  # bytes


class PeakMemory:
    """Looks five times a second. `peak`: resident bytes of all processes, shared pages counted
    once, where the system tells them, as Linux does."""

    def __init__(self) -> None:
        self.peak = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    @property
    def megabytes(self) -> int:
        """The peak in MB."""
        return round(self.peak / MEGABYTE)

    def _look(self) -> None:
        me = psutil.Process()
        while True:
            self.peak = max(self.peak, sum(map(_resident, [me, *me.children(recursive=True)])))
            if self._end.wait(SECONDS):
                return


def _resident(process: psutil.Process) -> int:
    try:
        used = process.memory_full_info()
        return int(getattr(used, "pss", used.rss))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
