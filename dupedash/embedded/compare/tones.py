"""Take global edits of brightness, contrast and gamma out of a comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dupedash.embedded.compare.local import by_cell
from dupedash.embedded.compare.overlay import CELL

_FLAT = 4.0
_STEP = 2
"""Every second pixel of every second row says enough about the tones."""
_OFF, _FAR = 20.0, 2.5
_LEAST, _MOST = 0.4, 0.97


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """`fitted`: one picture's gray values changed by the parabola that brings them nearest to the other's;
    the difference of `brightness`, the `gain` of the straight line, the `correlation`."""

    fitted: np.ndarray
    brightness: float
    gain: float
    correlation: float


def fit_mostly(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[Fit, np.ndarray]:
    """Like `fit_tone`, without what lies far off: a text box must not bend the tones of the whole picture.
    Also the cells that were used, bool."""
    fit = fit_tone(x, y, weight)
    inside = by_cell(weight)
    off = by_cell(weight * np.abs(fit.fitted - y)) / np.maximum(inside, 1e-6)
    shown = inside > 0.5
    if not shown.any():
        return fit, shown
    near = shown & (off < max(_OFF, _FAR * float(np.median(off[shown]))))
    if not _LEAST < near.sum() / shown.sum() < _MOST:
        return fit, shown
    kept = near.repeat(CELL, axis=0).repeat(CELL, axis=1)
    return fit_tone(x, y, weight * kept), near


def fit_tone(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Fit:
    """Fit gray values x to y, both float32 (h, w), where `weight` is 1."""
    x = x / 255
    whole, x, y, weight = x, *(part[::_STEP, ::_STEP].ravel() for part in (x, y, weight))
    weighted = weight * x
    squared = weighted * x
    total = float(weight.sum())
    sums = [total, float(weighted.sum()), float(np.vdot(weighted, x)), float(np.vdot(squared, x))]
    sums.append(float(np.vdot(squared, x * x)))
    products = [float(np.vdot(part, y)) for part in (weight, weighted, squared)]
    normal = np.array([[sums[i + j] for j in range(3)] for i in range(3)]) + np.eye(3) * 1e-3
    curve = np.linalg.solve(normal, np.array(products)).astype(np.float32)
    fitted = curve[0] + whole * (curve[1] + whole * curve[2])
    mean_x, mean_y = sums[1] / total, products[0] / total
    brightness = mean_y - mean_x * 255
    var_x = sums[2] / total - mean_x**2
    var_y = float(np.vdot(weight * y, y)) / total - mean_y**2
    both = products[1] / total - mean_x * mean_y
    if var_x * 255**2 < _FLAT or var_y < _FLAT:
        return Fit(fitted, brightness, 1.0, 0.0)
    gain = both / var_x / 255
    return Fit(fitted, brightness, gain, both / (var_x * var_y) ** 0.5)
