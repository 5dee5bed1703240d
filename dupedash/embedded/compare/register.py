"""Lay one picture over another: the affine map that most of their keypoints agree on.

Keypoints are matched by descriptor; matches first vote for one turn and zoom, which throws out most wrong
ones, and RANSAC finds the map among the rest. Under that map every keypoint is looked at again: it is
confirmed by a similar one at its place, or contradicted by others only. OpenCV's RANSAC draws from a fixed
seed: the same input gives the same map.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.compiled import compiled, differing_bits
from dupedash.embedded.describe import pattern
from dupedash.embedded.describe.descriptor import LEVELS, POSITION_UNIT, SCALE_STEP, Descriptor

MIN_MATCHES = 5
"""Fewer matches are not looked at: three fix a map, so the next two are the first that confirm it."""
_RATIO = 0.85
"""Distance of the nearest descriptor by that of the second, at most; Lowe (2004) takes 0.8 for SIFT."""
_TURNS, _TURN_SLACK = 16, 28
"""Bins in which the turn is voted for, and how far from the middle of the best one a match is kept, in 1/256:
half a bin, and 20 by which the angles of ORB vary (see `votes`)."""
_ZOOM_SLACK = 3
"""Octaves around the best zoom; 2 loses 1 of 375 edits, 4 takes 1 for an exact copy."""
_TOLERANCE = _NEAR = 5.0
"""Pixels of 400 by which a keypoint lies off: a pixel of the coarsest level is 3.6 of them wide. With a
tolerance of 4, 1 exact copy of 246 is lost."""
_SIMILAR = 72
"""Bits of 256 in which two views of a keypoint differ at most: 7 standard deviations fewer than by chance."""
_OCTAVES_APART = 2
"""Levels by which a keypoint may be found beside its own: by 1.2² in size."""


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """The side of a pair that is registered: `positions` float32 (n, 2) in the 400 px picture of `size`
    (height, width), `angles` in 1/256 turns, `octaves`, `binary`."""

    positions: np.ndarray
    angles: np.ndarray
    octaves: np.ndarray
    binary: np.ndarray
    size: tuple[int, int]

    @property
    def words(self) -> np.ndarray:
        """The descriptors as uint64 (n, 4)."""
        return np.ascontiguousarray(self.binary).view(np.uint64)

    @staticmethod
    def of(descriptor: Descriptor, mirrored: bool) -> "Keypoints":
        """The keypoints of a picture or of its mirror image."""
        positions = descriptor.points * np.float32(POSITION_UNIT)
        angles, octaves = descriptor.angles.astype(np.int32), descriptor.octaves.astype(np.int32)
        if not mirrored:
            return Keypoints(positions, angles, octaves, descriptor.binary, descriptor.size)
        positions[:, 0] = descriptor.size[1] - 1 - positions[:, 0]
        binary = pattern.mirrored(descriptor.binary)
        return Keypoints(positions, pattern.ANGLES // 2 - angles, octaves, binary, descriptor.size)


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """`unit_matrix` (2, 3) maps the unit square of a to that of b (of b's mirror image if asked). `inliers`
    matches agree on it; in the overlap, `confirmed` keypoints of a have a similar one at their place in b,
    `contradicted` ones have only others there."""

    unit_matrix: np.ndarray
    inliers: int = 0
    confirmed: int = 0
    contradicted: int = 0


SAME_FRAME = Registration(np.eye(3)[:2])
"""Both pictures laid over each other as they are."""


def register(a: Keypoints, b: Keypoints) -> Registration | None:
    """The map of a onto b, or None if the keypoints agree on none."""
    if len(a.positions) < MIN_MATCHES or len(b.positions) < MIN_MATCHES:
        return None
    here, there = _matches(a.words, b.words)
    agreed = _agreed(b.angles[there] - a.angles[here], b.octaves[there] - a.octaves[here])
    if len(agreed) < MIN_MATCHES:
        return None
    matrix, inlier = cv2.estimateAffine2D(
        a.positions[here[agreed]],
        b.positions[there[agreed]],
        method=cv2.RANSAC,
        ransacReprojThreshold=_TOLERANCE,
        maxIters=500,
        confidence=0.99,
    )
    if matrix is None or not plausible(matrix):
        return None
    refined, confirmed, contradicted = _confirm(a, b, matrix)
    return Registration(to_unit(refined, a.size, b.size), int(inlier.sum()), confirmed, contradicted)


@compiled
def _matches(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns whose nearest neighbour is clearly nearer than the second; uint64 (n, 4), (m, 4)."""
    row, column, count = np.empty(len(a), np.int64), np.empty(len(a), np.int64), 0
    for i in range(len(a)):
        best, second, nearest = 256, 255, 0
        for j in range(len(b)):
            bits = differing_bits(a[i], b[j])
            if bits < best:
                best, second, nearest = bits, min(best, 255), j
            elif bits < second:
                second = bits
        if best < _RATIO * second:
            row[count], column[count] = i, nearest
            count += 1
    return row[:count], column[:count]


def _agreed(turn: np.ndarray, zoom: np.ndarray) -> np.ndarray:
    """The matches near the turn and zoom that most of them imply."""
    zooms = 2 * LEVELS
    cell = (turn % 256) * _TURNS // 256 * zooms + zoom + LEVELS
    count = np.bincount(cell, minlength=_TURNS * zooms).reshape(_TURNS, zooms)
    count = count + np.roll(count, 1, axis=0) + np.roll(count, -1, axis=0)
    count = count + np.roll(count, 1, axis=1) + np.roll(count, -1, axis=1)
    best_turn, best_zoom = np.unravel_index(int(count.argmax()), count.shape)
    middle = (int(best_turn) * 2 + 1) * 128 // _TURNS
    off = np.abs((turn - middle + 128) % 256 - 128)
    return np.flatnonzero((off <= _TURN_SLACK) & (np.abs(zoom - (int(best_zoom) - LEVELS)) <= _ZOOM_SLACK))


def plausible(matrix: np.ndarray) -> bool:
    """Whether a map (2, 3) neither tears nor reflects: zoom within 1/6.7 … 7, stretch below 2.2."""
    (a, b, _), (c, d, _) = matrix.tolist()
    area, spread = a * d - b * c, a * a + b * b + c * c + d * d
    if area <= 0:
        return False
    # The singular values: their squares add up to `spread`, their product is `area`.
    root = math.sqrt(max(0.0, spread * spread - 4 * area * area))
    large = math.sqrt((spread + root) / 2)
    small = area / large
    return small > 0.15 and large < 7 and large < 2.2 * small


def _confirm(a: Keypoints, b: Keypoints, matrix: np.ndarray) -> tuple[np.ndarray, int, int]:
    """The map fitted again to all keypoints that are similar at their places; how many of a's those are,
    and how many of a's meet only others there."""
    zoom = math.sqrt(np.linalg.det(matrix[:, :2]))
    moved = (a.positions @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    row, column, met, confirmed = _similar_at_their_places(
        moved, a.octaves + math.log(zoom) / math.log(SCALE_STEP), a.words,
        b.positions, b.octaves, b.words, _NEAR * max(1.0, zoom),
    )  # fmt: skip
    if confirmed >= 8:
        matrix = _fitted(a.positions[row], b.positions[column], matrix)
    return matrix, confirmed, met - confirmed


@compiled
def _similar_at_their_places(
    moved: np.ndarray, expected: np.ndarray, a: np.ndarray,
    places: np.ndarray, octaves: np.ndarray, b: np.ndarray, reach: float,
) -> tuple[np.ndarray, np.ndarray, int, int]:  # fmt: skip
    """Pairs of keypoints that lie `reach` apart at most and are similar; how many of the first meet any other
    of their octave there, and how many a similar one."""
    row, column = [0], [0]
    met = confirmed = 0
    for i in range(len(a)):
        meets = similar = False
        for j in range(len(b)):
            near = abs(moved[i, 0] - places[j, 0]) <= reach and abs(moved[i, 1] - places[j, 1]) <= reach
            if near and abs(expected[i] - octaves[j]) <= _OCTAVES_APART:
                meets = True
                if differing_bits(a[i], b[j]) <= _SIMILAR:
                    similar = True
                    row.append(i)
                    column.append(j)
        met += meets
        confirmed += similar
    return np.array(row)[1:], np.array(column)[1:], met, confirmed


def _fitted(source: np.ndarray, target: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The least-squares map, in two rounds that leave out what lies off; the given one if that is not
    plausible."""
    points = np.column_stack([source, np.ones(len(source))]).astype(np.float64)
    better = matrix
    for limit in (4.0, 2.5):
        off = np.hypot(*(points @ better.T - target).T)
        keep = off <= limit * max(1.0, math.sqrt(abs(np.linalg.det(better[:, :2]))))
        if keep.sum() < 6:
            return matrix
        few = points[keep]
        better = np.linalg.solve(few.T @ few + 1e-6 * np.eye(3), few.T @ target[keep]).T
    return better if plausible(better) else matrix


def square(matrix: np.ndarray) -> np.ndarray:
    """A (2, 3) map as (3, 3)."""
    return np.vstack([matrix, [0, 0, 1]])


def centres(height: int, width: int) -> np.ndarray:
    """The map (3, 3) of pixel centres of a picture of this height and width to the unit square."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def to_unit(matrix: np.ndarray, size_a: tuple[int, int], size_b: tuple[int, int]) -> np.ndarray:
    """A map (2, 3) between pixels of pictures of these heights and widths as one (2, 3) of unit squares."""
    unit: np.ndarray = (centres(*size_b) @ square(matrix) @ np.linalg.inv(centres(*size_a)))[:2]
    return unit
