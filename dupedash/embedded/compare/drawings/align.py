"""Lay one drawing over another to a fraction of a pixel: a stroke is a pixel or two wide.

The map of the keypoints is exact to half a pixel or so. Copies in one frame need no map at all; for others
the strokes themselves correct it (`nudge`). Maps are compared and corrected at about half the size, where a
tenth of a pixel is still a small part of a stroke; only what is found there is laid out in full.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.compare.drawings.nudge import nudge
from dupedash.embedded.compare.overlay import zoom_of
from dupedash.embedded.compare.register import to_pixels, to_unit

_REDUCED = 400
"""Longer sides are halved: drawings are kept in 800 px."""
_SHRINK_FIRST = 0.8
"""Below this zoom a warp would skip pixels; shrinking by area comes first."""
_FRAME_SLACK = 0.03
"""Corners that lie off by less may be the keypoints' error: the frame is tried as it is."""
_IN_PLACE = 2e-4
"""A map that moves no corner by more, as part of a side, moves nothing: a sixth of a pixel in 800."""
_EXACT = 0.985
"""Correlation of the strokes from which nothing is to be improved: of copies saved again nine in ten reach it
where they lie exactly."""
_MOST_SHIFT = 8.0
"""A larger correction, in pixels, is a slip: the keypoints were nearer."""
_GROUND = (15, 15)
"""The mean of so many pixels is the ground of a stroke."""


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Two gray pictures in the pixels of the coarser one, uint8 (h, w), and where both are: uint8 0 or 1."""

    x: np.ndarray
    y: np.ndarray
    inside: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How gray picture a lies over b, both uint8 (h, w), a not the coarser one; `unit_matrix` (2, 3) maps the
    unit square of a to that of b. `small`: as that looks at about half the size; `likeness`: how well the
    strokes coincide there, -1…1."""

    a: np.ndarray
    b: np.ndarray
    unit_matrix: np.ndarray
    small: Aligned
    likeness: float

    def full(self) -> Aligned:
        """In all pixels of b."""
        if self.small.y is self.b:
            return self.small
        if self.likeness > _EXACT and _moved(self.unit_matrix) < _IN_PLACE:
            return _laid(self.a, self.b, self.unit_matrix)
        return _laid(self.a, self.b, _nudged(self.a, self.b, self.unit_matrix))


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """A map between unit squares (2, 3), what it gives, and how well the strokes then coincide, -1…1."""

    unit_matrix: np.ndarray
    both: Aligned
    likeness: float


def align(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> Alignment:
    """Lay gray picture a over b, or b over a where a is coarser. Both uint8 (h, w); `unit_matrix` (2, 3) maps
    the unit square of a to that of b, about."""
    if zoom_of(to_pixels(unit_matrix, a.shape, b.shape)) > 1.0001:
        a, b, unit_matrix = b, a, cv2.invertAffineTransform(unit_matrix)
    small_a, small_b = _reduced(a), _reduced(b)
    best = _tried(small_a, small_b, unit_matrix)
    if best.likeness <= _EXACT:
        best = _refined(small_a, small_b, best)
    return Alignment(a, b, best.unit_matrix, best.both, best.likeness)


def _reduced(gray: np.ndarray) -> np.ndarray:
    if max(gray.shape) <= _REDUCED:
        return gray
    half = (gray.shape[1] + 1) // 2, (gray.shape[0] + 1) // 2
    reduced: np.ndarray = cv2.resize(gray, half, interpolation=cv2.INTER_AREA)
    return reduced


def _tried(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> _Trial:
    """The better one of the given map and, where it nearly is that, the frame as it is."""
    whole = np.eye(3)[:2]
    moved = _moved(unit_matrix)
    frame = _trial(a, b, whole) if moved < _FRAME_SLACK else None
    if frame and (frame.likeness > _EXACT or moved < _IN_PLACE):
        return frame
    given = _trial(a, b, unit_matrix)
    return frame if frame and frame.likeness >= given.likeness else given


def _moved(unit_matrix: np.ndarray) -> float:
    """How far a map moves the corners of the unit square."""
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]).T
    return float(np.abs(unit_matrix @ corners - corners[:2]).max())


def _trial(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> _Trial:
    both = _laid(a, b, unit_matrix)
    return _Trial(unit_matrix, both, _likeness(both))


def _laid(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> Aligned:
    zoom = zoom_of(to_pixels(unit_matrix, a.shape, b.shape))
    if _moved(unit_matrix) < _IN_PLACE:
        return Aligned(_sized(a, b.shape[::-1], zoom), b, np.ones(b.shape, np.uint8))
    a = _shrunk(a, zoom)
    matrix = to_pixels(unit_matrix, a.shape, b.shape)
    # Cubic: bilinear interpolation halfway between two pixels would blur strokes.
    laid = cv2.warpAffine(a, matrix, b.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Aligned(laid, b, _covered(a, b, matrix))


def _shrunk(gray: np.ndarray, zoom: float) -> np.ndarray:
    """As it is where a warp by this zoom skips no pixels, else of that size."""
    if zoom >= _SHRINK_FIRST:
        return gray
    return _sized(gray, (max(2, round(gray.shape[1] * zoom)), max(2, round(gray.shape[0] * zoom))), zoom)


def _sized(gray: np.ndarray, size: tuple[int, ...], zoom: float) -> np.ndarray:
    if gray.shape[::-1] == tuple(size):
        return gray
    method = cv2.INTER_AREA if zoom < _SHRINK_FIRST else cv2.INTER_CUBIC
    sized: np.ndarray = cv2.resize(gray, size, interpolation=method)
    return sized


def _covered(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Where b is covered by a: uint8 0 or 1."""
    height, width = a.shape
    frame = np.array([[0, 0, 1], [width - 1, 0, 1], [width - 1, height - 1, 1], [0, height - 1, 1]]).T
    inside = np.zeros(b.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint((matrix @ frame).T).astype(np.int32), 1)
    return inside


def _likeness(both: Aligned) -> float:
    """Correlation of the strokes: of what remains when the ground is taken away."""
    ground_x, ground_y = (cv2.boxFilter(part, -1, _GROUND) for part in (both.x, both.y))
    power_x, power_y, common = _powers(both.x, both.y, ground_x, ground_y, both.inside)
    return common / (math.sqrt(power_x * power_y) + 1)


@compiled
def _powers(
    x: np.ndarray, y: np.ndarray, ground_x: np.ndarray, ground_y: np.ndarray, inside: np.ndarray
) -> tuple[float, float, float]:
    """The power of both pictures' strokes, and of both together, where `inside` is 1; all uint8 (h, w)."""
    power_x = power_y = common = 0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            p = (np.int32(x[i, j]) - np.int32(ground_x[i, j])) * inside[i, j]
            q = (np.int32(y[i, j]) - np.int32(ground_y[i, j])) * inside[i, j]
            power_x += p * p
            power_y += q * q
            common += p * q
    return float(power_x), float(power_y), float(common)


def _refined(a: np.ndarray, b: np.ndarray, best: _Trial) -> _Trial:
    """The better one of a trial and of what its strokes say."""
    trial = _trial(a, b, _nudged(a, b, best.unit_matrix))
    return trial if trial.likeness > best.likeness else best


def _nudged(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> np.ndarray:
    """The map (2, 3) between unit squares corrected by the strokes; as it is where they would move it far."""
    a = _shrunk(a, zoom_of(to_pixels(unit_matrix, a.shape, b.shape)))
    matrix = to_pixels(unit_matrix, a.shape, b.shape)
    better = nudge(a, b, matrix)
    height, width = a.shape
    frame = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]).T
    far = np.abs((better - matrix) @ frame).max() > _MOST_SHIFT
    return unit_matrix if far else to_unit(better, a.shape, b.shape)
