"""Rows of groups: which of them are listed, thumbnails and figures; a click opens the group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st

from dupedash import wording
from dupedash.groups.listing import Listing, Params, select
from dupedash.groups.table import Flags, GroupTable, Numbers
from dupedash.model import ImageRecord, PairKind
from dupedash.ui import cached
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.shared import group_filters, group_link
from dupedash.ui.state import View

CARRIED = "in-"
"""Before the names of the list's settings in the link of a gallery: previous and next follow the list."""

PER_PAGE = 15
STRIP = 6
"""Thumbnails in a row; of larger groups the number of the others is said."""


def params_now() -> Params:
    """The parameters of the address of this page, each with all its values."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def standings_of(view: View) -> Mapping[int, str]:
    """Group number → what was decided, of the decided ones."""
    return cached.standings(view.matches, view.threshold, view.strictness, view.decisions_now)


def listed(view: View, rows: GroupTable, listing: Listing, standings: Mapping[int, str]) -> Numbers:
    """The numbers of the groups that a listing shows, in its order."""
    decided: Flags = rows.size < 0
    decided[list(standings)] = True
    return select(rows, listing, decided, group_filters.wanted(view, listing, standings))


def draw_rows(
    view: View,
    rows: GroupTable,
    numbers: Numbers,
    standings: Mapping[int, str],
    listing: Listing,
    begin: Callable[[str], None] | None = None,
) -> None:
    """One row a group; `begin` draws what stands before it, by the key of the group."""
    shown = {int(n): view.cut.members(int(n)) for n in numbers}
    strip = [i for members in shown.values() for i in members[:STRIP]]
    records = dict(zip(strip, cached.records(view.require_scan(), strip), strict=True))
    collection = view.require_scan().collection
    for number, members in shown.items():
        with st.container(border=True, key=f"row-{number}"):
            widths = (0.25, 4.0, 4.2, 0.9) if begin else (4.0, 4.2, 0.9)
            *first, pictures, facts, open_ = st.columns(widths, gap="small", vertical_alignment="center")
            if begin:
                with first[0]:
                    begin(members[0])
            pictures.html(strip_html(collection, [records[i] for i in members[:STRIP]], len(members)))
            facts.html(facts_html(rows, number, view.cut.kind(number), standings.get(number)))
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


def facts_html(rows: GroupTable, number: int, kind: PairKind, standing: str | None) -> str:
    """The figures of one group, and what it is."""
    figures = [
        (f"{rows.size[number]:,}", "images"),
        (f"{rows.weakest[number]:.2f}", "weakest"),
        (f"{rows.mean[number]:.2f}", "mean"),
        (wording.size(int(rows.gain[number])) if rows.gain[number] else "–", "to gain"),
    ]
    cells = "".join(f"<div><b>{escape(value)}</b><span>{name}</span></div>" for value, name in figures)
    marks = f'<i class="kind">{escape(kind)}</i>'
    marks += '<i class="chain">chain</i>' if rows.missing[number] else ""
    marks += '<i class="unsure">not sure</i>' if rows.unsure[number] and not standing else ""
    marks += f'<i class="done">{escape(standing)}</i>' if standing else ""
    return f'<div class="dd-facts">{cells}<div class="marks">{marks}</div></div>'
