"""Finds a Chromium for the browser tests, or gets one: `python -m tests.chromium`.

In this order: one that is there; Debian's package where we may install it; Playwright's own download.
Where none can be had the browser tests are skipped, and pytest's summary says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from dupedash.bench.chromium import find

__all__ = ["find"]

MINUTES_10 = 600


def _try(*command: str) -> None:
    print("Browser for the tests:", *command, flush=True)
    try:
        subprocess.run(command, check=True, timeout=MINUTES_10, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"  did not work: {error}", flush=True)


def main() -> None:
    """Gets a browser if there is none; says what was found."""
    if find() is None and os.name == "posix" and shutil.which("apt-get") and os.geteuid() == 0:
        _try("apt-get", "update", "-qq")
        for package in ("chromium-headless-shell", "chromium"):  # the first is not in every release
            if find() is None:
                _try("apt-get", "install", "-y", "-qq", "--no-install-recommends", package)
    if find() is None:
        _try(sys.executable, "-m", "playwright", "install", "chromium")
    print(f"Browser for the tests: {find() or 'none to be had, the browser tests will be skipped'}")


if __name__ == "__main__":
    main()
