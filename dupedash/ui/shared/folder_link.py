"""Two folders in the URL: the one that is looked at or cleared, and the one that it is held against."""

from __future__ import annotations

import streamlit as st

from dupedash.ui.shared.widgets import page_row

FOLDER, OTHER = "in", "other"
"""Their names there; without the second one every other place counts."""


def asked() -> tuple[str, str]:
    """The two folders that the URL names, "" for none."""
    return st.query_params.get(FOLDER, ""), st.query_params.get(OTHER, "")


def link(page: str, label: str, folder: str, other: str) -> None:
    """A link to a page about these two; scan and threshold go with it."""
    row = page_row(page)
    icon = None if page == "folders" else row.icon
    st.page_link(row.path, label=label, icon=icon, query_params={FOLDER: folder, OTHER: other})


def forget() -> None:
    """Of all images again."""
    for name in (FOLDER, OTHER):
        st.query_params.pop(name, None)
