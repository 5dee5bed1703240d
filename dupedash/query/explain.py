"""A filter in plain words: "category is doors and date after 2024-01-01"."""

from __future__ import annotations

from collections.abc import Mapping

from dupedash.model import FieldInfo
from dupedash.query.builder.read import row_of
from dupedash.query.operators import quoted
from dupedash.query.resolve import check
from dupedash.query.syntax.faults import short
from dupedash.query.syntax.tree import (
    Clauses,
    Everything,
    Exists,
    FieldRef,
    Leaf,
    Node,
    Occur,
    Query,
    Range,
    Term,
    Wild,
)


def explain(query: Query, fields: Mapping[str, FieldInfo]) -> str:
    """The filter as a phrase; all images where it asks nothing. QueryError as `check`."""
    check(query, fields)
    return _node(query.root, fields)


def _node(node: Node, fields: Mapping[str, FieldInfo]) -> str:
    if isinstance(node, Everything):
        return "all images"
    row = row_of(node, fields)
    if row:
        return f"{short(row.field)} {row.operator.words(row.values, row.exclude)}"
    return _group(node, fields) if isinstance(node, Clauses) else _leaf(node)


def _group(group: Clauses, fields: Mapping[str, FieldInfo]) -> str:
    """Required parts, else the alternatives, then what is excluded: as the filter decides."""
    parts: dict[Occur, list[str]] = {occur: [] for occur in Occur}
    for clause in group.clauses:
        text = _node(clause.node, fields)
        nested = isinstance(clause.node, Clauses) and row_of(clause.node, fields) is None
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
            return f"{name} contains {quoted(leaf.text)}"
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
