"""The frame around every page: menu, what is looked at, threshold. Runs anew at each interaction."""

from __future__ import annotations

import streamlit as st

from dupedash.ui import errors, place, sidebar, state, style
from dupedash.ui.door import shell
from dupedash.ui.door.access import Role
from dupedash.ui.pagetable import PAGES, PageRow
from dupedash.ui.shared.widgets import no_scan_yet


def frame() -> None:
    """Draw the frame and run the page that the URL names."""
    st.set_page_config(page_title="dupedash", page_icon=style.MARK, layout="wide")
    style.apply()
    with errors.shown():
        role = state.current_role()
        rows = [row for row in PAGES if not row.editor_only or role is Role.EDITOR]
        pages = {row: as_page(row) for row in rows}
        page = st.navigation(sections(pages), expanded=True)
        sidebar.draw()
        st.set_page_config(page_title=shell.title(page.title, state.current().names()[state.COLLECTION]))
        waiting = next((row for row, known in pages.items() if known == page and row.needs_scan), None)
        if waiting is not None and state.current().scan is None:
            no_scan_yet(state.current(), waiting.title)
        else:
            page.run()
        style.mend()
        place.draw(state.current().names())


def as_page(row: PageRow) -> st.Page:
    """The row as Streamlit's page; the first one of the table is where a visitor starts."""
    return st.Page(
        row.path,
        title=row.title,
        icon=row.icon,
        url_path=row.file,
        default=row is PAGES[0],
        visibility="hidden" if row.hidden else "visible",
    )


def sections(pages: dict[PageRow, st.Page]) -> dict[str, list[st.Page]]:
    """The menu: pages under their headings, in the order of the table."""
    menu: dict[str, list[st.Page]] = {}
    for row, page in pages.items():
        menu.setdefault(row.section, []).append(page)
    return menu


frame()
