"""A filter as the rows of a form: field, operator, values. What the builder shows and what it may say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dupedash.model import FieldType


class Operator(StrEnum):
    """What a row asks; its value is how it is shown."""

    IS = "is"
    IS_NOT = "is not"
    ONE_OF = "one of"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    BETWEEN = "between"
    BEFORE = "before"
    AFTER = "after"
    LAST_DAYS = "in the last days"
    EXISTS = "exists"
    MISSING = "missing"


class Join(StrEnum):
    """How rows combine."""

    AND = "AND"
    OR = "OR"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form.

    values   as text: none for EXISTS and MISSING; two for BETWEEN, where an empty one is an open end; any
             number for ONE_OF; a number of days for LAST_DAYS; a day (2024-01-31) or any date expression
             where the field is a date; else one
    exclude  turns the row round
    """

    field: str
    operator: Operator
    values: tuple[str, ...] = ()
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """All rows and how they combine. No rows: everything."""

    rows: tuple[Row, ...] = ()
    join: Join = Join.AND


_IS = (Operator.IS, Operator.IS_NOT)
_PRESENCE = (Operator.EXISTS, Operator.MISSING)
_NUMBER = (*_IS, Operator.ONE_OF, Operator.BETWEEN, *_PRESENCE)
_OPERATORS: dict[FieldType, tuple[Operator, ...]] = {
    FieldType.STRING: (*_IS, Operator.ONE_OF, Operator.CONTAINS, Operator.STARTS_WITH, *_PRESENCE),
    FieldType.TEXT: (Operator.CONTAINS, *_PRESENCE),
    FieldType.LONG: _NUMBER,
    FieldType.DOUBLE: _NUMBER,
    FieldType.BOOLEAN: (*_IS, *_PRESENCE),
    FieldType.DATE: (
        Operator.LAST_DAYS, Operator.BETWEEN, Operator.BEFORE, Operator.AFTER, *_IS, *_PRESENCE,
    ),
}  # fmt: skip


def operators_for(kind: FieldType) -> tuple[Operator, ...]:
    """The operators that a field of this type offers, the usual one first."""
    return _OPERATORS[kind]
