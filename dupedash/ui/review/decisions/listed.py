"""All decisions in a list: what, about which images, who, when and why; each can be taken back, or all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dupedash import wording
from dupedash.model import ImageRecord
from dupedash.review import Decision, Verdict
from dupedash.ui import cached
from dupedash.ui.review.decisions import bar, make
from dupedash.ui.review.decisions.make import Made
from dupedash.ui.shared import group_rows, widgets
from dupedash.ui.state import View

PER_PAGE = 15


def draw(view: View) -> None:
    """The list with its filters."""
    known = [decision for decision in view.decisions if decision.verdict is not Verdict.OPEN]
    if not known:
        return
    st.subheader("All decisions", anchor=False)
    images = images_of(view)
    found = pick(sorted(known, key=lambda d: (d.when, d.subject), reverse=True), images)
    left, right = st.columns((1, 1), vertical_alignment="center")
    left.caption(f"**{wording.plural(len(found), 'decision')}** of {len(known):,}, the latest first")
    pages = -(-len(found) // PER_PAGE)
    with right.container(horizontal=True, horizontal_alignment="right"):
        page = st.pagination(pages, key="dp", bind="query-params", max_visible_pages=7) if pages > 1 else 1
    for decision in found[(page - 1) * PER_PAGE : page * PER_PAGE]:
        draw_row(view, decision, images)
    if view.editor and len(found) > 1:
        draw_all_back(view, found)


Images = Mapping[str, ImageRecord]
"""Content or pixels → an image of the scan with it."""


def images_of(view: View) -> Images:
    """Of those images of the chosen scan that some decision is about."""
    if view.scan is None:
        return {}
    keys = cached.decided_keys(view.scan, view.decisions_now)
    records = zip(keys.values(), cached.records(view.scan, keys), strict=True)
    return {part: record for key, record in records for part in (key.content, key.pixels) if part}


def pick(known: Sequence[Decision], images: Images) -> list[Decision]:
    """The filters, and what they leave."""
    verdict, who, text = widgets.split("wrap-decisions", (1, 1, 1.6), "small", "bottom")
    verdicts = [str(v) for v in Verdict if v is not Verdict.OPEN]
    as_ = verdict.selectbox(
        "Decided as", ["all", *verdicts], key="das", on_change=first_page, bind="query-params"
    )
    names = ["all", *sorted({decision.who for decision in known})]
    by = who.selectbox("By", names, key="dby", on_change=first_page, bind="query-params")
    words = text.text_input(
        "Image or reason", key="dtext", placeholder="Find decisions", bind="query-params",
        on_change=first_page,
    ).casefold()  # fmt: skip
    return [
        decision for decision in known
        if as_ in ("all", decision.verdict) and by in ("all", decision.who)
        and words in "\n".join([decision.note, *(r.location for r in shown(decision, images))]).casefold()
    ]  # fmt: skip


def first_page() -> None:
    """Another filter begins at its first page."""
    st.session_state["dp"] = 1


def shown(decision: Decision, images: Images) -> list[ImageRecord]:
    """Its images that the scan has."""
    found = (images.get(key.content) or images.get(key.pixels) for key in decision.images)
    return list({record.id: record for record in found if record}.values())


def draw_row(view: View, decision: Decision, images: Images) -> None:
    """One decision."""
    with st.container(border=True, key=f"decided-{decision.subject}"):
        pictures, words, back = st.columns((2.4, 5, 1.1), gap="small", vertical_alignment="center")
        records = shown(decision, images)
        if view.scan is not None:
            strip = records[: group_rows.STRIP]
            pictures.html(group_rows.strip_html(view.scan.collection, strip, len(records)))
        names = {part: images[part].filename for key in decision.images
                 for part in (key.content, key.pixels) if part in images}  # fmt: skip
        words.markdown(bar.decision_line(decision, names))
        if view.editor:
            back.button(
                "Take back", key=f"list-back-{decision.subject}", on_click=make.take_back,
                args=(view, Made("", (decision,))), width="stretch",
            )  # fmt: skip


def draw_all_back(view: View, found: Sequence[Decision]) -> None:
    """Take back all that the filters leave, after one more question."""
    with st.popover(f"Take back all {len(found):,}", icon=":material/undo:", type="tertiary"):
        st.caption("The groups are open again; whoever looks at a group's history still finds them.")
        st.button(
            f"Take back {wording.plural(len(found), 'decision')}", key="list-back-all", type="primary",
            on_click=make.take_back, args=(view, Made("", tuple(found))),
        )  # fmt: skip
