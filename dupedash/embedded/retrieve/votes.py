"""Votes of shared words that agree on one turn, zoom and shift (weak geometric consistency)."""

from dataclasses import dataclass

import numpy as np

from dupedash.embedded.describe.descriptor import SCALE_STEP

MOST_SHARED = 16
"""Shared words of a pair that are looked at; more do not make it more certain."""
_APART = 8.0
_TURN = 24
_ZOOM = 2
_SHIFT = 0.25
_SLACK = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """Shared words, a row each: the `pair` they speak for (int64), the positions `here` and `there` (n, 2)
    in the 400 px pictures, the difference `turn` of the angles (1/256 turns) and `zoom` of the octaves, and
    `weight`, less for a common word. Sorted by pair."""

    pair: np.ndarray
    here: np.ndarray
    there: np.ndarray
    turn: np.ndarray
    zoom: np.ndarray
    weight: np.ndarray


def count_votes(shared: Shared) -> tuple[np.ndarray, np.ndarray]:
    """Every pair, and the largest weight of its words that agree with one of them: int64 (p,), float (p,)."""
    n = len(shared.pair)
    starts = np.flatnonzero(np.r_[True, shared.pair[1:] != shared.pair[:-1]][:n])
    if not n:
        return shared.pair, shared.weight
    ends = np.repeat(np.r_[starts[1:], n], np.diff(np.r_[starts, n]))
    later = ends - np.arange(n) - 1
    one = np.repeat(np.arange(n), later)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(later) - later, later)
    one, other = _agreeing(shared, one, other)
    agreed = np.bincount(one, shared.weight[other], n) + np.bincount(other, shared.weight[one], n)
    return shared.pair[starts], np.maximum.reduceat(np.where(agreed > 0, agreed + shared.weight, 0), starts)


def _agreeing(shared: Shared, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those of the given couples of words that lie apart and imply the same turn, zoom and shift."""
    turn = (shared.turn[other] - shared.turn[one] + 128) % 256 - 128
    zoom = shared.zoom[one] + shared.zoom[other]
    likely = np.flatnonzero((np.abs(turn) <= _TURN) & (np.abs(zoom - 2 * shared.zoom[one]) <= _ZOOM))
    one, other = one[likely], other[likely]
    angle = (shared.turn[one] + turn[likely] / 2).astype(np.float32) * np.float32(2 * np.pi / 256)
    factor = np.float32(SCALE_STEP**0.5) ** zoom[likely].astype(np.float32)
    here = shared.here[one] - shared.here[other]
    there = shared.there[one] - shared.there[other]
    cos, sin = np.cos(angle) * factor, np.sin(angle) * factor
    error_x = here[:, 0] * cos - here[:, 1] * sin - there[:, 0]
    error_y = here[:, 0] * sin + here[:, 1] * cos - there[:, 1]
    long_here, long_there = np.hypot(here[:, 0], here[:, 1]), np.hypot(there[:, 0], there[:, 1])
    # Halfway between both pictures' scales, so that the answer is the same from either side.
    error, length = np.hypot(error_x, error_y) / np.sqrt(factor), np.sqrt(long_here * long_there)
    good = (error <= _SLACK + _SHIFT * length) & (long_here >= _APART) & (long_there >= _APART)
    return one[good], other[good]
