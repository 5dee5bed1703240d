"""Checksums of derived files: a flipped byte is noticed before anything is taken from it.

CRC-32 finds every burst of up to 32 bits and misses one in 4 billion other changes; zlib's goes at several
GB/s, so that reading the file is what it costs. It guards against damage, not against people.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20  # bytes read at a time
_SEAL = "sum"
SUMS = "sums.json"
"""The sums of the files of one folder, written when all are there."""


def sum_of(path: Path) -> int:
    """The CRC-32 of a file. It is read, not mapped, so that it takes no memory. Raises OSError."""
    total = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total = zlib.crc32(chunk, total)
    return total


def note_folder(folder: Path) -> None:
    """Write down the sums of all files in the folder."""
    sums = {path.name: sum_of(path) for path in sorted(folder.iterdir())}
    (folder / SUMS).write_text(json.dumps(sums), "ascii")


def check_folder(folder: Path, names: Iterable[str]) -> None:
    """Raises OSError or ValueError where one of these files is missing or is not as it was written."""
    sums = json.loads((folder / SUMS).read_text("ascii"))
    for name in names:
        if not isinstance(sums, dict) or sums.get(name) != sum_of(folder / name):
            raise ValueError(f"{folder / name} is damaged")


def note(path: Path, temporary: Path) -> None:
    """Write the sum of `temporary`, which is about to become `path`, beside it."""
    beside(path).write_text(f"{sum_of(temporary):08x}\n", "ascii")


def check(path: Path) -> None:
    """Raises ValueError for a file that is not as `note` saw it; one without a sum passes. Raises OSError."""
    try:
        noted = beside(path).read_bytes()
    except FileNotFoundError:  # of version 0.1
        return
    status = path.stat()
    if noted.strip() != _seen(path, status.st_ino, status.st_size, status.st_mtime_ns):
        raise ValueError("a byte of it changed")


@lru_cache(4096)
def _seen(path: Path, _inode: int, _size: int, _mtime_ns: int) -> bytes:
    """The sum of a file that lies there unchanged: it is read once, however many columns are asked for."""
    return f"{sum_of(path):08x}".encode("ascii")


def sealed(known: Mapping[str, Any], *about: Any) -> dict[str, Any]:
    """A JSON object with its own sum, which also covers what it is `about` and is kept elsewhere."""
    return {**known, _SEAL: _sum(known, about)}


def unsealed(found: Any, *about: Any) -> dict[str, Any]:
    """What was `sealed`. Raises ValueError where a byte of it changed; one without a sum passes."""
    if not isinstance(found, dict):
        raise ValueError("it is not what was written")
    known = {name: value for name, value in found.items() if name != _SEAL}
    if found.get(_SEAL) not in (None, _sum(known, about)):  # version 0.1 wrote none
        raise ValueError("a byte of it changed")
    return known


def _sum(known: Mapping[str, Any], about: Iterable[Any]) -> int:
    total = 0
    for part in (known, *about):
        total = zlib.crc32(json.dumps(part, sort_keys=True).encode("ascii"), total)
    return total


def sum_of_text(text: str) -> int:
    """The CRC-32 of a text."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def beside(path: Path) -> Path:
    """Where the sum of a file is."""
    return path.with_name(path.name + ".crc32")
