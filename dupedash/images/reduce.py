"""Smaller copies of decoded pictures."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

LONG = 4.0
"""Pictures longer than this (4:1: no photo, hardly a panorama) are kept longer: their short side stays as
long as in a picture of this shape."""
MOST_LENGTHENED = 2.5
"""But no longer than so many times; then they are 10:1."""


FLAT = 2.0
"""Standard deviation of gray below which there is nothing to compare: JPEG's noise and a vignette at most."""


def lengthened(side: int, size: tuple[int, int]) -> int:
    """The long side of a picture of this size that shall be `side` long, unless it is very long."""
    shape = max(size) / max(1, min(size))
    return round(side * min(MOST_LENGTHENED, max(1.0, shape / LONG)))


def is_flat(pixels: np.ndarray) -> bool:
    """Whether a picture, uint8 gray or RGB, shows nothing."""
    gray = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return float(cv2.meanStdDev(gray)[1][0, 0]) < FLAT


def reduced(image: Image.Image, long_side: int | None) -> Image.Image:
    """The picture at most that long; never enlarged."""
    if long_side is None or max(image.size) <= long_side:
        return image
    scale = long_side / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # Whole-number box reduction first (fast), then an antialiasing filter for the rest.
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
