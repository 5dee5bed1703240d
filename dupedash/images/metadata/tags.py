"""All that a file tells of its picture beside the pixels: EXIF, GPS, PNG texts and so on, as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import ExifTags, Image

from dupedash.errors import UnreadableImage
from dupedash.formats import PILLOW
from dupedash.images.files import printable

LONGEST = 200
"""Characters of a value that are told; maker's notes run to megabytes."""
_PARTS = {"Exif": ExifTags.IFD.Exif, "GPS": ExifTags.IFD.GPSInfo}


def read_tags(path: Path) -> dict[str, str]:
    """Name → value, in the order of the file. Raises UnreadableImage."""
    try:
        with Image.open(path, formats=PILLOW) as image:
            return dict(_tags(image))
    except (OSError, ValueError, SyntaxError, OverflowError) as error:
        raise UnreadableImage(printable(path), f"its metadata cannot be read: {error}") from error


def _tags(image: Image.Image) -> Iterator[tuple[str, str]]:
    yield "Mode", image.mode
    for name, value in image.info.items():
        if isinstance(value, (str, int, float, tuple)):
            yield str(name), _text(value)
        elif isinstance(value, bytes) and name != "exif":
            yield str(name), f"{len(value):,} bytes"
    exif = image.getexif()
    yield from _named(exif, ExifTags.TAGS)
    for part, ifd in _PARTS.items():
        names = ExifTags.GPSTAGS if part == "GPS" else ExifTags.TAGS
        yield from _named(exif.get_ifd(ifd), names)


def _named(tags: Mapping[int, object], names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    for number, value in tags.items():
        if number not in list(ExifTags.IFD):  # those only point to the parts
            yield names.get(number, f"tag {number}"), _text(value)


def _text(value: object) -> str:
    text = f"{len(value):,} bytes" if isinstance(value, bytes) else str(value)
    clean = "".join(c if c.isprintable() else " " for c in text[: LONGEST + 1]).strip()
    return clean if len(clean) <= LONGEST else clean[:LONGEST] + "…"
