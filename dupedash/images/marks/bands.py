"""The strength of blocks of a picture in bands of frequencies, compiled: see `measure`."""

from __future__ import annotations

import numpy as np

from dupedash.compiled import compiled

_RED, _GREEN, _BLUE, _SHIFT = 9798, 19235, 3735, 15
"""Parts of the luminance (BT.601: .299, .587, .114) in 2^-15, as OpenCV rounds them."""


@compiled
def powers(
    pixels: np.ndarray, rows: np.ndarray, columns: np.ndarray, transform: np.ndarray, band_of: np.ndarray
) -> np.ndarray:
    """The mean power of the coefficients in each band, float32 (blocks, bands).

    `pixels` uint8 (h, w, 3), RGB; `rows`, `columns` int64: where the blocks begin, all pairs of them;
    `transform` float32 (8, 8), the cosine transform of a row; `band_of` int64 (8, 8), -1 for none.
    """
    side, bands = len(transform), band_of.max() + 1
    found, count = np.zeros((len(rows) * len(columns), bands), np.float32), np.zeros(bands, np.int64)
    for i in range(side):
        for j in range(side):
            if band_of[i, j] >= 0:
                count[band_of[i, j]] += 1
    waves = np.ascontiguousarray(transform.T)
    gray, half = np.empty((side, side), np.float32), np.empty((side, side), np.float32)
    line = np.empty(side, np.float32)
    for block in range(len(found)):
        top, left = rows[block // len(columns)], columns[block % len(columns)]
        for i in range(side):
            for j in range(side):
                red, green = pixels[top + i, left + j, 0], pixels[top + i, left + j, 1]
                light = _RED * red + _GREEN * green + _BLUE * pixels[top + i, left + j, 2]
                gray[i, j] = (light + (1 << (_SHIFT - 1))) >> _SHIFT
        _transformed(gray, waves, line, half)
        _transformed(half, waves, line, gray)
        for i in range(side):
            for j in range(side):
                if band_of[i, j] >= 0:
                    found[block, band_of[i, j]] += gray[i, j] * gray[i, j]
        for band in range(bands):
            found[block, band] /= count[band]
    return found


@compiled
def _transformed(block: np.ndarray, waves: np.ndarray, line: np.ndarray, product: np.ndarray) -> None:
    """The rows of a block transformed and exchanged with columns, all float32 (8, 8); `line` is scratch."""
    for i in range(8):
        line[:] = 0
        for k in range(8):
            value = block[i, k]
            for j in range(8):
                line[j] += value * waves[k, j]
        for j in range(8):
            product[j, i] = line[j]
