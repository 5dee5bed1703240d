"""A page of the dashboard, run without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

import dupedash.ui

UI = Path(dupedash.ui.__file__).parent
PAGES = UI.parent.parent / "pages"


def opened(page: str = "overview", **parameters: str) -> AppTest:
    """The page with these parameters in its URL, as after a click on a link, drawn without an exception."""
    at = AppTest.from_file(UI / "main.py", default_timeout=120)
    at.switch_page(str(PAGES / f"{page}.py"))
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at
