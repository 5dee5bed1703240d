"""What several pages are put together from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dupedash.ui.errors import as_text
from dupedash.ui.pagetable import PAGES, PageRow
from dupedash.ui.state import View

PART, PLANS, PLAN = "part", "Plans and journal", "plan"
"""In the URL of Clear: the part of the page, the one with the plans, and the plan that is open there."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with its name; `note` is small print below it, `help` appears on hover."""

    name: str
    value: str
    note: str = ""
    help: str = ""


def header(title: str, line: str = "") -> None:
    """The head of a page: its title and one line that says what it is for."""
    st.title(title, anchor=False)
    if line:
        st.caption(line)


def facts(row: Sequence[Fact]) -> None:
    """Figures side by side, aligned."""
    for column, fact in zip(st.columns(len(row), gap="small"), row, strict=True):
        with column.container(border=True, height="stretch", gap=None):
            st.metric(fact.name, fact.value, help=fact.help or None)
            st.caption(as_text(fact.note) if fact.note else "&nbsp;")


def split(
    name: str,
    widths: Sequence[float],
    gap: Literal["small", "medium", "large"] = "medium",
    align: Literal["top", "bottom"] = "top",
) -> list[DeltaGenerator]:
    """Columns that a narrow window puts one above the other, two in a row if the name begins with wrap-."""
    with st.container(key=f"split-{name}"):
        return st.columns(widths, gap=gap, vertical_alignment=align)


def empty(icon: str, title: str, text: str) -> None:
    """Says why there is nothing here and what to do about it; put the buttons below it."""
    st.space("medium")
    with st.container(horizontal_alignment="center", gap="small"):
        st.markdown(f"## :gray[{icon}]", width="content")
        st.subheader(title, anchor=False, width="content", text_alignment="center")
        st.caption(text, width=520, text_alignment="center")


def picture(url: str, name: str = "") -> None:
    """A picture by its address here; st.image would take such an address for a file."""
    shown = f'src="{escape(url)}" alt="{escape(name)}" title="{escape(name)}"'
    st.html(f'<img class="dd-picture" {shown} loading="lazy">')


def page_row(file: str) -> PageRow:
    """The row of the page table with this name."""
    return next(row for row in PAGES if row.file == file)


def go(file: str, label: str, icon: str | None = None) -> None:
    """A link to another page of the table; collection, scan and threshold go with it."""
    row = page_row(file)
    st.page_link(row.path, label=label, icon=icon or row.icon)


def plan_link(plan: str, label: str) -> None:
    """A link to a plan among the plans on Clear."""
    row = page_row("clear")
    st.page_link(row.path, label=label, icon=row.icon, query_params={PART: PLANS, PLAN: plan})


def has_images(view: View) -> bool:
    """Whether there is something to work with; where not, says how to get there."""
    if view.connection is not None and view.count():
        return True
    empty(
        ":material/photo_library:",
        "No images yet",
        "Add a folder of images to make a collection, or look around with the example first.",
    )
    with st.container(horizontal_alignment="center"):
        go("collection", "Add images")
    return False


def no_scan_yet(view: View, title: str) -> None:
    """In place of a page that shows a scan where there is none."""
    header(title)
    if not has_images(view):
        return
    text = "A scan compares the images of a collection and finds its duplicates."
    empty(":material/radar:", "No scan yet", text)
    with st.container(horizontal_alignment="center"):
        go("scan", "Start a scan")
