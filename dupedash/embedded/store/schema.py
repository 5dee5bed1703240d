"""The tables of a collection's SQLite file, and how an older file becomes a current one."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence

from dupedash.embedded.files.leaveout import DEFAULTS
from dupedash.errors import CollectionError
from dupedash.query.schema import DDL as FILTER_TABLES

APPLICATION = 0x64757065  # "dupe": what `file` shows, and what tells our files from others
VERSION = 4  # counts changes of the tables; `upgrade` brings earlier ones here

# A document keeps its row, and with it its fields and decisions, while its file is away: `hidden` then says
# why it is not searched. `path` is exact (bytes), `location` is for people. `changed` is the sequence number
# of the commit that last touched it.
_DOCUMENTS = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE documents (
    rowid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    location TEXT NOT NULL,
    path BLOB,
    changed INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    format TEXT NOT NULL,
    modified INTEGER,
    mtime_ns INTEGER,
    content TEXT NOT NULL,
    pixels TEXT,
    described INTEGER NOT NULL,
    skipped TEXT,
    hidden TEXT
);
CREATE INDEX documents_changed ON documents (changed);
CREATE INDEX documents_path ON documents (path);
CREATE INDEX documents_content ON documents (content);
CREATE TABLE descriptors (
    doc INTEGER PRIMARY KEY REFERENCES documents(rowid) ON DELETE CASCADE,
    descriptor BLOB NOT NULL
);
CREATE TABLE thumbnails (
    doc INTEGER PRIMARY KEY REFERENCES documents(rowid) ON DELETE CASCADE,
    webp BLOB NOT NULL
);
CREATE TABLE fields (name TEXT PRIMARY KEY, type TEXT NOT NULL, multi INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE roots (path BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE failures (
    path BLOB PRIMARY KEY, location TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID;
"""

_LEFT_OUT = f"""
CREATE TABLE left_out (place INTEGER PRIMARY KEY, pattern TEXT NOT NULL UNIQUE);
INSERT INTO left_out VALUES {", ".join(f"({place}, '{name}')" for place, name in enumerate(DEFAULTS))};
"""

# The files of documents that were removed, as they were when they were read: a document that comes back over
# the network gets its file back only where this collection has read that file itself.
_REMOVED = """
CREATE TABLE removed (
    path BLOB PRIMARY KEY, bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, content TEXT NOT NULL
) WITHOUT ROWID;
"""

# CRC-32 of the descriptor: SQLite itself does not notice a flipped byte. NULL in rows of earlier versions.
_SUMS = "ALTER TABLE descriptors ADD COLUMN crc INTEGER"

# MIGRATIONS[n] brings a file of version n+1 to version n+2; run in one transaction each.
MIGRATIONS: Sequence[str] = (_LEFT_OUT, _REMOVED, _SUMS)


def prepare(connection: sqlite3.Connection, name: str) -> None:
    """Create the tables in a new file, migrate an older one. Raises CollectionError for any other file."""
    if _version(connection, name) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")  # several processes may open a new file at once
    try:
        version = _version(connection, name)
        if version == 0:
            _create(connection)
        for step in MIGRATIONS[max(version, 1) - 1 :]:
            _script(connection, step)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, name: str) -> int:
    # One statement and so one moment: another process may just be creating the tables.
    version, application, tables = connection.execute(
        "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)"
        " FROM pragma_user_version, pragma_application_id"
    ).fetchone()
    if tables and application != APPLICATION:
        raise CollectionError(f"The file of the collection {name} was not made by dupedash.", name)
    if version > VERSION:
        raise CollectionError(
            f"The collection {name} was made by a newer dupedash (its version is {version}, this program "
            f"knows {VERSION}): update dupedash.",
            name,
        )
    return int(version)


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    _script(connection, _DOCUMENTS)
    _script(connection, FILTER_TABLES)
    connection.execute("INSERT INTO meta VALUES ('uuid', ?), ('sequence', 0)", (uuid.uuid4().hex,))


def _script(connection: sqlite3.Connection, text: str) -> None:
    """As `executescript`, which would commit our transaction first. No statement of ours has a ';' inside."""
    for statement in text.split(";"):
        if statement.strip():
            connection.execute(statement)
