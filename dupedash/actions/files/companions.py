"""What belongs to a picture and lies beside it under its name: sidecars, Live partners, RAW partners.

`IMG_1.jpg` has `IMG_1.jpg.xmp` and `IMG_1.xmp`, `IMG_1.mov`, `IMG_1.CR2`, and what exporters write as
`IMG_1.jpg.json`, `IMG_1.jpg.supplemental-metadata.json` or, of `IMG_1(2).jpg`, `IMG_1.jpg(2).json`. Letters
of another case are one: cameras write `.MOV`.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from functools import lru_cache

from dupedash.formats import RAW
from dupedash.images import path_of
from dupedash.images.files import printable

_SETTINGS = frozenset({".xmp", ".aae", ".json", ".thm", ".pp3", ".dop", ".cos", ".on1", ".nksc", ".lrv"})
"""Of editors and cameras: Adobe and darktable, Apple, Google, thumbnails, RawTherapee, DxO, Capture One, ON1,
Nikon, GoPro."""
_MOVING = frozenset({".mov", ".mp4", ".mp", ".wav"})
"""The moving half of a Live or motion photo, and a spoken note."""
_DEVELOPED = frozenset({".jpg", ".jpeg", ".heic", ".heif", ".hif"})
"""What a camera writes beside its RAW file."""
_NUMBERED = re.compile(r"(.+)(\.[^.]+)(\(\d+\))")
_DETAILS = re.compile(r"\.su[a-z-]*$")  # Google cuts ".supplemental-metadata" where the name gets long
LISTED_AGAIN = 10
"""Seconds for which it is taken that a folder holds what it held: as long as a plan is previewed."""


def companions(location: str) -> tuple[str, ...]:
    """The files that belong to the picture at this location (an absolute path), sorted, as stored text."""
    if not os.path.isabs(location):
        return ()
    folder, name = os.path.split(printable(path_of(location)))
    known = _companions_in(folder, int(time.monotonic() // LISTED_AGAIN))
    stem, ending = os.path.splitext(name.lower())
    partners = _DEVELOPED if ending in RAW else RAW
    found = {
        other
        for base in {name.lower(), stem}
        for other in known.get(base, ())
        if _ending(other) in (_SETTINGS | _MOVING | partners)
    }
    return tuple(os.path.join(folder, other) for other in sorted(found - {name}))


@lru_cache(maxsize=4096)
def _companions_in(folder: str, now: int) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG001  (to be asked again)
    """Name of a picture, or its stem, in small letters → the files that may belong to it."""
    try:
        names = [printable(name) for name in os.listdir(path_of(folder))]
    except OSError:  # then the plan has no file to move there either
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        if _ending(name) in _SETTINGS | _MOVING | RAW | _DEVELOPED:
            for base in _bases(os.path.splitext(name.lower())[0]):
                found[base] = (*found.get(base, ()), name)
    return found


def _bases(stem: str) -> set[str]:
    plain = _DETAILS.sub("", stem)
    numbered = _NUMBERED.fullmatch(plain)
    return {stem, plain} | ({f"{numbered[1]}{numbered[3]}{numbered[2]}"} if numbered else set())


def _ending(name: str) -> str:
    return os.path.splitext(name.lower())[1]
