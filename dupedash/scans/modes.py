"""Scan modes: from the size of the collection to Flow's two search parameters (the page's table)."""

from __future__ import annotations

from dataclasses import dataclass

from dupedash.model import ScanMode, Smartfilter


@dataclass(frozen=True, slots=True)
class Effort:
    """What a mode resolves to: Flow's rank.approximate and rank.smartfilter."""

    approximate: bool
    smartfilter: Smartfilter

    def words(self) -> str:
        """As the page writes it, for screens and reports."""
        return f"rank.approximate={str(self.approximate).lower()}, rank.smartfilter={self.smartfilter}"


# Rows: largest collection (inclusive) → effort. From the /duplicate page; the row above one million
# stands only in pixolution's own dupe-scanner. `exact` is ours.
_TABLE: dict[ScanMode, tuple[tuple[float, Effort], ...]] = {
    ScanMode.BALANCED: (
        (10_000, Effort(False, Smartfilter.OFF)),
        (100_000, Effort(False, Smartfilter.LOW)),
        (1_000_000, Effort(True, Smartfilter.MEDIUM)),
        (float("inf"), Effort(True, Smartfilter.HIGH)),
    ),
    ScanMode.SPEED: (
        (100_000, Effort(False, Smartfilter.HIGH)),
        (float("inf"), Effort(True, Smartfilter.HIGH)),
    ),
    ScanMode.EXACT: ((float("inf"), Effort(False, Smartfilter.OFF)),),
}


def resolve(mode: ScanMode, count: int) -> Effort:
    """The effort for a collection of `count` images (all of them, whatever the filters)."""
    return next(effort for largest, effort in _TABLE[mode] if count <= largest)
