"""Prepare a plan: what stays, what happens to the others, and the preview over all groups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from dupedash.actions import (
    Candidates,
    Head,
    Journal,
    MergeRule,
    Plan,
    StepKind,
    Wish,
    candidates,
    draw_plan,
    needs_explanations,
)
from dupedash.collection import Rooted
from dupedash.graph import Strictness
from dupedash.keepers import Policy
from dupedash.review import Decisions, ReviewStore
from dupedash.scans import StoredScan
from dupedash.ui import journalview, planview, policyform, widgets, wording
from dupedash.ui.errors import as_text
from dupedash.ui.state import EXACT, View, scan_version


class Part(StrEnum):
    """The parts of the page."""

    PREPARE = "Prepare"
    PLANS = "Plans and journal"
    DECISIONS = "Decisions"


@dataclass(frozen=True, slots=True)
class Deed:
    """An action as the form names it."""

    name: str
    line: str


DEEDS = {
    StepKind.QUARANTINE: Deed(
        "Move to quarantine", "Files move into the workspace's quarantine; undo puts them back."
    ),
    StepKind.HARDLINK: Deed("Replace by a hard link", "The name stays and leads to the file that is kept."),
    StepKind.SYMLINK: Deed(
        "Replace by a symbolic link", "The name stays as a link to the file that is kept."
    ),
    StepKind.REMOVE: Deed("Remove from the collection", "Only the entry goes; the file stays where it is."),
    StepKind.LABEL: Deed("Label as a duplicate", "A field names the image that stays; nothing is removed."),
}
PART, _PINNED = "part", "clear.pinned"
"""The part in the URL; the images chosen by hand in the session."""


def part() -> Part:
    """The part that is shown; a plan that was just made opens the plans."""
    if st.session_state.pop(journalview.SHOW_PLANS, False):
        st.session_state[PART] = str(Part.PLANS)
    chosen = st.segmented_control(
        "Part", [str(p) for p in Part], default=str(Part.PREPARE), required=True, key=PART,
        label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    return Part(chosen)


def draw(view: View) -> None:
    """The form and what it would do."""
    if not widgets.has_images(view):
        return
    if view.scan is None:
        widgets.empty(":material/radar:", "No scan yet", "A plan is made from the groups that a scan found.")
        with st.container(horizontal_alignment="center"):
            widgets.go("scan", "Start a scan")
        return
    form, result = st.columns((2.5, 1), gap="medium")
    with form.container(border=True):
        policy = policyform.draw(view.fields())
        wish, reviewed = _draw_wish(view, policy)
    groups = groups_of(view, view.scan, needs_explanations(policy))
    if not groups:
        widgets.empty(
            ":material/done_all:",
            "Nothing to clear",
            f"There is no group at the threshold {view.threshold:.2f}.",
        )
        return
    if reviewed:
        wish = only_reviewed(wish, groups)
    plan = draw_plan(groups, wish, Head.now(view.collection, view.scan.id, view.threshold))
    with result:
        _draw_result(view, plan, groups, reviewed)
    planview.draw_effect(plan)
    planview.draw_groups(plan, "clear.preview", pin)


def groups_of(view: View, scan: StoredScan, explained: bool) -> list[Candidates]:
    """The groups at the threshold, as the collection and the decisions are now."""
    reviews = ReviewStore(view.settings.workspace.reviews)
    decided = reviews.version()
    state = (view.collection.state(), str(scan.folder), scan_version(scan), decided)
    return _groups(state, view.threshold, str(view.strictness), explained, view, scan, reviews.load())


@st.cache_resource(max_entries=8, ttl=600, show_spinner="Looking at the groups …")
def _groups(
    state: tuple[str, ...],  # noqa: ARG001  (part of the key)
    threshold: float,
    strictness: str,
    explained: bool,
    _view: View,
    _scan: StoredScan,
    _decisions: Decisions,
) -> list[Candidates]:
    explain = _scan.explanations if explained else None
    return candidates(
        _scan.matches(), threshold, _view.collection, _decisions, explain, Strictness(strictness)
    )


def only_reviewed(wish: Wish, groups: list[Candidates]) -> Wish:
    """The same wish for the groups that somebody decided about."""
    keys = frozenset(group.key for group in groups if not group.open)
    return Wish(wish.action, wish.policy, wish.pinned, keys, wish.merge, wish.link_field)


def pinned() -> dict[str, str]:
    """Group key → the image that this visitor chose by hand."""
    known: dict[str, str] = st.session_state.setdefault(_PINNED, {})
    return known


def pin(group: str, image_id: str | None) -> None:
    """Keep this image of the group, whatever the policy says; None: by the policy again."""
    pinned().pop(group, None)
    if image_id is not None:
        pinned()[group] = image_id


def _draw_wish(view: View, policy: Policy) -> tuple[Wish, bool]:
    local = isinstance(view.collection, Rooted)
    deeds = list(DEEDS) if local else [StepKind.REMOVE, StepKind.LABEL]
    action = st.selectbox(
        "What happens to the others", deeds, key=f"clear.action.{local}", persist_state="session",
        format_func=lambda kind: DEEDS[kind].name,
    )  # fmt: skip
    st.caption(DEEDS[action].line)
    field = "duplicate_of"
    if action is StepKind.LABEL:
        field = st.text_input("Into the field", field, key="clear.field").strip() or field
    with st.container(horizontal=True):
        merge = st.toggle(
            "Merge their fields into the image that stays", key="clear.merge", persist_state="session"
        )
        reviewed = st.toggle("Only groups that were reviewed", key="clear.reviewed", persist_state="session")
    rules = _draw_rules(view) if merge else None
    return Wish(action, policy, frozenset(pinned().values()), None, rules, field), reviewed


def _draw_rules(view: View) -> dict[str, MergeRule]:
    """Fields that are not merged as usual."""
    st.caption("Values of multi-valued fields are united; single ones are filled where they are missing.")
    named = st.multiselect("Other rules for", sorted(view.fields()), key="clear.merge.fields")
    columns = st.columns(max(1, len(named)))
    return {name: _draw_rule(name, column) for name, column in zip(named, columns, strict=False)}


def _draw_rule(name: str, column: st.delta_generator.DeltaGenerator) -> MergeRule:
    chosen = column.selectbox(as_text(name), list(MergeRule), key=f"clear.merge.rule.{name}")
    return MergeRule(str(chosen))


def _draw_result(view: View, plan: Plan, groups: list[Candidates], reviewed: bool) -> None:
    with st.container(border=True):
        st.metric("Images to go" if plan.removed else "Images to change", wording.count(len(plan.steps)))
        st.caption(f"in {wording.count(len(plan.groups))} of {wording.plural(len(groups), 'group')}")
        if plan.bytes:
            st.caption(f"{wording.size(plan.bytes)} of files")
        st.caption(skipped_words(groups, reviewed))
        if risk := risk_words(plan, groups):
            st.caption(risk)
        if pinned():
            st.caption(f"{wording.plural(len(pinned()), 'image')} chosen by hand")
            if st.button("Forget the choices", key="clear.unpin", type="tertiary", on_click=pinned().clear):
                st.rerun()
        if not view.editor:
            st.caption(f":material/visibility: {as_text(view.settings.workspace.denied)}")
        elif st.button(
            "Make the plan", type="primary", width="stretch", key="clear.make", disabled=not plan.steps
        ):
            journalview.show(Journal.create(view.settings.workspace, plan).folder.name)
        st.caption("Nothing is touched before you apply it; undo then brings all back.")


def risk_words(plan: Plan, groups: list[Candidates]) -> str:
    """In how many groups edited copies go, not only the same picture again, without anybody having looked."""
    planned = {group.key for group in plan.groups}
    open_ = sum(g.key in planned and g.open and g.weakest < EXACT for g in groups)
    if not open_:
        return ""
    return f":orange[:material/visibility:] {wording.plural(open_, 'group')} with edited copies, unseen"


def skipped_words(groups: list[Candidates], reviewed: bool) -> str:
    """Which groups are left alone, and why."""
    held = sum(group.held is not None for group in groups)
    open_ = sum(group.open for group in groups)
    said = [f"{wording.plural(held, 'group')} left alone by decision"] if held else []
    said.append(f"{wording.plural(open_, 'group')} not reviewed{', left alone' if reviewed else ''}")
    return " · ".join(said)
