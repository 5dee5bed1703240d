"""The shared widgets: collection, scan, threshold, grouping.

They live in the frame, not in the pages, because only there a value that came from a link survives the
change to another page.
"""

from __future__ import annotations

import streamlit as st

from dupedash.config import settings
from dupedash.connect import Connections
from dupedash.groups.graph import Strictness
from dupedash.model import FLOOR, NEAR
from dupedash.scans import StoredScan
from dupedash.ui import jobs, state
from dupedash.ui.shared.scan_words import scan_label
from dupedash.ui.shared.threshold import set_threshold

_PICKED = "scan.picked"
_GROUPING_HELP = (
    "**Linked**: an image joins a group as soon as it matches one member; chains are possible, and shown.\n\n"
    "**Complete**: every two images of a group match each other."
)


def draw() -> None:
    """Draw them; `state.current()` reads what was chosen."""
    with st.sidebar:
        view = state.current()
        if not view.editor:
            st.badge(
                "View only", icon=":material/visibility:", color="gray", help=view.settings.workspace.denied
            )
        pick_collection()
        view = state.current()
        if view.scan:
            pick_scan(view.scans)
            pick_threshold(state.current().scan or view.scan)
        jobs.busy_line(view)


def pick_collection() -> None:
    """The collections this instance knows; the URL keeps the choice."""
    workspace = settings().workspace
    known = Connections(workspace).list()
    chosen = state.chosen_connection(workspace)
    if not known or chosen is None:
        return
    names = [connection.name for connection in known]
    if st.session_state.get(state.WANTED_COLLECTION) in names:
        st.session_state[state.COLLECTION] = st.session_state.pop(state.WANTED_COLLECTION)
        forget_scan()
    st.selectbox(
        "Collection",
        names,
        index=names.index(chosen.name),
        key=state.COLLECTION,
        bind="query-params",
        on_change=forget_scan,
        help="Add folders on the Collection page, Flow servers under Connections.",
    )


def forget_scan() -> None:
    """Another collection has other scans."""
    st.session_state[state.SCAN] = ""


def pick_scan(scans: tuple[StoredScan, ...]) -> None:
    """The scans of this collection; by default the newest.

    A bound select box would put its label into the URL. The scan's id stands there instead, by a text field
    that nobody sees.
    """
    if state.WANTED in st.session_state:
        st.session_state[state.SCAN] = st.session_state.pop(state.WANTED)
    with st.container(key="url-state"):
        linked = st.text_input("Scan in the URL", key=state.SCAN, bind="query-params")
    newest = state.latest(scans)
    # The name that a scan gets by itself begins with its collection, which stands just above.
    labels = {
        state.LATEST: f"Latest: {newest.name.removeprefix(newest.collection).strip()}" if newest else "Latest"
    }
    labels |= {scan.id: scan_label(scan) for scan in scans}
    st.session_state[_PICKED] = linked if linked in labels else state.LATEST
    st.selectbox("Scan", list(labels), key=_PICKED, format_func=labels.__getitem__, on_change=_picked)
    if linked and linked not in labels:
        st.caption(":orange[:material/warning:] The scan in this link no longer exists.")


def _picked() -> None:
    picked = st.session_state[_PICKED]
    st.session_state[state.SCAN] = "" if picked == state.LATEST else picked


def pick_threshold(scan: StoredScan) -> None:
    """The threshold with the two documented presets, and when images form a group."""
    if state.THRESHOLD_WANTED in st.session_state:
        st.session_state[state.THRESHOLD] = st.session_state.pop(state.THRESHOLD_WANTED)
    st.slider(
        "Threshold",
        min_value=min(FLOOR, scan.config.floor),
        max_value=1.0,
        value=NEAR,
        step=0.01,
        key=state.THRESHOLD,
        bind="query-params",
        help="Images whose score reaches it are duplicates. Moving it only changes the view, never the scan.",
    )
    with st.container(key="presets"):
        for name, value in state.PRESETS.items():
            st.button(
                f"{name}: {value:.2f}", key=f"preset-{value}", on_click=set_threshold, args=(value,),
                width="stretch",
            )  # fmt: skip
    if scan.config.floor > float(st.session_state[state.THRESHOLD]):
        st.caption(f"This scan kept nothing below {scan.config.floor:.2f}.")
    st.segmented_control(
        "Grouping",
        list(state.GROUPING),
        default=Strictness.COMPONENT,
        required=True,
        format_func=state.GROUPING.__getitem__,
        key=state.STRICTNESS,
        bind="query-params",
        help=_GROUPING_HELP,
        width="stretch",
    )
