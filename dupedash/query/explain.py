"""A filter in plain words: "category is doors and date after 2024-01-01"."""

from __future__ import annotations

from collections.abc import Mapping

from dupedash.model import FieldInfo
from dupedash.query.builder.read import row_of
from dupedash.query.builder.rows import Operator, Row
from dupedash.query.resolve import check
from dupedash.query.syntax.faults import short
from dupedash.query.syntax.tree import (
    Everything,
    Exists,
    FieldRef,
    Group,
    Leaf,
    Node,
    Occur,
    Query,
    Range,
    Term,
    Wild,
)

_NEGATED = {
    Operator.ONE_OF: "is none of",
    Operator.CONTAINS: "does not contain",
    Operator.STARTS_WITH: "does not start with",
    Operator.BETWEEN: "is not between",
    Operator.BEFORE: "is not before",
    Operator.AFTER: "is not after",
    Operator.LAST_DAYS: "is not in the last",
}
_PLAIN = {Operator.ONE_OF: "is one of", Operator.LAST_DAYS: "in the last"}


def explain(query: Query, fields: Mapping[str, FieldInfo]) -> str:
    """The filter as a phrase; all images where it asks nothing. QueryError as `check`."""
    check(query, fields)
    return _node(query.root, fields)


def _node(node: Node, fields: Mapping[str, FieldInfo]) -> str:
    if isinstance(node, Everything):
        return "all images"
    row = row_of(node, fields)
    if row:
        return _row(row)
    return _group(node, fields) if isinstance(node, Group) else _leaf(node)


def _row(row: Row) -> str:
    name, values = short(row.field), [_value(value) for value in row.values]
    match row.operator:
        case Operator.EXISTS:
            return f"{name} has a value"
        case Operator.MISSING:
            return f"{name} has no value"
        case Operator.BETWEEN if "" in row.values:
            verb = f"{'is not ' if row.exclude else ''}{'up to' if values[1] != EMPTY else 'from'}"
            return f"{name} {verb} {next(value for value in values if value != EMPTY)}"
    verb = _NEGATED[row.operator] if row.exclude else _PLAIN.get(row.operator, str(row.operator))
    return f"{name} {verb} {_list(row.operator, values)}"


EMPTY = "“”"


def _value(value: str) -> str:
    return short(value) if value.strip() else f"“{value}”"


def _list(operator: Operator, values: list[str]) -> str:
    if operator is Operator.ONE_OF:
        shown = values if len(values) <= 6 else [*values[:5], f"{len(values) - 5} more"]
        return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else shown[0]
    if operator is Operator.LAST_DAYS:
        return f"{values[0]} days"
    return " and ".join(values)


def _group(group: Group, fields: Mapping[str, FieldInfo]) -> str:
    """Required parts, else the alternatives, then what is excluded: as the filter decides."""
    parts: dict[Occur, list[str]] = {occur: [] for occur in Occur}
    for clause in group.clauses:
        text = _node(clause.node, fields)
        nested = isinstance(clause.node, Group) and row_of(clause.node, fields) is None
        parts[clause.occur].append(f"({text})" if nested else text)
    wanted = parts[Occur.MUST]
    if not wanted and parts[Occur.SHOULD]:
        alternatives = " or ".join(parts[Occur.SHOULD])
        several = len(parts[Occur.SHOULD]) > 1 and parts[Occur.MUST_NOT]
        wanted = [f"({alternatives})" if several else alternatives]
    return " and ".join(wanted + [f"not {text}" for text in parts[Occur.MUST_NOT]])


def _leaf(leaf: Leaf) -> str:
    """What no row can say."""
    name = _name(leaf.field)
    match leaf:
        case Exists():
            return f"{name} has a value"
        case Term():
            return f"{name} contains {_value(leaf.text)}"
        case Range():
            return f"{name} {_range(leaf)}"
        case _:
            pattern = "".join(part.value if isinstance(part, Wild) else part for part in leaf.parts)
            return f"{name} is like {short(pattern)}"


def _name(ref: FieldRef | None) -> str:
    return short(ref.name) if ref else "any text"


def _range(span: Range) -> str:
    low = f"{'from' if span.include_low else 'above'} {short(span.low)}" if span.low is not None else ""
    high = f"{'up to' if span.include_high else 'below'} {short(span.high)}" if span.high is not None else ""
    return " ".join(filter(None, (low, high))) or "has a value"
