"""Files that viewers show although they are damaged, or hold more or other things than Pillow takes."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, PngImagePlugin, TiffImagePlugin

from dupedash.images.digest import jpeg_end, with_end
from dupedash.images.modes import to_8_bits
from dupedash.images.odd import bitmaps
from dupedash.images.odd.depth import in_deep_planes

PngImagePlugin.MAX_TEXT_CHUNK = 4 * 2**20  # unpacked; a printer's profile has up to 3 MB, a workflow as much

_PNG, _JPEG, _TIFF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", (b"II*\0", b"MM\0*")
_MOST_MISSING = 1 / 20
"""Share of a JPEG's rows that may be missing; with more it is no whole picture any more."""
_NO_DATA = 128
"""Gray of the blocks for which libjpeg finds no data."""
_SHOWN = frozenset({b"tRNS", b"acTL", b"fcTL", b"fdAT", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"eXIf"})
"""Chunks of a PNG that may be left out, but decide what is shown."""

NO_END = "its end is missing"


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """A way to read a file after all.

    size     as it claims, where that is to be checked before `open` decodes it at once
    damage   what is wrong with the file; None where it is whole
    exact    its pixels are those that every viewer shows
    """

    data: bytes
    open: Callable[[], Image.Image]
    size: tuple[int, int] | None = None
    damage: str | None = None
    exact: bool = True


def ways(data: bytes, open_bytes: Callable[[bytes], Image.Image]) -> Iterator[Mended]:
    """How a file that Pillow refuses may be read."""
    if data.startswith(_JPEG) and jpeg_end(data) is None:
        whole = with_end(data)
        yield Mended(whole, lambda: open_bytes(whole), damage=NO_END, exact=False)
    elif data.startswith(_PNG):
        bare, profile = _without_metadata(data)
        yield Mended(bare, lambda: open_bytes(bare), exact=not profile)
    elif (bitmap := bitmaps.header(data)) is not None:
        size = bitmap.width, bitmap.height
        yield Mended(
            data, lambda: _named(bitmaps.pixels(data, bitmap), "BMP"), size, exact=bitmap.deepest <= 8
        )
    elif data.startswith(_TIFF) and (claimed := _sound_size(data)) is not None:
        yield Mended(data, lambda: _named(_by_opencv(data), "TIFF"), claimed, exact=False)


def check_rows(image: Image.Image) -> None:
    """Raises EOFError where more than a last strip of a JPEG without its end is missing."""
    rows = np.asarray(image).reshape(image.height, -1)
    filled = (np.abs(rows.astype(np.int16) - _NO_DATA) > 1).any(axis=1)
    last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
    if image.height - last > _MOST_MISSING * image.height:
        raise EOFError("image file is truncated")


def _named(image: Image.Image, kind: str) -> Image.Image:
    image.format = kind
    return image


def _without_metadata(data: bytes) -> tuple[bytes, bool]:
    """A PNG without texts, profile and times; and whether it had a profile."""
    kept, profile, place = [_PNG], False, len(_PNG)
    while place + 12 <= len(data):
        (length,), name = struct.unpack_from(">I", data, place), data[place + 4 : place + 8]
        end = place + 12 + length
        if name[:1].isupper() or name in _SHOWN:
            kept.append(data[place:end])
        profile |= name == b"iCCP"
        place = end
    return b"".join(kept), profile


def _sound_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a TIFF whose samples OpenCV puts together rightly, if it can read them."""
    try:
        file = io.BytesIO(data)
        tags = TiffImagePlugin.ImageFileDirectory_v2(file.read(8))
        file.seek(tags.next)
        tags.load(file)
        size = int(tags[TiffImagePlugin.IMAGEWIDTH]), int(tags[TiffImagePlugin.IMAGELENGTH])
    except Exception:  # the tags of a damaged file may be anything
        return None
    return None if in_deep_planes(tags) else size


def _by_opencv(data: bytes) -> Image.Image:
    """A TIFF of samples that Pillow does not know: floating-point colour, 16-bit CMYK … Raises ValueError."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or (found.ndim == 3 and found.shape[2] not in (3, 4)):
        raise ValueError("samples of this kind are not supported")
    values = found if found.dtype == np.uint8 else to_8_bits(found)
    return Image.fromarray(
        values
        if values.ndim == 2
        else np.ascontiguousarray(values[..., [2, 1, 0, *range(3, values.shape[2])]])
    )
