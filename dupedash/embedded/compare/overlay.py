"""Lay one picture over another by the map between them, and cut out where both are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.compiled import compiled

CELL = 4
"""Pictures are compared in cells of so many pixels a side."""
LEAST_PIXELS = 500
"""Overlaps with fewer pixels show nothing."""
_SHRINK_FIRST = 0.8
"""A map that shrinks more would leave pixels out: the picture is reduced by areas first. Moves no score over
a limit."""
_EDGE = 0.02
"""Pixels by which a position may lie outside from rounding of the map; moves scores by 0.001 at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """Two pictures where they overlap: `over` and `onto`, uint8 (h, w, 3), and where exactly: `inside`, uint8
    0 or 1. The sides are multiples of CELL. `pixels` are inside; `corner` is where, x and y, in the picture
    laid onto, of which `frame` is the height and width."""

    over: np.ndarray
    onto: np.ndarray
    inside: np.ndarray
    pixels: int
    corner: tuple[int, int]
    frame: tuple[int, int]


_WHOLE_CELL = 0.9
"""Part of a cell that lies inside, from which it counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """What a comparison had in hand, for whoever explains it: `over` and `onto` as in `Overlap`, the same
    cells as bool (h, w): those that lie inside wholly, and of these those `used` to fit tones. `onto_b`: b
    was laid onto, not a; `flipped`: as its mirror image."""

    over: np.ndarray
    onto: np.ndarray
    whole_cells: np.ndarray
    used: np.ndarray
    corner: tuple[int, int]
    frame: tuple[int, int]
    onto_b: bool = True
    flipped: bool = False

    @staticmethod
    def of(both: Overlap, cells: np.ndarray, fitted: np.ndarray) -> Laid:
        """`cells`: the part of each that is inside; `fitted`: those whose tones were fitted."""
        whole = cells > _WHOLE_CELL
        return Laid(both.over, both.onto, whole, whole & fitted, both.corner, both.frame)


def zoom_of(matrix: np.ndarray) -> float:
    """How many times longer a map (2, 3) makes things."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def overlap(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> Overlap | None:
    """a laid over b by `matrix` (2, 3), which maps pixel positions of a to those of b; None if hardly any
    pixels overlap."""
    over, inside = laid_over(a, b.shape, matrix)
    pixels = int(inside.sum())
    if pixels < LEAST_PIXELS:
        return None
    box = _bounds(inside)
    corner = box[1].start, box[0].start
    return Overlap(padded(over[box]), padded(b[box]), padded(inside[box]), pixels, corner, b.shape[:2])


def _bounds(inside: np.ndarray) -> tuple[slice, slice]:
    """The box of what is inside, begun at a whole cell."""
    x, y, width, height = cv2.boundingRect(inside)
    return slice(y // CELL * CELL, y + height), slice(x // CELL * CELL, x + width)


def padded(part: np.ndarray) -> np.ndarray:
    """A picture or weight, (h, w) or (h, w, c), grown to whole cells by repeating the edge; in one piece."""
    down, right = -part.shape[0] % CELL, -part.shape[1] % CELL
    if not (down or right):
        return np.ascontiguousarray(part)
    grown: np.ndarray = cv2.copyMakeBorder(part, 0, down, 0, right, cv2.BORDER_REPLICATE)
    return grown


def laid_over(a: np.ndarray, shape: tuple[int, ...], matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """a shrunk and moved onto a picture of that shape, and where it lies: uint8 0 or 1."""
    zoom = zoom_of(matrix)
    if zoom < _SHRINK_FIRST:
        size = max(2, round(a.shape[1] * zoom)), max(2, round(a.shape[0] * zoom))
        across, down = a.shape[1] / size[0], a.shape[0] / size[1]
        a = cv2.resize(a, size, interpolation=cv2.INTER_AREA)
        grow = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]])
        matrix = matrix @ grow
    size = shape[1], shape[0]
    # OpenCV moves four channels in half of the time of three.
    four = cv2.cvtColor(a, cv2.COLOR_BGR2BGRA)
    over = cv2.warpAffine(four, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.cvtColor(over, cv2.COLOR_BGRA2BGR), covered(a.shape, matrix, shape)


def covered(source: tuple[int, ...], matrix: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """uint8 (h, w), 1 for pixels of a picture of `shape` to which the one of shape `source`, mapped by
    `matrix` (2, 3), has all four neighbours."""
    right, bottom = source[1] - 1, source[0] - 1
    return _inside(cv2.invertAffineTransform(matrix), shape[0], shape[1], right + _EDGE, bottom + _EDGE)


@compiled
def _inside(back: np.ndarray, height: int, width: int, right: float, bottom: float) -> np.ndarray:
    """Which pixels come from -_EDGE … right and -_EDGE … bottom in the source: uint8, 0 or 1."""
    inside = np.zeros((height, width), np.uint8)
    for row in range(height):
        x, y = back[0, 1] * row + back[0, 2], back[1, 1] * row + back[1, 2]
        for column in range(width):
            across, down = back[0, 0] * column + x, back[1, 0] * column + y
            inside[row, column] = -_EDGE < across < right and -_EDGE < down < bottom
    return inside
