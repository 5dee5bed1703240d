"""Picture files → upright RGB pixels, and back to small files: the one home of Pillow for reading.

Everything here treats the file as hostile: sizes are checked before memory is spent, only harmless formats
are tried, and whatever goes wrong is an UnreadableImage with a short reason.

>>> picture = decode(read_file(folder / "scene-1.png"))
>>> picture.format, picture.pixels.shape, picture.pixels.dtype
('PNG', (360, 480, 3), dtype('uint8'))
>>> thumbnail(picture.pixels)[6:10]
b'JFIF'
"""

from __future__ import annotations

from dupedash.images.decode import Picture, decode, picture_size
from dupedash.images.digest import content_hash, pixel_hash
from dupedash.images.encode import THUMBNAIL_SIDE, render, thumbnail
from dupedash.images.files import (
    LIMITS,
    Limits,
    file_hash,
    looks_like_image,
    not_decoded,
    path_of,
    printable,
    read_file,
)
from dupedash.images.frames import Frames
from dupedash.images.marks.measure import Marks, measure
from dupedash.images.odd.reasons import NO_MEMORY

__all__ = [
    "LIMITS",
    "NO_MEMORY",
    "THUMBNAIL_SIDE",
    "Frames",
    "Limits",
    "Marks",
    "Picture",
    "content_hash",
    "decode",
    "file_hash",
    "looks_like_image",
    "measure",
    "not_decoded",
    "path_of",
    "picture_size",
    "pixel_hash",
    "printable",
    "read_file",
    "render",
    "thumbnail",
]
