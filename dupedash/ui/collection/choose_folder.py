"""Choose a folder of the machine that runs dupedash: places, what was read before, what is inside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dupedash import wording
from dupedash.errors import system_words
from dupedash.images.files import printable
from dupedash.system.places import Place, look_inside, places
from dupedash.ui.collection import into
from dupedash.ui.errors import as_text
from dupedash.ui.state import View

_KEY = "choose-folder"
_AT, _FIND = f"{_KEY}.at", f"{_KEY}.find"
SHOWN = 200
"""Folders that are listed at once; of more, those with a text in their name can be asked for."""
RECENT = 6
LIST_HEIGHT = 280  # pixels: the button below stays in sight on a small screen


@st.dialog("Choose a folder", width="large")
def choose(view: View, key: str) -> None:
    """Look around; the folder that is taken is put into the text field with this key. For editors only, who
    may read any folder into a collection; raises Forbidden for others."""
    view.settings.must_write()
    left, right = st.columns((1, 2.6), gap="medium")
    with left:
        _draw_places("Places", places())
        recent = list(dict.fromkeys(root for _, root in into.folders(view)))[-RECENT:]
        _draw_places("Read before", [Place(root.name or str(root), root) for root in recent])
    at = Path(st.session_state.get(_AT, Path.home()))
    with right:
        _draw_way(at)
        _draw_inside(at)
    if st.button("Take this folder", type="primary", key=f"{_KEY}.take", on_click=_take, args=(key, at)):
        st.rerun()


def begin(place: Path | None) -> None:
    """Look first into the folder that is typed already, else where it was looked last."""
    if place is not None and place.is_dir():
        go(place)


def go(folder: Path) -> None:
    """Look into another folder. For callbacks."""
    st.session_state[_AT], st.session_state[_FIND] = folder, ""


def _take(key: str, folder: Path) -> None:
    st.session_state[key] = printable(folder)


def _draw_places(title: str, known: Sequence[Place]) -> None:
    with st.container(gap=None):
        if known:
            st.caption(title)
        for place in known:
            name, where = printable(place.name), printable(place.path)
            st.button(
                as_text(name), key=f"{_KEY}.{title}.{where}", type="tertiary",
                icon=":material/folder_special:", help=as_text(where), on_click=go, args=(place.path,),
            )  # fmt: skip


def _draw_way(at: Path) -> None:
    """The way from the top, each step of it to go back to."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for folder in [*reversed(at.parents), at]:
            st.button(
                as_text(printable(folder.name or str(folder))), key=f"{_KEY}.way.{printable(folder)}",
                type="tertiary", on_click=go, args=(folder,),
            )  # fmt: skip


def _draw_inside(at: Path) -> None:
    try:
        inside = look_inside(at)
    except OSError as error:
        st.error(f"It cannot be looked at: {as_text(system_words(error))}", icon=":material/lock:")
        return
    many = len(inside.folders) > SHOWN
    text = st.text_input("Find a folder", key=_FIND, placeholder="Part of its name") if many else ""
    fitting = [f for f in inside.folders if text.casefold() in printable(f.name).casefold()]
    with st.container(height=LIST_HEIGHT, border=True), st.container(horizontal=True, gap="small"):
        if not inside.folders:
            st.caption("There is no folder in it.")
        for folder in fitting[:SHOWN]:
            st.button(
                as_text(printable(folder.name)), key=f"{_KEY}.in.{printable(folder)}",
                icon=":material/folder:", on_click=go, args=(folder,),
            )  # fmt: skip
    more = f", {len(fitting) - SHOWN:,} more are not shown" if len(fitting) > SHOWN else ""
    folders = wording.plural(len(inside.folders), "folder")
    st.caption(f"{folders}{more} and {wording.plural(inside.pictures, 'picture')} lie directly in it.")
