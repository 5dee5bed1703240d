"""From the tree back to text: a filter that every reader of Lucene's syntax takes for the same.

Signs stand in the place of operators, and every term that has a field names it, so that neither a default
operator nor a default field matters.
"""

from __future__ import annotations

from dupedash.query.syntax.literals import escape, write_field, write_value
from dupedash.query.syntax.tree import (  # fmt: skip
    Clauses,
    Everything,
    Exists,
    FieldRef,
    Node,
    Occur,
    Range,
    Term,
    Wild,
    Wildcard,
)

_SIGNS = {Occur.MUST: "+", Occur.SHOULD: "", Occur.MUST_NOT: "-"}


def write(node: Node) -> str:
    """The text of a tree; `parse` makes an equal tree of it."""
    match node:
        case Clauses(clauses):
            return " ".join(_SIGNS[clause.occur] + _inner(clause.node) for clause in clauses)
        case Everything():
            return "*:*"
        case Exists(ref):
            return _field(ref) + "*"
        case Term(ref, text):
            return _field(ref) + write_value(text)
        case Wildcard(ref, parts):
            return _field(ref) + "".join(p.value if isinstance(p, Wild) else escape(p) for p in parts)
        case Range():
            return _field(node.field) + _range(node)


def _inner(node: Node) -> str:
    return f"({write(node)})" if isinstance(node, Clauses) else write(node)


def _field(ref: FieldRef | None) -> str:
    return "" if ref is None else write_field(ref.name) + ":"


def _range(span: Range) -> str:
    low, high = (("*" if bound is None else write_value(bound)) for bound in (span.low, span.high))
    return f"{'[' if span.include_low else '{'}{low} TO {high}{']' if span.include_high else '}'}"
