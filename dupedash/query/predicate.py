"""What a filter asks of a document once fields and types are known. SQL is made of this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scalar = str | int | float
Column = Literal["s", "n"]


@dataclass(frozen=True, slots=True)
class Always:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Has:
    """The field has a value."""

    field: str


@dataclass(frozen=True, slots=True)
class Equals:
    """A value of the field is this one."""

    field: str
    column: Column
    value: Scalar


@dataclass(frozen=True, slots=True)
class Like:
    """A string of the field has this GLOB pattern."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Between:
    """A value of the field lies in the range; None is an open end, but one end is given."""

    field: str
    column: Column
    low: Scalar | None
    high: Scalar | None
    include_low: bool = True
    include_high: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """These words follow one another in a value of the field, or of any field (None).

    Each is a GLOB pattern; words themselves hold no GLOB sign. No words at all: no document.
    """

    field: str | None
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold: no value of the document makes it true."""

    part: Predicate


Predicate = Always | Has | Equals | Like | Between | Words | All | AnyOf | Not
