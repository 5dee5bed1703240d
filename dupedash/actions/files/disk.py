"""Move, link and restore files so that nothing is overwritten and a crash leaves the old or the new state."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from dupedash.errors import ActionError
from dupedash.storage import atomic
from dupedash.system.files import NO_LINKS, hard_link
from dupedash.system.spelling import is_one_entry


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file was like, besides its bytes; times in nanoseconds. `folder_ns`: when its folder changed."""

    mtime_ns: int
    atime_ns: int
    mode: int
    size: int
    folder_ns: int

    @staticmethod
    def of(path: Path) -> FileState:
        """The state of a regular file. Raises ActionError for anything else, OSError for nothing."""
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise ActionError(f"{path} is a link or a special file, not a picture file: it is left alone.")
        folder = path.parent.stat().st_mtime_ns
        return FileState(
            found.st_mtime_ns, found.st_atime_ns, stat.S_IMODE(found.st_mode), found.st_size, folder
        )

    def put_on(self, path: Path) -> None:
        """Give the file these times and permissions, where they are not its own already."""
        found = path.stat()
        if stat.S_IMODE(found.st_mode) != self.mode:
            path.chmod(self.mode)
        if (found.st_atime_ns, found.st_mtime_ns) != (self.atime_ns, self.mtime_ns):
            # Of somebody else's file in a shared folder only the time of access can be off, and stays so.
            with suppress(PermissionError) if found.st_mtime_ns == self.mtime_ns else nullcontext():
                os.utime(path, ns=(self.atime_ns, self.mtime_ns))

    def still_holds(self, path: Path) -> bool:
        """Whether nobody wrote to the file since."""
        found = path.lstat()
        return (found.st_mtime_ns, found.st_size) == (self.mtime_ns, self.size)


def sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def must_be_inside(path: Path, roots: Iterable[str]) -> None:
    """Raises ActionError where the file, all links resolved, lies outside every root."""
    real = Path(os.path.realpath(path))
    if not path.is_absolute() or not any(real.is_relative_to(os.path.realpath(root)) for root in roots):
        raise ActionError(f"{path} lies outside the folders of the collection: it is left alone.")


def same_place(one: Path, other: Path) -> bool:
    """Both names lead to one entry of one folder: removing one removes the other."""
    if is_one_entry(str(one), str(other)):
        return True
    # A folder that is mounted twice has each file twice; two hard links of one file are two entries.
    return one.exists() and other.exists() and one.samefile(other) and one.stat().st_nlink < 2


def move(source: Path, target: Path, content: str, state: FileState | None = None) -> None:
    """Move a file, also to another disk; its times and permissions go with it.

    Interrupted, the file is at one of both places, or whole at both. Raises ActionError where `target` is
    taken, the bytes did not arrive, or somebody wrote to the file since it had this `state`; OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        hard_link(source, target)
    except FileExistsError as error:
        raise ActionError(f"{target} is there already: it is not overwritten.") from error
    except OSError as error:
        if error.errno == errno.EXDEV:
            _copy(source, target, content)
        elif error.errno in NO_LINKS:
            _must_hold(state, source)
            _rename(source, target)
            return
        else:
            raise
    atomic.sync_folder(target.parent)
    try:
        _must_hold(state, source)
    except ActionError:
        target.unlink()
        raise
    _let_go(source, target)
    atomic.sync_folder(source.parent)


def _must_hold(state: FileState | None, path: Path) -> None:
    if state and not state.still_holds(path):
        raise ActionError(f"{path} was written to while it was looked at: it is left alone.")


def _let_go(source: Path, target: Path) -> None:
    """Remove the old name. Where that is refused (a read-only folder), the file is again only there."""
    try:
        source.unlink()
    except OSError:
        if os.path.lexists(source):
            target.unlink()
        raise


def _rename(source: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise ActionError(f"{target} is there already: it is not overwritten.")
    source.rename(target)
    atomic.sync_folder(target.parent)
    atomic.sync_folder(source.parent)


def keep_second(source: Path, target: Path, content: str) -> None:
    """A second name for a file, or a copy on another disk, unless that was done.

    Raises ActionError, OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        if sha256(target) != content:
            raise ActionError(f"{target} is there already: it is not overwritten.")
        return
    try:
        hard_link(source, target)
    except OSError as error:
        if error.errno not in NO_LINKS | {errno.EXDEV}:
            raise
        _copy(source, target, content)
    atomic.sync_folder(target.parent)


def install(
    data: bytes, content: str, target: Path, *, over: bool, mode: int | None, alike: bool = False
) -> None:
    """Write a file in one step, over the one that is there only where `over`. `content`: SHA-256 of `data`.

    mode   its permissions; None: those of new files
    alike  it also gets the times and further attributes of the one that is there

    Raises ActionError, OSError.
    """
    part = _part_of(target, content)
    part.unlink(missing_ok=True)
    try:
        atomic.create(part, data)
        if mode is not None:
            part.chmod(mode)
        if over:
            if alike:
                shutil.copystat(target, part)
            _give(part, target.stat())
            part.replace(target)
            atomic.sync_folder(target.parent)
        else:
            move(part, target, content)
    finally:
        part.unlink(missing_ok=True)


def give_back(kept: Path, target: Path, content: str) -> None:
    """Put a file in the place of another in one step. Raises ActionError where it was changed, OSError."""
    if sha256(kept) != content:
        raise ActionError(f"{kept} was changed in the quarantine: it is left there.")
    try:
        kept.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = _part_of(target, content)
        part.unlink(missing_ok=True)
        shutil.copy2(kept, part)
        atomic.sync(part)
        part.replace(target)
    atomic.sync_folder(target.parent)


def discard_part(target: Path, content: str) -> None:
    """Remove what an interrupted copy to `target` left beside it."""
    _part_of(target, content).unlink(missing_ok=True)


def _part_of(target: Path, content: str) -> Path:
    return target.with_name(f".dupedash-{content[:16]}.part")


def _copy(source: Path, target: Path, content: str) -> None:
    """Copy to another disk under a passing name, verify, then give it its name."""
    part = _part_of(target, content)
    part.unlink(missing_ok=True)
    try:
        with source.open("rb") as read, part.open("xb") as write:
            shutil.copyfileobj(read, write, 1 << 20)
        atomic.sync(part)
        if sha256(part) != content:
            raise ActionError(f"{source} did not arrive whole at {target}: it stays where it is.")
        shutil.copystat(source, part)
        _give(part, source.stat())
        try:
            hard_link(part, target)
            part.unlink()
        except FileExistsError as error:
            raise ActionError(f"{target} is there already: it is not overwritten.") from error
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            _rename(part, target)
    finally:
        part.unlink(missing_ok=True)


def _give(path: Path, like: os.stat_result) -> None:
    """To the owner and group of another file, where the system lets us."""
    if os.name != "nt":
        with suppress(OSError):  # others' files; disks and shares that keep no owners
            os.chown(path, like.st_uid, like.st_gid)
