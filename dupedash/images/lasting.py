"""How long a video lasts, read from its header: what tells the moving half of a Live photo from a film."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

LIVE = 6.0
"""Seconds: twice the three that Apple records around a Live photo."""
_HEADERS = 4096
"""Bytes that are looked at in `moov`: its first box is `mvhd`."""
_BOXES = 64  # at the top of a file: cameras write about five


def is_live(path: Path) -> bool:
    """Whether a video is as short as the moving half of a Live photo. Raises OSError."""
    lasts = seconds_of(path)
    return lasts is not None and lasts <= LIVE


def seconds_of(path: Path) -> float | None:
    """Of a QuickTime or MP4 file (ISO 14496-12); None where it does not say. Raises OSError."""
    with path.open("rb") as file:
        moov = _find_moov(file, os.fstat(file.fileno()).st_size)
    place = moov.find(b"mvhd")
    if place < 0:
        return None
    version, times = moov[place + 4 : place + 5], moov[place + 8 :]
    width, skipped = (8, 16) if version == b"\1" else (4, 8)  # creation and modification come first
    scale = int.from_bytes(times[skipped : skipped + 4], "big")
    lasting = times[skipped + 4 : skipped + 4 + width]
    return int.from_bytes(lasting, "big") / scale if scale and len(lasting) == width else None


def _find_moov(file: BinaryIO, size: int) -> bytes:
    """The beginning of the box of headers, without the rest of the file being read."""
    place = 0
    for _ in range(_BOXES):
        file.seek(place)
        head = file.read(16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        if kind == b"moov":
            return head + file.read(_HEADERS)
        place += length
        if length < 8 or place >= size:
            break
    return b""
