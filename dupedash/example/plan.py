"""What the example consists of: read from pictures.csv (the originals) and copies.csv beside this file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zlib import crc32

from dupedash.example.changes import CopyKind

VERSION = 4
"""Raise it when a picture or a change is altered: collections made by an older version are made anew."""


@dataclass(frozen=True, slots=True)
class Original:
    """A picture of the folder `pictures`.

    twin   the picture it resembles without being its duplicate
    taken  when, where its own EXIF data say so
    burst  the first frame of the burst it belongs to, where it is another one
    """

    path: str
    category: str
    labels: tuple[str, ...]
    twin: str | None = None
    taken: datetime | None = None
    burst: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture to derive from an original."""

    path: str
    original: str
    kind: CopyKind


@dataclass(frozen=True, slots=True)
class Contents:
    """All originals and their copies; `flat` and `broken` are two files that cannot be compared."""

    originals: tuple[Original, ...]
    copies: tuple[Copy, ...]
    flat: str = "uploads/blank.png"
    broken: str = "uploads/IMG_2077.jpg"

    def copies_of(self, original: str) -> tuple[Copy, ...]:
        """In the order of the plan."""
        return tuple(copy for copy in self.copies if copy.original == original)

    def paths(self) -> list[str]:
        """Every file, the two that cannot be compared included."""
        return [*(o.path for o in self.originals), *(c.path for c in self.copies), self.flat, self.broken]


def seed(path: str) -> int:
    """A number of its own for every path, the same on every machine."""
    return crc32(path.encode())


def read() -> Contents:
    """The whole plan."""
    originals = tuple(_original(row) for row in _rows("pictures.csv"))
    copies = tuple(Copy(row["path"], row["original"], CopyKind(row["kind"])) for row in _rows("copies.csv"))
    return Contents(originals, copies)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _original(row: dict[str, str]) -> Original:
    taken = datetime.fromisoformat(row["taken"]) if row["taken"] else None
    labels = tuple(row["labels"].split())
    return Original(row["path"], row["category"], labels, row["twin"] or None, taken, row["burst"] or None)
