"""Visual words: short keys that similar keypoints share, in sorted arrays.

A word is 28 of the 256 bits of a keypoint's descriptor. Every keypoint has one word in each of several
tables, made of different bits, so that two views of one spot agree in at least one of them although some
bits differ. Half of a word's tests are the other half reflected (`pattern`): the word of the mirrored
picture is the word with its halves swapped.

Words are looked up by binary search in one sorted array: no graph, nothing to train, exact, and the arrays
can lie in a mapped file. A word that many pictures share would cost n²: of such a list only the neighbours
in the order of the pictures are taken. As that order is the same for every word, a huge group of alike
pictures stays linked like a chain while the number of its pairs stays bounded.
"""

from dataclasses import dataclass

import numpy as np

TABLES = 6
HALF_BITS = 14
WINDOW = 16
"""The most entries of one list that one query is compared with."""


def words(binary: np.ndarray) -> np.ndarray:
    """The words of descriptors (n, 32): keys uint32 (TABLES, n), with the number of the table in the top
    bits."""
    chosen = np.zeros((len(binary), TABLES, 32), np.uint8)
    chosen[:, :, 32 - 2 * HALF_BITS :] = np.unpackbits(binary, axis=1)[:, _TESTS].reshape(
        -1, TABLES, 2 * HALF_BITS
    )
    packed = np.packbits(chosen, axis=2).view(">u4")[..., 0].astype(np.uint32).T
    return packed | _TABLE_BITS


def mirrored(keys: np.ndarray) -> np.ndarray:
    """The words of the same keypoints in the mirrored picture."""
    low = np.uint32((1 << HALF_BITS) - 1)
    half = np.uint32(HALF_BITS)
    swapped: np.ndarray = ((keys & low) << half) | ((keys >> half) & low) | _TABLE_BITS
    return swapped


_STRIDE = 128 // HALF_BITS
_TESTS = np.array(
    [t + side for table in range(TABLES) for side in (0, 128) for t in range(table, 128, _STRIDE)[:HALF_BITS]]
)
_TABLE_BITS = (np.arange(TABLES, dtype=np.uint32) << np.uint32(2 * HALF_BITS))[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Lists of entries by key: `keys` uint32 (m,), sorted, and `entries` int32 (m,), ascending among equal
    keys."""

    keys: np.ndarray
    entries: np.ndarray

    @staticmethod
    def build(keys: np.ndarray) -> "Postings":
        """Sort the keys (tables, n) of the entries 0 … n-1."""
        ordered, order = _sorted(keys.T.ravel())
        return Postings(ordered, (order // len(keys)).astype(np.int32))


@dataclass(frozen=True, slots=True, eq=False)
class Collisions:
    """Equal keys: the query's column, the entry found, and the length of the list in which it stood."""

    query: np.ndarray
    entry: np.ndarray
    length: np.ndarray


def lookup(postings: Postings, keys: np.ndarray, place: np.ndarray, window: int = WINDOW) -> Collisions:
    """Find the entries that share a key with the queries (tables, n).

    `place` (n,) in 0…1 says where in the order of the pictures each query stands; of a list longer than
    `window` the part around that place is taken.
    """
    wanted, order = _sorted(keys.T.ravel())
    first = np.searchsorted(postings.keys, wanted)
    first[first == len(postings.keys)] = 0
    found = np.flatnonzero(postings.keys[first] == wanted) if len(postings.keys) else np.zeros(0, int)
    first = first[found]
    query = order[found] // len(keys)
    length = np.searchsorted(postings.keys, wanted[found], "right") - first
    taken = np.minimum(length, window)
    first += np.clip((place[query] * length).astype(int) - window // 2, 0, length - taken)
    row = np.repeat(np.arange(len(taken)), taken)
    at = np.arange(len(row)) - np.repeat(np.cumsum(taken) - taken, taken) + first[row]
    return Collisions(query[row], postings.entries[at], length[row])


def _sorted(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keys uint32 in order and where each stood. Key and place are sorted as one number: several times faster
    than a stable argsort, with the same result."""
    both = keys.astype(np.uint64) << np.uint64(32) | np.arange(len(keys), dtype=np.uint64)
    both.sort()
    return (both >> np.uint64(32)).astype(np.uint32), (both & np.uint64(0xFFFFFFFF)).astype(np.int64)
