"""Results into files or stdout, as UTF-8 in any locale: a program reads them, and names are told whole."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from dupedash.report.export import encoded


def write(file: Path, text: str) -> None:
    """To stdout for "-"; else the file is there wholly or as it was before."""
    if str(file) == "-":
        _to_stdout(encoded(text if text.endswith("\n") else text + "\n"))
        return
    handle, temporary = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(encoded(text))
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise


def _to_stdout(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
