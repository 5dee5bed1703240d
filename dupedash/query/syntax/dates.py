"""Solr's dates and date math: `NOW/DAY-1MONTH`, `2024-01-01T00:00:00Z+1DAY`. All of it is UTC by default.

A date without its time (`2024-01-31`, `2024-01`, `2024`) is the whole day, month or year, as in Solr's
DateRangeField; its point fields, and so a Flow server, want the complete instant.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DAY_FORM = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

_START = re.compile(
    r"NOW|(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z)?)?)?", re.ASCII
)
_STEP = re.compile(r"/([A-Z]+)|([+-])(\d{1,9})([A-Z]+)", re.ASCII)
_UNITS = {
    **dict.fromkeys(("MONTH", "MONTHS"), "month"),
    **dict.fromkeys(("YEAR", "YEARS"), "year"),
    **dict.fromkeys(("DAY", "DAYS", "DATE"), "day"),
    **dict.fromkeys(("HOUR", "HOURS"), "hour"),
    **dict.fromkeys(("MINUTE", "MINUTES"), "minute"),
    **dict.fromkeys(("SECOND", "SECONDS"), "second"),
    **dict.fromkeys(("MILLI", "MILLIS", "MILLISECOND", "MILLISECONDS"), "millisecond"),
}
_ACCEPTED = "A date is written 2024-01-31, 2024-01-31T12:00:00Z or NOW, then steps like -7DAYS or /MONTH."


@dataclass(frozen=True, slots=True)
class Span:
    """The time that an expression names: from `first` to `last`, both included, epoch milliseconds."""

    first: int
    last: int


def milliseconds(moment: datetime) -> int:
    """Epoch milliseconds, rounded down; a moment without a zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // MILLISECOND


def read_date(text: str, now: datetime, zone: tzinfo = UTC) -> Span:
    """The time that a date expression names, given what NOW is and where days begin (Solr's TZ).

    ValueError says what is wrong and what is accepted.
    """
    start = _START.match(text)
    if start is None:
        raise ValueError(f"{text!r} is not a date. {_ACCEPTED}")
    try:
        moment, unit = _begin(start, now)
        if start.end() < len(text):
            moment, unit = _walk(moment.astimezone(zone), text, start.end()).astimezone(UTC), None
        first = milliseconds(moment)
        last = milliseconds(_add(moment, 1, unit)) - 1 if unit else first
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the years 1 to 9999.") from error
    return Span(first, last)


def _begin(start: re.Match[str], now: datetime) -> tuple[datetime, str | None]:
    """The moment at which the expression starts, and the unit that it names as a whole, if any."""
    if start[0] == "NOW":
        return now, None
    year, month, day, hour, minute, second, fraction = start.groups()
    try:
        moment = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0")[:3].ljust(3, "0")) * 1000, UTC,
        )  # fmt: skip
    except ValueError as error:
        raise ValueError(f"{start[0]!r} is not in the calendar: {error}.") from error
    if hour:
        return moment, None
    return moment, "day" if day else "month" if month else "year"


def _walk(moment: datetime, text: str, position: int) -> datetime:
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError(f"{text[position:]!r} is not a step of date math. {_ACCEPTED}")
        floor, sign, amount, unit = step.groups()
        moment = _floor(moment, _unit(floor)) if floor else _add(moment, int(sign + amount), _unit(unit))
        position = step.end()
    return moment


def _unit(name: str) -> str:
    if name in ("WEEK", "WEEKS"):
        raise ValueError("Solr's date math has no weeks: write 7DAYS.")
    if name not in _UNITS:
        units = "YEAR, MONTH, DAY, HOUR, MINUTE, SECOND or MILLI"
        raise ValueError(f"{name!r} is not a unit of date math: {units}, in capitals.")
    return _UNITS[name]


def _add(moment: datetime, amount: int, unit: str) -> datetime:
    """A day later is the same time of day there; an hour later is an hour, also where clocks are changed."""
    if unit == "day":
        return moment + timedelta(days=amount)
    if unit not in ("month", "year"):
        return (moment.astimezone(UTC) + amount * timedelta(**{f"{unit}s": 1})).astimezone(moment.tzinfo)
    months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"the year {year}")
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _floor(moment: datetime, unit: str) -> datetime:
    if unit == "millisecond":
        return moment - timedelta(microseconds=moment.microsecond % 1000)
    smaller = {"year": 0, "month": 1, "day": 2, "hour": 3, "minute": 4, "second": 5}[unit]
    blank = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    return moment.replace(**dict(list(blank.items())[smaller:]))  # type: ignore[arg-type]
