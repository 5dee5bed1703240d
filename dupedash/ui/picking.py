"""Choose by hand which image of a group stays, with a key or a click; kept with the decision about it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dupedash.keepers import BY_HAND, Choice
from dupedash.model import ImageRecord
from dupedash.review import Decision, Verdict
from dupedash.ui import deciding, judging
from dupedash.ui.deciding import Subject
from dupedash.ui.errors import as_text
from dupedash.ui.state import View

KEYS = 9
"""So many images have a key of their own."""
_PICKED = "review.picked"


def picked(view: View, group: str, members: Sequence[ImageRecord]) -> str | None:
    """The image that this visitor chose just now, else the one that was chosen with the decision."""
    chosen = _picks().get(group)
    if any(record.id == chosen for record in members):
        return chosen
    decision = _decision(view, members)
    if decision is None or decision.verdict is not Verdict.DUPLICATE:
        return None
    keys = zip(members, deciding.keys(view, members), strict=True)
    return next((record.id for record, key in keys if decision.keeps(key)), None)


def draw(view: View, subject: Subject, ordered: Sequence[ImageRecord], choice: Choice) -> None:
    """Which image stays and why; for editors a button, and a key, for each of the first ones."""
    keeper = next(r for r in ordered if r.id == choice.keeper)
    by_hand = choice.decided == BY_HAND
    if view.editor:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pick"):
            st.caption("What stays", width="content")
            for number, record in enumerate(ordered[:KEYS], 1):
                stays = record.id == choice.keeper
                st.button(
                    "", icon=":material/check:" if stays else ":material/image:",
                    key=f"pick-{number}-{subject.key}", shortcut=str(number),
                    type="primary" if stays and by_hand else "secondary",
                    help=as_text(record.filename), on_click=pick, args=(view, subject, record.id),
                )  # fmt: skip
            if by_hand:
                st.button(
                    "By the rules again", key=f"pick-0-{subject.key}", shortcut="0", type="tertiary",
                    on_click=pick, args=(view, subject, None),
                )  # fmt: skip
    said = "Chosen to stay" if by_hand else "Suggested keeper"
    why = "" if by_hand else f", {as_text(choice.why)}"
    st.caption(f":green[:material/verified:] {said}: **{as_text(keeper.filename)}**{why}.")


def pick(view: View, subject: Subject, image_id: str | None) -> None:
    """Choose it; where the group is decided to be duplicates, that decision says so from now on."""
    _forget(subject.key)
    if image_id is not None:
        _picks()[subject.key] = image_id
    decision = _decision(view, subject.records)
    if decision is None or decision.verdict is not Verdict.DUPLICATE:
        return
    images = deciding.keys(view, subject.records)
    keeper = next((k for r, k in zip(subject.records, images, strict=True) if r.id == image_id), None)
    revision = judging.decisions(view.settings.workspace).revision(images)
    deciding.decide(
        view, images, Verdict.DUPLICATE, revision, lambda: _forget(subject.key), keeper=keeper
    )


def _decision(view: View, members: Sequence[ImageRecord]) -> Decision | None:
    return judging.decisions(view.settings.workspace).of(deciding.keys(view, members))


def _forget(group: str) -> None:
    _picks().pop(group, None)


def _picks() -> dict[str, str]:
    known: dict[str, str] = st.session_state.setdefault(_PICKED, {})
    return known
