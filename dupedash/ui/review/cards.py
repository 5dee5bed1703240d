"""The members of a group as cards to click: one component, lazy images by URL, texts never as HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dupedash.ui.component import component


@dataclass(frozen=True, slots=True)
class Card:
    """One image. `compared`: the letter it has in the comparison, or ""; `mark`: what is special about it."""

    id: str
    url: str
    name: str
    place: str
    lines: tuple[str, ...] = ()
    mark: str = ""
    goes: bool = False
    compared: str = ""


def draw(cards: Sequence[Card], key: str) -> str | None:
    """Draw them; the id of the one that was clicked just now comes back."""
    items = [asdict(card) for card in cards]
    version = hashlib.sha256(repr(items).encode()).hexdigest()[:16]
    data = {"items": items, "version": version}
    clicked = component("cards")(data=data, key=key, on_clicked_change=lambda: None).clicked
    return clicked if any(card.id == clicked for card in cards) else None
