"""What the example consists of: read from pictures.csv (the originals) and copies.csv beside this file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from dupedash.example.changes import Kind

VERSION = 3
"""Raise it when a drawing or a change is altered: collections made by an older version are made anew."""

Option = str | int | bool


@dataclass(frozen=True, slots=True)
class Original:
    """A picture to draw. `twin` is the picture it resembles without being its duplicate."""

    path: str
    drawing: str
    width: int
    height: int
    options: Mapping[str, Option]
    labels: tuple[str, ...]
    twin: str | None

    @property
    def seed(self) -> int:
        """Twins share it: what their options do not change is the same in both."""
        return seed(self.twin or self.path)


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture to derive from an original."""

    path: str
    original: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Plan:
    """All originals and their copies; `flat` and `broken` are two files that cannot be compared."""

    originals: tuple[Original, ...]
    copies: tuple[Copy, ...]
    flat: str = "uploads/blank.png"
    broken: str = "uploads/IMG_2077.jpg"

    def under(self, *folders: str) -> Plan:
        """Only the originals in these folders, with all their copies."""
        originals = tuple(o for o in self.originals if o.path.startswith(folders))
        kept = {o.path for o in originals}
        return Plan(originals, tuple(c for c in self.copies if c.original in kept), self.flat, self.broken)

    def copies_of(self, original: str) -> tuple[Copy, ...]:
        """In the order of the plan."""
        return tuple(copy for copy in self.copies if copy.original == original)

    def paths(self) -> list[str]:
        """Every file, the two that cannot be compared included."""
        return [*(o.path for o in self.originals), *(c.path for c in self.copies), self.flat, self.broken]


def seed(path: str) -> int:
    """A number of its own for every path, the same on every machine."""
    return crc32(path.encode())


def read() -> Plan:
    """The whole plan."""
    originals = tuple(_original(row) for row in _rows("pictures.csv"))
    copies = tuple(Copy(row["path"], row["original"], Kind(row["kind"])) for row in _rows("copies.csv"))
    return Plan(originals, copies)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _original(row: dict[str, str]) -> Original:
    width, height = (int(side) for side in row["size"].split("x"))
    options = dict(_option(word) for word in row["options"].split())
    labels = tuple(row["labels"].split())
    return Original(row["path"], row["drawing"], width, height, options, labels, row["twin"] or None)


def _option(word: str) -> tuple[str, Option]:
    """`dark` is True, `tone=2` a number, `words=LOW_NOTES` a text with blanks."""
    name, equals, value = word.partition("=")
    if not equals:
        return name, True
    return name, int(value) if value.isdecimal() else value.replace("_", " ")
