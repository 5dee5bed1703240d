"""Files that are written whole or not at all, whatever ends the program or the power in between."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENDING = ".tmp"
"""Of files that are being written. What is left of one after a crash is nobody's, and may be deleted."""
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change the ends of lines


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """An empty file beside `path`, which only its owner can read, to be written in the block.

    After the block it is made durable and takes the place of `path` in one step; after an exception it is
    gone, and `path` is as it was. The folder must be there. Raises OSError.
    """
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=".dupedash-", suffix=ENDING)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write(path: Path, data: bytes | str) -> None:
    """Replace the file by these bytes, or by this text in UTF-8. Raises OSError."""
    with replacing(path) as temporary:
        temporary.write_bytes(data.encode() if isinstance(data, str) else data)


def create(path: Path, data: bytes | str, mode: int = 0o666) -> None:
    """A new file with these bytes, or this text in UTF-8, never over another one: FileExistsError.

    mode  its permissions, less what the umask takes. Raises OSError.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """The bytes of a file are on the disk. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """The names in a folder are on the disk, where the system can (Windows cannot open folders)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
