"""A grid of thumbnails with selection: one component, lazy images by URL, texts never as HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from dupedash.ui.component import component


@dataclass(frozen=True, slots=True)
class Cell:
    """One image: its id, where its thumbnail is, and the words below and on hover."""

    id: str
    url: str
    name: str
    note: str = ""
    title: str = ""


def draw(
    cells: Sequence[Cell], key: str, *, selectable: bool = True, selected: Sequence[str] = (),
    changed: Callable[[list[str]], object] | None = None,
) -> list[str]:  # fmt: skip
    """Draw them; the ids of the selected ones come back, in the order of selection. `selected`: those that
    are selected when these cells are first drawn. `changed` is called with them before the page is drawn
    anew, so that a click is not lost where the next one (or a text) begins the page again."""
    items = [asdict(cell) for cell in cells]
    version = hashlib.sha256(repr(items).encode()).hexdigest()[:16]
    data = {"items": items, "version": version, "selectable": selectable, "selected": list(selected)}
    shown, key = {cell.id for cell in cells}, f"{key}.{version}"

    def told() -> None:
        if changed is not None:
            changed([image_id for image_id in st.session_state[key].selected or () if image_id in shown])

    result = component("grid")(data=data, key=key, on_selected_change=told)
    chosen = selected if result.selected is None else result.selected
    return [image_id for image_id in chosen if image_id in shown]
