"""Paths as each system writes them: their parts, and what lies in what.

Windows has two separators, "\\\\" and "/", and drives. `system` is `os.path`; tests give `ntpath`.
"""

from __future__ import annotations

import os
from types import ModuleType


def slashed(path: str, system: ModuleType = os.path) -> str:
    """With "/" between the parts, as patterns of paths are written: a "\\\\" is a letter on other systems."""
    return path.replace("\\", "/") if system.sep == "\\" else path


def is_whole(slashed_path: str, system: ModuleType = os.path) -> bool:
    """Whether such a path or pattern begins at the top: with "/" or, on Windows, with a drive."""
    return slashed_path.startswith("/") or bool(system.splitdrive(slashed_path)[0])


def parts(path: bytes, system: ModuleType = os.path) -> list[bytes]:
    """What stands between the separators, the root or drive first."""
    return slashed_bytes(path, system).split(b"/")


def is_inside(path: bytes, folder: bytes, system: ModuleType = os.path) -> bool:
    """Whether the path is that folder or lies in it, as they are written."""
    around = slashed_bytes(folder, system).rstrip(b"/")
    return path == folder or slashed_bytes(path, system).startswith(around + b"/")


def slashed_bytes(path: bytes, system: ModuleType = os.path) -> bytes:
    """As `slashed`. Every encoding of file names that Python knows keeps these two bytes for them."""
    return path.replace(b"\\", b"/") if system.sep == "\\" else path
