"""A filter as the rows of a form: field, operator, values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dupedash.query.operators import Operator


class Join(StrEnum):
    """How rows combine."""

    AND = "AND"
    OR = "OR"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form.

    values   as text, as many as the operator takes; a day (2024-01-31) or any date expression where the
             field is a date
    exclude  negates the row: "is" becomes "is not"
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
