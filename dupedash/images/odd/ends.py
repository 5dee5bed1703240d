"""Files that were cut where Pillow does not notice: it asks for no end once the last picture was read."""

from __future__ import annotations

import struct

from dupedash.images.digest import jpeg_end

_JPEG_END = b"\xff\xd9"
_PNG_HEAD = 8  # bytes of the signature
_GIF_HEAD, _GIF_FLAGS, _IMAGE_FLAGS = 13, 10, 9  # places in bytes, GIF89a 18 and 20
_TRAILER, _IMAGE, _EXTENSION = 0x3B, 0x2C, 0x21  # introducers of blocks, GIF89a


def end_is_missing(kind: str | None, data: bytes) -> bool:
    """Whether a file of this Pillow format, whose pictures could be read, breaks off before its end."""
    match kind:
        case "JPEG" | "MPO":
            return not data.endswith(_JPEG_END) and jpeg_end(data) is None
        case "PNG":
            return not _png_ends(data)
        case "GIF":
            return not _gif_ends(data)
    return False


def _png_ends(data: bytes) -> bool:
    """Whether there is an IEND chunk, whole or without its checksum."""
    place = _PNG_HEAD
    while place + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if name == b"IEND":
            return True
        place += 12 + length
    return False


def _gif_ends(data: bytes) -> bool:
    """Whether its blocks lead to the trailer. What Pillow skips as no block may be skipped here, too."""
    place = _GIF_HEAD + _colours(data, _GIF_FLAGS)
    while place < len(data):
        block = data[place]
        if block == _TRAILER:
            return True
        if block == _IMAGE:
            place = _after_blocks(data, place + 11 + _colours(data, place + _IMAGE_FLAGS))
        else:
            place = _after_blocks(data, place + 2) if block == _EXTENSION else place + 1
    return False


def _colours(data: bytes, flags_at: int) -> int:
    """Bytes of the colour table that these flags announce."""
    flags = data[flags_at] if flags_at < len(data) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, place: int) -> int:
    while place < len(data) and data[place]:
        place += 1 + data[place]
    return place + 1
