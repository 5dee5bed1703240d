"""BMP files with bit masks of any layout: 4:4:4:4, 2:10:10:10 … Pillow reads the usual layouts only."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from PIL import Image

_HEAD = struct.Struct("<2sIHHI I ii HHI")
"""File header (type, size, two reserved, where the pixels are), then size of the second header, width,
height, planes, bits a pixel, compression."""
_MASKS_AT = 54  # bytes from the start: after the heads of 14 and 40
_PLAIN, _FIELDS, _ALPHA_FIELDS = 0, 3, 6  # values of biCompression (BITMAPINFOHEADER)
_WITH_ALPHA = 56
"""Size from which the second header holds the mask of alpha, too."""
_FIVE_BITS = (0x7C00, 0x3E0, 0x1F, 0)  # masks of red, green, blue where a 16-bit BMP names none


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Where the pixels of a BMP file are and what their bits mean: `masks` of red, green, blue and alpha, 0
    where there is none."""

    width: int
    height: int
    bits: int
    offset: int
    masks: tuple[int, int, int, int]
    upside_down: bool

    @property
    def deepest(self) -> int:
        """Bits of the finest channel."""
        return max(mask.bit_count() for mask in self.masks)


def header(data: bytes) -> Bitmap | None:
    """What the header of a BMP file with bit masks says; None for any other file."""
    if len(data) < _MASKS_AT or data[:2] != b"BM":
        return None
    *_, offset, size, width, height, _, bits, compression = _HEAD.unpack_from(data)
    if bits not in (16, 32) or width <= 0 or height == 0 or size < 40:
        return None
    if compression == _PLAIN and bits == 16:
        masks = _FIVE_BITS
    elif compression in (_FIELDS, _ALPHA_FIELDS) and len(data) >= _MASKS_AT + 16:
        alpha = compression == _ALPHA_FIELDS or size >= _WITH_ALPHA
        red, green, blue, last = struct.unpack_from("<4I", data, _MASKS_AT)
        masks = (red, green, blue, last if alpha else 0)
    else:
        return None
    return Bitmap(width, abs(height), bits, offset, masks, height < 0)


def pixels(data: bytes, bitmap: Bitmap) -> Image.Image:
    """The picture, RGB or RGBA of 8 bits. Raises ValueError where pixels are missing."""
    step = -(-bitmap.width * bitmap.bits // 32) * 4
    kind = np.dtype(f"<u{bitmap.bits // 8}")
    rows = np.frombuffer(data, np.uint8, step * bitmap.height, bitmap.offset).reshape(bitmap.height, step)
    values = np.ascontiguousarray(rows).view(kind)[:, : bitmap.width]
    channels = [_channel(values, mask) for mask in bitmap.masks]
    if not bitmap.masks[3] or not channels[3].any():  # programs that know no alpha leave it 0
        channels.pop()
    picture = np.stack(channels, axis=-1)
    return Image.fromarray(np.ascontiguousarray(picture if bitmap.upside_down else picture[::-1]))


def _channel(values: np.ndarray, mask: int) -> np.ndarray:
    if not mask:
        return np.zeros(values.shape, np.uint8)
    shift = (mask & -mask).bit_length() - 1
    most = mask >> shift
    channel = (values & mask) >> shift
    return np.asarray(np.rint(channel * (255 / most)), np.uint8)
