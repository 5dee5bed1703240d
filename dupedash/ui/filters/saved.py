"""Kept filters beside a builder: take one, keep the present one under a name, forget one."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dupedash.model import FieldInfo
from dupedash.query import saved
from dupedash.ui import errors
from dupedash.ui.filters.builder import Builder
from dupedash.ui.state import View


def draw(view: View, name: str, builder: Builder, fields: Mapping[str, FieldInfo]) -> None:
    """One popover; what is taken goes into the builder."""
    with st.popover("Saved filters", icon=":material/bookmark:", type="tertiary"), errors.shown():
        known = saved.saved(view.settings)
        for title, text in known.items():
            _draw_one(view, f"{name}.saved.{title}", title, text, builder, fields)
        if not known:
            st.caption("None yet. Build a filter and keep it here under a name.")
        if view.editor and builder.text and not builder.error:
            _draw_keep(view, f"{name}.keep", builder)


def _draw_one(
    view: View, key: str, title: str, text: str, builder: Builder, fields: Mapping[str, FieldInfo]
) -> None:
    left, right = st.columns((6, 1), vertical_alignment="center")
    label = errors.as_text(title)
    if left.button(label, key=key, help=errors.as_text(text), type="tertiary", icon=":material/filter_alt:"):
        builder.read(text, fields)
        st.rerun()
    if view.editor and right.button("", key=f"{key}.forget", icon=":material/delete:", type="tertiary"):
        saved.forget(view.settings, title)
        st.rerun()


def _draw_keep(view: View, key: str, builder: Builder) -> None:
    with st.form(key, border=False, clear_on_submit=True):
        title = st.text_input("Keep this filter as", max_chars=saved.LONGEST_NAME, key=f"{key}.name")
        if st.form_submit_button("Keep") and title:
            saved.save(view.settings, title, builder.text)
            st.rerun()
