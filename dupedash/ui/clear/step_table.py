"""The journal of a plan step by step: what became of each, where its file waits, and undo of single ones."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dupedash import wording
from dupedash.actions import UNDOABLE, Journal, Plan, Status, Step, StepMark
from dupedash.actions.files.displace import aside
from dupedash.actions.journal import JournalEntry
from dupedash.actions.plan import TOUCHES_FILES
from dupedash.ui import errors, jobs
from dupedash.ui.state import View

NOT_BEGUN = "not begun"
_BACK = frozenset({StepMark.UNDONE})
"""After these nothing is left to be undone."""


def draw(view: View, journal: Journal, plan: Plan, status: Status) -> None:
    """The table, where the quarantine is, and the button for the chosen steps."""
    last = journal.last()
    with st.expander(f"Step by step ({len(plan.steps):,})", icon=":material/checklist:"):
        if any(step.kind in TOUCHES_FILES for step in plan.steps):
            st.caption("Files that were moved wait here, in a folder for each step:")
            st.code(str(view.settings.workspace.quarantine / plan.id), language=None)
        undoable = view.editor and status in UNDOABLE
        if undoable:
            st.caption("Choose rows to take back single steps.")
        chosen = st.dataframe(
            columns(view, plan, last), hide_index=True, key=f"steps.{plan.id}",
            on_select="rerun" if undoable else "ignore", selection_mode="multi-row",
        )  # fmt: skip
        if undoable:
            rows = chosen["selection"]["rows"] if isinstance(chosen, dict) else []
            draw_undo(view, plan, [plan.steps[row] for row in rows], last)


def columns(view: View, plan: Plan, last: dict[int, JournalEntry]) -> dict[str, list[str | int]]:
    """A row a step."""
    entries = [last.get(step.number) for step in plan.steps]
    return {
        "step": [step.number for step in plan.steps],
        "state": [str(entry.mark) if entry else NOT_BEGUN for entry in entries],
        "image": [step.location for step in plan.steps],
        "action": [str(step.kind) for step in plan.steps],
        "when (UTC)": [wording.moment(entry.at) if entry else "" for entry in entries],
        "file now": [place(view, plan, step) for step in plan.steps],
        "why": [str(entry.info.get("reason", "")) if entry else "" for entry in entries],
    }


def place(view: View, plan: Plan, step: Step) -> str:
    """Where the file of a step waits, "" where it does not."""
    target = aside(view.settings.workspace.quarantine, plan, step)
    return str(target) if step.kind in TOUCHES_FILES and target.exists() else ""


def draw_undo(view: View, plan: Plan, chosen: Sequence[Step], last: dict[int, JournalEntry]) -> None:
    """Take back those of the chosen steps that were begun."""
    numbers = [s.number for s in chosen if s.number in last and last[s.number].mark not in _BACK]
    if st.button(
        f"Undo {wording.plural(len(numbers), 'step')}", icon=":material/undo:", key="plan.undo.some",
        disabled=not numbers,
    ):  # fmt: skip
        with errors.shown():
            arguments = {"collection": plan.collection, "plan": plan.id, "only": numbers}
            jobs.start(view, "undo", arguments)
