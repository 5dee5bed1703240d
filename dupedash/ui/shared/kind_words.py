"""What a pair or group is, as pages say it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dupedash import wording
from dupedash.model import ONE_MOMENT, PairKind
from dupedash.ui.state import KINDS


def name(kind: PairKind) -> str:
    """With a capital letter: "Same pixels", "RAW + JPEG"."""
    return kind.value[0].upper() + kind.value[1:]


def choose(*kinds: PairKind) -> None:
    """For callbacks: form groups of these kinds; of none: of all duplicates."""
    st.session_state[KINDS] = [kind.value for kind in kinds]


def moment_words(counts: Mapping[PairKind, int]) -> str:
    """How many pairs are no duplicates, by kind; "" for none."""
    told = [f"{kind} ({wording.plural(counts[kind], 'pair')})" for kind in ONE_MOMENT if counts[kind]]
    return ", ".join(told)
