"""Several groups at once: choose them in the list, one by one, in a row or all of a filter; decide once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from dupedash import wording
from dupedash.actions import groups_of_cut
from dupedash.groups.table import Numbers
from dupedash.keepers import PRESETS
from dupedash.review import Verdict, Wanted
from dupedash.ui import cached, errors
from dupedash.ui.component import component
from dupedash.ui.review import huge
from dupedash.ui.review.decisions import bar, make
from dupedash.ui.review.decisions.bar import OFFERS, Subject
from dupedash.ui.state import View

_SELECTED, _NOTE = "groups.selected", "groups.note"
KEYS = {offer.key.lower(): f"bulk-{offer.verdict}".replace(" ", "-") for offer in OFFERS}
KEYS |= {"u": "decide-back-", "x": "select-none"}
"""Key → how the class of its button begins."""


def selected(view: View) -> list[int]:
    """The numbers of the groups that are selected and still there."""
    found = ((key, view.cut.find(key)) for key in _keys())
    return sorted(n for key, n in found if n is not None and view.cut.key(n) == key)


def _keys() -> set[str]:
    known: set[str] = st.session_state.setdefault(_SELECTED, set())
    return known


def draw_box(key: str) -> None:
    """The box before the row of a group."""
    box = f"select-{key}"
    st.session_state[box] = key in _keys()
    st.checkbox("Select this group", key=box, label_visibility="collapsed", on_change=_toggle, args=(key,))


def _toggle(key: str) -> None:
    _keys().symmetric_difference_update({key})


def draw_bar(view: View, numbers: Numbers) -> None:
    """What is selected and what can be done with it. `numbers`: all that the filter shows."""
    chosen = selected(view)
    with st.container(border=bool(chosen), horizontal=True, vertical_alignment="center", gap="small",
                      key="select-bar"):  # fmt: skip
        if len(numbers) > len(chosen):
            st.button(
                f"Select all {len(numbers):,}", key="select-all", icon=":material/select_all:",
                on_click=_select, args=(view, numbers), type="tertiary",
            )  # fmt: skip
        if chosen:
            _draw_offers(view, chosen)
        bar.draw_back(view, "")
    with st.container(key="ranges"):
        component("ranges")(key="select.ranges", data={})


def _draw_offers(view: View, chosen: Sequence[int]) -> None:
    images = int(view.cut.sizes[chosen].sum())
    many = f"**{wording.plural(len(chosen), 'group')}**, {wording.plural(images, 'image')}"
    st.markdown(many, width="content")
    for offer in OFFERS:
        st.button(
            offer.label, key=f"bulk-{offer.verdict}", icon=offer.icon, shortcut=offer.key, help=offer.help,
            on_click=_decide, args=(view, offer.verdict),
        )  # fmt: skip
    with st.popover("Why?", icon=":material/edit_note:", type="tertiary"):
        st.text_input("Why? Kept with each decision", key=_NOTE, max_chars=500)
        bar.name_input("groups.reviewer")
    st.button("None", key="select-none", icon=":material/deselect:", type="tertiary", shortcut="X",
              on_click=_keys().clear, help="Select none of them any more.")  # fmt: skip


def _select(view: View, numbers: Iterable[int]) -> None:
    _keys().update(view.cut.key(int(number)) for number in numbers)


def _decide(view: View, verdict: Verdict) -> None:
    """Decide all that are selected; what somebody else decided meanwhile stays selected."""
    with errors.shown():
        store = view.writable_reviews()
        chosen = selected(view)
        wanted = [of for start in range(0, len(chosen), AT_ONCE)
                  for of in _wanted(view, chosen[start : start + AT_ONCE], verdict)]  # fmt: skip
        note = str(st.session_state.get(_NOTE, "")).strip()
        done = store.decide_all(wanted, who=make.reviewer(), note=note)
        _keys().clear()
        if done.made:
            make.note_made("", done.made)
        st.toast(f"Decided: {verdict}, {wording.plural(len(done.made), 'group')}")
        if done.missed:
            st.toast(make.missed_words(len(done.missed)))


AT_ONCE = 200
"""Groups whose images are read at a time."""


def _wanted(view: View, numbers: Sequence[int], verdict: Verdict) -> list[Wanted]:
    """The decisions about these groups; as on its own page, all stay that the rules let stay."""
    small = [number for number in numbers if view.cut.sizes[number] <= huge.IMAGES]
    ids = [image_id for number in small for image_id in view.cut.members(number)]
    scan = view.require_scan()
    records = dict(zip(ids, cached.records(scan, ids), strict=True))
    groups = groups_of_cut(
        view.cut, small, records, scan.collection, view.decisions, cached.edits(view.matches)
    )
    known, policy, found = view.decisions, next(iter(PRESETS.values())), []
    for group in groups:
        choice, images = group.choose(policy), make.keys(view, group.records)
        stays = frozenset({choice.keeper, *choice.kept})
        subject = Subject(group.key, group.records, stays, chosen=bool(group.chosen))
        found.append(Wanted(images, verdict, known.revision(images), subject.said(images, verdict)))
    return found
