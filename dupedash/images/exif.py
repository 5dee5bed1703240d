"""The few things of a picture's EXIF data that dupedash uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PIL import Image

_ORIENTATION, _MAKE, _MODEL, _CHANGED = 0x0112, 0x010F, 0x0110, 0x0132  # tags of Exif 2.32
_EXIF_IFD, _TAKEN, _DIGITIZED, _OFFSET = 0x8769, 0x9003, 0x9004, 0x9011  # tags of Exif 2.32
_FRACTION, _DIGITIZED_FRACTION = 0x9291, 0x9292  # digits behind the seconds of these two


@dataclass(frozen=True, slots=True)
class Exif:
    """`taken` is UTC (a camera that names no zone is taken at its word), to the fraction of a second that it
    tells; `orientation` is 1…8."""

    taken: datetime | None = None
    camera: str | None = None
    orientation: int = 1


def read_exif(image: Image.Image) -> Exif:
    """What the picture says of itself; damaged EXIF data are as good as none."""
    try:
        return _told(image.getexif())
    except Exception:  # Pillow's EXIF parser raises nearly anything on damaged data
        return Exif()


def exif_of(tiff: bytes) -> Exif:
    """The same of tags by themselves, a TIFF."""
    try:
        tags = Image.Exif()
        tags.load(b"Exif\0\0" + tiff)
        return _told(tags)
    except Exception:  # as above
        return Exif()


def _told(tags: Image.Exif) -> Exif:
    details = tags.get_ifd(_EXIF_IFD)
    times = (
        (details.get(_TAKEN), details.get(_FRACTION)),
        (details.get(_DIGITIZED), details.get(_DIGITIZED_FRACTION)),
        (tags.get(_CHANGED), None),
    )
    moment, fraction = next((time for time in times if time[0]), (None, None))
    return Exif(
        _date(moment, details.get(_OFFSET), fraction),
        _camera(tags.get(_MAKE), tags.get(_MODEL)),
        _orientation(tags.get(_ORIENTATION)),
    )


def _orientation(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _text(value: object) -> str:
    return " ".join(value.replace("\0", " ").split())[:80] if isinstance(value, str) else ""


def _camera(make: object, model: object) -> str | None:
    maker, name = _text(make), _text(model)
    if maker and name.lower().startswith(maker.split()[0].lower()):
        maker = ""  # "Canon" + "Canon EOS 5D"
    return f"{maker} {name}".strip() or None


def _date(value: object, offset: object, fraction: object) -> datetime | None:
    text = _text(value)[:19]
    try:
        moment = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    return _in_utc(moment, text, offset) + _fraction(fraction)


def _fraction(value: object) -> timedelta:
    """Of digits behind a point: "37" is .37 s. To the millisecond, as dates are stored."""
    digits = _text(value)
    known = digits.isascii() and digits.isdigit()
    return timedelta(milliseconds=int(digits[:3].ljust(3, "0"))) if known else timedelta(0)


def _in_utc(moment: datetime, text: str, offset: object) -> datetime:
    try:
        return datetime.strptime(f"{text} {_text(offset)}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return moment.replace(tzinfo=UTC)
