"""The Graph page: one part of the groups at a time; a click selects, the URL keeps what is selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape

import streamlit as st

from dupedash import wording
from dupedash.model import ImageRecord
from dupedash.network import IMAGES_PER_GROUP
from dupedash.network.legend import legend
from dupedash.network.selection import SelectedGroups, Selection, SizeClass
from dupedash.report import graph_html
from dupedash.ui import cached
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.graph import component, data
from dupedash.ui.shared import downloads, group_link, kind_words, widgets
from dupedash.ui.state import View

IMAGE = "image"
"""The selected image in the URL; any member names its group."""

MEMBERS = 8
"""Images of the selected group that are listed upon the graph."""
_SIZES = {
    SizeClass.ALL: "All", SizeClass.PAIRS: "Pairs", SizeClass.SMALL: "3–5", SizeClass.MEDIUM: "6–20",
    SizeClass.LARGE: "Over 20",
}  # fmt: skip


def draw(view: View) -> None:
    """The whole page."""
    selection, chosen = pick_selection(view)
    if not chosen.groups:
        text = nothing_found(selection) + kind_words.limit_words(view.kinds)
        widgets.empty(":material/hub:", "No groups here", text)
        kind_words.draw_all(view.kinds)
        return
    kind_words.draw_limit(view.kinds)
    with st.container(key="graph-stage", gap="small"):
        show_graph(view, selection)
        if st.query_params.get(IMAGE):
            with st.container(border=True, key="graph-details"):
                show_details(view)
    show_legend(view, chosen)


def pick_selection(view: View) -> tuple[Selection, SelectedGroups]:
    """Size class, text and page; a new choice begins at its first page."""
    sizes, text, pages = widgets.split("wrap-graph", (2.7, 1.9, 1.4), align="bottom")
    size = sizes.segmented_control(
        "Images in a group", list(_SIZES), default=SizeClass.ALL, required=True, key="sizes",
        format_func=_SIZES.__getitem__, bind="query-params", on_change=first_page,
        label_visibility="collapsed",
    )  # fmt: skip
    find = text.text_input(
        "File name or folder", key="find", bind="query-params", placeholder="Find a file or folder",
        on_change=first_page, label_visibility="collapsed",
    )  # fmt: skip
    shown = Selection(SizeClass(size or SizeClass.ALL), find, page_now())
    chosen = data.selected_groups(view.matches, view.cut, shown)
    with pages:
        if chosen.pages > 1:
            st.pagination(chosen.pages, key="page", bind="query-params", max_visible_pages=5)
    return shown, chosen


def page_now() -> int:
    """Of the session, else of a link; it is asked for before the widget is drawn that reads the link."""
    asked = str(st.session_state.get("page") or st.query_params.get("page", ""))
    return int(asked) if asked.isdecimal() and len(asked) < 7 else 1


def first_page() -> None:
    """Another filter has other pages."""
    st.session_state.pop("page", None)


def show_graph(view: View, selection: Selection) -> None:
    """The picture, and what a click in it means."""
    url = data.graph_url(view.matches, view.cut, view.strictness, view.kinds, selection)
    clicked = component.draw(url, focus=st.query_params.get(IMAGE))
    if clicked.selected:
        st.query_params[IMAGE] = clicked.selected
    elif clicked.ground:
        st.query_params.pop(IMAGE, None)
    if clicked.opened:
        group_link.open_group(clicked.opened)


def show_legend(view: View, chosen: SelectedGroups) -> None:
    """What is drawn, how to read it, and the same as a file."""
    shown = wording.plural(len(chosen.groups), "group")
    of = f" of {chosen.found:,}" if chosen.found > len(chosen.groups) else ""
    large = int(max(view.cut.sizes[number] for number in chosen.groups))
    if large > IMAGES_PER_GROUP:
        of += f", of {large:,} images the {IMAGES_PER_GROUP:,} with the best matches,"
    words, get = st.columns((2.6, 1), vertical_alignment="center")
    words.html(
        f'<div class="dd-legend"><span>{shown}{of} at {view.threshold:.2f}</span>'
        f"{legend()}<span>click an image to see its group, double-click to open it</span></div>"
    )
    scan, cut = view.require_scan(), view.cut
    with get:
        make = partial(graph_html, scan, cut, downloads.thumbnails(view))
        downloads.button(scan, "graph.html", "text/html", make, "Download as a file")


def nothing_found(selection: Selection) -> str:
    """Why there is no such group, and what to do."""
    if selection.text.strip():
        return "No group has an image with this text in its path. Try a shorter one."
    if selection.sizes is not SizeClass.ALL:
        return "There are no groups of this size at this threshold."
    return "No images match at this threshold. Lower it to see weaker matches."


def show_details(view: View) -> None:
    """The group of the selected image, upon the graph."""
    selected = st.query_params.get(IMAGE)
    number = view.cut.find(selected) if selected else None
    if selected is None or number is None:
        st.caption("The selected image is in no group at this threshold.")
        return
    members = view.cut.members(number)
    st.markdown(f"**Group of {wording.plural(len(members), 'image')}**")
    st.caption(group_line(view, number))
    group_link.group_link(members[0], "Open the group")
    show_members(view, members, selected)


def group_line(view: View, number: int) -> str:
    """Scores, and whether it is a chain."""
    cut, links = view.cut, view.cut.links(number)
    mean = view.graph.matches.score[links].mean()
    line = f"{kind_words.name(cut.kind(number))}. "
    line += f"Weakest match {cut.weakest[number]:.2f}, mean {mean:.2f}, held at {cut.holding[number]:.2f}."
    if missing := int(cut.pairs[number]) - len(links):
        line += f" A chain: {wording.plural(missing, 'pair')} joined only through others."
    return line


def show_members(view: View, members: Sequence[str], selected: str) -> None:
    """Thumbnails; the selected image first, with the score of each to it."""
    scan = view.require_scan()
    scores = dict(view.graph.neighbours(selected, view.threshold))
    ordered = sorted(members, key=lambda i: (i != selected, -scores.get(i, 0.0), i))[:MEMBERS]
    rows = "".join(
        member_html(scan.collection, record, score_words(record.id, selected, scores))
        for record in cached.records(scan, ordered)
    )
    st.html(f'<div class="dd-members">{rows}</div>')
    if len(members) > len(ordered):
        st.caption(f"and {len(members) - len(ordered):,} more")


def member_html(collection: str, record: ImageRecord, words: str) -> str:
    """One image in a line: picture, name, score."""
    url = escape(thumb_url(collection, record.id, record.content))
    name, place = escape(record.filename), escape(record.location)
    return f'<div title="{place}"><img src="{url}" alt=""><p>{name}<small>{escape(words)}</small></p></div>'


def score_words(image_id: str, selected: str, scores: Mapping[str, float]) -> str:
    """The score to the selected image; a dash where the two only belong together through others."""
    if image_id == selected:
        return "selected"
    return f"score {scores[image_id]:.2f}" if image_id in scores else "no direct match"
