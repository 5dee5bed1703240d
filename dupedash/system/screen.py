"""Whether a person sits before this machine, and the browser that they use."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser


def has_screen() -> bool:
    """Whether a window can be opened for whoever called this program.

    Without this look a server would get a browser for text terminals, in the middle of its output.
    """
    if sys.stdout is None or not sys.stdout.isatty():
        return False
    return sys.platform in ("win32", "darwin") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def browse(url: str) -> None:
    """Open the address in the browser of the person; whoever calls does not wait for it."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
