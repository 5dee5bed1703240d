"""Maps of where two gray pictures agree, by cell and by window of 2 × 2 cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.compare.overlay import CELL

_FLAT, _LEAST = np.float32(40), np.float32(20)
"""Keeps similarity in plain windows finite, as C2 of SSIM (58.5; Wang and others, 2004) does; with 32 two
exact copies of 246 differ, with 50 none. Half of it is the least variance that correlates."""


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """By cell: the part of it that is inside (`cells`) and the difference of brightness (`tone`). By window:
    the part inside (`known`), both variances, `covariance`; all float32."""

    cells: np.ndarray
    tone: np.ndarray
    known: np.ndarray
    var_x: np.ndarray
    var_y: np.ndarray
    covariance: np.ndarray

    @property
    def structure(self) -> np.ndarray:
        """By window, float32: see `structure`."""
        similar: np.ndarray = structure(self.var_x, self.var_y, self.covariance)
        return similar

    @property
    def correlation(self) -> np.ndarray:
        """By window, float32: see `correlation`."""
        likeness: np.ndarray = correlation(self.var_x, self.var_y, self.covariance)
        return likeness


@compiled
def structure(var_x: np.ndarray, var_y: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Similarity in which contrast counts too, -1…1: of numbers or arrays, float32."""
    similar: np.ndarray = (covariance + covariance + _FLAT) / (var_x + var_y + _FLAT)
    return similar


@compiled
def correlation(var_x: np.ndarray, var_y: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """-1…1, near 0 where hardly anything is to be seen: of numbers or arrays, float32."""
    likeness: np.ndarray = covariance / np.sqrt(np.maximum(var_x, _LEAST) * np.maximum(var_y, _LEAST))
    return likeness


def compare_locally(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Local:
    """Compare gray values, float32 (h, w) with sides that are multiples of CELL, where `weight` is 1."""
    cells, tone, sums = _by_cell(x, y, weight)
    return Local(cells, tone, *_by_window(cells, sums))


@compiled
def _by_cell(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weight and difference of brightness of each cell, and the means of wx, wy, wxx, wyy, wxy: (h, w, 5)."""
    height, width = x.shape[0] // CELL, x.shape[1] // CELL
    cells, tone = np.empty((height, width), np.float32), np.empty((height, width), np.float32)
    sums = np.empty((height, width, 5), np.float32)
    part = np.float32(1 / (CELL * CELL))
    for row in range(height):
        for column in range(width):
            w = s = t = ss = tt = st = np.float32(0)
            for i in range(row * CELL, row * CELL + CELL):
                for j in range(column * CELL, column * CELL + CELL):
                    p, q, f = x[i, j], y[i, j], weight[i, j]
                    w += f
                    s += f * p
                    t += f * q
                    ss += f * p * p
                    tt += f * q * q
                    st += f * p * q
            cells[row, column] = w * part
            tone[row, column] = abs(s - t) * part / max(w * part, np.float32(1e-6))
            here = sums[row, column]
            here[0], here[1], here[2], here[3], here[4] = s * part, t * part, ss * part, tt * part, st * part
    return cells, tone, sums


@compiled
def _by_window(
    cells: np.ndarray, sums: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Part inside, variances and covariance of 2 × 2 neighbouring cells: one row and column fewer, or the
    cells themselves if there is but one."""
    down, right = min(1, cells.shape[0] - 1), min(1, cells.shape[1] - 1)
    shape = cells.shape[0] - down, cells.shape[1] - right
    known, covariance = np.empty(shape, np.float32), np.empty(shape, np.float32)
    var_x, var_y = np.empty(shape, np.float32), np.empty(shape, np.float32)
    mean = np.empty(5, np.float32)
    for i in range(shape[0]):
        for j in range(shape[1]):
            k, m = i + down, j + right
            inside = (cells[i, j] + cells[k, j] + cells[i, m] + cells[k, m]) / 4
            for n in range(5):
                total = sums[i, j, n] + sums[k, j, n] + sums[i, m, n] + sums[k, m, n]
                mean[n] = total / 4 / max(inside, np.float32(1e-6))
            known[i, j] = inside
            var_x[i, j] = max(mean[2] - mean[0] * mean[0], np.float32(0))
            var_y[i, j] = max(mean[3] - mean[1] * mean[1], np.float32(0))
            covariance[i, j] = mean[4] - mean[0] * mean[1]
    return known, var_x, var_y, covariance


@compiled
def by_cell(pixels: np.ndarray) -> np.ndarray:
    """Means of CELL × CELL pixels, uint8 (h, w, 3), rounded half to even."""
    height, width = pixels.shape[0] // CELL, pixels.shape[1] // CELL
    means = np.empty((height, width, 3), np.uint8)
    down = np.empty(width * CELL * 3, np.uint16)
    for row in range(height):
        lines = pixels[row * CELL : row * CELL + CELL].reshape(CELL, -1)
        for at in range(len(down)):
            down[at] = np.uint16(lines[0, at]) + lines[1, at] + lines[2, at] + lines[3, at]
        for column in range(width):
            for channel in range(3):
                at = column * CELL * 3 + channel
                total = down[at] + down[at + 3] + down[at + 6] + down[at + 9]
                means[row, column, channel] = _sixteenth(total)
    return means


@compiled
def _sixteenth(total: int) -> int:
    whole, rest = total >> 4, total & 15
    return whole + (rest > 8 or (rest == 8 and whole & 1))
