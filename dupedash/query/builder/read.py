"""From Lucene's text back to the rows of the builder, where rows can say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product

from dupedash.errors import ConfigError
from dupedash.model import FieldInfo
from dupedash.query.builder.rows import Filter, Join, Operator, Row
from dupedash.query.builder.write import MIDNIGHT, NEXT_DAY, to_lucene
from dupedash.query.resolve import check, resolve
from dupedash.query.syntax.parse import parse
from dupedash.query.syntax.tree import (
    Clause,
    Everything,
    Exists,
    Group,
    Leaf,
    Node,
    Occur,
    Query,
    Range,
    Term,
    Wild,
    Wildcard,
)

Types = Mapping[str, FieldInfo]

_SOME_TIME = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)  # two filters that mean the same do so at any time
_LAST_DAYS = re.compile(r"NOW-(\d+)DAYS", re.ASCII)
_OPPOSITE = {
    Operator.IS: Operator.IS_NOT,
    Operator.IS_NOT: Operator.IS,
    Operator.EXISTS: Operator.MISSING,
    Operator.MISSING: Operator.EXISTS,
}


def from_lucene(text: str, fields: Types) -> Filter | None:
    """The rows that mean the same, or None where rows cannot say it. QueryError as `parse` and `check`."""
    query = parse(text)
    check(query, fields)
    root = query.root
    if isinstance(root, Everything):
        return Filter()
    row = row_of(root, fields)
    if row:
        return Filter((row,))
    return _rows(root, fields) if isinstance(root, Group) else None


def row_of(node: Node, fields: Types) -> Row | None:
    """The one row that means the same as the node, if there is one."""
    match node:
        case Everything():
            return None
        case Group((Clause(Occur.MUST_NOT, inner),)):
            return _opposite(row_of(inner, fields))
        case Group((Clause(_, Everything()), Clause(Occur.MUST_NOT, inner))):
            return _opposite(row_of(inner, fields))
        case Group():
            return _one_of(node, fields)
        case _:
            return _leaf(node, fields)


def _rows(group: Group, fields: Types) -> Filter | None:
    occurs = {clause.occur for clause in group.clauses}
    if Occur.SHOULD in occurs and len(occurs) > 1:
        return None
    rows = []
    for clause in group.clauses:
        row = row_of(clause.node, fields)
        if clause.occur is Occur.MUST_NOT:
            row = _opposite(row)
        if row is None:
            return None
        rows.append(row)
    return Filter(tuple(rows), Join.OR if Occur.SHOULD in occurs else Join.AND)


def _opposite(row: Row | None) -> Row | None:
    if row is None:
        return None
    if row.operator in _OPPOSITE:
        return Row(row.field, _OPPOSITE[row.operator], row.values)
    return Row(row.field, row.operator, row.values, not row.exclude)


def _one_of(group: Group, fields: Types) -> Row | None:
    rows = [row_of(c.node, fields) for c in group.clauses if c.occur is Occur.SHOULD]
    values = [value for row in rows if row and row.operator is Operator.IS for value in row.values]
    names = {row.field for row in rows if row}
    if len(values) < len(group.clauses) or len(names) != 1:
        return None
    row = Row(names.pop(), Operator.ONE_OF, tuple(values))
    return row if _means(row, group, fields) else None


def _leaf(leaf: Leaf, fields: Types) -> Row | None:
    """The first of the likely rows that, written out, asks the same."""
    return next((row for row in _candidates(leaf) if _means(row, leaf, fields)), None)


def _means(row: Row, node: Node, fields: Types) -> bool:
    try:
        written = parse(to_lucene(Filter((row,)), fields))
    except ConfigError:
        return False  # no such operator for this type, or a value that rows do not take
    return resolve(written, fields, _SOME_TIME) == resolve(Query("", node), fields, _SOME_TIME)


def _candidates(leaf: Leaf) -> Iterator[Row]:
    if leaf.field is None:
        return
    name = leaf.field.name
    match leaf:
        case Exists():
            yield Row(name, Operator.EXISTS)
        case Term():
            yield Row(name, Operator.IS, (leaf.text,))
            yield Row(name, Operator.CONTAINS, (leaf.text,))
        case Wildcard():
            literal = "".join(part for part in leaf.parts if not isinstance(part, Wild))
            yield Row(name, Operator.STARTS_WITH, (literal,))
            yield Row(name, Operator.CONTAINS, (literal,))
        case Range():
            for low, high in product(_bounds(leaf.low), _bounds(leaf.high)):
                yield from _range_rows(name, low, high)


def _range_rows(name: str, low: str, high: str) -> Iterator[Row]:
    days = _LAST_DAYS.fullmatch(low)
    if days and high == "NOW":
        yield Row(name, Operator.LAST_DAYS, (days[1],))
    yield Row(name, Operator.IS, (low,))
    if not high:
        yield Row(name, Operator.AFTER, (low,))
    if not low:
        yield Row(name, Operator.BEFORE, (high,))
    yield Row(name, Operator.BETWEEN, (low, high))


def _bounds(bound: str | None) -> Iterator[str]:
    """What may have been filled in for this bound: the day that it begins or ends, or itself."""
    for ending in (NEXT_DAY, MIDNIGHT):
        if bound and bound.endswith(ending):
            yield bound.removesuffix(ending)
    yield bound or ""
