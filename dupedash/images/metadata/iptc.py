"""IPTC's datasets (IIM 4.2), which older programs and press agencies write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PIL import Image, ImageFile, IptcImagePlugin

from dupedash.images.metadata import facts as known
from dupedash.images.metadata.facts import Fact, Facts

_CODED = (1, 90)
_UTF8 = b"\x1b%G"
_NAMES = {
    5: "Object name", 10: "Urgency", 15: "Category", 25: "Keywords", 40: "Instructions", 55: "Date created",
    60: "Time created", 80: "By-line", 85: "By-line title", 90: "City", 92: "Sublocation", 95: "State",
    101: "Country", 103: "Job", 105: "Headline", 110: "Credit", 115: "Source", 116: "Copyright notice",
    120: "Caption", 122: "Caption writer",
}  # fmt: skip
_TITLE, _KEYWORDS, _DATE, _TIME, _CREATOR, _CAPTION = 5, 25, 55, 60, 80, 120


def datasets(image: Image.Image) -> dict[int, tuple[str, ...]]:
    """Number of a dataset of the application record → its texts."""
    raw = (IptcImagePlugin.getiptcinfo(image) if isinstance(image, ImageFile.ImageFile) else None) or {}
    utf8 = raw.get(_CODED) == _UTF8
    return {number: _texts(value, utf8) for (record, number), value in raw.items() if record == 2}


def named(image: Image.Image) -> Iterator[tuple[str, str]]:
    """What a table shows."""
    for number, values in datasets(image).items():
        if number in _NAMES:
            yield f"IPTC {_NAMES[number]}", "; ".join(values)


def facts_of_iptc(image: Image.Image) -> Facts:
    """What the datasets say."""
    told = datasets(image)
    return known.gathered(
        [
            {
                Fact.TITLE: known.texts(told.get(_TITLE, ()))[:1],
                Fact.CAPTION: known.texts(told.get(_CAPTION, ()))[:1],
                Fact.KEYWORDS: known.texts(told.get(_KEYWORDS, ())),
                Fact.TAKEN: _moment(told),
                Fact.CREATOR: known.texts(told.get(_CREATOR, ())),
            }
        ]
    )


def _texts(value: bytes | list[bytes], utf8: bool) -> tuple[str, ...]:
    return tuple(_text(one, utf8) for one in (value if isinstance(value, list) else [value]))


def _text(value: bytes, utf8: bool) -> str:
    """Most programs write UTF-8 without saying so; the others what Windows did."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("utf-8" if utf8 else "cp1252", "replace")


def _moment(told: Mapping[int, tuple[str, ...]]) -> tuple[str, ...]:
    """ "20240506" and "070809+0200"."""
    day, time = ("".join(told.get(number, ())[:1]) for number in (_DATE, _TIME))
    date = f"{day[:4]}-{day[4:6]}-{day[6:8]}"
    clock = f"T{time[:2]}:{time[2:4]}:{time[4:6]}" if len(time) >= 6 else ""
    zone = f"{time[6:9]}:{time[9:11]}" if len(time) == 11 else ""
    return known.moment(date + clock + zone) or known.moment(date)
