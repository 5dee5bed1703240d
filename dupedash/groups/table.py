"""All groups of a cut as a table of arrays: their figures without a `Group` value for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dupedash.groups.graph import Cut

Numbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class GroupTable:
    """Figures per group, in the order of the cut.

    weakest  the lowest score of its matches
    mean     of its matches
    missing  pairs of members that were compared and do not match
    gain     bytes that are freed where only the largest file stays
    unsure   whether no match of it shows which image may go
    """

    size: Numbers
    weakest: Scores
    mean: Scores
    missing: Numbers
    gain: Numbers
    unsure: Flags


def table(cut: Cut, sizes: Numbers, decidable: Flags) -> GroupTable:
    """The figures of all groups.

    sizes      bytes of the file per image of `matches.ids`, 0 where unknown
    decidable  per match of the graph whether it shows which of the two images may go
    """
    m, count = cut.graph.matches, len(cut)
    inside = cut.inside
    home = cut.label[m.a[inside]]
    links = np.bincount(home, minlength=count)[:count]
    total = np.bincount(home, weights=m.score[inside], minlength=count)[:count]
    size = cut.sizes.astype(np.int64)
    return GroupTable(
        size=size,
        weakest=cut.weakest,
        mean=(total / np.maximum(links, 1)).astype(np.float32),
        missing=cut.pairs - links,
        gain=gains(cut, sizes),
        unsure=np.bincount(home, weights=decidable[inside], minlength=count)[:count] == 0,
    )


def gains(cut: Cut, sizes: Numbers) -> Numbers:
    """Per group the bytes that are freed where only its largest file stays."""
    grouped = cut.label >= 0
    labels, of_image = cut.label[grouped], sizes[grouped]
    total, largest = np.zeros(len(cut), np.int64), np.zeros(len(cut), np.int64)
    np.add.at(total, labels, of_image)
    np.maximum.at(largest, labels, of_image)
    return total - largest
