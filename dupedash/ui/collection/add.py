"""Ways to get images in: a folder of this machine, uploads, the example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from dupedash.check import uploads
from dupedash.config import collection_name
from dupedash.embedded.files.leaveout import checked
from dupedash.errors import ConfigError
from dupedash.ui import errors, jobs, state
from dupedash.ui.collection import left_out
from dupedash.ui.collection.left_out import HELP
from dupedash.ui.shared.inputs import existing, lines
from dupedash.ui.state import View

EXAMPLE = "example"


def draw(view: View) -> None:
    """One tab for each way. What is started runs in the background."""
    if not view.editor:
        st.caption(f":material/visibility: {errors.as_text(view.settings.workspace.denied)}")
        return
    folder, upload, example = st.tabs(["A folder", "Upload", "The example"])
    with folder, errors.shown():
        _draw_folder(view)
    with upload, errors.shown():
        _draw_upload(view)
    with example, errors.shown():
        _draw_example(view)


def _draw_folder(view: View) -> None:
    with st.form("add-folder", border=False):
        path = st.text_input(
            "Folder or file on the machine that runs dupedash",
            placeholder="/home/me/Pictures",
            help="The files stay where they are; dupedash only reads them. The same folder again takes in "
            "what is new or changed.",
        )
        recursive = st.checkbox("Include the folders inside it", value=True)
        reread = st.checkbox("Read every file again", help="Also those whose size and time are as they were.")
        exclude = st.text_area("Leave out, now and later", placeholder="private", height=68, help=HELP)
        name = _collection_field(view, "add-folder.name")
        if st.form_submit_button("Read the images", type="primary", icon=":material/folder_open:"):
            index(view, name, [existing(path)], recursive, reread=reread, exclude=lines(exclude))
    left_out.draw(view)


def _draw_upload(view: View) -> None:
    with st.form("add-upload", border=False, clear_on_submit=True):
        files = st.file_uploader("Images", accept_multiple_files=True, label_visibility="collapsed")
        name = _collection_field(view, "add-upload.name")
        if st.form_submit_button("Add the images", type="primary", icon=":material/upload:"):
            if not files:
                raise ConfigError("No files were chosen.")
            folder = uploads.keep(
                view.settings, collection_name(name), [(f.name, f.getvalue()) for f in files]
            )
            index(view, name, [folder], recursive=False)


def _draw_example(view: View) -> None:
    st.caption(
        "About 300 drawn pictures with planted duplicates of every kind, to see what dupedash does before "
        "showing it your own."
    )
    if st.button("Make the example", icon=":material/auto_awesome:", key="add-example"):
        begin(view, EXAMPLE, EXAMPLE, {})


def _collection_field(view: View, key: str) -> str:
    known = view.connection.name if view.connection else "photos"
    return st.text_input("Into the collection", known, key=f"{key}.{known}", max_chars=64).strip()


def index(
    view: View,
    name: str,
    paths: Sequence[Path],
    recursive: bool,
    *,
    reread: bool = False,
    exclude: Sequence[str] = (),
) -> None:
    """Read these into a collection, in the background. Raises ConfigError for what cannot be left out."""
    options: dict[str, Any] = {"paths": list(map(str, paths)), "recursive": recursive}
    if reread:
        options["reread"] = True
    if exclude:
        options["exclude"] = list(checked(exclude))
    begin(view, "index", collection_name(name), options)


def begin(view: View, kind: str, name: str, arguments: dict[str, Any]) -> None:
    """Start work that fills a collection, and look at that collection from now on."""
    st.session_state[state.WANTED_COLLECTION] = name
    jobs.start(view, kind, {"collection": name, **arguments})
