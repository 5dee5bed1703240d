"""Two folders: how much each has of the other, and their images: those in both, those in one only."""

from __future__ import annotations

import os

import streamlit as st

from dupedash import wording
from dupedash.folders import FolderLists, SharedFolders
from dupedash.folders.tree import Numbers, folder_of
from dupedash.model import ImageRecord
from dupedash.ui import cached
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.errors import as_text
from dupedash.ui.shared import folder_link, grid, group_rows, widgets
from dupedash.ui.shared.group_link import group_link
from dupedash.ui.state import View

PAIRS, IMAGES = 15, 48
"""On a page: rows of two images, and images of which nothing is compared."""
BOTH, HERE, THERE = "In both", "Only in the first", "Only in the second"


def draw(view: View, folder: str, other: str) -> None:
    """The two sides, then the chosen list."""
    st.page_link(widgets.page_row("folders").path, label="All folders", icon=":material/arrow_back:")
    lists = view.folder_lists(folder, other)
    back = view.folder_lists(other, folder) if other else None
    draw_sides(view, lists.shared)
    chosen = st.segmented_control(
        "Images", [BOTH, HERE, *([THERE] if back else [])], default=BOTH, required=True, key="list",
        bind="query-params", label_visibility="collapsed", on_change=first_page,
    )  # fmt: skip
    if chosen == BOTH:
        draw_both(view, lists)
    else:
        draw_only(view, back if chosen == THERE and back else lists)


def first_page() -> None:
    """Another list begins at its first page."""
    st.session_state["p"] = 1


def draw_sides(view: View, told: SharedFolders) -> None:
    """Each folder with its figures, and the way to clear it."""
    sides = [told, told.turned()] if told.other else [told]
    columns = widgets.split("sides", [1] * len(sides))
    for number, (column, side) in enumerate(zip(columns, sides, strict=True)):
        with column.container(border=True, height="stretch", key=f"side-{number}"):
            st.markdown(f"**{as_text(side.folder)}**")
            where = "in the other" if side.other else "in other places, too"
            st.metric(where.capitalize(), wording.share(side.shared, side.images))
            st.caption(
                f"{side.shared:,} of {wording.plural(side.images, 'image')} {where} "
                f"({wording.size(side.bytes)}), {side.only:,} only here"
            )
            if view.editor and side.shared:
                folder_link.link("clear", "Clear this side …", side.folder, side.other)


def draw_both(view: View, lists: FolderLists) -> None:
    """Row by row an image and what it matches in the other folder."""
    if not len(lists.both):
        st.caption("There is no image that both have.")
        return
    page = _page(len(lists.both), PAIRS)
    sides = [records_of(view, side[page]) for side in (lists.both, lists.partner)]
    for number, row in enumerate(zip(*sides, lists.score[page].tolist(), strict=True)):
        with st.container(border=True, key=f"row-{number}"):
            draw_pair(view, *row)


def draw_pair(view: View, one: ImageRecord, other: ImageRecord, score: float) -> None:
    """Two images that match; all of it leads to their group."""
    pictures, words, open_ = st.columns((1.2, 7, 0.9), gap="small", vertical_alignment="center")
    pictures.html(group_rows.strip_html(view.require_scan().collection, [one, other], 2))
    places = "  \n".join(as_text(record.location) for record in (one, other))
    words.caption(f"{places}  \nscore {score:.2f}")
    with open_:
        group_link(one.id, "Open", icon=None)


def records_of(view: View, places: Numbers) -> list[ImageRecord]:
    """The images at these places of the shelf. Raises ScanError."""
    ids = view.shelf.ids
    return cached.records(view.require_scan(), [ids[place] for place in places.tolist()])


def draw_only(view: View, lists: FolderLists) -> None:
    """The images that the other folder has not."""
    if not len(lists.only):
        st.caption("Every image of this folder is in the other one.")
        return
    page = _page(len(lists.only), IMAGES)
    rows = zip(records_of(view, lists.only[page]), lists.elsewhere[page].tolist(), strict=True)
    cells = [cell(view.require_scan().collection, record, third) for record, third in rows]
    grid.draw(cells, "folders.only", selectable=False)


def cell(collection: str, record: ImageRecord, third: bool) -> grid.Cell:
    """An image as a cell of the grid; `third`: it is in yet another folder, too."""
    note = "also in a third place" if third else os.path.basename(folder_of(record.location))
    url = thumb_url(collection, record.id, record.content)
    return grid.Cell(record.id, url, record.filename, note, record.location)


def _page(count: int, per_page: int) -> slice:
    """The widget that turns the pages; what is on the one that is open."""
    pages = -(-count // per_page)
    with st.container(horizontal=True, horizontal_alignment="right"):
        turned = st.pagination(pages, key="p", bind="query-params", max_visible_pages=7) if pages > 1 else 1
    return slice((turned - 1) * per_page, turned * per_page)
