"""Samples of more than 8 bits, where Pillow reads only the upper ones, or other ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from PIL import Image

_BITS_PER_SAMPLE, _PLANAR, _SAMPLE_FORMAT = 258, 284, 339  # TIFF
_SEPARATE, _UNSIGNED = 2, 1
_SIZE_MARKER, _DEPTH_AT = b"\xff\x51", 40  # JPEG 2000: the depth of the first channel follows its SIZ
_AV1 = b"av1C"  # its third byte: high bit depth
_HIGH = 0x40  # its bit (AV1 in ISOBMFF, 2.3.3)


def loses_depth(image: Image.Image, data: bytes) -> bool:
    """Whether Pillow will give fewer bits than the file has. To be asked before the picture is loaded."""
    match image.format:
        case "PNG":
            return ";16" in str(getattr(image, "tile", "")) and not image.mode.startswith("I")
        case "TIFF":
            deep = image.mode in ("I", "F") or image.mode.startswith("I;")
            return max(_tiff_bits(tags_of(image))) > 8 and not deep
        case "HEIF":
            return int(image.info.get("bit_depth", 8)) > 8
        case "AVIF":
            at = data.find(_AV1)
            return at < 0 or bool(data[at + 6] & _HIGH)
        case "JPEG2000":
            at = data.find(_SIZE_MARKER)
            return at < 0 or (data[at + _DEPTH_AT] & 0x7F) > 7
    return False


def all_bits(image: Image.Image, data: bytes) -> np.ndarray | None:
    """Of a PNG or TIFF picture uint16 (h, w, c), blue first and not turned; None where it cannot be had."""
    if image.format not in ("PNG", "TIFF") or (
        image.format == "TIFF" and image.getexif().get(0x0112, 1) != 1
    ):
        return None
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    fits = found is not None and found.dtype == np.uint16 and found.shape[:2] == image.size[::-1]
    return found if fits else None


def unsigned(image: Image.Image) -> bool:
    """Whether 32-bit samples that Pillow reads as signed ones have no sign."""
    kind = tags_of(image).get(_SAMPLE_FORMAT, (_UNSIGNED,))
    return image.format == "TIFF" and image.mode == "I" and kind == (_UNSIGNED,)


def in_deep_planes(tags: Mapping[int, Any]) -> bool:
    """Whether a TIFF keeps each colour, of more than 8 bits, by itself: neither Pillow nor OpenCV puts such
    planes together."""
    bits = _tiff_bits(tags)
    return tags.get(_PLANAR) == _SEPARATE and len(bits) > 1 and max(bits) > 8


def tags_of(image: Image.Image) -> Mapping[int, Any]:
    """The tags of a TIFF; none of others."""
    tags: Mapping[int, Any] = getattr(image, "tag_v2", {})
    return tags


def _tiff_bits(tags: Mapping[int, Any]) -> tuple[int, ...]:
    bits = tags.get(_BITS_PER_SAMPLE, (8,))
    return bits if isinstance(bits, tuple) and bits else (8,)
