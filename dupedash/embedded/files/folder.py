"""Which picture files are in some folders, and what there looks like one and cannot be."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dupedash.embedded.files.leaveout import NOTHING, LeaveOut
from dupedash.embedded.store.documents import FileStamp, stamp
from dupedash.errors import ConfigError
from dupedash.formats import LIVE_VIDEO
from dupedash.images import looks_like_image
from dupedash.images.files import printable, reason_of
from dupedash.images.lasting import is_live
from dupedash.model import IsCancelled
from dupedash.system.paths import is_inside
from dupedash.system.spelling import as_on_disk


@dataclass(slots=True)
class Found:
    """What a walk came across, as bytes of absolute paths.

    files      picture files and the videos of Live photos beside them, each path once; for a link to one
               that lies elsewhere the file itself
    links      link to a picture file → that file
    refused    path → why it cannot be read (folders too)
    unseen     folders that could not be listed: nothing is known of what they hold
    left_out   pattern → number of folders and files that it left out
    ignored    number of other files
    endings    how many of them have which ending, hidden files and links left out
    """

    files: list[FileStamp] = field(default_factory=list)
    links: dict[bytes, bytes] = field(default_factory=dict)
    refused: dict[bytes, str] = field(default_factory=dict)
    unseen: list[bytes] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    ignored: int = 0
    endings: Counter[str] = field(default_factory=Counter)

    def pass_over(self, path: bytes) -> None:
        """Leave out a file that has not the ending of a picture."""
        self.ignored += 1
        self.endings[os.path.splitext(printable(os.fsdecode(path)))[1].lower() or "no ending"] += 1


def absolute(path: Path) -> Path:
    """The path as it is kept: absolute, without `..`, links in it resolved, spelled as the disk has it.

    Raises ConfigError where there is nothing.
    """
    try:
        found = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(f"Cannot index {printable(path)}: {reason_of(error)}.") from error
    return Path(os.fsdecode(as_on_disk(os.fsencode(found))))


def walk(
    roots: Sequence[Path],
    recursive: bool,
    excluded: Sequence[Path],
    cancelled: IsCancelled,
    leave_out: LeaveOut = NOTHING,
) -> Found:
    """Everything in these folders, in the order of the names. `excluded` folders are not entered.

    Hidden files and folders are ignored. Links to folders are not followed, so no link can make a loop;
    a link to a file counts only if the file lies outside, or it would be its own duplicate.
    """
    inside = tuple(os.fsencode(root) for root in roots)
    tour = _Walk(inside, recursive, frozenset(map(os.fsencode, excluded)), cancelled, leave_out)
    for root in inside:
        if stat.S_ISDIR(os.lstat(root).st_mode):
            tour.folder(root)
        else:
            tour.file(root)
    return tour.found


def _shot(name: bytes) -> bytes:
    """The name of a picture without its ending, in small letters; of others nothing."""
    return os.path.splitext(name.lower())[0] if looks_like_image(os.fsdecode(name)) else b""


def within(path: bytes, folders: Sequence[bytes]) -> bool:
    """Whether the path is one of these or lies in one of them."""
    return any(is_inside(path, folder) for folder in folders)


@dataclass(slots=True)
class _Walk:
    """One walk. `inside`: its roots; `shut`: folders that are not entered; `_shots`: names of the pictures in
    the folder of now, without their endings."""

    inside: tuple[bytes, ...]
    recursive: bool
    shut: frozenset[bytes]
    cancelled: IsCancelled
    leave_out: LeaveOut
    found: Found = field(default_factory=Found)
    _taken: set[bytes] = field(default_factory=set)
    _shots: set[bytes] = field(default_factory=set)

    def folder(self, root: bytes) -> None:
        """All that is in it."""
        pending = [root]
        while pending and not self.cancelled():
            folder = pending.pop()
            entries = list(self._listed(folder))
            self._shots = {shot for entry in entries if (shot := _shot(entry.name))}
            folders = [entry.path for entry in entries if self._is_folder(entry)]
            if self.recursive:
                pending += [path for path in reversed(folders) if path not in self.shut]

    def _is_folder(self, entry: os.DirEntry[bytes]) -> bool:
        """Whether to go on there; a file is sorted in."""
        if entry.name.startswith(b"."):
            self.found.ignored += 1
        elif pattern := self.leave_out.reason(entry.path):
            self.found.left_out[pattern] += 1
        elif entry.is_dir(follow_symlinks=False):
            return True
        else:
            self.file(entry.path)
        return False

    def _listed(self, folder: bytes) -> Iterator[os.DirEntry[bytes]]:
        try:
            with os.scandir(folder) as entries:
                yield from sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.found.refused[folder] = f"folder: {reason_of(error)}"
            self.found.unseen.append(folder)

    def file(self, path: bytes) -> None:
        """Sort one name in: a picture, something refused, or something else."""
        found = self.found
        try:
            own = os.lstat(path)
            link = stat.S_ISLNK(own.st_mode)
            status = os.stat(path) if link else own
        except OSError as error:
            broken = f"broken link: {reason_of(error)}" if os.path.islink(path) else reason_of(error)
            self._refuse(path, broken)
            return
        if stat.S_ISDIR(status.st_mode):
            found.refused[path] = "link to a folder: not followed"
        elif not looks_like_image(os.fsdecode(path)) and not self._moves(path, own):
            found.pass_over(path)
        elif not stat.S_ISREG(status.st_mode):
            found.refused[path] = "not a regular file"
        elif link:
            self._link(path, os.path.realpath(path), status)
        else:
            self._take(path, status)

    def _moves(self, path: bytes, own: os.stat_result) -> bool:
        """Whether it is the video of a Live photo beside its picture."""
        name = os.path.basename(path).lower()
        stem, ending = os.path.splitext(name)
        if os.fsdecode(ending) not in LIVE_VIDEO or not {stem, name} & self._shots:
            return False
        try:
            return stat.S_ISREG(own.st_mode) and is_live(Path(os.fsdecode(path)))
        except OSError:  # it cannot be read: then it is passed over as other films are
            return False

    def _link(self, path: bytes, target: bytes, status: os.stat_result) -> None:
        self.found.links[path] = target
        if within(target, self.inside):
            self.found.ignored += 1
        else:
            self._take(target, status)

    def _take(self, path: bytes, status: os.stat_result) -> None:
        if path not in self._taken:
            self._taken.add(path)
            self.found.files.append(stamp(path, status))

    def _refuse(self, path: bytes, reason: str) -> None:
        if looks_like_image(os.fsdecode(path)):
            self.found.refused[path] = reason
        else:
            self.found.pass_over(path)
