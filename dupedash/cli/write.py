"""Results into files or stdout."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click


def write(file: Path, text: str) -> None:
    """To stdout for "-"; else the file is there wholly or as it was before."""
    if str(file) == "-":
        click.echo(text, nl=not text.endswith("\n"))
        return
    handle, temporary = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise
