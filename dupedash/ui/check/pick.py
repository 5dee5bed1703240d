"""Images of the collection to be checked: found by a text in their path, picked by their thumbnails."""

from __future__ import annotations

import streamlit as st

from dupedash.model import FieldInfo, FieldType
from dupedash.query import Filter, Join, Row, to_lucene
from dupedash.query.operators import CONTAINS
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.shared import grid
from dupedash.ui.shared.inputs import lines
from dupedash.ui.state import View

PER_PAGE = 24
_PICKED = "check.picked"
_NAMES = ("location", "filename", "image", "id")
"""Fields that tell which image it is, of a collection here and of a server; the first that there is."""


def draw(view: View) -> tuple[str, ...]:
    """The ids that were picked or typed."""
    text = st.text_input(
        "Name or folder", key="check.find", placeholder="Find images", persist_state="session"
    )
    ids = view.ids(*_filter(view, text.strip()))
    pages = -(-len(ids) // PER_PAGE)
    page = st.pagination(pages, key=f"check.find.page.{text}", max_visible_pages=5) if pages > 1 else 1
    picked = _draw_grid(view, ids[(page - 1) * PER_PAGE : page * PER_PAGE])
    st.caption(f"**{len(picked)}** picked" if picked else "Click images to pick them.")
    if not ids:
        st.caption("No image has this text in its path.")
    with st.expander("By id"):
        typed = lines(st.text_area("Ids, one per line", key="check.id", height=90))
    return tuple(dict.fromkeys((*picked, *typed)))


def _filter(view: View, text: str) -> tuple[str, ...]:
    if not text:
        return ()
    fields = {"id": FieldInfo("id", FieldType.STRING), **view.fields()}
    name = next(name for name in _NAMES if name in fields)
    cases = dict.fromkeys((text, text.lower(), text.upper(), text.title()))  # filters tell them apart
    rows = tuple(Row(name, CONTAINS, (written,)) for written in cases)
    return (to_lucene(Filter(rows, Join.OR), fields),)


def _draw_grid(view: View, ids: list[str]) -> list[str]:
    """All that were picked, on other pages and by other texts, too."""
    before: list[str] = st.session_state.get(_PICKED, [])
    records = view.collection.records(ids) if ids else []
    cells = [
        grid.Cell(r.id, thumb_url(view.collection.name, r.id, r.content), r.filename, "", r.location)
        for r in records
    ]
    others = [image_id for image_id in before if image_id not in ids]
    with st.container(height=300, border=False):
        here = grid.draw(cells, "check.pick", selected=before, changed=lambda here: _keep(others, here))
    return _keep(others, here)


def _keep(others: list[str], here: list[str]) -> list[str]:
    """For the next run of the page: what was picked elsewhere and among those shown."""
    st.session_state[_PICKED] = [*others, *here]
    return [*others, *here]
