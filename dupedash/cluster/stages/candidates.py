"""Which pairs of pictures are to be compared: those that share enough words, or have near hashes.

block → bucket of words, where every list is whole → block again, where the shared words of a pair vote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dupedash.cluster.scope import AGAINST, SCOPE
from dupedash.cluster.stages import meetings, pictures
from dupedash.cluster.stages.exchange import Pieces
from dupedash.cluster.stages.meetings import ASKED, HASH, MEETING, NEAR, WORD, Given
from dupedash.cluster.stages.pictures import Picture
from dupedash.dataset.layout import CANDIDATES
from dupedash.dataset.places import Place
from dupedash.embedded.describe import hashes
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.retrieve import words
from dupedash.embedded.retrieve.index import HASH_VOTES, MIN_VOTES, MOST_APPROXIMATE, Batch
from dupedash.embedded.retrieve.votes import count_votes
from dupedash.model import Smartfilter

STAGE = "looking for candidates"
_GOLDEN = np.uint64(2654435761)  # Knuth's multiplier: spreads keys that lie together
_TABLE = pa.schema(
    [("one", pa.int64()), ("other", pa.int64()), ("votes", pa.float32()), ("plain", pa.bool_()),
     ("mirrored", pa.bool_())]
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The whole stage. `starts` int64 (blocks + 1,): the number of the first picture of each block.

    scope_asked   whether the pictures of the scope are looked up, or those that it is compared with
    """

    out: Place
    work: str
    starts: np.ndarray
    buckets: int
    scope_asked: bool
    approximate: bool
    smartfilter: Smartfilter

    def start(self, block: int) -> Pieces:
        """The words of a block, to where their lists are."""
        some = pictures.read(self.out, self.work, block)
        asked = SCOPE if self.scope_asked else AGAINST
        everything = self.smartfilter is Smartfilter.OFF
        return _given(some, int(self.starts[block]), asked, self.buckets, everything)

    def meet(self, _here: int, pieces: Sequence[Given]) -> Pieces:
        """What meets in a bucket, to the blocks of the pictures that are looked up."""
        given = meetings.joined(pieces)
        shared, close = meetings.meetings(given), meetings.near(given)
        del given
        for found in (shared, close):
            found = found[np.argsort(found["query"], kind="stable")]
            begins = np.searchsorted(found["query"], 2 * self.starts[1:-1])
            for number, some in enumerate(np.split(found, begins)):
                if len(some):
                    yield number, some

    def end(self, here: int, pieces: Sequence[np.ndarray]) -> int:
        """Count the votes of a block's pictures and write the candidates; how many there are."""
        looked = [one.descriptor for one in pictures.read(self.out, self.work, here)]
        shared = _concatenated([piece for piece in pieces if piece.dtype == MEETING], MEETING)
        close = np.unique(_concatenated([piece for piece in pieces if piece.dtype == NEAR], NEAR))
        voted = votes(looked, int(self.starts[here]), shared, MIN_VOTES[self.smartfilter])
        near = close["query"], close["other"], np.full(len(close), HASH_VOTES, np.float32)
        query, other, count = (np.concatenate(both) for both in zip(voted, near, strict=True))
        table = _merged(query, other, count, self.approximate)
        self.out.put_table(f"{self.work}/{CANDIDATES}/{here}.parquet", table)
        return len(table)


def _concatenated(parts: Sequence[np.ndarray], kind: np.dtype) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def _given(
    some: Sequence[Picture], first: int, asked: int, buckets: int, everything: bool
) -> Iterator[tuple[int, Given]]:
    places = np.array([int.from_bytes(one.digest[:4], "big") for one in some], np.uint32)
    flags = np.array([one.sides | (ASKED if one.sides & asked else 0) for one in some], np.uint8)
    looked = [one.descriptor for one in some]
    own_words, own_hashes = _words(looked, everything), _hashes(looked)
    by_word = _bucket(own_words["key"], words.mirrored(own_words["key"]), buckets)
    by_hash = _bucket(own_hashes["key"], own_hashes["key"] ^ meetings.FLIP, buckets)
    numbers = np.arange(first, first + len(some), dtype=np.uint32)
    pieces = zip(_split(own_words, by_word, buckets), _split(own_hashes, by_hash, buckets), strict=True)
    for bucket, (mine, also) in enumerate(pieces):
        if len(mine) or len(also):
            yield bucket, _only_used(Given(numbers, places, flags, mine, also))


def _split(rows: np.ndarray, to: np.ndarray, count: int) -> list[np.ndarray]:
    """The rows for 0 … count-1, each in the order in which they were."""
    ends = np.cumsum(np.bincount(to, minlength=count))
    return np.split(rows[np.argsort(to, kind="stable")], ends[:-1])


def _only_used(given: Given) -> Given:
    """Without the pictures that have no word here."""
    used = np.unique(np.concatenate([given.words["picture"], given.hashes["picture"]]))
    mine, also = given.words, given.hashes
    mine["picture"], also["picture"] = (np.searchsorted(used, a["picture"]) for a in (mine, also))
    return Given(given.numbers[used], given.places[used], given.flags[used], mine, also)


def _words(looked: Sequence[Descriptor], everything: bool) -> np.ndarray:
    """WORD, by picture, table and keypoint; `everything` that shares a word is to meet."""
    parts = [np.zeros(0, WORD)]
    for number, one in enumerate(looked):
        rows = np.zeros((words.TABLES, len(one.points)), WORD)
        rows["key"], rows["picture"] = words.words(one.binary), number
        rows["keypoint"] = np.arange(len(one.points))
        rows["bits"] = 0 if everything else words.beside(one.binary)
        rows["x"], rows["y"] = one.points[:, 0], one.points[:, 1]
        rows["angle"], rows["octave"] = one.angles, one.octaves
        parts.append(rows.ravel())
    return np.concatenate(parts)


def _hashes(looked: Sequence[Descriptor]) -> np.ndarray:
    """HASH, by picture."""
    pdq = np.array([np.frombuffer(one.pdq, np.uint8) for one in looked], np.uint8).reshape(-1, 32)
    rows = np.zeros((len(looked), hashes.CHUNKS), HASH)
    rows["key"] = hashes.chunks(pdq).T
    rows["picture"], rows["pdq"] = np.arange(len(looked))[:, None], pdq[:, None]
    flat: np.ndarray = rows.ravel()
    return flat


def _bucket(keys: np.ndarray, mirrored: np.ndarray, count: int) -> np.ndarray:
    """Where a list is, and that of the mirrored word with it."""
    both = np.minimum(keys, mirrored).astype(np.uint64)
    mixed = (both * _GOLDEN) & np.uint64(0xFFFFFFFF)
    buckets: np.ndarray = (mixed * np.uint64(count) >> np.uint64(32)).astype(np.int64)
    return buckets


Voted = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Query (twice the number, + 1 mirrored), other, votes."""


def votes(looked: Sequence[Descriptor], first: int, shared: np.ndarray, least: float) -> Voted:
    """The pairs whose shared words, MEETING, have at least so many votes. `first`: the number of the first of
    the pictures that are looked up.

    The words of a pair stand as a look-up finds them: only the first are counted (`votes.MOST_SHARED`).
    """
    shared = _several(shared)
    if not len(shared):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
    batch = Batch.of(looked)
    begins = np.cumsum([0, *(len(one.points) for one in looked)])
    side = shared["query"].astype(np.int64) - 2 * first
    query = begins[side // 2] + shared["keypoint"] + (side % 2) * begins[-1]
    order = np.lexsort((shared["entry"], shared["keypoint"], batch.keys[shared["table"], query],
                        shared["other"], side))  # fmt: skip
    shared, side, query = shared[order], side[order], query[order]
    other = shared["other"]
    pair = np.concatenate([[0], np.cumsum((side[1:] != side[:-1]) | (other[1:] != other[:-1]))])
    starts = np.searchsorted(side, np.arange(2 * len(looked) + 1))
    entry = _numbered(pair, shared["entry"])
    places = np.zeros((entry.max() + 1, 2), np.uint16)
    angles, octaves = np.zeros(len(places), np.uint8), np.zeros(len(places), np.uint8)
    places[entry, 0], places[entry, 1] = shared["x"], shared["y"]
    angles[entry], octaves[entry] = shared["angle"], shared["octave"]
    sides, found, count = count_votes(
        starts, query.astype(np.int32), entry.astype(np.int32), shared["length"].astype(np.int32),
        pair.astype(np.int32), int(pair[-1]) + 1, batch.points, batch.angles, batch.octaves, places, angles,
        octaves, least,
    )  # fmt: skip
    begin = np.searchsorted(pair, found)
    return sides + 2 * first, other[begin].astype(np.int64), count


def _several(shared: np.ndarray) -> np.ndarray:
    """Those of pairs that share more than one word."""
    both = shared["query"].astype(np.uint64) << np.uint64(32) | shared["other"].astype(np.uint64)
    order = np.argsort(both, kind="stable")
    both = both[order]
    same, none = both[1:] == both[:-1], np.zeros(min(1, len(both)), bool)
    several = np.concatenate([none, same]) | np.concatenate([same, none])
    found: np.ndarray = shared[order[several]]
    return found


def _numbered(pair: np.ndarray, entry: np.ndarray) -> np.ndarray:
    """A number for each keypoint of each pair."""
    _, numbers = np.unique(pair.astype(np.int64) << 16 | entry, return_inverse=True)
    return np.asarray(numbers, np.int64)


def _merged(query: np.ndarray, other: np.ndarray, count: np.ndarray, approximate: bool) -> pa.Table:
    """Each pair once, with its most votes and the ways in which it is to be compared."""
    one, way = query.astype(np.int64) // 2, query.astype(np.int64) % 2
    key, place = np.unique(one << 32 | other.astype(np.int64), return_inverse=True)
    most = np.zeros(len(key), np.float32)
    np.maximum.at(most, place, count.astype(np.float32))
    ways = np.zeros((2, len(key)), bool)
    ways[way, place] = True
    first, second = key >> 32, key & 0xFFFFFFFF
    kept = _best(first, second, most) if approximate else np.arange(len(key))
    columns = [column[kept] for column in (first, second, most, ways[0], ways[1])]
    return pa.table([pa.array(column) for column in columns], schema=_TABLE)


def _best(one: np.ndarray, other: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The pairs with the most votes of each picture that is looked up."""
    order = np.lexsort((other, -count, one))
    ranked = one[order]
    rank = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return np.sort(order[rank < MOST_APPROXIMATE])


def read(out: Place, work: str, block: int) -> Mapping[tuple[int, int], tuple[bool, ...]]:
    """Pairs of numbers → the ways in which they are to be compared."""
    table = out.table(f"{work}/{CANDIDATES}/{block}.parquet")
    columns = (table[name].to_pylist() for name in ("one", "other", "plain", "mirrored"))
    return {
        (one, other): tuple(way for way, there in ((False, plain), (True, mirrored)) if there)
        for one, other, plain, mirrored in zip(*columns, strict=True)
    }
