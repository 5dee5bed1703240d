"""Maps of where two gray pictures agree, by cell and by window of 2 × 2 cells."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.compare.overlay import CELL

_FLAT = 40.0
"""Keeps similarity in plain windows finite, as C2 of SSIM (58.5; Wang and others, 2004) does; with 32 two
exact copies of 246 differ, with 50 none."""


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
        """By window, float32: similarity in which contrast counts too, -1…1."""
        similar: np.ndarray = (2 * self.covariance + _FLAT) / (self.var_x + self.var_y + _FLAT)
        return similar

    @property
    def correlation(self) -> np.ndarray:
        """By window, float32 -1…1, near 0 where hardly anything is to be seen."""
        least = _FLAT / 2
        power = np.maximum(self.var_x, least) * np.maximum(self.var_y, least)
        correlation: np.ndarray = self.covariance / np.sqrt(power)
        return correlation


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


def by_cell(values: np.ndarray) -> np.ndarray:
    """Means of CELL × CELL pixels: of uint8 or float32 (h, w) or (h, w, c), as many channels."""
    size = values.shape[1] // CELL, values.shape[0] // CELL
    means: np.ndarray = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return means
