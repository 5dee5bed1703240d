"""A filter as a WHERE clause over the tables of `schema`. Every value is a parameter.

Each leaf is `d.rowid IN (SELECT doc …)` with a subquery that one index answers alone. Only the existence of a
value, which most documents have, is asked document by document: on 100,000 that took a third of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dupedash.model import FieldInfo
from dupedash.query.predicate import (
    All,
    Always,
    AnyOf,
    Between,
    Equals,
    Has,
    Like,
    Not,
    Predicate,
    Scalar,
    Words,
)
from dupedash.query.resolve import ID, IMAGE, resolve
from dupedash.query.syntax.faults import fault
from dupedash.query.syntax.tree import Query

_EXISTS = "EXISTS (SELECT 1 FROM values_ WHERE doc = d.rowid AND field = ?)"
_COLUMNS = {ID: "d.id", IMAGE: "d.location"}
"""Fields that stand in the table of documents itself."""
_CHUNK = 200
"""Parts that stand side by side: a chain counts as deep as it is long."""
_MAX_HEIGHT = 900
"""How deep an expression may be; SQLite refuses 1,000."""
_MAX_STACK = 80
"""Open symbols while SQLite parses: before its version 3.46 there is room for 100, the statement included."""


@dataclass(frozen=True, slots=True)
class _Sql:
    """A condition, its parameters, and upper bounds of what it costs SQLite's parser."""

    where: str
    parameters: list[Scalar] = field(default_factory=list)
    height: int = 5
    stack: int = 15


def to_sql(
    queries: Sequence[Query], fields: Mapping[str, FieldInfo], now: datetime | None = None
) -> tuple[str, list[Scalar]]:
    """The condition that all queries hold, for `SELECT rowid FROM documents d WHERE …`, and its parameters.

    `now` is what NOW means in all of them (default: the time of this call). QueryError as `check`.
    """
    now = now or datetime.now(UTC)
    sql = _sql(All(tuple(resolve(query, fields, now) for query in queries)))
    if sql.height > _MAX_HEIGHT or sql.stack > _MAX_STACK:
        message = "The filter is too complex: too many conditions in brackets inside brackets"
        raise fault(message, queries[0].text)
    return sql.where, sql.parameters


def _sql(predicate: Predicate) -> _Sql:
    match predicate:
        case Always():
            return _Sql("1")
        case Not(part):
            inner = _sql(part)
            return _Sql(f"NOT {inner.where}", inner.parameters, inner.height + 1, inner.stack + 1)
        case All(parts):
            return _chain([_sql(part) for part in parts], " AND ") if parts else _Sql("1")
        case AnyOf(parts):
            return _any_of(parts)
        case Words():
            return _words(predicate)
        case _:
            return _value(predicate)


def _any_of(parts: Iterable[Predicate]) -> _Sql:
    """Equal comparisons with values of one field become one IN list."""
    lists: dict[tuple[str, str], list[Scalar]] = {}
    others = []
    for part in parts:
        if isinstance(part, Equals):
            lists.setdefault((part.field, part.column), []).append(part.value)
        else:
            others.append(_sql(part))
    ins = [_in(name, column, values) for (name, column), values in lists.items()]
    return _chain(ins + others, " OR ")


def _chain(parts: list[_Sql], operator: str) -> _Sql:
    while len(parts) > 1:
        parts = [_join(parts[i : i + _CHUNK], operator) for i in range(0, len(parts), _CHUNK)]
    return parts[0]


def _join(parts: list[_Sql], operator: str) -> _Sql:
    return _Sql(
        f"({operator.join(part.where for part in parts)})",
        [value for part in parts for value in part.parameters],
        max(part.height for part in parts) + len(parts),
        max(part.stack for part in parts) + 3,
    )


def _value(asked: Has | Equals | Like | Between) -> _Sql:
    match asked:
        case Has(name):
            return _Sql(f"({_COLUMNS[name]} != '')") if name in _COLUMNS else _Sql(_EXISTS, [name])
        case Equals(name, column, value):
            return _in(name, column, [value])
        case Like(name, pattern):
            return _on(name, "s", lambda c: f"{c} GLOB ?", [pattern])
        case Between(name, column):
            return _on(name, column, lambda c: _range(c, asked), _bounds(asked))


def _in(name: str, column: str, values: list[Scalar]) -> _Sql:
    marks = ", ".join("?" * len(values))
    return _on(name, column, lambda c: f"{c} IN ({marks})", values)


def _on(name: str, column: str, condition: Callable[[str], str], parameters: list[Scalar]) -> _Sql:
    """The condition on a column of `values_`, or on one of the document's own."""
    if name in _COLUMNS:
        return _Sql(f"({condition(_COLUMNS[name])})", parameters)
    return _rows(name, condition(column), parameters)


def _rows(name: str, condition: str, parameters: list[Scalar]) -> _Sql:
    where = f"d.rowid IN (SELECT doc FROM values_ WHERE field = ? AND {condition})"
    return _Sql(where, [name, *parameters])


def _range(column: str, span: Between) -> str:
    low = f"{column} {'>=' if span.include_low else '>'} ?" if span.low is not None else ""
    high = f"{column} {'<=' if span.include_high else '<'} ?" if span.high is not None else ""
    return f"({low} AND {high})" if low and high else low or high or f"{column} IS NOT NULL"


def _bounds(span: Between) -> list[Scalar]:
    return [bound for bound in (span.low, span.high) if bound is not None]


def _words(asked: Words) -> _Sql:
    """Words that follow one another: the table joined with itself at the next position."""
    if not asked.patterns:
        return _Sql("0")
    conditions: list[str] = []
    parameters: list[Scalar] = []
    for number, pattern in enumerate(asked.patterns):
        operator = "GLOB" if set(pattern) & set("*?") else "="
        conditions.append(f"w{number}.word {operator} ?")
        parameters.append(pattern)
        if number:
            conditions.append(f"w{number}.doc = w0.doc AND w{number}.field = w0.field")
            conditions.append(f"w{number}.pos = w0.pos + {number}")
    if asked.field is not None:
        conditions.append("w0.field = ?")
        parameters.append(asked.field)
    tables = ", ".join(f"words w{number}" for number in range(len(asked.patterns)))
    where = f"d.rowid IN (SELECT w0.doc FROM {tables} WHERE {' AND '.join(conditions)})"
    return _Sql(where, parameters)
