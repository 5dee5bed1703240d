"""The part of a join that runs in worker processes: look up a block of pictures, verify what comes up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from dupedash.compiled import to_compile
from dupedash.embedded.compare import pairs
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.describe.soundness import check_thumbs, sound
from dupedash.embedded.model.vectors import NearPairs
from dupedash.embedded.retrieve.index import MIN_VOTES, MOST_APPROXIMATE, search
from dupedash.embedded.run.warm import compile_all
from dupedash.embedded.store.cache import Segment, load_segment
from dupedash.embedded.store.documents import Searchable
from dupedash.embedded.store.snapshot import DAMAGED, comparable_row
from dupedash.embedded.store.store import Store
from dupedash.groups.kinds import LEAST_ALIKE
from dupedash.model import ChangeKind, Explanation, Smartfilter


@dataclass(frozen=True, slots=True)
class Block:
    """Pictures that are looked up together, by their numbers in the plan."""

    numbers: tuple[int, ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PictureMatch:
    """Two pictures (numbers in the plan) that match.

    `forth` sees the other as made from the one; `back` the reverse, None where no pair of documents needs it.
    """

    one: int
    other: int
    score: float
    forth: Explanation
    back: Explanation | None


@dataclass(frozen=True, slots=True)
class Searched:
    """What came of a block: the matches, in the order of its pictures, and why pictures (by their numbers)
    could not be compared."""

    matches: tuple[PictureMatch, ...]
    failed: Mapping[int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Numbering:
    """All pictures of the segments, numbered in the order of their digests.

    rows       where the descriptor of each is; -1 for pictures that are gone
    first      the smallest id of a document that shows it; `several` where there are more documents
    scope, against, asked   bool for each: on that side of the comparison; looked up
    numbers    per segment: from places in its index to numbers of the plan
    series     of each: the series of frames to which it belongs, -1 for none
    """

    pictures: tuple[str, ...]
    rows: np.ndarray
    first: tuple[str, ...]
    several: np.ndarray
    scope: np.ndarray
    against: np.ndarray
    asked: np.ndarray
    folders: tuple[Path, ...]
    numbers: tuple[np.ndarray, ...]
    series: np.ndarray

    @staticmethod
    def of(
        segments: Sequence[Segment],
        *,
        members: Mapping[str, tuple[Searchable, ...]],
        scope: Collection[str],
        against: Collection[str],
        asked: Collection[str],
        series: Mapping[str, int],
    ) -> Numbering:
        """Number the pictures. One that two segments hold is left out of the later one."""
        places = [
            (s.digests[place], p, n, place) for n, s in enumerate(segments) for place, p in s.in_places()
        ]
        places.sort()
        numbers = tuple(np.full(len(s.pictures), -1, np.int64) for s in segments)
        pictures: list[str] = []
        for _, picture, segment, place in places:
            if pictures and pictures[-1] == picture:
                continue
            numbers[segment][place] = len(pictures)
            pictures.append(picture)
        rows = np.array([comparable_row(members[p]) if p in members else -1 for p in pictures], np.int64)
        first = tuple(members[p][0].id if p in members else "" for p in pictures)
        several = np.array([len(members.get(p, ())) > 1 for p in pictures], bool)

        def mask(some: Collection[str]) -> np.ndarray:
            return np.array([p in some for p in pictures], bool) & (rows >= 0)

        folders = tuple(s.folder for s in segments)
        sides = mask(scope), mask(against), mask(asked)
        runs = np.array([_series(members.get(p, ()), series) for p in pictures], np.int64)
        return Numbering(tuple(pictures), rows, first, several, *sides, folders, numbers, runs)

    def least(self, one: int, other: int, floor: float) -> float:
        """The score from which on two pictures are told."""
        same = self.series[one] >= 0 and self.series[one] == self.series[other]
        return min(floor, LEAST_ALIKE) if same else floor

    def after(self, segment: int, numbers: Sequence[int]) -> np.ndarray | None:
        """int64 (n,): the places in a segment behind which the wanted partners of these begin, where all are
        looked up: what stands before has found the pair already. None where others are asked, too."""
        if not np.all(self.asked | (self.rows < 0)):
            return None
        reached = np.maximum.accumulate(self.numbers[segment])
        return np.searchsorted(reached, np.asarray(numbers, np.int64), "right")

    def blocks(self, size: int) -> list[Block]:
        """The pictures to be looked up, in pieces."""
        numbers = np.flatnonzero(self.asked).tolist()
        pieces = (tuple(numbers[start : start + size]) for start in range(0, len(numbers), size))
        return [Block(piece, tuple(self.pictures[number] for number in piece)) for piece in pieces]

    def wanted(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """bool (n,): which of these pairs (looked up, found) are to be compared; two both looked up: once.

        `one`, `other`: int (n,), places in this numbering.
        """
        sides = (self.scope[one] & self.against[other]) | (self.against[one] & self.scope[other])
        once = ~self.asked[other] | (other > one)
        return np.asarray(sides & once & (one != other))


@dataclass(frozen=True, slots=True, eq=False)
class BlockSearch:
    """What a worker process needs to know."""

    store: Path
    plan: Numbering
    floor: float
    approximate: bool
    smartfilter: Smartfilter
    without: tuple[ChangeKind, ...] = ()
    near: NearPairs | None = None

    @property
    def ready(self) -> Callable[[], _Ready]:
        """To be called once in the worker."""
        return _Opener(self)

    @staticmethod
    def run(ready: _Ready, block: Block) -> Searched:
        """Compare a block's pictures. One that cannot be compared fails alone."""
        failed: dict[int, str] = {}
        return Searched(tuple(ready.matches(block, failed)), failed)


def search_alone(task: tuple[BlockSearch, Block]) -> Searched:
    """What came of one block, in a process that may serve another collection next."""
    search, block = task
    if to_compile():
        compile_all()
    with closing(search.ready()) as ready:
        return BlockSearch.run(ready, block)


@dataclass(frozen=True, slots=True)
class _Opener:
    search: BlockSearch

    def __call__(self) -> _Ready:
        return _Ready(self.search)


class _Ready:
    """A worker at work: the store open, the segments mapped."""

    def __init__(self, search: BlockSearch) -> None:
        self._search = search
        self._plan = search.plan
        self._store = Store(search.store)
        self._segments = [load_segment(folder) for folder in search.plan.folders]

    def close(self) -> None:
        """Give back the store's files."""
        self._store.close()

    def matches(self, block: Block, failed: dict[int, str]) -> Iterator[PictureMatch]:
        """The matches; why a picture cannot be compared is put into `failed`."""
        queries = self._descriptors(block.numbers, failed)
        candidates = self._candidates(queries)
        others = self._descriptors(sorted({other for _, other in candidates} - set(block.numbers)), failed)
        known = queries | others
        for pair, ways in candidates.items():
            one, other = sorted(pair, key=self._plan.first.__getitem__)
            if one in known and other in known:
                try:
                    yield from self._match(one, other, (known[one], known[other]), ways)
                except (ValueError, ArithmeticError, LookupError, cv2.error) as error:
                    blamed = [number for number in pair if not _whole(known[number])] or [pair[0]]
                    for number in blamed:
                        failed[number] = f"{DAMAGED} ({error})"
                        known.pop(number)

    def _match(
        self, one: int, other: int, both: tuple[Descriptor, Descriptor], ways: pairs.Ways
    ) -> Iterator[PictureMatch]:
        a, b = both
        judged = pairs.judge(a, b, ways, self._search.without)
        if judged.score >= self._plan.least(one, other, self._search.floor):
            several = bool(self._plan.several[one] or self._plan.several[other])
            back = judged.reversed().explanation(b, a) if several else None
            yield PictureMatch(one, other, judged.score, judged.explanation(a, b), back)

    def _candidates(self, queries: Mapping[int, Descriptor]) -> dict[tuple[int, int], pairs.Ways]:
        """Pairs of numbers → the ways in which to compare them, sorted."""
        votes: dict[tuple[int, int], float] = {}
        ways: dict[tuple[int, int], set[bool]] = {}
        least = MIN_VOTES[self._search.smartfilter]
        for place, segment in enumerate(self._segments):
            numbers, after = self._plan.numbers[place], self._plan.after(place, list(queries))
            hits = search(segment.index, list(queries.values()), least, after)
            one, other = np.array(list(queries), np.int64)[hits.query], numbers[hits.picture]
            keep = np.flatnonzero((other >= 0) & self._plan.wanted(one, other))
            for row in keep.tolist():
                pair = int(one[row]), int(other[row])
                votes[pair] = max(votes.get(pair, 0.0), float(hits.votes[row]))
                ways.setdefault(pair, set()).add(bool(hits.mirrored[row]))
        chosen = set(_best(votes) if self._search.approximate else votes)
        if self._search.near is not None:
            further = set(self._search.near.of(list(queries)))
            ways |= {pair: {False, True} for pair in further}
            chosen |= further
        return {pair: tuple(sorted(ways[pair])) for pair in sorted(chosen)}

    def _descriptors(self, numbers: Sequence[int], failed: dict[int, str]) -> dict[int, Descriptor]:
        """Those that can be used, in the order of the numbers."""
        rows = {int(self._plan.rows[number]): number for number in numbers}
        found = {}
        for row, data in self._store.descriptors(list(rows)):
            try:
                found[rows[row]] = sound(data)
            except ValueError as error:
                failed[rows[row]] = f"{DAMAGED} ({error})"
        return {number: found[number] for number in numbers if number in found}


def _series(members: Sequence[Searchable], series: Mapping[str, int]) -> int:
    """That of the first document of a picture which has one."""
    return next((series[m.id] for m in members if m.id in series), -1)


def _whole(descriptor: Descriptor) -> bool:
    """Whether the small pictures of a descriptor can be used as well."""
    try:
        check_thumbs(descriptor)
    except ValueError:
        return False
    return True


def _best(votes: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """The pairs with the most votes of each picture that is looked up."""
    ranked = sorted(votes, key=lambda pair: (pair[0], -votes[pair], pair[1]))
    taken: dict[int, int] = {}
    chosen = []
    for pair in ranked:
        taken[pair[0]] = taken.get(pair[0], 0) + 1
        if taken[pair[0]] <= MOST_APPROXIMATE:
            chosen.append(pair)
    return chosen
