"""The start page: what there is, what the last scan found, what to do next."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.groups.listing import Listing
from dupedash.scans import StoredScan
from dupedash.ui import errors, style
from dupedash.ui.errors import as_text
from dupedash.ui.overview import next_steps
from dupedash.ui.shared import group_rows, news
from dupedash.ui.shared.scan_words import changed_words, config_words
from dupedash.ui.shared.widgets import Fact, facts, go
from dupedash.ui.state import View
from dupedash.watch import mark_seen

LARGEST = 3
"""Groups that are shown at the start."""
NEWS, NEWS_GROUPS = 3, 3
"""Looks of which news are shown, and groups of each."""


def draw_facts(view: View) -> None:
    """The collection and what the chosen scan found, in figures."""
    row = [_images(view)]
    if view.scan:
        stats, cut = view.scan.stats, view.cut
        row += [
            Fact("Compared", wording.share(stats.compared, stats.images), _missing(view.scan)),
            Fact("Groups", wording.count(len(cut)), f"at threshold {view.threshold:.2f}"),
            Fact("Duplicates", wording.count(cut.surplus), "beyond one per group"),
            Fact("To gain", wording.size(int(view.table.gain.sum())), "if the largest stays"),
        ]
    facts(row)


def _images(view: View) -> Fact:
    """How many the figures beside it are about: all of the collection, or those of a scan of a part."""
    count, scan = view.count(), view.scan
    if scan is None or not (scan.config.fq or scan.config.against):
        return Fact("Images", wording.count(count), view.collection.engine)
    others = f", against {scan.stats.against:,}" if scan.config.against else ""
    return Fact("Images", wording.count(scan.stats.images), f"scanned of {count:,}{others}")


def _missing(scan: StoredScan) -> str:
    left = scan.stats.images - scan.stats.compared
    return f"{wording.plural(left, 'image')} not" if left else f"all {wording.count(scan.stats.images)}"


def draw_news(view: View) -> None:
    """What watching found since somebody said that all was seen."""
    with errors.shown():
        found = news.unseen(view)
        for number, one in enumerate(found[:NEWS]):
            with st.container(border=True, key=f"news-{number}"):
                news.draw(one, NEWS_GROUPS)
        if found and view.editor and view.connection:
            st.button(
                "Mark as seen", key="overview.seen", type="tertiary", icon=":material/done:",
                on_click=mark_seen, args=(view.settings.workspace, view.connection.name),
            )  # fmt: skip


def draw_next(view: View) -> None:
    """What to do now, the first thing most prominent."""
    steps = next_steps.steps(view)
    if steps:
        st.subheader("Next", anchor=False)
    for place, step in enumerate(steps):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"next-{place}"):
            st.markdown(f"**{step.title}**  \n:gray[{as_text(step.text)}]", width="stretch")
            go(step.page, step.label, ":material/arrow_forward:")


def draw_largest(view: View) -> None:
    """The first groups of the list, with pictures."""
    if view.scan is None or not len(view.cut):
        return
    st.subheader("Largest groups", anchor=False)
    style.sheet("groups.css")
    listing, rows, standings = Listing(), view.table, group_rows.standings_of(view)
    numbers = group_rows.listed(view, rows, listing, standings)[:LARGEST]
    group_rows.draw_rows(view, rows, numbers, standings, listing)


def draw_scan(view: View) -> None:
    """How the chosen scan was made and what it could not compare."""
    if view.scan is None:
        return
    scan = view.scan
    st.subheader("The scan", anchor=False)
    with st.container(border=True):
        since = changed_words(view, scan)
        st.markdown(f"**{as_text(scan.name)}** · {wording.ago(scan.started)} · {since}")
        st.caption(
            f"{as_text(config_words(scan.config))} · took {wording.duration(scan.stats.seconds)}",
            help=f"Searched with `{scan.effort.words()}`.",
        )
        for gap in scan.coverage:
            many = wording.plural(gap.count, "image")
            with st.expander(f"Not compared as pictures: {many}, {as_text(gap.reason)}"):
                st.text("\n".join(gap.first) + ("\n…" if gap.count > len(gap.first) else ""))
