"""From the rows of the builder to Lucene's text. Dates become full instants, so that Flow takes them too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from dupedash.errors import ConfigError
from dupedash.model import FieldInfo, FieldType
from dupedash.query.builder.rows import Filter, Join, Operator, Row, operators_for
from dupedash.query.resolve import ID, read_boolean, read_number
from dupedash.query.syntax.dates import DAY_FORM, read_date
from dupedash.query.syntax.faults import short
from dupedash.query.syntax.literals import escape, write_field, write_value

MIDNIGHT = "T00:00:00Z"
NEXT_DAY = MIDNIGHT + "+1DAY"

_TURNED = (Operator.IS_NOT, Operator.MISSING)
_COUNTS = {Operator.EXISTS: 0, Operator.MISSING: 0, Operator.BETWEEN: 2}
_ID_FIELD = FieldInfo(ID, FieldType.STRING)


def to_lucene(rows: Filter, fields: Mapping[str, FieldInfo]) -> str:
    """The filter as text. ConfigError names the row and what is wrong with it."""
    if not rows.rows:
        return "*:*"
    written = [_row(row, number, fields) for number, row in enumerate(rows.rows, 1)]
    if rows.join is Join.OR and len(written) > 1:
        written = [f"(*:* {text})" if text.startswith("-") else text for text in written]
    return f" {rows.join} ".join(written)


def _row(row: Row, number: int, fields: Mapping[str, FieldInfo]) -> str:
    try:
        text = f"{write_field(row.field)}:{_body(row, _kind(row, fields))}"
    except ValueError as error:
        raise ConfigError(f"Row {number} ({short(row.field)} {row.operator}): {error}") from error
    return f"-{text}" if (row.operator in _TURNED) != row.exclude else text


def _kind(row: Row, fields: Mapping[str, FieldInfo]) -> FieldType:
    info = fields.get(row.field) or (_ID_FIELD if row.field == ID else None)
    if info is None:
        raise ValueError("there is no such field.")
    if row.operator not in operators_for(info.type):
        raise ValueError(f"a field of type {info.type} has no such operator.")
    return info.type


def _body(row: Row, kind: FieldType) -> str:
    """What stands after the colon."""
    _counted(row)
    values = row.values
    match row.operator:
        case Operator.EXISTS | Operator.MISSING:
            return "*"
        case Operator.ONE_OF:
            return _one_of([_value(value, kind) for value in values])
        case Operator.STARTS_WITH:
            return escape(_given(values[0])) + "*"
        case Operator.CONTAINS:
            given = _given(values[0])
            return write_value(given) if kind is FieldType.TEXT else f"*{escape(given)}*"
        case Operator.LAST_DAYS:
            return f"[NOW-{_days(values[0])}DAYS TO NOW]"
        case Operator.BETWEEN | Operator.BEFORE | Operator.AFTER:
            return _span(row.operator, values, kind)
        case Operator.IS | Operator.IS_NOT:
            return _day(values[0]) if kind is FieldType.DATE else _value(values[0], kind)


def _counted(row: Row) -> None:
    wanted = _COUNTS.get(row.operator, 1)
    if row.operator is Operator.ONE_OF:
        if not row.values:
            raise ValueError("at least one value is missing.")
    elif len(row.values) != wanted:
        raise ValueError(f"it takes {wanted} value(s) and has {len(row.values)}.")


def _one_of(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"({' OR '.join(values)})"


def _given(value: str) -> str:
    if not value:
        raise ValueError("a value is missing.")
    return value


def _value(value: str, kind: FieldType) -> str:
    if kind is FieldType.BOOLEAN:
        return "true" if read_boolean(value) else "false"
    if kind is not FieldType.STRING:
        read_number(value, kind)
    return write_value(value)


def _day(value: str) -> str:
    """A day as the range that it is, any other date as the instant."""
    _date(value)
    return f"[{value}{MIDNIGHT} TO {value}{NEXT_DAY}}}" if DAY_FORM.fullmatch(value) else write_value(value)


def _span(operator: Operator, values: tuple[str, ...], kind: FieldType) -> str:
    if operator is Operator.BEFORE:
        return f"[* TO {_date(values[0])}}}"
    if operator is Operator.AFTER:
        start = _date(values[0])
        return f"[{start}+1DAY TO *]" if DAY_FORM.fullmatch(values[0]) else f"{{{start} TO *]"
    if not any(values):
        raise ValueError("it wants a lower or an upper bound.")
    low, high = values
    if kind is not FieldType.DATE:
        return f"[{_number(low, kind)} TO {_number(high, kind)}]"
    return f"[{_date(low) if low else '*'} TO {_last(high) if high else '*]'}"


def _number(value: str, kind: FieldType) -> str:
    """A number as a bound, in which Lucene takes no plus sign."""
    if not value:
        return "*"
    read_number(value, kind)
    return value.removeprefix("+")


def _days(value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"{short(value)!r} is not a number of days.")
    read_date(f"NOW-{value}DAYS", datetime.now(UTC))
    return value


def _last(value: str) -> str:
    """An upper bound: a day counts to its end."""
    start = _date(value)
    return f"{start}+1DAY}}" if DAY_FORM.fullmatch(value) else f"{start}]"


def _date(value: str) -> str:
    """The date as a bound, a day as its first instant. ValueError where it is none."""
    read_date(value, datetime.now(UTC))
    return value + MIDNIGHT if DAY_FORM.fullmatch(value) else value
