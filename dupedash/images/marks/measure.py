"""What of an edit can be measured at full resolution only: fine detail, noise, and how hard it was
compressed.

The strength of the detail is taken from blocks of 8 × 8 pixels all over the picture, sorted by the frequency
of their cosine transform (as JPEG's, but half a block away from its grid, which so leaves no mark of its
own).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

_SIDE = 8  # pixels of a block, as JPEG's
_MOST = 20
"""Blocks across and down at most: their 400 give the same figures as all of a picture to some hundredths."""
_BANDS = ((3, 4), (5, 6), (7, 8), (9, 11), (12, 14))
"""Sums of the two frequencies, 0…14; what is lower is the picture itself."""
_CALM = 25
"""Per cent of the blocks, the calmest ones: noise shows there."""
_FAINTEST = 0.05  # gray values, in place of nothing, which has no logarithm
_NOTHING = 0.5
"""What rounding to whole gray values leaves of a coefficient that JPEG made 0."""
_UNIT = 1 / 16
"""Strengths are kept as logarithms to the base 2 in this unit."""
_PACKED = struct.Struct("<IIH9b")


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one picture. Strengths are logarithms to the base 2 of gray values.

    width, height  of the pixels that they were taken from, upright
    detail         of the whole picture, by `_BANDS`, from coarse to fine
    calm           of its calmest parts in the three finest bands: noise
    step           mean step of the JPEG's luma quantisation, 0 where it is none
    grid           of a lossless file: by how much more of the blocks of a JPEG's grid have no fine detail
                   than of those half a block beside it, -1…1; 0 for others
    """

    width: int
    height: int
    detail: tuple[float, ...]
    calm: tuple[float, ...]
    step: float
    grid: float = 0.0

    def to_bytes(self) -> bytes:
        """`MARKS_SIZE` bytes."""
        strengths = [*(round(v / _UNIT) for v in (*self.detail, *self.calm)), round(self.grid * 100)]
        return _PACKED.pack(self.width, self.height, min(65_535, round(self.step * 16)), *strengths)

    @staticmethod
    def from_bytes(data: bytes) -> Marks:
        """Read `to_bytes` back. Raises ValueError."""
        if len(data) != MARKS_SIZE:
            raise ValueError("marks have a wrong length; index the image again")
        width, height, step, *strengths = _PACKED.unpack(data)
        if not width or not height:
            raise ValueError("marks of a picture without pixels; index the image again")
        values = tuple(value * _UNIT for value in strengths[:-1])
        return Marks(
            width, height, values[: len(_BANDS)], values[len(_BANDS) :], step / 16, strengths[-1] / 100
        )


MARKS_SIZE = _PACKED.size


def measure(
    pixels: np.ndarray, tables: Mapping[int, Sequence[int]] | None = None, *, lossless: bool = False
) -> Marks:
    """The marks of an upright RGB picture, uint8 (height, width, 3), at full resolution.

    tables    the quantisation tables of a JPEG; the first is that of luma
    lossless  the file's format loses nothing: it is looked whether a JPEG did before
    """
    height, width = pixels.shape[:2]
    step = float(np.mean(tables[0])) if tables and 0 in tables else 0.0
    bands = _bands(pixels, _SIDE // 2)
    grid = _without_detail(_bands(pixels, 0)) - _without_detail(bands) if lossless else 0.0
    detail = _logarithms(np.sqrt(bands.mean(axis=0)))
    calm = _logarithms(np.sqrt(percentile(bands[:, 2:], _CALM)))
    return Marks(width, height, detail, calm, step, grid)


def _bands(pixels: np.ndarray, start: int) -> np.ndarray:
    """The power of blocks in each band, float32 (n, bands), at least one row: blocks spread evenly over the
    picture, of a grid that begins at `start`. A row of zeros where it is smaller than a block."""
    from dupedash.images.marks.bands import powers  # compiled: only who measures loads that

    down, across = ((side - start) // _SIDE for side in pixels.shape[:2])
    if min(down, across) < 1:
        return np.zeros((1, len(_BANDS)), np.float32)
    rows, columns = (start + _SIDE * _spread(count) for count in (down, across))
    return powers(pixels, rows, columns, _transform(), _band_of())


def percentile(values: np.ndarray, per_cent: int) -> np.ndarray:
    """Along the first axis of floats (n, …), as numpy's, whose many cases take ten times as long."""
    at = (len(values) - 1) * per_cent / 100
    low, high = math.floor(at), math.ceil(at)
    ordered = np.partition(values, (low, high), axis=0)
    return np.asarray(ordered[low] + (ordered[high] - ordered[low]) * (at - low))


def _without_detail(bands: np.ndarray) -> float:
    return float((np.sqrt(bands[:, 3:]) < _NOTHING).mean())


def _spread(count: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, _MOST)).astype(int))


@lru_cache(1)
def _transform() -> np.ndarray:
    """The cosine transform of a row of a block: float32 (8, 8)."""
    places = np.arange(_SIDE)
    one = np.sqrt(2 / _SIDE) * np.cos((2 * places + 1) * places[:, None] * np.pi / (2 * _SIDE))
    one[0] /= np.sqrt(2)
    return np.asarray(one, np.float32)


@lru_cache(1)
def _band_of() -> np.ndarray:
    """The band of each pair of frequencies, int64 (8, 8); -1 where it is in none."""
    total = np.add.outer(np.arange(_SIDE), np.arange(_SIDE))
    band = np.full((_SIDE, _SIDE), -1)
    for number, (first, last) in enumerate(_BANDS):
        band[(total >= first) & (total <= last)] = number
    return band


def _logarithms(strengths: np.ndarray) -> tuple[float, ...]:
    return tuple(np.log2(strengths + _FAINTEST).tolist())
