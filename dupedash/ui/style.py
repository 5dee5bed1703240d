"""The look beyond the theme: the mark, the logo and one small style sheet."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"
MARK = (_ASSETS / "mark.svg").read_text("utf-8")
_LOGO = (_ASSETS / "logo.svg").read_text("utf-8")
_SHEET = f"<style>{(_ASSETS / 'style.css').read_text('utf-8')}</style>"


def apply() -> None:
    """Put the logo and the style sheet on the page."""
    st.logo(_LOGO, size="large", icon_image=MARK)
    st.html(_SHEET)


def sheet(name: str) -> None:
    """Put one more style sheet of the assets on the page that needs it."""
    st.html(f"<style>{(_ASSETS / name).read_text('utf-8')}</style>")
