"""A filter asked of one record in Python: for fakes, and as a second opinion on the SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any

from dupedash.model import FieldInfo, Fields
from dupedash.query.predicate import All, Always, AnyOf, Between, Equals, Has, Like, Not, Predicate, Words
from dupedash.query.resolve import ID, IMAGE, resolve
from dupedash.query.schema import ValueRow, WordRow, value_rows, word_rows
from dupedash.query.syntax.tree import Query


def matches(
    query: Query, record_fields: Fields, fields: Mapping[str, FieldInfo], now: datetime | None = None
) -> bool:
    """Does the record, whose id and place may stand among its fields, pass the filter?"""
    searched = {name: value for name, value in record_fields.items() if name not in (ID, IMAGE)}
    record = _Record(list(value_rows(0, record_fields)), list(word_rows(0, searched)))
    return record.holds(resolve(query, fields, now or datetime.now(UTC)))


class _Record:
    """The rows that a store would hold for one document."""

    def __init__(self, values: list[ValueRow], words: list[WordRow]) -> None:
        self.values = values
        self.words = words

    def holds(self, predicate: Predicate) -> bool:
        match predicate:
            case Always():
                return True
            case All(parts):
                return all(self.holds(part) for part in parts)
            case AnyOf(parts):
                return any(self.holds(part) for part in parts)
            case Not(part):
                return not self.holds(part)
            case Words():
                return self._says(predicate)
            case _:
                return self._has(predicate)

    def _has(self, asked: Has | Equals | Like | Between) -> bool:
        own = [row for row in self.values if row[1] == asked.field]
        match asked:
            case Has():
                return bool(own)
            case Equals(_, column, value):
                return any(v == value for v in _column(own, column))
            case Like(_, pattern):
                return any(fnmatchcase(v, pattern) for v in _column(own, "s"))
            case Between(_, column):
                return any(_inside(v, asked) for v in _column(own, column))

    def _says(self, asked: Words) -> bool:
        own = (row for row in self.words if asked.field in (None, row[1]))
        for _, rows in groupby(own, key=lambda row: row[1]):
            at = {position: word for _, _, position, word in rows}
            if any(_follow(at, position, asked.patterns) for position in at):
                return True
        return False


def _column(rows: list[ValueRow], column: str) -> list[Any]:
    values = [row[3] if column == "s" else row[4] for row in rows]
    return [value for value in values if value is not None]


def _inside(value: Any, span: Between) -> bool:
    above = span.low is None or value > span.low or (span.include_low and value == span.low)
    below = span.high is None or value < span.high or (span.include_high and value == span.high)
    return bool(above and below)


def _follow(at: dict[int, str], position: int, patterns: tuple[str, ...]) -> bool:
    return bool(patterns) and all(
        position + n in at and fnmatchcase(at[position + n], pattern) for n, pattern in enumerate(patterns)
    )
