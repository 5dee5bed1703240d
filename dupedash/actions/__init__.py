"""Plan → preview → apply → journal → undo: the only place that changes files or removes documents.

>>> groups = groups_to_clear(scan.matches(), 0.7, collection, Decisions())
>>> head = Head.now(collection, scan.id, 0.7)
>>> wish = Wish(StepKind.QUARANTINE, preset("Best quality"))
>>> journal = Journal.create(workspace, draw_plan(groups, wish, head))
>>> apply_plan(journal, collection, workspace).failed
()
>>> undo_plan(journal, collection, workspace).failed
()
"""

from dupedash.actions.apply import Outcome, apply_plan
from dupedash.actions.emptying import Emptied, empty_quarantine
from dupedash.actions.exchange import import_plan
from dupedash.actions.guard import check_plan
from dupedash.actions.journal import (
    UNDOABLE,
    Journal,
    JournalEntry,
    JournalSummary,
    Status,
    StepMark,
    applied_journal,
    find_journal,
    journals,
    unusable,
    waiting_journal,
)
from dupedash.actions.kept import kept_file
from dupedash.actions.plan import (
    KEEPS,
    FactChange,
    FieldChange,
    Member,
    Plan,
    PlannedGroup,
    Step,
    StepKind,
)
from dupedash.actions.planning.group import GroupToClear, among, groups_of_cut, groups_to_clear
from dupedash.actions.planning.merge import MergeRule
from dupedash.actions.planning.onefolder import FolderSides
from dupedash.actions.planning.partners import Partners
from dupedash.actions.planning.plans import draw_plan
from dupedash.actions.planning.preview import Known, Preview, Scope, Totals
from dupedash.actions.planning.wish import Head, Wish
from dupedash.actions.undo import undo_plan

__all__ = [
    "KEEPS",
    "UNDOABLE",
    "Emptied",
    "FactChange",
    "FieldChange",
    "FolderSides",
    "GroupToClear",
    "Head",
    "Journal",
    "JournalEntry",
    "JournalSummary",
    "Known",
    "Member",
    "MergeRule",
    "Outcome",
    "Partners",
    "Plan",
    "PlannedGroup",
    "Preview",
    "Scope",
    "Status",
    "Step",
    "StepKind",
    "StepMark",
    "Totals",
    "Wish",
    "among",
    "applied_journal",
    "apply_plan",
    "check_plan",
    "draw_plan",
    "empty_quarantine",
    "find_journal",
    "groups_of_cut",
    "groups_to_clear",
    "import_plan",
    "journals",
    "kept_file",
    "undo_plan",
    "unusable",
    "waiting_journal",
]
