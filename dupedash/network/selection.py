"""Which groups are drawn at once: a big result is looked at part by part, never in one frozen page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dupedash.groups.graph import Cut, Flags

IMAGES_PER_PART = 400  # drawn in half a second in software, and still to be overlooked


class SizeClass(StrEnum):
    """Groups by their number of images."""

    ALL = "all"
    PAIRS = "pairs"
    SMALL = "3 to 5"
    MEDIUM = "6 to 20"
    LARGE = "over 20"


_LIMITS = {
    SizeClass.ALL: (2, None), SizeClass.PAIRS: (2, 2), SizeClass.SMALL: (3, 5), SizeClass.MEDIUM: (6, 20),
    SizeClass.LARGE: (21, None),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: groups of a size, with a text in a member's location; `page` from 1."""

    sizes: SizeClass = SizeClass.ALL
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class SelectedGroups:
    """`groups`: numbers in the cut to draw; `found` groups were found in all, on `pages` pages."""

    groups: tuple[int, ...]
    found: int
    pages: int


def choose(cut: Cut, selection: Selection, holding: Flags | None) -> SelectedGroups:
    """The groups of a selection. `holding`: per group whether it holds the text; None: none is asked for."""
    low, high = _LIMITS[selection.sizes]
    wanted = cut.sizes >= low
    if high is not None:
        wanted &= cut.sizes <= high
    if holding is not None:
        wanted &= holding
    numbers = np.flatnonzero(wanted)
    pages = _pages(cut.sizes[numbers])
    page = min(max(selection.page, 1), len(pages)) if pages else 1
    start, end = pages[page - 1] if pages else (0, 0)
    return SelectedGroups(tuple(numbers[start:end].tolist()), len(numbers), len(pages))


def _pages(sizes: Sequence[int] | np.ndarray[tuple[int], np.dtype[np.int32]]) -> list[tuple[int, int]]:
    """Runs of whole groups with at most IMAGES_PER_PART images; a larger group has a page of its own."""
    pages: list[tuple[int, int]] = []
    start, images = 0, 0
    for place, size in enumerate(int(s) for s in sizes):
        if images and images + size > IMAGES_PER_PART:
            pages.append((start, place))
            start, images = place, 0
        images += size
    return [*pages, (start, len(sizes))] if len(sizes) else pages
