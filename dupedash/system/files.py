"""What not every system and disk can do with files."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

from dupedash.system.programs import WINDOWS

NO_LINKS = frozenset(
    {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES}
    | ({errno.EINVAL} if os.name == "nt" else set())  # ERROR_INVALID_FUNCTION of FAT drives
)
"""Error numbers of file systems that know no hard links (exFAT, some network shares)."""

REFUSED_NAMES = frozenset({errno.EINVAL, errno.EILSEQ, errno.ENAMETOOLONG})
"""Error numbers of file systems that refuse a name: NTFS one with a colon, all one that is too long."""


def hard_link(existing: Path, new: Path) -> None:
    """Give a file a second name, never one that is there: FileExistsError. Raises OSError."""
    if not hasattr(os, "link"):
        raise OSError(errno.ENOTSUP, "this system has no hard links", str(new))
    os.link(existing, new)


def second(existing: Path, new: Path) -> None:
    """A second name for a file, or a copy of it where the disk has no hard links. Raises OSError."""
    try:
        hard_link(existing, new)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copyfile(existing, new)


def allowed(name: str, windows: bool = WINDOWS) -> str:
    """A file name without the characters that Windows refuses in one, if this is Windows."""
    return re.sub(r'[<>:"/\\|?*]', "_", name) if windows else name
