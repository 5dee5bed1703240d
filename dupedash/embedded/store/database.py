"""One collection's SQLite file: connections for any thread, reading beside writing, numbered commits."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dupedash.embedded.store import schema
from dupedash.errors import CollectionError, DamagedCollection
from dupedash.storage import wal

_STEPS = 100_000  # of SQLite's machine, a millisecond or so, between two looks at the clock
# SQLite says so of a file that is torn, and of one that is something else.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_WRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
_WAIT = 60.0  # seconds that a writer waits for another process's transaction


@dataclass(slots=True)
class Transaction:
    """A write in progress. `number` becomes the collection's state if a document is `touched`.

    `removed`: some document is not in the collection any more.
    """

    connection: sqlite3.Connection
    number: int
    touched: bool = False
    removed: bool = False

    @contextlib.contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that is taken back alone on an exception."""
        self.connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK TO attempt")
            raise
        finally:
            self.connection.execute("RELEASE attempt")


class Database:
    """Readers see the last commit and never wait (WAL); writers take turns, across processes too."""

    def __init__(self, file: Path, name: str) -> None:
        self.file = file
        self.name = name
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        with self.reading() as connection:
            schema.prepare(connection, name)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own. Raises CollectionError where the file cannot be read."""
        connection = self._take()
        try:
            yield connection
        except sqlite3.Error as error:
            raise self._trouble(error) from error
        finally:
            self._give_back(connection)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """As `reading`, and several statements see one and the same commit."""
        with self.reading() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction; committed at the end, taken back on any exception."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                transaction = Transaction(connection, sequence(connection) + 1)
                yield transaction
                if transaction.touched:
                    _note(connection, "sequence", transaction.number)
                if transaction.removed:
                    _note(connection, "removal", transaction.number)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def checkpoint(self) -> None:
        """Move what is in the log into the file itself, as far as readers allow, and sync it to the disk."""
        with self.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close what is idle now and the rest when it is given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _trouble(self, error: sqlite3.Error) -> CollectionError:
        """What SQLite says, and what to do where the file itself is damaged."""
        message = f"The collection {self.name} ({self.file}): {error}."
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if kind in _DAMAGED:
            return DamagedCollection(f"{message} {self.mending}", self.name)
        if kind in _NOT_WRITABLE:
            message += (
                f" Files must be read and written in {self.file.parent}, to look at it, too: change the "
                "permissions, or copy the whole data folder to a disk where that is allowed and name it with "
                "--data or DUPEDASH_DATA."
            )
        return CollectionError(message, self.name)

    @property
    def mending(self) -> str:
        """What to do where it is damaged."""
        return (
            f"It is damaged; no picture is concerned. `--collection {self.name} clear` puts it aside and "
            "begins anew: then index the folders again, or put a copy of the file back."
        )

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise CollectionError(f"The collection {self.name} is closed.", self.name)
            if self._idle:
                return self._idle.pop()
        return self._open()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.file, timeout=_WAIT, isolation_level=None, check_same_thread=False
            )
            wal.switch_on(connection, _WAIT)
            # Safe against a killed program; a power cut may cost the last commits, never the file.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            raise self._trouble(error) from error
        return connection


@contextlib.contextmanager
def ended_after(connection: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Interrupt a statement of this thread after so many seconds of processor time (SQLITE_INTERRUPT)."""
    end = time.thread_time() + seconds
    connection.set_progress_handler(lambda: time.thread_time() > end, _STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def sequence(connection: sqlite3.Connection) -> int:
    """The number of the last commit that changed something."""
    return int(connection.execute("SELECT value FROM meta WHERE key = 'sequence'").fetchone()[0])


def last_removal(connection: sqlite3.Connection) -> int:
    """The number of the last commit that removed something, 0 for none."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'removal'").fetchone()
    return 0 if row is None else int(row[0])


def _note(connection: sqlite3.Connection, key: str, number: int) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, number))


def chunks(count: int, size: int = 500) -> Iterator[slice]:
    """Slices of at most `size`: SQLite takes a limited number of parameters."""
    for start in range(0, count, size):
        yield slice(start, start + size)
