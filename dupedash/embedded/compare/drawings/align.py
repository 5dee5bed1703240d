"""Lay one drawing over another to a fraction of a pixel: a stroke is a pixel or two wide.

The map of the keypoints is exact to half a pixel or so. Copies in one frame need no map at all; for others
the optical flow of corners corrects it. Maps are compared and corrected at about half the size, where a
tenth of a pixel is still a small part of a stroke; only what is found there is laid out in full.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.embedded.compare.overlay import zoom_of
from dupedash.embedded.compare.register import square, to_unit

_REDUCED = 400
"""Longer sides are halved: drawings are kept in 800 px."""
_SHRINK_FIRST = 0.8
"""Below this zoom a warp would skip pixels; shrinking by area comes first."""
_FRAME_SLACK = 0.03
"""Corners that lie off by less may be the keypoints' error: the frame is tried as it is."""
_IN_PLACE = 2e-4
"""A map that moves no corner by more, as part of a side, moves nothing: a sixth of a pixel in 800."""
_EXACT, _BETTER = 0.985, 0.003
"""Correlation of the strokes from which nothing is to be improved, and a gain that is none: of copies saved
again nine in ten reach the first where they lie exactly."""
_ROUNDS = 4
"""A correction that gains after so many has not been seen."""
_CORNERS, _CORNER_QUALITY, _APART, _CORNER = 120, 0.02, 7, 5
"""Corners to follow, of at least so much of the best one's strength, pixels apart, of this size: six are
enough for a map, a page has them all over."""
_WINDOW, _REACH, _TOLERANCE = (15, 15), 6.0, 0.4
"""Of optical flow: a letter fits the window; the keypoints' error is smaller than the reach."""
_MOST_SHIFT, _MOST_CHANGE = 8.0, 0.06
"""A larger correction (pixels, and of zoom or angle) is a slip of the flow: the keypoints were nearer."""
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
        return _refined(self.a, self.b, _trial(self.a, self.b, self.unit_matrix), rounds=1).both


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """A map between unit squares (2, 3), what it gives, and how well the strokes then coincide, -1…1."""

    unit_matrix: np.ndarray
    both: Aligned
    likeness: float


def align(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> Alignment:
    """Lay gray picture a over b, or b over a where a is coarser. Both uint8 (h, w); `unit_matrix` (2, 3) maps
    the unit square of a to that of b, about."""
    if zoom_of(_in_pixels(a, b, unit_matrix)) > 1.0001:
        a, b, unit_matrix = b, a, cv2.invertAffineTransform(unit_matrix)
    small_a, small_b = _reduced(a), _reduced(b)
    best = _tried(small_a, small_b, unit_matrix)
    if best.likeness <= _EXACT:
        best = _refined(small_a, small_b, best, _ROUNDS)
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


def _in_pixels(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> np.ndarray:
    """The map between positions of pixel centres."""
    size_a, size_b = np.array(a.shape[::-1]), np.array(b.shape[::-1])
    linear = size_b[:, None] * unit_matrix[:, :2] / size_a
    return np.column_stack([linear, size_b * unit_matrix[:, 2] + linear.sum(axis=1) / 2 - 0.5])


def _trial(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> _Trial:
    both = _laid(a, b, unit_matrix)
    return _Trial(unit_matrix, both, _likeness(both))


def _laid(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> Aligned:
    matrix = _in_pixels(a, b, unit_matrix)
    zoom = zoom_of(matrix)
    if _moved(unit_matrix) < _IN_PLACE:
        return Aligned(_sized(a, b.shape[::-1], zoom), b, np.ones(b.shape, np.uint8))
    if zoom < _SHRINK_FIRST:
        a = _sized(a, (max(2, round(a.shape[1] * zoom)), max(2, round(a.shape[0] * zoom))), zoom)
        matrix = _in_pixels(a, b, unit_matrix)
    # Cubic: bilinear interpolation halfway between two pixels would blur strokes.
    laid = cv2.warpAffine(a, matrix, b.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Aligned(laid, b, _covered(a, b, matrix))


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
    strokes_x, strokes_y = (
        cv2.subtract(part, cv2.boxFilter(part, -1, _GROUND), mask=both.inside, dtype=cv2.CV_32F)
        for part in (both.x, both.y)
    )
    power = float(np.vdot(strokes_x, strokes_x)) * float(np.vdot(strokes_y, strokes_y))
    return float(np.vdot(strokes_x, strokes_y)) / (math.sqrt(power) + 1)


def _refined(a: np.ndarray, b: np.ndarray, best: _Trial, rounds: int) -> _Trial:
    corners = cv2.goodFeaturesToTrack(b, _CORNERS, _CORNER_QUALITY, _APART, blockSize=_CORNER)
    trial = best
    for _ in range(rounds if corners is not None else 0):
        shift = _flow(trial.both, corners)
        if shift is None:
            break
        back = square(to_unit(cv2.invertAffineTransform(shift), b.shape, b.shape))
        trial = _trial(a, b, (back @ square(trial.unit_matrix))[:2])
        gain = trial.likeness - best.likeness
        best = trial if gain > 0 else best
        if gain < _BETTER:
            break
    return best


def _flow(laid: Aligned, corners: np.ndarray) -> np.ndarray | None:
    """Where the pixels of y lie in x, as an affine map (2, 3); None where that cannot be told."""
    moved, known, _ = cv2.calcOpticalFlowPyrLK(
        laid.y, laid.x, corners, np.zeros_like(corners), winSize=_WINDOW, maxLevel=2, criteria=(3, 15, 0.01)
    )
    column, row = corners[:, 0].astype(int).T
    usable = (known.ravel() == 1) & (laid.inside[row, column] > 0)
    usable &= np.abs(moved - corners).max(axis=(1, 2)) < _REACH
    if usable.sum() < 6:
        return None
    found, _ = cv2.estimateAffine2D(
        corners[usable], moved[usable], method=cv2.RANSAC, ransacReprojThreshold=_TOLERANCE, maxIters=500
    )
    return found if found is not None and _small(found, laid.y.shape) else None


def _small(shift: np.ndarray, shape: tuple[int, ...]) -> bool:
    height, width = shape
    frame = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]).T
    moved = np.abs(shift @ frame - frame[:2]).max()
    return bool(moved <= _MOST_SHIFT and np.abs(shift[:, :2] - np.eye(2)).max() <= _MOST_CHANGE)
