"""What the process of a worker holds: the most of it is told; what a task left goes back to the system."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pyarrow as pa


def begin() -> None:
    """From now on the system counts the most memory of this process anew (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def most() -> int:
    """Bytes that this process had at the most since then, its program included; elsewhere those of now."""
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) * 1024
    return int(psutil.Process().memory_info().rss)


def give_back() -> None:
    """Give the system what is free. Arrow and the C library keep that: 200 MB after a task that was measured,
    which the process held beside all that the next one needed."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # musl has no such function, and keeps less
            ctypes.CDLL(None).malloc_trim(0)
