"""Two scans of a collection: pairs that only one found, scores that differ, groups that changed."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.groups.graph import Floats
from dupedash.groups.scans_compared import Pairs, ScanDifference
from dupedash.scans import StoredScan
from dupedash.ui import cached
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.errors import as_text
from dupedash.ui.explore import changes
from dupedash.ui.shared import widgets
from dupedash.ui.shared.scan_words import config_words, scan_label
from dupedash.ui.state import View

SHOWN = 200
"""Pairs in a table; beyond, a person reads the counts."""


def draw(view: View) -> None:
    """The chosen scan and another one of the same collection."""
    scan = view.require_scan()
    others = {other.id: other for other in view.scans if other.id != scan.id}
    if not others:
        st.caption(
            "There is only this scan. Scan again, with another mode or filter or after changes, to compare."
        )
        return
    labels = {key: scan_label(other) for key, other in others.items()}
    chosen = st.selectbox("Compare this scan with", list(labels), format_func=labels.__getitem__, key="with")
    other = others[chosen]
    st.caption(f"{as_text(scan_line(other))} → {as_text(scan_line(scan))}, at {view.threshold:.2f}")
    there, here = view.matches_of(other), view.matches
    pairs, groups = cached.scan_difference(there, here, view.threshold), view.cut_of(other)
    widgets.facts([
        widgets.Fact("Only in the other scan", wording.count(len(pairs.first)), "pairs"),
        widgets.Fact("Only in this scan", wording.count(len(pairs.second)), "pairs"),
        widgets.Fact("Scores that differ", wording.count(len(pairs.changed)), "pairs"),
        widgets.Fact("The same", wording.count(pairs.same), "pairs"),
    ])  # fmt: skip
    found = cached.group_changes((there, view.threshold), (here, view.threshold), view.strictness)
    st.caption(f"Groups: {changes.words(found)}.")
    draw_pairs(other, "Only in the other scan", pairs, pairs.first, pairs.first_scores, "first")
    draw_pairs(scan, "Only in this scan", pairs, pairs.second, pairs.second_scores, "second")
    draw_changed(scan, pairs)
    changes.show(found, (other, groups), (scan, view.cut), ("The other scan", "This scan"), "scans")


def scan_line(scan: StoredScan) -> str:
    """A scan by its name and configuration."""
    return f"{scan.name} ({config_words(scan.config)})"


def draw_pairs(
    scan: StoredScan, title: str, found: ScanDifference, pairs: Pairs, scores: Floats, key: str
) -> None:
    """Pairs that only one scan has."""
    if not len(pairs):
        return
    with st.expander(f"{title}: {wording.plural(len(pairs), 'pair')}"):
        rows = named(scan, found, pairs[:SHOWN]) | {"score": [round(float(s), 3) for s in scores[:SHOWN]]}
        table(rows, key, len(pairs))


def draw_changed(scan: StoredScan, found: ScanDifference) -> None:
    """Pairs that both have, with another score."""
    if not len(found.changed):
        return
    with st.expander(f"Scores that differ: {wording.plural(len(found.changed), 'pair')}"):
        rows = named(scan, found, found.changed[:SHOWN])
        for column, name in enumerate(("other", "this")):
            rows[name] = [round(float(s), 3) for s in found.changed_scores[:SHOWN, column]]
        table(rows, "changed", len(found.changed))


def named(scan: StoredScan, found: ScanDifference, pairs: Pairs) -> dict[str, list[object]]:
    """Thumbnails and names of pairs, by column."""
    ids = [(found.ids[a], found.ids[b]) for a, b in pairs.tolist()]
    flat = sorted({i for pair in ids for i in pair})
    records = dict(zip(flat, cached.records(scan, flat), strict=True))
    columns: dict[str, list[object]] = {}
    for side, letter in enumerate("AB"):
        shown = [records[pair[side]] for pair in ids]
        columns[letter] = [thumb_url(scan.collection, r.id, r.content) for r in shown]
        columns[f"name {letter}"] = [r.filename for r in shown]
    return columns


def table(rows: dict[str, list[object]], key: str, count: int) -> None:
    """A table with thumbnails; cells are text."""
    images = {letter: st.column_config.ImageColumn(letter, width="small") for letter in "AB"}
    st.dataframe(rows, hide_index=True, column_config=images, key=f"pairs-{key}", row_height=52)
    if count > SHOWN:
        st.caption(f"The first {SHOWN} of {count:,}.")
