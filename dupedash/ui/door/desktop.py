"""The folder of a file on the desktop of this machine, where the dashboard runs on it and for it alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from dupedash.errors import ConfigError
from dupedash.ui.door import access

_OPENERS = {"darwin": "open", "win32": "explorer"}


def opener() -> str | None:
    """The program that shows a folder; None where there is no desktop, or others may be looking, too."""
    if access.current().required:
        return None
    name = _OPENERS.get(sys.platform, "xdg-open")
    seen = sys.platform in _OPENERS or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))
    return shutil.which(name) if seen else None


def open_folder(file: Path) -> None:
    """Show the folder of a file. Raises ConfigError."""
    program, folder = opener(), file.parent
    if program is None or not file.is_absolute() or not folder.is_dir():
        raise ConfigError(f"The folder {folder} cannot be shown: it is gone, or there is no desktop here.")
    subprocess.Popen(
        [program, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
