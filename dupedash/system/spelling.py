"""Names as a disk keeps them: one that ignores case, or how a letter is composed, finds a file under many.

Such a disk may give every spelling an inode number of its own (exFAT through FUSE does), so whether two are
one file is asked of the folder's listing, which has each file once.
"""

from __future__ import annotations

import os
import unicodedata


def folded(path: bytes) -> str:
    """What all spellings of a path have in common (Unicode's canonical caseless matching)."""
    if path.isascii():
        return path.lower().decode("ascii")
    caseless = unicodedata.normalize("NFD", os.fsdecode(path)).casefold()
    return unicodedata.normalize("NFC", caseless)


def as_on_disk(path: bytes) -> bytes:
    """An absolute path with every name as its folder lists it; where no folder does, as it is given."""
    around, name = os.path.split(path)
    if not name:
        return path
    folder = as_on_disk(around)
    return os.path.join(folder, _listed(folder, name))


def _listed(folder: bytes, name: bytes) -> bytes:
    try:
        os.lstat(os.path.join(folder, name))
        names = os.listdir(folder)
    except OSError:
        return name
    if name in names:
        return name
    return next((listed for listed in sorted(names) if folded(listed) == folded(name)), name)


def is_one_entry(one: str, other: str) -> bool:
    """Whether both paths, links in them followed, lead to one entry of one folder."""
    first, second = (os.fsencode(os.path.realpath(path)) for path in (one, other))
    if first == second:
        return True
    return folded(first) == folded(second) and as_on_disk(first) == as_on_disk(second)
