r"""Where an image lies: in a folder that is named by its path, or in one that fits a pattern.

A path means just itself, whatever characters are in it. `/photos/a` is that folder; `originals` or `2024/raw`
is any whole part of a location, ignoring case, which counts in `/photos/a` where the disk tells `/photos/A`
apart. Slashes and backslashes are one; so are composed and decomposed letters, and the two ways of writing a
byte that is no UTF-8 (see `printable`). Blanks around a path and a `~` before it may belong to it or not:
both are meant. Links are followed: a folder has all its names.
"""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote

from dupedash.images.files import path_of, printable
from dupedash.system.spelling import is_one_entry

Parts = tuple[str, ...]
_NO_UTF8 = re.compile("[\udc80-\udcff]")
_DRIVE = re.compile(r"[A-Za-z]:/")
FOLLOWED_AGAIN = 10
"""Seconds for which it is taken that a folder's links lead where they led: as long as a plan is previewed."""


def place_in(location: str, paths: Sequence[str]) -> str | None:
    """The first of these paths that the location lies in, or is, or None."""
    return next((path for path in paths if lies_in(location, path)), None)


def lies_in(location: str, path: str) -> bool:
    """Whether the location is this path or lies in it."""
    wanted = _wanted(path)
    return any(_is_in(parts, spelled) for spelled in wanted for parts in _names(location, spelled))


def place_fitting(location: str, patterns: Sequence[str], *, classes: bool = False) -> str | None:
    """The first pattern that the location fits, or None.

    `*` stands for any characters, `?` for one, ignoring case; it may fit any whole part of the path. With
    `classes`, `[ab]` also stands for one of these characters, besides for itself.
    """
    return next((pattern for pattern in patterns if _fits(location, pattern, classes)), None)


def _fits(location: str, pattern: str, classes: bool) -> bool:
    path, wanted = (_plain(text).lower() for text in (location, pattern))
    wanted = wanted.strip("/")
    literal = wanted.replace("[", "[[]")
    return bool(wanted) and any(
        fnmatchcase(path, f"{before}{spelled}{after}")
        for spelled in ((literal, wanted) if classes and literal != wanted else (literal,))
        for before, after in (("", ""), ("*/", ""), ("*/", "/*"), ("/", "/*"))
    )


def _plain(text: str) -> str:
    told = printable(text) if _NO_UTF8.search(text) else text
    return unicodedata.normalize("NFC", told.replace("\\", "/"))


def _parts(text: str) -> Parts:
    """A path's parts; the first of an absolute one is its root, "/"."""
    plain = _plain(text)
    root = ("/",) if plain.startswith("/") or _DRIVE.match(plain) else ()
    return root + tuple(part for part in plain.split("/") if part not in ("", "."))


@lru_cache(maxsize=1000)
def _wanted(path: str) -> tuple[Parts, ...]:
    """What a path of a policy means: itself, and where its links lead."""
    ways = (way for bare in (path, path.strip()) for way in (bare, os.path.expanduser(bare), printable(bare)))
    return tuple(dict.fromkeys(parts for way in ways for parts in _meant(way)))


def _meant(path: str) -> tuple[Parts, ...]:
    tidy = os.path.normpath(path) if ".." in _plain(path).split("/") else path
    given = tuple(part for part in _parts(tidy) if part != "..")
    if not given or not path.strip():
        return ()
    if not os.path.isabs(tidy):
        return (given,)
    return given, _parts(printable(os.path.realpath(path_of(tidy))))


def _names(location: str, wanted: Parts) -> list[Parts]:
    """The location by each of its names. An absolute path names a place on this machine, or on a server."""
    if "://" in location:
        address = location.partition("://")[2]
        rooted = "/" + address.partition("/")[2] if wanted[0] == "/" else location
        return [_parts(rooted), _parts(unquote(rooted))]
    names = [_parts(location)]
    folder, name = os.path.split(location)
    if os.path.isabs(folder):
        real = _real(folder, _moment())
        if real != folder:
            names.append(_parts(os.path.join(real, name)))
    return names


def _moment() -> int:
    return int(time.monotonic() // FOLLOWED_AGAIN)


@lru_cache(maxsize=20_000)
def _real(folder: str, now: int) -> str:  # noqa: ARG001  (so that it is asked again)
    return printable(os.path.realpath(path_of(folder)))


def _is_in(location: Parts, wanted: Parts) -> bool:
    size, alike = len(wanted), _caseless(wanted)
    if wanted[0] == "/":
        part = location[:size]
        return part == wanted or (_caseless(part) == alike and _one_place(part, wanted, _moment()))
    spelled = _caseless(location)
    return any(spelled[start : start + size] == alike for start in range(len(spelled) - size + 1))


def _caseless(parts: Parts) -> Parts:
    return tuple(part.casefold() for part in parts)


@lru_cache(maxsize=1000)
def _one_place(part: Parts, wanted: Parts, now: int) -> bool:  # noqa: ARG001  (so that it is asked again)
    """Whether the disk takes two spellings for one: it does not tell capital letters apart."""
    one, other = (str(PurePosixPath(*spelled)) for spelled in (part, wanted))
    try:
        return os.path.samefile(one, other) or is_one_entry(one, other)
    except (OSError, ValueError):
        return os.name == "nt"
