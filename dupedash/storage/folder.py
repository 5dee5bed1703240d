"""The data folder belongs to its owner alone: it holds pictures, paths, decisions and removed files."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from dupedash.config import Workspace
from dupedash.errors import ConfigError

_FOLDER, _FILE = 0o700, 0o600  # permissions for the owner alone
_OTHERS = 0o077  # the bits of permission of everybody else


def make(workspace: Workspace) -> None:
    """The folder is there and nobody else reads it. Raises ConfigError where it cannot be made or written."""
    root = workspace.root
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        root.mkdir(mode=_FOLDER, exist_ok=True)
    except OSError as error:
        raise ConfigError(_refused(root, error.strerror or str(error))) from error
    if not os.access(root, os.W_OK | os.X_OK):
        raise ConfigError(_refused(root, "it is read-only"))
    tighten(workspace)


def tighten(workspace: Workspace) -> None:
    """Close an existing data folder, also one of an earlier version, which was open to all.

    A folder that holds other things, too, stays as it is; then what is ours in it is closed.
    """
    root = workspace.root
    if os.name != "posix" or not root.is_dir():
        return
    own = {place.name for place in workspace.places()}
    try:
        entries = list(root.iterdir())
    except OSError:  # whoever needs something in it says so
        return
    if not _sticky(root) and all(_ours(entry.name, own) for entry in entries):
        _close(root)
        return
    for place in workspace.places():
        if not place.suffix:
            with suppress(OSError):
                place.mkdir(mode=_FOLDER, exist_ok=True)
    for entry in root.iterdir():
        if _ours(entry.name, own):
            _close(entry)


def _refused(root: Path, why: str) -> str:
    from dupedash.images.files import printable  # brings all that reads pictures

    return (
        f"The data folder {printable(root)} cannot be written: {why}. Make it writable, or name another one "
        "with --data or DUPEDASH_DATA."
    )


def _ours(name: str, own: set[str]) -> bool:
    """Whether dupedash wrote it: one of its places, or a lock, log or temporary file beside one."""
    return name in own or name.startswith((".", *(f"{one}{end}" for one in own for end in "-.")))


def _sticky(root: Path) -> bool:
    """A folder such as /tmp, in which everybody writes."""
    return bool(root.stat().st_mode & stat.S_ISVTX)


def _close(path: Path) -> None:
    with suppress(OSError):  # somebody else's: its owner decides
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode) or not status.st_mode & _OTHERS:
            return
        path.chmod(_FOLDER if stat.S_ISDIR(status.st_mode) else _FILE)
