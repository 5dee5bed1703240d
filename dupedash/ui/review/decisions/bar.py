"""Decisions on the page of a group: the verdicts with their keys, what was decided, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dupedash import wording
from dupedash.model import ImageRecord
from dupedash.review import Decision, Decisions, ImageKey, Kept, Verdict
from dupedash.ui.errors import as_text
from dupedash.ui.review.decisions import make
from dupedash.ui.review.decisions.make import Made
from dupedash.ui.state import View


@dataclass(frozen=True, slots=True)
class Offer:
    """A verdict as it is offered: its button's label, key and icon, and what it means."""

    verdict: Verdict
    label: str
    key: str
    icon: str
    help: str


OFFERS = (
    Offer(Verdict.DUPLICATE, "Duplicate", "D", ":material/done_all:",
          "The same picture: what is not marked to stay may go."),
    Offer(Verdict.NOT_DUPLICATE, "Not a duplicate", "N", ":material/block:",
          "No two of these belong together: their matches are left out from now on, in every scan."),
    Offer(Verdict.KEEP_ALL, "Keep all", "K", ":material/lock:",
          "Duplicates, but none of these is ever removed."),
    Offer(Verdict.SERIES, "Series", "S", ":material/burst_mode:",
          "Shots of one series or versions on purpose: none of these is ever removed."),
)  # fmt: skip
KEYS = {offer.key.lower(): f"decide-{offer.verdict}-".replace(" ", "-") for offer in OFFERS}
KEYS["u"] = "decide-back-"
"""Key → how the class of its button begins."""
_COLOURS: dict[Verdict, Literal["green", "red", "blue", "gray"]] = {
    Verdict.DUPLICATE: "green", Verdict.NOT_DUPLICATE: "red", Verdict.KEEP_ALL: "blue",
    Verdict.SERIES: "blue", Verdict.OPEN: "gray",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """The group that is looked at.

    key     of the group: part of the buttons' keys, so that a press never reaches a group not yet seen
    stays   the images that the page marks as staying
    chosen  whether somebody chose them
    """

    key: str
    records: Sequence[ImageRecord]
    stays: frozenset[str]
    chosen: bool

    @property
    def fixed(self) -> bool:
        """Whether a decision says what stays: it was chosen, or is more than any rules would keep."""
        return self.chosen or len(self.stays) > 1

    @property
    def goes(self) -> int:
        """How many would go."""
        return len(self.records) - len(self.stays)

    def keepers(self, images: Sequence[ImageKey], stays: Collection[str] | None = None) -> tuple[Kept, ...]:
        """What a decision says of those that stay. `images`: the keys of the records."""
        staying = self.stays if stays is None else stays
        pairs = zip(self.records, images, strict=True)
        return tuple(Kept(image, record.id) for record, image in pairs if record.id in staying)

    def said(self, images: Sequence[ImageKey], verdict: Verdict) -> tuple[Kept, ...]:
        """What a decision of this kind says of them."""
        return self.keepers(images) if self.fixed and verdict is Verdict.DUPLICATE else ()


def bar(view: View, subject: Subject, then: Callable[[], None]) -> None:
    """What is decided about this group, and for editors the buttons. `then` is called after a decision."""
    known = view.decisions
    images = make.keys(view, subject.records)
    now = known.of(images)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="decide"):
        if view.editor:
            for offer in OFFERS:
                draw_offer(view, subject, offer, images, now, then)
        show(now)
        st.space("stretch")
        if view.editor:
            draw_back(view, subject.key, known.about(images))
            options(f"decide-note-{subject.key}", now)


def draw_offer(
    view: View, subject: Subject, offer: Offer, images: Sequence[ImageKey], now: Decision | None,
    then: Callable[[], None],
) -> None:  # fmt: skip
    """The button of one verdict."""
    duplicate = offer.verdict is Verdict.DUPLICATE
    st.button(
        f"{offer.label}, {goes_words(subject.goes)}" if duplicate else offer.label,
        key=f"decide-{offer.verdict}-{subject.key}", icon=offer.icon, shortcut=offer.key, help=offer.help,
        type="primary" if now and now.verdict is offer.verdict else "secondary", on_click=make.decide,
        args=(view, images, offer.verdict, view.decisions.revision(images), then),
        kwargs={
            "keepers": subject.said(images, offer.verdict),
            "note": f"decide-note-{subject.key}", "group": subject.key,
        },
    )  # fmt: skip


def goes_words(count: int) -> str:
    """ "2 go"."""
    return "none goes" if not count else f"{count:,} go{'es' if count == 1 else ''}"


def draw_back(view: View, here: str, own: Decision | None = None) -> None:
    """The button that takes back: what holds here, else what this visitor decided last; else nothing."""
    decided = [*make.made(), *([Made(here, (own,))] if own and own.verdict is not Verdict.OPEN else [])]
    if not decided:
        return
    what = decided[-1]
    st.button(
        "Take back" if what.group == here else "Take the last one back", key=f"decide-back-{here}",
        icon=":material/undo:", shortcut="U", type="tertiary", on_click=make.take_back, args=(view, what),
        help=f"Decided: {what.words()}",
    )  # fmt: skip


def show(decision: Decision | None) -> None:
    """A decision in a badge and a line."""
    if decision is None:
        st.caption("Not decided yet", width="content")
        return
    st.badge(as_text(str(decision.verdict)), color=_COLOURS[decision.verdict])
    note = f": “{as_text(decision.note)}”" if decision.note else ""
    st.caption(f"{as_text(decision.who)}, {wording.ago(decision.when)}{note}", width="content")


def options(note: str, now: Decision | None) -> None:
    """Why (`note` is that widget's key), who decides, the keys, and whether to go on after a decision."""
    with st.popover("More", icon=":material/edit_note:", type="tertiary"):
        st.text_input("Why? Kept with your decision", value=now.note if now else "", key=note, max_chars=500)
        name_input("reviewer.typed")
        st.caption(
            "Keys: **D** **N** **K** **S** decide, **U** takes back, one decision after the other; **1** to "
            "**9**, with Shift the tenth to the eighteenth, let an image stay or go; **←** **→** go to the "
            "group before and after."
        )
        st.toggle(
            "Go on after a decision", value=make.advance(), key="review.advance.typed",
            on_change=_keep_advance, help="Show the next group as soon as this one is decided.",
        )  # fmt: skip


def name_input(key: str) -> None:
    """Who decides."""
    st.text_input(
        "Your name, beside your decisions", value=make.reviewer(), key=key, on_change=_keep_name,
        args=(key,), max_chars=80,
    )  # fmt: skip


def _keep_name(key: str) -> None:
    st.session_state[make.NAME] = st.session_state[key].strip()


def _keep_advance() -> None:
    st.session_state[make.ADVANCE] = st.session_state["review.advance.typed"]


def history(view: View, records: Sequence[ImageRecord]) -> None:
    """Every decision in which one of these images is, to be taken back by editors."""
    known = view.decisions
    images = make.keys(view, records)
    found = about(known, images)
    if not found:
        return
    names = {part: r.filename for r, k in zip(records, images, strict=True)
             for part in (k.content, k.pixels) if part}  # fmt: skip
    with st.expander(f"Decisions about these images ({len(found)})", icon=":material/history:"):
        for decision in found:
            line, button = st.columns((5, 1), vertical_alignment="center")
            line.markdown(decision_line(decision, names))
            if view.editor:
                button.button(
                    "Take back", key=f"back-{decision.subject}", on_click=make.decide,
                    args=(view, decision.images, Verdict.OPEN, decision.revision, make.stay),
                )  # fmt: skip


def decision_line(decision: Decision, names: dict[str, str]) -> str:
    """What was decided about which images, who, when, why: Markdown. `names`: content or pixels → name."""
    return (
        f":{_COLOURS[decision.verdict]}-badge[{as_text(str(decision.verdict))}] "
        f"{as_text(said_about(decision, names))}  \n:small[:gray[{as_text(decision.who)}, "
        f"{wording.when(decision.when)} UTC{_more(decision, names)}]]"
    )


def _more(decision: Decision, names: dict[str, str]) -> str:
    """The reason and what shall stay, as Markdown."""
    images = [kept.image for kept in decision.keepers]
    kept = [name for k in images if (name := names.get(k.content) or names.get(k.pixels))]
    stays = f" · {as_text(', '.join(kept))} stay{'s' if len(kept) == 1 else ''}" if kept else ""
    return stays + (f" · “{as_text(decision.note)}”" if decision.note else "")


def about(known: Decisions, images: Sequence[ImageKey]) -> list[Decision]:
    """The decisions with at least one of these images that were not taken back, the latest first."""
    subjects = {subject for image in images for subject in known.touching(image)}
    found = [d for d in known if d.subject in subjects and d.verdict is not Verdict.OPEN]
    return sorted(found, key=lambda d: (d.when, d.subject), reverse=True)


def said_about(decision: Decision, names: dict[str, str]) -> str:
    """The images of a decision by the names they have here."""
    here = [name for k in decision.images if (name := names.get(k.content) or names.get(k.pixels))]
    others = len(decision.images) - len(here)
    more = f" and {wording.plural(others, 'image')} not shown here" if others else ""
    return ", ".join(here[:6]) + (" …" if len(here) > 6 else "") + more
