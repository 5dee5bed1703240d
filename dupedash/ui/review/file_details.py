"""The two files of a comparison: in full size, where they are, and all that they tell of themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from dupedash.actions.files.companions import found_beside
from dupedash.collection import WithFiles
from dupedash.errors import Busy, UnreadableImage
from dupedash.images import apart, path_of, printable
from dupedash.images.properties import UNKNOWN, Property, compare
from dupedash.model import ImageRecord
from dupedash.ui import errors
from dupedash.ui.door import desktop
from dupedash.ui.door.routes import original_url
from dupedash.ui.review.tables import table_html
from dupedash.ui.state import View

DIFFERING, ALL = "pair.differing", "pair.all"
LETTERS = ("A", "B")


def draw(view: View, pair: Sequence[ImageRecord]) -> None:
    """Places and ways to open them, then the properties."""
    for column, letter, record in zip(st.columns(2, gap="medium"), LETTERS, pair, strict=True):
        with column:
            draw_file(view, letter, record)
    with st.container(horizontal=True):
        differing = st.toggle("Only what differs", key=DIFFERING, persist_state="session")
        everything = st.toggle(
            "All metadata of the files", key=ALL, persist_state="session",
            help="Also EXIF, GPS, IPTC, XMP and what sidecars tell; they are read now.",
        )  # fmt: skip
    rows = [*compare(pair), *(tag_rows([tags_of(view, record) for record in pair]) if everything else [])]
    st.html(table_html(LETTERS, [row for row in rows if row.differs or not differing]))


def draw_file(view: View, letter: str, record: ImageRecord) -> None:
    """One file: its path to copy, the original in a tab of its own, its folder on the desktop."""
    st.code(record.location, language=None)
    with st.container(horizontal=True, gap="small"):
        st.link_button(
            f"Original of {letter}", original_url(view.require_scan().collection, record.id, record.content),
            icon=":material/open_in_new:", type="tertiary",
        )  # fmt: skip
        file = file_of(view, record)
        if file and view.editor and desktop.opener():
            st.button(
                "Open folder", key=f"open-folder-{letter}", icon=":material/folder_open:", type="tertiary",
                on_click=_open, args=(file,),
            )  # fmt: skip


def _open(file: Path) -> None:
    with errors.shown():
        desktop.open_folder(file)


def file_of(view: View, record: ImageRecord) -> Path | None:
    """The file of an image, where it is on this machine."""
    collection = view.collection
    return collection.path(record.id) if isinstance(collection, WithFiles) else None


def tags_of(view: View, record: ImageRecord) -> dict[str, str]:
    """All that the file and its sidecars tell; where one cannot be read, why."""
    file = file_of(view, record)
    if file is None:
        return {}
    told = _tried(apart.tags, file, "Metadata") if record.width is not None else {}
    for found in found_beside(printable(file)):
        sidecar = path_of(found.companion.location)
        if found.travels and sidecar.suffix.lower() in (".xmp", ".json"):
            told |= _tried(apart.sidecar_tags, sidecar, sidecar.name)
    return told


def _tried(read: Callable[[Path], dict[str, str]], file: Path, name: str) -> dict[str, str]:
    try:
        return read(file)
    except UnreadableImage as error:
        return {name: error.reason}
    except Busy as error:
        return {name: str(error)}


def tag_rows(tags: Sequence[dict[str, str]]) -> list[Property]:
    """A row a name, in the order of the files."""
    names = dict.fromkeys(name for told in tags for name in told)
    return [Property(name, tuple(told.get(name, UNKNOWN) for told in tags)) for name in names]
