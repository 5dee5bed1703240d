"""Filters over the images of a dataset: the same SQL as over a collection, on a small database in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from dupedash.embedded.store.fields import BUILTIN, typed
from dupedash.model import FieldInfo, ImageRecord
from dupedash.query import parse_all, to_sql
from dupedash.query.schema import DDL, INSERT_VALUE, INSERT_WORD, value_rows, word_rows

_DOCUMENTS = "CREATE TABLE documents (rowid INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, location TEXT)"


def admitted(records: Sequence[ImageRecord], fq: Sequence[str]) -> list[bool]:
    """Which of these images all filters admit. Raises QueryError."""
    if not fq:
        return [True] * len(records)
    queries = parse_all(fq)
    connection = sqlite3.connect(":memory:")
    try:
        known = _fill(connection, records)
        where, parameters = to_sql(queries, known)
        rows = connection.execute(f"SELECT rowid FROM documents d WHERE {where}", parameters)
        found = {row for (row,) in rows}
    finally:
        connection.close()
    return [number in found for number in range(len(records))]


def _fill(connection: sqlite3.Connection, records: Sequence[ImageRecord]) -> Mapping[str, FieldInfo]:
    connection.execute(_DOCUMENTS)
    connection.executescript(DDL)
    known = dict(BUILTIN)
    for number, record in enumerate(records):
        connection.execute("INSERT INTO documents VALUES (?, ?, ?)", (number, record.id, record.location))
        fields, learned = typed(fields_of(record), known)
        known |= learned
        connection.executemany(INSERT_VALUE, value_rows(number, fields))
        connection.executemany(INSERT_WORD, word_rows(number, fields))
    return known


def fields_of(record: ImageRecord) -> dict[str, Any]:
    """All fields that a filter may name, with those that the record has as attributes."""
    folder, _, filename = record.location.replace("\\", "/").rstrip("/").rpartition("/")
    return {
        "filename": filename or record.id,
        "folder": folder or None,
        "location": record.location,
        "format": record.format,
        "width": record.width,
        "height": record.height,
        "bytes": record.bytes,
        "modified": record.modified,
        **record.fields,
    }
