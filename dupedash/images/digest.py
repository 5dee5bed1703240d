"""Hashes that recognise the same file and the same pixels."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import numpy as np

# In a JPEG's coded data 0xFF is followed by 0 or a restart marker (or padding); anything else ends the scan.
_NEXT = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_SCAN, _END = 0xDA, 0xD9  # markers of JPEG (ITU-T T.81): start of scan, end of image


def content_hash(data: bytes) -> str:
    """SHA-256 (hex) of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def pixel_hash(pixels: np.ndarray, tag: str = "") -> str:
    """SHA-256 (hex) of full-size upright pixels, their shape and type, and what else decides how they look.

    Pictures without transparency, of 8 bits and in sRGB are uint8 RGB, H×W×3, and have no `tag`. Others have
    all their numbers (RGBA with what lies under transparent pixels, CMYK, 16 bits …) and name in `tag` the
    profile by which they are shown.
    """
    plain = pixels.dtype == np.uint8 and not tag
    digest = hashlib.sha256(repr(pixels.shape if plain else (pixels.shape, pixels.dtype.str, tag)).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def jpeg_hash(data: bytes, orientation: int, tag: str = "") -> str | None:
    """SHA-256 (hex) of what decides a JPEG file's pixels: everything but its metadata segments.

    Equal hashes mean equal pixels; equal pixels need not mean equal hashes (another Huffman coding). It
    stands in for `pixel_hash` where full decoding is dear: 12 megapixels cost 200 ms in full with their
    hash, 60 ms at half size. What follows the end of the picture (a video, garbage) is not part of it.
    `tag` as in `pixel_hash`. None where the segments cannot be followed to the end of the picture.
    """
    digest, view = hashlib.sha256(f"jpeg {orientation} {tag}".encode()), memoryview(data)
    for marker, start, end in _segments(data):
        if marker == _END:
            return digest.hexdigest()
        if not _is_metadata(marker):
            digest.update(view[start:end])
    return None


def jpeg_end(data: bytes) -> int | None:
    """Where the first picture of a JPEG file ends; None where its end is missing."""
    return next((end for marker, _, end in _segments(data) if marker == _END), None)


def with_end(data: bytes) -> bytes:
    """A JPEG without its end, ended where it breaks off: before a segment that is cut, or in coded data."""
    whole = max((end for _, _, end in _segments(data) if end <= len(data)), default=2)
    in_scan = data[whole : whole + 2] == bytes((0xFF, _SCAN))
    return data[: len(data) if in_scan else whole] + bytes((0xFF, _END))


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, begin and end of every segment; a scan goes on to the end of its coded data."""
    place = 2
    while place + 2 <= len(data) and data[place] == 0xFF:
        marker, start = data[place + 1], place
        if marker == _END:
            yield marker, start, place + 2
            return
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == _SCAN:
            found = _NEXT.search(data, place)
            if found is None:
                return
            place = found.start()
        yield marker, start, place


def _is_metadata(marker: int) -> bool:
    """Comments and application segments, but for JFIF (0xE0) and Adobe (0xEE), which tell the colours."""
    return marker == 0xFE or (0xE0 < marker <= 0xEF and marker != 0xEE)
