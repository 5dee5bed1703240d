"""From text to the tree: Lucene's classic rules for operators, signs and groups, on luqum's parse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from luqum import tree as luqum

from dupedash.errors import QueryError
from dupedash.query.syntax.faults import fault, short
from dupedash.query.syntax.literals import split_wildcards, unescape, unquote
from dupedash.query.syntax.lucene import MAX_LENGTH, MAX_TERMS, parse_lucene
from dupedash.query.syntax.tree import (  # fmt: skip
    Clause,
    Clauses,
    Everything,
    Exists,
    FieldRef,
    Node,
    Occur,
    Query,
    Range,
    Term,
    Wild,
    Wildcard,
)

_SIGNS = {luqum.Plus: Occur.MUST, luqum.Prohibit: Occur.MUST_NOT, luqum.Not: Occur.MUST_NOT}
_ANY = (Wild.MANY,)
MAX_FILTERS = 100
"""Filters of one question: dupe-scanner sends a handful, a form of ours one for each of its rows."""


def parse(text: str, default: Occur = Occur.SHOULD, field: str = "") -> Query:
    """Read one filter query. Blank text is everything. QueryError says what is wrong and where.

    `default` is how clauses count between which no operator stands (Solr's q.op), `field` where terms without
    a field are looked for (its df); empty: in all text.
    """
    if not text.strip():
        return Query(text, Everything())
    ref = FieldRef(field) if field else None
    return Query(text, _Reader(text, default).expression(parse_lucene(text), ref, root=True))


def parse_all(texts: Sequence[str]) -> list[Query]:
    """Read the filters of one question, which are bounded together. Raises QueryError."""
    if len(texts) > MAX_FILTERS:
        raise QueryError(
            f"{len(texts):,} filters are given at once; at most {MAX_FILTERS} are read. Join some with AND."
        )
    if (length := sum(map(len, texts))) > MAX_LENGTH:
        raise QueryError(f"The filters have {length:,} characters together; at most {MAX_LENGTH:,} are read.")
    queries: list[Query] = []
    left = MAX_TERMS
    for text in texts:
        queries.append(parse(text))
        left -= _values(queries[-1].root)
        if left < 0:
            raise QueryError(f"The filters name more than {MAX_TERMS:,} values together.")
    return queries


def _values(node: Node) -> int:
    return sum(_values(clause.node) for clause in node.clauses) if isinstance(node, Clauses) else 1


class _Reader:
    """Turns luqum's tree of one text into ours."""

    def __init__(self, text: str, default: Occur) -> None:
        self.text = text
        self.default = default

    def expression(self, item: Any, ref: FieldRef | None, *, root: bool = False) -> Node:
        """What stands in brackets, or the whole query (`root`)."""
        clauses = self._clauses(item, ref, root)
        if len(clauses) == 1 and clauses[0].occur is not Occur.MUST_NOT:
            return clauses[0].node
        if not root and all(c.occur is Occur.MUST_NOT for c in clauses):
            raise self._fault("Brackets with nothing but exclusions find nothing", item,
                              "Write (*:* -field:value) for everything except that.")  # fmt: skip
        return Clauses(tuple(clauses))

    def _clauses(self, item: Any, ref: FieldRef | None, root: bool) -> list[Clause]:
        flat = list(_flat(item))
        clauses: list[Clause] = []
        for operation, operand in flat:
            occur = self._occur(clauses, operation, _SIGNS.get(type(operand)))
            body = operand.a if type(operand) in _SIGNS else operand
            alone = root and len(flat) == 1 and occur is not Occur.MUST_NOT
            clauses.append(Clause(occur, self._node(body, ref, alone)))
        return clauses

    def _occur(self, before: list[Clause], operation: type | None, sign: Occur | None) -> Occur:
        """Lucene's classic rule: AND makes both of its neighbours required. OR changes nothing, but where
        clauses are required by default it makes both of its neighbours optional."""
        joined = operation is luqum.AndOperation
        if joined and before[-1].occur is Occur.SHOULD:
            before[-1] = Clause(Occur.MUST, before[-1].node)
        if operation is luqum.OrOperation and self.default is Occur.MUST:
            if before[-1].occur is Occur.MUST:
                before[-1] = Clause(Occur.SHOULD, before[-1].node)
            return sign if sign is Occur.MUST_NOT else Occur.SHOULD
        return sign or (Occur.MUST if joined else self.default)

    def _node(self, item: Any, ref: FieldRef | None, root: bool) -> Node:
        item = _unboosted(item)
        if type(item) in _SIGNS:
            raise self._fault("Two signs follow one another", item, "One of + - ! NOT is enough.")
        if isinstance(item, luqum.BaseGroup):
            return self.expression(item.expr, ref, root=root)
        if isinstance(item, luqum.SearchField):
            return self._field(item, root)
        if isinstance(item, luqum.Range):
            return self._range(item, ref)
        if isinstance(item, luqum.Phrase):
            return Term(ref, unquote(item.value), item.pos)
        return self._word(item, ref)

    def _field(self, item: Any, root: bool) -> Node:
        if item.name == "*":
            return self._match_all(item)
        parts = split_wildcards(item.name)
        if any(isinstance(p, Wild) for p in parts):
            raise self._fault(f"{short(item.name)} is not a field's name", item, "Names take no wildcards.")
        ref = FieldRef(unescape(item.name), item.pos)
        body = item.expr
        if isinstance(body, luqum.Prohibit) and _is_number(_unboosted(body.a)):
            return Term(ref, "-" + unescape(_unboosted(body.a).value), body.pos)
        if type(body) in _SIGNS:
            raise self._fault("A sign stands before the field, not after the colon", body,
                              f"Write -{short(item.name)}:value.")  # fmt: skip
        if isinstance(body, luqum.SearchField):
            raise self._fault("Two fields follow one another", body, 'Quote values that hold ":".')
        return self._node(body, ref, root)

    def _match_all(self, item: Any) -> Node:
        if isinstance(item.expr, luqum.Word) and item.expr.value == "*":
            return Everything()
        raise self._fault("*: takes only *", item, "*:* is everything; without a field all text is searched.")

    def _word(self, item: Any, ref: FieldRef | None) -> Node:
        parts = split_wildcards(item.value)
        if parts == _ANY:
            return Exists(ref) if ref else Everything()
        if any(isinstance(p, Wild) for p in parts):
            return Wildcard(ref, parts, item.pos)
        return Term(ref, unescape(item.value), item.pos)

    def _range(self, item: Any, ref: FieldRef | None) -> Node:
        low, high = _bound(item.low), _bound(item.high)
        if low is None and high is None and ref:
            return Exists(ref)
        return Range(ref, low, high, item.include_low, item.include_high, item.pos)

    def _fault(self, message: str, item: Any, hint: str) -> QueryError:
        return fault(message, self.text, _start(item), hint)


def _flat(item: Any) -> Iterator[tuple[type | None, Any]]:
    """The operands from left to right, each with the operation that joins it to the one before.

    luqum nests AND below OR by precedence; Lucene's classic parser has no precedence.
    """
    if not isinstance(item, luqum.BaseOperation):
        yield None, item
        return
    for number, operand in enumerate(item.operands):
        inner = _flat(operand)
        _, first = next(inner)
        yield (type(item) if number else None), first
        yield from inner


def _unboosted(item: Any) -> Any:
    while isinstance(item, luqum.Boost):
        item = item.expr
    return item


def _bound(item: Any) -> str | None:
    if isinstance(item, luqum.Prohibit):
        return "-" + (_bound(item.a) or "*")
    if isinstance(item, luqum.Phrase):
        return unquote(item.value)
    return None if item.value == "*" else unescape(item.value)


def _is_number(item: Any) -> bool:
    return isinstance(item, luqum.Word) and item.value[0].isdigit()


def _start(item: Any) -> int:
    """Where an item starts in the text; luqum does not tell it for operations."""
    while isinstance(item, luqum.BaseOperation):
        item = item.operands[0]
    return int(item.pos or 0)
