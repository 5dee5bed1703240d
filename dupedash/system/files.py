"""What not every system and disk can do with files."""

from __future__ import annotations

import errno
import os
from pathlib import Path

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
