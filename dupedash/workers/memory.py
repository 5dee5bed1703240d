"""How much memory this program may use: the machine's, or less where its container is limited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

import psutil

_MOUNT = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def usable() -> int:
    """Bytes: of the machine, or of the smallest limit of a control group that this process is in."""
    return min([int(psutil.virtual_memory().total), *group_limits()])


def group_limits(mount: Path = _MOUNT, own: Path = _OWN) -> Iterator[int]:
    """The memory limits (bytes) of the control groups of this process, of version 1 and 2, on Linux.

    A container may see the whole path of its group and only its end below `mount`, so that every part of the
    path is looked at. https://docs.kernel.org/admin-guide/cgroup-v2.html, cgroup-v1/memory.html
    """
    try:
        lines = own.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _number, _, rest = line.partition(":")
        kinds, _, path = rest.partition(":")
        if kinds == "":
            yield from _limits(mount, PurePosixPath(path), "memory.max")
        elif "memory" in kinds.split(","):
            yield from _limits(mount / "memory", PurePosixPath(path), "memory.limit_in_bytes")


def _limits(mount: Path, path: PurePosixPath, name: str) -> Iterator[int]:
    for group in (path, *path.parents):
        with suppress(OSError, ValueError):  # no such group here, or "max"
            yield int((mount / group.relative_to("/") / name).read_text("ascii"))
