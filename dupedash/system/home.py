"""Where the files of the dashboard are, and where its data goes: in a clone, or as an installed package."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

_PACKAGE = Path(__file__).resolve().parents[1]
_INSIDE = _PACKAGE / "_app"
"""Where the wheel puts what lies beside the package in a clone (`force-include` in pyproject.toml)."""

INSTALLED = _INSIDE.is_dir()
"""Whether this is an installed package and no clone."""

HOME = _INSIDE if INSTALLED else _PACKAGE.parent
"""The folder with app.py, pages/ and .streamlit/."""


def data_folder() -> Path:
    """Where everything is kept unless told otherwise.

    A clone keeps it in `./data`. An installed command is called from anywhere and always finds the same
    folder: the one that the system has for the data of programs.
    """
    return user_data_path("dupedash", appauthor=False) if INSTALLED else Path("data")


def compile_into(folder: Path) -> None:
    """Have numba keep its machine code there, and not among the files of an installed package.

    To be called before numba is imported; programs that are started from here do the same.
    """
    if INSTALLED:
        os.environ.setdefault("NUMBA_CACHE_DIR", str(folder))
