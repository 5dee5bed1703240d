"""Plan → preview → apply → journal → undo: the only place that changes files or removes documents."""

from dupedash.actions.apply import Outcome, apply_plan
from dupedash.actions.exchange import import_plan
from dupedash.actions.guard import check_plan
from dupedash.actions.journal import Entry, Journal, JournalSummary, Mark, Status, find_journal, journals
from dupedash.actions.merge import MergeRule
from dupedash.actions.plan import FieldChange, Member, Plan, PlannedGroup, Step, StepKind
from dupedash.actions.planning import (
    Candidates,
    Head,
    Wish,
    among,
    candidates,
    candidates_of,
    draw_plan,
    needs_explanations,
)
from dupedash.actions.preview import Known, Preview, Totals
from dupedash.actions.undo import empty_quarantine, undo_plan

__all__ = [
    "Candidates",
    "Entry",
    "FieldChange",
    "Head",
    "Journal",
    "JournalSummary",
    "Known",
    "Mark",
    "Member",
    "MergeRule",
    "Outcome",
    "Plan",
    "PlannedGroup",
    "Preview",
    "Status",
    "Step",
    "StepKind",
    "Totals",
    "Wish",
    "among",
    "apply_plan",
    "candidates",
    "candidates_of",
    "check_plan",
    "draw_plan",
    "empty_quarantine",
    "find_journal",
    "import_plan",
    "journals",
    "needs_explanations",
    "undo_plan",
]
