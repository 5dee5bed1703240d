"""From Lucene's text back to the rows of the builder, where rows can say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

from dupedash.errors import ConfigError
from dupedash.model import FieldInfo
from dupedash.query.builder.rows import Filter, Join, Row
from dupedash.query.builder.write import to_lucene
from dupedash.query.operators import OPERATORS, Operator
from dupedash.query.resolve import check, resolve
from dupedash.query.syntax.parse import parse
from dupedash.query.syntax.tree import Clause, Clauses, Everything, Leaf, Node, Occur, Query, Range
from dupedash.query.values import MIDNIGHT, NEXT_DAY

Types = Mapping[str, FieldInfo]

_SOME_TIME = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)  # two filters that mean the same do so at any time


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
    return _rows(root, fields) if isinstance(root, Clauses) else None


def row_of(node: Node, fields: Types) -> Row | None:
    """The one row that means the same as the node, if there is one."""
    match node:
        case Everything():
            return None
        case Clauses((Clause(Occur.MUST_NOT, inner),)):
            return _opposite(row_of(inner, fields))
        case Clauses((Clause(_, Everything()), Clause(Occur.MUST_NOT, inner))):
            return _opposite(row_of(inner, fields))
        case Clauses():
            return _alternatives(node, fields)
        case _:
            return _leaf(node, fields)


def _rows(group: Clauses, fields: Types) -> Filter | None:
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
    return replace(row, exclude=not row.exclude) if row else None


def _alternatives(group: Clauses, fields: Types) -> Row | None:
    """The row that joins alternatives which are rows of one field and one operator."""
    rows = [row_of(c.node, fields) for c in group.clauses if c.occur is Occur.SHOULD]
    known = [row for row in rows if row]
    if len(known) < len(group.clauses):
        return None
    joined = (_joined(operator, known) for operator in OPERATORS)
    return next((row for row in joined if row and _means(row, group, fields)), None)


def _joined(operator: Operator, rows: list[Row]) -> Row | None:
    if any(row.operator is not operator.joins or row.exclude or row.field != rows[0].field for row in rows):
        return None
    return Row(rows[0].field, operator, tuple(value for row in rows for value in row.values))


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
    for spelling in _spellings(leaf):
        for operator in OPERATORS:
            values = operator.read(spelling)
            if values is not None:
                yield Row(leaf.field.name, operator, values)


def _spellings(leaf: Leaf) -> Iterator[Leaf]:
    """The leaf with its bounds as they may have been filled in."""
    if isinstance(leaf, Range):
        for low, high in product(_bounds(leaf.low), _bounds(leaf.high)):
            yield replace(leaf, low=low, high=high)
    else:
        yield leaf


def _bounds(bound: str | None) -> Iterator[str | None]:
    """What may have been filled in for this bound: the day that it begins or ends, or itself."""
    for ending in (NEXT_DAY, MIDNIGHT):
        if bound and bound.endswith(ending):
            yield bound.removesuffix(ending)
    yield bound
