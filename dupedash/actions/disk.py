"""Move, link and restore files so that nothing is overwritten and a crash leaves the old or the new state."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dupedash.errors import ActionError

# Error numbers of file systems that know no hard links (exFAT, some network shares).
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES}


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

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def put_on(self, path: Path) -> None:
        """Give the file these times and permissions."""
        if stat.S_IMODE(path.stat().st_mode) != self.mode:
            path.chmod(self.mode)
        os.utime(path, ns=(self.atime_ns, self.mtime_ns))


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
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    # On a disk that ignores case two spellings are one entry; two hard links of one file are not.
    return one.exists() and other.exists() and one.samefile(other) and one.stat().st_nlink < 2


def move(source: Path, target: Path, content: str) -> None:
    """Move a file, also to another disk; its times and permissions go with it.

    Interrupted, the file is at one of both places, or whole at both. Raises ActionError where `target` is
    taken or the bytes did not arrive, OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError as error:
        raise ActionError(f"{target} is there already: it is not overwritten.") from error
    except OSError as error:
        if error.errno == errno.EXDEV:
            _copy(source, target, content)
        elif error.errno in _NO_LINKS:
            _rename(source, target)
            return
        else:
            raise
    sync_folder(target.parent)
    source.unlink()
    sync_folder(source.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can (Windows cannot open folders)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename(source: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise ActionError(f"{target} is there already: it is not overwritten.")
    source.rename(target)
    sync_folder(target.parent)
    sync_folder(source.parent)


def _copy(source: Path, target: Path, content: str) -> None:
    """Copy to another disk under a passing name, verify, then give it its name."""
    part = target.with_name(f".dupedash-{content[:16]}.part")
    part.unlink(missing_ok=True)
    try:
        with source.open("rb") as read, part.open("xb") as write:
            shutil.copyfileobj(read, write, 1 << 20)
            write.flush()
            os.fsync(write.fileno())
        if sha256(part) != content:
            raise ActionError(f"{source} did not arrive whole at {target}: it stays where it is.")
        shutil.copystat(source, part)
        try:
            os.link(part, target)
            part.unlink()
        except FileExistsError as error:
            raise ActionError(f"{target} is there already: it is not overwritten.") from error
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _rename(part, target)
    finally:
        part.unlink(missing_ok=True)
