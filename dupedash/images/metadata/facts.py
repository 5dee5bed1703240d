"""What people and cameras say of a picture, in one form wherever it is written: title, keywords, place …

The names of the fields, and which of several is believed, are those of the Metadata Working Group's
guidelines (version 2.0) and of IPTC's mapping between its own datasets, EXIF and XMP.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Fact(StrEnum):
    """One thing that is known of a picture; the values are shown, and stand in plans.

    TITLE, CAPTION   text             KEYWORDS  any number     CATEGORIES  keywords in a tree: "Places|Berlin"
    RATING           "-1" … "5"       TAKEN     as ISO 8601: "2024-05-06T07:08:09+02:00", or less of it
    PLACE            "latitude,longitude" in degrees, "…,altitude" in metres where it is known
    CREATOR          any number of names
    """

    TITLE = "title"
    CAPTION = "caption"
    KEYWORDS = "keywords"
    CATEGORIES = "categories"
    RATING = "rating"
    TAKEN = "date taken"
    PLACE = "place"
    CREATOR = "creator"


Facts = Mapping[Fact, tuple[str, ...]]
"""What is known; a fact that is not is left out."""
SEVERAL = frozenset({Fact.KEYWORDS, Fact.CATEGORIES, Fact.CREATOR})
"""Facts that may have several values."""
UNITED = frozenset({Fact.KEYWORDS, Fact.CATEGORIES})
"""Facts of which all values are true at once."""

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
_ZONES, _QUARTER = timedelta(hours=14), timedelta(minutes=15)
"""Zones lie up to 14 hours from UTC and a multiple of a quarter of an hour apart."""
_SECOND = 1 / 3600
"""Degrees: the coarsest that writers of EXIF round a place to."""


def gathered(told: Iterable[Facts]) -> dict[Fact, tuple[str, ...]]:
    """Several sources of one picture as one, the most trusted first; united where all values are true."""
    found: dict[Fact, tuple[str, ...]] = {}
    for facts in told:
        for fact, values in facts.items():
            known = found.get(fact, ())
            if not known or fact in UNITED:
                found[fact] = united(known, values)
    return {fact: found[fact] for fact in Fact if found.get(fact)}


def united(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """All values of both, each once, in whichever letters it came first."""
    found: dict[str, str] = {}
    for value in (*one, *other):
        found.setdefault(value.casefold(), value)
    return tuple(found.values())


def same(fact: Fact, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two say the same, as precisely as the less precise one says it."""
    if one == other:
        return True
    if fact is Fact.TAKEN:
        return _same_moment(one[0], other[0])
    if fact is Fact.PLACE:
        return math.dist(_degrees(one[0]), _degrees(other[0])) <= 2 * _SECOND
    return {value.casefold() for value in one} == {value.casefold() for value in other}


def texts(values: Iterable[object]) -> tuple[str, ...]:
    """Those that say something, without blanks around them and what no XML can hold, each once."""
    clean = ("".join(c for c in str(value) if c in "\t\n" or ord(c) >= 32).strip() for value in values)
    return tuple(dict.fromkeys(text for text in clean if text))


def moment(text: str) -> tuple[str, ...]:
    """A date as XMP writes it, or as EXIF does ("2024:05:06 07:08:09"); none where it is no date."""
    plain = text.replace("\0", "").strip()
    if re.match(r"\d{4}:\d\d:\d\d", plain):
        plain = plain[:10].replace(":", "-") + plain[10:]
    found = _DATE.fullmatch(plain.replace(" ", "T", 1))
    try:
        return (found[0],) if found and _instant(found[0]) else ()
    except ValueError:
        return ()


def place(latitude: float, longitude: float, altitude: float | None = None) -> tuple[str, ...]:
    """A place; none where it is no place on Earth, or the null that programs write where they know none."""
    known = math.isfinite(latitude) and math.isfinite(longitude) and (latitude, longitude) != (0, 0)
    if not known or abs(latitude) > 90 or abs(longitude) > 180:
        return ()
    height = f",{altitude:.1f}".replace(".0", "") if altitude and math.isfinite(altitude) else ""
    return (f"{latitude:.7f},{longitude:.7f}{height}",)


def rating(value: object) -> tuple[str, ...]:
    """1 … 5, or -1 for rejected; none where it is 0, which says that nobody rated it, or anything else."""
    try:
        number = float(str(value))
    except ValueError:
        return ()
    return (f"{number:g}",) if number == -1 or 0 < number <= 5 else ()


def _degrees(text: str) -> tuple[float, float]:
    latitude, longitude = text.split(",")[:2]
    return float(latitude), float(longitude)


def _same_moment(one: str, other: str) -> bool:
    a, b = sorted((one, other), key=len)
    if len(a) <= len("2024-05-06T07:08"):
        return b.startswith(a)
    first, second = _instant(a), _instant(b)
    if first.tzinfo and second.tzinfo:
        return _whole(first) == _whole(second)
    apart = abs(_whole(first.replace(tzinfo=None)) - _whole(second.replace(tzinfo=None)))
    zoned = first.tzinfo or second.tzinfo
    return not apart or bool(zoned and apart <= _ZONES and not apart % _QUARTER)


def _whole(time: datetime) -> datetime:
    return time.replace(microsecond=0)


def _instant(text: str) -> datetime:
    """Raises ValueError where it is no date."""
    padded = text + "0001-01-01"[len(text) :] if len(text) < 10 else text
    return datetime.fromisoformat(padded)
