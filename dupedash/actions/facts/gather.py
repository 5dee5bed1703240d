"""What is known of an image, by its file and by what lies beside it; and where more would be written."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from dupedash.actions.files.companions import Found, as_listed, found_beside, owners
from dupedash.actions.plan import Companion
from dupedash.errors import Busy, UnreadableImage
from dupedash.formats import RAW
from dupedash.images import apart, path_of
from dupedash.images.metadata import inside
from dupedash.images.metadata.facts import Facts, gathered
from dupedash.model import ImageRecord

T = TypeVar("T")
_REMEMBERED = 200_000
"""Files: a preview that is drawn again, and its plan, read none of them again. Each takes some 500 bytes."""
_PATIENCE, _PAUSE = 200, 0.05  # looks for a free process, and seconds between them


def facts_of(record: ImageRecord) -> Facts:
    """Sidecars first, then the file, then the records of exporters. Raises UnreadableImage, Busy."""
    picture, beside = _of_picture(_picture_of(record)), _beside(record)
    packets = [_of_sidecar(companion) for companion in beside if _is_packet(companion.location)]
    records = [_of_sidecar(companion) for companion in beside if not _is_packet(companion.location)]
    return gathered([*packets, picture, *records])


def read_ahead(records: Iterable[ImageRecord]) -> None:
    """Read what `facts_of` will ask for, several files at once; what cannot be read is told there."""
    reads: list[Callable[[], Facts]] = []
    for record in records:
        if path_of(record.location).is_absolute():
            reads.append(partial(_of_picture, _picture_of(record)))
            reads += [partial(_of_sidecar, companion) for companion in _beside(record)]
    with ThreadPoolExecutor(apart.at_once()) as threads:
        for done in [threads.submit(read) for read in reads]:
            with suppress(UnreadableImage, Busy):
                done.result()


def sidecar_of(location: str) -> tuple[str, Companion | None]:
    """Where more about this image is written: into its own XMP sidecar, else a new one under its name."""
    listed = as_listed(location)
    found = [f for f in found_beside(location) if _is_packet(f.companion.location) and _is_own(f, listed)]
    if found:
        # IMG.jpg.xmp before IMG.xmp: the longer name can mean no other picture.
        best = max((f.companion for f in found), key=lambda c: len(c.location))
        return best.location, best
    stem, ending = os.path.splitext(listed)
    short = f"{stem}.xmp"  # as Adobe's programs name those of raw files, and look for them
    alone = ending.lower() in RAW and not owners(short) - {listed} and not os.path.lexists(path_of(short))
    return (short if alone else f"{listed}.xmp"), None


def place_for(record: ImageRecord, *, into_file: bool) -> tuple[str, Companion | None]:
    """Where more about this image is written: beside it, or into its file if wished. Raises Busy.

    Not into a file of several names, which would part, nor where a sidecar is, which is believed first.
    """
    place, before = sidecar_of(record.location)
    if not into_file or before is not None or record.format not in inside.FORMATS:
        return place, before
    path = path_of(record.location)
    state = path.lstat()
    if not stat.S_ISREG(state.st_mode) or state.st_nlink > 1 or not os.access(path, os.W_OK):
        return place, before
    if not _takes(_picture_of(record)):
        return place, before
    return record.location, Companion(record.location, state.st_size, state.st_mtime_ns)


def _picture_of(record: ImageRecord) -> _Picture:
    return _Picture(record.content or record.location, path_of(record.location))


def _beside(record: ImageRecord) -> list[Companion]:
    return [found.companion for found in found_beside(record.location) if found.travels]


def _is_own(found: Found, location: str) -> bool:
    return found.travels and found.owners == {location}


def _is_packet(location: str) -> bool:
    return location.lower().endswith(".xmp")


@dataclass(frozen=True, slots=True)
class _Picture:
    """A file by its content: copies tell the same, and a changed file is read again."""

    content: str
    path: Path = field(compare=False)


@lru_cache(maxsize=_REMEMBERED)
def _of_picture(picture: _Picture) -> Facts:
    return _patiently(partial(apart.facts, picture.path))


@lru_cache(maxsize=_REMEMBERED)
def _takes(picture: _Picture) -> bool:
    return _patiently(partial(apart.takes_packet, picture.path))


@lru_cache(maxsize=_REMEMBERED)
def _of_sidecar(companion: Companion) -> Facts:
    if not companion.location.lower().endswith((".xmp", ".json")):
        return {}
    return _patiently(partial(apart.sidecar, path_of(companion.location)))


def _patiently(read: Callable[[], T]) -> T:
    """Other readers of pictures may have all processes for a while."""
    for _ in range(_PATIENCE):
        try:
            return read()
        except Busy:
            time.sleep(_PAUSE)
    return read()
