"""One group before the choice: as the collection and the decisions are now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np
import numpy.typing as npt

from dupedash.collection import Collection as ImageCollection
from dupedash.groups.graph import Cut, DuplicateGraph, Matches, Strictness
from dupedash.keepers import Choice, Policy, choose, equal_pairs
from dupedash.keepers.originals import Explanations
from dupedash.model import Edits, ImageRecord
from dupedash.review import HELD, Decisions, Verdict, apply_decisions, image_key, spared, standing
from dupedash.scans import MatchEdits

Tell = Callable[[Matches], MatchEdits]
"""What tells the edited image of each match (`StoredScan.edits`)."""


@dataclass(frozen=True, slots=True)
class GroupToClear:
    """One group before the choice.

    links   the pairs that match directly, `scores` theirs; None: all do, since somebody decided so
    equal   those of them that are equal in content; None: what is the better copy decides between all
    spared  id → why it stays, decided by people
    held    the decision for which nothing of the group is planned, or None
    open    nobody decided about it yet
    chosen  the images that people chose to stay, where they did
    weakest the lowest score of its matches; 0 where some show one moment only, and are no copies
    stands  where given, an image goes only where one of these stays for it
    apart   those of the pairs that show one moment and are no copies
    """

    key: str
    records: tuple[ImageRecord, ...]
    links: tuple[tuple[str, str], ...] | None
    equal: frozenset[tuple[str, str]] | None = None
    explanations: Explanations = field(default_factory=dict)
    spared: Mapping[str, str] = field(default_factory=dict)
    held: str | None = None
    open: bool = True
    chosen: frozenset[str] = frozenset()
    weakest: float = 1.0
    scores: tuple[float, ...] = ()
    stands: frozenset[str] | None = None
    apart: frozenset[tuple[str, str]] = frozenset()

    def of(self, records: Sequence[ImageRecord]) -> GroupToClear:
        """Some images of the group by themselves, whatever people decided about it."""
        if len(records) == len(self.records):
            return self
        ids = {record.id for record in records}
        links = None if self.links is None else tuple(pair for pair in self.links if ids.issuperset(pair))
        equal = None if self.equal is None else frozenset(p for p in self.equal if ids.issuperset(p))
        told = {pair: edits for pair, edits in self.explanations.items() if ids.issuperset(pair)}
        return GroupToClear(self.key, tuple(records), links, equal, told)

    def choose(self, policy: Policy, pinned: Collection[str] = ()) -> Choice:
        """The keeper of this group by a policy.

        `pinned` goes before the one that people chose when they decided; of several all stay, too.
        """
        here = {record.id for record in self.records}.intersection(pinned)
        by_hand = here | self.chosen if len(self.chosen) > 1 else here or self.chosen
        choice = choose(
            self.records,
            policy,
            links=self.links,
            equal=self.equal,
            explanations=self.explanations,
            pinned=by_hand,
            spared=self.spared,
            apart=self.apart,
        )
        return choice if self.stands is None else choice.only_for(self.stands)


def groups_to_clear(
    matches: Matches,
    threshold: float,
    collection: ImageCollection,
    decisions: Decisions,
    tell: Tell | None = None,
    strictness: Strictness = Strictness.COMPONENT,
) -> list[GroupToClear]:
    """The groups at a threshold as the collection and the decisions are now.

    Images that left the collection since the scan are left out, and with them groups of one.
    """
    there = set(collection.ids())
    records = {r.id: r for r in collection.records([i for i in matches.ids if i in there])}
    keys = {image_id: image_key(record, collection.name) for image_id, record in records.items()}
    cut = DuplicateGraph(among(apply_decisions(matches, keys, decisions), there)).cut(threshold, strictness)
    edits = tell(cut.graph.matches) if tell else None
    return groups_of_cut(cut, range(len(cut)), records, collection.name, decisions, edits)


def groups_of_cut(
    cut: Cut,
    numbers: Iterable[int],
    records: Mapping[str, ImageRecord],
    collection: str,
    decisions: Decisions,
    edits: MatchEdits | None = None,
) -> list[GroupToClear]:
    """Some groups of a cut. `records`: of all their members, as they are now; `collection`: its name; `edits`
    of the matches of its graph."""
    found = []
    for number in numbers:
        links = cut.links(number)
        pairs = _pairs(cut.graph.matches, links)
        copies = ~cut.graph.of_moment[links]
        known = _known(pairs, edits.at(links), copies) if edits else {}
        scores = tuple((cut.graph.matches.score[links] * copies).tolist())
        members = cut.members(number)
        images = {image_id: image_key(records[image_id], collection) for image_id in members}
        decision = decisions.of(list(images.values()))
        confirmed = decision is not None and decision.verdict is Verdict.DUPLICATE
        found.append(
            GroupToClear(
                members[0],
                tuple(records[image_id] for image_id in members),
                None if confirmed else pairs,
                None if confirmed else equal_pairs(zip(pairs, scores, strict=True), known),
                known,
                spared(images, decisions),
                f"{decision.verdict} ({decision.who})" if decision and decision.verdict in HELD else None,
                standing(list(images.values()), decisions) is None,
                decision.staying(images) if confirmed and decision else frozenset(),
                float(cut.weakest[number]) if copies.all() else 0.0,
                scores,
                apart=frozenset(pair for pair, copy in zip(pairs, copies.tolist(), strict=True) if not copy),
            )
        )
    return found


def _pairs(matches: Matches, links: npt.NDArray[np.int64]) -> tuple[tuple[str, str], ...]:
    """The ids of the matches with these numbers."""
    ends = zip(matches.a[links].tolist(), matches.b[links].tolist(), strict=True)
    return tuple((matches.ids[a], matches.ids[b]) for a, b in ends)


def _known(
    pairs: Sequence[tuple[str, str]], edits: Sequence[Edits | None], copies: npt.NDArray[np.bool_]
) -> dict[tuple[str, str], Edits]:
    """What tells the edited image of each pair of copies: of two frames of a burst neither is."""
    told = zip(pairs, edits, copies.tolist(), strict=True)
    return {pair: edit for pair, edit, copy in told if copy and edit is not None}


def among(matches: Matches, there: Collection[str]) -> Matches:
    """The matches between images that are still there."""
    kept = np.fromiter((image_id in there for image_id in matches.ids), bool, len(matches.ids))
    if kept.all():
        return matches
    pairs = matches.take(kept[matches.a] & kept[matches.b])
    place = (np.cumsum(kept) - 1).astype(np.int32)
    ids = tuple(compress(matches.ids, kept))
    sides = None if matches.sides is None else matches.sides[kept]
    return replace(pairs, ids=ids, a=place[pairs.a], b=place[pairs.b], sides=sides)
