"""From the rows of the builder to Lucene's text. Dates become full instants, so that Flow takes them too."""

from __future__ import annotations

from collections.abc import Mapping

from dupedash.errors import ConfigError
from dupedash.model import FieldInfo, FieldType
from dupedash.query.builder.rows import Filter, Join, Row
from dupedash.query.resolve import ID
from dupedash.query.syntax.faults import short
from dupedash.query.syntax.literals import write_field

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
        name, kind = write_field(row.field), _kind(row, fields)
        _counted(row)
        text = f"{name}:{row.operator.write(row.values, kind)}"
    except ValueError as error:
        raise ConfigError(f"Row {number} ({short(row.field)} {row.operator}): {error}") from error
    return f"-{text}" if row.exclude else text


def _kind(row: Row, fields: Mapping[str, FieldInfo]) -> FieldType:
    info = fields.get(row.field) or (_ID_FIELD if row.field == ID else None)
    if info is None:
        raise ValueError("there is no such field.")
    if info.type not in row.operator.types:
        raise ValueError(f"a field of type {info.type} has no such operator.")
    return info.type


def _counted(row: Row) -> None:
    wanted = row.operator.count
    if wanted is None and not row.values:
        raise ValueError("at least one value is missing.")
    if wanted is not None and len(row.values) != wanted:
        raise ValueError(f"it takes {wanted} value(s) and has {len(row.values)}.")
