"""The one table of picture formats: endings, names, and which of two equal copies is the better one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    name      as it is shown, stored and filtered by
    pillow    the names of Pillow's plugins that open it
    endings   of its files, lower case, without the dot
    lossless  whether its pixels always are those that were saved
    also      other names that Pillow gives it
    needs     the module that reads it in the place of Pillow, `extra` the extra of the package with it
    layered   a viewer shows the flattened picture only, of which the file is more
    """

    name: str
    pillow: tuple[str, ...]
    endings: tuple[str, ...]
    lossless: bool = False
    also: tuple[str, ...] = ()
    needs: str = ""
    extra: str = ""
    layered: bool = False


FORMATS = (
    # The endings are those of LibRaw's list of supported cameras.
    Format(
        "RAW",
        (),
        (
            *("3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "fff", "iiq", "kdc", "mef", "mos"),
            *("mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f"),
        ),
        needs="rawpy",
        extra="raw",
    ),
    Format("PSD", ("PSD",), ("psd",), lossless=True, layered=True),
    Format("TIFF", ("TIFF",), ("tif", "tiff"), lossless=True),
    Format("PNG", ("PNG",), ("png", "apng"), lossless=True),
    Format("BMP", ("BMP", "DIB"), ("bmp", "dib"), lossless=True),
    Format("PPM", ("PPM",), ("ppm", "pgm", "pbm", "pnm", "pfm"), lossless=True),
    Format("HEIC", ("HEIF",), ("heic", "heif", "hif", "heics", "heifs")),
    Format("AVIF", ("AVIF",), ("avif", "avifs")),
    Format("JPEG XL", (), ("jxl",), needs="imagecodecs", extra="jxl"),
    Format("JPEG2000", ("JPEG2000",), ("jp2", "j2k", "j2c", "jpc", "jpf", "jpx")),
    Format(
        "JPEG",
        ("JPEG",),
        ("jpg", "jpeg", "jpe", "jfif", "jif", "jfi", "pjpeg", "pjp", "jps", "mpo"),
        also=("MPO",),
    ),
    Format("WEBP", ("WEBP",), ("webp",)),
    Format("GIF", ("GIF",), ("gif",)),
)
"""Of equal copies the format that comes first here is kept: first what others are made of (raw files, layers)
and what loses nothing, then what cameras write (HEIC before the JPEG that is made of it), last what pictures
are made into for the web."""

RAW: frozenset[str] = frozenset(f".{ending}" for ending in FORMATS[0].endings)
"""Endings of the raw files of cameras."""
LIVE_VIDEO = frozenset({".mov", ".mp4", ".mp"})
"""Endings of the moving half of a Live or motion photo, where it is a file of its own beside the picture."""
VECTOR = frozenset({".svg", ".svgz", ".ai"})
NOT_DECODED = VECTOR | frozenset({".psb", ".xcf", ".kra", ".clip", ".afphoto", ".exr", ".hdr", ".jxr"})
"""Endings of pictures that people keep beside others and that are compared by their bytes only: working files
of picture editors, vector graphics, and formats that nothing here reads."""
PREFERRED: tuple[str, ...] = tuple(format_.name for format_ in FORMATS)
ENDINGS: frozenset[str] = frozenset(f".{ending}" for format_ in FORMATS for ending in format_.endings)
PILLOW: tuple[str, ...] = tuple(name for format_ in FORMATS for name in format_.pillow)
_NAMES: Mapping[str, Format] = {
    name.upper(): format_
    for format_ in FORMATS
    for name in (format_.name, *format_.pillow, *format_.endings, *format_.also)
}


def format_of(name: str | None) -> Format | None:
    """The format of a name, by whichever of its names (HEIF, heic, JPG); None for one that is not known."""
    return _NAMES.get((name or "").upper())


def shown_name(pillow: str) -> str:
    """As we call what Pillow calls so."""
    known = format_of(pillow)
    return known.name if known else pillow
