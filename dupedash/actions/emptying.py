"""Empty the quarantine of a plan for good: a file goes only where the one that stands in for it is there."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dupedash.actions.facts.writing import Rewritten
from dupedash.actions.files.along import Along
from dupedash.actions.files.companions import companions, is_partner, moves
from dupedash.actions.files.disk import sha256
from dupedash.actions.files.displace import aside, forget
from dupedash.actions.files.lock import exclusive
from dupedash.actions.journal import Journal, StepMark
from dupedash.actions.plan import TOUCHES_FILES, Member, Step, StepKind
from dupedash.config import Workspace
from dupedash.images import path_of, printable
from dupedash.model import Failure


@dataclass(frozen=True, slots=True)
class Emptied:
    """What came of it: the bytes that were deleted, and the files that were kept back with the reason."""

    bytes: int
    kept: tuple[Failure, ...]


def empty_quarantine(journal: Journal, workspace: Workspace) -> Emptied:
    """Delete the files that this plan moved away, for good, so that they cannot be brought back.

    Kept back are those whose keeper is missing or changed, and those of steps that were not finished.
    May be repeated. Raises ActionError, Conflict where an apply or undo runs, Forbidden.
    """
    workspace.must_write()
    with exclusive(workspace):
        return _Emptying(journal, workspace.quarantine).run()


class _Emptying:
    def __init__(self, journal: Journal, quarantine: Path) -> None:
        self.plan, self.last, self.quarantine = journal.plan(), journal.last(), quarantine
        self.along = Along(self.plan, journal, quarantine)
        self.rewritten = Rewritten(self.plan, journal)
        self.taken = {
            step.id: step.place
            for step in self.plan.steps
            if step.kind is StepKind.TAKE_PLACE and path_of(step.place).exists()
        }
        self.members = {(group.key, m.id): m for group in self.plan.groups for m in group.members}
        self.missing = cache(self._missing)
        self.kept: list[Failure] = []

    def run(self) -> Emptied:
        steps = [step for step in self.plan.steps if step.kind in TOUCHES_FILES]
        ours = {aside(self.quarantine, self.plan, step): [step] for step in steps}
        beside = {companion: self.along.holders[companion.location] for s in steps for companion in s.along}
        ours |= {self.along.target(companion): holders for companion, holders in beside.items()}
        written = ((step, step.writes.location) for step in self.plan.steps if step.writes)
        ours |= {aside(self.quarantine, self.plan, step, place): [step] for step, place in written}
        size = sum(self._delete(target, of) for target, of in ours.items())
        self._keep_strangers(ours.keys())
        return Emptied(size, tuple(self.kept))

    def _delete(self, target: Path, steps: Sequence[Step]) -> int:
        """The bytes that went of a file that these steps moved."""
        if not target.is_file():
            return 0
        try:
            hindrances = (self._hindrance(step) or self._only_here(target, step) for step in steps)
            if reason := next(filter(None, hindrances), None):
                self.kept.append(Failure(str(target), reason))
                return 0
            size = target.stat().st_size
            target.unlink()
        except OSError as error:
            self.kept.append(Failure(str(target), f"it cannot be deleted: {error.strerror}"))
            return 0
        forget(target)
        return size

    def _hindrance(self, step: Step) -> str | None:
        entry = self.last.get(step.number)
        if entry is None or entry.mark not in (StepMark.DONE, StepMark.UNDO_FAILED):
            return "its step was interrupted: apply or undo the plan first"
        return self.missing(self.members[step.group, step.keeper])

    def _only_here(self, target: Path, step: Step) -> str | None:
        """A picture stands in for a sidecar, but neither for a video nor for the other half of its shot."""
        if not moves(target.name) and not (step.partner and is_partner(target.name)):
            return None
        place = path_of(self._place(self.members[step.group, step.keeper]))
        beside = [
            path_of(other) for other in companions(printable(place)) if moves(other) or is_partner(other)
        ]
        if any(other.is_file() and sha256(other) == sha256(target) for other in beside):
            return None
        return f"nothing beside {place}, which stays, is the same: delete it by hand if it may go"

    def _place(self, keeper: Member) -> str:
        return self.taken.get(keeper.id, keeper.location)

    def _missing(self, keeper: Member) -> str | None:
        """Why this image does not stand in for another, or None."""
        path = path_of(self._place(keeper))
        if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.quarantine)):
            return f"{path}, which stays in its place, leads into the quarantine"
        try:
            unchanged = sha256(path) in self.rewritten.contents(keeper.id, keeper.content)
        except OSError as error:
            return f"{path}, which stays in its place, cannot be read: {error.strerror}"
        return None if unchanged else f"{path}, which stays in its place, was changed since the plan was made"

    def _keep_strangers(self, ours: Collection[Path]) -> None:
        """What else lies there is nobody's copy, as far as is known."""
        folder = self.quarantine / self.plan.id
        for path in folder.rglob("*"):
            if path not in ours and not path.is_dir():
                self.kept.append(Failure(str(path), "the plan knows nothing of this file"))
