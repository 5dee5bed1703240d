"""One apply or undo at a time, whatever happens to the process that holds the lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from dupedash.config import Workspace
from dupedash.errors import Conflict


@contextmanager
def exclusive(workspace: Workspace) -> Iterator[None]:
    """Raises Conflict where another apply or undo runs. SQLite's file lock is let go when a process dies."""
    workspace.journals.mkdir(parents=True, exist_ok=True)
    path = workspace.journals / "lock.sqlite"
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        try:
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Conflict("Another apply or undo is running: wait until it is done.") from error
        yield
