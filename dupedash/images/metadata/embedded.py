"""What a picture file says of its picture, in whichever of the three ways it says it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image

from dupedash.images.metadata import facts as known
from dupedash.images.metadata import iptc
from dupedash.images.metadata.facts import Fact, Facts
from dupedash.images.metadata.packet import facts_of_packet

_PACKET = "XML:com.adobe.xmp"  # where Pillow keeps the packet of a PNG
_TIFF_PACKET = 700
_TITLE, _COMMENT, _AUTHOR, _KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E  # of Windows, in UTF-16
_STARS = 0x4746
_BY_CAMERA = (" DIGITAL CAMERA", "SONY DSC")
"""How captions end that cameras of Olympus, Minolta, Sony and others write into every picture."""


def packet(image: Image.Image) -> bytes | None:
    """The XMP packet of an open picture, or None."""
    found = image.info.get("xmp") or image.info.get(_PACKET)
    if found is None and hasattr(image, "tag_v2"):
        found = image.tag_v2.get(_TIFF_PACKET)
    if isinstance(found, str):
        return found.encode()
    return found if isinstance(found, bytes) else None


def facts_of(image: Image.Image) -> Facts:
    """XMP first, then IPTC, then EXIF; one that is damaged is as good as none."""
    if image.format == "PNG":  # exiftool and others write behind the pixels, up to which Pillow has read
        with suppress(Exception):  # as below: what comes before the damage is told all the same
            image.load()
    ways = (_of_packet, iptc.facts_of_iptc, facts_of_exif)
    return known.gathered([_tried(way, image) for way in ways])


def facts_of_exif(image: Image.Image) -> Facts:
    """What the tags of EXIF say, those of Windows included."""
    tags = image.getexif()
    details, gps = (dict(tags.get_ifd(ifd)) for ifd in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo))
    title = known.texts([_wide(tags.get(_TITLE))])
    described = known.texts([_plain(tags.get(ExifTags.Base.ImageDescription))])
    captions = [text for text in described if (text,) != title and not text.upper().endswith(_BY_CAMERA)]
    comments = [_wide(tags.get(_COMMENT)), _comment(details.get(ExifTags.Base.UserComment))]
    authors = [*_plain(tags.get(ExifTags.Base.Artist)).split(";"), *_wide(tags.get(_AUTHOR)).split(";")]
    return known.gathered(
        [
            {
                Fact.TITLE: title,
                Fact.CAPTION: known.texts([*captions, *comments])[:1],
                Fact.KEYWORDS: known.texts(_wide(tags.get(_KEYWORDS)).split(";")),
                Fact.RATING: known.rating(tags.get(_STARS)),
                Fact.TAKEN: _moment(details),
                Fact.PLACE: _place(gps),
                Fact.CREATOR: known.texts(authors),
            }
        ]
    )


def _of_packet(image: Image.Image) -> Facts:
    found = packet(image)
    return facts_of_packet(found) if found else {}


def _tried(read: Any, image: Image.Image) -> Facts:
    try:
        found: Facts = read(image)
    except Exception:  # NoPacket; and Pillow's parsers raise nearly anything on damaged data
        return {}
    return found


def _plain(value: object) -> str:
    """ASCII says EXIF, UTF-8 write most: Pillow reads it as Latin-1."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    try:
        return text.encode("latin-1").decode().partition("\0")[0]
    except UnicodeError:
        return text.partition("\0")[0]


def _wide(value: object) -> str:
    data = bytes(value) if isinstance(value, (bytes, tuple)) else b""
    return data.decode("utf-16-le", "replace").partition("\0")[0]


def _comment(value: object) -> str:
    """The first eight bytes name the code."""
    if not isinstance(value, bytes):
        return ""
    code, text = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        order = "utf-16-be" if text[:1] == b"\0" else "utf-16-le"
        return text.decode(order, "replace").partition("\0")[0]
    return _plain(text) if code.startswith(b"ASCII") else ""


def _moment(details: Mapping[int, Any]) -> tuple[str, ...]:
    original = _plain(details.get(ExifTags.Base.DateTimeOriginal))
    zone = _plain(details.get(ExifTags.Base.OffsetTimeOriginal)).strip()
    return known.moment(original + zone) or known.moment(original)


def _place(gps: Mapping[int, Any]) -> tuple[str, ...]:
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef)
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef)
    if latitude is None or longitude is None:
        return ()
    metres = gps.get(ExifTags.GPS.GPSAltitude)
    below = gps.get(ExifTags.GPS.GPSAltitudeRef) in (1, b"\1")
    height = None if metres is None else float(metres) * (-1 if below else 1)
    return known.place(latitude, longitude, height)


def _degrees(gps: Mapping[int, Any], number: int, reference: int) -> float | None:
    parts = gps.get(number)
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    whole, minutes, seconds = map(float, parts)
    degrees = whole + minutes / 60 + seconds / 3600
    return -degrees if _plain(gps.get(reference)).upper() in ("S", "W") else degrees
