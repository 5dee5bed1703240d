"""All groups of a cut as a table of arrays: figures, order and filters without a `Group` value for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from dupedash.groups.graph import Cut

Numbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class Order(StrEnum):
    """What the list begins with; the values are shown, and stand in the URL."""

    LARGEST = "Largest first"
    GAIN = "Most to gain first"
    WEAKEST = "Weakest first"
    STRONGEST = "Strongest first"


class Only(StrEnum):
    """Which groups are listed; the values are shown, and stand in the URL."""

    ALL = "All"
    OPEN = "Open"
    DECIDED = "Decided"
    CHAINED = "Chains"
    UNSURE = "Not sure"


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list shows, as it stands in the URL.

    least   images in a group at least
    text    is in the place of one of its images, whatever its case
    """

    order: Order = Order.LARGEST
    only: Only = Only.ALL
    least: int = 2
    text: str = ""

    def params(self, prefix: str = "") -> dict[str, str]:
        """What differs from the default, for a link; `listing_of` reads it."""
        usual = Listing()
        settings = [
            ("sort", self.order, usual.order), ("show", self.only, usual.only),
            ("least", self.least, usual.least), ("text", self.text, usual.text),
        ]  # fmt: skip
        return {prefix + name: str(value) for name, value, plain in settings if value != plain}


def listing_of(params: Mapping[str, str], prefix: str = "") -> Listing:
    """From the parameters of a link; what makes no sense there is left at its default."""
    params = {name.removeprefix(prefix): v for name, v in params.items() if name.startswith(prefix)}
    listing = Listing(text=params.get("text", "")[:500])
    if params.get("sort") in set(Order):
        listing = replace(listing, order=Order(params["sort"]))
    if params.get("show") in set(Only):
        listing = replace(listing, only=Only(params["show"]))
    least = params.get("least", "")
    if least.isascii() and least.isdigit():
        listing = replace(listing, least=max(2, int(least[:6])))
    return listing


@dataclass(frozen=True, slots=True, eq=False)
class GroupTable:
    """Figures per group, in the order of the cut.

    weakest  the lowest score of its matches
    mean     of its matches
    missing  pairs of members without a match
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
    inside = (cut.label[m.a] >= 0) & (cut.label[m.a] == cut.label[m.b]) & (m.score >= cut.threshold)
    home = cut.label[m.a[inside]]
    links = np.bincount(home, minlength=count)[:count]
    total = np.bincount(home, weights=m.score[inside], minlength=count)[:count]
    size = cut.sizes.astype(np.int64)
    return GroupTable(
        size=size,
        weakest=cut.weakest,
        mean=(total / np.maximum(links, 1)).astype(np.float32),
        missing=size * (size - 1) // 2 - links,
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


def holding(cut: Cut, images: Flags) -> Flags:
    """Which groups hold at least one of these images. `images`: per image of `matches.ids`."""
    found = np.zeros(len(cut), bool)
    found[cut.label[images & (cut.label >= 0)]] = True
    return found


def select(rows: GroupTable, listing: Listing, decided: Flags, found: Flags | None) -> Numbers:
    """The numbers of the listed groups, in their order; ties stay as in the cut.

    decided   per group
    found     per group whether it holds the text; None: no text is asked for
    """
    wanted = rows.size >= listing.least
    if listing.only is Only.CHAINED:
        wanted &= rows.missing > 0
    elif listing.only is Only.UNSURE:
        wanted &= rows.unsure & ~decided
    elif listing.only is not Only.ALL:
        wanted &= decided == (listing.only is Only.DECIDED)
    if found is not None:
        wanted &= found
    numbers = np.flatnonzero(wanted)
    keys: dict[Order, Numbers | Scores] = {
        Order.LARGEST: -rows.size, Order.GAIN: -rows.gain, Order.WEAKEST: rows.weakest,
        Order.STRONGEST: -rows.weakest,
    }  # fmt: skip
    key = keys[listing.order]
    return numbers[np.argsort(key[numbers], kind="stable")]
