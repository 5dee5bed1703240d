"""Which groups a list shows, in which order, as it stands in a link; chosen by arrays over all groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from dupedash.groups.graph import Cut
from dupedash.groups.table import Flags, GroupTable, Numbers, Scores
from dupedash.model import ChangeKind, PairKind

Params = Mapping[str, Sequence[str]]
"""The parameters of a link: each name with all its values."""
Bits = npt.NDArray[np.int64]
"""A bit for each kind of change, in the order of ChangeKind."""


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


class Among(StrEnum):
    """How the kinds of change and folders of a group must be among those asked for; as it is shown."""

    ANY = "any of these"
    NOTHING_ELSE = "nothing else"


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list shows, as it stands in the URL.

    least         images in a group at least
    text          is in the place of one of its images, whatever its case
    low, high     its weakest match scores so much, 0…1
    kinds         of change between its images, `folders` in which they are or below; `among` says how
    since, until  one of its files was changed between these days, UTC
    verdict, who  what was decided, and by whom; "": whatever, whoever
    what          what the group is, one of these
    """

    order: Order = Order.LARGEST
    only: Only = Only.ALL
    least: int = 2
    text: str = ""
    low: float = 0.0
    high: float = 1.0
    kinds: tuple[ChangeKind, ...] = ()
    folders: tuple[str, ...] = ()
    among: Among = Among.ANY
    since: date | None = None
    until: date | None = None
    verdict: str = ""
    who: str = ""
    what: tuple[PairKind, ...] = ()

    def params(self, prefix: str = "") -> dict[str, list[str]]:
        """What differs from the default, for a link; `listing_of` reads it."""
        usual, said = Listing(), {}
        for name, words in _WORDS.items():
            value = getattr(self, name)
            if value != getattr(usual, name):
                said[prefix + words] = [str(one) for one in (value if isinstance(value, tuple) else (value,))]
        if (self.low, self.high) != (usual.low, usual.high):
            said[prefix + SCORE] = [f"{self.low:g}", f"{self.high:g}"]
        return said


SCORE = "score"
"""The lowest and the highest score of the weakest match, in a link."""
_WORDS = {
    "order": "sort", "only": "show", "least": "least", "text": "text", "kinds": "kind", "folders": "folder",
    "among": "among", "since": "since", "until": "until", "verdict": "as", "who": "by",
    "what": "is",
}  # fmt: skip
_LONGEST = 500
"""Characters of a text in a link, and the most folders: an address has to hold them."""


def listing_of(params: Params, prefix: str = "") -> Listing:
    """From the parameters of a link; what makes no sense there is left at its default."""
    asked = {name.removeprefix(prefix): v for name, v in params.items() if name.startswith(prefix) and v}
    one = {name: values[-1][:_LONGEST] for name, values in asked.items()}
    listing = Listing(text=one.get("text", ""), verdict=one.get("as", ""), who=one.get("by", ""))
    kinds = set(asked.get("kind", ()))
    low, high = _band(asked.get(SCORE, ()))
    return replace(
        listing,
        order=next((order for order in Order if order == one.get("sort")), Order.LARGEST),
        only=next((only for only in Only if only == one.get("show")), Only.ALL),
        among=next((among for among in Among if among == one.get("among")), Among.ANY),
        least=_least(one.get("least", "")),
        kinds=tuple(kind for kind in ChangeKind if kind in kinds),
        what=tuple(kind for kind in PairKind if kind in set(asked.get("is", ()))),
        folders=tuple(asked.get("folder", ()))[:_LONGEST],
        low=low,
        high=high,
        since=_day(one.get("since", "")),
        until=_day(one.get("until", "")),
    )


def _least(text: str) -> int:
    return max(2, int(text[:6])) if text.isascii() and text.isdigit() else 2


def _band(texts: Sequence[str]) -> tuple[float, float]:
    try:
        low, high = (min(1.0, max(0.0, float(text))) for text in texts)
    except ValueError:
        return 0.0, 1.0
    return (low, high) if low <= high else (0.0, 1.0)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def having(cut: Cut, images: Flags) -> Flags:
    """Which groups have at least one of these images. `images`: per image of `matches.ids`."""
    found = np.zeros(len(cut), bool)
    found[cut.label[images & (cut.label >= 0)]] = True
    return found


def bits_of(kinds: Iterable[ChangeKind]) -> int:
    """These kinds as a number, a bit for each. Darker is brighter seen from the other image of a match."""
    seen = {ChangeKind.BRIGHTER if kind is ChangeKind.DARKER else kind for kind in kinds}
    return sum(1 << list(ChangeKind).index(kind) for kind in seen)


def kinds_of(bits: int) -> tuple[ChangeKind, ...]:
    """The kinds of these bits, as `bits_of` makes them."""
    return tuple(kind for place, kind in enumerate(ChangeKind) if bits >> place & 1)


def group_kinds(cut: Cut, bits: Bits) -> Bits:
    """Per group all kinds of change of its matches. `bits`: those of each match of the graph."""
    m, found = cut.graph.matches, np.zeros(len(cut), np.int64)
    inside = cut.inside
    np.bitwise_or.at(found, cut.label[m.a[inside]], bits[inside])
    return found


def fitting(kinds: Bits, listing: Listing) -> Flags:
    """Per group whether its kinds of change fit the listing; without a wish all do."""
    asked = bits_of(listing.kinds)
    if not asked:
        return np.ones(len(kinds), bool)
    found: Flags = kinds & asked != 0
    if listing.among is Among.NOTHING_ELSE:
        found &= kinds & ~asked == 0
    return found


def being(cut: Cut, what: Collection[PairKind]) -> Flags:
    """Per group whether it is one of these; without a wish all are."""
    places = [place for place, kind in enumerate(PairKind) if kind in what]
    found: Flags = np.isin(cut.kinds, places) if what else np.ones(len(cut), bool)
    return found


def select(rows: GroupTable, listing: Listing, decided: Flags, wanted: Flags | None = None) -> Numbers:
    """The numbers of the listed groups, in their order; ties stay as in the cut.

    decided   per group
    wanted    per group whether it fits what the table does not know: text, kinds, folders …; None: all do
    """
    found = (rows.size >= listing.least) & _in_band(rows.weakest, listing)
    if wanted is not None:
        found &= wanted
    if listing.only is Only.CHAINED:
        found &= rows.missing > 0
    elif listing.only is Only.UNSURE:
        found &= rows.unsure & ~decided
    elif listing.only is not Only.ALL:
        found &= decided == (listing.only is Only.DECIDED)
    numbers = np.flatnonzero(found)
    keys: dict[Order, Numbers | Scores] = {
        Order.LARGEST: -rows.size, Order.GAIN: -rows.gain, Order.WEAKEST: rows.weakest,
        Order.STRONGEST: -rows.weakest,
    }  # fmt: skip
    key = keys[listing.order]
    return numbers[np.argsort(key[numbers], kind="stable")]


def _in_band(weakest: Scores, listing: Listing) -> Flags:
    low, high = np.float32(listing.low), np.float32(listing.high)  # scores are kept as such numbers
    found: Flags = (weakest >= low) & (weakest <= high)
    return found
