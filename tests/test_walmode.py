"""Turning the write-ahead log on waits for others, and says at the end that they were in the way."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest

from dupedash.storage import wal


@pytest.fixture
def held(tmp_path):
    """A file that somebody is writing, and that writer."""
    file = tmp_path / "file.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("CREATE TABLE t (x)")
        writer.execute("BEGIN EXCLUSIVE")
        yield file, writer


def mode(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_it_waits_until_a_writer_is_done(held):
    file, writer = held
    threading.Timer(0.2, writer.execute, ["COMMIT"]).start()
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        wal.switch_on(connection, 30)
        assert mode(connection) == "wal"


def test_it_gives_up_after_a_while(held):
    file, _ = held
    locked = pytest.raises(sqlite3.OperationalError, match="locked")
    with closing(sqlite3.connect(file, timeout=0)) as connection, locked:
        wal.switch_on(connection, 0.05)


def test_anything_else_is_said_at_once(tmp_path):
    file = tmp_path / "file.sqlite"
    file.write_bytes(b"no database, and longer than the head of one" * 10)
    foreign = pytest.raises(sqlite3.DatabaseError, match="not a database")
    with closing(sqlite3.connect(file)) as connection, foreign:
        wal.switch_on(connection, 30)
