"""A group of so many images that nobody judges it as one: what it is, its images in pages, the way out."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.groups.graph import Strictness
from dupedash.model import ImageRecord
from dupedash.ui import cached
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.review import cards
from dupedash.ui.shared import widgets
from dupedash.ui.shared.threshold import threshold_button
from dupedash.ui.state import View

IMAGES = 5000
"""A group of more images is shown so: its figures would take seconds at every click."""
PER_PAGE = 24


def draw(view: View, number: int) -> None:
    """The whole page."""
    members, links = view.cut.members(number), view.cut.links(number)
    widgets.header(f"Group of {wording.plural(len(members), 'image')}", line(view, number))
    with st.container(border=True):
        st.markdown("**Too large to be one picture**")
        st.caption(
            "At this threshold weak matches join many groups into one. Raise it to see the groups inside; "
            "keeper, scores and splits are shown for groups of up to "
            f"{IMAGES:,} images. This one has {wording.plural(len(links), 'match', 'matches')}."
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            threshold_button(way_out(view), "huge-threshold", primary=True)
            if view.strictness is Strictness.COMPONENT:
                st.caption("Or choose the grouping “Complete” in the sidebar.", width="content")
            widgets.go("explore", "Explore")
    pages = -(-len(members) // PER_PAGE)
    page = st.pagination(pages, key="m", bind="query-params") if pages > 1 else 1
    shown = cached.records(view.require_scan(), members[(page - 1) * PER_PAGE : page * PER_PAGE])
    cards.draw([card(view, record) for record in shown], "members")


def line(view: View, number: int) -> str:
    """The scores in a line."""
    mean = view.graph.matches.score[view.cut.links(number)].mean()
    weakest, holding = view.cut.weakest[number], view.cut.holding[number]
    return f"Weakest match {weakest:.2f}, mean {mean:.2f}, held together at {holding:.2f}"


def way_out(view: View) -> float:
    """The lowest threshold above the current one at which no group is so large."""
    found = cached.curves_of(view.matches)
    fits = found.threshold[(found.largest <= IMAGES) & (found.threshold > view.threshold)]
    return round(float(fits[0]), 2) if len(fits) else 1.0


def card(view: View, record: ImageRecord, mark: str = "") -> cards.Card:
    """A member as a card."""
    pixels = f"{record.width:,} × {record.height:,}" if record.width and record.height else ""
    url = thumb_url(view.require_scan().collection, record.id, record.content)
    facts = tuple(fact for fact in (pixels, wording.size(record.bytes)) if fact)
    return cards.Card(record.id, url, record.filename, record.location, facts, mark, mark == "gone")
