"""Hashes that recognise the same file and the same pixels."""

from __future__ import annotations

import hashlib

import numpy as np


def content_hash(data: bytes) -> str:
    """SHA-256 (hex) of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def pixel_hash(pixels: np.ndarray) -> str:
    """SHA-256 (hex) of full-size upright RGB pixels (uint8, H×W×3) and their shape."""
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def jpeg_hash(data: bytes, orientation: int) -> str | None:
    """SHA-256 (hex) of what decides a JPEG file's pixels: everything but its metadata segments.

    Equal hashes mean equal pixels; equal pixels need not mean equal hashes (another Huffman coding). It
    stands in for `pixel_hash` where full decoding is dear: 12 megapixels cost 200 ms in full with their
    hash, 60 ms at half size.
    None where the segments cannot be followed.
    """
    digest, place = hashlib.sha256(b"jpeg %d" % orientation), 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xDA:  # start of scan: all the rest are pixels
            digest.update(memoryview(data)[place:])
            return digest.hexdigest()
        if not _is_metadata(marker):
            digest.update(memoryview(data)[place : place + 2 + length])
        place += 2 + length
    return None


def _is_metadata(marker: int) -> bool:
    """Comments and application segments, but for JFIF (0xE0) and Adobe (0xEE), which tell the colours."""
    return marker == 0xFE or (0xE0 < marker <= 0xEF and marker != 0xEE)
