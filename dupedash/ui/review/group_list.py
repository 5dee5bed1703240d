"""The list of groups: sort, filter, a page of rows at a time; a click on a row opens the group."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.groups.table import GroupTable, Listing, Numbers, Only, Order
from dupedash.ui import style
from dupedash.ui.shared import group_rows, widgets
from dupedash.ui.state import View

PER_PAGE = 15
_SHOW_HELP = (
    "Chains: some images of the group do not match each other directly, only through others. Not sure: "
    "nothing shows which image is the edited copy: a plan leaves all of them until somebody chooses."
)


def draw(view: View) -> None:
    """The whole page."""
    style.sheet("groups.css")
    listing = pick()
    rows, standings = view.table, group_rows.standings_of(view)
    numbers = group_rows.listed(view, rows, listing, standings)
    if not len(numbers):
        draw_nothing(view)
        return
    left, right = st.columns((1, 1), vertical_alignment="center")
    left.caption(summary(view, rows, numbers))
    pages = -(-len(numbers) // PER_PAGE)
    with right.container(horizontal=True, horizontal_alignment="right"):
        page = st.pagination(pages, key="p", bind="query-params", max_visible_pages=7) if pages > 1 else 1
    group_rows.draw_rows(view, rows, numbers[(page - 1) * PER_PAGE : page * PER_PAGE], standings, listing)


def pick() -> Listing:
    """The widgets above the list; the URL keeps them."""
    order, only, least, text = widgets.split("wrap-groups", (1.4, 3.2, 1.05, 1.3), "small", "bottom")
    return Listing(
        order=Order(order.selectbox(
            "Order", [o.value for o in Order], key="sort", bind="query-params", on_change=first_page,
        ) or Order.LARGEST),
        only=Only(only.segmented_control(
            "Show", [o.value for o in Only], default=Only.ALL.value, required=True, key="show",
            bind="query-params", on_change=first_page, help=_SHOW_HELP,
        )),
        least=least.number_input(
            "Images at least", 2, 1_000_000, 2, key="least", bind="query-params", on_change=first_page
        ),
        text=text.text_input(
            "File name or folder", key="text", bind="query-params", placeholder="Find groups",
            on_change=first_page,
        ),
    )  # fmt: skip


def first_page() -> None:
    """Another order or filter begins at its first page."""
    st.session_state["p"] = 1


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
            st.button("Show all groups", on_click=clear_filters)
    else:
        text = (
            f"No two images reach the threshold of {view.threshold:.2f}. A lower one shows weaker matches; "
            "moving it needs no new scan."
        )
        widgets.empty(":material/auto_awesome_motion:", "No groups", text)


def clear_filters() -> None:
    """Back to all groups."""
    st.session_state.update(show=Only.ALL.value, least=2, text="", p=1)
