"""Where the files of a person lie on this machine: the usual places, and what is inside a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import psutil

from dupedash.formats import ENDINGS, NOT_DECODED

_OF_THE_SYSTEM = ("/boot", "/efi", "/snap", "/var", "/run/user", "/etc", "/usr", "/System", "/private")
"""Mounted file systems that hold no one's pictures."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that people know by a name."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Inside:
    """The folders in a folder by name, without hidden ones, and how many files in it look like pictures."""

    folders: tuple[Path, ...]
    pictures: int


def places() -> list[Place]:
    """Home, the user's folders as this system calls them, and the disks, as far as they are there."""
    found: dict[Path, Place] = {}
    for place in (*_own(), *_disks()):
        if place.path not in found and place.path.is_dir():
            found[place.path] = place
    return list(found.values())


def _own() -> Iterator[Place]:
    yield Place("Home", Path.home())
    for path in (
        platformdirs.user_pictures_path(),
        platformdirs.user_desktop_path(),
        platformdirs.user_documents_path(),
        platformdirs.user_downloads_path(),
    ):
        yield Place(path.name, path)


def _disks() -> Iterator[Place]:
    for disk in psutil.disk_partitions(all=False):
        path = Path(disk.mountpoint)
        if not disk.mountpoint.startswith(_OF_THE_SYSTEM) and path.is_dir():
            yield Place("This computer" if disk.mountpoint == "/" else path.name or disk.mountpoint, path)


def look_inside(folder: Path) -> Inside:
    """What lies in it, not deeper. Raises OSError."""
    folders, pictures = [], 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir() and not entry.name.startswith("."):
                folders.append(folder / entry.name)
            elif os.path.splitext(entry.name)[1].lower() in ENDINGS | NOT_DECODED:
                pictures += 1
    return Inside(tuple(sorted(folders, key=lambda path: path.name.casefold())), pictures)
