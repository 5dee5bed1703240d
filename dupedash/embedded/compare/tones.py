"""Take global edits of brightness, contrast and gamma out of a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dupedash.compiled import compiled, solve3
from dupedash.embedded.compare.overlay import CELL

_FLAT = 4.0
"""Variance of gray values of a picture that is plain: then there is no slope to tell."""
_STEP = 2
"""Every second pixel of every second row says enough about the tones."""
_OFF, _FAR = 20.0, 2.5
"""What lies off by more gray values, and by so many times the median, is left out of the fit: a fifth less or
a quarter more moves none of 1,621 pairs over a limit (`tools.sensitivity`)."""
_LEAST, _MOST = 0.4, 0.97
"""Part of the cells that is left where it is fitted once more; with 0.78 at most, 2 of 375 edits are lost."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """`fitted`: one picture's gray values changed by the parabola that brings them nearest to the other's;
    the difference of `brightness`, the `gain` of the straight line, the `correlation`."""

    fitted: np.ndarray
    brightness: float
    gain: float
    correlation: float


def fit_mostly(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[Fit, np.ndarray]:
    """Fit gray values x to y, both float32 (h, w), where `weight` is 1, without what lies far off: a text box
    must not bend the tones of the whole picture. Also the cells that were used, bool."""
    fitted, used, brightness, gain, correlation = _fit_mostly(x, y, weight)
    return Fit(fitted, brightness, gain, correlation), used


@compiled
def _fit_mostly(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float, float, float]:
    """As `Fit`, with the cells that were used."""
    everywhere = np.ones((x.shape[0] // CELL, x.shape[1] // CELL), np.bool_)
    fitted, brightness, gain, correlation = _fit(x, y, weight, everywhere)
    inside, off = _off(fitted, y, weight)
    shown = inside > 0.5
    known = off.ravel()[shown.ravel()]
    if not len(known):
        return fitted, shown, brightness, gain, correlation
    # What was put over a picture bends its first fit: where most of it is as it was, that tells what is off.
    untouched = _off(x, y, weight)[1]
    if np.median(untouched.ravel()[shown.ravel()]) < np.median(known):
        off = untouched
        known = off.ravel()[shown.ravel()]
    near = shown & (off < max(_OFF, _FAR * np.median(known)))
    part = near.sum() / len(known)
    if part <= _LEAST or part >= _MOST:
        return fitted, shown, brightness, gain, correlation
    fitted, brightness, gain, correlation = _fit(x, y, weight, near)
    return fitted, near, brightness, gain, correlation


@compiled
def _fit(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, used: np.ndarray
) -> tuple[np.ndarray, float, float, float]:
    """The fit in the cells that are used."""
    sums = _sums(x, y, weight, used)
    normal, curve = np.eye(3) * 1e-3, np.empty(3)
    for i in range(3):
        for j in range(3):
            normal[i, j] += sums[i + j]
    solve3(normal, sums[5:8], curve)
    fitted = _bent(x, curve.astype(np.float32))
    total = sums[0] if sums[0] else 1e-9
    mean_x, mean_y = sums[1] / total, sums[5] / total
    brightness = mean_y - mean_x * 255
    var_x, var_y = sums[2] / total - mean_x**2, sums[8] / total - mean_y**2
    both = sums[6] / total - mean_x * mean_y
    if var_x * 255**2 < _FLAT or var_y < _FLAT:
        return fitted, brightness, 1.0, 0.0
    return fitted, brightness, both / var_x / 255, both / math.sqrt(var_x * var_y)


@compiled
def _sums(x: np.ndarray, y: np.ndarray, weight: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Of the weight, of its products with the powers of x (0…1) up to the fourth, with y, xy, xxy and yy."""
    sums = np.zeros(9)
    for i in range(0, x.shape[0], _STEP):
        row = np.zeros(9, np.float32)
        for j in range(0, x.shape[1], _STEP):
            if used[i // CELL, j // CELL]:
                f, p, q = weight[i, j], x[i, j] * np.float32(1 / 255), y[i, j]
                fp = f * p
                fpp = fp * p
                row[0] += f
                row[1] += fp
                row[2] += fpp
                row[3] += fpp * p
                row[4] += fpp * p * p
                row[5] += f * q
                row[6] += fp * q
                row[7] += fpp * q
                row[8] += f * q * q
        sums += row
    return sums


@compiled
def _bent(x: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """The parabola of every value."""
    bent = np.empty_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            p = x[i, j] * np.float32(1 / 255)
            bent[i, j] = curve[0] + p * (curve[1] + p * curve[2])
    return bent


@compiled
def _off(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By cell: the part inside, and the mean absolute difference there."""
    shape = x.shape[0] // CELL, x.shape[1] // CELL
    inside, off = np.empty(shape, np.float32), np.empty(shape, np.float32)
    for row in range(shape[0]):
        for column in range(shape[1]):
            total = difference = np.float32(0)
            for i in range(row * CELL, row * CELL + CELL):
                for j in range(column * CELL, column * CELL + CELL):
                    total += weight[i, j]
                    difference += weight[i, j] * abs(x[i, j] - y[i, j])
            inside[row, column] = total / (CELL * CELL)
            off[row, column] = difference / max(total, np.float32(1e-5))
    return inside, off
