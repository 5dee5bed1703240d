"""Prepare a plan: what stays, what happens to the others, and the preview over all groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator as Place

from dupedash import wording
from dupedash.actions import (
    FolderSides,
    Journal,
    MergeRule,
    Partners,
    Plan,
    Preview,
    Scope,
    StepKind,
    Totals,
    Wish,
)
from dupedash.collection import Rooted
from dupedash.images.metadata.facts import Fact
from dupedash.keepers import Policy
from dupedash.model import EXACT, USUAL
from dupedash.ui import cached
from dupedash.ui.clear import journal, kinds, plan_preview, plan_view, policy_form
from dupedash.ui.errors import as_text
from dupedash.ui.shared import folder_link, widgets
from dupedash.ui.state import View


class Tab(StrEnum):
    """The parts of the page."""

    PREPARE = "Prepare"
    PLANS = widgets.PLANS
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
INTO_FILE = "Into the file"
WRITTEN = {
    "Beside the file": "In an XMP sidecar, which photo programs read. The image is not touched.",
    INTO_FILE: "In the XMP of JPEG, PNG and WebP files, where Windows and the web look, too. No pixel "
               "changes, the date of the file stays. Beside it for other formats and where a sidecar is.",
}  # fmt: skip
"""Where what only the others' files tell is written, and what that means."""
TAB, _PINNED, _PREVIEW = widgets.PART, "clear.pinned", "clear.preview"
"""The part in the URL; the images chosen by hand in the session; the widgets of the preview."""
AT_ONCE, READ_AT_ONCE, BATCH = 10_000, 1_000, 100
"""Matches whose groups are looked at before any is drawn (some four seconds of work); where files are read;
groups that are looked at at a time."""


def tab() -> Tab:
    """The part that is shown; a plan that was just made opens the plans."""
    if st.session_state.pop(journal.SHOW_PLANS, False):
        st.session_state[TAB] = str(Tab.PLANS)
    chosen = st.segmented_control(
        "Part", [str(p) for p in Tab], default=str(Tab.PREPARE), required=True, key=TAB,
        label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    return Tab(chosen)


def draw(view: View) -> None:
    """The form and what it would do."""
    if not widgets.has_images(view):
        return
    if view.scan is None:
        widgets.empty(":material/radar:", "No scan yet", "A plan is made from the groups that a scan found.")
        with st.container(horizontal_alignment="center"):
            widgets.go("scan", "Start a scan")
        return
    sides = _draw_sides(view)
    if sides is None or view.kinds != USUAL:
        kinds.draw(view)
    form, result = st.columns((2.5, 1), gap="medium")
    with form.container(border=True):
        policy = policy_form.draw(view.fields(), partial(cached.count_in, view.scan))
        wish = _draw_wish(view, policy)
        if sides and wish.best_pixels:
            st.caption("One folder is cleared: its images go, whichever are the better pictures.")
        scope, beside = _draw_scope()
    preview = plan_preview.of(view, view.scan, wish, scope, sides)
    if len(preview.cut):
        _draw_preview(view, preview, result, beside)
    else:
        text = f"There is no group at the threshold {view.threshold:.2f}{' in both' if sides else ''}."
        widgets.empty(":material/done_all:", "Nothing to clear", text)


def _draw_sides(view: View) -> FolderSides | None:
    """Which folder is to be cleared, where the URL names one."""
    folder, other = folder_link.asked()
    if not folder:
        return None
    with st.container(border=True, key="clear-folder"):
        words, leave = widgets.split("clear-folder", (5, 1.2), "small")
        where = f"**{as_text(other)}** has them, too" if other else "they are anywhere else, too"
        words.markdown(f":material/folder: Only images in **{as_text(folder)}** go, where {where}.")
        leave.button("All groups", key="clear.all-folders", type="tertiary", on_click=folder_link.forget)
    return view.folder_sides(folder, other)


def _draw_preview(view: View, preview: Preview, result: Place, beside: Place) -> None:
    """The sums into `result`, what the scope leaves alone into `beside`, then the groups."""
    with result:
        bar = st.empty()
    notes, turn, groups = st.container(), st.container(), st.container()
    missing, early = preview.missing(), None
    at_once = AT_ONCE if preview.wish.facts is None else READ_AT_ONCE
    if sum(preview.names[number][1] for number in missing) > at_once:
        bar.progress(0.0)
        early = range(len(preview.cut))[plan_view.page_now(len(preview.cut), _PREVIEW)]
        _draw_groups(preview.page(early), groups)
    work_out(preview, missing, bar)
    totals, planned = preview.totals(), preview.planned()
    beside.caption(scope_words(totals, preview.scope))
    with result:
        _draw_result(view, preview, totals)
    with turn:
        shown = planned[plan_view.page_of(len(planned), _PREVIEW)]
    if early is not None and list(early) != shown:
        st.rerun()  # other groups than were drawn early: some of those do not change
    plan = preview.page(shown)
    with notes:
        _draw_notes(plan, totals)
    if early is None:
        _draw_groups(plan, groups)


def _draw_notes(plan: Plan, totals: Totals) -> None:
    """What is to be known of the groups on this page, then of all."""
    of_all = set(totals.notes)
    of_page = [note for note in plan.warnings if note not in of_all]
    plan_view.draw_notes(totals.decided, [*of_page, *totals.notes])


def _draw_groups(plan: Plan, place: Place) -> None:
    with place:
        plan_view.draw_some(plan, plan.groups, _PREVIEW, pin)


def work_out(preview: Preview, missing: Sequence[int], bar: Place) -> None:
    """Look at all groups, and say how far it is. Whoever leaves finds it half done later."""
    total = len(preview.cut)
    for start in range(0, len(missing), BATCH):
        if start:  # a few are done before a bar is seen
            done = total - len(missing) + start
            bar.progress(done / total, f"{done:,} of {wording.plural(total, 'group')} looked at")
        preview.work_out(missing[start : start + BATCH])
    bar.empty()


def pinned() -> dict[str, str]:
    """Group key → the image that this visitor chose by hand."""
    known: dict[str, str] = st.session_state.setdefault(_PINNED, {})
    return known


def pin(group: str, image_id: str | None) -> None:
    """Keep this image of the group, whatever the policy says; None: by the policy again."""
    pinned().pop(group, None)
    if image_id is not None:
        pinned()[group] = image_id


def _draw_scope() -> tuple[Scope, Place]:
    """Which groups, and the place beside it for what that leaves alone."""
    scope = st.selectbox(
        "Which groups", list(Scope), key=kinds.SCOPE, persist_state="session",
        help="Exact copies are groups in which every match scores "
             f"{EXACT:.2f} or more. Decisions hold in any case.",
    )  # fmt: skip
    return Scope(str(scope)), st.empty()


def scope_words(totals: Totals, scope: Scope) -> str:
    """How many groups the scope leaves alone, or takes though nobody has looked, as Markdown."""
    if scope is Scope.ALL:
        number = wording.plural(totals.unseen, "group")
        return f":orange[:material/visibility: {number} with edited copies that nobody has looked at]"
    left = wording.plural(totals.left, "group")
    images = wording.plural(totals.left_images, "image")
    return f"Left alone: {left} that nobody has looked at ({images})"


def _draw_wish(view: View, policy: Policy) -> Wish:
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
    merge = st.toggle(
        "Merge their fields into the image that stays", key="clear.merge", persist_state="session"
    )
    rules = _draw_rules(view) if merge else None
    facts = _draw_facts() if local else None
    into_file = facts is not None and _draw_into_file()
    best = action is StepKind.QUARANTINE and st.toggle(
        "The best pixels take its place and name", key="clear.best", persist_state="session",
        help="Where another image of the group is the better picture, it stays instead of the one that the "
             "rules prefer, and moves to its folder and name.",
    )  # fmt: skip
    raw = action is StepKind.QUARANTINE and st.toggle(
        "Raw file and JPEG of one shot go together", key="clear.raw", persist_state="session",
        help="Else the half that is no duplicate itself stays where it is. Emptying the quarantine keeps it.",
    )  # fmt: skip
    partners = Partners(view.collection) if raw else None
    return Wish(action, policy, frozenset(pinned().values()), None, rules, field, facts, best, partners,
                into_file)  # fmt: skip


def _draw_rules(view: View) -> dict[str, MergeRule]:
    """Fields that are not merged as usual."""
    st.caption("Values of multi-valued fields are united; single ones are filled where they are missing.")
    named = st.multiselect("Other rules for", sorted(view.fields()), key="clear.merge.fields")
    columns = st.columns(max(1, len(named)))
    return {name: _draw_rule(name, column) for name, column in zip(named, columns, strict=False)}


def _draw_facts() -> dict[Fact, MergeRule] | None:
    """Rules for what only the files that go tell; None: it is left to them."""
    wished = st.toggle(
        "Keep what only their files tell", key="clear.facts", persist_state="session",
        help="Title, caption, keywords, rating, date taken, place and creator are written beside the image "
             "that stays or into it, before the others go. Undo brings back what was there.",
    )  # fmt: skip
    if not wished:
        return None
    st.caption("Keywords are united; the others are filled where they are missing.")
    named = st.multiselect("Other rules for", [str(fact) for fact in Fact], key="clear.facts.named")
    columns = st.columns(max(1, len(named)))
    return {Fact(name): _draw_rule(name, column) for name, column in zip(named, columns, strict=False)}


def _draw_into_file() -> bool:
    """Whether into the files themselves, where they take it."""
    chosen = st.segmented_control(
        "Written", list(WRITTEN), default=next(iter(WRITTEN)), key="clear.facts.into", required=True,
        persist_state="session",
    )  # fmt: skip
    st.caption(WRITTEN[str(chosen)])
    return chosen == INTO_FILE


def _draw_rule(name: str, column: Place) -> MergeRule:
    chosen = column.selectbox(as_text(name), list(MergeRule), key=f"clear.merge.rule.{name}")
    return MergeRule(str(chosen))


def _draw_result(view: View, preview: Preview, totals: Totals) -> None:
    with st.container(border=True):
        st.metric(
            "Images to go" if totals.removed else "Images to change",
            wording.count(totals.removed or totals.steps),
        )
        st.caption(f"in {wording.count(totals.groups)} of {wording.plural(len(preview.cut), 'group')}")
        if totals.bytes:
            st.caption(f"{wording.size(totals.bytes)} of files")
        plan_view.draw_beside(totals)
        st.caption(skipped_words(totals))
        if totals.unsure:
            st.caption(plan_view.unsure_words(totals.unsure))
        if pinned():
            st.caption(f"{wording.plural(len(pinned()), 'image')} chosen by hand")
            if st.button("Forget the choices", key="clear.unpin", type="tertiary", on_click=pinned().clear):
                st.rerun()
        if not view.editor:
            st.caption(f":material/visibility: {as_text(view.settings.workspace.denied)}")
        elif st.button(
            "Make the plan", type="primary", width="stretch", key="clear.make", disabled=not totals.steps
        ):
            with st.spinner("Making the plan …"):
                plan = preview.whole()
                name = Journal.create(view.settings.workspace, plan).folder.name
            journal.show(name)
        st.caption("Nothing is touched before you apply it; undo then brings everything back.")


def skipped_words(totals: Totals) -> str:
    """Which groups are left alone, and how many are still to be reviewed."""
    said = [f"{wording.plural(totals.held, 'group')} left alone by decision"] if totals.held else []
    said.append(f"{wording.plural(totals.open, 'group')} not reviewed")
    return " · ".join(said)
