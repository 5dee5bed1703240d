"""The way to a group's gallery page. Any member's id names the group, whatever the threshold."""

from __future__ import annotations

import streamlit as st

from dupedash.ui.pagetable import PAGES

GROUP = "group"
"""The group in the URL of its page."""

_ROW = next((row for row in PAGES if row.file == "group"), None)


def group_link(image_id: str, label: str) -> None:
    """A link to the gallery of the group with this image; scan and threshold go with it."""
    if _ROW:
        st.page_link(_ROW.path, label=label, icon=":material/photo_library:", query_params={GROUP: image_id})


def open_group(image_id: str) -> None:
    """Go there at once."""
    if _ROW:
        st.switch_page(_ROW.path, query_params={GROUP: image_id})
