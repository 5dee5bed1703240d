"""All that a file tells of its picture beside the pixels: EXIF, GPS, IPTC, XMP, PNG texts, as plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import ExifTags, Image

from dupedash.errors import UnreadableImage
from dupedash.formats import PILLOW
from dupedash.images.files import printable
from dupedash.images.metadata import iptc
from dupedash.images.metadata.embedded import packet
from dupedash.images.metadata.packet import LARGEST, NoPacket, properties

LONGEST = 200
"""Characters of a value that are told; maker's notes run to megabytes."""
_TOLD = frozenset({"exif", "xmp", "XML:com.adobe.xmp"})
"""Told name by name and not by their size."""
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
        elif isinstance(value, bytes) and name not in _TOLD:
            yield str(name), f"{len(value):,} bytes"
    yield from _exif(image)
    yield from ((name, _text(value)) for name, value in iptc.named(image))
    if found := packet(image):
        yield from _properties(found, "XMP")


def read_sidecar_tags(path: Path) -> dict[str, str]:
    """The same of an XMP sidecar or a JSON record, each name behind the ending. Raises UnreadableImage."""
    kind = path.suffix[1:].upper()
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if kind == "XMP":
            return dict(_properties(data, "Sidecar"))
        record = json.loads(data)
        return {f"{kind} {_text(name)}": _text(value) for name, value in dict(record).items()}
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise UnreadableImage(printable(path), f"it cannot be read: {error}") from error


def _properties(data: bytes, source: str) -> Iterator[tuple[str, str]]:
    try:
        for name, values in properties(data):
            yield f"{source} {name}", _text("; ".join(values))
    except NoPacket as error:
        yield source, str(error)


def _exif(image: Image.Image) -> Iterator[tuple[str, str]]:
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
