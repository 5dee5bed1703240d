"""Decisions on the pages: who decides, the verdicts with their keys, what was decided, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dupedash import wording
from dupedash.model import ImageRecord
from dupedash.review import Decision, Decisions, ImageKey, Kept, ReviewStore, Verdict, image_key
from dupedash.ui import errors
from dupedash.ui.errors import as_text
from dupedash.ui.shared.group_link import GROUP, ONE, OTHER
from dupedash.ui.state import View

_BUTTONS = (
    (Verdict.DUPLICATE, "Duplicate", "D", ":material/done_all:",
     "The same picture: what is not marked to stay may go."),
    (Verdict.NOT_DUPLICATE, "Not a duplicate", "N", ":material/block:",
     "No two of these belong together: their matches are left out from now on, in every scan."),
    (Verdict.KEEP_ALL, "Keep all", "K", ":material/lock:",
     "Duplicates, but none of these is ever removed."),
    (Verdict.SERIES, "Series", "S", ":material/burst_mode:",
     "Shots of one series or versions on purpose: none of these is ever removed."),
)  # fmt: skip
_COLOURS: dict[Verdict, Literal["green", "red", "blue", "gray"]] = {
    Verdict.DUPLICATE: "green", Verdict.NOT_DUPLICATE: "red", Verdict.KEEP_ALL: "blue",
    Verdict.SERIES: "blue", Verdict.OPEN: "gray",
}  # fmt: skip
NAME, ADVANCE, _LAST = "reviewer", "review.advance", "review.last"


def keys(view: View, records: Sequence[ImageRecord]) -> list[ImageKey]:
    """What the images are known by in decisions."""
    return [image_key(record, view.require_scan().collection) for record in records]


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


def bar(view: View, subject: Subject, then: Callable[[], None]) -> None:
    """What is decided about this group, and for editors the buttons. `then` is called after a decision."""
    known = view.decisions
    images = keys(view, subject.records)
    now = known.of(images)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="decide"):
        if view.editor:
            keepers = subject.keepers(images) if subject.fixed else ()
            note = f"decide-note-{subject.key}"
            for verdict, label, shortcut, icon, help_ in _BUTTONS:
                st.button(
                    label if verdict is not Verdict.DUPLICATE else f"{label}, {goes_words(subject.goes)}",
                    key=f"decide-{verdict}-{subject.key}", icon=icon, shortcut=shortcut, help=help_,
                    type="primary" if now and now.verdict is verdict else "secondary", on_click=decide,
                    args=(view, images, verdict, known.revision(images), then),
                    kwargs={
                        "keepers": keepers if verdict is Verdict.DUPLICATE else (),
                        "note": note, "group": subject.key,
                    },
                )  # fmt: skip
        show(now)
        st.space("stretch")
        if view.editor:
            own = known.about(images)
            decided = Last(subject.key, own) if own and own.verdict is not Verdict.OPEN else last()
            take_back(view, decided, subject.key)
            options(f"decide-note-{subject.key}", now)


def goes_words(count: int) -> str:
    """ "2 go"."""
    return "none goes" if not count else f"{count:,} go{'es' if count == 1 else ''}"


@dataclass(frozen=True, slots=True)
class Last:
    """A decision, and the group about which it is."""

    group: str
    decision: Decision


def last() -> Last | None:
    """What this visitor decided last, as long as it holds."""
    known: Last | None = st.session_state.get(_LAST)
    return known


def take_back(view: View, decided: Last | None, here: str) -> None:
    """The button that takes a decision back and shows its group again; nothing where there is none."""
    if decided is None:
        return
    st.button(
        "Take back" if decided.group == here else "Take the last one back", key=f"decide-back-{here}",
        icon=":material/undo:", shortcut="U", type="tertiary", on_click=_reopen, args=(view, decided),
        help=f"Decided: {decided.decision.verdict}",
    )  # fmt: skip


def _reopen(view: View, decided: Last) -> None:
    revision = decided.decision.revision
    decide(view, decided.decision.images, Verdict.OPEN, revision, lambda: show_group(decided.group))


def show_group(key: str) -> None:
    """To the group of this image; what was compared stays behind."""
    st.query_params[GROUP] = key
    for name in (ONE, OTHER):
        st.query_params.pop(name, None)
    st.session_state.pop("m", None)


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
        st.text_input(
            "Your name, beside your decisions", value=reviewer(), key="reviewer.typed",
            on_change=_keep_name, max_chars=80,
        )  # fmt: skip
        st.caption(
            "Keys: **D** **N** **K** **S** decide, **U** takes back, **1** to **9** let an image stay or go, "
            "**←** **→** go to the group before and after."
        )
        st.toggle(
            "Go on after a decision", value=st.session_state.get(ADVANCE, True), key="review.advance.typed",
            on_change=_keep_advance, help="Show the next group as soon as this one is decided.",
        )  # fmt: skip


def _keep_name() -> None:
    st.session_state[NAME] = st.session_state["reviewer.typed"].strip()


def _keep_advance() -> None:
    st.session_state[ADVANCE] = st.session_state["review.advance.typed"]


def reviewer() -> str:
    """The name that was typed, else that of the login, else "editor"."""
    logged_in = st.user.get("email") if st.user.get("is_logged_in") else None
    return str(st.session_state.get(NAME) or logged_in or "editor")


def decide(
    view: View,
    images: Sequence[ImageKey],
    verdict: Verdict,
    revision: int,
    then: Callable[[], None],
    *,
    keepers: tuple[Kept, ...] = (),
    note: str = "",
    group: str = "",
) -> None:
    """Keep a decision, unless somebody else was faster.

    `revision` is what this visitor saw, `note` the key of the widget with the reason, `group` that of a
    whole group, which can then be taken back from anywhere. A second press of the same key, before the page
    has followed the first one, decides nothing anew.
    """
    why = str(st.session_state.get(note, "")).strip() if note else ""
    with errors.shown():
        store = view.writable_reviews()
        said = Said(verdict, reviewer(), why, keepers)
        if not _repeated(store, images, said, revision):
            made = store.decide(
                images, verdict, who=said.who, expected_revision=revision, note=why, keepers=keepers
            )
            st.session_state[_LAST] = Last(group, made) if group else None
            st.toast(f"Decided: {verdict}" if verdict is not Verdict.OPEN else "Taken back")
        then()


@dataclass(frozen=True, slots=True)
class Said:
    """What a decision says, apart from when."""

    verdict: Verdict
    who: str
    note: str
    keepers: tuple[Kept, ...]


def _repeated(store: ReviewStore, images: Sequence[ImageKey], said: Said, revision: int) -> bool:
    """Whether just this was decided since this visitor looked."""
    last = store.load().about(images)
    if last is None or last.revision != revision + 1:
        return False
    return Said(last.verdict, last.who, last.note, last.keepers) == said


def advance() -> bool:
    """Whether this visitor wants to see the next group after a decision."""
    return bool(st.session_state.get(ADVANCE, True))


def history(view: View, records: Sequence[ImageRecord]) -> None:
    """Every decision in which one of these images is, to be taken back by editors."""
    known = view.decisions
    found = about(known, keys(view, records))
    if not found:
        return
    names = {part: r.filename for r, k in zip(records, keys(view, records), strict=True)
             for part in (k.content, k.pixels) if part}  # fmt: skip
    with st.expander(f"Decisions about these images ({len(found)})", icon=":material/history:"):
        for decision in found:
            line, button = st.columns((5, 1), vertical_alignment="center")
            line.markdown(
                f":{_COLOURS[decision.verdict]}-badge[{as_text(str(decision.verdict))}] "
                f"{as_text(said_about(decision, names))}  \n:small[:gray[{as_text(decision.who)}, "
                f"{wording.when(decision.when)} UTC{_more(decision, names)}]]"
            )
            if view.editor:
                button.button(
                    "Take back", key=f"back-{decision.subject}", on_click=decide,
                    args=(view, decision.images, Verdict.OPEN, decision.revision, _stay),
                )  # fmt: skip


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


def _stay() -> None:
    """After taking back, the page stays where it is."""
