"""Formats that Pillow does not read: each library is an extra of the package, imported only where it is used.

What they give is a picture to be compared, and never all that is in the file: nothing here is ever told to
have the same pixels as another file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image

from dupedash.formats import format_of
from dupedash.images.files import Limits


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a library gave.

    image   the picture, or that in the raw file of a camera, to be read on as Pillow's are
    data    the bytes that hold it, where it is a file of its own (a preview); b"" otherwise
    exif    what the whole file says of itself, as a TIFF (its header first); b"" for nothing
    size    width and height of the file's whole picture, upright; None: that of `image`
    turns   quarter turns, counter-clockwise, that make it upright
    damage  what is wrong with the file; None where it is whole, as far as is known
    """

    image: Image.Image
    data: bytes = b""
    exif: bytes = b""
    size: tuple[int, int] | None = None
    turns: int = 0
    damage: str | None = None


Read = Callable[[bytes, str, Limits, int | None], Found]
"""Bytes, the name to blame, limits, the long side that is wanted (None: all) → the picture. Raises
UnreadableImage, and what damaged files make the library raise."""


def reader(name: str) -> Read | None:
    """What reads files of this name; None for those that Pillow reads."""
    kind = format_of(PurePath(name).suffix[1:])
    return _READERS[kind.needs] if kind and kind.needs else None


def named(name: str) -> str:
    """The format of a file of this name, as it is stored: CR2, DNG, JXL."""
    return PurePath(name).suffix[1:].upper()


def _raw(data: bytes, name: str, limits: Limits, long_side: int | None) -> Found:
    from dupedash.images.extra import raw

    return raw.read(data, name, limits, long_side)


def _jxl(data: bytes, name: str, limits: Limits, _long_side: int | None) -> Found:
    from dupedash.images.extra import jxl

    return jxl.read(data, name, limits)


_READERS: Mapping[str, Read] = {"rawpy": _raw, "imagecodecs": _jxl}

__all__ = ["Found", "Read", "named", "reader"]
