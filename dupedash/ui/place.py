"""The address and the place on a page: the browser keeps both, and finds them again on the way back."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dupedash.ui.component import component

_TURN = "place.turn"


def draw(names: Mapping[str, str]) -> None:
    """Draw nothing, after all else: from here on the browser knows that the page stands.

    `names`: what the address names in any case; "" is left out.
    """
    turn = st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    with st.container(key="place"):
        component("place")(key="place.kept", data={"turn": turn, "names": dict(names)})
