"""Apply a plan: each step is checked, journalled and done. One that fails is reported; the rest goes on."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from dupedash.actions.facts.writing import Writing, read_again
from dupedash.actions.files.along import Along, tell
from dupedash.actions.files.companions import look_again
from dupedash.actions.files.disk import FileState
from dupedash.actions.files.displace import aside, must_be_movable, put_aside, put_back
from dupedash.actions.files.lock import exclusive
from dupedash.actions.files.taking import Taking, moved
from dupedash.actions.guard import check_plan
from dupedash.actions.journal import OPEN, Journal, StepMark
from dupedash.actions.plan import ADDS, REMOVES, TOUCHES_FILES, Plan, Step, StepKind, bytes_of
from dupedash.actions.present import Present
from dupedash.collection import WritableCollection
from dupedash.config import Workspace
from dupedash.errors import ActionError, Cancelled, DupedashError
from dupedash.images import path_of
from dupedash.images.files import printable
from dupedash.model import Document, Failure, IsCancelled, Progress, ReportProgress, ignore, never
from dupedash.system.files import REFUSED_NAMES

# So many steps share one commit of the collection: a Flow server opens a new searcher at each.
BATCH = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `failed`: id and reason; `bytes` of the files of the steps that were done."""

    done: int
    failed: tuple[Failure, ...]
    bytes: int


def apply_plan(
    journal: Journal,
    collection: WritableCollection,
    workspace: Workspace,
    *,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> Outcome:
    """Do what the plan says. May be repeated, also after a crash: what is done is not done again.

    Raises ActionError where nothing may be done at all, Conflict where another apply or undo runs, Forbidden,
    Cancelled (what was done before is journalled).
    """
    workspace.must_write()
    plan = journal.plan()
    check_plan(plan)
    must_be_its_collection(plan, collection)
    with exclusive(workspace):
        journal.begin()
        return _Application(plan, journal, collection, workspace).run(progress, cancelled)


def must_be_its_collection(plan: Plan, collection: WritableCollection) -> None:
    """Raises ActionError where the plan is about another collection."""
    if (plan.collection, plan.engine) != (collection.name, collection.engine):
        raise ActionError(
            f"Plan {plan.id} is about the collection {plan.collection} ({plan.engine}), "
            f"not {collection.name} ({collection.engine}): choose that one."
        )


def batches(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """In order, at most BATCH of one kind at a time."""
    for _kind, same in groupby(steps, key=lambda step: step.kind):
        run = list(same)
        for start in range(0, len(run), BATCH):
            yield run[start : start + BATCH]


class _Application:
    def __init__(
        self, plan: Plan, journal: Journal, collection: WritableCollection, workspace: Workspace
    ) -> None:
        self.plan, self.journal, self.collection = plan, journal, collection
        self.quarantine = workspace.quarantine
        self.present = Present(plan, journal, collection)
        self.along = Along(plan, journal, workspace.quarantine)
        self.taking = Taking(plan, journal)
        self.writing = Writing(plan, journal, workspace.quarantine)
        self.last = journal.last()
        self.failed: list[Failure] = []
        self.unmerged: set[tuple[str, str]] = set()
        removed = plan.removed
        staying = (m for group in plan.groups for m in group.members if m.id not in removed)
        self.staying = {os.path.realpath(path_of(member.location)) for member in staying}

    def run(self, progress: ReportProgress, cancelled: IsCancelled) -> Outcome:
        look_again()
        todo = [step for step in self.plan.steps if not self._is(step, StepMark.DONE)]
        started = time.monotonic()
        done: list[Step] = []
        for batch in batches(todo):
            begun: list[Step] = []
            for step in batch:
                if cancelled():
                    self._finish(begun)
                    raise Cancelled(f"Stopped; what was done is in the journal {self.plan.id}.")
                if self._begin(step):
                    begun.append(step)
            done += self._finish(begun)
            tried = len(done) + len(self.failed)
            seconds = time.monotonic() - started
            progress(Progress("apply", tried, len(todo), seconds, failures=len(self.failed)))
        return Outcome(len(done), tuple(self.failed), bytes_of(done))

    def _is(self, step: Step, *marks: StepMark) -> bool:
        entry = self.last.get(step.number)
        return entry is not None and entry.mark in marks

    def _begin(self, step: Step) -> bool:
        """Everything up to the change in the collection; False where the step failed."""
        try:
            self._check(step)
            if step.kind in TOUCHES_FILES:
                self._move(step)
            elif step.kind is StepKind.DESCRIBE:
                self._describe(step)
            elif step.kind is StepKind.TAKE_PLACE:
                self._take_place(step)
            elif not self._is(step, StepMark.INTENT):
                self.journal.record(step.number, StepMark.INTENT)
        except (DupedashError, OSError) as error:
            self._fail(step, error)
            return False
        return True

    def _check(self, step: Step) -> None:
        if (step.group, step.keeper) in self.unmerged and step.kind not in ADDS:
            raise ActionError(f"{step.id} is left alone, since what it tells could not be merged.")
        record = self.present.record(step.id)
        if record is None and not self._is(step, *OPEN):
            raise ActionError(f"{step.id} is no longer in the collection.")
        self.present.must_have_keeper(step)
        if record is None:
            return
        self.present.must_be_as_planned(step, record)
        self.present.must_have_fields(step, record)
        if step.kind in REMOVES:
            self.journal.keep_document(step.number, self.present.document(record))

    def _move(self, step: Step) -> None:
        source, target, keeper = self._places(step)
        if not target.exists():
            if os.path.realpath(source) in self.staying:
                raise ActionError(f"{source} is the file of an image that stays: it is left alone.")
            state = must_be_movable(source, step, keeper, self.plan)
            if step.kind is StepKind.QUARANTINE:
                self.along.must_be_all(step)
            self.journal.record(step.number, StepMark.INTENT, file=asdict(state), place=str(source))
        put_aside(source, target, keeper, step, file_state(self.journal, step))
        try:
            self.along.take(step)
        except (DupedashError, OSError):
            self._return(step)
            raise
        self.journal.record(step.number, StepMark.MOVED, folder_ns=source.parent.stat().st_mtime_ns)

    def _take_place(self, step: Step) -> None:
        step = self.present.as_it_is(step)
        try:
            self.taking.take(step)
        except (DupedashError, OSError):
            self.taking.take_back(step)
            raise

    def _describe(self, step: Step) -> None:
        self.writing.write(step)
        folder = place_of(self.journal, step).parent
        self.journal.record(step.number, StepMark.MOVED, folder_ns=folder.stat().st_mtime_ns)

    def _places(self, step: Step) -> tuple[Path, Path, Path]:
        return (
            place_of(self.journal, step),
            aside(self.quarantine, self.plan, step),
            path_of(self.present.keeper(step).location),
        )

    def _finish(self, begun: Sequence[Step]) -> list[Step]:
        """Change the collection for these steps (of one kind); those that are done."""
        if not begun:
            return []
        try:
            refused = self._change_collection(begun)
        except DupedashError as error:
            for step in begun:
                self._take_back(step, error)
            return []
        for step in begun:
            if step.id in refused:
                self._take_back(step, ActionError(refused[step.id]))
        finished = [step for step in begun if step.id not in refused]
        self.journal.record_all([step.number for step in finished], StepMark.DONE)
        tell(self.collection, finished)
        return finished

    def _change_collection(self, steps: Sequence[Step]) -> dict[str, str]:
        """id → why the collection refused."""
        failures: list[Failure] = []
        if steps[0].kind is StepKind.DESCRIBE:
            failures = read_again(steps, self.collection)
        elif steps[0].kind is StepKind.TAKE_PLACE:
            failures = self.collection.add([self._at(step, step.place) for step in steps])
        elif steps[0].kind in REMOVES:
            self.collection.remove([step.id for step in steps])
        else:
            changes = {step.id: {c.field: c.new for c in step.changes} for step in steps}
            failures = self.collection.set_fields(changes)
        self.collection.commit()
        return {failure.what: failure.reason for failure in failures}

    def _at(self, step: Step, place: str) -> Document:
        return moved(self.collection.records([step.id])[0], place, self.collection)

    def _take_back(self, step: Step, error: DupedashError) -> None:
        """The collection did not follow: so the file returns too."""
        try:
            if step.kind in TOUCHES_FILES:
                self._return(step)
            elif step.kind is StepKind.TAKE_PLACE:
                self.taking.take_back(self.present.as_it_is(step))
            elif step.kind is StepKind.DESCRIBE:
                self.writing.take_back(step)
                read_again([step], self.collection)
        except (DupedashError, OSError) as second:
            error = ActionError(f"{error} And its file could not be put back: {second} Use undo.")
        self._fail(step, error)

    def _return(self, step: Step) -> None:
        """The file and its sidecars as they were."""
        source, target, keeper = self._places(step)
        self.along.bring_back(step)
        put_back(source, target, keeper, step, file_state(self.journal, step))

    def _fail(self, step: Step, error: Exception) -> None:
        reason = _reason(error)
        self.journal.record(step.number, StepMark.FAILED, reason=reason)
        self.failed.append(Failure(step.id, reason))
        if step.kind in ADDS:
            self.unmerged.add((step.group, step.keeper))


def _reason(error: Exception) -> str:
    if not isinstance(error, OSError):
        return str(error)
    if error.errno == errno.EROFS:
        return f"{error.filename} is on a disk or in a folder that is read-only here: it stays where it is."
    if error.errno in REFUSED_NAMES and error.filename2:
        name = printable(os.path.basename(os.fspath(error.filename2)))
        return f"The disk of the quarantine takes no file of the name {name}: it stays where it is."
    return str(error)


def place_of(journal: Journal, step: Step) -> Path:
    """Where the file was before it was moved, else where it is."""
    kept = journal.info(step.number, StepMark.INTENT).get("place")
    return Path(kept) if kept else path_of(step.location)


def file_state(journal: Journal, step: Step) -> FileState | None:
    """What the file was like before it was moved, or None where it never was."""
    kept = journal.info(step.number, StepMark.INTENT).get("file")
    return FileState(**kept) if kept else None
