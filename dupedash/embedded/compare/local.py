"""Maps of where two gray pictures agree, by cell and by window of 2 × 2 cells."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.embedded.compare.overlay import CELL

_FLAT = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """By cell: the part of it that is inside (`cells`) and the difference of brightness (`tone`). By window:
    the part inside (`known`), both variances, `covariance`."""

    cells: np.ndarray
    tone: np.ndarray
    known: np.ndarray
    var_x: np.ndarray
    var_y: np.ndarray
    covariance: np.ndarray

    @property
    def structure(self) -> np.ndarray:
        """Similarity in which contrast counts too, -1…1."""
        similar: np.ndarray = (2 * self.covariance + _FLAT) / (self.var_x + self.var_y + _FLAT)
        return similar

    @property
    def correlation(self) -> np.ndarray:
        """-1…1, near 0 where hardly anything is to be seen."""
        least = _FLAT / 2
        power = np.maximum(self.var_x, least) * np.maximum(self.var_y, least)
        correlation: np.ndarray = self.covariance / np.sqrt(power)
        return correlation


def compare_locally(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Local:
    """Compare gray values, float32 (h, w) with sides that are multiples of CELL, where `weight` is 1."""
    weighted_x, weighted_y = weight * x, weight * y
    products = (weighted_x, weighted_y, weighted_x * x, weighted_y * y, weighted_x * y)
    cells, *sums = (by_cell(part) for part in (weight, *products))
    tone = np.abs(sums[0] - sums[1]) / np.maximum(cells, 1e-6)
    known = _windows(cells)
    mean_x, mean_y, square_x, square_y, both = (_windows(s) / np.maximum(known, 1e-6) for s in sums)
    var_x, var_y = np.maximum(square_x - mean_x**2, 0), np.maximum(square_y - mean_y**2, 0)
    return Local(cells, tone, known, var_x, var_y, both - mean_x * mean_y)


def by_cell(values: np.ndarray) -> np.ndarray:
    """Means of CELL × CELL pixels."""
    size = values.shape[1] // CELL, values.shape[0] // CELL
    means: np.ndarray = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return means


def _windows(cells: np.ndarray) -> np.ndarray:
    """Means of 2 × 2 neighbouring cells: one row and column fewer (or the cells themselves if there is but
    one)."""
    down = (cells[1:] + cells[:-1]) / 2 if len(cells) > 1 else cells
    both: np.ndarray = (down[:, 1:] + down[:, :-1]) / 2 if down.shape[1] > 1 else down
    return both
