"""The operators of filters: one row each. The builder, its text in Lucene's syntax and back, and the phrase
in words all read this table; a new operator is a new row (and a widget if it asks in a new way).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dupedash.model import FieldType
from dupedash.query import values as written
from dupedash.query.syntax.faults import short
from dupedash.query.syntax.literals import escape, write_value
from dupedash.query.syntax.tree import Exists, Leaf, Range, Term, Wild, Wildcard

Values = tuple[str, ...]
Write = Callable[[Values, FieldType], str]
"""A row's values and its field's type → what stands after the colon. ValueError where they do not fit."""
Read = Callable[[Leaf], Values | None]
"""A leaf of a query → the values with which the operator might mean the same; None where it cannot."""
Phrase = Callable[[Values, bool], str]
"""A row's values, and whether it is negated → the phrase that follows the field's name."""


class Widget(StrEnum):
    """How the builder asks for the values."""

    NOTHING = "nothing"
    ONE = "one of the known values, or another"
    SEVERAL = "several of the known values, or others"
    TEXT = "a text"
    BOUNDS = "a lower and an upper bound"
    DAYS = "a number of days"


@dataclass(frozen=True, slots=True)
class Operator:
    """One row of the table.

    label, negated  in the builder; also the operator's name
    types           of the fields that offer it
    count           values that it takes, None for one or more; of two, one may be empty: an open end
    write           its values as Lucene's text
    words           its values as a phrase
    read            a leaf as its values
    widget          asks for the values
    leads           types whose fields offer it before all others
    joins           the operator of which it joins several rows, if any
    """

    label: str
    negated: str
    types: frozenset[FieldType]
    count: int | None
    write: Write
    words: Phrase
    read: Read
    widget: Widget
    leads: frozenset[FieldType] = frozenset()
    joins: Operator | None = None

    def __str__(self) -> str:
        return self.label


def _and(values: Sequence[str]) -> str:
    return " and ".join(map(quoted, values))


def _or(values: Sequence[str]) -> str:
    shown = [*map(quoted, values)]
    shown = shown if len(shown) <= 6 else [*shown[:5], f"{len(shown) - 5} more"]
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else shown[0]


def quoted(value: str) -> str:
    """A value in a phrase; an empty one can be seen."""
    return short(value) if value.strip() else f"“{value}”"


def _verb(plain: str, negated: str, say: Callable[[Sequence[str]], str] = _and) -> Phrase:
    return lambda values, excluded: f"{negated if excluded else plain} {say(values)}".strip()


def _between_words(values: Values, excluded: bool) -> str:
    """An open end is not said."""
    low, high = values
    if low and high:
        return f"{'is not ' if excluded else ''}between {_and(values)}"
    return f"{'is not ' if excluded else ''}{'from' if low else 'up to'} {quoted(low or high)}"


def _read_text(leaf: Leaf) -> Values | None:
    return (leaf.text,) if isinstance(leaf, Term) else None


def _read_wildcard(leaf: Leaf) -> Values | None:
    if not isinstance(leaf, Wildcard):
        return None
    return ("".join(part for part in leaf.parts if not isinstance(part, Wild)),)


def _read_days(leaf: Leaf) -> Values | None:
    days = re.fullmatch(r"NOW-(\d+)DAYS", leaf.low or "", re.ASCII) if isinstance(leaf, Range) else None
    return (days[1],) if days and isinstance(leaf, Range) and leaf.high == "NOW" else None


_ALL = frozenset(FieldType)
_DATE, _TEXT = frozenset({FieldType.DATE}), frozenset({FieldType.TEXT})
_NUMBERS = frozenset({FieldType.LONG, FieldType.DOUBLE})
_STRING = frozenset({FieldType.STRING})

LAST_DAYS = Operator(
    "in the last … days", "not in the last … days", _DATE, 1,
    write=lambda values, _: written.last_days(values[0]),
    words=_verb("in the last", "is not in the last", lambda values: f"{_and(values)} days"),
    read=_read_days,
    widget=Widget.DAYS, leads=_DATE,
)  # fmt: skip
IS = Operator(
    "is", "is not", _ALL - _TEXT, 1,
    write=lambda values, kind: written.exact(values[0], kind),
    words=_verb("is", "is not"),
    read=lambda leaf: (leaf.low or "",) if isinstance(leaf, Range) else _read_text(leaf),
    widget=Widget.ONE,
)  # fmt: skip
ONE_OF = Operator(
    "one of", "none of", _STRING | _NUMBERS, None,
    write=lambda values, kind: written.any_of([written.plain(value, kind) for value in values]),
    words=_verb("is one of", "is none of", _or),
    read=lambda _: None,
    widget=Widget.SEVERAL, joins=IS,
)  # fmt: skip
CONTAINS = Operator(
    "contains", "does not contain", _STRING | _TEXT, 1,
    write=lambda values, kind: write_value(written.given(values[0])) if kind is FieldType.TEXT
    else f"*{escape(written.given(values[0]))}*",
    words=_verb("contains", "does not contain"),
    read=lambda leaf: _read_text(leaf) or _read_wildcard(leaf),
    widget=Widget.TEXT,
)  # fmt: skip
STARTS_WITH = Operator(
    "starts with", "does not start with", _STRING, 1,
    write=lambda values, _: escape(written.given(values[0])) + "*",
    words=_verb("starts with", "does not start with"),
    read=_read_wildcard,
    widget=Widget.TEXT,
)  # fmt: skip
BETWEEN = Operator(
    "between", "not between", _NUMBERS | _DATE, 2,
    write=lambda values, kind: written.span(values[0], values[1], kind),
    words=_between_words,
    read=lambda leaf: (leaf.low or "", leaf.high or "") if isinstance(leaf, Range) else None,
    widget=Widget.BOUNDS, leads=_DATE,
)  # fmt: skip
BEFORE = Operator(
    "before", "not before", _DATE, 1,
    write=lambda values, _: written.before(values[0]),
    words=_verb("before", "is not before"),
    read=lambda leaf: (leaf.high or "",) if isinstance(leaf, Range) and not leaf.low else None,
    widget=Widget.TEXT, leads=_DATE,
)  # fmt: skip
AFTER = Operator(
    "after", "not after", _DATE, 1,
    write=lambda values, _: written.after(values[0]),
    words=_verb("after", "is not after"),
    read=lambda leaf: (leaf.low or "",) if isinstance(leaf, Range) and not leaf.high else None,
    widget=Widget.TEXT, leads=_DATE,
)  # fmt: skip
EXISTS = Operator(
    "exists", "missing", _ALL, 0,
    write=lambda _values, _kind: "*",
    words=_verb("has a value", "has no value"),
    read=lambda leaf: () if isinstance(leaf, Exists) else None,
    widget=Widget.NOTHING,
)  # fmt: skip

OPERATORS = (LAST_DAYS, IS, ONE_OF, CONTAINS, STARTS_WITH, BETWEEN, BEFORE, AFTER, EXISTS)
"""In the order of the builder. Of two that say the same of a leaf, the first is read: the last days are also
a range between two dates.
"""


def operators_for(kind: FieldType) -> tuple[Operator, ...]:
    """The operators that a field of this type offers, the usual one first."""
    offered = (operator for operator in OPERATORS if kind in operator.types)
    return tuple(sorted(offered, key=lambda operator: kind not in operator.leads))
