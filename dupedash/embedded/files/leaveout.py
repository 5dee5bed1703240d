"""Which folders and files are never read: patterns of a collection, by name or by path.

A pattern without "/" is the name of a folder or file wherever it lies, in upper or lower case: `@eaDir`,
`*.lrdata`. One that begins with "/" or a drive is a whole path, any other with "/" the end of one:
`raw/rejected`. In each part `*`, `?` and `[…]` stand for other characters, but a part that is written exactly
so matches, too: the folder `Archive [2024]` is named as it is. With a folder goes all that is in it. What was
asked for by its own path is read, whatever it is called.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from functools import cached_property

from dupedash.errors import ConfigError
from dupedash.system.paths import is_inside, is_whole, slashed
from dupedash.system.spelling import as_on_disk

DEFAULTS = (
    # What Synology and QNAP keep beside pictures, and their recycle bins and snapshots.
    *("@eaDir", "#recycle", "#snapshot", "@Recycle", "@Recently-Snapshot", ".@__thumb"),
    # Recycle bins and folders of Windows, Linux and macOS.
    *("$RECYCLE.BIN", "RECYCLER", "System Volume Information", ".Trash*", "lost+found", "__MACOSX"),
    # Previews that programs make: the freedesktop.org standard, Lightroom, older photo managers.
    *(".thumbnails", "*.lrdata", "thumbs", "thumbnails"),
)
"""What a new collection leaves out."""

_LONGEST = 1000  # characters; Linux takes paths of four times as many bytes
_MOST = 1000  # patterns: each is asked of every file


def checked(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns, each once and in their order, `~` resolved. Raises ConfigError."""
    kept = dict.fromkeys(_checked(text) for text in patterns)
    if len(kept) > _MOST:
        raise ConfigError(f"{len(kept):,} patterns of what is left out are too many: {_MOST:,} at most.")
    return tuple(kept)


def changed(patterns: Iterable[str], exclude: Iterable[str], include: Iterable[str]) -> tuple[str, ...]:
    """The patterns without those of `include`, which must be among them, and with those of `exclude`.

    Raises ConfigError.
    """
    now, back = checked(patterns), checked(include)
    for pattern in back:
        if pattern not in now:
            listed = ", ".join(now) or "nothing"
            raise ConfigError(f"{pattern!r} is not in the list of what is left out: {listed}.")
    return checked([*(pattern for pattern in now if pattern not in back), *exclude])


def _checked(text: str) -> str:
    pattern = re.sub("/+", "/", slashed(os.path.expanduser(text.strip()))).rstrip("/")
    if not pattern or len(pattern) > _LONGEST or not pattern.isprintable():
        raise ConfigError(
            f"{text[:60]!r} cannot be left out: name a folder or file (@eaDir, *.lrdata) or give a path."
        )
    if pattern.startswith(("./", "../")):
        pattern = slashed(os.path.abspath(pattern))
    # Folders are walked under their real paths.
    return slashed(_real(pattern)) if is_whole(pattern) and os.path.lexists(pattern) else pattern


def _real(path: str) -> str:
    return os.fsdecode(as_on_disk(os.fsencode(os.path.realpath(path))))


@dataclass(frozen=True)
class LeaveOut:
    """Patterns that `checked` admits."""

    patterns: tuple[str, ...] = ()

    def reason(self, path: bytes) -> str | None:
        """The pattern that leaves out this very folder or file, or None."""
        text = slashed(os.fsdecode(path))
        name = text.rpartition("/")[2].casefold()
        named = name in self._plain or (self._wild and self._wild.fullmatch(name))
        if not named and not any(_is_at(pattern, text) for pattern in self._paths):
            return None
        return next((p for p in self.patterns if _is_named(p, name) or _is_at(p, text)), None)

    def reasons(self, roots: Sequence[bytes], paths: Iterable[bytes]) -> dict[bytes, str]:
        """Path → the pattern that leaves it out, for those that no walk of any of these roots comes to."""
        known: dict[tuple[bytes, bytes], str | None] = {(root, root): None for root in roots}

        def below(root: bytes, path: bytes) -> str | None:
            place = root, path
            if place not in known:
                known[place] = below(root, os.path.dirname(path)) or self.reason(path)
            return known[place]

        found = {}
        for path in paths:
            around = [root for root in roots if is_inside(path, root)]
            why = [below(root, path) for root in around]
            if why and all(why):
                found[path] = next(filter(None, why))
        return found

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(p.casefold() for p in self.patterns if "/" not in p)

    @cached_property
    def _wild(self) -> re.Pattern[str] | None:
        wild = [translate(p.casefold()) for p in self.patterns if "/" not in p and re.search(r"[*?[]", p)]
        return re.compile("|".join(wild)) if wild else None

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(p for p in self.patterns if "/" in p)


NOTHING = LeaveOut()


def _is_named(pattern: str, name: str) -> bool:
    if "/" in pattern:
        return False
    return name == pattern.casefold() or fnmatchcase(name, pattern.casefold())


def _is_at(pattern: str, path: str) -> bool:
    if "/" not in pattern:
        return False
    wanted, parts = pattern.split("/"), path.split("/")
    if is_whole(pattern):
        return len(wanted) == len(parts) and _alike(wanted, parts)
    return len(wanted) <= len(parts) and _alike(wanted, parts[-len(wanted) :])


def _alike(wanted: Sequence[str], parts: Sequence[str]) -> bool:
    return all(part == want or fnmatchcase(part, want) for want, part in zip(wanted, parts, strict=True))
