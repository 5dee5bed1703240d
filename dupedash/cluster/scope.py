"""Which images are on which side of the comparison, chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass

from dupedash.dataset.filters import admitted
from dupedash.dataset.layout import DESCRIBED
from dupedash.dataset.places import Place
from dupedash.model import ImageRecord
from dupedash.scans.tables.columns import IMAGES, decode_record

SCOPE, AGAINST = 1, 2
"""Bits of a side."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The filters of a scan; `against` none: what is scanned is compared with itself."""

    fq: tuple[str, ...]
    against: tuple[str, ...]

    def records(self, out: Place, chunk: str) -> list[tuple[ImageRecord, int]]:
        """The images of a chunk and their sides. Raises QueryError, OSError."""
        rows = out.table(f"{DESCRIBED}/{chunk}.parquet", IMAGES.names[:11]).to_pylist()
        found = [decode_record(row) for row in rows]
        return list(zip(found, self.sides(found), strict=True))

    def sides(self, records: list[ImageRecord]) -> list[int]:
        """Per image SCOPE, AGAINST, both or 0. Raises QueryError."""
        scope = admitted(records, self.fq)
        against = admitted(records, self.against) if self.against else scope
        return [SCOPE * one + AGAINST * other for one, other in zip(scope, against, strict=True)]
