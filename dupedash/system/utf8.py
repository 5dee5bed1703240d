"""UTF-8, whatever the locale: file names are bytes, and libraries take their text for UTF-8."""

from __future__ import annotations

import os
import sys


def insist() -> None:
    """Begin this program anew in Python's UTF-8 mode (PEP 540) where the locale has another encoding.

    The terminal keeps its encoding; processes that are started later have the mode, too.
    """
    if os.name != "posix" or sys.getfilesystemencoding() == "utf-8" or os.environ.get("PYTHONUTF8") == "1":
        return
    os.environ["PYTHONUTF8"] = "1"
    if sys.stdout is not None:
        os.environ.setdefault("PYTHONIOENCODING", f"{sys.stdout.encoding}:backslashreplace")
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def encoded(text: str) -> bytes:
    """An export as the bytes of its file; what is no UTF-8 in a name is written as it is (PEP 383)."""
    return text.encode("utf-8", "surrogateescape")
