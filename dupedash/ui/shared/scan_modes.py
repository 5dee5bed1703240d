"""What a person is told about each scan mode; the figures are measured by `python -m dupedash bench`."""

from __future__ import annotations

from dataclasses import dataclass

from dupedash.model import ScanMode, Smartfilter


@dataclass(frozen=True, slots=True)
class ModeWords:
    """How a mode is offered: a name and what it is for."""

    name: str
    line: str


MODES = {
    ScanMode.BALANCED: ModeWords("Balanced", "Thorough while the collection is small, quicker as it grows."),
    ScanMode.SPEED: ModeWords("Speed", "Quicker, and may miss heavily edited copies."),
    ScanMode.EXACT: ModeWords("Exact", "Compares everything that could match, whatever the size."),
}
"""In the order in which they are offered."""

IMAGES_PER_SECOND = {ScanMode.BALANCED: 100.0, ScanMode.SPEED: 150.0, ScanMode.EXACT: 100.0}
"""Assumed before the first scan of a collection; afterwards its own rate counts."""

FOUND = {
    Smartfilter.OFF: (98, 84), Smartfilter.LOW: (98, 83), Smartfilter.MEDIUM: (98, 80),
    Smartfilter.HIGH: (97, 75), Smartfilter.EXTREME: (93, 67),
}  # fmt: skip
"""Percent of edited and of heavily edited copies found at 0.7 (exact ones: 100), measured with the embedded
engine on 3,591 photos with 1,459 planted edits. A Flow server's own figures are not known."""


def found_words(smartfilter: Smartfilter) -> str:
    """What this setting costs in recall."""
    near, strong = FOUND[smartfilter]
    return f"On test photos it found {near} % of edited copies and {strong} % of heavily edited ones."
