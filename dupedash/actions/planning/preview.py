"""What a plan would do to many groups, worked out group by group and remembered.

A threshold that is moved a little leaves most groups as they are, so only the others are looked at again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np

from dupedash.actions.files.companions import Found, as_listed
from dupedash.actions.plan import REMOVES, TOUCHES_FILES, Plan
from dupedash.actions.planning.draft import DraftStep, GroupDraft, drafts
from dupedash.actions.planning.group import GroupToClear
from dupedash.actions.planning.plans import draw_plan, plan_of, taken_along
from dupedash.actions.planning.wish import Head, Wish
from dupedash.groups.graph import Cut

ReadGroups = Callable[[Sequence[int]], list[GroupToClear]]
"""Numbers of groups → what is to be chosen from."""
FIRST, KEPT = 12, 200
"""Groups of which whole drafts are kept: the first ones of a list, and so many in all."""
GroupName = tuple[bytes, int, frozenset[str]]
"""The members of a group, how many of their matches count, and which of them were chosen by hand."""


class Scope(StrEnum):
    """Which groups a plan takes; those that were decided to stay are never among them."""

    SAFE = "What was reviewed, and exact copies"
    REVIEWED = "Only what was reviewed"
    ALL = "Also what nobody has looked at"


@dataclass(frozen=True, slots=True)
class Beside:
    """The files beside images that go.

    behind, along, bytes   how many stay where they are, how many go, too, and how large these are
    shared                 those that go as soon as their owners in other groups go
    owning                 the images that go and own one of `shared`, by location
    """

    behind: int = 0
    along: int = 0
    bytes: int = 0
    shared: tuple[Found, ...] = ()
    owning: frozenset[str] = frozenset()

    @staticmethod
    def of(steps: Sequence[DraftStep]) -> Beside:
        """Beside the images of these steps, as far as one group tells."""
        going = {as_listed(step.record.location) for step in steps}
        found = {f.companion.location: f for step in steps for f in step.found}
        along = taken_along(found.values(), going)
        moving = going | along.keys()
        left = [f for place, f in found.items() if place not in moving]
        shared = tuple(f for f in left if f.travels and f.owners & going)
        owning = frozenset(going).intersection({owner for f in shared for owner in f.owners})
        size = sum(companion.bytes for companion in along.values())
        return Beside(len(left) - len(shared), len(along), size, shared, owning)

    @staticmethod
    def sum(parts: Sequence[Beside]) -> Beside:
        """Of all groups together."""
        owning = frozenset(owner for part in parts for owner in part.owning)
        shared = {f.companion.location: f for part in parts for f in part.shared}
        along = taken_along(shared.values(), owning)
        return Beside(
            sum(part.behind for part in parts) + len(shared) - len(along),
            sum(part.along for part in parts) + len(along),
            sum(part.bytes for part in parts) + sum(companion.bytes for companion in along.values()),
        )


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """What a plan would do to one group.

    decided                 what settled its keeper, "" where nothing is done
    steps, removed, bytes   what would be done, how many images would go, how large they are
    beside                  the files that belong to those that go
    held, open              left alone by a decision; nobody decided about it yet
    unsure                  left whole: nothing shows which image is the edited one
    weakest                 the lowest score of its matches
    """

    decided: str = ""
    steps: int = 0
    removed: int = 0
    bytes: int = 0
    beside: Beside = Beside()
    held: bool = False
    open: bool = True
    unsure: bool = False
    weakest: float = 1.0
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over all groups. `groups` of them would change; `decided`: by what, and how often.

    unsure              groups that are left whole since nothing shows which image is the edited one
    left, left_images   groups that nobody looked at and the scope leaves alone, and what would go of them
    unseen              those of `groups` that nobody looked at and that are not exact copies
    beside, along       files that belong to the images that go: those that stay, those that go with them
    """

    groups: int = 0
    steps: int = 0
    removed: int = 0
    bytes: int = 0
    beside: int = 0
    along: int = 0
    held: int = 0
    open: int = 0
    unsure: int = 0
    left: int = 0
    left_images: int = 0
    unseen: int = 0
    decided: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What was worked out for one policy and action; whole drafts only of groups that were shown lately."""

    effects: dict[GroupName, GroupEffect] = field(default_factory=dict)
    drafts: dict[GroupName, GroupDraft] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Preview:
    """A wish over all groups of a cut.

    scope     which groups it takes
    exact     the score from which on images are exact copies
    known     what was worked out for this policy and action before; it is added to
    """

    cut: Cut
    wish: Wish
    head: Head
    read: ReadGroups
    scope: Scope
    exact: float
    known: Known

    @cached_property
    def names(self) -> list[GroupName]:
        """By number of the group."""
        m, cut = self.cut.graph.matches, self.cut
        inside = cut.inside
        links = np.bincount(cut.label[m.a[inside]], minlength=len(cut)).tolist()
        by_hand: dict[int, set[str]] = {}
        for image_id in self.wish.pinned:
            if (number := cut.find(image_id)) is not None:
                by_hand.setdefault(number, set()).add(image_id)
        none: frozenset[str] = frozenset()
        return [
            (cut.indices(n).tobytes(), links[n], frozenset(by_hand[n]) if n in by_hand else none)
            for n in range(len(cut))
        ]

    def missing(self) -> list[int]:
        """The groups that are still to be looked at."""
        return [number for number, name in enumerate(self.names) if name not in self.known.effects]

    def work_out(self, numbers: Sequence[int]) -> None:
        """Look at these groups."""
        groups = self.read(numbers)
        drawn = drafts(groups, self.wish, self.head)
        for number, group, drafted in zip(numbers, groups, drawn, strict=True):
            name = self.names[number]
            self.known.effects[name] = _effect(group, drafted)
            if number < FIRST:  # the largest ones, which cost the most and begin the list
                self._keep(name, drafted)

    def planned(self) -> list[int]:
        """The groups that would change, once all are worked out."""
        return [number for number, effect in self._effects() if self._counts(effect)]

    def totals(self) -> Totals:
        """The sums, once all groups are worked out."""
        effects = [effect for _, effect in self._effects()]
        counted = [effect for effect in effects if self._counts(effect)]
        left = [effect for effect in effects if effect.decided and not self._takes(effect)]
        taken = [effect for effect in effects if self._takes(effect)]
        beside = Beside.sum([effect.beside for effect in counted])
        return Totals(
            groups=len(counted),
            steps=sum(effect.steps for effect in counted),
            removed=sum(effect.removed for effect in counted),
            bytes=sum(effect.bytes for effect in counted) + beside.bytes,
            beside=beside.behind,
            along=beside.along,
            held=sum(effect.held for effect in effects),
            open=sum(effect.open for effect in effects),
            unsure=sum(effect.unsure for effect in effects),
            left=len(left),
            left_images=sum(effect.removed or effect.steps for effect in left),
            unseen=sum(effect.open and not self._exact(effect) for effect in counted),
            decided=Counter(effect.decided for effect in counted),
            notes=[note for effect in taken for note in effect.notes],
        )

    def page(self, numbers: Sequence[int]) -> Plan:
        """The plan of these few groups alone. Raises ActionError."""
        known, names = self.known.drafts, self.names
        new = [number for number in numbers if names[number] not in known]
        for number, drafted in zip(new, drafts(self.read(new), self.wish, self.head), strict=True):
            self._keep(names[number], drafted)
        return plan_of([known[names[number]] for number in numbers], self.wish, self.head)

    def whole(self) -> Plan:
        """The plan of all groups, once they are worked out. Raises ActionError."""
        taken = [number for number, effect in self._effects() if self._takes(effect)]
        return draw_plan(self.read(taken), self.wish, self.head)

    def _keep(self, name: GroupName, drafted: GroupDraft) -> None:
        drafts = self.known.drafts
        drafts[name] = drafted
        while len(drafts) > KEPT:
            drafts.pop(next(iter(drafts)), None)

    def _effects(self) -> Iterator[tuple[int, GroupEffect]]:
        return ((number, self.known.effects[name]) for number, name in enumerate(self.names))

    def _counts(self, effect: GroupEffect) -> bool:
        return bool(effect.decided) and self._takes(effect)

    def _takes(self, effect: GroupEffect) -> bool:
        if not effect.open or self.scope is Scope.ALL:
            return True
        return self.scope is Scope.SAFE and self._exact(effect)

    def _exact(self, effect: GroupEffect) -> bool:
        return effect.weakest >= float(np.float32(self.exact))  # scores are kept as such numbers


def _effect(group: GroupToClear, drafted: GroupDraft) -> GroupEffect:
    held, notes = group.held is not None, tuple(drafted.warnings)
    if drafted.planned is None:
        return GroupEffect(held=held, open=group.open, notes=notes)
    others = drafted.others
    if not others:
        return GroupEffect(held=held, open=group.open, unsure=True, notes=notes)
    return GroupEffect(
        decided=drafted.planned.decided,
        steps=len(others) + len(drafted.merges) + len(drafted.afterwards),
        removed=sum(step.kind in REMOVES for step in others),
        bytes=sum(step.record.bytes or 0 for step in others if step.kind in TOUCHES_FILES),
        beside=Beside.of(others),
        held=held,
        open=group.open,
        weakest=group.weakest,
        notes=notes,
    )
