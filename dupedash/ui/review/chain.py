"""A chained group: what holds it together, where it can be split, and what the parts would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dupedash import wording
from dupedash.groups.graph import Group, Link
from dupedash.groups.splits import Split, bridges, holding, split_at
from dupedash.model import ImageRecord
from dupedash.review import Verdict
from dupedash.ui.errors import as_text
from dupedash.ui.review.decisions import make
from dupedash.ui.shared import group_rows
from dupedash.ui.shared.threshold import threshold_button
from dupedash.ui.state import View

SHOWN = 6


def draw(view: View, group: Group, records: Mapping[str, ImageRecord]) -> None:
    """Nothing for a group in which every two images match."""
    if not group.chained:
        return
    found = bridges(group)
    st.subheader("A chain", anchor=False)
    st.caption(words(group, found, records))
    for link in found[:SHOWN]:
        draw_split(view, split_at(group, link), records)
    if len(found) > SHOWN:
        st.caption(f"and {wording.plural(len(found) - SHOWN, 'more bridge')}, all stronger")
    if not found and group.holding < 0.995:
        threshold_button(round(group.holding + 0.01, 2), "split-by-threshold")


def words(group: Group, found: Sequence[Link], records: Mapping[str, ImageRecord]) -> str:
    """What kind of chain it is."""
    line = f"{wording.plural(group.missing, 'pair')} of this group do not match directly. "
    link = holding(group)
    if link:
        names = f"{as_text(records[link.a].filename)} and {as_text(records[link.b].filename)}"
        line += f"The link that holds it together is {link.score:.2f}, between {names}. "
    if found:
        return line + f"{wording.plural(len(found), 'bridge')}: without one the group falls into two parts."
    return line + "No single match holds it together; a higher threshold splits it."


def draw_split(view: View, split: Split, records: Mapping[str, ImageRecord]) -> None:
    """One bridge, the parts on both sides, and the button that takes it out."""
    a, b = records[split.link.a], records[split.link.b]
    title = f"Split here: {as_text(a.filename)} | {as_text(b.filename)}, score {split.link.score:.2f}"
    with st.expander(title, icon=":material/call_split:"):
        left, right = st.columns(2, gap="medium")
        for column, part in ((left, split.left), (right, split.right)):
            alone = len(part) == 1
            column.caption("One image, then in no group" if alone else f"A group of {len(part):,} images")
            shown = [records[i] for i in part[: group_rows.STRIP]]
            column.html(group_rows.strip_html(view.require_scan().collection, shown, len(part)))
        if view.editor:
            images = make.keys(view, (a, b))
            revision = view.decisions.revision(images)
            st.button(
                "Not a duplicate: split here", key=f"split-{split.link.a}-{split.link.b}",
                icon=":material/content_cut:", on_click=make.decide,
                args=(view, images, Verdict.NOT_DUPLICATE, revision, lambda: None),
            )  # fmt: skip
