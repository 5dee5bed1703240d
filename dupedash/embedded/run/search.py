"""The duplicates of one picture: identical ones by hash, others looked up in the segments and compared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from dupedash.embedded.compare import pairs
from dupedash.embedded.compare.pairs import RecentScores, Ways
from dupedash.embedded.retrieve.index import MIN_VOTES, MOST_APPROXIMATE, CandidateRows
from dupedash.embedded.run.steps import Compare, LookUp, Prepare, SearchStep, Shelf, Source, Stored
from dupedash.embedded.run.warm import WARM_UP
from dupedash.embedded.store.documents import Searchable
from dupedash.embedded.store.snapshot import Snapshot, Snapshots, comparable_row
from dupedash.embedded.store.store import Store
from dupedash.errors import CollectionError
from dupedash.model import DuplicateQuery, Explanation, Hit, Hits
from dupedash.workers import NotStarted, Pool, WorkerLost

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """The query picture; `image_id` is the document that it is, which is no answer to itself."""

    picture: str
    content: str
    comparable: bool
    source: Source
    image_id: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that may be a duplicate, and whether it must be compared mirrored, as it is, or both."""

    picture: str
    votes: float
    ways: Ways


class Searcher:
    """Answers single queries, from any thread; in `processes` worker processes if there are to be any."""

    def __init__(self, store: Store, snapshots: Snapshots, processes: int = 0) -> None:
        self._snapshots = snapshots
        self._shelf = Shelf(store)
        self._scores = RecentScores()
        self._processes = processes
        shelf = partial(_shelf, store.folder)
        self._pool = Pool(_run, processes, prepare=shelf, warm_up=WARM_UP) if processes else None

    def close(self) -> None:
        """End the worker processes."""
        if self._pool is not None:
            self._pool.close()

    def prepare(self) -> None:
        """Load the snapshot, and what every process needs of it."""
        snapshot = self._snapshots.now()
        step = Prepare(tuple(segment.folder for segment in snapshot.segments))
        self._done(snapshot, [step] * (self._processes or 1))

    def duplicates(self, asked: Asked, how: DuplicateQuery, allowed: Collection[str] | None) -> Hits:
        """All at or above the threshold, best first; `allowed`: ids that the filters admit (None: all)."""
        snapshot = self._snapshots.now()

        def members(picture: str) -> list[Searchable]:
            some = snapshot.pictures.get(picture, ())
            return [m for m in some if m.id != asked.image_id and (allowed is None or m.id in allowed)]

        hits = [hit for hit in _identical(members(asked.picture), asked) if hit.score >= how.threshold]
        if asked.comparable:
            hits += self._similar(snapshot, asked, how, members)
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return Hits(tuple(hits[: how.rows]), truncated=len(hits) > how.rows)

    def _similar(
        self, snapshot: Snapshot, asked: Asked, how: DuplicateQuery,
        members: Callable[[str], list[Searchable]],
    ) -> Iterator[Hit]:  # fmt: skip
        folders = tuple(segment.folder for segment in snapshot.segments)
        least = MIN_VOTES[how.smartfilter]
        places = self._shared(snapshot, folders, lambda some: LookUp(tuple(some), asked.source, least))
        found = [c for c in candidates(snapshot, places) if c.picture != asked.picture and members(c.picture)]
        if how.approximate:
            found = sorted(found, key=lambda c: (-c.votes, c.picture))[:MOST_APPROXIMATE]
        for candidate, score, explanation in self._compared(snapshot, asked, how, found):
            if score >= how.threshold:
                yield from (Hit(m.id, score, explanation) for m in members(candidate.picture))

    def _compared(
        self, snapshot: Snapshot, asked: Asked, how: DuplicateQuery, found: Sequence[Candidate]
    ) -> Iterator[tuple[Candidate, float, Explanation | None]]:
        # An upload's hash is what its sender says: it must not speak for a picture of the collection.
        stored = isinstance(asked.source, Stored)
        fresh = []
        for candidate in found:
            score = self._scores.get(asked.picture, candidate.picture, candidate.ways) if stored else None
            if score is None or (how.explain and score >= how.threshold):
                fresh.append(candidate)
            else:
                yield candidate, score, None
        others = [(stored_picture(snapshot.pictures[c.picture]), c.ways) for c in fresh]
        explained = how.threshold if how.explain else None
        compared = self._shared(snapshot, others, lambda some: Compare(asked.source, tuple(some), explained))
        for candidate, (score, explanation) in zip(fresh, compared, strict=True):
            if score is None:
                continue
            if stored:
                self._scores.put(asked.picture, candidate.picture, candidate.ways, score)
            yield candidate, score, explanation

    def _shared(
        self, snapshot: Snapshot, items: Sequence[T], step: Callable[[Sequence[T]], SearchStep]
    ) -> list[Any]:
        """What a step says of each item, in their order; every process takes its share."""
        count = min(self._processes or 1, len(items))
        shares = self._done(snapshot, [step(items[first::count]) for first in range(count)])
        return [shares[place % count][place // count] for place in range(len(items))]

    def _done(self, snapshot: Snapshot, tasks: Sequence[SearchStep]) -> list[Any]:
        """What tasks say, in worker processes where there are some; what they cannot begin is done here.

        What ends a process would end this program as well. Raises CollectionError.
        """
        if self._pool is not None:
            try:
                return self._pool.ask_all(tasks)
            except (NotStarted, CollectionError):
                pass
            except WorkerLost as lost:
                raise CollectionError(f"This image cannot be compared: it {lost.reason}.") from lost
        self._shelf.hold({segment.folder: segment.index for segment in snapshot.segments})
        return [task.run(self._shelf) for task in tasks]


def _run(shelf: Shelf, task: SearchStep) -> Any:
    return task.run(shelf)


def _shelf(folder: Path) -> Shelf:
    return Shelf(Store(folder))


def stored_picture(members: Sequence[Searchable]) -> Stored:
    """Where the descriptor of the picture that these documents show is."""
    return Stored(comparable_row(members), members[0].pixels)


def candidates(snapshot: Snapshot, places: Sequence[CandidateRows]) -> list[Candidate]:
    """The pictures of the snapshot at these places of its segments, each once."""
    found: dict[str, list[tuple[float, bool]]] = {}
    for segment, hits in zip(snapshot.segments, places, strict=True):
        numbers = segment.index.numbers[hits.picture]
        for number, mirrored, votes in zip(numbers, hits.mirrored, hits.votes, strict=True):
            if (picture := segment.pictures[number]) in snapshot.pictures:
                found.setdefault(picture, []).append((float(votes), bool(mirrored)))
    return [
        Candidate(picture, max(v for v, _ in some), tuple(sorted({m for _, m in some})))
        for picture, some in found.items()
    ]


def _identical(members: Sequence[Searchable], asked: Asked) -> Iterator[Hit]:
    for member in members:
        score, explanation = pairs.SAME_FILE if member.content == asked.content else pairs.SAME_PIXELS
        yield Hit(member.id, score, explanation)
