"""What a filter query says, free of any collection: a small frozen tree.

Groups keep Lucene's own form, a list of clauses that MUST, SHOULD or MUST NOT hold, because its AND and OR
are not the operators of Boolean algebra (`a OR -b` means "a and not b"). Positions are 0-based columns of
the query's text; they are for messages only and take no part in comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from enum import Enum, StrEnum


class Occur(StrEnum):
    """How a clause counts in its group."""

    MUST = "must"
    SHOULD = "should"
    MUST_NOT = "must not"


class Wild(Enum):
    """A wildcard inside a term."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field as the query names it."""

    name: str
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Everything:
    """`*:*`"""


@dataclass(frozen=True, slots=True)
class Term:
    """One value, bare or in quotes, escapes removed. Without a field it is looked for in all text."""

    field: FieldRef | None
    text: str
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A term with wildcards: literal pieces and `Wild` members in their order."""

    field: FieldRef | None
    parts: tuple[str | Wild, ...]
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high; None is an open end."""

    field: FieldRef | None
    low: str | None
    high: str | None
    include_low: bool = True
    include_high: bool = True
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Exists:
    """`field:*`"""

    field: FieldRef


@dataclass(frozen=True, slots=True)
class Clause:
    """A node and how it counts."""

    occur: Occur
    node: Node


@dataclass(frozen=True, slots=True)
class Clauses:
    """Clauses side by side; there is at least one. Only the root may have nothing but MUST NOT."""

    clauses: tuple[Clause, ...]


Leaf = Term | Wildcard | Range | Exists
Node = Everything | Leaf | Clauses


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed filter query and the text that it came from."""

    text: str = attribute(compare=False)
    root: Node
