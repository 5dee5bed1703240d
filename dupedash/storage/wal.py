"""Readers beside a writer in a SQLite file (https://sqlite.org/wal.html), also where many begin at once."""

from __future__ import annotations

import sqlite3
import time

_PAUSE = 0.01  # seconds between two attempts


def switch_on(connection: sqlite3.Connection, patience: float) -> None:
    """Turn the write-ahead log on; the file remembers it.

    SQLite does not wait for others here, whatever the connection's timeout is: it needs the file for itself
    and says at once that it is locked. So it is asked again for up to `patience` seconds. Raises
    sqlite3.Error.
    """
    end = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(_PAUSE)
