"""An image takes the place and name of another, which went before; its sidecars come along, renamed, too."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from dupedash.actions.files.along import Waiting
from dupedash.actions.files.companions import as_listed, found_beside
from dupedash.actions.files.disk import FileState, must_be_inside, sha256
from dupedash.actions.files.displace import bring_back, carry, must_be_free
from dupedash.actions.guard import guarded
from dupedash.actions.journal import Journal, StepMark
from dupedash.actions.plan import REMOVES, Plan, Step
from dupedash.collection import WritableCollection
from dupedash.errors import ActionError
from dupedash.images import path_of
from dupedash.images.files import printable
from dupedash.model import ById, Document, ImageRecord


class Taking:
    """The places that a plan gives to other images."""

    def __init__(self, plan: Plan, journal: Journal) -> None:
        self.plan, self.journal = plan, journal

    def take(self, step: Step) -> None:
        """Move the image and its sidecars, where that was not done. Raises ActionError, OSError."""
        source, target = path_of(step.location), path_of(step.place)
        if not _is(target, step) or source.exists():
            self.take_back(step)  # of what was interrupted
            self._must_be_movable(source, target, step)
            self.journal.record(step.number, StepMark.INTENT, folders=_times(source, target))
        # The image last: its name tells which sidecars are its own.
        for one, other in [*_sidecars(step, self.plan), (source, target)]:
            if os.path.lexists(one):
                self._carry(one, other, step)
        self.journal.record(step.number, StepMark.MOVED, folders=_times(source, target))

    def take_back(self, step: Step) -> None:
        """Move all back. Raises ActionError where that would overwrite something, OSError."""
        source, target = path_of(step.location), path_of(step.place)
        noted = [one for one in self._noted(step) if one.target.is_file()]
        away = [one for one in noted if sha256(one.target) == one.content]
        if source not in {one.source for one in away} and not _is(source, step):
            raise ActionError(f"{source} cannot come back: {target} was changed, or is gone.")
        for one in away:
            must_be_free(one.source, one.target, one.content, one.state)
        now = _times(source, target)
        for one in away:
            bring_back(one.source, one.target, one.content, one.state)
        if away and now == self.journal.info(step.number, StepMark.MOVED).get("folders"):
            # Nobody else changed the folders since, so they get their own times back, too.
            before = self.journal.info(step.number, StepMark.INTENT)["folders"]
            for folder, time in zip((source.parent, target.parent), before, strict=True):
                os.utime(folder, ns=(folder.stat().st_atime_ns, time))

    def _must_be_movable(self, source: Path, target: Path, step: Step) -> None:
        must_be_inside(source, self.plan.roots)
        must_be_inside(target, self.plan.roots)
        stem = os.path.splitext(step.place)[0]
        freed = [other for other in self._going[step.group] if os.path.splitext(other)[0] == stem]
        for place in map(path_of, (*freed, step.place)):
            if os.path.lexists(place):
                raise ActionError(f"{place} is there still: {source} cannot take its place.")
        if not _is(source, step):
            raise ActionError(f"{source} was changed since the plan was made: it is left alone.")

    @cached_property
    def _going(self) -> Mapping[str, list[str]]:
        """Group → locations of its images that go."""
        found: dict[str, list[str]] = defaultdict(list)
        for step in self.plan.steps:
            if step.kind in REMOVES:
                found[step.group].append(step.location)
        return found

    def _carry(self, source: Path, target: Path, step: Step) -> None:
        state = FileState.of(source)
        content = sha256(source)
        state.put_on(source)  # reading it may have changed its time of access
        place = printable(source)
        note: dict[str, Any] = {"place": place, "to": printable(target), "by": step.number}
        note |= {"content": content, "file": asdict(state)}
        self.journal.record(step.number, StepMark.ALONG, **note)
        self._rows[step.number][place] = note
        carry(source, target, content, state)

    def _noted(self, step: Step) -> list[Waiting]:
        """What the journal says that this step moved, since it was done last."""
        return [
            Waiting(path_of(row["place"]), path_of(row["to"]), row["content"], FileState(**row["file"]))
            for row in self._rows[step.number].values()
        ]

    @cached_property
    def _rows(self) -> Mapping[int, dict[str, Mapping[str, Any]]]:
        """Step → place → the latest row about it."""
        found: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
        for row in reversed(self.journal.all_info(StepMark.ALONG)):
            if "by" in row:
                found[row["by"]][row["place"]] = row
        return found


def moved(record: ImageRecord, location: str, collection: WritableCollection) -> Document:
    """The document of an image at another place, with all that is known of it."""
    return Document(record.id, location, record.fields, collection.analyze(ById(record.id)))


def _is(path: Path, step: Step) -> bool:
    """Whether the image of the step is at this place."""
    return path.is_file() and not path.is_symlink() and sha256(path) == step.content


def _times(source: Path, target: Path) -> list[int]:
    """When the two folders were changed, in nanoseconds."""
    return [path.parent.stat().st_mtime_ns for path in (source, target)]


def _sidecars(step: Step, plan: Plan) -> Iterator[tuple[Path, Path]]:
    """Those of this image alone, and where they go."""
    name, new = (os.path.basename(as_listed(place)) for place in (step.location, step.place))
    folder = os.path.dirname(as_listed(step.place))
    for found in found_beside(step.location):
        place = found.companion.location
        own = found.travels and found.owners == {as_listed(step.location)}
        if own and not guarded(found.companion, plan.policy):
            yield path_of(place), path_of(os.path.join(folder, _renamed(os.path.basename(place), name, new)))


def _renamed(sidecar: str, name: str, new: str) -> str:
    """As its image is: "b.jpg.xmp" of "b.jpg" becomes "a.jpg.xmp", "b.xmp" "a.xmp"."""
    for old, other in ((name, new), (os.path.splitext(name)[0], os.path.splitext(new)[0])):
        if sidecar.lower().startswith(old.lower()):
            return other + sidecar[len(old) :]
    return sidecar
