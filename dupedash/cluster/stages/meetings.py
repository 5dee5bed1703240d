"""Where words meet: every picture that is looked up, and what stands in the same lists.

The lists, and how much of each is looked at, are those of the embedded search: a word of many pictures gives
a query the entries around its own place only (`retrieve.words`), whatever the number of pictures.

In lists of a few entries mostly copies meet; how many there are of those does not grow with the pictures. In
longer ones nearly all meet by chance, and they are what grows. There two keypoints must be alike in bits that
are in no word, too (Hamming embedding, after Jégou, Douze and Schmid 2008). Where everything is to be
looked at, these bits are all 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dupedash.compiled import compiled, set_bits
from dupedash.embedded.describe import hashes
from dupedash.embedded.retrieve import words
from dupedash.embedded.retrieve.index import HASH_WINDOW

ASKED = 4
"""A bit beside those of the sides: the picture is looked up."""

WORD = np.dtype(
    [("bits", "<u8"), ("key", "<u4"), ("picture", "<u4"), ("keypoint", "<u2"), ("x", "<u2"), ("y", "<u2"),
     ("angle", "u1"), ("octave", "u1")]
)  # fmt: skip
"""A word of a picture (by its place in a list of pictures) with the keypoint it is of, and `words.beside`."""
HASH = np.dtype([("key", "<u4"), ("picture", "<u4"), ("pdq", "u1", 32)])
"""A piece of a picture's hash."""
MEETING = np.dtype(
    [("query", "<u4"), ("other", "<u4"), ("keypoint", "<u2"), ("entry", "<u2"), ("length", "<u2"),
     ("x", "<u2"), ("y", "<u2"), ("angle", "u1"), ("octave", "u1"), ("table", "u1")]
)  # fmt: skip
"""A word of a `table` that two pictures share: `query`, twice the number of the one that is looked up, + 1
mirrored, its `keypoint`; `other` with the number of its keypoint `entry` and that; `length` of the list, at
most LONGEST."""
LONGEST = 65_535
"""Entries of a list that still count: from there on a word weighs less than a fifth anyway."""
SHORT = 8
"""Lists of fewer entries give all that meets in them: 1,470 words an image that are shared with others among
10,000 pictures, and 1,490 among 100,000."""
FAR = 10
"""Bits of 64 in which two keypoints may differ that meet in a longer list. It keeps 1,040 of 5,400 words that
meet by chance there among 10,000 pictures, and takes their candidate from 8 of 5,922 pairs of copies."""
NEAR = np.dtype([("query", "<u4"), ("other", "<u4")])
"""Two pictures whose hashes are near."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Words of some pictures of a block for one bucket. Arrays: `numbers` uint32 of the pictures, ascending;
    `places` uint32 in the order of all, of 2³²; `flags` uint8; `words` WORD and `hashes` HASH, by picture."""

    numbers: np.ndarray
    places: np.ndarray
    flags: np.ndarray
    words: np.ndarray
    hashes: np.ndarray


def joined(given: Sequence[Given]) -> Given:
    """Those of several blocks, in the order of the numbers."""
    shifts = np.cumsum([0, *(len(g.numbers) for g in given)])
    parts = []
    for name, kind in (("words", WORD), ("hashes", HASH)):
        rows = [getattr(g, name).copy() for g in given]
        for some, shift in zip(rows, shifts, strict=False):
            some["picture"] += np.uint32(shift)
        parts.append(np.concatenate(rows) if rows else np.zeros(0, kind))
    arrays = [
        np.concatenate([getattr(g, name) for g in given]) if given else np.zeros(0, kind)
        for name, kind in (("numbers", np.uint32), ("places", np.uint32), ("flags", np.uint8))
    ]
    return Given(*arrays, *parts)


def meetings(given: Given) -> np.ndarray:
    """The words that pictures share: MEETING, by list."""
    rows = _in_order(given.words)
    one, at, way, length = _met(rows, words.mirrored(rows["key"]), rows["bits"], given, words.WINDOW)
    found = np.empty(len(one), MEETING)
    found["query"] = given.numbers[rows["picture"][one]] * 2 + way
    found["other"] = given.numbers[rows["picture"][at]]
    found["keypoint"], found["entry"] = rows["keypoint"][one], rows["keypoint"][at]
    found["length"] = np.minimum(length, LONGEST)
    found["table"] = rows["key"][at] >> 2 * words.HALF_BITS
    for name in ("x", "y", "angle", "octave"):
        found[name] = rows[name][at]
    return found


def near(given: Given) -> np.ndarray:
    """Pictures whose hashes are near and share a piece: NEAR."""
    rows = _in_order(given.hashes)
    alike = np.zeros(len(rows), np.uint64)
    one, at, way, _ = _met(rows, rows["key"] ^ FLIP, alike, given, HASH_WINDOW)
    looked = rows["pdq"][one]
    looked = np.where(way[:, None] == 1, hashes.mirrored(looked), looked)
    kept = np.flatnonzero(hashes.distance(looked, rows["pdq"][at]) <= hashes.MAX_DISTANCE)
    found = np.empty(len(kept), NEAR)
    found["query"] = given.numbers[rows["picture"][one[kept]]] * 2 + way[kept]
    found["other"] = given.numbers[rows["picture"][at[kept]]]
    return np.unique(found)


FLIP = hashes.chunks(hashes.mirrored(np.zeros((1, 32), np.uint8)))[0, 0]
"""What mirroring changes in every piece of a hash."""


def _in_order(rows: np.ndarray) -> np.ndarray:
    """By key; those of one key as they were, by picture."""
    both = rows["key"].astype(np.uint64) << np.uint64(32) | np.arange(len(rows), dtype=np.uint64)
    both.sort()
    return rows[(both & np.uint64(0xFFFFFFFF)).astype(np.int64)]


def _met(
    rows: np.ndarray, flipped: np.ndarray, bits: np.ndarray, given: Given, window: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows that meet: of the query, of the entry, whether it is mirrored, and the length of the list."""
    keys = np.ascontiguousarray(rows["key"])
    first, last = (
        np.stack([np.searchsorted(keys, some, side) for some in (keys, flipped)]).astype(np.int32)
        for side in ("left", "right")
    )
    picture, bits = np.ascontiguousarray(rows["picture"]), np.ascontiguousarray(bits)
    return meet(first, last, picture, bits, given.places / 2**32, given.flags, window)


@compiled
def meet(
    first: np.ndarray,
    last: np.ndarray,
    picture: np.ndarray,
    bits: np.ndarray,
    places: np.ndarray,
    flags: np.ndarray,
    window: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of every row that is looked up the rows of its list, `first` … `last` (2, n), around its place, whose
    pictures are to be compared with its own: two that are both looked up once."""
    count = 0
    one, at = np.empty(0, np.int32), np.empty(0, np.int32)
    way, length = np.empty(0, np.uint8), np.empty(0, np.int32)
    for fill in range(2):
        if fill:
            one, at = np.empty(count, np.int32), np.empty(count, np.int32)
            way, length = np.empty(count, np.uint8), np.empty(count, np.int32)
        count = 0
        for row in range(len(picture)):
            mine = picture[row]
            if not flags[mine] & 4:
                continue
            for side in range(2):
                long = last[side, row] - first[side, row]
                taken = min(long, window)
                begin = first[side, row] + min(max(int(places[mine] * long) - window // 2, 0), long - taken)
                for other in range(begin, begin + taken):
                    theirs = picture[other]
                    both = (flags[mine] & 1 and flags[theirs] & 2) or (flags[mine] & 2 and flags[theirs] & 1)
                    once = theirs != mine and (theirs > mine or not flags[theirs] & 4)
                    if both and once and (long < SHORT or _alike(bits[row], bits[other], side)):
                        if fill:
                            one[count], at[count], way[count], length[count] = row, other, side, long
                        count += 1
    return one, at, way, length


@compiled
def _alike(mine: int, theirs: int, mirrored: int) -> bool:
    """Whether two keypoints differ in few of the bits beside their words. The halves change places in a
    mirror."""
    half = np.uint64(32)
    seen = (mine << half | mine >> half) if mirrored else mine
    return bool(set_bits(seen ^ theirs) <= FAR)
