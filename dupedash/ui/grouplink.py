"""The way to a group's gallery page. Any member's id names the group, whatever the threshold."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dupedash.ui.widgets import page_row

GROUP = "group"
"""The group in the URL of its page."""


def group_link(image_id: str, label: str, params: Mapping[str, str] | None = None) -> None:
    """A link to the gallery of the group with this image; scan and threshold go with it, and `params`."""
    asked = {GROUP: image_id, **(params or {})}
    st.page_link(page_row("group").path, label=label, icon=":material/photo_library:", query_params=asked)


def open_group(image_id: str) -> None:
    """Go there at once."""
    st.switch_page(page_row("group").path, query_params={GROUP: image_id})
