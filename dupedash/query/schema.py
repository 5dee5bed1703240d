"""The tables that filters read: one row a value, one row a word. The store makes and fills them.

They stand beside `documents(rowid INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, location TEXT NOT NULL, …)`.
Filters use only the index on `id` of that table, and `location` of each document where they name the field
`image`; keep blobs out of it all the same. `s` holds strings, `n` numbers, booleans (0 and 1) and dates
(epoch milliseconds). `pos` counts the words of a field and leaves a gap between two values, so that no phrase
reaches from one into the next. Both tables are clustered by document: that makes reading and deleting a
document quick, and the indexes, which end in the primary key, answer filters alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

from dupedash.errors import ConfigError
from dupedash.model import Fields, FieldValue
from dupedash.query.syntax.dates import milliseconds
from dupedash.query.syntax.literals import storable
from dupedash.query.syntax.words import words_of

DDL = """
CREATE TABLE IF NOT EXISTS values_ (
    doc INTEGER NOT NULL REFERENCES documents(rowid) ON DELETE CASCADE,
    field TEXT NOT NULL,
    ord INTEGER NOT NULL,
    s TEXT,
    n NUMERIC,
    PRIMARY KEY (doc, field, ord)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS values_string ON values_ (field, s);
CREATE INDEX IF NOT EXISTS values_number ON values_ (field, n) WHERE n IS NOT NULL;
CREATE TABLE IF NOT EXISTS words (
    doc INTEGER NOT NULL REFERENCES documents(rowid) ON DELETE CASCADE,
    field TEXT NOT NULL,
    pos INTEGER NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (doc, field, pos)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_word ON words (word);
"""
"""Run it with `executescript`. `ON DELETE CASCADE` wants `PRAGMA foreign_keys = ON`."""

INSERT_VALUE = "INSERT INTO values_ (doc, field, ord, s, n) VALUES (?, ?, ?, ?, ?)"
INSERT_WORD = "INSERT INTO words (doc, field, pos, word) VALUES (?, ?, ?, ?)"

LARGEST = 2**63 - 1
"""The largest whole number that a field can hold."""
_GAP = 1  # a position between values, so that no phrase goes on from one to the next

ValueRow = tuple[int, str, int, str | None, float | int | None]
WordRow = tuple[int, str, int, str]


def value_rows(doc: int, fields: Fields) -> Iterator[ValueRow]:
    """The rows of `values_` for one document, for INSERT_VALUE.

    A NaN has no row. ConfigError for a whole number beyond 64 bits.
    """
    for name, given in fields.items():
        values = given if isinstance(given, tuple | list) else (given,)
        for number, value in enumerate(values):
            if not (isinstance(value, float) and math.isnan(value)):
                yield doc, name, number, *_columns(name, value)


def word_rows(doc: int, fields: Fields) -> Iterator[WordRow]:
    """The rows of `words` for one document, for INSERT_WORD: the words of every string value."""
    for name, given in fields.items():
        position = 0
        for value in given if isinstance(given, tuple | list) else (given,):
            found = words_of(storable(value)) if isinstance(value, str) else []
            for number, word in enumerate(found):
                yield doc, name, position + number, word
            position += len(found) + _GAP


def _columns(name: str, value: FieldValue) -> tuple[str | None, float | int | None]:
    if isinstance(value, str):
        return storable(value), None
    if isinstance(value, datetime):
        return None, milliseconds(value)
    if isinstance(value, int) and not -LARGEST - 1 <= value <= LARGEST:
        raise ConfigError(f"The field {name!r} has the value {value}: whole numbers may have 64 bits.")
    return None, value
