"""What a person is told about each scan mode; the figures are measured by `python -m dupedash bench`."""

from __future__ import annotations

from dataclasses import dataclass

from dupedash.model import ScanMode, Smartfilter
from dupedash.scans.modes import resolve


@dataclass(frozen=True, slots=True)
class ModeWords:
    """How a mode is offered: a name and what it is for."""

    name: str
    line: str


MODES = {
    ScanMode.BALANCED: ModeWords("Balanced", "Thorough while the collection is small, quicker as it grows."),
    ScanMode.SPEED: ModeWords("Speed", "Quicker, and may miss heavily edited copies."),
    ScanMode.EXACT: ModeWords("Full", "Compares everything that could match, whatever the size."),
}
"""In the order in which they are offered. The names of commands and scans are older: `exact` is told as Full,
since exact is what duplicates are called that reach 0.95."""

FOUND = {
    Smartfilter.OFF: (99, 94), Smartfilter.LOW: (99, 94), Smartfilter.MEDIUM: (99, 92),
    Smartfilter.HIGH: (99, 90), Smartfilter.EXTREME: (98, 84),
}  # fmt: skip
"""Percent of edited and of heavily edited copies found at 0.7 (exact ones: 100), measured with the embedded
engine on 3,591 photos with 1,459 planted edits; rank.approximate changes none. A Flow server's own figures
are not known."""


def same_as(mode: ScanMode, images: int) -> list[ScanMode]:
    """The other modes that do the same at this size of the collection."""
    return [other for other in MODES if other is not mode and resolve(other, images) == resolve(mode, images)]


def found_words(smartfilter: Smartfilter) -> str:
    """What this setting costs in recall."""
    near, strong = FOUND[smartfilter]
    return f"On test photos it found {near} % of edited copies and {strong} % of heavily edited ones."
