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
from dupedash.ui.collection import choose_folder, into, left_out
from dupedash.ui.collection.left_out import HELP
from dupedash.ui.shared.inputs import as_place, existing, lines
from dupedash.ui.state import View

EXAMPLE = "example"
ONLY_READ = (
    "Your files are only read: reading and scanning them changes, moves and deletes nothing. They stay where "
    "they are."
)
_PATH, _TURN = "add-folder.path", "add-upload.turn"


def draw(view: View) -> None:
    """One tab for each way. What is started runs in the background."""
    if not view.editor:
        st.caption(f":material/visibility: {errors.as_text(view.settings.workspace.denied)}")
        return
    folder, upload, example = st.tabs(["A folder", "Upload", "The example"])
    with folder:
        with errors.shown():
            _draw_folder(view)
        left_out.draw(view)
    with upload, errors.shown():
        _draw_upload(view)
    with example, errors.shown():
        _draw_example(view)


def _draw_folder(view: View) -> None:
    path, browse = st.columns((4.2, 1), vertical_alignment="bottom")
    typed = path.text_input(
        "Folder or file on the machine that runs dupedash", key=_PATH, placeholder="/home/me/Pictures"
    )
    place = as_place(typed) if typed.strip() else None
    if browse.button("Browse", icon=":material/folder:", key="add-folder.browse", width="stretch"):
        choose_folder.begin(place)
        choose_folder.choose(view, _PATH)
    known = into.known_as(view, place) if place else into.NEW
    name = into.draw(view, "add-folder", place.name if place else "photos", known)
    with st.expander("More"):
        recursive = st.checkbox("Include the folders inside it", value=True)
        reread = st.checkbox("Read every file again", help="Also those whose size and time are as they were.")
        exclude = st.text_area("Leave out, now and later", placeholder="private", height=68, help=HELP)
    begin_now = st.button("Read the images", type="primary", icon=":material/folder_open:", key="add-folder")
    again = " Read before: what is new or changed is taken in." if known else ""
    st.caption(ONLY_READ + again)
    if begin_now:
        index(view, name, [existing(typed)], recursive, reread=reread, exclude=lines(exclude))


def _draw_upload(view: View) -> None:
    turn = st.session_state.setdefault(_TURN, 0)  # another one has another, empty field
    files = st.file_uploader(
        "Images", accept_multiple_files=True, label_visibility="collapsed", key=f"{_TURN}.{turn}"
    )
    name = into.draw(view, "add-upload", "uploads")
    if st.button("Add the images", type="primary", icon=":material/upload:", key="add-upload"):
        if not files:
            raise ConfigError("No files were chosen.")
        folder = uploads.keep(view.settings, collection_name(name), [(f.name, f.getvalue()) for f in files])
        st.session_state[_TURN] = turn + 1
        index(view, name, [folder], recursive=False)


def _draw_example(view: View) -> None:
    st.caption(
        "About 300 drawn pictures with planted duplicates of every kind, to see what dupedash does before "
        "showing it your own."
    )
    if st.button("Make the example", icon=":material/auto_awesome:", key="add-example"):
        begin(view, EXAMPLE, EXAMPLE, {})


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
