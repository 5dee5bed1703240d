"""What every setting of a scan finds, and what it costs.

Flow's two parameters only choose among the candidates of one look-up, by their votes. So every copy is looked
up once, its candidates are compared once, and all ten settings are read off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time

import cv2
import numpy as np

from dupedash.bench.pictures import Pixels
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.compare.pairs import Ways, judge
from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.embedded.retrieve.index import MIN_VOTES, MOST_APPROXIMATE, search
from dupedash.embedded.run.join import BLOCK
from dupedash.embedded.store.snapshot import Snapshot, Snapshots, comparable_row
from dupedash.errors import Cancelled
from dupedash.model import NEAR, IsCancelled, Smartfilter, never
from dupedash.scans.modes import Effort
from dupedash.selftest.changed import CHANGES, as_jpeg, from_file

ORIGINALS, FOR_EACH = 16, 20
"""Images of which copies are made, with every change and with two: 608 copies, so that a few misses are told;
and so many images of a collection for each: a small bench takes seconds."""
SAMPLE = 256
"""Images that are looked up for the cost, spread over all."""
MOST_COMPARED = 400
"""Of their pairs so many are timed, spread over all: enough for a mean."""
EFFORTS = tuple(Effort(approximate, strict) for strict in Smartfilter for approximate in (False, True))


@dataclass(frozen=True, slots=True)
class ModeFigures:
    """One setting among so many images.

    edited, heavily   the shares found at 0.7 of copies with one change, and with two
    precision         share of right ones among all matches of the copies at 0.7
    pairs, cost       compared for an image of a scan, and its processor time in ms
    """

    images: int
    approximate: bool
    smartfilter: Smartfilter
    edited: float
    heavily: float
    precision: float
    pairs: float
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs of queries (their numbers) and pictures, a row each: int64, str; the `votes`, float; the `ways`
    in which they are to be compared."""

    query: np.ndarray
    picture: tuple[str, ...]
    votes: np.ndarray
    ways: tuple[Ways, ...]

    def kept(self, effort: Effort) -> np.ndarray:
        """bool (n,): which of them this setting compares."""
        enough = self.votes >= MIN_VOTES[effort.smartfilter]
        if not effort.approximate:
            return enough
        order = np.lexsort((np.array(self.picture), -self.votes, self.query))
        begins = np.searchsorted(self.query[order], self.query[order])
        best = np.empty(len(order), bool)
        best[order] = np.arange(len(order)) - begins < MOST_APPROXIMATE
        return enough & best


def look_up(snapshot: Snapshot, queries: Sequence[Descriptor]) -> Candidates:
    """The candidates of the most thorough setting, from all segments."""
    votes: dict[tuple[int, str], float] = {}
    ways: dict[tuple[int, str], set[bool]] = {}
    for segment in snapshot.segments:
        for start in range(0, len(queries), BLOCK):
            hits = search(segment.index, queries[start : start + BLOCK], MIN_VOTES[Smartfilter.OFF])
            numbers = segment.index.numbers[hits.picture]
            for q, n, mirrored, v in zip(hits.query, numbers, hits.mirrored, hits.votes, strict=True):
                pair = start + int(q), segment.pictures[n]
                votes[pair] = max(votes.get(pair, 0.0), float(v))
                ways.setdefault(pair, set()).add(bool(mirrored))
    pairs = sorted(votes)
    return Candidates(
        np.array([q for q, _ in pairs], np.int64),
        tuple(picture for _, picture in pairs),
        np.array([votes[pair] for pair in pairs]),
        tuple(tuple(sorted(ways[pair])) for pair in pairs),
    )


def measure_modes(collection: EmbeddedCollection, cancelled: IsCancelled = never) -> tuple[ModeFigures, ...]:
    """All settings, with copies of some of the collection's images. Raises Cancelled."""
    cv2.setNumThreads(1)  # as in the engine's worker processes
    snapshot = Snapshots(collection.store).now()
    found = _Found.of(collection, snapshot, cancelled)
    cost = _Cost.of(collection, snapshot)
    return tuple(_figures(len(snapshot.members), effort, found, cost) for effort in EFFORTS)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The candidates of the copies: whether each is `right`, bool, and its `score`; by copy, whether it was
    changed twice (`heavily`)."""

    candidates: Candidates
    right: np.ndarray
    score: np.ndarray
    heavily: np.ndarray

    @staticmethod
    def of(collection: EmbeddedCollection, snapshot: Snapshot, cancelled: IsCancelled) -> _Found:
        originals = _originals(collection, snapshot)
        copies, of, heavily = [], [], []
        for number, (picture, pixels) in enumerate(originals):
            if cancelled():
                raise Cancelled("The bench was stopped.")
            made = _copies(pixels, number)
            copies += made
            of += [picture] * len(made)
            heavily += [False] * len(CHANGES) + [True] * len(CHANGES)
        candidates = look_up(snapshot, copies)
        known = _described(collection, snapshot, {*of, *candidates.picture})
        alike = {picture: _alike(snapshot, known[picture], collection) for picture, _ in originals}
        right, score = [], []
        for query, picture, ways in zip(candidates.query, candidates.picture, candidates.ways, strict=True):
            right.append(picture in alike[of[query]])
            score.append(judge(copies[query], known[picture], ways).score)
        return _Found(candidates, np.array(right, bool), np.array(score), np.array(heavily, bool))

    def shares(self, effort: Effort) -> tuple[float, float, float]:
        """Of copies changed once and twice that are found, and of matches that are right."""
        matched = self.candidates.kept(effort) & (self.score >= NEAR)
        found = np.zeros(len(self.heavily), bool)
        found[self.candidates.query[matched & self.right]] = True
        right = float(self.right[matched].mean()) if matched.any() else 1.0
        return float(found[~self.heavily].mean()), float(found[self.heavily].mean()), right


@dataclass(frozen=True, slots=True, eq=False)
class _Cost:
    """The candidates of some images of the collection; the ms of looking one up, those of comparing each of
    the `timed` pairs (their places), and how many images were looked up."""

    candidates: Candidates
    look_up: float
    timed: np.ndarray
    each: np.ndarray
    images: int

    @staticmethod
    def of(collection: EmbeddedCollection, snapshot: Snapshot) -> _Cost:
        pictures = sorted(p for segment in snapshot.segments for p in segment.pictures)
        chosen = [pictures[place] for place in _spread(len(pictures), SAMPLE)]
        queries = _described(collection, snapshot, set(chosen))
        began = process_time()
        found = look_up(snapshot, [queries[picture] for picture in chosen])
        looked_up = (process_time() - began) * 1000 / len(chosen)
        others = np.array([chosen[q] != p for q, p in zip(found.query, found.picture, strict=True)], bool)
        timed = np.flatnonzero(others)[:: max(1, int(others.sum()) // MOST_COMPARED)]
        known = queries | _described(collection, snapshot, {found.picture[n] for n in timed})
        each = [_ms(queries[chosen[found.query[n]]], known[found.picture[n]], found.ways[n]) for n in timed]
        return _Cost(found, looked_up, timed, np.array(each), len(chosen))

    def of_image(self, effort: Effort) -> tuple[float, float]:
        """Pairs and ms of an image: a pair comes up from both of its sides and is compared once."""
        kept = self.candidates.kept(effort)[self.timed]
        pairs = (len(self.candidates.query) - self.images) / self.images / 2 * float(kept.mean())
        return pairs, self.look_up + pairs * (float(self.each[kept].mean()) if kept.any() else 0.0)


def _ms(one: Descriptor, other: Descriptor, ways: Ways) -> float:
    began = process_time()
    judged = judge(one, other, ways)
    if judged.score >= NEAR:
        judged.explanation(one, other)
    return (process_time() - began) * 1000


def _figures(images: int, effort: Effort, found: _Found, cost: _Cost) -> ModeFigures:
    edited, heavily, precision = found.shares(effort)
    pairs, each = cost.of_image(effort)
    return ModeFigures(
        images, effort.approximate, effort.smartfilter, round(edited, 3), round(heavily, 3),
        round(precision, 4), round(pairs, 1), round(each, 1),
    )  # fmt: skip


def _spread(count: int, wanted: int) -> list[int]:
    """So many places of 0 … count - 1, all if there are no more."""
    places: list[int] = np.linspace(0, count - 1, min(wanted, count)).astype(int).tolist()
    return places


def _originals(collection: EmbeddedCollection, snapshot: Snapshot) -> list[tuple[str, Pixels]]:
    """Some pictures that can be compared, spread over all: their hash and what the file shows."""
    pictures = sorted(picture for segment in snapshot.segments for picture in segment.pictures)
    found = []
    for place in _spread(len(pictures), max(2, min(ORIGINALS, len(pictures) // FOR_EACH))):
        path = collection.path(snapshot.pictures[pictures[place]][0].id)
        pixels = None if path is None else cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        if pixels is not None:
            found.append((pictures[place], np.asarray(pixels, np.uint8)))
    return found


def _copies(pixels: Pixels, number: int) -> list[Descriptor]:
    """With every change once, then with every one and another after it."""
    once, twice = [], []
    for place, change in enumerate(CHANGES):
        random = np.random.default_rng([place, number])
        made = change.make(pixels, random).pixels
        other = CHANGES[(place + 1 + int(random.integers(len(CHANGES) - 1))) % len(CHANGES)]
        once.append(describe(from_file(as_jpeg(made))))
        twice.append(describe(from_file(as_jpeg(other.make(made, random).pixels))))
    return once + twice


def _described(
    collection: EmbeddedCollection, snapshot: Snapshot, pictures: set[str]
) -> dict[str, Descriptor]:
    rows = {comparable_row(snapshot.pictures[picture]): picture for picture in pictures}
    found = collection.store.descriptors(sorted(rows))
    return {rows[row]: Descriptor.from_bytes(data) for row, data in found}


def _alike(snapshot: Snapshot, original: Descriptor, collection: EmbeddedCollection) -> set[str]:
    """The pictures of the collection that match an image of it: it is no fault to find them, too."""
    found = look_up(snapshot, [original])
    known = _described(collection, snapshot, set(found.picture))
    pairs = zip(found.picture, found.ways, strict=True)
    return {picture for picture, ways in pairs if judge(original, known[picture], ways).score >= NEAR}


def modes_words(figures: Sequence[ModeFigures]) -> str:
    """A line for each setting."""
    header = "        settings: edited and heavily edited copies found, precision; pairs, CPU an image"
    return "\n".join([header, *map(_line, figures)])


def _line(f: ModeFigures) -> str:
    effort = Effort(f.approximate, f.smartfilter).words()
    return (
        f"        {effort:52} {f.edited:.3f}, {f.heavily:.3f}, {f.precision:.4f}; "
        f"{f.pairs:.1f}, {f.cost:.1f} ms"
    )
