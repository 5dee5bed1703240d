"""Results into files or stdout, as UTF-8 in any locale: a program reads them, and names are told whole."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dupedash.storage import atomic
from dupedash.system.utf8 import encoded


def write(file: Path, text: str) -> None:
    """To stdout for "-"; else the file is there wholly or as it was before."""
    if str(file) == "-":
        _to_stdout(encoded(text if text.endswith("\n") else text + "\n"))
        return
    with atomic.replacing(file) as temporary:
        temporary.write_bytes(encoded(text))
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)


def _to_stdout(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
