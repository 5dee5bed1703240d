"""Typed fields of documents: the built-in ones, types guessed on first sight, values made to fit.

Guessing follows Flow: boolean, long, double, date-like string, string; a list makes the field multi-valued.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dupedash.errors import ConfigError
from dupedash.model import FieldInfo, Fields, FieldType, FieldValue

BUILTIN: Mapping[str, FieldInfo] = {
    name: FieldInfo(name, kind)
    for kind, names in {
        FieldType.STRING: ("filename", "folder", "location", "format", "camera", "damage"),
        FieldType.LONG: ("width", "height", "bytes", "frame_count"),
        FieldType.BOOLEAN: ("has_video",),
        FieldType.DATE: ("modified", "added", "taken"),
    }.items()
    for name in names
}
"""Fields that every collection has; the store fills them in."""

IN_RECORD = frozenset({"filename", "folder", "location", "format", "width", "height", "bytes", "modified"})
"""Built-in fields that an ImageRecord tells in attributes of its own. A document from elsewhere may bring
values of its own under these names (Flow's `location` is a place on earth): these are kept and sent back."""

_NAME = re.compile(r"[^\W\d][\w.-]{0,99}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_MOST_VALUES = 1000  # of one field of one image
_LONGEST = 32_766  # characters; Solr's limit for one string value is as many bytes


def typed(given: Mapping[str, Any], known: Mapping[str, FieldInfo]) -> tuple[Fields, dict[str, FieldInfo]]:
    """The values as their fields hold them (None leaves one out), and the fields that are new or widened.

    Raises ConfigError for a bad name, or a value that does not fit the type that the field has already.
    """
    values: dict[str, FieldValue | tuple[FieldValue, ...]] = {}
    learned: dict[str, FieldInfo] = {}
    for name, value in given.items():
        several = isinstance(value, list | tuple)
        items = [item for item in (value if several else [value]) if item is not None]
        if not items:
            continue
        _check(name, items)
        info = known.get(name) or FieldInfo(name, _guess(items), several)
        info = FieldInfo(name, _widened(info.type, items), info.multi or several)
        if info != known.get(name):
            learned[name] = info
        fitted = tuple(_fitted(info, item) for item in items)
        values[name] = fitted if several else fitted[0]
    return values, learned


def _check(name: str, items: list[Any]) -> None:
    if not _NAME.fullmatch(name) or name == "id":
        raise ConfigError(
            f"{name[:100]!r} cannot be the name of a field: begin with a letter, go on with letters, "
            "digits, '_', '.' or '-', 100 at most, and not 'id'."
        )
    if len(items) > _MOST_VALUES:
        raise ConfigError(f"The field {name} has {len(items)} values: {_MOST_VALUES} at most.")
    for item in items:
        if not isinstance(item, str | int | float | datetime):
            raise ConfigError(f"The field {name} has a value that is neither text, number, boolean nor date.")
        if isinstance(item, str) and len(item) > _LONGEST:
            raise ConfigError(f"The field {name} has a value of {len(item)} characters: {_LONGEST} at most.")


def _guess(items: list[Any]) -> FieldType:
    first = items[0]
    if isinstance(first, str):
        return FieldType.DATE if all(isinstance(i, str) and _date(i) for i in items) else FieldType.STRING
    for kind, field_type in (
        (bool, FieldType.BOOLEAN),
        (int, FieldType.LONG),
        (float, FieldType.DOUBLE),
        (datetime, FieldType.DATE),
    ):
        if isinstance(first, kind):
            return field_type
    return FieldType.STRING


def _widened(kind: FieldType, items: list[Any]) -> FieldType:
    """Whole numbers become decimal ones with the first that is not whole; nothing stored is lost by it."""
    if kind is FieldType.LONG and any(isinstance(i, float) and not i.is_integer() for i in items):
        return FieldType.DOUBLE
    return kind


def _fitted(info: FieldInfo, value: FieldValue) -> FieldValue:
    fitted = _convert(info.type, value)
    if fitted is None:
        raise ConfigError(f"The field {info.name} is of type {info.type}: {str(value)[:60]!r} does not fit.")
    return fitted


def _convert(kind: FieldType, value: FieldValue) -> FieldValue | None:
    match kind:
        case FieldType.STRING | FieldType.TEXT:
            return _as_text(value)
        case FieldType.BOOLEAN:
            return (
                value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())
            )
        case FieldType.DATE:
            return _as_date(value)
    return _as_number(kind, value)


def _as_text(value: FieldValue) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_number(kind: FieldType, value: FieldValue) -> int | float | None:
    if isinstance(value, bool | datetime):
        return None
    try:
        if kind is FieldType.LONG:
            whole = int(value)
            return whole if whole == float(value) and -(2**63) <= whole < 2**63 else None
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _as_date(value: FieldValue) -> datetime | None:
    if isinstance(value, datetime):
        return _utc(value)
    return _date(value) if isinstance(value, str) else None


def _date(text: str) -> datetime | None:
    """A day or an instant; without a zone it is UTC."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return _utc(datetime.fromisoformat(text))
    except ValueError:
        return None


def _utc(moment: datetime) -> datetime | None:
    """None where it lies outside the years 1 to 9999 of UTC."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
