"""Write a sidecar, or into an image, so that undo brings back every byte of the one before, or leaves none.

The earlier one gets a second name in the quarantine first; then the new one takes its place in one step. Both
ways look at what is there before they do anything, so each may be gone again when interrupted.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dupedash.actions.files.companions import look_again
from dupedash.actions.files.disk import (
    FileState,
    discard_part,
    give_back,
    install,
    keep_second,
    must_be_inside,
    sha256,
)
from dupedash.actions.files.displace import aside, forget
from dupedash.actions.journal import Journal, StepMark
from dupedash.actions.plan import Description, Plan, Step
from dupedash.collection import WritableCollection
from dupedash.errors import ActionError
from dupedash.images import path_of
from dupedash.images.metadata.inside import NoPlace, packet_in, with_packet
from dupedash.images.metadata.packet import NoPacket, written
from dupedash.model import Document, Failure


class Writing:
    """The sidecars and images that a plan writes to."""

    def __init__(self, plan: Plan, journal: Journal, quarantine: Path) -> None:
        self.plan, self.journal, self.quarantine = plan, journal, quarantine

    def write(self, step: Step) -> None:
        """Write what the step says, where that was not done. Raises ActionError, OSError."""
        description, source, target = self._places(step)
        noted = self.journal.info(step.number, StepMark.INTENT)
        if noted and os.path.lexists(source) and sha256(source) == noted["new"]:
            return
        must_be_inside(source, self.plan.roots)
        state, old = _before(source, description)
        new = _with(step, old)
        note = {"old": old and _sum(old), "file": state and asdict(state), "new": _sum(new)}
        folder = source.parent.stat().st_mtime_ns
        self.journal.record(step.number, StepMark.INTENT, place=str(source), folder_ns=folder, **note)
        if old is not None:
            keep_second(source, target, _sum(old))
        mode = state.mode if state else None
        install(new, _sum(new), source, over=old is not None, mode=mode, alike=step.rewrites)
        look_again()

    def take_back(self, step: Step) -> None:
        """Bring back what was there before, overwriting nothing else. Raises ActionError, OSError."""
        _, source, target = self._places(step)
        noted = self.journal.info(step.number, StepMark.INTENT)
        if not noted:
            return
        discard_part(source, noted["new"])
        discard_part(target, noted["old"] or "")
        folder = source.parent.stat().st_mtime_ns
        if self._restore(step, source, target, noted):
            self._put_back_time(source.parent, step, noted, folder)
        if target.exists() and noted["old"] == sha256(source):
            target.unlink()
        forget(target)

    def _places(self, step: Step) -> tuple[Description, Path, Path]:
        description = _described(step)
        target = aside(self.quarantine, self.plan, step, description.location)
        return description, path_of(description.location), target

    def _restore(self, step: Step, source: Path, target: Path, noted: Mapping[str, Any]) -> bool:
        """Whether anything was to be done."""
        now = sha256(source) if os.path.lexists(source) else None
        if now == noted["old"]:
            return False
        if now != noted["new"] and (now is not None or step.rewrites):
            raise ActionError(f"{source} was changed since: it is left as it is.")
        if noted["old"] is None:
            source.unlink()
        else:
            give_back(target, source, noted["old"])
            FileState(**noted["file"]).put_on(source)
        return True

    def _put_back_time(self, folder: Path, step: Step, noted: Mapping[str, Any], now: int) -> None:
        """The folder gets its own time back, where nobody else changed it since."""
        if now == self.journal.info(step.number, StepMark.MOVED).get("folder_ns"):
            os.utime(folder, ns=(folder.stat().st_atime_ns, noted["folder_ns"]))


class Rewritten:
    """What the images that a plan writes into may contain: what the plan saw, or what was written."""

    def __init__(self, plan: Plan, journal: Journal) -> None:
        self.journal = journal
        self._steps = {step.id: step.number for step in plan.steps if step.rewrites}

    def contents(self, image_id: str, planned: str | None) -> frozenset[str | None]:
        """SHA-256 of each, that of the plan among them."""
        number = self._steps.get(image_id)
        written = None if number is None else self.journal.info(number, StepMark.INTENT).get("new")
        return frozenset({planned, written or planned})


def read_again(steps: Sequence[Step], collection: WritableCollection) -> list[Failure]:
    """Tell the collection of the images that were written to: their pixels must be the same as before."""
    rewritten = [step.id for step in steps if step.rewrites]
    before = collection.records(rewritten)
    failures = collection.add([Document(r.id, r.location, r.fields) for r in before])
    collection.commit()
    known = {record.id: record.pixels for record in before}
    for record in collection.records(rewritten):
        if known[record.id] not in (None, record.pixels):
            failures.append(Failure(record.id, f"{record.location} would show another picture."))
    return failures


def _before(source: Path, description: Description) -> tuple[FileState | None, bytes | None]:
    """What is there now, which must be what the plan saw. Raises ActionError, OSError."""
    if description.before is None:
        if os.path.lexists(source):
            raise ActionError(f"{source} came into being since the plan was made: make a new plan.")
        return None, None
    state = FileState.of(source)
    if (state.size, state.mtime_ns) != (description.before.bytes, description.before.mtime_ns):
        raise ActionError(f"{source} was changed since the plan was made: make a new plan.")
    old = source.read_bytes()
    state.put_on(source)  # reading it may have changed its time of access
    return state, old


def _with(step: Step, old: bytes | None) -> bytes:
    description = _described(step)
    changes = {change.fact: change.new for change in description.changes if change.new != change.old}
    try:
        if step.rewrites and old is not None:
            return with_packet(old, written(packet_in(old), changes))
        return written(old, changes)
    except (NoPacket, NoPlace) as error:
        raise ActionError(f"{description.location} cannot be added to: {error}.") from error


def _described(step: Step) -> Description:
    if step.writes is None:
        raise ActionError(f"Step {step.number} does not say what is to be written: make a new plan.")
    return step.writes


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
