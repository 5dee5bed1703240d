"""The fields and the in-memory store that the tests of filter queries share."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from dupedash.model import FieldInfo, Fields, FieldType
from dupedash.query import parse, to_sql
from dupedash.query.schema import DDL, INSERT_VALUE, INSERT_WORD, value_rows, word_rows
from tests.query_match import matches

NOW = datetime(2024, 5, 17, 13, 45, 30, 250_000, tzinfo=UTC)

FIELDS = {
    name: FieldInfo(name, kind, multi)
    for name, kind, multi in (
        ("category", FieldType.STRING, False),
        ("labels", FieldType.STRING, True),
        ("title", FieldType.TEXT, False),
        ("rating", FieldType.LONG, False),
        ("sizes", FieldType.LONG, True),
        ("price", FieldType.DOUBLE, False),
        ("checked", FieldType.BOOLEAN, False),
        ("date", FieldType.DATE, False),
    )
}


def store_of(documents: Mapping[str, Fields]) -> sqlite3.Connection:
    """A database with the documents, by id."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("CREATE TABLE documents (rowid INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL)")
    connection.executescript(DDL)
    for rowid, (name, fields) in enumerate(documents.items()):
        connection.execute("INSERT INTO documents VALUES (?, ?)", (rowid, name))
        connection.executemany(INSERT_VALUE, value_rows(rowid, fields))
        connection.executemany(INSERT_WORD, word_rows(rowid, fields))
    return connection


def found_by_sql(connection: sqlite3.Connection, *texts: str) -> set[str]:
    where, parameters = to_sql([parse(text) for text in texts], FIELDS, NOW)
    return {name for (name,) in connection.execute(f"SELECT d.id FROM documents d WHERE {where}", parameters)}


def found_by_python(documents: Mapping[str, Fields], text: str) -> set[str]:
    query = parse(text)
    return {name for name, own in documents.items() if matches(query, {"id": name, **own}, FIELDS, NOW)}
