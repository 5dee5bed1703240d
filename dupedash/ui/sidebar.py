"""The shared widgets: collection, scan, threshold, grouping.

They live in the frame, not in the pages, because only there a value that came from a link survives the
change to another page.
"""

from __future__ import annotations

import streamlit as st

from dupedash.config import settings
from dupedash.connect import Connections
from dupedash.groups.graph import Strictness
from dupedash.model import FLOOR, NEAR, PairKind
from dupedash.scans import StoredScan
from dupedash.ui import cached, jobs, state
from dupedash.ui.shared import kind_words
from dupedash.ui.shared.scan_words import scan_label
from dupedash.ui.shared.threshold import set_threshold

_PICKED, _PICKED_COLLECTION = "scan.picked", "collection.picked"
_SHOWN_SCAN, _FOLLOWS = "scan.shown", "scan.follows"
"""The scan that was shown last, and whether a newer one takes its place."""
_GROUPING_HELP = (
    "**Linked**: an image joins a group as soon as it matches one member; chains are possible, and shown.\n\n"
    "**Complete**: every two images of a group match each other."
)
_KINDS_HELP = (
    "Groups are formed of pairs of these kinds; without a choice, of all duplicates. Frames of a burst, the "
    "raw file and the picture of one shot, and the two halves of a Live photo are no duplicates: choose them "
    "to see them."
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
            pick_scan(view.scans, state.latest(view.scans) or view.scan)
            pick_threshold(state.current().scan or view.scan)
        jobs.busy_line(view)


def pick_collection() -> None:
    """The collections this instance knows; the address always names the chosen one."""
    workspace = settings().workspace
    names = [connection.name for connection in Connections(workspace).list()]
    chosen = state.chosen_connection(workspace)
    if chosen is None:
        return
    if st.session_state.get(state.WANTED_COLLECTION) in names:
        st.session_state[state.COLLECTION] = st.session_state.pop(state.WANTED_COLLECTION)
        forget_scan()
    asked = asked_for(state.COLLECTION)
    if asked not in names:
        st.session_state[state.COLLECTION] = chosen.name
    in_address("Collection in the URL", state.COLLECTION)
    st.session_state[_PICKED_COLLECTION] = asked if asked in names else chosen.name
    st.selectbox(
        "Collection", names, key=_PICKED_COLLECTION, on_change=_picked_collection,
        help="Add folders on the Collection page, Flow servers under Connections.",
    )  # fmt: skip
    if asked and asked not in names:
        st.caption(":orange[:material/warning:] The collection in this link does not exist here.")


def asked_for(key: str) -> str:
    """What the session chose, else what the address names; it is read before the widget that binds it."""
    return str(st.session_state[key] or "") if key in st.session_state else st.query_params.get(key, "")


def in_address(label: str, key: str) -> None:
    """Keep a value in the address: a bound select box leaves its default out, and puts its label there."""
    with st.container(key=f"url-state-{key}"):
        st.text_input(label, key=key, bind="query-params")


def _picked_collection() -> None:
    st.session_state[state.COLLECTION] = st.session_state[_PICKED_COLLECTION]
    forget_scan()


def forget_scan() -> None:
    """Another collection has other scans."""
    st.session_state[state.SCAN] = ""
    st.session_state[_SHOWN_SCAN], st.session_state[_FOLLOWS] = "", True


def pick_scan(scans: tuple[StoredScan, ...], newest: StoredScan) -> None:
    """The scans of this collection; the address always names the chosen one.

    Whoever looks at the newest one sees the next one as soon as it is there.
    """
    if state.WANTED in st.session_state:
        st.session_state[state.SCAN] = st.session_state.pop(state.WANTED)
    labels = {scan.id: scan_label(scan) for scan in scans}
    asked, begins = asked_for(state.SCAN), _SHOWN_SCAN not in st.session_state
    if asked != st.session_state.get(_SHOWN_SCAN) or begins:
        st.session_state[_FOLLOWS] = asked in ("", newest.id)
    chosen = newest.id if st.session_state[_FOLLOWS] or asked not in labels else asked
    if chosen != asked:
        st.session_state[state.SCAN] = chosen
    st.session_state[_SHOWN_SCAN] = st.session_state[_PICKED] = chosen
    in_address("Scan in the URL", state.SCAN)
    st.selectbox("Scan", list(labels), key=_PICKED, format_func=labels.__getitem__, on_change=_picked)
    if asked and asked not in labels and begins:
        st.caption(":orange[:material/warning:] The scan in this link no longer exists.")


def _picked() -> None:
    st.session_state[state.SCAN] = st.session_state[_PICKED]


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
    pick_kinds(scan)
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


def pick_kinds(scan: StoredScan) -> None:
    """Of which kinds of pairs groups are formed; the address keeps them."""
    st.multiselect(
        "Kinds", [kind.value for kind in PairKind if kind is not PairKind.ALIKE], key=state.KINDS,
        bind="query-params", placeholder="All duplicates", help=_KINDS_HELP,
    )  # fmt: skip
    if others := kind_words.moment_words(cached.counts_of_kinds(scan)):
        st.caption(f"Also found, no duplicates: {others}")
