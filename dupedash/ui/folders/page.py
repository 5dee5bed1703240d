"""The pairs of folders that share images; or two of them, which the URL names, image by image."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape

import streamlit as st

from dupedash import wording
from dupedash.folders import SharedFolders
from dupedash.ui import style
from dupedash.ui.errors import as_text
from dupedash.ui.folders import two
from dupedash.ui.shared import folder_link, widgets
from dupedash.ui.state import View

PER_PAGE = 15


def draw(view: View) -> None:
    """The whole page."""
    style.sheet("groups.css")
    style.sheet("folders.css")
    folder, other = folder_link.asked()
    if folder:
        two.draw(view, folder, other)
    else:
        draw_list(view)


def draw_list(view: View) -> None:
    """Every pair, those first of which the most could go."""
    pairs = view.shared_folders()
    if not pairs:
        text = f"No two folders share images at the threshold of {view.threshold:.2f}."
        widgets.empty(":material/folder_copy:", "No shared folders", text)
        return
    text = st.text_input("Folder", key="text", bind="query-params", placeholder="Find folders",
                         on_change=first_page)  # fmt: skip
    found = [pair for pair in pairs if text.strip().lower() in f"{pair.folder}\n{pair.other}".lower()]
    common = common_folder([path for pair in pairs for path in (pair.folder, pair.other)])
    left, right = st.columns((2, 1), vertical_alignment="center")
    below = f" · all below {as_text(common)}" if common else ""
    left.caption(f"**{wording.plural(len(found), 'pair')}** of folders{below}")
    pages = -(-len(found) // PER_PAGE)
    with right.container(horizontal=True, horizontal_alignment="right"):
        turned = st.pagination(pages, key="p", bind="query-params") if pages > 1 else 1
    for number, pair in enumerate(found[(turned - 1) * PER_PAGE : turned * PER_PAGE]):
        draw_row(number, pair, common)


def first_page() -> None:
    """Another filter begins at its first page."""
    st.session_state["p"] = 1


def draw_row(number: int, pair: SharedFolders, common: str) -> None:
    """One pair; all of it leads to its images."""
    with st.container(border=True, key=f"row-{number}"):
        words, open_ = st.columns((8.2, 0.9), gap="small", vertical_alignment="center")
        words.html(row_html(pair, common))
        with open_:
            folder_link.link("folders", "Open", pair.folder, pair.other)


def row_html(pair: SharedFolders, common: str) -> str:
    """The pair as a sentence over a bar, every path as text."""
    one, other = (escape(short(path, common)) for path in (pair.folder, pair.other))
    part = wording.share(pair.shared, pair.images)
    back = f"{pair.other_shared:,} of {wording.plural(pair.other_images, 'image')} of {other} are in {one}"
    nested = " · what lies in the inner folder counts there only" if pair.nested else ""
    return (
        f'<div class="dd-share" title="{escape(pair.folder)}&#10;{escape(pair.other)}">'
        f"<p><b>{one}</b> <span>shares {part} with</span> <b>{other}</b></p>"
        f'<i><i style="width:{100 * pair.share:.1f}%"></i></i>'
        f"<small>{escape(figures(pair))} · {back}{nested}</small></div>"
    )


def figures(pair: SharedFolders) -> str:
    """ "311 of 338 images (1.2 GB), 27 only there"."""
    size = f" ({wording.size(pair.bytes)})" if pair.bytes else ""
    only = f"{pair.only:,} only there" if pair.only else "nothing only there"
    return f"{pair.shared:,} of {wording.plural(pair.images, 'image')}{size}, {only}"


def common_folder(paths: Sequence[str]) -> str:
    """The folder in which all of them lie, "" where it says nothing."""
    try:
        found = os.path.commonpath(paths)
    except ValueError:  # some are whole, some are not
        return ""
    found = os.path.dirname(found) if found in paths else found
    return found if found.strip("/") and all(path.startswith(f"{found}/") for path in paths) else ""


def short(path: str, common: str) -> str:
    """A path without the folder in which all lie."""
    return path.removeprefix(f"{common}/") if common else path
