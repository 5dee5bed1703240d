"""A grid of thumbnails with selection: one component, lazy images by URL, texts never as HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

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
    cells: Sequence[Cell], key: str, *, selectable: bool = True, selected: Sequence[str] = ()
) -> list[str]:
    """Draw them; the ids of the selected ones come back, in the order of selection. `selected`: those that
    are selected when these cells are first drawn."""
    items = [asdict(cell) for cell in cells]
    version = hashlib.sha256(repr(items).encode()).hexdigest()[:16]
    data = {"items": items, "version": version, "selectable": selectable, "selected": list(selected)}
    result = component("grid")(data=data, key=f"{key}.{version}", on_selected_change=lambda: None)
    shown = {cell.id for cell in cells}
    chosen = selected if result.selected is None else result.selected
    return [image_id for image_id in chosen if image_id in shown]
