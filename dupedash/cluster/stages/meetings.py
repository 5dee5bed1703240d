"""Where words meet: every picture that is looked up, and what stands in the same lists.

The lists, and how much of each is looked at, are those of the embedded search: a word of many pictures gives
a query the entries around its own place only (`retrieve.words`), whatever the number of pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.describe import hashes
from dupedash.embedded.retrieve import words
from dupedash.embedded.retrieve.index import HASH_WINDOW

ASKED = 4
"""A bit beside those of the sides: the picture is looked up."""

WORD = np.dtype(
    [("key", "<u4"), ("picture", "<u4"), ("keypoint", "<u2"), ("x", "<u2"), ("y", "<u2"), ("angle", "u1"),
     ("octave", "u1")]
)  # fmt: skip
"""A word of a picture (by its place in a list of pictures) with the keypoint it is of."""
HASH = np.dtype([("key", "<u4"), ("picture", "<u4"), ("pdq", "u1", 32)])
"""A piece of a picture's hash."""
MEETING = np.dtype(
    [("query", "<u4"), ("other", "<u4"), ("key", "<u4"), ("keypoint", "<u2"), ("entry", "<u2"),
     ("length", "<u2"), ("x", "<u2"), ("y", "<u2"), ("angle", "u1"), ("octave", "u1")]
)  # fmt: skip
"""A word `key` that two pictures share: `query`, twice the number of the one that is looked up, + 1 mirrored,
its `keypoint`; `other` with the number of its keypoint `entry` and that; `length` of the list, at most
LONGEST."""
LONGEST = 65_535
"""Entries of a list that still count: from there on a word weighs less than a fifth anyway."""
NEAR = np.dtype([("query", "<u4"), ("other", "<u4")])
"""Two pictures whose hashes are near."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Words of some pictures of a block for one bucket. Arrays: `numbers` int64 of the pictures, ascending;
    `places` float64 in the order of all, 0…1; `flags` uint8; `words` WORD and `hashes` HASH, by picture."""

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
        for name, kind in (("numbers", np.int64), ("places", np.float64), ("flags", np.uint8))
    ]
    return Given(*arrays, *parts)


def meetings(given: Given) -> np.ndarray:
    """The words that pictures share: MEETING, by list."""
    rows = _in_order(given.words)
    mirrored = words.mirrored(rows["key"])
    one, at, way, length = _met(rows["key"], mirrored, rows["picture"], given, words.WINDOW)
    query, entry = rows[one], rows[at]
    found = np.empty(len(one), MEETING)
    found["query"] = given.numbers[query["picture"]] * 2 + way
    found["other"] = given.numbers[entry["picture"]]
    found["entry"], found["keypoint"] = entry["keypoint"], query["keypoint"]
    found["length"] = np.minimum(length, LONGEST)
    for name in ("key", "x", "y", "angle", "octave"):
        found[name] = entry[name]
    return found


def near(given: Given) -> np.ndarray:
    """Pictures whose hashes are near and share a piece: NEAR."""
    rows = _in_order(given.hashes)
    flipped = (rows["key"] ^ FLIP).astype(np.uint32)
    one, at, way, _ = _met(rows["key"], flipped, rows["picture"], given, HASH_WINDOW)
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
    keys: np.ndarray, flipped: np.ndarray, picture: np.ndarray, given: Given, window: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows that meet: of the query, of the entry, whether it is mirrored, and the length of the list."""
    first = np.searchsorted(keys, keys)
    last = np.searchsorted(keys, keys, "right")
    first_flipped = np.searchsorted(keys, flipped)
    last_flipped = np.searchsorted(keys, flipped, "right")
    return meet(
        np.stack([first, first_flipped]), np.stack([last, last_flipped]), picture.astype(np.int64),
        given.places, given.flags, window,
    )  # fmt: skip


@compiled
def meet(
    first: np.ndarray,
    last: np.ndarray,
    picture: np.ndarray,
    places: np.ndarray,
    flags: np.ndarray,
    window: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of every row that is looked up the rows of its list, `first` … `last` (2, n), around its place, whose
    pictures are to be compared with its own: two that are both looked up once."""
    count = 0
    one, at = np.empty(0, np.int64), np.empty(0, np.int64)
    way, length = np.empty(0, np.int64), np.empty(0, np.int64)
    for fill in range(2):
        if fill:
            one, at = np.empty(count, np.int64), np.empty(count, np.int64)
            way, length = np.empty(count, np.int64), np.empty(count, np.int64)
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
                    if both and theirs != mine and (theirs > mine or not flags[theirs] & 4):
                        if fill:
                            one[count], at[count], way[count], length[count] = row, other, side, long
                        count += 1
    return one, at, way, length
