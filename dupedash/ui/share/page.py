"""Share: the link to the current view, who can open it, and files for those without the dashboard."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from dupedash import wording
from dupedash.groups.graph import Strictness
from dupedash.model import USUAL, PairKind
from dupedash.report import graph_html, report_html, summary_html
from dupedash.scans import export
from dupedash.ui import state
from dupedash.ui.door import access
from dupedash.ui.errors import as_text
from dupedash.ui.pagetable import PAGES
from dupedash.ui.shared import downloads, kind_words, widgets
from dupedash.ui.state import View

_PAGES = {"Groups": "groups", "Graph": "graph", "Explore": "explore", "Overview": PAGES[0].file}


def draw(view: View) -> None:
    """The whole page."""
    kind_words.draw_limit(view.kinds)
    link, files = widgets.split("share", (1, 1), gap="large")
    with link:
        st.subheader("A link", anchor=False)
        draw_link(view, access.current())
        draw_access(view, access.current())
    with files:
        st.subheader("A file", anchor=False)
        draw_files(view)


def draw_link(view: View, rule: access.Access) -> None:
    """The address of what is looked at now; an editor can let the receiver in with it."""
    page = st.segmented_control(
        "Page", list(_PAGES), default="Groups", required=True, key="shared", label_visibility="collapsed"
    )
    let_in = rule.required and view.editor and st.toggle(
        "Lets the receiver in, as a viewer", key="shared.in",
        help="Whoever has such a link can look at everything here, and change nothing.",
    )  # fmt: skip
    link = address(view, _PAGES[page]) + (f"&token={quote(rule.viewer)}" if let_in else "")
    st.code(link, language=None, wrap_lines=True)
    st.caption(
        "It keeps collection, scan, threshold, kinds and grouping. Every group has a link of its own, too: "
        "the address of its page."
    )


def address(view: View, page: str) -> str:
    """The URL of a page as this visitor sees it; the scan is named, so that a newer one changes nothing."""
    usual = view.strictness is Strictness.COMPONENT
    here = urlsplit(st.context.url or "http://localhost")
    params = {
        state.COLLECTION: view.connection.name if view.connection else "",
        state.SCAN: view.require_scan().id,
        state.THRESHOLD: f"{view.threshold:g}",
        state.STRICTNESS: "" if usual else state.GROUPING[view.strictness],
        state.KINDS: [] if view.kinds == USUAL else [str(kind) for kind in view.kinds],
    }
    query = urlencode({name: value for name, value in params.items() if value}, doseq=True)
    path = "" if page == PAGES[0].file else page  # the start page has no path of its own
    return f"{here.scheme}://{here.netloc}/{path}?{query}"


def draw_access(view: View, rule: access.Access) -> None:
    """Who can open the link, and how others can be let in."""
    with st.container(border=True):
        if not rule.required:
            st.markdown(":material/lock: **Only this computer can open it**")
            st.caption(
                "To share it, start dupedash with `DUPEDASH_ADDRESS=0.0.0.0`: it then prints one link for "
                "editors and one for viewers, each with a token of its own."
            )
        else:
            st.markdown(":material/key: **By token link only**")
            st.caption(
                "A person needs a link with a token once; after that plain links work in the same browser. "
                "The start of dupedash prints one for editors and one for viewers."
            )
        st.caption(
            "A **viewer** sees everything and changes nothing: no scan, no decision, no clearing. "
            "`DUPEDASH_READONLY=1` makes a whole instance view-only, for editors too."
        )
        if not view.editor:
            st.caption("You are a viewer here.")


def draw_files(view: View) -> None:
    """The downloads; each is made when it is asked for."""
    scan, cut = view.require_scan(), view.cut
    st.caption(
        f"**{as_text(scan.name)}** at {view.threshold:.2f}: {wording.plural(len(cut), 'group')}, "
        f"{wording.plural(cut.images, 'image')}. Rejected pairs are left out, but for the last file."
    )
    thumbnail = downloads.thumbnails(view)
    rows: tuple[tuple[str, str, str, str, Callable[[], str]], ...] = (
        ("Report", "report.html", "text/html",
         "Every group with pictures, what stays, what was decided and why they match; the graph, settings "
         "and coverage. One file of 3 MB at most for a mail; it opens offline, and prints.",
         lambda: report_html(scan, cut, thumbnail, view.decisions)),
        ("Summary", "summary.html", "text/html",
         "One page for a mail: the figures, the largest groups, how many are decided.",
         lambda: summary_html(scan, cut, thumbnail, view.decisions)),
        ("Graph", "graph.html", "text/html", "The interactive graph alone, pictures inside, offline.",
         lambda: graph_html(scan, cut, thumbnail)),
        ("Groups as JSON", "groups.json", "application/json", "Each group with the paths of its images.",
         lambda: export.groups_json(scan, cut)),
        ("Groups as CSV", "groups.csv", "text/csv", "A row an image: group, path, size, weakest score, kind.",
         lambda: export.groups_csv(scan, cut)),
        ("Pairs as CSV", "pairs.csv", "text/csv",
         f"Every match the scan found, down to {scan.config.floor:.2f}, whatever was decided.",
         lambda: export.pairs_csv(scan, tuple(PairKind) if view.kinds == USUAL else view.kinds)),
    )  # fmt: skip
    for title, name, kind, holds, make in rows:
        with st.container(border=True, gap=None):
            said, get = st.columns((2.9, 1), vertical_alignment="center")
            said.markdown(f"**{title}**  \n:small[:gray[{as_text(holds)}]]")
            with get:
                downloads.button(scan, name, kind, make, "Download")
