"""Why a file could not be read, in a few plain words: damaged, not supported or not an image."""

from __future__ import annotations

import io
import re

from PIL import TiffImagePlugin, UnidentifiedImageError

NO_MEMORY = "not enough memory"
"""The one reason that says nothing of the picture: another try may succeed."""

_FOREIGN = (
    (b"8BPS", "a Photoshop file"),
    (b"%!PS", "a PostScript file"),
    (b"%PDF", "a PDF file"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"FUJIFILMCCD-RAW", "a RAW file"),
    (b"IIU\0", "a RAW file"),
    (b"IIRO", "a RAW file"),
    (b"\0\0\x01\0", "an icon file"),
    (b"v/1\x01", "OpenEXR"),
    (b"DDS ", "DDS"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"gimp xcf", "a GIMP file"),
    (b"<svg", "SVG"),
    (b"BPG\xfb", "BPG"),
)
"""How files of other kinds of pictures begin."""
_OURS = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\0\0\0\x0cjP  ",
    b"\xff\x4f\xff\x51",
)
_TIFF = (b"II*\0", b"MM\0*")
_UNSUPPORTED = ("unsupported", "not supported", "unknown pixel mode", "unknown bmp", "unknown compression")
_CUT = ("truncated", "need_more_input", "unexpected end", "not enough data", "incomplete")


def reason_of(error: Exception, data: bytes) -> str:
    """The reason for an error of Pillow about this file."""
    if isinstance(error, UnidentifiedImageError):
        return _unidentified(data)
    text = re.sub(r"<_io\.BytesIO.*?>", "it", str(error)).lower()
    if isinstance(error, MemoryError):
        return NO_MEMORY
    if any(sign in text for sign in _CUT):
        return "truncated"
    if isinstance(error, NotImplementedError) or any(sign in text for sign in _UNSUPPORTED):
        return f"not supported ({text[:80]})" if text else "not supported"
    return f"damaged ({text[:80]})" if text else "damaged"


def _unidentified(data: bytes) -> str:
    for begin, kind in _FOREIGN:
        if data.startswith(begin) or (kind == "SVG" and begin in data[:1000]):
            return f"not supported ({kind})"
    if data.startswith(_TIFF):
        return _of_tiff(data)
    ours = data.startswith(_OURS) or data[4:8] == b"ftyp" or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    return "damaged (its header)" if ours else "not an image"


def _of_tiff(data: bytes) -> str:
    """Pillow says of no TIFF that it refuses why: asked directly it does."""
    try:
        TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    except Exception as error:  # a plugin may raise anything on damaged data
        return reason_of(ValueError(str(error)), data)
    return "damaged (its header)"
