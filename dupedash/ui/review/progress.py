"""How far the review of a scan's groups is, and the way to the next group that nobody decided yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dupedash import wording
from dupedash.groups.listing import Listing, Only
from dupedash.ui import cached
from dupedash.ui.review.decisions import bar
from dupedash.ui.shared import group_rows, widgets
from dupedash.ui.shared.group_link import GROUP
from dupedash.ui.state import View


@dataclass(frozen=True, slots=True)
class Review:
    """`left` groups are open; `done` of those that the scan found have nothing open in them."""

    done: int
    left: int

    @property
    def total(self) -> int:
        """A group that fell into several open ones counts as so many."""
        return self.done + self.left


def review(view: View) -> Review:
    """How far it is at the threshold. Raises ScanError, ConfigError."""
    cut = view.cut
    all_matches = view.still_there(cached.all_matches(view.require_scan(), view.kinds))
    found = cached.cut(all_matches, view.threshold, view.strictness)
    decided = np.zeros(len(cut) + 1, bool)  # the last one stands for images in no group: label -1
    decided[[*group_rows.standings_of(view), -1]] = True
    left = ~decided[cut.label]
    touched = np.unique(found.label[left])
    return Review(len(found) - len(touched), len(cut) - int(decided[:-1].sum()))


def draw_progress(view: View) -> None:
    """A bar; at its end the way to Clear."""
    now = review(view)
    text = f":small[**{now.done:,}** of {wording.plural(now.total, 'group')} reviewed]"
    st.progress(now.done / now.total if now.total else 1.0, text=text)
    if not now.left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(":green[:material/check_circle:] Every group is reviewed.", width="content")
            widgets.go("clear", "Go on to Clear")


def draw_next(view: View) -> None:
    """How far it is, and a button to the first open group."""
    draw_progress(view)
    first = _first_open(view)
    if first is not None and st.button(
        "Review the next group", key="review.next", icon=":material/arrow_forward:", shortcut="Enter",
        type="primary",
    ):  # fmt: skip
        listing = Listing(only=Only.OPEN).params(group_rows.CARRIED)
        st.switch_page(widgets.page_row("group").path, query_params={GROUP: first, **listing})


def draw_after(view: View, asked: str) -> None:
    """Below a group that is no longer one, since it was rejected just now."""
    if view.editor:
        with st.container(horizontal_alignment="center"):
            bar.draw_back(view, asked)
    draw_next(view)


def _first_open(view: View) -> str | None:
    rows = view.table
    numbers = group_rows.listed(view, rows, Listing(only=Only.OPEN), group_rows.standings_of(view))
    return view.cut.key(int(numbers[0])) if len(numbers) else None
