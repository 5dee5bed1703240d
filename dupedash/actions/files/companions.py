"""What belongs to a picture and lies beside it under its name: sidecars, Live partners, RAW partners.

`IMG_1.jpg` has `IMG_1.jpg.xmp` and `IMG_1.xmp`, `IMG_1.mov`, `IMG_1.CR2`, and what exporters write as
`IMG_1.jpg.json`, `IMG_1.jpg.supplemental-metadata.json` or, of `IMG_1(2).jpg`, `IMG_1.jpg(2).json`. Letters
of another case are one: cameras write `.MOV`. A sidecar may have several owners: `IMG_1.xmp` belongs to
`IMG_1.jpg` and to `IMG_1.CR2`.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dupedash.actions.plan import Companion
from dupedash.formats import RAW
from dupedash.images import looks_like_image, path_of
from dupedash.images.files import printable
from dupedash.images.lasting import is_live

_SETTINGS = frozenset({".xmp", ".aae", ".json", ".thm", ".pp3", ".dop", ".cos", ".on1", ".nksc", ".lrv"})
"""Of editors and cameras: Adobe and darktable, Apple, Google, thumbnails, RawTherapee, DxO, Capture One, ON1,
Nikon, GoPro."""
_MOVING = frozenset({".mov", ".mp4", ".mp", ".wav"})
"""The moving half of a Live or motion photo, and a spoken note."""
_DEVELOPED = frozenset({".jpg", ".jpeg", ".heic", ".heif", ".hif"})
"""What a camera writes beside its RAW file."""
_NUMBERED = re.compile(r"(.+)(\.[^.]+)(\(\d+\))")
_DETAILS = re.compile(r"\.su[a-z-]*$")  # Google cuts ".supplemental-metadata" where the name gets long
_LONGEST = 46  # letters that Google leaves of a name, before ".json"
_TAKEOUT = b'"photoTakenTime"'  # is in every record of a photo that Google Takeout writes
_RECORD = 1 << 16  # bytes of such a record that are looked at: they have about 1,000
LISTED_AGAIN = 10
"""Seconds for which it is taken that a folder holds what it held, though its time says that it changed: each
step of an apply changes it. A plan and an apply begin with `look_again`."""
_TICK = 2_000_000_000  # nanoseconds: the coarsest clock of a file system, that of FAT
_FOLDERS = 4096  # whose listings are remembered


@dataclass(frozen=True, slots=True)
class Found:
    """A companion beside a picture.

    owners   the pictures and videos beside it to which it belongs, as stored text
    travels  whether it goes where they all go; the others stay where they are in any case
    """

    companion: Companion
    owners: frozenset[str]
    travels: bool


def companions(location: str) -> tuple[str, ...]:
    """The files that belong to the picture at this location (an absolute path), sorted, as stored text."""
    if not os.path.isabs(location):
        return ()
    folder, name = _split(location)
    known = _listing(folder).companions
    found = {other for key in _keys(name) for other in known.get(key, ()) if _ending(other) in _tied(name)}
    return tuple(os.path.join(folder, other) for other in sorted(found - {name}))


def found_beside(location: str) -> tuple[Found, ...]:
    """The same with what is known of each; those that are gone by now are left out."""
    found = (_found(path_of(place), place) for place in companions(location))
    return tuple(one for one in found if one is not None)


def owners(companion: str) -> frozenset[str]:
    """The pictures and videos to which this sidecar or video belongs, as its folder was listed last."""
    folder, name = _split(companion)
    known = _listing(folder).owners
    found = {o for base in _bases(name) for o in known.get(base, ()) if _ending(name) in _tied(o)}
    return frozenset(os.path.join(folder, owner) for owner in found - {name})


def belongs(companion: str, location: str) -> bool:
    """Whether, by their names and folders alone, the first is a sidecar or video of the second."""
    (folder, name), (other_folder, owner) = _split(companion), _split(location)
    tied = _ending(name) in (_SETTINGS | _MOVING)
    return tied and folder == other_folder and not _bases(name).isdisjoint(_keys(owner))


def is_partner(location: str) -> bool:
    """Whether it may be the raw file or the developed picture of a shot, by its name."""
    return _ending(location) in RAW | _DEVELOPED


def moves(companion: str) -> bool:
    """Whether it is a video or a spoken note, by its name."""
    return _ending(companion) in _MOVING


def as_listed(location: str) -> str:
    """The location as its folder's listing writes it: version 0.1 wrote bytes that are no text otherwise."""
    return printable(path_of(location)) if "%" in location else location


def _found(path: Path, location: str) -> Found | None:
    try:
        state = path.lstat()
        travels = stat.S_ISREG(state.st_mode) and _may_travel(path)
    except OSError:
        return None
    return Found(Companion(location, state.st_size, state.st_mtime_ns), owners(location), travels)


def _may_travel(path: Path) -> bool:
    """`data.json` beside `data.jpg` may be anything: by the stem alone only Google's own records are taken.
    And a film stays, though its poster goes."""
    ending = _ending(path.name)
    if ending in _MOVING:
        return is_live(path)
    if ending != ".json" or _names_a_picture(path.stem):
        return ending in _SETTINGS
    with path.open("rb") as file:
        return _TAKEOUT in file.read(_RECORD)


def _names_a_picture(stem: str) -> bool:
    return any(_ending(base) in _MOVING or looks_like_image(base) for base in _bases(f"{stem}.json"))


def look_again() -> None:
    """Something may have been written just now: folders are listed anew."""
    _listings.clear()


def _split(location: str) -> tuple[str, str]:
    return os.path.split(printable(path_of(location)))


class _Listing:
    """What a folder held."""

    def __init__(self, folder: str) -> None:
        self.at, self.changed = time.monotonic(), _changed(folder)
        # A folder may change twice within one tick of its clock: then its time does not tell.
        self.settled = time.time_ns() - self.changed > _TICK
        self.names = _listed(folder)

    @cached_property
    def companions(self) -> Mapping[str, tuple[str, ...]]:
        """What a picture's `_keys` are looked up by → the files that may belong to it."""
        kinds = _SETTINGS | _MOVING | RAW | _DEVELOPED
        return _by(_bases, (name for name in self.names if _ending(name) in kinds))

    @cached_property
    def owners(self) -> Mapping[str, tuple[str, ...]]:
        """What a companion's `_bases` are looked up by → the pictures and videos that may own it."""
        return _by(_keys, (name for name in self.names if looks_like_image(name) or _ending(name) in _MOVING))

    def holds(self, folder: str) -> bool:
        """Whether it is taken that nothing changed since."""
        fresh = time.monotonic() - self.at < LISTED_AGAIN
        return fresh or (self.settled and self.changed == _changed(folder))


_listings: dict[str, _Listing] = {}


def _listing(folder: str) -> _Listing:
    known = _listings.get(folder)
    if known is None or not known.holds(folder):
        while len(_listings) >= _FOLDERS:
            _listings.pop(next(iter(_listings)), None)
        known = _listings[folder] = _Listing(folder)
    return known


def _changed(folder: str) -> int:
    """When, in nanoseconds; 0 where it is not there."""
    try:
        return path_of(folder).stat().st_mtime_ns
    except OSError:
        return 0


def _listed(folder: str) -> list[str]:
    try:
        return [printable(name) for name in os.listdir(path_of(folder))]
    except OSError:  # then the plan has no file to move there either
        return []


def _by(of: Callable[[str], set[str]], names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        for base in of(name):
            found[base] = (*found.get(base, ()), name)
    return found


def _tied(owner: str) -> frozenset[str]:
    """The endings that a file of this name may own."""
    ending = _ending(owner)
    if ending in _MOVING:
        return _SETTINGS
    return _SETTINGS | _MOVING | (_DEVELOPED if ending in RAW else RAW)


def _keys(owner: str) -> set[str]:
    """What the names of its companions begin with, in small letters."""
    name = owner.lower()
    cut = {f"{name}.supplemental-metadata"[:_LONGEST]} if len(name) + len(".su") > _LONGEST else set()
    return {name, os.path.splitext(name)[0]} | cut


def _bases(companion: str) -> set[str]:
    """What the names of its owners may be or begin with, in small letters."""
    name = companion.lower()
    stem, ending = os.path.splitext(name)
    plain = _DETAILS.sub("", stem)
    found = {stem, plain}
    if numbered := _NUMBERED.fullmatch(plain):
        found.add(f"{numbered[1]}{numbered[3]}{numbered[2]}")
    if ending == ".mp":  # PXL_1.MP of PXL_1.MP.jpg
        found.add(name)
    if _ending(stem) in _MOVING:  # IMG_1.MOV.xmp of the moving half goes with the picture, too
        found.add(os.path.splitext(stem)[0])
    return found


def _ending(name: str) -> str:
    return os.path.splitext(name.lower())[1]
