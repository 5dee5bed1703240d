"""One at a time, among processes and threads: a lock file, freed however its holder ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

FOR_EVER = -1.0  # as filelock says it


class Taken(Exception):
    """Somebody else holds the lock."""


@contextmanager
def held(path: Path, patience: float = FOR_EVER) -> Iterator[None]:
    """Hold the lock file `path`, which is made where it is not there; what stands in it does not matter.

    Waits for others for up to `patience` seconds. Raises Taken after that, OSError where the file cannot be
    made or opened.
    """
    lock = FileLock(path, timeout=patience)
    try:
        lock.acquire()
    except Timeout:
        raise Taken(f"{path} is held by another process") from None
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Whether somebody holds it just now. Raises OSError as `held` does."""
    try:
        with held(path, patience=0):
            return False
    except Taken:
        return True
