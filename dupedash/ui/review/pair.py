"""Two members of a group: the registered pictures, why they match, and what differs in their properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import networkx as nx
import streamlit as st

from dupedash import wording
from dupedash.groups.graph import Group
from dupedash.model import ONE_MOMENT, Explanation, ImageRecord
from dupedash.review import Verdict
from dupedash.ui.errors import as_text
from dupedash.ui.review import compare as compareview
from dupedash.ui.review import file_details
from dupedash.ui.review.compare import Mode
from dupedash.ui.review.decisions import make
from dupedash.ui.shared import kind_words, widgets
from dupedash.ui.shared.group_link import LOOK, ONE, OTHER
from dupedash.ui.state import View

_KEYS = {Mode.SIDE: "B", Mode.SLIDER: "L", Mode.FLIP: "F", Mode.DIFFERENCE: "E"}
"""Digits choose what stays, D is a verdict, C and R are Streamlit's own."""
KEYS = {letter.lower(): f"look-{mode.name}" for mode, letter in _KEYS.items()} | {"p": "next-pair"}
"""Key → how the class of its button begins."""


def draw(view: View, group: Group, pair: tuple[ImageRecord, ImageRecord], why: Explanation | None) -> None:
    """The comparison of a pair; `why` goes from the first to the second."""
    pictures, reasons = widgets.split("pair", (2.7, 1))
    with pictures:
        mode = pick_mode(group, pair)
        compareview.draw(view.require_scan().collection, pair, why, mode)
        for record in pair:
            if record.skipped and record.width is None:
                st.caption(as_text(f"There is no picture of {record.filename} to show: {record.skipped}."))
        if not compareview.registered(why) and mode is not Mode.SIDE:
            st.caption("How the two lie on one another is not known: they are stretched to one size.")
    with reasons:
        draw_reasons(view, group, pair, why)
    file_details.draw(view, pair)


def pick_mode(group: Group, pair: tuple[ImageRecord, ImageRecord]) -> Mode:
    """Buttons and not one choice: each has its key. The URL keeps the mode."""
    asked = st.query_params.get(LOOK, "")
    now = Mode(asked) if asked in list(Mode) else Mode.SIDE
    with st.container(horizontal=True, gap="small", key=LOOK):
        for mode in Mode:
            st.button(
                mode, key=f"look-{mode.name}", shortcut=_KEYS[mode],
                type="primary" if mode is now else "secondary", on_click=_put, args=({LOOK: mode.value},),
            )  # fmt: skip
        if len(group.links) > 1:
            one, other = next_pair(group, (pair[0].id, pair[1].id))
            st.button(
                "Next pair", key="next-pair", icon=":material/navigate_next:", shortcut="P", on_click=_put,
                args=({ONE: one, OTHER: other},), help="The matches of this group in turn, the best first.",
            )  # fmt: skip
    return now


def next_pair(group: Group, pair: tuple[str, str]) -> tuple[str, str]:
    """The match after this one, the best first; after the last and where the two do not match, the first."""
    pairs = [(link.a, link.b) for link in group.links]
    return pairs[(pairs.index(pair) + 1) % len(pairs)] if pair in pairs else pairs[0]


def _put(params: Mapping[str, str]) -> None:
    st.query_params.update(params)


def draw_reasons(
    view: View, group: Group, pair: tuple[ImageRecord, ImageRecord], why: Explanation | None
) -> None:
    """Score and reasons in words and figures; for editors the decision about this pair alone."""
    a, b = pair
    link = next((k for k in group.links if {k.a, k.b} == {a.id, b.id}), None)
    if link is None:
        st.markdown("**No direct match**")
        st.caption(as_text(through(group, a.id, b.id)))
    else:
        st.metric("Score", f"{link.score:.3f}")
        st.markdown(f"**{kind_words.name(link.kind)}**")
        if why and link.kind not in ONE_MOMENT:
            st.markdown(as_text(why.words()))
        if link.bridge and len(group.members) > 2:
            st.caption(":orange[Bridge]: without this match the group falls into two.")
        if why:
            st.html(facts_html(facts(why)))
        elif link.kind not in ONE_MOMENT:
            st.caption("This collection does not say why images match.")
    if view.editor and len(group.members) > 2:
        draw_pair_decision(view, pair)


def draw_pair_decision(view: View, pair: tuple[ImageRecord, ImageRecord]) -> None:
    """Reject this pair, without a word on the others."""
    images = make.keys(view, pair)
    revision = view.decisions.revision(images)
    st.button(
        "This pair is not a duplicate", key="reject-pair", icon=":material/link_off:",
        on_click=make.decide, args=(view, images, Verdict.NOT_DUPLICATE, revision, lambda: None),
        help="Takes out the match of these two alone; others may still hold them in one group.",
    )  # fmt: skip


def through(group: Group, one: str, other: str) -> str:
    """Over how many others two members are joined."""
    graph = nx.Graph((k.a, k.b) for k in group.links)
    between = nx.shortest_path(graph, one, other)[1:-1]
    return f"They are in one group only through {wording.plural(len(between), 'other image')}."


def facts(why: Explanation) -> list[tuple[str, str]]:
    """What the registration found, as far as it says something."""
    said = [("Seen of A in B", f"{why.overlap_a:.0%}"), ("Seen of B in A", f"{why.overlap_b:.0%}")]
    if abs(why.rotation) >= 0.5:
        said.append(("Rotation", f"{why.rotation:.1f}°"))
    if abs(why.scale - 1) >= 0.01:
        said.append(("Scale", f"{why.scale:.2f} ×"))
    if abs(why.aspect - 1) >= 0.01:
        said.append(("Stretched", f"{why.aspect:.2f} : 1"))
    if why.mirrored:
        said.append(("Mirrored", "yes"))
    if why.residual:
        said.append(("Places that differ", f"{len(why.residual)}"))
    if why.inliers:
        said.append(("Points that agree", f"{why.inliers:,}"))
    return said


def facts_html(rows: Sequence[tuple[str, str]]) -> str:
    """Names and values in two columns."""
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f'<dl class="dd-why">{cells}</dl>'
