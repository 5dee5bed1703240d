"""Which groups fit a listing in what their figures do not tell: decisions, folders, kinds, dates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dupedash.groups.listing import Among, Bits, Listing, being, fitting, having, kinds_of
from dupedash.groups.table import Flags
from dupedash.model import ONE_MOMENT
from dupedash.ui import cached
from dupedash.ui.state import View

BAND = 0.05
"""Groups are "like this" whose weakest match scores within one such step: 0.95 and 0.7 begin one each."""


def wanted(view: View, listing: Listing, standings: Mapping[int, str]) -> Flags:
    """Per group whether it fits."""
    found = fitting(kinds(view), listing) if listing.kinds else np.ones(len(view.cut), bool)
    found &= being(view.cut, listing.what)
    if text := listing.text.strip():
        found &= cached.groups_with_text(view.matches, view.cut, text)
    if listing.folders:
        found &= _in_folders(view, listing)
    if listing.since or listing.until:
        found &= cached.groups_changed(view.matches, view.cut, listing.since, listing.until)
    if listing.verdict:
        found &= _among(view, [n for n, said in standings.items() if said == listing.verdict])
    if listing.who:
        found &= _among(view, [n for n, who in deciders(view).items() if who == listing.who])
    return found


def kinds(view: View) -> Bits:
    """Per group all kinds of change between its images."""
    return cached.kinds_of_groups(view.matches, view.threshold, view.strictness)


def deciders(view: View) -> Mapping[int, str]:
    """Group number → who decided it, of the groups that were decided as such."""
    return cached.deciders(view.matches, view.threshold, view.strictness, view.decisions_now)


def _among(view: View, numbers: list[int]) -> Flags:
    found = np.zeros(len(view.cut), bool)
    found[numbers] = True
    return found


def _in_folders(view: View, listing: Listing) -> Flags:
    """Whether one image of a group, or each, lies in one of these folders or below."""
    folders = cached.folders(view.matches)
    below = tuple(folder.rstrip("/") + "/" for folder in listing.folders)
    inside = (folders + "/").str.startswith(below).to_numpy(bool)
    if listing.among is Among.ANY:
        return having(view.cut, inside)
    outside: Flags = ~having(view.cut, ~inside)
    return outside


def like(view: View, number: int) -> Listing:
    """The groups that are the same, with the same kinds of change, in the same folders and, where they are
    copies, in the same band of scores."""
    folders, what = cached.folders(view.matches).iloc[view.cut.indices(number)], view.cut.kind(number)
    low = np.floor(round(float(view.cut.weakest[number]) / BAND, 3)) * BAND
    band = (0.0, 1.0) if what in ONE_MOMENT else (round(float(low), 2), round(min(1.0, float(low) + BAND), 2))
    return Listing(
        low=band[0],
        high=band[1],
        what=(what,),
        kinds=kinds_of(int(kinds(view)[number])),
        folders=tuple(sorted(set(folders))),
        among=Among.NOTHING_ELSE,
    )
