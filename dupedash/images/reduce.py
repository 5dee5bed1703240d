"""Smaller copies of decoded pictures."""

from __future__ import annotations

import math

from PIL import Image

LONG = 2.0
"""Pictures longer than this (sides 2:1) may be kept longer, so that as many pixels are left of them."""
MOST_LENGTHENED = 2.5
"""But no longer than so many times; then they are 12.5:1."""


def lengthened(side: int, size: tuple[int, int]) -> int:
    """The long side that leaves a long picture as many pixels as one of 2:1 that is `side` long."""
    shape = max(size) / max(1, min(size))
    return round(side * min(MOST_LENGTHENED, max(1.0, math.sqrt(shape / LONG))))


def reduced(image: Image.Image, long_side: int | None) -> Image.Image:
    """The picture at most that long; never enlarged."""
    if long_side is None or max(image.size) <= long_side:
        return image
    scale = long_side / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # Whole-number box reduction first (fast), then an antialiasing filter for the rest.
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
