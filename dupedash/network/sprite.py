"""Where the thumbnails of a graph stand in the one picture that holds them all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dupedash.model import ImageRecord

BOX = (96, 76)
"""Width and height of the box into which each picture is fitted, in the units of the places: neighbours are
120 apart, and a name stands below."""
_CELLS = ((400, 2.0), (1200, 1.25), (3000, 0.8))
"""Up to so many pictures a cell is so many times the box: sharp when a few are looked at, and below the
16,384 pixels of a side that browsers draw."""

Cell = tuple[int, int, int, int]
"""Left, top, width and height in pixels of the sprite."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """All cells of one picture, in the order of its images."""

    width: int
    height: int
    cells: tuple[Cell, ...]


def sprite_of(records: Sequence[ImageRecord]) -> Sprite:
    """Each picture as large as it fits into its cell; one of unknown size fills it."""
    most = len(records)
    scale = next((scale for many, scale in _CELLS if most <= many), _CELLS[-1][1])
    width, height = round(BOX[0] * scale), round(BOX[1] * scale)
    across = max(1, math.ceil(math.sqrt(most * height / width)))
    cells = tuple(
        _fitted(record, place % across * width, place // across * height, width, height)
        for place, record in enumerate(records)
    )
    return Sprite(across * width, max(1, math.ceil(most / across)) * height, cells)


def _fitted(record: ImageRecord, left: int, top: int, width: int, height: int) -> Cell:
    w, h = record.width or width, record.height or height
    scale = min(width / w, height / h)
    return left, top, min(width, max(2, round(w * scale))), min(height, max(2, round(h * scale)))
