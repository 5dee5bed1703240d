"""What the tasks of a cluster tell while they run, and what the client makes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from distributed import Client, get_worker

from dupedash.cluster import memory
from dupedash.model import Progress, ReportProgress

TOPIC = "dupedash"
_here = threading.local()
"""`meter`: that of the task which this thread runs."""


def tell_done(done: int) -> None:
    """The task that runs here has done so many images."""
    if meter := getattr(_here, "meter", None):
        meter.tell_done(done)


@dataclass(slots=True)
class Meter:
    """One task at work: tells what it did, whatever comes of it. `sent` bytes, `done` images;
    `others`: processor seconds of processes that work for it."""

    stage: str
    part: str
    sent: int = 0
    done: int = 0
    others: float = 0.0
    _cpu: float = 0.0
    _told: float = 0.0

    def __enter__(self) -> Meter:
        memory.give_back()
        memory.begin()
        self._cpu = time.thread_time()
        _here.meter = self
        self.tell()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        _here.meter = None
        if kind is None:
            self.tell(ended=True)
        memory.give_back()

    def tell_done(self, done: int) -> None:
        """So many images are done; told once a second."""
        self.done = done
        if time.monotonic() - self._told > 1:
            self.tell()

    def tell(self, ended: bool = False) -> None:
        """What was done so far."""
        self._told = time.monotonic()
        with suppress(ValueError):  # outside a worker, as in tests
            get_worker().log_event(
                TOPIC,
                {
                    "stage": self.stage,
                    "part": self.part,
                    "done": self.done,
                    "sent": self.sent,
                    "ended": ended,
                    "cpu": time.thread_time() - self._cpu + self.others,
                    "memory": memory.most(),
                },
            )


@dataclass(slots=True)
class Figures:
    """What the tasks of one stage told; of a part that is done twice the last counts. `news`: what was
    told for the first time since somebody cleared it."""

    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    news: set[tuple[str, int, bool]] = field(default_factory=set)

    def sum(self, name: str) -> float:
        """Of all parts."""
        return float(sum(part[name] for part in list(self.parts.values())))

    @property
    def memory(self) -> int:
        """Bytes that a process had at the most during one of the parts, its program included."""
        return max((part["memory"] for part in list(self.parts.values())), default=0)

    @property
    def ended(self) -> int:
        """Parts that are done."""
        return sum(part["ended"] for part in list(self.parts.values()))


@dataclass(slots=True)
class Watcher:
    """Listens to the tasks, and reports the stage that runs."""

    client: Client
    receiver: ReportProgress
    figures: dict[str, Figures] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Watcher:
        self.client.subscribe_topic(TOPIC, self._heard)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with suppress(Exception):  # the scheduler may be gone
            self.client.unsubscribe_topic(TOPIC)

    def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        told = event[1]
        with self._lock:
            figures = self.figures.setdefault(told["stage"], Figures())
            figures.parts[told["part"]] = told
            figures.news.add((told["part"], told["done"], told["ended"]))

    @contextmanager
    def stage(self, name: str, total: int, skipped: int = 0, tasks: int = 0) -> Iterator[Figures]:
        """Report twice a second, of `total` images: those that the tasks tell, or where they tell none the
        share of `tasks` that ended."""
        figures = self.figures.setdefault(name, Figures())
        began, over = time.monotonic(), threading.Event()

        def tell() -> None:
            count = total * figures.ended // tasks if tasks else int(figures.sum("done"))
            done = min(total, skipped + count)
            self.receiver(Progress(name, done, total, time.monotonic() - began, skipped))

        def run() -> None:
            while not over.wait(0.5):
                tell()

        thread = threading.Thread(target=run, name="dupedash progress", daemon=True)
        thread.start()
        try:
            yield figures
        finally:
            over.set()
            thread.join()
            tell()
