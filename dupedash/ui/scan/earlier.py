"""The earlier scans of the collection: open, rename, delete, and what changed since."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.scans import ScanStatus, StoredScan
from dupedash.ui import errors, state
from dupedash.ui.shared.scan_words import changed_words, config_words
from dupedash.ui.state import View

SHOWN = 10
_MARKS = {
    ScanStatus.DONE: ":green[:material/check_circle:]",
    ScanStatus.STOPPED: ":orange[:material/pause_circle:]",
    ScanStatus.FAILED: ":red[:material/error:]",
    ScanStatus.RUNNING: ":blue[:material/progress_activity:]",
}
_RENAME, _DELETE = "Rename", "Delete"


def draw(view: View) -> None:
    """The list, newest first."""
    if not view.scans:
        return
    st.subheader("Scans of this collection", anchor=False)
    shown = view.scans if st.session_state.get("scans.all") else view.scans[:SHOWN]
    for scan in shown:
        _draw_one(view, scan)
    if len(view.scans) > SHOWN:
        st.toggle(f"Show all {len(view.scans)}", key="scans.all")


def _draw_one(view: View, scan: StoredScan) -> None:
    open_now = view.scan is not None and scan.id == view.scan.id
    with st.container(border=True, key=f"scan-{scan.id}"):
        name, figures, since, act = st.columns((4, 2.1, 2, 2.4), vertical_alignment="center")
        name.markdown(
            f"{_MARKS[scan.status]} **{errors.as_text(scan.name)}**  \n"
            f":small[:gray[{errors.as_text(config_words(scan.config))}]]"
        )
        figures.caption(
            f"{wording.plural(scan.stats.images, 'image')}, "
            f"{wording.plural(scan.stats.matches, 'match', 'matches')}  \n{wording.ago(scan.started)}"
        )
        since.caption(f"{changed_words(view, scan)}  \n{errors.as_text(scan.message)}")
        with act.container(horizontal=True, horizontal_alignment="right", gap="small"):
            _draw_actions(view, scan, open_now)


def _draw_actions(view: View, scan: StoredScan, open_now: bool) -> None:
    if st.button("Shown" if open_now else "Open", key=f"scan-open-{scan.id}", disabled=open_now):
        open_scan(scan.id)
    if not view.editor:
        return
    chosen = st.menu_button("", [_RENAME, _DELETE], icon=":material/more_vert:", key=f"scan-menu-{scan.id}")
    if chosen == _RENAME:
        rename(view, scan)
    elif chosen == _DELETE:
        delete(view, scan)


def open_scan(scan_id: str) -> None:
    """Look at this scan from now on, on all pages."""
    st.session_state[state.WANTED] = scan_id
    st.rerun()


@st.dialog("Rename the scan")
def rename(view: View, scan: StoredScan) -> None:
    """Ask for another name."""
    name = st.text_input("Name", scan.name, max_chars=100)
    if st.button("Rename", type="primary", disabled=not name.strip()):
        with errors.shown():
            view.writable_scans().rename(scan.id, name)
            st.rerun()


@st.dialog("Delete the scan?")
def delete(view: View, scan: StoredScan) -> None:
    """Ask once more."""
    matches = wording.plural(scan.stats.matches, "match", "matches")
    st.markdown(f"**{errors.as_text(scan.name)}** with {matches}.")
    st.caption("Only the stored result goes; no image is touched. The same scan can be run again.")
    if st.button("Delete", type="primary"):
        with errors.shown():
            view.writable_scans().delete(scan.id)
            st.rerun()
