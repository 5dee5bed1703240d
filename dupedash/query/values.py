"""How the values of a filter's rows stand in Lucene's text, checked. ValueError where one does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from dupedash.model import FieldType
from dupedash.query.resolve import read_boolean, read_number
from dupedash.query.syntax.dates import DAY_FORM, read_date
from dupedash.query.syntax.faults import short
from dupedash.query.syntax.literals import write_value

MIDNIGHT = "T00:00:00Z"
NEXT_DAY = MIDNIGHT + "+1DAY"


def given(value: str) -> str:
    """The value, which must not be empty."""
    if not value:
        raise ValueError("a value is missing.")
    return value


def exact(value: str, kind: FieldType) -> str:
    """This value of the field: a day as the range that it is, any other date as the instant."""
    if kind is not FieldType.DATE:
        return plain(value, kind)
    date(value)
    return f"[{value}{MIDNIGHT} TO {value}{NEXT_DAY}}}" if DAY_FORM.fullmatch(value) else write_value(value)


def plain(value: str, kind: FieldType) -> str:
    """A text, a number, true or false."""
    if kind is FieldType.BOOLEAN:
        return "true" if read_boolean(value) else "false"
    if kind is not FieldType.STRING:
        read_number(value, kind)
    return write_value(value)


def any_of(values: Sequence[str]) -> str:
    """Alternatives; each is written already."""
    return values[0] if len(values) == 1 else f"({' OR '.join(values)})"


def span(low: str, high: str, kind: FieldType) -> str:
    """A range with both ends included; an empty end is open, but not both."""
    if not low and not high:
        raise ValueError("it needs a lower or an upper bound.")
    if kind is not FieldType.DATE:
        return f"[{number(low, kind)} TO {number(high, kind)}]"
    return f"[{date(low) if low else '*'} TO {_last(high) if high else '*]'}"


def before(value: str) -> str:
    """Everything earlier than this date."""
    return f"[* TO {date(value)}}}"


def after(value: str) -> str:
    """Everything later than this date; after a day begins when the day is over."""
    start = date(value)
    return f"[{start}+1DAY TO *]" if DAY_FORM.fullmatch(value) else f"{{{start} TO *]"


def last_days(value: str) -> str:
    """From so many days ago until now."""
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"{short(value)!r} is not a number of days.")
    read_date(f"NOW-{value}DAYS", datetime.now(UTC))
    return f"[NOW-{value}DAYS TO NOW]"


def number(value: str, kind: FieldType) -> str:
    """A number as a bound, in which Lucene takes no plus sign."""
    if not value:
        return "*"
    read_number(value, kind)
    return value.removeprefix("+")


def date(value: str) -> str:
    """A date as a bound, a day as its first instant: full instants, so that a Flow server takes them too."""
    read_date(value, datetime.now(UTC))
    return value + MIDNIGHT if DAY_FORM.fullmatch(value) else value


def _last(value: str) -> str:
    """An upper bound: a day counts to its end."""
    start = date(value)
    return f"{start}+1DAY}}" if DAY_FORM.fullmatch(value) else f"{start}]"
