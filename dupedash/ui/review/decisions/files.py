"""The decisions of people as a file: take them along, take in those of others."""

from __future__ import annotations

import json

import streamlit as st

from dupedash import wording
from dupedash.errors import ConfigError
from dupedash.review import ReviewStore, Verdict
from dupedash.ui.review import progress
from dupedash.ui.review.decisions import bar, listed
from dupedash.ui.shared import widgets
from dupedash.ui.shared.inputs import read_json
from dupedash.ui.shared.widgets import Fact
from dupedash.ui.state import View


def draw(view: View) -> None:
    """What is decided so far, export, import."""
    if view.scan is not None:
        progress.draw_next(view)
    store = ReviewStore(view.settings.workspace.reviews)
    decisions = store.load()
    verdicts = [verdict for verdict in Verdict if verdict is not Verdict.OPEN]
    widgets.facts(
        [Fact(str(v).capitalize(), wording.count(len(decisions.with_verdict(v)))) for v in verdicts]
    )
    with st.container(horizontal=True):
        if view.editor:
            bar.draw_back(view, "")
    listed.draw(view)
    st.caption(
        "Decisions are kept by what the images show, not by where they are: they hold in every scan and "
        "collection, also after files were renamed. Images decided “keep all” or “series” never go."
    )
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        st.markdown("**Take them along**")
        st.caption("Every decision with who made it and when.")
        st.download_button(
            "Export the decisions",
            lambda: json.dumps(store.export(), indent=1, ensure_ascii=False),
            "dupedash-decisions.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    if view.editor:
        with right.container(border=True, height="stretch"):
            _draw_import(view, store)


def _draw_import(view: View, store: ReviewStore) -> None:
    st.markdown("**Take in others'**")
    st.caption("Nothing is lost: where both decided, the later decision holds.")
    with st.form("decisions.import", border=False, clear_on_submit=True):
        file = st.file_uploader("Decisions", type="json", label_visibility="collapsed")
        if st.form_submit_button("Import the decisions", icon=":material/upload:"):
            if file is None:
                raise ConfigError("No file was chosen.")
            view.settings.must_write()
            new = store.merge(read_json(file.getvalue(), file.name))
            st.success(f"{wording.plural(new, 'new decision')} taken in.")
