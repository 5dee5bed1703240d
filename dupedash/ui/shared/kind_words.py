"""What a pair or group is, as pages say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dupedash import wording
from dupedash.model import ONE_MOMENT, USUAL, PairKind
from dupedash.ui.state import KINDS


def name(kind: PairKind) -> str:
    """With a capital letter: "Same pixels", "RAW + JPEG"."""
    return kind.value[0].upper() + kind.value[1:]


def choose(*kinds: PairKind) -> None:
    """For callbacks: form groups of these kinds; of none: of all duplicates."""
    st.session_state[KINDS] = [kind.value for kind in kinds]


def limit_words(kinds: Sequence[PairKind]) -> str:
    """That only these are looked at, where somebody chose some, to follow on why nothing is found."""
    return "" if tuple(kinds) == USUAL else f" Only pairs of these kinds are looked at: {', '.join(kinds)}."


def draw_all(kinds: Sequence[PairKind]) -> None:
    """The way back to all duplicates, where somebody chose some kinds."""
    if tuple(kinds) != USUAL:
        with st.container(horizontal_alignment="center"):
            st.button("Show all duplicates", key="kinds.all", on_click=choose)


def draw_limit(kinds: Sequence[PairKind]) -> None:
    """That only these are looked at, above what is found, and the way back: a link may bring them along."""
    if tuple(kinds) == USUAL:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = f":material/filter_alt: Only pairs of these kinds: **{', '.join(kinds)}**."
        st.markdown(words, width="content")
        st.button("All duplicates", key="kinds.leave", type="tertiary", on_click=choose)


def moment_words(counts: Mapping[PairKind, int]) -> str:
    """How many pairs are no duplicates, by kind; "" for none."""
    told = [f"{kind} ({wording.plural(counts[kind], 'pair')})" for kind in ONE_MOMENT if counts[kind]]
    return ", ".join(told)
