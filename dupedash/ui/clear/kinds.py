"""Above the form of Clear: what can go without a second look, and of which kinds groups are formed."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.actions import Scope
from dupedash.groups.graph import Strictness
from dupedash.model import ONE_MOMENT, USUAL, PairKind
from dupedash.ui import cached
from dupedash.ui.shared import kind_words, widgets
from dupedash.ui.state import View

EQUAL = (PairKind.SAME_FILE, PairKind.SAME_PIXELS)
SCOPE = "clear.scope"
"""The widget that says which groups a plan takes."""
_MOMENT = (
    ":orange[:material/warning: Not all of these are duplicates.] Of what shows one moment nothing goes but "
    "what you choose, or the rules where they decide what is not sure."
)


def draw(view: View) -> None:
    """One line with its button."""
    if view.kinds == USUAL:
        _draw_offer(view)
    else:
        _draw_chosen(view.kinds)


def _draw_offer(view: View) -> None:
    found = view.still_there(cached.matches(view.require_scan(), view.decisions_now, EQUAL))
    count = cached.cut(found, view.threshold, Strictness.COMPONENT).surplus
    if not count:
        return
    with st.container(border=True, key="clear-kinds"):
        words, button = widgets.split("clear-kinds", (3.6, 1.4), "small")
        images = f"**{wording.plural(count, 'image')}** {'is' if count == 1 else 'are'}"
        words.markdown(f"{images} the same file as another, or the same pixels.")
        button.button(
            "Clear these", key="clear.equal", icon=":material/bolt:", on_click=_take_equal, width="stretch",
            help="Shows what would go: groups of the same file and of the same pixels only, whether somebody "
            "has looked at them or not. The plan is made, applied and undone like any other.",
        )  # fmt: skip


def _draw_chosen(kinds: tuple[PairKind, ...]) -> None:
    with st.container(border=True, key="clear-kinds"):
        words, leave = widgets.split("clear-kinds", (3.6, 1.4), "small")
        words.markdown(f":material/filter_alt: Only pairs of these kinds: **{', '.join(kinds)}**.")
        if any(kind in ONE_MOMENT for kind in kinds):
            words.caption(_MOMENT)
        leave.button(
            "All duplicates", key="clear.all-kinds", type="tertiary", on_click=_take_all, width="stretch"
        )


def _take_equal() -> None:
    kind_words.choose(*EQUAL)
    st.session_state[SCOPE] = Scope.ALL


def _take_all() -> None:
    kind_words.choose()
    st.session_state[SCOPE] = Scope.SAFE
