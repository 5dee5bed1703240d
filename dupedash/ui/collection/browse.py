"""Look through the collection page by page; look at one image; take images out."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.model import ImageRecord
from dupedash.ui import errors
from dupedash.ui.door.routes import picture_url, thumb_url
from dupedash.ui.shared import grid, widgets
from dupedash.ui.state import View

PER_PAGE = 48


def draw(view: View) -> None:
    """A filter, the grid, and what can be done with the selected ones."""
    text = st.text_input(
        "Filter query", key="browse.fq", placeholder="All images. Or: category:street AND width:[2000 TO *]"
    )
    ids = view.ids(*([text] if text.strip() else []))
    if not ids:
        st.caption("No image matches this filter." if text.strip() else "There are no images yet.")
        return
    left, right = st.columns((1, 2), vertical_alignment="center")
    left.caption(f"**{len(ids):,}** of {wording.plural(view.count(), 'image')}")
    pages = -(-len(ids) // PER_PAGE)
    with right.container(horizontal=True, horizontal_alignment="right"):
        page = st.pagination(pages, key="browse.page") if pages > 1 else 1
    shown = ids[(page - 1) * PER_PAGE : page * PER_PAGE]
    bar = st.container(horizontal=True, vertical_alignment="center")
    selected = grid.draw([cell(view, record) for record in view.collection.records(shown)], "browse.grid")
    with bar:
        _draw_bar(view, selected)


def cell(view: View, record: ImageRecord) -> grid.Cell:
    """A record as a cell of the grid."""
    pixels = f"{record.width} × {record.height}" if record.width else ""
    note = " · ".join(
        filter(None, [pixels, wording.size(record.bytes) if record.bytes else "", record.skipped])
    )
    url = thumb_url(view.collection.name, record.id, record.content)
    return grid.Cell(record.id, url, record.filename, note, record.location)


def _draw_bar(view: View, selected: list[str]) -> None:
    if not selected:
        st.caption("Click images to select them.")
        return
    st.caption(f"{len(selected)} selected")
    if st.button("Look at it", disabled=len(selected) != 1, icon=":material/visibility:"):
        look(view, selected[0])
    if view.editor and st.button("Remove from the collection", icon=":material/remove_circle:"):
        remove(view, selected)


@st.dialog("Image", width="large")
def look(view: View, image_id: str) -> None:
    """The picture and everything that is known of it."""
    record = view.collection.records([image_id])[0]
    widgets.picture(picture_url(view.collection.name, image_id, record.content), record.filename)
    st.text(record.location)
    if record.skipped:
        st.caption(f"Not compared as a picture: {errors.as_text(record.skipped)}")
    rows = {name: _words(value) for name, value in sorted(record.fields.items())}
    st.dataframe({"field": list(rows), "value": list(rows.values())}, hide_index=True)


@st.dialog("Remove from the collection?")
def remove(view: View, ids: list[str]) -> None:
    """Ask once more."""
    st.markdown(f"{wording.plural(len(ids), 'image')} will no longer be searched.")
    st.caption("The files stay where they are; reading their folder again brings them back.")
    if st.button("Remove", type="primary"):
        with errors.shown():
            collection = view.writable()
            collection.remove(ids)
            collection.commit()
            view.forget_answers()
            st.rerun()


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
