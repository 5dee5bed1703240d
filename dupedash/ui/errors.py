"""The one place where an error becomes something to read: our own are sentences, others name their type."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dupedash.errors import DupedashError, Forbidden, QueryError, Unreachable, system_words

_log = logging.getLogger(__name__)


def show(error: DupedashError) -> None:
    """The sentence of an error, with what may help, as text (never as Markdown or HTML)."""
    if isinstance(error, QueryError):
        show_query(error)
        return
    icon = ":material/lock:" if isinstance(error, Forbidden) else ":material/error:"
    if isinstance(error, Unreachable):
        icon = ":material/cloud_off:"
    st.error(as_text(str(error)), icon=icon)


def show_query(error: QueryError) -> None:
    """What is wrong with a filter, and where: the message's further lines have a caret below the column."""
    first, *where = str(error).splitlines()
    st.error(as_text(first), icon=":material/error:")
    if where:
        st.code("\n".join(line.removeprefix("  ") for line in where), language=None)


def show_uncaught(error: Exception) -> bool:
    """Streamlit's handler for callbacks and fragments, too. True: shown here, no traceback wanted."""
    if isinstance(error, DupedashError):
        show(error)
    elif isinstance(error, OSError):
        _log.warning("shown to the user", exc_info=error)
        st.error(as_text(system_words(error)), icon=":material/error:")
    return isinstance(error, DupedashError | OSError)


@contextmanager
def shown() -> Iterator[None]:
    """Around a part of a page: a DupedashError inside is shown in its place and the rest goes on."""
    try:
        yield
    except DupedashError as error:
        _log.info("shown to the user: %s", error)
        show(error)


def as_text(text: str) -> str:
    """`text` so that Streamlit's Markdown shows it letter by letter, and a "?" for what is no letter."""
    text = text.encode("utf-8", "replace").decode()
    return "".join("\\" + c if c in r"\`*_{}[]<>()#+-.!|$:~&" else c for c in text)
