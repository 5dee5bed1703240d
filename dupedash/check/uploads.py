"""Files that came through the browser: kept in the workspace, a folder per collection."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from dupedash.config import Settings, collection_name
from dupedash.errors import ConfigError
from dupedash.storage import atomic

_LONGEST_STEM = 80  # characters; with the hash and the ending below the 255 bytes of file systems
_UNSAFE = re.compile(r"[^\w .()+,=@&'-]+")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")


def keep(settings: Settings, collection: str, files: Iterable[tuple[str, bytes]]) -> Path:
    """Write (name, bytes) of each file into the collection's folder, which comes back.

    Names come from the browser and are only a hint; the hash of the content in them keeps two files of one
    name apart and the same file from being kept twice. Raises ConfigError, Forbidden.
    """
    settings.must_write()
    folder = settings.workspace.uploads / collection_name(collection)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files:
            path = folder / safe_name(name, data)
            if not path.exists():
                atomic.write(path, data)
    except OSError as error:
        raise ConfigError(f"The uploads cannot be kept in {folder}: {error.strerror}.") from error
    return folder


def safe_name(name: str, data: bytes) -> str:
    """`name` without folders, control characters and surprises, with the hash of the content."""
    last = PurePosixPath(name.replace("\\", "/")).name
    suffix = PurePosixPath(last).suffix
    kept = suffix.lower() if _SUFFIX.fullmatch(suffix) else ""
    stem = _UNSAFE.sub("_", last.removesuffix(suffix) if kept else last).strip(" ._")[:_LONGEST_STEM]
    return f"{stem or 'image'}-{hashlib.sha256(data).hexdigest()[:10]}{kept}"
