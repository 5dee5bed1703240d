"""Make decisions and take them back, in the name of this visitor; the last ones can be taken back in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from dupedash import wording
from dupedash.groups.listing import Params
from dupedash.model import ImageRecord
from dupedash.review import Decision, Decisions, ImageKey, Kept, Verdict, Wanted, image_key
from dupedash.ui import errors
from dupedash.ui.shared.group_link import GROUP, ONE, OTHER
from dupedash.ui.shared.group_rows import CARRIED, params_now
from dupedash.ui.state import View

NAME, ADVANCE, _MADE = "reviewer", "review.advance", "review.made"


def keys(view: View, records: Sequence[ImageRecord]) -> list[ImageKey]:
    """What the images are known by in decisions."""
    return [image_key(record, view.require_scan().collection) for record in records]


@dataclass(frozen=True, slots=True)
class Made:
    """Decisions that were made at once.

    group  the one group that they are about, "" for several
    place  where its page was in the list: what stood in the address
    """

    group: str
    decisions: tuple[Decision, ...]
    place: Params = field(default_factory=dict)

    def words(self) -> str:
        """What was decided."""
        verdict = str(self.decisions[0].verdict)
        many = len(self.decisions)
        return verdict if many == 1 else f"{verdict}, {wording.plural(many, 'group')}"


def made() -> list[Made]:
    """What this visitor decided and did not take back, the latest last."""
    known: list[Made] = st.session_state.setdefault(_MADE, [])
    return known


def note_made(group: str, decisions: Sequence[Decision]) -> None:
    """Remember them, to be taken back from anywhere."""
    here = {name: values for name, values in params_now().items() if name.startswith(CARRIED)}
    made().append(Made(group, tuple(decisions), here))


def take_back(view: View, what: Made) -> None:
    """Take these decisions back, and show their group again."""
    wanted = [Wanted(d.images, Verdict.OPEN, d.revision) for d in what.decisions]
    with errors.shown():
        store = view.writable_reviews()
        outcome = store.decide_all(wanted, who=reviewer())
        st.session_state[_MADE] = [m for m in made() if m.decisions != what.decisions]
        st.toast(f"Taken back: {what.words()}" if not outcome.missed else missed_words(len(outcome.missed)))
        if what.group:
            show_group(what.group, what.place)


def missed_words(count: int) -> str:
    """How many were left as they are."""
    return f"{wording.plural(count, 'group')} left alone: somebody else decided there meanwhile."


def show_group(key: str, place: Params | None = None) -> None:
    """To the group of this image; what was compared stays behind. `place`: its list, where not the same."""
    st.query_params[GROUP] = key
    gone = [ONE, OTHER]
    if place is not None:
        gone += [name for name in st.query_params if name.startswith(CARRIED) and name not in place]
        st.query_params.update(dict(place))
    for name in gone:
        st.query_params.pop(name, None)
    st.session_state.pop("m", None)


def reviewer() -> str:
    """The name that was typed, else that of the login, else "editor"."""
    logged_in = st.user.get("email") if st.user.get("is_logged_in") else None
    return str(st.session_state.get(NAME) or logged_in or "editor")


def advance() -> bool:
    """Whether this visitor wants to see the next group after a decision."""
    return bool(st.session_state.get(ADVANCE, True))


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
        if not _repeated(store.load(), images, said, revision):
            done = store.decide(
                images, verdict, who=said.who, expected_revision=revision, note=why, keepers=keepers
            )
            if group:
                note_made(group, [done])
            st.toast(f"Decided: {verdict}" if verdict is not Verdict.OPEN else "Taken back")
        then()


@dataclass(frozen=True, slots=True)
class Said:
    """What a decision says, apart from when."""

    verdict: Verdict
    who: str
    note: str
    keepers: tuple[Kept, ...]


def _repeated(known: Decisions, images: Sequence[ImageKey], said: Said, revision: int) -> bool:
    """Whether just this was decided since this visitor looked."""
    last = known.about(images)
    if last is None or last.revision != revision + 1:
        return False
    return Said(last.verdict, last.who, last.note, last.keepers) == said


def stay() -> None:
    """After taking back, the page stays where it is."""
