"""JPEG XL, with imagecodecs (libjxl): upright, of an animation the first frame.

The size is read beforehand, as libjxl takes memory for it at once. A profile of its own is not told by the
library: colours are taken for sRGB.
"""

from __future__ import annotations

from collections.abc import Mapping

import imagecodecs
import numpy as np
from PIL import Image

from dupedash.errors import UnreadableImage
from dupedash.images.extra import Found
from dupedash.images.files import Limits

_CODESTREAM = b"\xff\x0a"
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
"""Width to height, by number (ISO/IEC 18181-1, size header)."""
_WIDTHS = (9, 13, 18, 30)
"""Bits of a side, by selector (the same)."""


def read(data: bytes, name: str, limits: Limits) -> Found:
    """The picture as 8 bits a channel. Raises UnreadableImage, imagecodecs' errors."""
    width, height = size_of(data)
    if width * height > limits.max_pixels:
        raise UnreadableImage(name, f"claims {width}×{height} pixels: more than the limit")
    pixels = imagecodecs.jpegxl_decode(data, index=0, numthreads=1)
    return Found(Image.fromarray(_to_8_bits(pixels)), exif=_boxes(data).get(b"Exif", b"")[4:])


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height as the file claims them."""
    boxes = _boxes(data)
    return _claimed(boxes.get(b"jxlc") or boxes.get(b"jxlp", b"")[4:] or data)


def _to_8_bits(pixels: np.ndarray) -> np.ndarray:
    if pixels.dtype == np.uint8:
        return pixels
    whole = np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1.0
    scaled = np.clip(pixels.astype(np.float32) * (255 / whole) + 0.5, 0, 255)
    return np.asarray(scaled, np.uint8)


def _boxes(data: bytes) -> Mapping[bytes, bytes]:
    """The first box of each kind in a container (ISO/IEC 18181-2); none where there is no container."""
    found: dict[bytes, bytes] = {}
    at = len(data) if data.startswith(_CODESTREAM) else 0
    while at + 8 <= len(data):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = at + size if size else len(data)
        if end < at + head:
            break
        found.setdefault(kind, data[at + head : end])
        at = end
    return found


def _claimed(stream: bytes) -> tuple[int, int]:
    """The same of a codestream."""
    bits = int.from_bytes(stream[2:14], "little")

    def take(count: int) -> int:
        nonlocal bits
        value, bits = bits & ((1 << count) - 1), bits >> count
        return value

    small = take(1)
    height = 8 * (1 + take(5)) if small else 1 + take(_WIDTHS[take(2)])
    if ratio := take(3):
        one, other = _RATIOS[ratio - 1]
        return height * one // other, height
    return (8 * (1 + take(5)) if small else 1 + take(_WIDTHS[take(2)])), height
