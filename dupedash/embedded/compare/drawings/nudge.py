"""The small affine correction that brings the strokes of two drawings onto each other.

Gauss and Newton's method on the gray values themselves (Lucas and Kanade 1981): only pixels on edges of one
picture count, the other is read between its pixels. A gain and an offset of the gray values are fitted with
the map, and what fits badly (a label, other words) weighs little.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from dupedash.compiled import compiled

_SMOOTH = (3, 3)
"""Mean of so many pixels: strokes a pixel and a half apart still pull at each other."""
_EDGE = 12.0
"""Gray values from a pixel to the next from which it is on an edge: half a faint stroke."""
_PIXELS = 1200
"""On edges that are looked at; six thousand make the map no more exact on drawings among collected photos."""
_LARGE = 160_000
"""Pixels from which every second of every second row is enough."""
_ROUNDS, _STILL = 12, 0.03
"""Rounds at most; a correction that moves nothing by more pixels is the last."""
_DOUBT = 12.0
"""Gray values by which a pixel is off whose weight is half of that of one that fits."""
_LEAST = 40
"""Pixels on edges; with fewer the eight unknowns are not looked for."""
_RIM = 3
"""Pixels at the edges of a picture, where smoothing and gradients are not those of its content."""
_GRAY = 64.0
"""Gray values about the middle are counted in these, so that all unknowns are of one size."""


def nudge(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """A better map (2, 3) of pixel positions of a to those of b, both uint8 (h, w), than the given one, which
    is a pixel or two off. The given one where nothing better is found."""
    smooth_a, smooth_b = (cv2.boxFilter(part, -1, _SMOOTH) for part in (a, b))
    back = cv2.invertAffineTransform(matrix)
    moved, better = _nudged(smooth_a, smooth_b, back)
    return cv2.invertAffineTransform(moved) if better else matrix


@compiled
def _nudged(a: np.ndarray, b: np.ndarray, back: np.ndarray) -> tuple[np.ndarray, bool]:
    """Where the pixels of b lie in a, begun at `back`, and whether they fit better there."""
    points = _edges(b)
    unit = max(b.shape) / 2
    change = np.zeros(8)
    first = last = 0.0
    for number in range(_ROUNDS):
        square, right, last = _normal(a, points, back, change)
        if number == 0:
            first = last
        step = _solved(square, right)
        if len(points) < _LEAST or np.abs(step[:6]).max() < _STILL:
            break
        change += step
    return _turned(back, change, b.shape[1] / 2, b.shape[0] / 2, unit), last < first


@compiled
def _edges(b: np.ndarray) -> np.ndarray:
    """Of some pixels on edges: column, row, both again, counted from the middle in halves of the longer side,
    gray value, and its change across and down. float64 (n, 7)."""
    height, width = b.shape
    every = 2 if b.size > _LARGE else 1
    at = np.empty((b.size // (every * every) + width + height, 2), np.int32)
    count = 0
    for i in range(_RIM, height - _RIM, every):
        for j in range(_RIM, width - _RIM, every):
            across, down = _slopes(b, i, j)
            if across * across + down * down > _EDGE * _EDGE:
                at[count, 0], at[count, 1] = j, i
                count += 1
    at = at[: count : count // _PIXELS + 1]
    points, unit = np.empty((len(at), 7)), max(height, width) / 2
    for n in range(len(at)):
        j, i = at[n]
        points[n, 0], points[n, 1] = j, i
        points[n, 2], points[n, 3] = (j - width / 2) / unit, (i - height / 2) / unit
        points[n, 4] = b[i, j]
        points[n, 5], points[n, 6] = _slopes(b, i, j)
    return points


@compiled
def _slopes(b: np.ndarray, i: int, j: int) -> tuple[float, float]:
    """The change of gray values from pixel to pixel, across and down."""
    across = np.int32(b[i, j + 1]) - np.int32(b[i, j - 1])
    down = np.int32(b[i + 1, j]) - np.int32(b[i - 1, j])
    return across / 2, down / 2


@compiled
def _normal(
    a: np.ndarray, points: np.ndarray, back: np.ndarray, change: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """The normal equations, (8, 8) of which the lower half counts and (8,), of the next step; and how badly
    the points fit, 0…1."""
    square, right, slope = np.eye(8) * 1e-3, np.zeros(8), np.empty(8)
    doubt = 0.0
    for n in range(len(points)):
        column, row, x, y, gray, across, down = points[n]
        column += change[0] * x + change[1] * y + change[2]
        row += change[3] * x + change[4] * y + change[5]
        u = back[0, 0] * column + back[0, 1] * row + back[0, 2]
        v = back[1, 0] * column + back[1, 1] * row + back[1, 2]
        if not (0 <= u < a.shape[1] - 1 and 0 <= v < a.shape[0] - 1):
            doubt += 1
            continue
        level = (gray - 128) / _GRAY
        off = _between(a, u, v) - gray - change[6] * level - change[7]
        weight = 1 / (1 + (off / _DOUBT) ** 2)
        doubt += 1 - weight
        slope[0], slope[1], slope[2] = across * x, across * y, across
        slope[3], slope[4], slope[5] = down * x, down * y, down
        slope[6], slope[7] = -level, -1.0
        for k in range(8):
            right[k] -= weight * off * slope[k]
            for m in range(k + 1):
                square[k, m] += weight * slope[k] * slope[m]
    return square, right, doubt / max(1, len(points))


@compiled
def _between(a: np.ndarray, u: float, v: float) -> float:
    """The gray value at column u and row v."""
    j, i = int(u), int(v)
    right, below = u - j, v - i
    upper = a[i, j] * (1 - right) + a[i, j + 1] * right
    lower = a[i + 1, j] * (1 - right) + a[i + 1, j + 1] * right
    return float(upper * (1 - below) + lower * below)


@compiled
def _turned(back: np.ndarray, change: np.ndarray, x: float, y: float, unit: float) -> np.ndarray:
    """The map `back` after a change of positions that is counted from x, y in `unit`."""
    moved = np.empty((2, 3))
    across, down = change[0] / unit, change[1] / unit
    right, below = change[3] / unit, change[4] / unit
    shift_x = change[2] - across * x - down * y
    shift_y = change[5] - right * x - below * y
    for k in range(2):
        moved[k, 0] = back[k, 0] * (1 + across) + back[k, 1] * right
        moved[k, 1] = back[k, 0] * down + back[k, 1] * (1 + below)
        moved[k, 2] = back[k, 0] * shift_x + back[k, 1] * shift_y + back[k, 2]
    return moved


@compiled
def _solved(square: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The solution of symmetric, positive equations of which the lower half is given: by Cholesky."""
    n = len(right)
    lower, solution = np.zeros((n, n)), right.copy()
    for i in range(n):
        for j in range(i + 1):
            rest = square[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            lower[i, j] = math.sqrt(max(rest, 1e-12)) if i == j else rest / lower[j, j]
        for k in range(i):
            solution[i] -= lower[i, k] * solution[k]
        solution[i] /= lower[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            solution[i] -= lower[k, i] * solution[k]
        solution[i] /= lower[i, i]
    return solution
