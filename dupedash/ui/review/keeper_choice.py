"""Choose by hand which images of a group stay, with a key or a click; kept with the decision about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dupedash.keepers import Choice
from dupedash.model import ImageRecord
from dupedash.review import Decision, Verdict
from dupedash.ui.errors import as_text
from dupedash.ui.review.decisions import make
from dupedash.ui.review.decisions.bar import Subject, goes_words
from dupedash.ui.state import View

PER_PAGE = 18
"""Images on a page, so many as there are keys for: 1 to 9, and with Shift the tenth to the eighteenth."""
KEYS = {key: f"pick-{place}-" for place in range(1, PER_PAGE + 1)
        for key in (str(place) if place <= 9 else f"shift+{place - 9}",)} | {"0": "pick-0-"}  # fmt: skip
"""Key → how the class of its button begins."""
_KEYS = list(KEYS)
NAMED = 6
"""Images that stay are named up to so many."""
_PICKED = "review.picked"


def picked(view: View, group: str, members: Sequence[ImageRecord]) -> frozenset[str]:
    """The images that this visitor chose just now, else those chosen with the decision; else none."""
    here = {record.id for record in members}
    if chosen := here & _picks().get(group, frozenset()):
        return frozenset(chosen)
    decision = _decision(view, members)
    if decision is None or decision.verdict is not Verdict.DUPLICATE:
        return frozenset()
    keys = make.keys(view, members)
    return decision.staying({record.id: key for record, key in zip(members, keys, strict=True)})


_UNSURE = (
    ":orange[:material/help: Not sure] which one is the edited copy: nothing in them shows it. A plan "
    "leaves all of them unless somebody chooses what stays."
)


def draw(view: View, subject: Subject, shown: Mapping[int, ImageRecord], choice: Choice) -> None:
    """What stays and why; for editors a button with a key for each image that is shown.

    `shown`: by their numbers on the cards.
    """
    if view.editor:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pick"):
            st.caption("What stays", width="content")
            for place, (number, record) in enumerate(shown.items(), 1):
                stays = record.id in subject.stays
                st.button(
                    "" if number <= 9 else str(number),
                    icon=":material/check:" if stays else ":material/remove:",
                    key=f"pick-{place}-{subject.key}", shortcut=_KEYS[place - 1],
                    type="primary" if stays else "secondary",
                    help=f"{as_text(record.filename)} {'stays' if stays else 'goes'}",
                    on_click=toggle, args=(view, subject, record.id),
                )  # fmt: skip
            if subject.chosen:
                st.button(
                    "By the rules again", key=f"pick-0-{subject.key}", shortcut="0", type="tertiary",
                    on_click=choose, args=(view, subject, frozenset()),
                )  # fmt: skip
    if choice.sure or subject.chosen:
        st.caption(f":green[:material/verified:] {stays_words(subject, choice)}")
    else:
        st.caption(_UNSURE)


def stays_words(subject: Subject, choice: Choice) -> str:
    """What stays, why, and how many go, as Markdown."""
    names = {record.id: as_text(record.filename) for record in subject.records}
    going = f"{goes_words(subject.goes)} of {len(subject.records):,}"
    if not subject.chosen:
        return f"Suggested keeper: **{names[choice.keeper]}**, {as_text(choice.why)}. {going.capitalize()}."
    staying = sorted(subject.stays, key=lambda image_id: (image_id != choice.keeper, names[image_id]))
    said = ", ".join(f"**{names[image_id]}**" for image_id in staying[:NAMED])
    more = f" and {len(staying) - NAMED:,} more" if len(staying) > NAMED else ""
    return f"Chosen to stay: {said}{more}. {going.capitalize()}."


def toggle(view: View, subject: Subject, image_id: str) -> None:
    """Let an image go that stays, or the other way round; one stays in any case."""
    chosen = subject.stays ^ {image_id}
    if chosen:
        choose(view, subject, chosen)
    else:
        st.toast("One image must stay: choose another one first.")


def choose(view: View, subject: Subject, chosen: frozenset[str]) -> None:
    """Let these stay (none: by the rules); where the group is decided as duplicates, that is kept at once."""
    _forget(subject.key)
    if chosen:
        _picks()[subject.key] = chosen
    decision = _decision(view, subject.records)
    if decision is None or decision.verdict is not Verdict.DUPLICATE:
        return
    images = make.keys(view, subject.records)
    revision = view.decisions.revision(images)
    make.decide(
        view, images, Verdict.DUPLICATE, revision, lambda: _forget(subject.key),
        keepers=subject.keepers(images, chosen),
    )  # fmt: skip


def _decision(view: View, members: Sequence[ImageRecord]) -> Decision | None:
    return view.decisions.of(make.keys(view, members))


def _forget(group: str) -> None:
    _picks().pop(group, None)


def _picks() -> dict[str, frozenset[str]]:
    known: dict[str, frozenset[str]] = st.session_state.setdefault(_PICKED, {})
    return known
