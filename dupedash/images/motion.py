"""Motion photos: a still picture with a short video behind it in one file, as phones write them."""

from __future__ import annotations

import re

from dupedash.images.digest import jpeg_end

_JPEG = b"\xff\xd8\xff"
_VIDEO = re.compile(rb"\0\0\0[\x10-\x40]ftyp(?:isom|iso\d|mp4\d|qt  |avc1|MSNV|3gp)")
"""How an MP4 or QuickTime file begins: the size of its first box, and its kind."""
_IN_HEIC = b"mpvd"
"""The box in which HEIC motion photos hold their video (Motion Photo format 1.0)."""


def has_video(data: bytes) -> bool:
    """Whether a video follows the picture in a JPEG or HEIC file."""
    if data.startswith(_JPEG):
        end = jpeg_end(data)
        return end is not None and _VIDEO.search(data, end) is not None
    if data[4:8] == b"ftyp":
        return _IN_HEIC in data or _VIDEO.search(data, 8) is not None
    return False
