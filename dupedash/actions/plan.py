"""A plan: what would be done, to which images, and why. A value that touches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from dupedash.errors import ActionError
from dupedash.fieldjson import value_of_json, value_to_json
from dupedash.images.metadata.facts import Fact
from dupedash.keepers import UNSURE, Policy
from dupedash.model import FieldValue

_VERSION = 1  # counts changes of a plan as JSON

AnyValue = FieldValue | tuple[FieldValue, ...] | None
"""The value of a field; None: the image has no such field."""


class StepKind(StrEnum):
    """What is done to one image.

    QUARANTINE   the file moves into the quarantine, its document leaves the collection
    HARDLINK     the same, and a hard link to the keeper's file takes the file's place
    SYMLINK      the same with a symbolic link
    REMOVE       only the document leaves the collection; a file stays where it is
    LABEL        a field names the image it duplicates; nothing is removed
    MERGE        fields of the others are merged into the keeper
    TAKE_PLACE   the keeper moves to the place and name of one that went
    DESCRIBE     what only the others' files tell is written into an XMP sidecar of the keeper, or its file
    """

    QUARANTINE = "quarantine"
    HARDLINK = "hardlink"
    SYMLINK = "symlink"
    REMOVE = "remove"
    LABEL = "label"
    MERGE = "merge"
    DESCRIBE = "describe"
    TAKE_PLACE = "take place"


TOUCHES_FILES = frozenset({StepKind.QUARANTINE, StepKind.HARDLINK, StepKind.SYMLINK})
REMOVES = TOUCHES_FILES | {StepKind.REMOVE}
"""The steps after which an image is no longer in the collection."""
ADDS = frozenset({StepKind.MERGE, StepKind.DESCRIBE})
"""The steps that add to the image that stays, before the others go."""
KEEPS = ADDS | {StepKind.TAKE_PLACE}
"""The steps that are done to the image that stays."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; None: not there."""

    field: str
    old: AnyValue
    new: AnyValue


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that belongs to a picture, as the plan saw it; `mtime_ns`: when its bytes were changed."""

    location: str
    bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact before and after; () where it is not known.

    differing  location of an image that goes, and what it tells instead: that is not taken
    """

    fact: Fact
    old: tuple[str, ...]
    new: tuple[str, ...]
    differing: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What is written into the sidecar or image at `location`. `before`: as it is; None: it is new."""

    location: str
    before: Companion | None
    changes: tuple[FactChange, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One image, one thing to do.

    id, location, content, bytes   the image that is changed, as the plan saw it (content: SHA-256 or None)
    keeper    the image that stays in its place; of a step that KEEPS the image itself
    group     key of its group
    beside    files that belong to the one that goes and stay where they are
    along     sidecars that go where it goes; one of several images goes with the last of them
    writes    of a DESCRIBE step: the sidecar, or the image itself
    place     of a TAKE_PLACE step: where the image goes
    partner   the other half of a shot, which goes with an image: nothing that stays stands in for it
    """

    number: int
    kind: StepKind
    id: str
    keeper: str
    group: str
    location: str
    content: str | None
    bytes: int | None
    reason: str
    changes: tuple[FieldChange, ...] = ()
    beside: tuple[str, ...] = ()
    along: tuple[Companion, ...] = ()
    writes: Description | None = None
    place: str = ""
    partner: bool = False

    @property
    def rewrites(self) -> bool:
        """Whether the image's own file is written to, which gives it another content."""
        return self.writes is not None and self.writes.location == self.location


@dataclass(frozen=True, slots=True)
class Member:
    """An image of a planned group, as the plan saw it."""

    id: str
    location: str
    content: str | None


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """One group and what was chosen. `kept`: id → why it stays too; `decided`: what settled the choice."""

    key: str
    members: tuple[Member, ...]
    keeper: str
    why: str
    decided: str
    kept: Mapping[str, str] = field(default_factory=dict)
    protected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps, in the order in which they are done.

    engine  of the collection, which tells collections of one name apart
    roots   no file outside these folders is touched
    """

    id: str
    created: datetime
    collection: str
    engine: str
    scan: str
    threshold: float
    action: StepKind
    policy: Policy
    roots: tuple[str, ...] = ()
    groups: tuple[PlannedGroup, ...] = ()
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[PlannedGroup, ...]:
        """The groups of which something is done."""
        return tuple(group for group in self.groups if group.decided != UNSURE)

    @property
    def unsure(self) -> tuple[PlannedGroup, ...]:
        """The groups that are left whole: nothing shows which image is the edited one."""
        return tuple(group for group in self.groups if group.decided == UNSURE)

    @property
    def removed(self) -> frozenset[str]:
        """The images that would leave the collection."""
        return frozenset(step.id for step in self.steps if step.kind in REMOVES)

    @property
    def beside(self) -> int:
        """How many files that belong to those that go would stay behind."""
        return len({place for step in self.steps for place in step.beside})

    @property
    def along(self) -> int:
        """How many sidecars would go with their images."""
        return len({companion for step in self.steps for companion in step.along})

    @property
    def bytes(self) -> int:
        """Bytes of the files that would go (a quarantine must be emptied before the disk gains them)."""
        return bytes_of(self.steps)

    def to_json(self) -> dict[str, Any]:
        """For `json`; `of_json` reads it back equal."""
        return {
            "version": _VERSION,
            **_attributes(self),
            "created": self.created.isoformat(),
            "policy": self.policy.to_json(),
            "groups": [_group_to_json(group) for group in self.groups],
            "steps": [_step_to_json(step) for step in self.steps],
        }

    @staticmethod
    def of_json(data: Any) -> Plan:
        """Raises ActionError for anything that is not a plan of this version."""
        if not isinstance(data, Mapping) or data.get("version") != _VERSION:
            raise ActionError(f"This is not a plan of version {_VERSION}: make a new one.")
        try:
            return Plan(
                id=data["id"],
                created=datetime.fromisoformat(data["created"]),
                collection=data["collection"],
                engine=data["engine"],
                scan=data["scan"],
                threshold=float(data["threshold"]),
                action=StepKind(data["action"]),
                policy=Policy.of_json(data["policy"]),
                roots=tuple(data["roots"]),
                groups=tuple(_group_of_json(item) for item in data["groups"]),
                steps=tuple(_step_of_json(item) for item in data["steps"]),
                warnings=tuple(data["warnings"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ActionError(f"The plan is damaged ({error!r}): make a new one.") from error


def bytes_of(steps: Iterable[Step]) -> int:
    """Bytes of the files that these steps move, sidecars included."""
    moving = [step for step in steps if step.kind in TOUCHES_FILES]
    along = {companion for step in moving for companion in step.along}
    return sum(step.bytes or 0 for step in moving) + sum(companion.bytes for companion in along)


def _attributes(value: Plan | PlannedGroup | Step) -> dict[str, Any]:
    return {attribute.name: getattr(value, attribute.name) for attribute in fields(value)}


def _group_to_json(group: PlannedGroup) -> dict[str, Any]:
    members = [[m.id, m.location, m.content] for m in group.members]
    return {**_attributes(group), "members": members, "protected": sorted(group.protected)}


def _group_of_json(data: Mapping[str, Any]) -> PlannedGroup:
    members = tuple(Member(*member) for member in data["members"])
    known = {**data, "kept": dict(data["kept"]), "protected": frozenset(data["protected"])}
    return PlannedGroup(**{**known, "members": members})


def _step_to_json(step: Step) -> dict[str, Any]:
    changes = [[c.field, value_to_json(c.old), value_to_json(c.new)] for c in step.changes]
    along = [_companion_to_json(companion) for companion in step.along]
    writes = _description_to_json(step.writes) if step.writes else None
    return {**_attributes(step), "changes": changes, "along": along, "writes": writes}


def _step_of_json(data: Mapping[str, Any]) -> Step:
    changes = tuple(FieldChange(f, value_of_json(o), value_of_json(n)) for f, o, n in data["changes"])
    beside = tuple(data.get("beside", ()))  # plans of earlier versions say nothing of it
    along = tuple(Companion(*companion) for companion in data.get("along", ()))
    writes = _description_of_json(data["writes"]) if data.get("writes") else None
    known = {**data, "kind": StepKind(data["kind"]), "changes": changes, "beside": beside, "along": along}
    return Step(**{**known, "writes": writes})


def _companion_to_json(companion: Companion) -> list[Any]:
    return [companion.location, companion.bytes, companion.mtime_ns]


def _description_to_json(description: Description) -> dict[str, Any]:
    before = _companion_to_json(description.before) if description.before else None
    changes = [[str(c.fact), c.old, c.new, c.differing] for c in description.changes]
    return {"location": description.location, "before": before, "changes": changes}


def _description_of_json(data: Mapping[str, Any]) -> Description:
    before = Companion(*data["before"]) if data["before"] else None
    return Description(data["location"], before, tuple(_fact_of_json(*change) for change in data["changes"]))


def _fact_of_json(fact: str, old: list[str], new: list[str], differing: list[Any]) -> FactChange:
    told = tuple((place, tuple(values)) for place, values in differing)
    return FactChange(Fact(fact), tuple(old), tuple(new), told)
