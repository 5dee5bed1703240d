"""Lay one picture over another: the affine map that most of their keypoints agree on.

Keypoints are matched by descriptor; matches first vote for one turn and zoom, which throws out most wrong
ones, and RANSAC finds the map among the rest. Under that map every keypoint is looked at again: it is
confirmed by a similar one at its place, or contradicted by others only. OpenCV's RANSAC draws from a fixed
seed: the same input gives the same map.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np

from dupedash.compiled import compiled, differing_bits, set_bits, solve3
from dupedash.embedded.describe import pattern
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.describe.scales import LEVELS, POSITION_UNIT, SCALE_STEP

MIN_MATCHES = 5
"""Fewer matches are not looked at: three fix a map, so the next two are the first that confirm it."""
_RATIO = 0.85
"""Distance of the nearest descriptor by that of the second, at most; Lowe (2004) takes 0.8 for SIFT."""
_TURNS, _ZOOMS, _TURN_SLACK = 16, 2 * LEVELS, 28
"""Bins in which the turn and the zoom are voted for, and how far from the middle of the best one a match is
kept, in 1/256 turns: half a bin, and 20 by which the angles of ORB vary (see `votes`)."""
_ZOOM_SLACK = 3
"""Octaves around the best zoom; 2 loses 1 of 375 edits, 4 takes 1 for an exact copy."""
_TOLERANCE = _NEAR = 5.0
"""Pixels of 400 by which a keypoint lies off: a pixel of the coarsest level is 3.6 of them wide. With a
tolerance of 4, 1 exact copy of 246 is lost."""
_SIMILAR = 72
"""Bits of 256 in which two views of a keypoint differ at most: 7 standard deviations fewer than by chance."""
_OCTAVES_APART = 2
"""Levels by which a keypoint may be found beside its own: by 1.2² in size."""
_PLACES = 1 << 16
"""More than there are keypoints in a picture."""
_FARTHEST = 255 * _PLACES
"""As far as descriptors are told apart."""
_LOG_STEP = math.log(SCALE_STEP)
_COMPARED = 128
"""Pictures whose keypoints are kept at hand: a picture is compared with several others in turn."""


@dataclass(frozen=True, eq=False)
class Keypoints:
    """The side of a pair that is registered: `positions` float32 (n, 2) in the 400 px picture of `size`
    (height, width), `angles` in 1/256 turns, `octaves`, `binary`."""

    positions: np.ndarray
    angles: np.ndarray
    octaves: np.ndarray
    binary: np.ndarray
    size: tuple[int, int]

    @cached_property
    def words(self) -> np.ndarray:
        """The descriptors as uint64 (n, 4); read-only, so that one compiled version serves all pictures."""
        words = np.ascontiguousarray(self.binary).view(np.uint64)
        words.setflags(write=False)
        return words

    @staticmethod
    @lru_cache(_COMPARED)
    def of(descriptor: Descriptor, mirrored: bool) -> "Keypoints":
        """The keypoints of a picture or of its mirror image. Not to be written to."""
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
    here, there = _agreeing(a.words, a.angles, a.octaves, b.words, b.angles, b.octaves)
    if len(here) < MIN_MATCHES:
        return None
    matrix, inlier = cv2.estimateAffine2D(
        a.positions[here],
        b.positions[there],
        method=cv2.RANSAC,
        ransacReprojThreshold=_TOLERANCE,
        maxIters=500,
        confidence=0.99,
    )
    if matrix is None or not plausible(matrix):
        return None
    refined, confirmed, contradicted = _confirm(
        matrix, a.positions, a.octaves, a.words, b.positions, b.octaves, b.words
    )
    return Registration(to_unit(refined, a.size, b.size), int(inlier.sum()), confirmed, contradicted)


@compiled
def _agreeing(
    a: np.ndarray, a_angles: np.ndarray, a_octaves: np.ndarray,
    b: np.ndarray, b_angles: np.ndarray, b_octaves: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """The matches near the turn and zoom that most of them imply: int64 (n,), places in either picture."""
    here, there = _matches(a, b)
    turn, zoom = b_angles[there] - a_angles[here], b_octaves[there] - a_octaves[here]
    middle, usual = _most_implied(turn, zoom)
    kept = np.zeros(len(here), np.bool_)
    for n in range(len(here)):
        off = abs((turn[n] - middle + 128) % 256 - 128)
        kept[n] = off <= _TURN_SLACK and abs(zoom[n] - usual) <= _ZOOM_SLACK
    return here[kept], there[kept]


@compiled
def _matches(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns whose nearest neighbour is clearly nearer than the second; uint64 (n, 4), (m, 4)."""
    row, column, count = np.empty(len(a), np.int64), np.empty(len(a), np.int64), 0
    words = np.ascontiguousarray(b.T)
    ranked = np.empty(len(b), np.int64)
    for i in range(len(a)):
        best = _ranked(a[i], words[0], words[1], words[2], words[3], ranked)
        second = _FARTHEST
        for j in range(len(ranked)):
            second = min(second, ranked[j] if ranked[j] != best else _FARTHEST)
        if best // _PLACES < _RATIO * (second // _PLACES):
            row[count], column[count] = i, best % _PLACES
            count += 1
    return row[:count], column[:count]


@compiled
def _ranked(
    one: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray, ranked: np.ndarray
) -> int:
    """The bits by which a descriptor (4,) differs from each of those with the words a, b, c, d: that times
    _PLACES and the place, into `ranked`, so that plain minima find both at once; the least of them."""
    best = _FARTHEST
    for j in range(len(a)):
        bits = set_bits(a[j] ^ one[0]) + set_bits(b[j] ^ one[1]) + set_bits(c[j] ^ one[2])
        ranked[j] = (bits + set_bits(d[j] ^ one[3])) * _PLACES + j
        best = min(best, ranked[j])
    return best


@compiled
def _most_implied(turn: np.ndarray, zoom: np.ndarray) -> tuple[int, int]:
    """The turn, of 256, and the zoom about which most matches lie."""
    count = np.zeros((_TURNS, _ZOOMS), np.int64)
    for n in range(len(turn)):
        count[turn[n] % 256 * _TURNS // 256, zoom[n] + LEVELS] += 1
    most = best_turn = best_zoom = 0
    for i in range(_TURNS):
        for j in range(_ZOOMS):
            around = 0
            for k in range(9):
                around += count[(i + k // 3 - 1) % _TURNS, (j + k % 3 - 1) % _ZOOMS]
            if around > most:
                most, best_turn, best_zoom = around, i, j
    return (best_turn * 2 + 1) * 128 // _TURNS, best_zoom - LEVELS


@compiled
def plausible(matrix: np.ndarray) -> bool:
    """Whether a map (2, 3) neither tears nor reflects: zoom within 1/6.7 … 7, stretch below 2.2."""
    a, b, c, d = matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]
    area, spread = a * d - b * c, a * a + b * b + c * c + d * d
    if area <= 0:
        return False
    # The singular values: their squares add up to `spread`, their product is `area`.
    root = math.sqrt(max(0.0, spread * spread - 4 * area * area))
    large = math.sqrt((spread + root) / 2)
    small = area / large
    return small > 0.15 and large < 7 and large < 2.2 * small


@compiled
def _zoom(matrix: np.ndarray) -> float:
    return math.sqrt(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]))


@compiled
def _confirm(
    matrix: np.ndarray, a_places: np.ndarray, a_octaves: np.ndarray, a: np.ndarray,
    b_places: np.ndarray, b_octaves: np.ndarray, b: np.ndarray,
) -> tuple[np.ndarray, int, int]:  # fmt: skip
    """The map fitted again to all keypoints that are similar at their places; how many of a's those are,
    and how many of a's meet only others there."""
    zoom = _zoom(matrix)
    moved = np.empty((len(a), 2), np.float32)
    for i in range(len(a)):
        x, y = a_places[i, 0], a_places[i, 1]
        moved[i, 0] = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]
        moved[i, 1] = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]
    expected = a_octaves + math.log(zoom) / _LOG_STEP
    row, column, met, confirmed = _similar_at_their_places(
        moved, expected, a, b_places, b_octaves, b, _NEAR * max(1.0, zoom)
    )
    if confirmed >= 8:
        matrix = _fitted(a_places[row], b_places[column], matrix)
    return matrix, confirmed, met - confirmed


@compiled
def _similar_at_their_places(
    moved: np.ndarray, expected: np.ndarray, a: np.ndarray,
    places: np.ndarray, octaves: np.ndarray, b: np.ndarray, reach: float,
) -> tuple[np.ndarray, np.ndarray, int, int]:  # fmt: skip
    """Pairs of keypoints that lie `reach` apart at most and are similar; how many of the first meet any other
    of their octave there, and how many a similar one."""
    down = np.argsort(places[:, 1])
    heights = places[down, 1]
    row, column = [0], [0]
    met = confirmed = 0
    for i in range(len(a)):
        meets = similar = False
        for at in range(np.searchsorted(heights, moved[i, 1] - reach - 1e-3), len(heights)):
            j = down[at]
            if heights[at] - moved[i, 1] > reach:
                break
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


@compiled
def _fitted(source: np.ndarray, target: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The least-squares map, in two rounds that leave out what lies off; the given one if that is not
    plausible."""
    better = matrix
    for limit in (4.0, 2.5):
        square, product, used = _normal(source, target, better, limit * max(1.0, _zoom(better)))
        if used < 6:
            return matrix
        better = np.empty((2, 3))
        for side in range(2):
            solve3(square, product[side], better[side])
    return better if plausible(better) else matrix


@compiled
def _normal(
    source: np.ndarray, target: np.ndarray, matrix: np.ndarray, limit: float
) -> tuple[np.ndarray, np.ndarray, int]:
    """The normal equations (3, 3) and (2, 3) of the points, float32 (n, 2), that a map leads `limit` apart at
    most, and how many those are."""
    square, product, used = np.eye(3) * 1e-6, np.zeros((2, 3)), 0
    point = np.ones(3)
    for n in range(len(source)):
        point[0], point[1] = source[n, 0], source[n, 1]
        off_x = matrix[0, 0] * point[0] + matrix[0, 1] * point[1] + matrix[0, 2] - target[n, 0]
        off_y = matrix[1, 0] * point[0] + matrix[1, 1] * point[1] + matrix[1, 2] - target[n, 1]
        if math.sqrt(off_x * off_x + off_y * off_y) <= limit:
            used += 1
            for i in range(3):
                product[0, i] += point[i] * target[n, 0]
                product[1, i] += point[i] * target[n, 1]
                for j in range(3):
                    square[i, j] += point[i] * point[j]
    return square, product, used


def square(matrix: np.ndarray) -> np.ndarray:
    """A (2, 3) map as (3, 3)."""
    return np.vstack([matrix, [0, 0, 1]])


def centres(height: int, width: int) -> np.ndarray:
    """The map (3, 3) of pixel centres of a picture of this height and width to the unit square."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def to_unit(matrix: np.ndarray, size_a: tuple[int, int], size_b: tuple[int, int]) -> np.ndarray:
    """A map (2, 3) between positions of pixel centres, in pictures of these heights and widths, as one
    between their unit squares."""
    across, down = size_b[1], size_b[0]
    unit = np.array([matrix[0] / across, matrix[1] / down])
    unit[:, 2] += (0.5 / across, 0.5 / down)
    unit[:, :2] *= (size_a[1], size_a[0])
    unit[:, 2] -= (unit[:, 0] / size_a[1] + unit[:, 1] / size_a[0]) / 2
    return unit


def to_pixels(unit: np.ndarray, size_a: tuple[int, int], size_b: tuple[int, int]) -> np.ndarray:
    """The reverse of `to_unit`."""
    sizes = np.array([[size_b[1]], [size_b[0]]])
    linear = sizes * unit[:, :2] / (size_a[1], size_a[0])
    shift = sizes[:, 0] * unit[:, 2] + (linear[:, 0] + linear[:, 1]) / 2 - 0.5
    return np.column_stack([linear, shift])
