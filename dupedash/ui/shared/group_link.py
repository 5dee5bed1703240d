"""The way to a group's gallery page. Any member's id names the group, whatever the threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dupedash.ui.shared.widgets import page_row

GROUP = "group"
"""The group in the URL of its page."""
ONE, OTHER, LOOK = "a", "b", "look"
"""Beside it: the two images that are compared, and how they are looked at."""


def group_link(
    image_id: str,
    label: str,
    params: Mapping[str, Sequence[str]] | None = None,
    icon: str | None = ":material/photo_library:",
) -> None:
    """A link to the gallery of the group with this image; scan and threshold go with it, and `params`."""
    st.page_link(
        page_row("group").path, label=label, icon=icon, query_params={GROUP: image_id, **(params or {})}
    )


def open_group(image_id: str) -> None:
    """Go there at once."""
    st.switch_page(page_row("group").path, query_params={GROUP: image_id})
