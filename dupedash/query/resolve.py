"""From the tree to predicates: names to fields, text to typed values, NOW to an instant."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

from dupedash.errors import QueryError
from dupedash.model import FieldInfo, FieldType
from dupedash.query.predicate import (
    All,
    Always,
    AnyOf,
    Between,
    Column,
    Equals,
    Has,
    Like,
    Not,
    Predicate,
    Words,
)
from dupedash.query.schema import LARGEST
from dupedash.query.syntax.dates import Span, read_date
from dupedash.query.syntax.faults import fault, short
from dupedash.query.syntax.literals import as_glob
from dupedash.query.syntax.tree import (  # fmt: skip
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
    Wildcard,
)
from dupedash.query.syntax.words import pattern_words, words_of

ID, IMAGE = "id", "image"
"""The fields that every document has, its name and where the image is; they need not be among those given."""
MAX_PATTERN = 10_000
"""Characters in one pattern; SQLite refuses more than 50,000 bytes."""
MAX_WORDS = 32
"""Words in one phrase: each is a table in a join, of which SQLite takes 64."""

_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_BOOLEANS = {"true": 1, "false": 0, "1": 1, "0": 0}
_NUMBERS = (FieldType.LONG, FieldType.DOUBLE)


def check(query: Query, fields: Mapping[str, FieldInfo]) -> None:
    """Raise QueryError if the query cannot be asked of a collection with these fields."""
    resolve(query, fields, datetime.now(UTC))


def resolve(query: Query, fields: Mapping[str, FieldInfo], now: datetime) -> Predicate:
    """What the query asks. QueryError for an unknown field or a value that does not fit its type."""
    return _Resolver(query.text, fields, now).node(query.root)


def read_number(text: str, kind: FieldType) -> int | float:
    """A number as a long or double field takes it. ValueError says what is accepted."""
    if kind is FieldType.LONG:
        if not _WHOLE.fullmatch(text) or not -LARGEST - 1 <= int(text) <= LARGEST:
            raise ValueError(f"{short(text)!r} is not a whole number of 64 bits.")
        return int(text)
    if not _DECIMAL.fullmatch(text) or math.isinf(float(text)):
        raise ValueError(f"{short(text)!r} is not a number.")
    return float(text)


def read_boolean(text: str) -> int:
    """1 or 0. ValueError says what is accepted."""
    if text.lower() not in _BOOLEANS:
        raise ValueError(f"{short(text)!r} is neither true nor false.")
    return _BOOLEANS[text.lower()]


class _Resolver:
    """Resolves the nodes of one query."""

    def __init__(self, text: str, fields: Mapping[str, FieldInfo], now: datetime) -> None:
        self.text = text
        self.fields = fields
        self.now = now if now.tzinfo else now.replace(tzinfo=UTC)

    def node(self, node: Node) -> Predicate:
        match node:
            case Everything():
                return Always()
            case Clauses():
                return self._group(node)
            case _:
                return self._leaf(node)

    def _group(self, group: Clauses) -> Predicate:
        """Beside required clauses the optional ones only rank, and a filter does not rank."""
        required, excluded = (
            tuple(self.node(c.node) for c in group.clauses if c.occur is occur)
            for occur in (Occur.MUST, Occur.MUST_NOT)
        )
        optional = [c.node for c in group.clauses if c.occur is Occur.SHOULD]
        if not required and optional:
            required = (_joined(AnyOf, tuple(p for node in optional for p in self._alternatives(node))),)
        return _joined(All, required + tuple(Not(p) for p in excluded))

    def _alternatives(self, node: Node) -> tuple[Predicate, ...]:
        """What is asked; the forms of one value stand beside other values, so that they become one list."""
        found = self.node(node)
        return found.parts if isinstance(found, AnyOf) and not isinstance(node, Clauses) else (found,)

    def _leaf(self, leaf: Leaf) -> Predicate:
        kind = self._type(leaf.field) if leaf.field else None
        match leaf:
            case Exists():
                return Has(leaf.field.name)
            case Term():
                return self._term(leaf, kind)
            case Wildcard():
                return self._wildcard(leaf, kind)
            case Range():
                return self._range(leaf, kind)

    def _type(self, ref: FieldRef) -> FieldType:
        if ref.name in (ID, IMAGE):
            return FieldType.STRING
        if ref.name not in self.fields:
            raise self._unknown(ref)
        return self.fields[ref.name].type

    def _unknown(self, ref: FieldRef) -> QueryError:
        known = sorted({ID, IMAGE, *self.fields})
        near = difflib.get_close_matches(ref.name[:100], known, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {short(', '.join(known))}."
        return fault(f"There is no field {short(ref.name)!r}", self.text, ref.at, hint)

    def _term(self, term: Term, kind: FieldType | None) -> Predicate:
        if term.field is None or kind is None or kind is FieldType.TEXT:
            return self._words(term.field, words_of(term.text), term.at)
        name = term.field.name
        if kind is FieldType.STRING:
            return _joined(AnyOf, tuple(Equals(name, "s", form) for form in _forms(term.text)))
        if kind is FieldType.DATE:
            span = self._date(name, term.text, term.at)
            return Between(name, "n", span.first, span.last)
        return Equals(name, "n", self._number(name, kind, term.text, term.at))

    def _words(self, ref: FieldRef | None, words: list[str], at: int) -> Predicate:
        if len(words) > MAX_WORDS:
            raise fault(f"A phrase of {len(words)} words is too long: {MAX_WORDS} at most", self.text, at)
        return Words(ref.name if ref else None, tuple(words))

    def _wildcard(self, term: Wildcard, kind: FieldType | None) -> Predicate:
        pattern = as_glob(term.parts)
        if len(pattern) > MAX_PATTERN:
            raise fault("This term with wildcards is too long", self.text, term.at)
        if term.field is None or kind is None or kind is FieldType.TEXT:
            return self._words(term.field, pattern_words(term.parts), term.at)
        if kind is not FieldType.STRING:
            raise fault(f"The field {term.field.name!r} is of type {kind}: wildcards are for text", self.text,
                        term.at, "Use a range, or field:* for any value.")  # fmt: skip
        return _joined(AnyOf, tuple(Like(term.field.name, form) for form in _forms(pattern)))

    def _range(self, span: Range, kind: FieldType | None) -> Predicate:
        if span.field is None or kind is None or kind in (FieldType.TEXT, FieldType.BOOLEAN):
            hint = "Write field:[a TO b] with a field of type string, long, double or date."
            raise fault("A range cannot be used here", self.text, span.at, hint)
        name = span.field.name
        if kind is FieldType.DATE:
            return self._dates(name, span)
        column: Column = "n" if kind in _NUMBERS else "s"
        low, high = (self._bound(name, kind, text, span.at) for text in (span.low, span.high))
        include_low, include_high = span.include_low or low is None, span.include_high or high is None
        return Between(name, column, low, high, include_low, include_high)

    def _bound(self, name: str, kind: FieldType, text: str | None, at: int) -> str | int | float | None:
        return self._number(name, kind, text, at) if text is not None and kind in _NUMBERS else text

    def _dates(self, name: str, span: Range) -> Predicate:
        """A bound that names a whole day is all in or all out; the ends come out included."""
        low = high = None
        if span.low is not None:
            day = self._date(name, span.low, span.at)
            low = day.first if span.include_low else day.last + 1
        if span.high is not None:
            day = self._date(name, span.high, span.at)
            high = day.last if span.include_high else day.first - 1
        return Between(name, "n", low, high)

    def _date(self, name: str, text: str, at: int) -> Span:
        try:
            return read_date(text, self.now)
        except ValueError as error:
            raise self._misfit(name, FieldType.DATE, error, at) from error

    def _number(self, name: str, kind: FieldType, text: str, at: int) -> int | float:
        try:
            return read_boolean(text) if kind is FieldType.BOOLEAN else read_number(text, kind)
        except ValueError as error:
            raise self._misfit(name, kind, error, at) from error

    def _misfit(self, name: str, kind: FieldType, error: ValueError, at: int) -> QueryError:
        message = f"The field {name!r} is of type {kind}, and the value does not fit"
        return fault(message, self.text, at, str(error))


def _forms(text: str) -> tuple[str, ...]:
    """The text as it is, composed and decomposed: "é" is one sign or two, and keyboards give one of them.

    What is stored keeps its form, so that a path leads to its file.
    """
    return tuple(dict.fromkeys((text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD")))))


def _joined(kind: type[All] | type[AnyOf], parts: tuple[Predicate, ...]) -> Predicate:
    return parts[0] if len(parts) == 1 else kind(parts)
