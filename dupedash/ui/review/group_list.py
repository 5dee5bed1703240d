"""The list of groups: order and filters, a page of rows at a time; a click opens one, boxes select."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.groups.listing import Listing
from dupedash.groups.table import GroupTable, Numbers
from dupedash.ui import style
from dupedash.ui.review import cleared, group_filters, selection
from dupedash.ui.shared import group_rows, keys, kind_words, widgets
from dupedash.ui.state import View


def draw(view: View) -> None:
    """The whole page."""
    style.sheet("groups.css")
    with keys.kept(selection.KEYS):
        draw_list(view, group_filters.pick(view))
        cleared.draw(view)


def draw_list(view: View, listing: Listing) -> None:
    """What the filters show."""
    rows, standings = view.table, group_rows.standings_of(view)
    numbers = group_rows.listed(view, rows, listing, standings)
    if not len(numbers):
        draw_nothing(view)
        return
    kind_words.draw_limit(view.kinds)
    left, right = st.columns((1, 1), vertical_alignment="center")
    left.caption(summary(view, rows, numbers))
    pages = -(-len(numbers) // group_rows.PER_PAGE)
    with right.container(horizontal=True, horizontal_alignment="right"):
        page = st.pagination(pages, key="p", bind="query-params", max_visible_pages=7) if pages > 1 else 1
    if view.editor:
        selection.draw_bar(view, numbers)
    shown = numbers[(page - 1) * group_rows.PER_PAGE : page * group_rows.PER_PAGE]
    begin = selection.draw_box if view.editor else None
    group_rows.draw_rows(view, rows, shown, standings, listing, begin)


def summary(view: View, rows: GroupTable, numbers: Numbers) -> str:
    """What is listed, in a line."""
    of = f" of {len(view.cut):,}" if len(numbers) < len(view.cut) else ""
    images, gain = int(rows.size[numbers].sum()), int(rows.gain[numbers].sum())
    more = f", {wording.size(gain)} to gain" if gain else ""
    return f"**{wording.plural(len(numbers), 'group')}**{of} with {wording.plural(images, 'image')}{more}"


def draw_nothing(view: View) -> None:
    """Why the list is empty, and what to do."""
    if len(view.cut):
        widgets.empty(
            ":material/filter_alt_off:", "No group fits", "Show all groups again, or try another text."
        )
        with st.container(horizontal_alignment="center"):
            st.button("Show all groups", on_click=group_filters.clear)
    else:
        text = (
            f"No two images reach the threshold of {view.threshold:.2f}. A lower one shows weaker matches; "
            "moving it needs no new scan."
        ) + kind_words.limit_words(view.kinds)
        widgets.empty(":material/auto_awesome_motion:", "No groups", text)
        kind_words.draw_all(view.kinds)
