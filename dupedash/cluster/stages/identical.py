"""Images that show one picture: found by the hash of their pixels, told as matches, compared only once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from dupedash.cluster.scope import AGAINST, SCOPE, Scope
from dupedash.cluster.stages.exchange import Pieces
from dupedash.cluster.stages.series import series_of
from dupedash.dataset.layout import DESCRIBED, IDENTICAL, MATCHES
from dupedash.dataset.places import Place
from dupedash.embedded.describe import descriptor
from dupedash.embedded.run.join import Sides, identical
from dupedash.embedded.store.documents import Searchable
from dupedash.scans.tables.columns import IMAGES, decode_record, encode_matches

STAGE = "finding identical images"
_COLUMNS = [*IMAGES.names[:11], "version"]

Member = tuple[str, str, int, int]
"""An image that shows a picture: its id, the hash of its file, its sides, its series (-1: none)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An image and the picture it shows; `chunk` by number. One that cannot be compared is no picture."""

    picture: str
    member: Member
    comparable: bool
    chunk: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Pictures on each side."""

    scope: int = 0
    against: int = 0


@dataclass(frozen=True, slots=True)
class Identical:
    """The whole stage: chunk → bucket of pictures → chunk again, which gets to know its groups."""

    out: Place
    work: str
    scope: Scope
    buckets: int

    def start(self, numbered: tuple[int, str]) -> Pieces:
        """The images of a chunk, to where their pictures meet."""
        number, chunk = numbered
        found: dict[int, list[Shown]] = {}
        for shown in shown_by(self.out, self.work, chunk, number, self.scope):
            found.setdefault(_bucket(shown.picture, self.buckets), []).append(shown)
        return found.items()

    def meet(self, here: int, pieces: Sequence[list[Shown]]) -> Pieces:
        """Tell the matches; every chunk gets the groups of its images, and the first one the counts."""
        groups: dict[str, list[Shown]] = {}
        for shown in (one for piece in pieces for one in piece):
            groups.setdefault(shown.picture, []).append(shown)
        for some in groups.values():
            some.sort(key=lambda one: one.member[0])
        several = {picture: some for picture, some in groups.items() if len(some) > 1}
        self._tell(here, several)
        found: dict[int, list[list[Shown]]] = {}
        for some in several.values():
            for chunk in {one.chunk for one in some}:
                found.setdefault(chunk, []).append(some)
        return [*found.items(), (0, _counted(groups))]

    def end(self, here: int, pieces: Sequence[Any]) -> Counts:
        """Write what a chunk needs to know: per picture its members, and which image stands for it."""
        rows = [_row(some) for piece in pieces if isinstance(piece, list) for some in piece]
        table = pa.Table.from_pylist(rows, _GROUPS)
        self.out.put_table(f"{self.work}/{IDENTICAL}/{here}.parquet", table)
        counts = [piece for piece in pieces if isinstance(piece, Counts)]
        return Counts(sum(c.scope for c in counts), sum(c.against for c in counts))

    def _tell(self, here: int, groups: Mapping[str, list[Shown]]) -> None:
        pictures = {p: tuple(searchable(p, one.member) for one in some) for p, some in groups.items()}
        found = identical(pictures, sides_of({p: [o.member for o in some] for p, some in groups.items()}))
        self.out.put_table(f"{self.work}/{MATCHES}/same-{here}.parquet", encode_matches(found))


MEMBERS = ("ids", "contents", "sides", "series")
"""The columns of members."""
_GROUPS = pa.schema(
    [
        pa.field("picture", pa.string()),
        pa.field("stands", pa.string()),
        pa.field("ids", pa.list_(pa.string())),
        pa.field("contents", pa.list_(pa.string())),
        pa.field("sides", pa.list_(pa.int8())),
        pa.field("series", pa.list_(pa.int64())),
    ]
)


def _row(some: Sequence[Shown]) -> dict[str, Any]:
    """A group; the first image that can be compared stands for it, as in a collection."""
    stands = next((one for one in some if one.comparable), some[0])
    members = dict(zip(MEMBERS, zip(*(one.member for one in some), strict=True), strict=True))
    return {"picture": some[0].picture, "stands": stands.member[0], **members}


def groups_of(out: Place, work: str, chunk: int) -> dict[str, tuple[str, list[Member]]]:
    """Per picture that images of this chunk share with others: who stands for it, and its members."""
    rows = out.table(f"{work}/{IDENTICAL}/{chunk}.parquet").to_pylist()
    return {row["picture"]: (row["stands"], members_of(row)) for row in rows}


def members_of(row: Mapping[str, Any]) -> list[Member]:
    """From the columns of a table."""
    return list(zip(*(row[name] for name in MEMBERS), strict=True))


def shown_by(out: Place, work: str, chunk: str, number: int, scope: Scope) -> Iterator[Shown]:
    """The images of a chunk that can be compared at least by their bytes. `work`: of the scan."""
    rows = out.table(f"{DESCRIBED}/{chunk}.parquet", _COLUMNS).to_pylist()
    sides, series = scope.sides([decode_record(row) for row in rows]), series_of(out, work, number)
    for row, side in zip(rows, sides, strict=True):
        if row["content"] is not None:
            member = row["id"], row["content"], side, series.get(row["id"], -1)
            yield Shown(picture_of(row), member, row["skipped"] is None, number)


def picture_of(row: Mapping[str, Any]) -> str:
    """What tells pictures apart, as in a collection."""
    current = row["version"] == descriptor.VERSION
    return str((row["pixels"] if current else None) or row["content"])


def searchable(picture: str, member: Member) -> Searchable:
    """A member as the embedded engine sees it."""
    return Searchable(0, member[0], member[1], picture, True, 0)


def sides_of(members: Mapping[str, Sequence[Member]]) -> Sides:
    """Who is on which side, of these pictures."""

    def side(bit: int) -> dict[str, tuple[Searchable, ...]]:
        found = {p: tuple(searchable(p, m) for m in some if m[2] & bit) for p, some in members.items()}
        return {picture: some for picture, some in found.items() if some}

    return Sides(side(SCOPE), side(AGAINST), None)


def _counted(groups: Mapping[str, Sequence[Shown]]) -> Counts:
    def count(bit: int) -> int:
        return sum(any(one.member[2] & bit for one in some) for some in groups.values())

    return Counts(count(SCOPE), count(AGAINST))


def _bucket(picture: str, count: int) -> int:
    return int(picture[:8], 16) * count >> 32
