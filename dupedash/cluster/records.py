"""What a finished scan tells of its images: those that match, and why others were not compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dupedash.cluster.progress import Meter
from dupedash.cluster.scope import AGAINST, SCOPE, Scope
from dupedash.dataset.layout import DESCRIBED
from dupedash.dataset.places import Place
from dupedash.groups.kinds import beside
from dupedash.scans.tables.columns import IMAGES, decode_record
from dupedash.scans.tables.facts import facts_of

STAGE = "gathering records"
MATCHED = "matched.parquet"
FIRST = 20  # images that are named for each reason, as in any stored scan

FOUND = pa.schema([*IMAGES, ("chunk", pa.string()), ("row", pa.int32())])
"""The record of an image that matches, and where its thumbnail is."""


@dataclass(slots=True)
class Tally:
    """Images of the scope, of what it is compared with, and why images of the scope were not compared:
    of each reason how many, and id and location of the first."""

    images: int = 0
    against: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Take in that of another chunk."""
        self.images += other.images
        self.against += other.against
        self.reasons += other.reasons
        for reason, some in other.first.items():
            self.first[reason] = sorted(self.first.get(reason, []) + some)[:FIRST]


@dataclass(frozen=True, slots=True)
class Gather:
    """One chunk. `failed`: why images that could be described could not be compared, by id."""

    out: Place
    work: str
    chunk: str
    scope: Scope
    failed: Mapping[str, str]

    def run(self) -> tuple[pa.Table, Tally]:
        """The rows of FOUND, and the tally."""
        with Meter(STAGE, self.chunk) as meter:
            table = self.out.table(f"{DESCRIBED}/{self.chunk}.parquet", IMAGES.names[:11])
            rows = table.to_pylist()
            sides = self.scope.sides([decode_record(row) for row in rows])
            meter.done = len(rows)
            return self._found(table, sides), self._tally(rows, sides)

    def _found(self, table: pa.Table, sides: Sequence[int]) -> pa.Table:
        matched = self.out.table(f"{self.work}/{MATCHED}", ["id"])["id"]
        kept = pc.is_in(table["id"], value_set=matched.combine_chunks()).to_numpy().astype(bool)
        for some in beside(facts_of(table)):  # the raw file or the video of a picture
            kept[some] = True
        places = pa.array(np.flatnonzero(kept))
        flags = ([bool(side & bit) for side in sides] for bit in (SCOPE, AGAINST))
        more = [*(pa.array(flag) for flag in flags), pa.array([True] * len(table)),
                pa.array([self.chunk] * len(table)), pa.array(range(len(table)), pa.int32())]  # fmt: skip
        whole = pa.table([*table.columns, *more], schema=FOUND)
        return whole.take(places)

    def _tally(self, rows: Sequence[Mapping[str, str]], sides: Sequence[int]) -> Tally:
        tally = Tally(sum(side & SCOPE > 0 for side in sides), sum(side & AGAINST > 0 for side in sides))
        for image, reason in self._reasons(rows, sides):
            tally.reasons[reason] += 1
            tally.first[reason] = sorted([*tally.first.get(reason, []), image])[:FIRST]
        return tally

    def _reasons(
        self, rows: Sequence[Mapping[str, str]], sides: Sequence[int]
    ) -> Iterator[tuple[tuple[str, str], str]]:
        for row, side in zip(rows, sides, strict=True):
            reason = row["skipped"] or self.failed.get(row["id"])
            if side & SCOPE and reason:
                yield (row["id"], row["location"]), reason


def gather(task: Gather) -> tuple[pa.Table, Tally]:
    """As Dask calls it."""
    return task.run()
