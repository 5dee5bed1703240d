"""Which images are on which side of the comparison, chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass

from dupedash.dataset.filters import admitted
from dupedash.model import ImageRecord

SCOPE, AGAINST = 1, 2
"""Bits of a side."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The filters of a scan; `against` none: what is scanned is compared with itself."""

    fq: tuple[str, ...]
    against: tuple[str, ...]

    def sides(self, records: list[ImageRecord]) -> list[int]:
        """Per image SCOPE, AGAINST, both or 0. Raises QueryError."""
        scope = admitted(records, self.fq)
        against = admitted(records, self.against) if self.against else scope
        return [SCOPE * one + AGAINST * other for one, other in zip(scope, against, strict=True)]
