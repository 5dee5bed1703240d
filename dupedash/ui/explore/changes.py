"""What changes between two groupings, with pictures: groups merged, split, grown, new, gone."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dupedash import wording
from dupedash.groups.changes import Differences, GroupChange, Regrouping
from dupedash.groups.graph import Cut
from dupedash.model import FLOOR
from dupedash.scans import StoredScan
from dupedash.ui import cached
from dupedash.ui.shared import group_rows
from dupedash.ui.state import View

PER_PAGE = 8
GROUPS, STRIP = 3, 5
"""Groups of a change on either side, and thumbnails of a group."""

_ICONS = {
    Regrouping.MERGED: ":material/merge:", Regrouping.SPLIT: ":material/call_split:",
    Regrouping.GREW: ":material/add_circle:", Regrouping.SHRANK: ":material/remove_circle:",
    Regrouping.NEW: ":material/fiber_new:",
    Regrouping.GONE: ":material/cancel:", Regrouping.MIXED: ":material/shuffle:",
}  # fmt: skip


def draw(view: View) -> None:
    """From the current threshold to another one."""
    scan = view.require_scan()
    other = st.slider(
        "Compare the current threshold with", min(FLOOR, scan.config.floor), 1.0,
        max(min(FLOOR, scan.config.floor), round(view.threshold - 0.04, 2)), 0.01,
        key="other", bind="query-params",
    )  # fmt: skip
    there = cached.cut(view.matches, other, view.strictness)
    sides = (view.matches, view.threshold), (view.matches, other)
    found = cached.group_changes(*sides, view.strictness)
    st.caption(f"**{view.threshold:.2f} → {other:.2f}** · {words(found)}")
    heads = (f"At {view.threshold:.2f}", f"At {other:.2f}")
    show(found, (scan, view.cut), (scan, there), heads, "changes")


def words(found: Differences) -> str:
    """How many groups of each kind, in a line."""
    said = [f"{count:,} {kind}" for kind, count in found.counts.items() if count]
    return ", ".join(said) or "nothing changes"


def show(
    found: Differences,
    before: tuple[StoredScan, Cut],
    after: tuple[StoredScan, Cut],
    heads: tuple[str, str],
    key: str,
) -> None:
    """The changes of the chosen kind, page by page; `heads` stand above what was before and after."""
    kinds = [kind for kind in Regrouping if found.counts[kind]]
    if not kinds:
        return
    labels = {kind.value: f"{kind.value} {found.counts[kind]:,}" for kind in kinds}
    chosen = st.pills(
        "Regrouping", list(labels), key=f"{key}-kind-{'-'.join(labels)}", format_func=labels.__getitem__,
        label_visibility="collapsed",
    )  # fmt: skip
    places = found.numbers(Regrouping(chosen) if chosen else None)
    pages = -(-len(places) // PER_PAGE)
    page = st.pagination(pages, key=f"{key}-page-{chosen}") if pages > 1 else 1
    changes = [found.change(place) for place in places[(page - 1) * PER_PAGE : page * PER_PAGE]]
    left = strips(*before, [n for change in changes for n in change.before[:GROUPS]])
    right = strips(*after, [n for change in changes for n in change.after[:GROUPS]])
    for column, head in zip(st.columns(2, gap="medium"), heads, strict=True):
        column.markdown(f"**{head}**")
    for change in changes:
        show_one(change, left, right)


def strips(scan: StoredScan, cut: Cut, numbers: list[int]) -> dict[int, str]:
    """Group number → its thumbnails; the records of all are read at once."""
    members = {number: cut.members(number) for number in numbers}
    shown = sorted({i for ids in members.values() for i in ids[:STRIP]})
    records = dict(zip(shown, cached.records(scan, shown), strict=True))
    return {
        number: group_rows.strip_html(scan.collection, [records[i] for i in ids[:STRIP]], len(ids))
        for number, ids in members.items()
    }


def show_one(change: GroupChange, before: Mapping[int, str], after: Mapping[int, str]) -> None:
    """One change: the groups before on the left, after on the right."""
    with st.container(border=True):
        kind = f"{_ICONS[change.kind]} **{change.kind}** · {wording.plural(change.images, 'image')}"
        st.caption(kind)
        left, right = st.columns(2, gap="medium")
        for column, numbers, pictures in ((left, change.before, before), (right, change.after, after)):
            with column:
                show_groups(numbers, pictures)


def show_groups(numbers: tuple[int, ...], pictures: Mapping[int, str]) -> None:
    """A few groups as strips of thumbnails."""
    if not numbers:
        st.caption("in no group")
    for number in numbers[:GROUPS]:
        st.html(pictures[number])
    if len(numbers) > GROUPS:
        st.caption(f"and {wording.plural(len(numbers) - GROUPS, 'more group')}")
