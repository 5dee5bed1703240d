"""Lay one picture over another: the affine map that most of their keypoints agree on.

Keypoints are matched by descriptor; matches first vote for one turn and zoom, which throws out most wrong
ones, and RANSAC finds the map among the rest. Under that map every keypoint is looked at again: it is
confirmed by a similar one at its place, or contradicted by others only. OpenCV's RANSAC draws from a fixed
seed: the same input gives the same map.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.embedded.describe import pattern
from dupedash.embedded.describe.descriptor import LEVELS, POSITION_UNIT, Descriptor

MIN_MATCHES = 5
"""Fewer matches are not looked at: three fix a map, so the next two are the first that confirm it."""
_RATIO = 0.85
_TURNS = 16
_TURN_SLACK = 28
_ZOOM_SLACK = 3
_TOLERANCE = 5.0
_NEAR = 5.0
_SIMILAR = 72
_OCTAVES_APART = 2


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """The side of a pair that is registered: `positions` float32 (n, 2) in the 400 px picture of `size`
    (height, width), `angles` in 1/256 turns, `octaves`, `binary`."""

    positions: np.ndarray
    angles: np.ndarray
    octaves: np.ndarray
    binary: np.ndarray
    size: tuple[int, int]

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
    distance = distances(a.binary, b.binary)
    here, there = _matches(distance)
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
    refined, confirmed, contradicted = _confirm(a, b, distance, matrix)
    return Registration(to_unit(refined, a.size, b.size), int(inlier.sum()), confirmed, contradicted)


def _matches(distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns where the nearest neighbour is clearly nearer than the second."""
    rows = np.arange(len(distance))
    nearest = distance.argmin(axis=1)
    best = distance[rows, nearest]
    others = distance.copy()
    others[rows, nearest] = 255
    keep = np.flatnonzero(best < _RATIO * others.min(axis=1))
    return keep, nearest[keep]


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Hamming distances of descriptors (n, 32) and (m, 32): uint8 (n, m); all 256 bits differ nowhere."""
    x, y = np.ascontiguousarray(a).view(np.uint64), np.ascontiguousarray(b).view(np.uint64)
    total: np.ndarray = np.bitwise_count(x[:, None, 0] ^ y[:, 0])
    for word in range(1, 4):
        total += np.bitwise_count(x[:, None, word] ^ y[:, word])
    return total


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
    """Whether a map neither tears nor reflects: zoom within 1/6.7 … 7, stretch below 2.2."""
    large, small = np.linalg.svd(matrix[:, :2])[1]
    return bool(small > 0.15 and large < 7 and large < 2.2 * small and np.linalg.det(matrix[:, :2]) > 0)


def _confirm(
    a: Keypoints, b: Keypoints, distance: np.ndarray, matrix: np.ndarray
) -> tuple[np.ndarray, int, int]:
    """The map fitted again to all keypoints that are similar at their places; how many of a's those are,
    and how many of a's meet only others there."""
    zoom = np.sqrt(np.linalg.det(matrix[:, :2]))
    expected = a.octaves + np.log(zoom) / np.log(1.2)
    moved = (a.positions @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    reach = _NEAR * max(1.0, float(zoom))
    near = np.abs(moved[:, None, 0] - b.positions[:, 0]) <= reach
    near &= np.abs(moved[:, None, 1] - b.positions[:, 1]) <= reach
    row, column = np.nonzero(near)
    comparable = np.abs(expected[row] - b.octaves[column]) <= _OCTAVES_APART
    row, column = row[comparable], column[comparable]
    similar = distance[row, column] <= _SIMILAR
    met, confirmed = np.unique(row), np.unique(row[similar])
    if len(confirmed) >= 8:
        matrix = _fitted(a.positions[row[similar]], b.positions[column[similar]], matrix)
    return matrix, len(confirmed), len(met) - len(confirmed)


def _fitted(source: np.ndarray, target: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The least-squares map, in two rounds that leave out what lies off; the given one if that is not
    plausible."""
    points = np.column_stack([source, np.ones(len(source))])
    better = matrix
    for limit in (4.0, 2.5):
        off = np.hypot(*(points @ better.T - target).T)
        keep = off <= limit * max(1.0, float(np.sqrt(abs(np.linalg.det(better[:, :2])))))
        if keep.sum() < 6:
            return matrix
        better = np.linalg.lstsq(points[keep], target[keep], rcond=None)[0].T
    return better if plausible(better) else matrix


def square(matrix: np.ndarray) -> np.ndarray:
    """A (2, 3) map as (3, 3)."""
    return np.vstack([matrix, [0, 0, 1]])


def centres(height: int, width: int) -> np.ndarray:
    """Maps positions of pixel centres to the unit square."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def to_unit(matrix: np.ndarray, size_a: tuple[int, int], size_b: tuple[int, int]) -> np.ndarray:
    """A map between pixels of two pictures as one between their unit squares."""
    unit: np.ndarray = (centres(*size_b) @ square(matrix) @ np.linalg.inv(centres(*size_a)))[:2]
    return unit
