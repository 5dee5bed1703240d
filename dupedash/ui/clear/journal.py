"""The stored plans: what each would do or did, apply, undo, export, import."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from dupedash import wording
from dupedash.actions import (
    UNDOABLE,
    Journal,
    JournalSummary,
    Plan,
    Status,
    StepMark,
    empty_quarantine,
    import_plan,
    journals,
    unusable,
)
from dupedash.actions.plan import TOUCHES_FILES
from dupedash.errors import ActionError, ConfigError
from dupedash.model import Failure
from dupedash.ui import jobs
from dupedash.ui.clear import plan_view, step_table
from dupedash.ui.errors import as_text, shown
from dupedash.ui.shared import widgets
from dupedash.ui.shared.inputs import read_json
from dupedash.ui.shared.widgets import PLAN
from dupedash.ui.state import View

SHOWN = 20
FAILURES = 200
SHOW_PLANS, _OPEN = "clear.show-plans", "clear.plan"
_MARKS = {
    Status.PLANNED: ":gray[:material/draft:]",
    Status.INTERRUPTED: ":orange[:material/pause_circle:]",
    Status.PARTLY: ":orange[:material/warning:]",
    Status.APPLIED: ":green[:material/check_circle:]",
    Status.PARTLY_TAKEN_BACK: ":blue[:material/undo:]",
    Status.PARTLY_UNDONE: ":orange[:material/warning:]",
    Status.UNDONE: ":blue[:material/undo:]",
}
_APPLICABLE = (Status.PLANNED, Status.INTERRUPTED, Status.PARTLY, Status.UNDONE)


def show(plan_id: str) -> None:
    """Look at this plan from now on."""
    st.session_state[SHOW_PLANS], st.session_state[_OPEN] = True, plan_id
    st.rerun()


def asked() -> str:
    """The plan that is open: that of a link, which is followed once, else what was opened last."""
    if linked := st.query_params.get(PLAN):
        st.session_state[_OPEN] = linked
        del st.query_params[PLAN]
    return str(st.session_state.get(_OPEN, ""))


def draw(view: View) -> None:
    """The list, what was made last first; the opened plan above it."""
    name = view.connection.name if view.connection else ""
    known = [(j, s) for j in journals(view.settings.workspace) if (s := j.summary()).collection == name]
    opened = asked()
    found = next(((j, s) for j, s in known if s.plan == opened), None)
    if found:
        with st.container(border=True, key="plan-opened"), shown():
            _draw_newer(known[0][1], found[1])
            _draw_opened(view, *found)
    if not known:
        widgets.empty(
            ":material/inventory_2:", "No plans yet", "Make one under Prepare; it is kept here with its undo."
        )
    all_shown = known if st.session_state.get("clear.all-plans") else known[:SHOWN]
    for _journal, summary in all_shown:
        _draw_line(summary, summary.plan == opened)
    if len(known) > SHOWN:
        st.toggle(f"Show all {len(known)}", key="clear.all-plans")
    _draw_unusable(unusable(view.settings.workspace))
    if view.editor and view.connection:
        with st.expander("Import a plan", icon=":material/upload:"), shown():
            _draw_import(view)


def _draw_newer(newest: JournalSummary, opened: JournalSummary) -> None:
    """Who applies an older plan must know that there is a newer one."""
    if opened.plan != newest.plan and opened.status in _APPLICABLE:
        st.warning(
            f"A newer plan was made {wording.ago(newest.created)} ({newest.status}): this is an older one.",
            icon=":material/history:",
        )


def _draw_unusable(left_out: Sequence[Failure]) -> None:
    if left_out:
        label = f"{wording.plural(len(left_out), 'journal')} passed over"
        with st.expander(label, icon=":material/warning:", key="plans-unusable"):
            st.text("\n".join(f"{failure.what}: {failure.reason}" for failure in left_out))


def _draw_line(summary: JournalSummary, opened: bool) -> None:
    with st.container(border=True, key=f"plan-{summary.plan}"):
        name, figures, state, act = st.columns((3.6, 2.4, 2.6, 1.2), vertical_alignment="center")
        name.markdown(
            f"{_MARKS[summary.status]} **{as_text(str(summary.action).capitalize())}**, "
            f"{wording.plural(summary.removed or summary.steps, 'image')}  \n"
            f":small[:gray[{as_text(summary.policy)}]]"
        )
        figures.caption(f"{wording.size(summary.bytes)} of files  \n{wording.ago(summary.created)}")
        failed = f", {summary.failed:,} failed" if summary.failed else ""
        state.caption(f"{str(summary.status).capitalize()}  \n{summary.done:,} done{failed}")
        if act.button(
            "Shown" if opened else "Open", key=f"plan-open-{summary.plan}", disabled=opened, width="stretch"
        ):
            show(summary.plan)


def _draw_opened(view: View, journal: Journal, summary: JournalSummary) -> None:
    plan = journal.plan()
    st.subheader(f"{_MARKS[summary.status]} Plan of {wording.when(summary.created)}", anchor=False)
    st.caption(
        f"{str(summary.status).capitalize()} · {as_text(summary.policy)} · "
        f"made from the scan {as_text(plan.scan)}"
    )
    plan_view.draw_facts(plan)
    with st.container(horizontal=True, key="plan-bar"):
        _draw_bar(view, journal, summary, plan)
    plan_view.draw_effect(plan)
    _draw_failures(journal, plan)
    step_table.draw(view, journal, plan, summary.status)
    with st.expander("Group by group", icon=":material/list:", expanded=summary.status is Status.PLANNED):
        plan_view.draw_groups(plan, f"plan.{plan.id}")


def _draw_bar(view: View, journal: Journal, summary: JournalSummary, plan: Plan) -> None:
    busy = any(job.active for kind in ("apply", "undo") for job in jobs.of_collection(view, kind))
    if view.editor and summary.status in _APPLICABLE:
        label = "Go on applying" if summary.status is Status.INTERRUPTED else "Apply"
        if st.button(label, type="primary", icon=":material/play_arrow:", key="plan.apply", disabled=busy):
            confirm_apply(view, plan)
    if view.editor and summary.status in UNDOABLE:
        if st.button("Undo", icon=":material/undo:", key="plan.undo", disabled=busy):
            confirm_undo(view, plan, summary)
        moved = any(step.kind in TOUCHES_FILES for step in plan.steps)
        if moved and st.button(
            "Empty its quarantine",
            icon=":material/delete_forever:",
            key="plan.empty",
            type="tertiary",
            disabled=busy,
        ):
            confirm_empty(view, journal, plan)
    st.download_button(
        "Export", lambda: json.dumps(plan.to_json(), indent=1), f"plan-{plan.id}.json",
        "application/json", icon=":material/download:", on_click="ignore", key="plan.export",
    )  # fmt: skip
    if st.button("Close", key="plan.close", type="tertiary"):
        st.session_state.pop(_OPEN, None)
        st.rerun()


def _draw_failures(journal: Journal, plan: Plan) -> None:
    failed = [e for e in journal.last().values() if e.mark in (StepMark.FAILED, StepMark.UNDO_FAILED)]
    if not failed:
        return
    places = {step.number: step.location for step in plan.steps}
    with st.expander(f"{wording.plural(len(failed), 'step')} failed", icon=":material/error:", expanded=True):
        listed = failed[:FAILURES]
        reasons = [str(entry.info.get("reason", "")) for entry in listed]
        st.dataframe({"image": [places.get(e.step, "") for e in listed], "reason": reasons}, hide_index=True)


@st.dialog("Apply this plan?")
def confirm_apply(view: View, plan: Plan) -> None:
    """Ask once more, with the counts."""
    gone, changed = len(plan.removed), sum(not s.bytes or s.id not in plan.removed for s in plan.steps)
    if gone:
        groups, size = wording.plural(len(plan.changed), "group"), wording.size(plan.bytes)
        st.markdown(f"**{wording.plural(gone, 'image')}** of {groups} will go ({size} of files).")
    elif changed:
        st.markdown(f"Fields of **{wording.plural(changed, 'image')}** will change.")
    plan_view.draw_beside(plan)
    st.caption("Every file is looked at again just before it is touched. Undo brings everything back.")
    if st.button("Apply", type="primary", key="plan.apply.yes"):
        with shown():
            jobs.start(view, "apply", {"collection": plan.collection, "plan": plan.id})


@st.dialog("Undo this plan?")
def confirm_undo(view: View, plan: Plan, summary: JournalSummary) -> None:
    """Ask once more, with the counts."""
    st.markdown(f"**{wording.plural(summary.done, 'step')}** will be taken back.")
    st.caption("Files, their times, entries and fields come back as they were; nothing is overwritten.")
    if st.button("Undo", type="primary", key="plan.undo.yes"):
        with shown():
            jobs.start(view, "undo", {"collection": plan.collection, "plan": plan.id})


@st.dialog("Delete the quarantined files for good?")
def confirm_empty(view: View, journal: Journal, plan: Plan) -> None:
    """Ask once more: this has no undo."""
    st.markdown(
        f"Up to **{wording.size(plan.bytes)}** will be deleted. **The plan cannot be undone afterwards.**"
    )
    st.caption("A file is kept back where the image that stays in its place is missing or was changed.")
    sure = st.checkbox("I know that these files cannot be brought back", key="plan.empty.sure")
    if st.button(
        "Delete for good", key="plan.empty.yes", icon=":material/delete_forever:", disabled=not sure
    ):
        with shown():
            emptied = empty_quarantine(journal, view.settings.workspace)
            st.success(f"{wording.size(emptied.bytes)} deleted.")
            if emptied.kept:
                st.warning(f"{wording.plural(len(emptied.kept), 'file')} kept back:")
                st.text("\n".join(f"{left.what}: {left.reason}" for left in emptied.kept[:FAILURES]))


def _draw_import(view: View) -> None:
    st.caption("A plan that was exported from this collection: it is checked again and kept as a new plan.")
    with st.form("plan.import", border=False, clear_on_submit=True):
        file = st.file_uploader("Plan", type="json", label_visibility="collapsed")
        if st.form_submit_button("Import the plan"):
            if file is None:
                raise ConfigError("No file was chosen.")
            plan = import_plan(read_json(file.getvalue(), file.name), view.collection)
            if not plan.steps:
                raise ActionError("This plan has no steps: there is nothing to apply.")
            show(Journal.create(view.settings.workspace, plan).folder.name)
