"""Visual words: short keys that similar keypoints share, in sorted arrays.

A word is 28 of the 256 bits of a keypoint's descriptor. Every keypoint has one word in each of several
tables, made of different bits, so that two views of one spot agree in at least one of them although some
bits differ. Half of a word's tests are the other half reflected (`pattern`): the word of the mirrored
picture is the word with its halves swapped.

Words are looked up in one sorted array, by a table of where keys of one beginning stand and then by binary
search among them: no graph, nothing to train, exact, and the arrays can lie in a mapped file. A word that
many pictures share would cost n²: of such a list only the neighbours in the order of the pictures are taken.
As that order is the same for every word, a huge group of alike pictures stays linked like a chain while the
number of its pairs stays bounded.
"""

from dataclasses import dataclass

import numpy as np

from dupedash.compiled import compiled

TABLES, HALF_BITS = 6, 14
"""Words of a keypoint, each of two halves (which a mirror exchanges) of so many of its bits: 28 bits make
lists of few entries up to millions of keypoints."""
WINDOW = 16
"""The most entries of one list that one query is compared with."""


def words(binary: np.ndarray) -> np.ndarray:
    """The words of descriptors (n, 32): keys uint32 (TABLES, n), with the number of the table in the top
    bits."""
    keys: np.ndarray = _gathered(binary) | _TABLE_BITS
    return keys


def mirrored(keys: np.ndarray) -> np.ndarray:
    """The words of the same keypoints in the mirrored picture: uint32, of the same shape, whichever."""
    low = np.uint32((1 << HALF_BITS) - 1)
    half = np.uint32(HALF_BITS)
    table = np.uint32(0xFFFFFFFF << 2 * HALF_BITS & 0xFFFFFFFF)
    swapped: np.ndarray = ((keys & low) << half) | ((keys >> half) & low) | (keys & table)
    return swapped


def beside(binary: np.ndarray) -> np.ndarray:
    """Of descriptors (n, 32) 64 bits that are in no word, those of the first half above those of the second:
    uint64 (n,)."""
    bits = np.ascontiguousarray(np.unpackbits(binary, axis=1)[:, _BESIDE])
    found: np.ndarray = np.packbits(bits, axis=1).view(">u8").ravel().astype(np.uint64)
    return found


_STRIDE = 128 // HALF_BITS
_UNUSED = [bit for bit in range(128) if bit % _STRIDE >= TABLES][:32]
_BESIDE = [side + bit for side in (0, 128) for bit in _UNUSED]
_TABLE_BITS = (np.arange(TABLES, dtype=np.uint32) << np.uint32(2 * HALF_BITS))[:, None]


@compiled
def _gathered(binary: np.ndarray) -> np.ndarray:
    """Every ninth bit from that with the table's number on, of the first half and then of the second."""
    keys = np.empty((TABLES, len(binary)), np.uint32)
    for row in range(len(binary)):
        for table in range(TABLES):
            key = np.uint32(0)
            for side in range(0, 256, 128):
                for bit in range(side + table, side + table + HALF_BITS * _STRIDE, _STRIDE):
                    key = (key << np.uint32(1)) | np.uint32((binary[row, bit >> 3] >> (7 - (bit & 7))) & 1)
            keys[table, row] = key
    return keys


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Lists of entries by key: `keys` uint32 (m,), sorted, and `entries` int32 (m,), ascending among equal
    keys. `begins` int64 (b + 1,): where keys with the same upper bits begin, as `_shift` leaves them."""

    keys: np.ndarray
    entries: np.ndarray
    begins: np.ndarray

    @staticmethod
    def build(keys: np.ndarray) -> "Postings":
        """Sort the keys, uint32 (tables, n), of the entries 0 … n-1. Those of each table lie above those of
        the one before, so that the tables are sorted one by one: it takes a sixth of the memory."""
        ordered, entries = np.empty(keys.shape, np.uint32), np.empty(keys.shape, np.int32)
        for table, row in enumerate(keys):
            ordered[table], entries[table] = _sorted(row)
        return Postings(ordered.ravel(), entries.ravel(), _begins(ordered.ravel()))


_TOGETHER = 16
"""Keys that begin alike, on the mean. Among 100,000 images a picture is found in 3.1 ms with 8, in 3.5 with
16, in 4.0 with 32 and in 4.3 with 256; in a block of 60 in 1.6 to 1.9. The table is a sixteenth of the
rest."""


def _shift(keys: np.ndarray) -> int:
    """By how many bits sorted keys are shifted, so that few of them have the rest in common."""
    highest = int(keys[-1]) if len(keys) else 0
    return max(0, highest.bit_length() - (len(keys) // _TOGETHER).bit_length())


def _begins(keys: np.ndarray) -> np.ndarray:
    """See `Postings`: of sorted keys, uint32 (m,)."""
    shift = _shift(keys)
    beginnings = np.arange((int(keys[-1]) >> shift) + 2 if len(keys) else 1, dtype=np.int64) << shift
    found: np.ndarray = np.searchsorted(keys, beginnings.astype(np.uint32)).astype(np.int64)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Collisions:
    """Equal keys, sorted by side: rows `starts[s]` … `starts[s + 1]` (int64) are those of side s. Of each
    row, int32: the `query` keypoint, the `entry` found, whose `picture` that is, the `length` of its list."""

    starts: np.ndarray
    query: np.ndarray
    entry: np.ndarray
    picture: np.ndarray
    length: np.ndarray

    @property
    def side(self) -> np.ndarray:
        """Of every row: int64."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The pictures that are looked up, and their mirror images: `of` int32, by keypoint, the side it belongs
    to; by side: `place` in 0…1, where in the order of the pictures it stands, and `after` int64, the first
    picture that is wanted."""

    of: np.ndarray
    place: np.ndarray
    after: np.ndarray


def lookup(
    postings: Postings, owner: np.ndarray, keys: np.ndarray, sides: Sides, window: int = WINDOW
) -> Collisions:
    """Find the entries that share a key with the queries, uint32 (tables, n). `owner`, int32: of each entry.

    Of a list longer than `window` the part around the side's place is taken.
    """
    wanted, order = _sorted(keys.T.ravel())
    query = (order // len(keys)).astype(np.int32)
    first, length = _lists(postings.keys, postings.begins, _shift(postings.keys), wanted)
    taken = _taken(postings.entries, owner, first, length, query, sides.of, sides.place, sides.after, window)
    count = np.bincount(sides.of[query], taken, len(sides.place)).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(count)])
    return Collisions(starts, *_rows(postings.entries, owner, first, taken, length, query, sides.of, starts))


@compiled
def _taken(
    entries: np.ndarray, owner: np.ndarray, first: np.ndarray, length: np.ndarray, query: np.ndarray,
    side: np.ndarray, place: np.ndarray, after: np.ndarray, window: int,
) -> np.ndarray:  # fmt: skip
    """How many entries of each list are taken, int32; `first` is moved to where they begin. As entries
    ascend, those of the pictures that are not wanted come first."""
    taken: np.ndarray = np.minimum(length, np.int32(window))
    for one in range(len(first)):
        mine = side[query[one]]
        if taken[one] < length[one]:
            middle = int(place[mine] * length[one]) - window // 2
            first[one] += max(0, min(middle, length[one] - taken[one]))
        while taken[one] and owner[entries[first[one]]] < after[mine]:
            first[one] += 1
            taken[one] -= 1
    return taken


@compiled
def _lists(
    keys: np.ndarray, begins: np.ndarray, shift: int, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the list of each wanted key begins, and its length. Keys and those wanted are sorted."""
    first, length = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int32)
    begin = end = 0
    for row in range(len(wanted)):
        key = wanted[row]
        if not row or key != wanted[row - 1]:
            beginning = key >> shift
            if beginning + 1 >= len(begins):  # all keys are smaller
                break
            begin = _reached(keys, begins[beginning], begins[beginning + 1], key)
            end = _reached(keys, begin, begins[beginning + 1], key + np.uint32(1))
        first[row], length[row] = begin, end - begin
    return first, length


@compiled
def _reached(keys: np.ndarray, start: int, end: int, key: int) -> int:
    """The first place of `start` … `end` whose key is not below this one, or the end."""
    while start < end:
        middle = (start + end) // 2
        if keys[middle] < key:
            start = middle + 1
        else:
            end = middle
    return start


@compiled
def _rows(
    entries: np.ndarray, owner: np.ndarray, first: np.ndarray, taken: np.ndarray, length: np.ndarray,
    query: np.ndarray, side: np.ndarray, starts: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """What is found, by side: of each row query, entry, picture, length."""
    total = taken.sum()
    ends = starts[:-1].copy()
    rows_query, rows_entry = np.empty(total, np.int32), np.empty(total, np.int32)
    rows_picture, rows_length = np.empty(total, np.int32), np.empty(total, np.int32)
    for one in range(len(first)):
        mine = side[query[one]]
        for at in range(first[one], first[one] + taken[one]):
            row = ends[mine]
            rows_query[row], rows_entry[row] = query[one], entries[at]
            rows_picture[row], rows_length[row] = owner[entries[at]], length[one]
            ends[mine] = row + 1
    return rows_query, rows_entry, rows_picture, rows_length


def _sorted(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keys uint32 in order and where each stood. Key and place are sorted as one number: several times faster
    than a stable argsort, with the same result."""
    both = keys.astype(np.uint64) << np.uint64(32) | np.arange(len(keys), dtype=np.uint64)
    both.sort()
    return (both >> np.uint64(32)).astype(np.uint32), (both & np.uint64(0xFFFFFFFF)).astype(np.int64)
