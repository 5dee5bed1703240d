"""Votes of shared words that agree on one turn, zoom and shift (weak geometric consistency, after Jégou,
Douze and Schmid 2008)."""

from __future__ import annotations

import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.describe.scales import POSITION_UNIT, SCALE_STEP

MOST_SHARED = 32
"""Shared words of a pair that are looked at: 496 couples; more do not make it more certain."""
_APART = np.float32(8.0)  # px of 400: two words nearer to each other say nothing about turn and zoom
_TURN = 24  # of 256: how far the angles of ORB vary under the changes of `images` that we look for
_ZOOM = 2  # octaves of SCALE_STEP
_SHIFT = np.float32(0.25)  # of the distance between the two words …
_SLACK = np.float32(6.0)  # … and px beside that
_HALF_STEP = SCALE_STEP**0.5
_UNIT = np.float32(POSITION_UNIT)
_KNOWN = 256
"""Lists of fewer entries have their weight in a table: nearly all."""
_ROUNDED = 1e-3
"""What sums of floats in another order may differ by, and less than one word more is worth."""


@compiled
def agreement(
    count: int, here: np.ndarray, there: np.ndarray, turn: np.ndarray, zoom: np.ndarray, weight: np.ndarray
) -> float:
    """The largest weight of shared words that agree with one of them, that one's included; 0 where none do.

    `here` and `there` float32 (count, 2): positions in the 400 px pictures; `turn` int64: difference of the
    angles, 1/256 turns; `zoom` int64: of the octaves; `weight` float32.
    """
    agreed = np.zeros(count, np.float32)
    for i in range(count):
        for j in range(i + 1, count):
            between = (turn[j] - turn[i] + 128) % 256 - 128
            both = zoom[i] + zoom[j]
            if abs(between) > _TURN or abs(both - 2 * zoom[i]) > _ZOOM:
                continue
            across, down = here[i, 0] - here[j, 0], here[i, 1] - here[j, 1]
            right, below = there[i, 0] - there[j, 0], there[i, 1] - there[j, 1]
            long_here = np.sqrt(across * across + down * down)
            long_there = np.sqrt(right * right + below * below)
            if long_here < _APART or long_there < _APART:
                continue
            angle = (turn[i] + between / 2) * (2 * np.pi / 256)
            factor = _HALF_STEP**both
            cos, sin = np.cos(angle) * factor, np.sin(angle) * factor
            off = (across * cos - down * sin - right) ** 2 + (across * sin + down * cos - below) ** 2
            # Halfway between both pictures' scales, so that the answer is the same from either side.
            if np.sqrt(off / factor) <= _SLACK + _SHIFT * np.sqrt(long_here * long_there):
                agreed[i] += weight[j]
                agreed[j] += weight[i]
    best = 0.0
    for i in range(count):
        if agreed[i] > 0:
            best = max(best, agreed[i] + weight[i])
    return best


@compiled
def weights(length: np.ndarray) -> np.ndarray:
    """What a shared word counts, by the length of the list in which it stood: float32 (n,), 1 for a list of
    its own, a half where there are 16."""
    known, found = np.empty(_KNOWN, np.float32), np.empty(len(length), np.float32)
    for one in range(_KNOWN):
        known[one] = _weight(max(1, one))
    for row in range(len(length)):
        found[row] = known[length[row]] if length[row] < _KNOWN else _weight(length[row])
    return found


@compiled
def _weight(length: int) -> np.float32:
    return np.float32(1 / (1 + np.log2(length) / 4))


@compiled
def promising(
    picture: np.ndarray, weight: np.ndarray, start: int, end: int, least: float,
    total: np.ndarray, first: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """The rows `start` … `end` whose picture has `least` votes if all of them agree, and more than one, those
    of one picture together: int64.

    `total` float32 and `first` int32, by picture: scratch; `total` is 0 everywhere before and afterwards.
    """
    for row in range(start, end):
        total[picture[row]] += weight[row]
        first[picture[row]] = 0
    for row in range(start, end):
        first[picture[row]] += 1
    rows = 0
    for row in range(start, end):
        one = picture[row]
        if first[one] > 0:
            chosen = total[one] >= least - _ROUNDED and first[one] > 1
            count = first[one]
            first[one] = -1 - rows if chosen else 0
            rows += count if chosen else 0
    found = np.empty(rows, np.int64)
    for row in range(start, end):
        one = picture[row]
        if first[one] < 0:
            found[-1 - first[one]] = row
            first[one] -= 1
    for row in range(start, end):
        total[picture[row]] = 0
    return found


@compiled
def distinct(rows: np.ndarray, begin: int, query: np.ndarray, entry: np.ndarray, picture: np.ndarray,
             chosen: np.ndarray) -> tuple[int, int]:  # fmt: skip
    """Of the rows of one picture, which begin at `begin`, those of different keypoints, as many as `chosen`
    has room for: how many, and where the next picture's rows begin. `rows` and `chosen` int64 (n,), which is
    filled; `query`, `entry` and `picture` as in `words.Collisions`."""
    count, end = 0, begin
    while end < len(rows) and picture[rows[end]] == picture[rows[begin]]:
        row = rows[end]
        end += 1
        again = count == len(chosen)
        for known in chosen[:count]:
            again |= query[known] == query[row] and entry[known] == entry[row]
        if not again:
            chosen[count] = row
            count += 1
    return count, end


@compiled
def count_votes(
    starts: np.ndarray, query: np.ndarray, entry: np.ndarray, length: np.ndarray,
    picture: np.ndarray, pictures: int,
    q_places: np.ndarray, q_angles: np.ndarray, q_octaves: np.ndarray,
    places: np.ndarray, angles: np.ndarray, octaves: np.ndarray,
    least: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The pictures that get at least so many votes: side, picture, votes (int64, int64, float32).

    Rows `starts[s]` … `starts[s + 1]` are the shared words of side s: `query` and `entry` its keypoints,
    `picture` (of `pictures`) whose the entry is, `length` of the list in which it stood. `q_places` float32
    (n, 2) in px, `places` uint16 in POSITION_UNIT.
    """
    total, first, worth = np.zeros(pictures, np.float32), np.zeros(pictures, np.int32), weights(length)
    here, there = np.empty((MOST_SHARED, 2), np.float32), np.empty((MOST_SHARED, 2), np.float32)
    turn, zoom = np.empty(MOST_SHARED, np.int64), np.empty(MOST_SHARED, np.int64)
    weight, chosen = np.empty(MOST_SHARED, np.float32), np.empty(MOST_SHARED, np.int64)
    sides, found, votes = [0], [0], [np.float32(0)]
    for side in range(len(starts) - 1):
        rows = promising(picture, worth, starts[side], starts[side + 1], least, total, first)
        end = 0
        while end < len(rows):
            one = picture[rows[end]]
            shared, end = distinct(rows, end, query, entry, picture, chosen)
            for k in range(shared):
                q, e = query[chosen[k]], entry[chosen[k]]
                here[k, 0], here[k, 1] = q_places[q, 0], q_places[q, 1]
                there[k, 0], there[k, 1] = places[e, 0] * _UNIT, places[e, 1] * _UNIT
                turn[k] = np.int64(angles[e]) - q_angles[q]
                zoom[k] = np.int64(octaves[e]) - q_octaves[q]
                weight[k] = worth[chosen[k]]
            got = agreement(shared, here, there, turn, zoom, weight) if shared > 1 else 0.0
            if got >= least:
                sides.append(side)
                found.append(int(one))
                votes.append(np.float32(got))
    return np.array(sides)[1:], np.array(found)[1:], np.array(votes)[1:]
