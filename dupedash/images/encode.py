"""Pixels → small files for screens."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from dupedash.images.decode import decode
from dupedash.images.files import LIMITS, Limits

Cell = tuple[int, int, int, int]
THUMBNAIL_TYPE = "image/jpeg"
THUMBNAIL_SIDE = 320  # pixels of the long side: sharp in a list on a screen of double density
_QUALITY = 76
"""Of a thumbnail, measured at 320×240: 0.2 ms and 13 kB; WebP that looks the same takes 2.1 ms for 12 kB."""
_NOTHING = 225  # the gray of a picture that is not there
_SMALL_QUALITY = 62
"""Of pictures in a file for others: at 104 pixels 1.6 kB each, and still no blocks to be seen."""
_TYPES = ((b"\xff\xd8\xff", THUMBNAIL_TYPE), (b"RIFF", "image/webp"))
"""How thumbnails begin; up to version 0.1 they were WebP."""


def thumbnail(pixels: np.ndarray, long_side: int = THUMBNAIL_SIDE) -> bytes:
    """A JPEG of RGB pixels (uint8, H×W×3), long side bounded."""
    scale = min(1.0, long_side / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    # Down to a half, linear takes all pixels in and a third of the time.
    method = cv2.INTER_AREA if scale < 1 / 2 else cv2.INTER_LINEAR
    small = cv2.resize(pixels, size, interpolation=method)
    settings = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    return cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), settings)[1].tobytes()


def smaller(thumbnail: bytes, long_side: int) -> bytes:
    """A thumbnail made smaller, as a WebP of a fraction of its bytes; as it is where it cannot be read."""
    pixels = cv2.imdecode(np.frombuffer(thumbnail, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        return thumbnail
    scale = min(1.0, long_side / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, _SMALL_QUALITY])[1].tobytes()


def sprite(thumbnails: Sequence[bytes | None], size: tuple[int, int], cells: Sequence[Cell]) -> bytes:
    """One JPEG of many thumbnails, each in its cell (left, top, width, height in pixels); gray where there is
    none."""
    sheet = np.full((size[1], size[0], 3), _NOTHING, np.uint8)
    for data, (left, top, width, height) in zip(thumbnails, cells, strict=True):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
        if pixels is not None:
            small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
            sheet[top : top + height, left : left + width] = small
    settings = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    return cv2.imencode(".jpg", sheet, settings)[1].tobytes()


def thumbnail_type(data: bytes) -> str | None:
    """The media type of a thumbnail by how it begins, also of one that an earlier version made; None for
    anything else."""
    return next((kind for begin, kind in _TYPES if data.startswith(begin)), None)


def inline(thumbnail: bytes) -> str:
    """The thumbnail as an address that holds it (RFC 2397), for pages that load nothing."""
    return f"data:{thumbnail_type(thumbnail)};base64,{b64encode(thumbnail).decode('ascii')}"


def thumbnail_of(data: bytes) -> bytes:
    """The thumbnail of a picture file. Raises UnreadableImage."""
    return thumbnail(decode(data, long_side=THUMBNAIL_SIDE).pixels)


def render(source: Path | bytes, long_side: int = 1600, limits: Limits = LIMITS) -> bytes:
    """A JPEG of a picture file in any format, upright, long side bounded. Raises UnreadableImage."""
    pixels = decode(source, long_side=long_side, limits=limits).pixels
    return _saved(Image.fromarray(pixels), "JPEG", quality=88)


def original(source: Path) -> bytes:
    """A PNG with every pixel of a picture file in any format, upright. Raises UnreadableImage."""
    pixels = decode(source, long_side=LIMITS.max_pixels).pixels
    return _saved(Image.fromarray(pixels), "PNG", compress_level=1)  # 9 takes ten times as long


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
