"""The parts of pages that our own scripts draw in the browser: their files, and how they are loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).parent / "assets"


def asset(name: str) -> str:
    """The text of a file beside the pages."""
    return (ASSETS / name).read_text("utf-8")


@st.cache_resource(show_spinner=False)
def component(name: str) -> Any:
    """The component with the script of that name, and its style sheet where it draws something; loaded once
    for all sessions."""
    html, js = f'<div class="{name}"></div>', asset(f"{name}.js")
    css = asset(f"{name}.css") if (ASSETS / f"{name}.css").is_file() else None
    return st.components.v2.component(f"dupedash_{name}", html=html, css=css, js=js)
