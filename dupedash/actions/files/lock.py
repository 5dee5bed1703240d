"""One apply or undo at a time, whatever happens to the process that holds the lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dupedash.config import Workspace
from dupedash.errors import ActionError, Conflict


@contextmanager
def exclusive(workspace: Workspace) -> Iterator[None]:
    """Raises Conflict where another apply or undo runs, ActionError where the lock is damaged.

    SQLite's file lock is let go when a process dies.
    """
    workspace.journals.mkdir(parents=True, exist_ok=True)
    path = workspace.journals / "lock.sqlite"
    try:
        db = sqlite3.connect(path, timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    with closing(db):
        try:
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise _unusable(path, error) from error
            raise Conflict("Another apply or undo is running: wait until it is done.") from error
        yield


def _unusable(path: Path, error: sqlite3.Error) -> ActionError:
    return ActionError(
        f"Nothing was done: the lock of apply and undo cannot be used ({error}). Delete {path}."
    )
