"""One apply or undo at a time, whatever happens to the process that holds the lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from dupedash.config import Workspace
from dupedash.errors import ActionError, Conflict
from dupedash.storage import locks


@contextmanager
def exclusive(workspace: Workspace) -> Iterator[None]:
    """Raises Conflict where another apply or undo runs, ActionError where the lock cannot be used."""
    workspace.journals.mkdir(parents=True, exist_ok=True)
    path = workspace.journals / "apply.lock"
    with ExitStack() as held:
        try:
            held.enter_context(locks.held(path, patience=0))
        except locks.Taken:
            raise Conflict("Another apply or undo is running: wait until it is done.") from None
        except OSError as error:
            raise ActionError(
                f"Nothing was done: the lock of apply and undo cannot be used ({error}). Delete {path}."
            ) from error
        yield
