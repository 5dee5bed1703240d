"""Lay one picture over another: the affine map that most of their keypoints agree on.

Keypoints are matched by descriptor; matches first vote for one turn and zoom, which throws out most wrong
ones, and RANSAC finds the map among the rest. OpenCV's RANSAC draws from a fixed seed: the same input gives
the same map.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.embedded import pattern
from dupedash.embedded.describe import POSITION_UNIT, Descriptor

MIN_MATCHES = 5
"""Fewer matches are not looked at: three fix a map, so the next two are the first that confirm it."""
_RATIO = 0.85
_TURN = 28
_ZOOM = 3
_TOLERANCE = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """`unit_matrix` (2, 3) maps the unit square of a to that of b (of b's mirror image if asked); `inliers`
    of `matches` keypoints agree on it."""

    unit_matrix: np.ndarray
    inliers: int
    matches: int


def positions(descriptor: Descriptor, mirrored: bool) -> np.ndarray:
    """Keypoints in the 400 px picture, or in its mirror image: float32 (n, 2)."""
    points = descriptor.points * np.float32(POSITION_UNIT)
    if mirrored:
        points[:, 0] = descriptor.size[1] - 1 - points[:, 0]
    return points


def register(a: Descriptor, b: Descriptor, mirrored: bool) -> Registration | None:
    """The map of a onto b (onto b's mirror image if `mirrored`), or None if the keypoints agree on none."""
    binary = pattern.mirrored(b.binary) if mirrored else b.binary
    here, there = _matches(a.binary, binary)
    if len(here) < MIN_MATCHES:
        return None
    angles = pattern.ANGLES // 2 - b.angles.astype(int) if mirrored else b.angles.astype(int)
    turn = angles[there] - a.angles[here]
    zoom = b.octaves[there].astype(int) - a.octaves[here]
    agreed = _agreed(turn, zoom)
    if len(agreed) < MIN_MATCHES:
        return None
    source, target = positions(a, False)[here[agreed]], positions(b, mirrored)[there[agreed]]
    matrix, inlier = cv2.estimateAffine2D(
        source,
        target,
        method=cv2.RANSAC,
        ransacReprojThreshold=_TOLERANCE,
        maxIters=500,
        confidence=0.99,
        refineIters=10,
    )
    if matrix is None or not plausible(matrix):
        return None
    return Registration(_to_unit(matrix, a.size, b.size), int(inlier.sum()), len(here))


def _matches(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a and b (n, 32) whose nearest neighbour is clearly nearer than the second."""
    if len(a) < 2 or len(b) < 2:
        return np.zeros(0, int), np.zeros(0, int)
    distance = distances(a, b)
    rows = np.arange(len(a))
    nearest = distance.argmin(axis=1)
    best = distance[rows, nearest].astype(float)
    distance[rows, nearest] = 255
    keep = np.flatnonzero(best < _RATIO * distance.min(axis=1))
    return keep, nearest[keep]


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Hamming distances of descriptors (n, 32) and (m, 32): uint8 (n, m), 255 for more."""
    x, y = np.ascontiguousarray(a).view(np.uint64), np.ascontiguousarray(b).view(np.uint64)
    total = np.bitwise_count(x[:, None, 0] ^ y[:, 0])
    for word in range(1, 3):
        total += np.bitwise_count(x[:, None, word] ^ y[:, word])
    last = np.bitwise_count(x[:, None, 3] ^ y[:, 3])
    bits: np.ndarray = np.minimum(total, 255 - last) + last
    return bits


def _agreed(turn: np.ndarray, zoom: np.ndarray) -> np.ndarray:
    """The matches near the turn and zoom that most of them imply."""
    near = np.abs((turn[:, None] - turn + 128) % 256 - 128) <= _TURN
    near &= np.abs(zoom[:, None] - zoom) <= _ZOOM
    return np.flatnonzero(near[near.sum(axis=1).argmax()])


def plausible(matrix: np.ndarray) -> bool:
    """Whether a map neither tears nor reflects: zoom within 1/6.7 … 7, stretch below 2.2."""
    large, small = np.linalg.svd(matrix[:, :2])[1]
    return bool(small > 0.15 and large < 7 and large < 2.2 * small and np.linalg.det(matrix[:, :2]) > 0)


def square(matrix: np.ndarray) -> np.ndarray:
    return np.vstack([matrix, [0, 0, 1]])


def centres(height: int, width: int) -> np.ndarray:
    """Maps positions of pixel centres to the unit square."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def _to_unit(matrix: np.ndarray, size_a: tuple[int, int], size_b: tuple[int, int]) -> np.ndarray:
    unit: np.ndarray = (centres(*size_b) @ square(matrix) @ np.linalg.inv(centres(*size_a)))[:2]
    return unit
