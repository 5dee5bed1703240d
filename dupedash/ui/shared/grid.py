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


def draw(cells: Sequence[Cell], key: str, *, selectable: bool = True) -> list[str]:
    """Draw them; the ids of the selected ones come back, in the order of selection."""
    items = [asdict(cell) for cell in cells]
    version = hashlib.sha256(repr(items).encode()).hexdigest()[:16]
    data = {"items": items, "version": version, "selectable": selectable}
    result = component("grid")(data=data, key=f"{key}.{version}", on_selected_change=lambda: None)
    shown = {cell.id for cell in cells}
    return [image_id for image_id in result.selected or [] if image_id in shown]
