"""Lay one drawing over another to a fraction of a pixel: a stroke is a pixel or two wide.

The map of the keypoints is exact to half a pixel or so. Copies in one frame need no map at all; for others
the optical flow of corners corrects it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.embedded.compare.overlay import covered, zoom_of
from dupedash.embedded.compare.register import centres, square

_SHRINK_FIRST = 0.8
_FRAME_SLACK = 0.03
"""Corners that lie off by less may be the keypoints' error: the frame is tried as it is."""
_EXACT, _BETTER = 0.985, 0.003
"""Correlation of the strokes from which nothing is to be improved, and a gain that is none."""
_ROUNDS = 4
_CORNERS, _CORNER_QUALITY, _APART, _CORNER = 120, 0.02, 12, 9
_WINDOW, _REACH, _TOLERANCE = (25, 25), 10.0, 0.7
_MOST_SHIFT, _MOST_CHANGE = 16.0, 0.06
_GROUND = (15, 15)


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Two gray pictures in the pixels of the coarser one, uint8 (h, w), and where both are: uint8 0 or 1."""

    x: np.ndarray
    y: np.ndarray
    inside: np.ndarray
    likeness: float


def align(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> Aligned:
    """Lay gray picture a over b, or b over a where a is coarser (then x is b). `unit_matrix` (2, 3) maps the
    unit square of a to that of b."""
    if zoom_of(_in_pixels(a, b, unit_matrix)) > 1.0001:
        a, b, unit_matrix = b, a, cv2.invertAffineTransform(unit_matrix)
    best = None
    if _same_frame(unit_matrix):
        matrix = _in_pixels(a, b, np.eye(3)[:2])
        best = _laid(a, b, matrix)
        if best.likeness > _EXACT:
            return best
    given = _in_pixels(a, b, unit_matrix)
    found = _laid(a, b, given)
    if best is None or found.likeness > best.likeness:
        best, matrix = found, given
    return best if best.likeness > _EXACT else _refined(a, b, matrix, best)


def _in_pixels(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> np.ndarray:
    matrix: np.ndarray = np.linalg.inv(centres(*b.shape)) @ square(unit_matrix) @ centres(*a.shape)
    return matrix[:2]


def _same_frame(unit_matrix: np.ndarray) -> bool:
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]).T
    return bool(np.abs(unit_matrix @ corners - corners[:2]).max() < _FRAME_SLACK)


def _laid(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> Aligned:
    if a.shape == b.shape and np.allclose(matrix, np.eye(3)[:2], atol=1e-3):
        inside = np.ones(b.shape, np.uint8)
        return Aligned(a, b, inside, _likeness(a, b, inside))
    zoom = zoom_of(matrix)
    if zoom < _SHRINK_FIRST:
        size = max(2, round(a.shape[1] * zoom)), max(2, round(a.shape[0] * zoom))
        across, down = a.shape[1] / size[0], a.shape[0] / size[1]
        a = cv2.resize(a, size, interpolation=cv2.INTER_AREA)
        matrix = matrix @ np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]])
    # Cubic: bilinear interpolation halfway between two pixels would blur strokes.
    laid = cv2.warpAffine(a, matrix, b.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = covered(a.shape, matrix, b.shape)
    return Aligned(laid, b, inside, _likeness(laid, b, inside))


def _likeness(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> float:
    """Correlation of the strokes: of what remains when the ground is taken away."""
    x, y, inside = (part[::2, ::2] for part in (x, y, inside))
    strokes_x, strokes_y = (
        cv2.subtract(part, cv2.boxFilter(part, -1, _GROUND), dtype=cv2.CV_32F) * inside for part in (x, y)
    )
    power = float(np.vdot(strokes_x, strokes_x)) * float(np.vdot(strokes_y, strokes_y))
    return float(np.vdot(strokes_x, strokes_y)) / (math.sqrt(power) + 1)


def _refined(a: np.ndarray, b: np.ndarray, matrix: np.ndarray, best: Aligned) -> Aligned:
    corners = cv2.goodFeaturesToTrack(b, _CORNERS, _CORNER_QUALITY, _APART, blockSize=_CORNER)
    laid = best
    for _ in range(_ROUNDS if corners is not None else 0):
        shift = _flow(laid, corners)
        if shift is None:
            break
        matrix = np.linalg.inv(square(cv2.invertAffineTransform(matrix)) @ square(shift))[:2]
        laid = _laid(a, b, matrix)
        gain = laid.likeness - best.likeness
        best = laid if gain > 0 else best
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
