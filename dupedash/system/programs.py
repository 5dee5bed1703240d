"""Programs that this one starts: where an environment has them, how one takes our place or outlives us."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

WINDOWS = os.name == "nt"
FORKS = sys.platform == "linux"
"""Whether a process that has loaded libraries may be forked: those of macOS do not bear it."""


def python_in(environment: Path, windows: bool = WINDOWS) -> Path:
    """The Python of a virtual environment."""
    return environment / "Scripts" / "python.exe" if windows else environment / "bin" / "python"


def version_of(environment: Path) -> tuple[int, int] | None:
    """Of which Python a virtual environment is, as (3, 11); None where there is none."""
    try:
        told = (environment / "pyvenv.cfg").read_text("utf-8")
    except OSError:
        return None
    found = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", told, re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else None


def become(command: list[str], folder: Path) -> int:
    """Run a program in our place: it gets the signals and the terminal. Its exit code, where we stay."""
    if not WINDOWS:
        os.chdir(folder)
        os.execv(command[0], command)
    with subprocess.Popen(command, cwd=folder) as program:
        while True:
            try:
                return program.wait()
            except KeyboardInterrupt:  # Ctrl-C went to it as well, and it ends as it likes
                continue


def apart(windows: bool = WINDOWS) -> dict[str, Any]:
    """Options of `subprocess.Popen` for a program that neither Ctrl-C here nor our own end may end."""
    if windows:  # numbers of winbase.h: CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW
        return {"creationflags": 0x00000200 | 0x08000000}
    return {"start_new_session": True}
