"""Into which collection images go: a new one of any name, or one that is there."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dupedash.config import as_collection_name
from dupedash.connect import Engine
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.errors import DupedashError
from dupedash.ui import errors
from dupedash.ui.collections import open_collection
from dupedash.ui.state import View

NEW = ""
"""Stands for a collection that is still to be made."""


def draw(view: View, key: str, suggested: str, known: str = NEW) -> str:
    """Ask; the name of the collection comes back.

    `suggested`: what a new one is called where nothing is typed; `known`: the collection that has these
    images already, which is then proposed.
    """
    names = [one.name for one in view.connections.list() if one.engine is not Engine.ELSEWHERE]
    into, called = st.columns(2)
    offered = [NEW, *names]
    chosen = into.selectbox(
        "Into the collection", offered, offered.index(known) if known in offered else 0,
        key=f"{key}.into.{known}", format_func=lambda name: name or "A new one",
    )  # fmt: skip
    if chosen:
        return str(chosen)
    free = _free(as_collection_name(suggested), names)
    typed = called.text_input("Its name", key=f"{key}.name", placeholder=free, max_chars=64)
    name = _free(as_collection_name(typed), names) if typed.strip() else free
    if typed.strip() and name != typed:
        called.caption(f"It will be called **{errors.as_text(name)}**.")
    return name


def _free(name: str, taken: list[str]) -> str:
    """The name itself, or with the first number that no collection has."""
    numbered = (f"{name[:60]}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def known_as(view: View, folder: Path) -> str:
    """The collection of which this folder or file was read before, "" where there is none."""
    return next((name for name, root in folders(view) if root == folder), NEW)


def folders(view: View) -> list[tuple[str, Path]]:
    """Every folder and file that was read, with its collection; what cannot be opened is left out."""
    return [(name, root) for name in _here(view) for root in _roots(view, name)]


def _here(view: View) -> list[str]:
    return [one.name for one in view.connections.list() if one.engine is Engine.EMBEDDED]


def _roots(view: View, name: str) -> list[Path]:
    try:
        collection = open_collection(view.connections.get(name), view.settings.workspace)
    except DupedashError:  # its own page says what is wrong with it
        return []
    return collection.store.roots() if isinstance(collection, EmbeddedCollection) else []
