"""The answers that were chosen by hand, whatever the rules say: one by one, or for many images at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from dupedash import wording
from dupedash.check import Answer, Checked
from dupedash.ui.check.current import Result
from dupedash.ui.state import View

_RULES = "as the rules say"


def may_be_chosen(view: View, known: Result) -> bool:
    """Whether there is still something to decide, for this visitor."""
    return view.editor and known.added is None and known.complete


def by_hand(known: Result, checked: Sequence[Checked]) -> list[Checked]:
    """The images with their answers."""
    chosen = _chosen(known)
    return [replace(one, answer=chosen.get(place, one.answer)) for place, one in enumerate(checked)]


def draw_one(known: Result, place: int, one: Checked) -> None:
    """The answer for one image, to be changed; `one` as the rules judge it."""
    chosen = _chosen(known).get(place)
    answer = chosen or one.answer
    offered = [a for a in Answer if a is not Answer.OVERWRITE or one.hits]
    key = f"check.answer.{known.number}.{place}.{answer}"
    st.selectbox(
        "Answer", offered, offered.index(answer), key=key, on_change=_take, args=(known, place, key),
        format_func=lambda a: str(a).capitalize(), label_visibility="collapsed",
    )  # fmt: skip
    if chosen:
        st.caption("chosen by hand")


def draw_many(known: Result, places: Sequence[int], checked: Sequence[Checked]) -> None:
    """One answer for all that are listed, on every page of the list."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"check.many.{known.number}"
        answer = st.selectbox(
            "Answer for all that are listed", [*Answer, _RULES], key=key, width=260,
            format_func=lambda a: str(a).capitalize(),
        )  # fmt: skip
        fitting = [p for p in places if answer != Answer.OVERWRITE or checked[p].hits]
        st.button(
            f"Set for {wording.plural(len(fitting), 'image')}", key=f"{key}.set", disabled=not fitting,
            on_click=_set, args=(known, fitting, None if answer == _RULES else Answer(answer)),
        )  # fmt: skip


def _take(known: Result, place: int, key: str) -> None:
    _set(known, [place], Answer(st.session_state[key]))


def _set(known: Result, places: Sequence[int], answer: Answer | None) -> None:
    """None: the rules decide again."""
    chosen = {place: kept for place, kept in _chosen(known).items() if place not in set(places)}
    if answer is not None:
        chosen |= dict.fromkeys(places, answer)
    if known.stored is not None:
        known.stored.keep_answers(chosen)
    else:
        st.session_state[_key(known)] = chosen


def _chosen(known: Result) -> Mapping[int, Answer]:
    """Place → answer. Of a check in the background they are kept on disk, for everybody."""
    if known.stored is not None:
        return known.stored.answers
    found: Mapping[int, Answer] = st.session_state.get(_key(known), {})
    return found


def _key(known: Result) -> str:
    return f"check.answers.{known.number}"
