"""Which pairs of pictures may be duplicates: a self-join on visual words, near-linear in the number of
pictures.

Every keypoint is looked up in the sorted words of the other pictures (`words`). Two pictures that share a
few words by chance share them at unrelated places; so the shared words of a pair vote only together with
others that imply the same turn, zoom and shift (`votes`). Pictures with hardly any keypoints are found by
their global hash (`hashes`).

One code path serves the whole join, A × B, new × all and a single query: pictures are looked up in an
`Index`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from dupedash.embedded.describe import hashes, pattern
from dupedash.embedded.describe.descriptor import Descriptor, digest
from dupedash.embedded.describe.scales import POSITION_UNIT
from dupedash.embedded.retrieve import words
from dupedash.embedded.retrieve.votes import count_votes
from dupedash.model import Smartfilter

HASH_VOTES = 9.0
"""A near global hash counts as so many votes."""
HASH_WINDOW = 256
"""The most entries of one list of hashes that a query is compared with, each by one XOR of 32 bytes."""


MIN_VOTES = {
    Smartfilter.OFF: 2.0,
    Smartfilter.LOW: 2.5,
    Smartfilter.MEDIUM: 3.5,
    Smartfilter.HIGH: 5.0,
    Smartfilter.EXTREME: 8.0,
}
"""Votes that a pair needs to be verified."""


@dataclass(frozen=True, slots=True, eq=False)
class Indexable:
    """What of a picture goes into an index, as in `Descriptor`, but for `pdq`, uint8 (32,), and `width`, that
    of the 400 px picture. Arrays are copies: the small pictures, most of a descriptor, need not be held."""

    digest: bytes
    width: int
    points: np.ndarray
    octaves: np.ndarray
    angles: np.ndarray
    binary: np.ndarray
    pdq: np.ndarray

    @staticmethod
    def of(picture: Descriptor) -> Indexable:
        """Of any picture."""
        return Indexable(
            digest(picture), picture.size[1], picture.points.copy(), picture.octaves.copy(),
            picture.angles.copy(), picture.binary.copy(), np.frombuffer(picture.pdq, np.uint8),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Pictures to search in, as arrays that can be mapped from files.

    The pictures stand in the order of their digests. `numbers` (p,) int32 are the caller's numbers of them,
    `starts` (p+1,) where the keypoints of each begin; `widths` (p,) of the 400 px pictures; per keypoint
    `owner` (picture), `points`, `octaves`, `angles` as in `Descriptor`; `keys`, `entries`, `begins` are the
    words' `Postings`; `pdq` (p, 32) with its own.
    """

    numbers: np.ndarray
    starts: np.ndarray
    widths: np.ndarray
    owner: np.ndarray
    points: np.ndarray
    octaves: np.ndarray
    angles: np.ndarray
    keys: np.ndarray
    entries: np.ndarray
    begins: np.ndarray
    pdq: np.ndarray
    pdq_keys: np.ndarray
    pdq_entries: np.ndarray
    pdq_begins: np.ndarray

    def __post_init__(self) -> None:
        """Read-only, as mapped ones are: one compiled version serves both."""
        for field in fields(self):
            getattr(self, field.name).setflags(write=False)

    @staticmethod
    def build(pictures: Sequence[Indexable], numbers: Sequence[int] | np.ndarray | None = None) -> Index:
        """Index pictures under the given numbers (default: their places in the sequence)."""
        order = sorted(range(len(pictures)), key=lambda place: pictures[place].digest)
        chosen = [pictures[place] for place in order]
        given = np.arange(len(order)) if numbers is None else np.asarray(numbers)
        starts = np.cumsum([0, *(len(p.points) for p in chosen)], dtype=np.int64)
        keys = np.empty((words.TABLES, starts[-1]), np.uint32)
        for picture, start, end in zip(chosen, starts[:-1], starts[1:], strict=True):
            keys[:, start:end] = words.words(picture.binary)
        lists = words.Postings.build(keys)
        pdq = np.array([p.pdq for p in chosen], np.uint8).reshape(-1, 32)
        pdq_lists = words.Postings.build(hashes.chunks(pdq))
        return Index(
            given[order].astype(np.int32),
            starts,
            np.array([p.width for p in chosen], np.float32),
            np.repeat(np.arange(len(chosen), dtype=np.int32), np.diff(starts)),
            _join([p.points for p in chosen], (0, 2), np.uint16),
            _join([p.octaves for p in chosen], (0,), np.uint8),
            _join([p.angles for p in chosen], (0,), np.uint8),
            lists.keys, lists.entries, lists.begins,
            pdq, pdq_lists.keys, pdq_lists.entries, pdq_lists.begins,
        )  # fmt: skip

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @staticmethod
    def files() -> list[str]:
        """The names of the files of `save`."""
        return [f"{field.name}.npy" for field in fields(Index)]

    @staticmethod
    def load(folder: Path) -> Index:
        """Map the arrays of `save`. Raises OSError or ValueError for missing or damaged files."""
        mapped = (np.load(folder / f"{field.name}.npy", mmap_mode="r") for field in fields(Index))
        return Index(*map(np.asarray, mapped))  # every piece of a memmap costs its bookkeeping anew


def _join(parts: list[np.ndarray], empty: tuple[int, ...], kind: type) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(empty, kind)


@dataclass(frozen=True, slots=True, eq=False)
class CandidateRows:
    """Candidates of queries, a row each: `query` is the place of the query in its batch, `picture` that of
    the hit in the index; whether one of them must be `mirrored`; `votes`."""

    query: np.ndarray
    picture: np.ndarray
    mirrored: np.ndarray
    votes: np.ndarray


def search(
    index: Index, queries: Sequence[Descriptor], min_votes: float, after: np.ndarray | None = None
) -> CandidateRows:
    """The pictures of an index that may be duplicates of the queries. `after` int64, by query: the place of
    the first picture that is wanted, where not all are."""
    place = np.array([int.from_bytes(digest(q)[:4], "big") / 2**32 for q in queries])
    wanted = np.zeros(len(queries), np.int64) if after is None else after
    batch = Batch.of(queries)
    sides = words.Sides(batch.side, place.repeat(2), wanted.repeat(2))
    return _merged([_by_words(index, batch, sides, min_votes), _by_hash(index, queries, sides)])


def _by_words(index: Index, batch: Batch, sides: words.Sides, min_votes: float) -> CandidateRows:
    found = words.lookup(
        words.Postings(index.keys, index.entries, index.begins), index.owner, batch.keys, sides
    )
    side, picture, votes = count_votes(
        found.starts, found.query, found.entry, found.length, found.picture, len(index.numbers),
        batch.points, batch.angles, batch.octaves, index.points, index.angles, index.octaves, min_votes,
    )  # fmt: skip
    return CandidateRows(side // 2, picture, side % 2 == 1, votes)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Keypoints of several queries, as they are and mirrored: `side` int32 is 2 × the query's number, + 1 if
    mirrored; `keys` uint32 (tables, n), `points` float32 (n, 2) in px, `angles` and `octaves` int64."""

    side: np.ndarray
    keys: np.ndarray
    points: np.ndarray
    angles: np.ndarray
    octaves: np.ndarray

    @staticmethod
    def of(queries: Sequence[Descriptor]) -> Batch:
        query = np.repeat(np.arange(len(queries), dtype=np.int32), [len(q.points) for q in queries])
        keys = words.words(_join([q.binary for q in queries], (0, 32), np.uint8))
        points = _join([q.points for q in queries], (0, 2), np.uint16) * np.float32(POSITION_UNIT)
        angles = _join([q.angles for q in queries], (0,), np.uint8).astype(np.int64)
        octaves = _join([q.octaves for q in queries], (0,), np.uint8).astype(np.int64)
        width = np.array([q.size[1] for q in queries], np.float32)[query]
        flipped = np.stack([width - 1 - points[:, 0], points[:, 1]], axis=1)
        return Batch(
            np.concatenate([2 * query, 2 * query + 1]),
            np.concatenate([keys, words.mirrored(keys)], axis=1),
            np.concatenate([points, flipped]),
            np.concatenate([angles, pattern.ANGLES // 2 - angles]),
            np.tile(octaves, 2),
        )


def _by_hash(index: Index, queries: Sequence[Descriptor], sides: words.Sides) -> CandidateRows:
    plain = np.array([np.frombuffer(q.pdq, np.uint8) for q in queries], np.uint8).reshape(-1, 32)
    both = np.stack([plain, hashes.mirrored(plain)], axis=1).reshape(-1, 32)
    found = words.lookup(
        words.Postings(index.pdq_keys, index.pdq_entries, index.pdq_begins),
        _itself(len(index.numbers)),
        hashes.chunks(both),
        words.Sides(np.arange(len(both), dtype=np.int32), sides.place, sides.after),
        HASH_WINDOW,
    )
    key = np.unique(found.side * len(index.numbers) + found.picture)
    side, picture = key // len(index.numbers), key % len(index.numbers)
    near = hashes.distance(both[side], index.pdq[picture]) <= hashes.MAX_DISTANCE
    side, picture = side[near], picture[near]
    return CandidateRows(side // 2, picture, side % 2 == 1, np.full(len(side), HASH_VOTES))


def _itself(count: int) -> np.ndarray:
    """Of every entry of the hashes its picture: int32 (count,), read-only as `Index.owner`."""
    numbers = np.arange(count, dtype=np.int32)
    numbers.setflags(write=False)
    return numbers


def _merged(parts: list[CandidateRows]) -> CandidateRows:
    """Each (query, picture, mirrored) once, with its most votes."""
    query, picture, mirrored, votes = (
        np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(CandidateRows)
    )
    order = np.lexsort((-votes, mirrored, picture, query))
    query, picture, mirrored, votes = query[order], picture[order], mirrored[order], votes[order]
    new = np.r_[
        True, (query[1:] != query[:-1]) | (picture[1:] != picture[:-1]) | (mirrored[1:] != mirrored[:-1])
    ][: len(query)]
    return CandidateRows(query[new], picture[new], mirrored[new], votes[new])


MOST_APPROXIMATE = 50
"""So many candidates of a picture are verified in an approximate search; Flow re-ranks as many."""
