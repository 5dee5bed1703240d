"""The sharp gray picture that is kept of drawings: documents, screens, charts, icons, all on plain ground.

What tells two of them apart may be one digit, which the thumbnail is too small to show. A photo has no plain
ground and costs nothing more.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

SIDE = 800
"""Its longest side: letters of ten points on a page are nine pixels high."""
_CELL = 8  # pixels: a stroke with its ground on both sides
_PLAIN, _STRONG = 3.5, 40.0
"""Deviation of gray values below which a cell is plain ground, and above which it has strokes or edges:
scanned paper and JPEG lie below the first, texture between both."""
_DRAWN, _OF_FEW = 0.35, 0.7
"""Part of the cells that are of these kinds in a drawing; of the pixels that have one of three gray values.
28 kinds of drawings, made in all qualities, reach 0.35 and 0.74; of 200 photos one in fifteen does."""
_QUALITY = 85  # of the JPEG that is kept: strokes stay clean


def is_drawing(gray: np.ndarray) -> bool:
    """Whether a gray picture, uint8 (h, w), consists of strokes on plain ground."""
    return _few_values(gray) and _drawn(gray)  # the first costs a tenth, and rules out nearly all photos


def _drawn(gray: np.ndarray) -> bool:
    """Whether most of it is plain ground, or has strokes or edges."""
    values = gray.astype(np.float32)
    size = max(1, gray.shape[1] // _CELL), max(1, gray.shape[0] // _CELL)
    mean, square = (cv2.resize(v, size, interpolation=cv2.INTER_AREA) for v in (values, values * values))
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    return float(np.mean((deviation < _PLAIN) | (deviation > _STRONG))) >= _DRAWN


def _few_values(gray: np.ndarray) -> bool:
    """Whether most pixels have one of three gray values, or nearly."""
    count = cv2.calcHist([gray], [0], None, [64], [0, 256]).ravel().astype(int)
    pixels = 0
    for _ in range(3):
        first = int(np.convolve(count, np.ones(4, int), "valid").argmax())
        pixels += int(count[first : first + 4].sum())
        count[first : first + 4] = 0
    return pixels >= _OF_FEW * gray.size


def encode(gray: np.ndarray) -> bytes:
    """A JPEG of the gray picture, uint8 (h, w)."""
    return cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


@lru_cache(128)
def decode(drawing: bytes) -> np.ndarray:
    """The gray picture, uint8 (h, w). Not to be written to. Raises ValueError for damaged bytes."""
    gray = cv2.imdecode(np.frombuffer(drawing, np.uint8), cv2.IMREAD_GRAYSCALE)
    if gray is None:
        raise ValueError("the sharp picture of a drawing cannot be read")
    pixels: np.ndarray = gray
    return pixels
