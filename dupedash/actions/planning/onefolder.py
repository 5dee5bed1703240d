"""Clearing one folder where another one has its images: groups narrowed to what lies in the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from dupedash.actions.planning.group import GroupToClear
from dupedash.folders import Shelf
from dupedash.groups.graph import Cut
from dupedash.groups.listing import having
from dupedash.model import ImageRecord
from dupedash.review import Decisions, image_key, standing

Pair = tuple[str, str]
Pairs = Mapping[Pair, Pair]
"""An image that is to go and one that stays → the match that stands for them: their own, or one between files
with the same pixels, in the same order."""


@dataclass(frozen=True, slots=True)
class FolderSides:
    """What is to be cleared, and what stays for it.

    folder, other   their paths; `other` is "" where everything else stays
    going, staying  ids of their images, `shared` those of `going` that match one of `staying`
    """

    folder: str
    other: str
    going: frozenset[str]
    staying: frozenset[str]
    shared: frozenset[str]

    @staticmethod
    def of(shelf: Shelf, folder: str, other: str) -> FolderSides:
        """Raises ConfigError, see `Shelf.sides`."""
        here, there = shelf.sides(folder, other)
        flags = (here, there, here & shelf.also_in(there))
        return FolderSides(folder, other, *(frozenset(shelf.ids_of(side)) for side in flags))

    @property
    def words(self) -> str:
        """Why the others stay."""
        return f"it lies in {self.other}, which stays" if self.other else f"it does not lie in {self.folder}"

    def groups(self, cut: Cut) -> Cut:
        """The groups in which something of the folder matches something that stays."""
        shared = np.fromiter((i in self.shared for i in cut.graph.matches.ids), bool, len(cut.label))
        wanted = np.append(having(cut, shared), False)  # the last one: images without a group
        return Cut(cut.graph, cut.threshold, np.where(wanted[cut.label], cut.label, -1).astype(np.int32))

    def narrowed(self, group: GroupToClear, decisions: Decisions, collection: str) -> GroupToClear:
        """The group without what matches nothing on the other side. `collection`: its name."""
        records = self._records(group) or group.records
        keys = [image_key(record, collection) for record in records]
        stay = {record.id: self.words for record in records if record.id in self.staying}
        about = replace(
            group,
            key=records[0].id,
            records=records,
            spared={**group.spared, **stay},
            open=standing(keys, decisions) is None,
            chosen=group.chosen.intersection(record.id for record in records),
            stands=self.staying,
        )
        return about if group.links is None else _linked(about, self._pairs(group))

    def narrowed_all(
        self, groups: Iterable[GroupToClear], decisions: Decisions, collection: str
    ) -> list[GroupToClear]:
        """Those of the groups that have something to go, narrowed."""
        wanted = (group for group in groups if any(r.id in self.shared for r in group.records))
        return [self.narrowed(group, decisions, collection) for group in wanted]

    def _records(self, group: GroupToClear) -> tuple[ImageRecord, ...]:
        """The images on either side whose picture is on the other one, or matches one there."""
        inside = [r for r in group.records if r.id in self.going or r.id in self.staying]
        if group.links is None:
            return tuple(inside)
        ends = {image_id for pair in self._pairs(group) for image_id in pair}
        here, there = self._sides(group)
        shown = {_picture(r) for r in inside if r.id in ends} | (here.keys() & there.keys())
        return tuple(r for r in inside if _picture(r) in shown)

    def _sides(self, group: GroupToClear) -> tuple[dict[str, str], dict[str, str]]:
        """Of what goes and of what stays: picture → an image that shows it."""
        here, there = (
            {_picture(r): r.id for r in reversed(group.records) if r.id in side}
            for side in (self.going, self.staying)
        )
        return here, there

    def _pairs(self, group: GroupToClear) -> dict[Pair, Pair]:
        """The matches between the two sides; where it needs them, those of other files of the same pixels."""
        picture = {record.id: _picture(record) for record in group.records}
        here, there = self._sides(group)
        links = [link for pair in group.links or () for link in (pair, pair[::-1])]
        own = [(a, b) for a, b in links if a in self.going and b in self.staying]
        found, told = {pair: pair for pair in own}, {(picture[a], picture[b]) for a, b in own}
        for a, b in links:
            shown = picture[a], picture[b]
            if shown[0] in here and shown[1] in there and shown[0] != shown[1] and shown not in told:
                found[here[shown[0]], there[shown[1]]] = a, b
                told.add(shown)
        return found


def _linked(group: GroupToClear, pairs: Pairs) -> GroupToClear:
    """The group with these matches instead of its own."""
    scores = dict(zip(group.links or (), group.scores, strict=True))
    turned = dict((p, s) if s in scores else (p[::-1], s[::-1]) for p, s in pairs.items())
    equal = group.equal or frozenset()
    return replace(
        group,
        links=tuple(turned),
        equal=frozenset((min(pair), max(pair)) for pair, source in turned.items() if source in equal),
        explanations={p: group.explanations[s] for p, s in turned.items() if s in group.explanations},
        scores=tuple(scores[source] for source in turned.values()),
        weakest=min((scores[source] for source in turned.values()), default=1.0),
    )


def _picture(record: ImageRecord) -> str:
    """What files of one picture have in common, as `keepers` takes it."""
    return record.pixels or record.content or record.id
