"""Raw files of cameras, with rawpy (LibRaw): the preview that is in them, else half the sensor, developed.

LibRaw decodes nothing of the sensor for a preview: a file of 30 MB takes as long as the JPEG in it.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import islice

import rawpy
from PIL import Image

from dupedash.errors import UnreadableImage
from dupedash.images.extra import Found
from dupedash.images.files import Limits

LEAST = 800
"""Long side in pixels of a preview that is enough; as large as pictures are described at."""
_TURNS = {3: 2, 5: 1, 6: 3}
"""LibRaw's `flip` (180°, a quarter to the left, one to the right) in quarter turns, counter-clockwise."""
NO_SENSOR = "what the sensor saw is damaged: compared by the preview in the file"
_TRIED = 16
"""Places in a damaged file at which a JPEG may begin; cameras write three previews at most."""
_ORIENTATION = 0x0112  # tag of Exif 2.32
_LIKE_TIFF = (b"II*\0", b"MM\0*", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
"""How raw files begin that are TIFFs but for their number: also those of Olympus and Panasonic."""
_CANON = b"CMT1"
"""The box of a CR3 that holds the first tags, a TIFF."""


def read(data: bytes, name: str, limits: Limits, long_side: int | None) -> Found:
    """The preview, or the developed picture where there is none that is large enough. Raises
    UnreadableImage."""
    try:
        return _read(data, name, limits, long_side)
    except rawpy.LibRawError as error:
        said = error.args[0] if error.args else ""
        told = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise UnreadableImage(name, f"not readable as a raw file ({told.lower()})") from error


def _read(data: bytes, name: str, limits: Limits, long_side: int | None) -> Found:
    with rawpy.imread(io.BytesIO(data)) as raw:
        sizes = raw.sizes
        if sizes.raw_width * sizes.raw_height > limits.max_pixels:
            raise UnreadableImage(
                name, f"claims {sizes.raw_width}×{sizes.raw_height} pixels: more than the limit"
            )
        turns = _TURNS.get(sizes.flip, 0)
        size = (sizes.height, sizes.width) if turns % 2 else (sizes.width, sizes.height)
        preview = _preview(raw, min(LEAST, long_side or LEAST))
        if preview is None:
            return _developed(raw, data, size, turns)
    return _shown_by(preview, data, size, turns)


def _developed(raw: rawpy.RawPy, data: bytes, size: tuple[int, int], turns: int) -> Found:
    try:
        pixels = raw.postprocess(half_size=True, use_camera_wb=True, user_flip=0)
    except rawpy.LibRawError:
        preview = _largest_jpeg(data)
        if preview is None:
            raise
        return replace(_shown_by(preview, data, size, turns), damage=NO_SENSOR)
    return Found(Image.fromarray(pixels), b"", _tags(data), size, turns)


def _shown_by(preview: bytes, data: bytes, size: tuple[int, int], turns: int) -> Found:
    image = Image.open(io.BytesIO(preview), formats=("JPEG",))
    if image.getexif().get(_ORIENTATION, 1) != 1:
        turns = 0  # the preview says itself how it is turned
    return Found(image, preview, _tags(data), size, turns)


def _largest_jpeg(data: bytes) -> bytes | None:
    """The largest whole JPEG in the file, listed or not, with what follows it; None where there is none."""
    starts = islice(re.finditer(b"\xff\xd8\xff", data), _TRIED)
    found = max((data[start.start() :] for start in starts), key=_pixels, default=b"")
    return found if _pixels(found) else None


def _pixels(data: bytes) -> int:
    """How many a JPEG has that can be read to its end; 0 where there is none."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            image.load()
            return image.width * image.height
    except Exception:  # Pillow's decoder raises nearly anything on what is no JPEG
        return 0


def _preview(raw: rawpy.RawPy, least: int) -> bytes | None:
    try:
        found = raw.extract_thumb()
    except rawpy.LibRawError:  # none, or one that LibRaw cannot take out
        return None
    if found.format is not rawpy.ThumbFormat.JPEG:
        return None
    data = bytes(found.data)
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        return data if max(image.size) >= least else None


def _tags(data: bytes) -> bytes:
    """The tags of the file as a TIFF; b"" where it is none, as Fujifilm's: its preview has them."""
    if data.startswith(_LIKE_TIFF):
        little = data.startswith(b"II")
        return (b"II*\0" if little else b"MM\0*") + data[4:]
    at = data.find(_CANON, 0, 1 << 20)
    return data[at + len(_CANON) :] if at >= 0 else b""
