"""Decode pictures apart from this program: in a few processes that it shares, bounded in memory and time.

A picture may be made to take gigabytes, hours, or the whole program with it. Read here it costs a process.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from dupedash.errors import Busy, UnreadableImage
from dupedash.images import encode
from dupedash.images.files import LIMITS, printable
from dupedash.images.metadata import reading
from dupedash.images.metadata.facts import Facts
from dupedash.images.metadata.tags import read_sidecar_tags, read_tags
from dupedash.workers import Bounds, Pool, WorkerLost, memory

T = TypeVar("T")

_MEMORY = 11 << 28
"""Bytes for a picture that a stranger may have made; those of our own folders may take more (`LIMITS`)."""
_WAITING = 32
"""Pictures that may wait: fewer than Starlette has threads (40), so that other answers go on."""

_pools: dict[int, Pool] = {}
_lock = threading.Lock()


def ask(work: Callable[[], T], name: str) -> T:
    """What `work` says about the picture called `name`; it is sent to a process, so it can be pickled.

    Raises UnreadableImage, also for a picture that takes more time than `LIMITS` or too much memory; Busy.
    """
    try:
        found: T = _pool().ask(work)
    except WorkerLost as lost:
        raise UnreadableImage(name, lost.reason) from lost
    return found


def prepare(work: Callable[[], object]) -> None:
    """Start every process, each with this first work: no picture has to wait for one. Where there are more
    than may wait, some start later."""
    with suppress(WorkerLost, Busy):
        _pool().ask_all([work] * at_once())


def render(source: Path | bytes, long_side: int = 1600, name: str = "upload") -> bytes:
    """See `encode.render`; apart."""
    shown = name if isinstance(source, bytes) else printable(source)
    return ask(partial(encode.render, source, long_side), shown)


def original(source: Path) -> bytes:
    """See `encode.original`; apart."""
    return ask(partial(encode.original, source), printable(source))


def tags(source: Path) -> dict[str, str]:
    """See `tags.read_tags`; apart."""
    return ask(partial(read_tags, source), printable(source))


def sidecar_tags(source: Path) -> dict[str, str]:
    """See `tags.read_sidecar_tags`; apart."""
    return ask(partial(read_sidecar_tags, source), printable(source))


def facts(source: Path) -> Facts:
    """See `reading.read_facts`; apart."""
    return ask(partial(reading.read_facts, source), printable(source))


def sidecar(source: Path) -> Facts:
    """See `reading.read_sidecar`; apart."""
    return ask(partial(reading.read_sidecar, source), printable(source))


def takes_packet(source: Path) -> bool:
    """See `reading.takes_packet`; apart."""
    return ask(partial(reading.takes_packet, source), printable(source))


def thumbnail(data: bytes, name: str = "upload") -> bytes:
    """The thumbnail (WebP) of a picture file; apart. Raises UnreadableImage, Busy."""
    return ask(partial(encode.thumbnail_of, data), name)


def at_once() -> int:
    """How many pictures are read at once: one a processor, as far as half of the memory here allows."""
    return max(1, min(os.cpu_count() or 1, memory.usable() // 2 // _MEMORY))


def _pool() -> Pool:
    """The pool of this process: a forked one has the threads of none."""
    with _lock:
        if os.getpid() not in _pools:
            bounds = Bounds.of(LIMITS.max_seconds, _MEMORY)
            _pools[os.getpid()] = pool = Pool(_done, at_once(), bounds=bounds, waiting=_WAITING)
            atexit.register(pool.close)
        return _pools[os.getpid()]


def _done(work: Callable[[], T]) -> T:
    return work()
