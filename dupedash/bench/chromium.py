"""Finds a Chromium that Playwright can drive."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser",
    "google-chrome", "google-chrome-stable", "chrome",
)  # fmt: skip
"""The one without windows first: it takes a tenth less processor time."""
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> str | None:
    """The program to start, or None: $DUPEDASH_CHROMIUM, the system's, Playwright's."""
    given = os.environ.get("DUPEDASH_CHROMIUM")
    if given:
        return given
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or next(filter(os.path.exists, PLACES), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None
