"""The list of groups: sort, filter, a page of rows at a time; a click on a row opens the group."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dupedash import wording
from dupedash.groups.table import Flags, GroupTable, Listing, Numbers, Only, Order, select
from dupedash.model import ImageRecord
from dupedash.review import group_standings
from dupedash.ui import cached, style
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.shared import group_link, widgets
from dupedash.ui.state import View

PER_PAGE = 15
CARRIED = "in-"
"""Before the names of the list's settings in the link of a gallery: previous and next follow the list."""

STRIP = 6
"""Thumbnails in a row; of larger groups the number of the others is said."""

_SHOW_HELP = (
    "Chains: some images of the group do not match each other directly, only through others. Not sure: "
    "nothing shows which image is the edited copy: a plan leaves all of them until somebody chooses."
)


def draw(view: View) -> None:
    """The whole page."""
    style.sheet("groups.css")
    listing = pick()
    rows, standings = view.table, standings_of(view)
    numbers = listed(view, rows, listing, standings)
    if not len(numbers):
        draw_nothing(view)
        return
    left, right = st.columns((1, 1), vertical_alignment="center")
    left.caption(summary(view, rows, numbers))
    pages = -(-len(numbers) // PER_PAGE)
    with right.container(horizontal=True, horizontal_alignment="right"):
        page = st.pagination(pages, key="p", bind="query-params", max_visible_pages=7) if pages > 1 else 1
    draw_rows(view, rows, numbers[(page - 1) * PER_PAGE : page * PER_PAGE], standings, listing)


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


def standings_of(view: View) -> dict[int, str]:
    """Group number → what was decided, of the decided ones."""
    keys = cached.decided_keys(view.require_scan(), view.decisions_now)
    return group_standings(view.cut, keys, view.decisions)


def listed(view: View, rows: GroupTable, listing: Listing, standings: dict[int, str]) -> Numbers:
    """The numbers of the groups that a listing shows, in its order."""
    decided: Flags = rows.size < 0
    decided[list(standings)] = True
    text = listing.text.strip()
    found = cached.groups_with_text(view.matches, view.cut, text) if text else None
    return select(rows, listing, decided, found)


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


def draw_rows(
    view: View, rows: GroupTable, numbers: Numbers, standings: dict[int, str], listing: Listing
) -> None:
    """One row a group."""
    shown = {int(n): view.cut.members(int(n)) for n in numbers}
    strip = [i for members in shown.values() for i in members[:STRIP]]
    records = dict(zip(strip, cached.records(view.require_scan(), strip), strict=True))
    collection = view.require_scan().collection
    for number, members in shown.items():
        with st.container(border=True, key=f"row-{number}"):
            pictures, facts, open_ = st.columns((4.3, 3.9, 0.9), gap="small", vertical_alignment="center")
            pictures.html(strip_html(collection, [records[i] for i in members[:STRIP]], len(members)))
            facts.html(facts_html(rows, number, standings.get(number)))
            with open_:
                group_link.group_link(members[0], "Open", listing.params(CARRIED), icon=None)


def strip_html(collection: str, records: Sequence[ImageRecord], size: int) -> str:
    """Thumbnails side by side, of a group of `size` images."""
    pictures = "".join(
        f'<img loading="lazy" src="{escape(thumb_url(collection, r.id, r.content))}" '
        f'alt="{escape(r.filename)}" title="{escape(r.location)}">'
        for r in records
    )
    more = f'<span class="more">+{size - len(records):,}</span>' if size > len(records) else ""
    return f'<div class="dd-strip">{pictures}{more}</div>'


def facts_html(rows: GroupTable, number: int, standing: str | None) -> str:
    """The figures of one group."""
    figures = [
        (f"{rows.size[number]:,}", "images"),
        (f"{rows.weakest[number]:.2f}", "weakest"),
        (f"{rows.mean[number]:.2f}", "mean"),
        (wording.size(int(rows.gain[number])) if rows.gain[number] else "–", "to gain"),
    ]
    cells = "".join(f"<div><b>{escape(value)}</b><span>{name}</span></div>" for value, name in figures)
    marks = '<i class="chain">chain</i>' if rows.missing[number] else ""
    marks += '<i class="unsure">not sure</i>' if rows.unsure[number] and not standing else ""
    marks += f'<i class="done">{escape(standing)}</i>' if standing else ""
    return f'<div class="dd-facts">{cells}<div class="marks">{marks}</div></div>'
