"""What the collection holds now, compared with what a plan saw: asked just before anything is touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from dupedash.actions.facts.writing import Rewritten
from dupedash.actions.files.disk import sha256
from dupedash.actions.journal import Journal
from dupedash.actions.plan import REMOVES, Member, Plan, Step, StepKind
from dupedash.collection import WritableCollection
from dupedash.errors import ActionError, UnknownImage, Unsupported
from dupedash.images import path_of
from dupedash.keepers.criteria import values_of
from dupedash.model import ById, Document, ImageRecord


class Present:
    """The collection now. Keepers that were hashed are not hashed again while their file is unchanged."""

    def __init__(self, plan: Plan, journal: Journal, collection: WritableCollection) -> None:
        self.plan = plan
        self.rewritten = Rewritten(plan, journal)
        self.collection = collection
        self._members = {(g.key, m.id): m for g in plan.groups for m in g.members}
        self._taken = {step.id: step.place for step in plan.steps if step.kind is StepKind.TAKE_PLACE}
        self._hashed: dict[tuple[Any, ...], str] = {}

    def record(self, image_id: str) -> ImageRecord | None:
        """The image, or None where the collection no longer has it."""
        try:
            return self.collection.records([image_id])[0]
        except UnknownImage:
            return None

    def keeper(self, step: Step) -> Member:
        """The image that stays, as the plan saw it."""
        return self._members[step.group, step.keeper]

    def as_it_is(self, step: Step) -> Step:
        """The same step with the content that its image has now, where that was written to."""
        record, known = self.record(step.id), self.rewritten.contents(step.id, step.content)
        return replace(step, content=record.content) if record and record.content in known else step

    def must_have_keeper(self, step: Step) -> None:
        """Raises ActionError where the image that stays is gone, changed or unreadable."""
        member = self.keeper(step)
        record = self.record(member.id)
        if record is None:
            raise ActionError(f"{member.id}, which shall stay, is no longer in the collection.")
        places = (member.location, self._taken.get(member.id))
        contents = self.rewritten.contents(member.id, member.content)
        if record.location not in places or record.content not in contents:
            raise ActionError(f"{member.id}, which shall stay, was changed since the plan was made.")
        path = path_of(record.location)
        if step.kind is StepKind.TAKE_PLACE:  # it may be on its way: `Taking` looks where it is
            return
        if member.content and path.is_absolute() and self._hash(path) not in contents:
            raise ActionError(f"{path}, which shall stay, was changed since the plan was made.")

    def must_be_as_planned(self, step: Step, record: ImageRecord) -> None:
        """Raises ActionError where the image is another one now, or would go though it is protected."""
        contents = self.rewritten.contents(step.id, step.content)
        if record.location not in (step.location, step.place) or record.content not in contents:
            raise ActionError(f"{step.id} was changed since the plan was made: make a new plan.")
        if step.kind in REMOVES and (reason := self.plan.policy.protects(record)):
            raise ActionError(f"{step.id} is left alone: {reason}.")

    def must_have_fields(self, step: Step, record: ImageRecord) -> None:
        """Raises ActionError where a field to be changed has neither its old nor its new value."""
        for change in step.changes:
            now = values_of(record.fields, change.field)
            if now not in (as_values(change.old), as_values(change.new)):
                raise ActionError(f"{change.field} of {step.id} was changed since the plan was made.")

    def document(self, record: ImageRecord) -> Document:
        """The image as a document to be added again, with its analysis where the collection gives it."""
        try:
            analysis = self.collection.analyze(ById(record.id))
        except Unsupported:
            analysis = None
        return Document(record.id, record.location, record.fields, analysis)

    def _hash(self, path: Path) -> str:
        try:
            found = path.stat()
            key = (path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
            if key not in self._hashed:
                self._hashed[key] = sha256(path)
        except OSError as error:
            raise ActionError(f"{path}, which shall stay, cannot be read: {error.strerror}.") from error
        return self._hashed[key]


def as_values(value: Any) -> tuple[Any, ...]:
    """A field's value as `values_of` gives it."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
