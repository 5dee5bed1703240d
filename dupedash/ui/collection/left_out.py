"""Which folders and files a collection leaves out: shown to all, changed by editors."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dupedash.embedded.collection import EmbeddedCollection
from dupedash.ui import jobs
from dupedash.ui.shared.inputs import lines
from dupedash.ui.state import View

HELP = (
    "One per line. A name leaves out every folder or file that is called so, in upper or lower case: @eaDir, "
    "*.lrdata. A path, /home/me/Pictures/private, leaves out that one folder or file. Everything "
    "inside a folder is left out with it. No file is touched."
)


def draw(view: View) -> None:
    """The list of the chosen collection; collections on servers have none."""
    if view.connection is None or not isinstance(view.collection, EmbeddedCollection):
        return
    store = view.collection.store
    with st.expander("What is left out", icon=":material/folder_off:"):
        known = store.left_out()
        if not view.editor:
            st.text("\n".join(known) or "Nothing.")
            return
        with st.form(f"left-out.{view.connection.name}", border=False):
            text = st.text_area("Folders and files", "\n".join(known), height=200, help=HELP)
            if st.form_submit_button("Keep, and read the folders again", icon=":material/sync:"):
                _keep(view, lines(text))


def _keep(view: View, patterns: Sequence[str]) -> None:
    """Images that are left out now leave the collection when its folders are read."""
    collection = view.writable()
    if view.connection is None or not isinstance(collection, EmbeddedCollection):
        return
    collection.store.leave_out(patterns)
    there = [str(root) for root in collection.store.roots() if root.exists()]
    if there:
        jobs.start(view, "index", {"collection": view.connection.name, "paths": there, "recursive": True})
