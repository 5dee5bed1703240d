"""Undo a plan, last step first: files, times, documents and fields come back; nothing is overwritten."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from dupedash.actions.apply import Outcome, batches, file_state, must_be_its_collection, place_of
from dupedash.actions.facts.writing import Writing, read_again
from dupedash.actions.files.along import Along, tell
from dupedash.actions.files.displace import aside, put_back
from dupedash.actions.files.lock import exclusive
from dupedash.actions.files.taking import Taking, moved
from dupedash.actions.journal import Journal, StepMark
from dupedash.actions.plan import REMOVES, TOUCHES_FILES, Plan, Step, StepKind, bytes_of
from dupedash.actions.present import Present, as_values
from dupedash.collection import WritableCollection
from dupedash.config import Workspace
from dupedash.errors import ActionError, Cancelled, DupedashError
from dupedash.images import path_of
from dupedash.keepers.criteria import values_of
from dupedash.model import Document, Failure, IsCancelled, Progress, ReportProgress, ignore, never


def undo_plan(
    journal: Journal,
    collection: WritableCollection,
    workspace: Workspace,
    *,
    only: Collection[int] | None = None,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> Outcome:
    """Take back every step that was begun. May be repeated: what is back already is left as it is.

    `only`: the numbers of the steps that are meant; None: all.

    Raises ActionError where the journal or the collection is not the right one, Conflict, Forbidden,
    Cancelled.
    """
    workspace.must_write()
    plan = journal.plan()
    must_be_its_collection(plan, collection)
    with exclusive(workspace):
        return _Reversal(plan, journal, collection, workspace).run(progress, cancelled, only)


class _Reversal:
    def __init__(
        self, plan: Plan, journal: Journal, collection: WritableCollection, workspace: Workspace
    ) -> None:
        self.plan, self.journal, self.collection = plan, journal, collection
        self.quarantine = workspace.quarantine
        self.present = Present(plan, journal, collection)
        self.along = Along(plan, journal, workspace.quarantine)
        self.taking = Taking(plan, journal)
        self.writing = Writing(plan, journal, workspace.quarantine)
        self.failed: list[Failure] = []

    def run(
        self, progress: ReportProgress, cancelled: IsCancelled, only: Collection[int] | None = None
    ) -> Outcome:
        last = self.journal.last()
        begun = {number for number, entry in last.items() if entry.mark is not StepMark.UNDONE}
        begun = begun if only is None else begun.intersection(only)
        todo = [step for step in reversed(self.plan.steps) if step.number in begun]
        started = time.monotonic()
        done: list[Step] = []
        for batch in batches(todo):
            if cancelled():
                raise Cancelled(f"Stopped; what was taken back is in the journal {self.plan.id}.")
            done += self._finish([step for step in batch if self._begin(step)])
            seconds = time.monotonic() - started
            tried = len(done) + len(self.failed)
            progress(Progress("undo", tried, len(todo), seconds, failures=len(self.failed)))
        return Outcome(len(done), tuple(self.failed), bytes_of(done))

    def _begin(self, step: Step) -> bool:
        """The files; False where that failed."""
        self.journal.record(step.number, StepMark.UNDO_INTENT)
        try:
            if step.kind in TOUCHES_FILES:
                self._restore(step)
            elif step.kind is StepKind.DESCRIBE:
                self.writing.take_back(step)
            elif step.kind is StepKind.TAKE_PLACE:
                self.taking.take_back(self.present.as_it_is(step))
        except (DupedashError, OSError) as error:
            self._fail(step, str(error))
            return False
        return True

    def _restore(self, step: Step) -> None:
        source = place_of(self.journal, step)
        state = file_state(self.journal, step)
        target = aside(self.quarantine, self.plan, step)
        self._must_have_root(source, target)
        source.parent.mkdir(parents=True, exist_ok=True)
        folder_ns = source.parent.stat().st_mtime_ns
        keeper = path_of(self.present.keeper(step).location)
        self.along.must_have_room(step)
        moved = put_back(source, target, keeper, step, state)
        self.along.bring_back(step)
        if moved and state and folder_ns == self.journal.info(step.number, StepMark.MOVED).get("folder_ns"):
            # Nobody else changed the folder since, so it gets its own time back too.
            os.utime(source.parent, ns=(source.parent.stat().st_atime_ns, state.folder_ns))

    def _must_have_root(self, source: Path, target: Path) -> None:
        """Raises ActionError where a folder of the collection is gone: another is not made in its place."""
        roots = (root for root in map(Path, self.plan.roots) if source.is_relative_to(root))
        for folder in (source.parent if root == source else root for root in roots):
            if not folder.is_dir():
                raise ActionError(
                    f"The folder {folder} is not there: was it renamed, or is its disk not connected? "
                    f"Bring it back, then undo again; until then the file waits at {target}."
                )

    def _finish(self, begun: Sequence[Step]) -> list[Step]:
        """The collection, for steps of one kind; those that are wholly back."""
        if not begun:
            return []
        try:
            refused = self._change_collection(begun)
        except DupedashError as error:
            refused = {step.id: str(error) for step in begun}
        for step in begun:
            if step.id in refused:
                self._fail(step, refused[step.id])
        finished = [step for step in begun if step.id not in refused]
        self.journal.record_all([step.number for step in finished], StepMark.UNDONE)
        tell(self.collection, finished)
        return finished

    def _documents(self, steps: Sequence[Step]) -> dict[str, str]:
        """Add again what the collection no longer has. id → why it was refused."""
        damaged: dict[str, str] = {}
        kept = [self._document(step, damaged) for step in steps]
        missing = [doc for doc in kept if doc is not None and self.present.record(doc.id) is None]
        refused = {failure.what for failure in self.collection.add(missing)}
        # What an earlier version kept of a picture is of no use any more, but the file is back: read it anew.
        again = [replace(doc, analysis=None) for doc in missing if doc.id in refused]
        return damaged | {failure.what: failure.reason for failure in self.collection.add(again)}

    def _document(self, step: Step, damaged: dict[str, str]) -> Document | None:
        """What left the collection; one that is damaged is noted and stops no other."""
        try:
            return self.journal.document(step.number)
        except ActionError as error:
            damaged[step.id] = f"{error} Its fields are lost; index its folder to add it again."
            return None

    def _change_collection(self, steps: Sequence[Step]) -> dict[str, str]:
        """id → why the collection refused."""
        if steps[0].kind is StepKind.DESCRIBE:
            return {failure.what: failure.reason for failure in self._read_again(steps)}
        if steps[0].kind is StepKind.TAKE_PLACE:
            return self._moved(steps)
        refused = self._documents(steps) if steps[0].kind in REMOVES else self._fields(steps)
        self.collection.commit()
        return refused

    def _read_again(self, steps: Sequence[Step]) -> list[Failure]:
        return read_again([s for s in steps if self.present.record(s.id) is not None], self.collection)

    def _moved(self, steps: Sequence[Step]) -> dict[str, str]:
        records = ((step, self.present.record(step.id)) for step in steps)
        documents = [moved(r, step.location, self.collection) for step, r in records if r is not None]
        failures = self.collection.add(documents)
        self.collection.commit()
        return {failure.what: failure.reason for failure in failures}

    def _fields(self, steps: Sequence[Step]) -> dict[str, str]:
        changes: dict[str, dict[str, object]] = {}
        refused: dict[str, str] = {}
        for step in steps:
            try:
                changes[step.id] = self._old_values(step)
            except ActionError as error:
                refused[step.id] = str(error)
        failures = self.collection.set_fields({i: change for i, change in changes.items() if change})
        return refused | {failure.what: failure.reason for failure in failures}

    def _old_values(self, step: Step) -> dict[str, object]:
        """Field → old value, for those that still have the new one."""
        record = self.present.record(step.id)
        if record is None:
            raise ActionError(f"{step.id} is no longer in the collection.")
        values: dict[str, object] = {}
        for change in step.changes:
            now = values_of(record.fields, change.field)
            if now == as_values(change.old):
                continue
            if now != as_values(change.new):
                raise ActionError(f"{change.field} of {step.id} was changed since: it is left as it is.")
            values[change.field] = change.old
        return values

    def _fail(self, step: Step, reason: str) -> None:
        self.journal.record(step.number, StepMark.UNDO_FAILED, reason=reason)
        self.failed.append(Failure(step.id, reason))
