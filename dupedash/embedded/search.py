"""The duplicates of one picture: identical ones by hash, others retrieved from the segments and verified."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dupedash.embedded import pairs
from dupedash.embedded.cache import Segment
from dupedash.embedded.describe import Descriptor
from dupedash.embedded.documents import Member
from dupedash.embedded.pairs import Judged, Memory, Ways
from dupedash.embedded.retrieve import MIN_VOTES, search
from dupedash.embedded.view import View, Views
from dupedash.model import DuplicateQuery, Hit, Hits

MOST_APPROXIMATE = 50
"""So many candidates are verified in an approximate search; Flow re-ranks as many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The query picture; `image_id` is the document that it is, which is no answer to itself."""

    picture: str
    content: str
    descriptor: Descriptor
    image_id: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that may be a duplicate, and whether it must be compared mirrored, as it is, or both."""

    picture: str
    votes: float
    ways: Ways


class Searcher:
    """Answers single queries, from any thread."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._memory = Memory()

    def duplicates(self, asked: Asked, how: DuplicateQuery, allowed: Collection[str] | None) -> Hits:
        """All at or above the threshold, best first; `allowed`: ids that the filters admit (None: all)."""
        view = self._views.now()

        def members(picture: str) -> list[Member]:
            some = view.pictures.get(picture, ())
            return [m for m in some if m.id != asked.image_id and (allowed is None or m.id in allowed)]

        hits = [hit for hit in _identical(members(asked.picture), asked) if hit.score >= how.threshold]
        if asked.descriptor.comparable:
            hits += self._similar(view, asked, how, members)
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return Hits(tuple(hits[: how.rows]), truncated=len(hits) > how.rows)

    def _similar(
        self, view: View, asked: Asked, how: DuplicateQuery, members: Callable[[str], list[Member]]
    ) -> Iterator[Hit]:
        found = retrieve(view, asked.descriptor, MIN_VOTES[how.smartfilter])
        found = [c for c in found if c.picture != asked.picture and members(c.picture)]
        if how.approximate:
            found = sorted(found, key=lambda c: (-c.votes, c.picture))[:MOST_APPROXIMATE]
        descriptors = self._views.descriptors(view, [c.picture for c in found])
        for candidate, descriptor in zip(found, descriptors, strict=True):
            judged = self._judged(asked, candidate, descriptor)
            if judged.score >= how.threshold:
                explanation = judged.explanation(asked.descriptor, descriptor)
                yield from (Hit(m.id, judged.score, explanation) for m in members(candidate.picture))

    def _judged(self, asked: Asked, candidate: Candidate, descriptor: Descriptor) -> Judged:
        key = (asked.picture, candidate.picture, candidate.ways)
        return self._memory.get(*key, lambda: pairs.judge(asked.descriptor, descriptor, candidate.ways))


def retrieve(view: View, descriptor: Descriptor, min_votes: float) -> list[Candidate]:
    """The pictures of the view that may be duplicates."""
    found: dict[str, list[tuple[float, bool]]] = {}
    for segment in view.segments:
        hits = search(segment.index, [descriptor], min_votes)
        for picture, mirrored, votes in zip(
            numbered(segment, hits.picture), hits.mirrored, hits.votes, strict=True
        ):
            if picture in view.pictures:
                found.setdefault(picture, []).append((float(votes), bool(mirrored)))
    return [
        Candidate(picture, max(v for v, _ in some), tuple(sorted({m for _, m in some})))
        for picture, some in found.items()
    ]


def numbered(segment: Segment, places: np.ndarray) -> Sequence[str]:
    """From places in a segment's index to pictures."""
    return [segment.pictures[number] for number in segment.index.numbers[places]]


def _identical(members: Sequence[Member], asked: Asked) -> Iterator[Hit]:
    for member in members:
        score, explanation = pairs.SAME_FILE if member.content == asked.content else pairs.SAME_PIXELS
        yield Hit(member.id, score, explanation)
