"""Another threshold, set by a page: the slider in the sidebar follows."""

from __future__ import annotations

import streamlit as st

from dupedash.ui.state import THRESHOLD, THRESHOLD_WANTED


def set_threshold(value: float) -> None:
    """For callbacks, which run before the slider is drawn."""
    st.session_state[THRESHOLD] = value


def move_threshold(value: float) -> None:
    """For the middle of a page, whose slider is drawn already: begins the page anew."""
    st.session_state[THRESHOLD_WANTED] = value
    st.rerun()


def threshold_button(value: float, key: str, *, primary: bool = False) -> None:
    """A button that sets it."""
    st.button(
        f"Set the threshold to {value:.2f}", key=key, type="primary" if primary else "secondary",
        on_click=set_threshold, args=(value,),
    )  # fmt: skip
