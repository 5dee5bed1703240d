"""Which picture files are in some folders, and what there looks like one and cannot be."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dupedash.embedded.documents import FileStamp, stamp
from dupedash.errors import ConfigError
from dupedash.images import looks_like_image
from dupedash.images.files import printable, reason_of
from dupedash.model import IsCancelled


@dataclass(slots=True)
class Found:
    """What a walk came across, as bytes of absolute paths.

    files      picture files, and links to some that are not found otherwise
    refused    path → why it cannot be read (folders too)
    unseen     folders that could not be listed: nothing is known of what they hold
    ignored    number of other files
    """

    files: list[FileStamp] = field(default_factory=list)
    refused: dict[bytes, str] = field(default_factory=dict)
    unseen: list[bytes] = field(default_factory=list)
    ignored: int = 0


def absolute(path: Path) -> Path:
    """The path as it is kept: absolute, without `..`, links in it resolved, but not the last part itself.

    Raises ConfigError where there is nothing.
    """
    try:
        kept = path.expanduser()
        kept = kept.parent.resolve(strict=True) / kept.name if kept.name not in ("", "..") else kept.resolve()
        if kept.is_dir():
            kept = kept.resolve()
        os.lstat(kept)
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(f"Cannot index {printable(path)}: {reason_of(error)}.") from error
    return kept


def walk(roots: Sequence[Path], recursive: bool, excluded: Sequence[Path], cancelled: IsCancelled) -> Found:
    """Everything in these folders, in the order of the names. `excluded` folders are not entered.

    Hidden files and folders are ignored. Links to folders are not followed, so no link can make a loop;
    a link to a file counts only if the file lies outside, or it would be its own duplicate.
    """
    found = Found()
    inside = [os.fsencode(root) for root in roots]
    shut = {os.fsencode(path) for path in excluded}
    for root in inside:
        if stat.S_ISDIR(os.lstat(root).st_mode):
            _walk_folder(root, recursive, shut, inside, found, cancelled)
        else:
            _take(root, inside, found)
    return found


def within(path: bytes, folders: Sequence[bytes]) -> bool:
    """Whether the path is one of these or lies in one of them."""
    return any(path == folder or path.startswith(folder.rstrip(b"/") + b"/") for folder in folders)


def _walk_folder(
    root: bytes,
    recursive: bool,
    shut: set[bytes],
    inside: Sequence[bytes],
    found: Found,
    cancelled: IsCancelled,
) -> None:
    pending = [root]
    while pending and not cancelled():
        folder = pending.pop()
        folders = []
        for entry in _listed(folder, found):
            if entry.name.startswith(b"."):
                found.ignored += 1
            elif entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            else:
                _take(entry.path, inside, found)
        if recursive:
            pending += [path for path in reversed(folders) if path not in shut]


def _listed(folder: bytes, found: Found) -> Iterator[os.DirEntry[bytes]]:
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        found.refused[folder] = f"folder: {reason_of(error)}"
        found.unseen.append(folder)


def _take(path: bytes, inside: Sequence[bytes], found: Found) -> None:
    """Sort one name in: a picture, something refused, or something else."""
    try:
        own = os.lstat(path)
        link = stat.S_ISLNK(own.st_mode)
        status = os.stat(path) if link else own
    except OSError as error:
        _refuse(path, f"broken link: {reason_of(error)}" if os.path.islink(path) else reason_of(error), found)
        return
    if stat.S_ISDIR(status.st_mode):
        found.refused[path] = "link to a folder: not followed"
    elif not looks_like_image(os.fsdecode(path)):
        found.ignored += 1
    elif not stat.S_ISREG(status.st_mode):
        found.refused[path] = "not a regular file"
    elif link and within(os.path.realpath(path), inside):
        found.ignored += 1
    else:
        found.files.append(stamp(path, status))


def _refuse(path: bytes, reason: str, found: Found) -> None:
    if looks_like_image(os.fsdecode(path)):
        found.refused[path] = reason
    else:
        found.ignored += 1
