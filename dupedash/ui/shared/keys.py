"""The keys of a page, kept in order: what is pressed while the page is drawn anew is not lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from dupedash.ui.component import component

_TURN = "keys.turn"


@contextmanager
def kept(buttons: Mapping[str, str]) -> Iterator[None]:
    """Around all that a page draws: when that is done the browser knows that the page stands.

    `buttons`: key → how the class of its button begins. Digits may be "shift+1"; of several the first counts.
    """
    # Its place comes first, so that it stays the same one in the browser whatever else is drawn.
    place = st.container(key="keys")
    yield
    turn = st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    with place:
        component("keys")(key="keys.held", data={"buttons": dict(buttons), "turn": turn})
