"""The look beyond the theme: the mark, the logo and one small style sheet."""

from __future__ import annotations

import streamlit as st

from dupedash.ui.component import asset, component

MARK = asset("mark.svg")
_LOGO = asset("logo.svg")
_SHEET = f"<style>{asset('style.css')}</style>"


def apply() -> None:
    """Put the logo and the style sheet on the page."""
    st.logo(_LOGO, size="large", icon_image=MARK)
    st.html(_SHEET)


def mend() -> None:
    """Draw nothing: mends what Streamlit's markup says wrongly to programs that read the page aloud."""
    with st.container(key="mend"):
        component("mend")(key="mend.all", data={})


def sheet(name: str) -> None:
    """Put one more style sheet of the assets on the page that needs it."""
    st.html(f"<style>{asset(name)}</style>")
