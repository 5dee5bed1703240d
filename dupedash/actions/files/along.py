"""Sidecars on their way: into the quarantine with the last of their owners, and back with the first.

Before each is moved, a row of the journal says what it was like: so whatever happens, it is known where it
belongs, and each way may be gone again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dupedash.actions.files.companions import as_listed, found_beside, moves, owners
from dupedash.actions.files.disk import FileState, must_be_inside, sha256
from dupedash.actions.files.displace import aside, bring_back, carry, forget, must_be_free
from dupedash.actions.guard import guarded
from dupedash.actions.journal import Journal, StepMark
from dupedash.actions.plan import Companion, Plan, Step
from dupedash.collection import Collection, Noticing
from dupedash.errors import ActionError
from dupedash.images import path_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sidecar in the quarantine: its place, where it waits, and what it was like."""

    source: Path
    target: Path
    content: str
    state: FileState


def tell(collection: Collection, steps: Sequence[Step]) -> None:
    """Tell a collection of local files of the videos that went or came back with these images."""
    videos = [path_of(c.location) for step in steps for c in step.along if moves(c.location)]
    if videos and isinstance(collection, Noticing):
        collection.notice(videos)


class Along:
    """The sidecars of a plan."""

    def __init__(self, plan: Plan, journal: Journal, quarantine: Path) -> None:
        self.plan, self.journal, self.quarantine = plan, journal, quarantine

    @cached_property
    def holders(self) -> Mapping[str, list[Step]]:
        """Location of a sidecar → the steps of its owners, in order."""
        found: dict[str, list[Step]] = {}
        for step in self.plan.steps:
            for companion in step.along:
                found.setdefault(companion.location, []).append(step)
        return found

    def target(self, companion: Companion) -> Path:
        """Where it waits: with the first of its owners, whichever of them went last."""
        first = self.holders[companion.location][0]
        return aside(self.quarantine, self.plan, first, companion.location)

    def must_be_all(self, step: Step) -> None:
        """Raises ActionError where something lies beside this image that would go, and the plan knows nothing
        of it."""
        known = {companion.location for companion in step.along}.union(step.beside)
        for found in found_beside(step.location):
            place = found.companion.location
            if found.travels and place not in known and not self._stays(found.companion, step):
                raise ActionError(f"{place} was written since the plan was made: make a new plan.")

    def take(self, step: Step) -> None:
        """Move those whose last owner goes by this step. Raises ActionError, OSError."""
        # Videos first: a sidecar may be theirs, too, and goes with its last owner.
        for companion in sorted(step.along, key=lambda c: not moves(c.location)):
            source = path_of(companion.location)
            if os.path.lexists(source) and not self._stays(companion, step):
                self._take(source, companion, step)

    def must_have_room(self, step: Step) -> None:
        """Raises ActionError where one of them cannot come back, OSError."""
        for one in self._waiting(step):
            must_be_free(one.source, one.target, one.content, one.state)

    def bring_back(self, step: Step) -> None:
        """Bring all of this image's back, those too that went with another. Raises ActionError, OSError."""
        for one in self._waiting(step):
            bring_back(one.source, one.target, one.content, one.state)
            forget(one.target)

    def _take(self, source: Path, companion: Companion, step: Step) -> None:
        state = self._must_be_movable(source, companion)
        content = sha256(source)
        state.put_on(source)  # reading it may have changed its time of access
        note = {"place": companion.location, "content": content, "file": asdict(state)}
        self.journal.record(step.number, StepMark.ALONG, **note)
        self._noted[companion.location] = note
        carry(source, self.target(companion), content, state)

    def _stays(self, companion: Companion, step: Step) -> bool:
        """Whether another of its owners is there, or a place that is protected keeps it."""
        others = owners(companion.location) - {as_listed(step.location)}
        there = any(os.path.lexists(path_of(owner)) for owner in others)
        return there or guarded(companion, self.plan.policy) is not None

    def _must_be_movable(self, source: Path, companion: Companion) -> FileState:
        must_be_inside(source, self.plan.roots)
        state = FileState.of(source)
        if (state.size, state.mtime_ns) != (companion.bytes, companion.mtime_ns):
            raise ActionError(f"{source} was changed since the plan was made: make a new plan.")
        return state

    def _waiting(self, step: Step) -> Iterator[Waiting]:
        for companion in step.along:
            target = self.target(companion)
            if target.exists():
                yield self._as_noted(companion, target)

    def _as_noted(self, companion: Companion, target: Path) -> Waiting:
        note = self._noted.get(companion.location)
        if note is None:
            raise ActionError(f"The journal knows nothing of {target}: it is left there.")
        return Waiting(path_of(companion.location), target, note["content"], FileState(**note["file"]))

    @cached_property
    def _noted(self) -> dict[str, Mapping[str, Any]]:
        """Location → what the journal says of a sidecar since it went last."""
        rows = self.journal.all_info(StepMark.ALONG)
        return {row["place"]: row for row in reversed(rows) if "to" not in row}
