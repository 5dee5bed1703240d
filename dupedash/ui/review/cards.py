"""The members of a group as cards to click: one component, lazy images by URL, texts never as HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dupedash.ui.component import component


@dataclass(frozen=True, slots=True)
class Card:
    """One image. `compared`: the letter it has in the comparison, or ""; `mark`: what is special about it;
    `toggles`: whether a click on its mark lets it stay or go."""

    id: str
    url: str
    name: str
    place: str
    lines: tuple[str, ...] = ()
    mark: str = ""
    goes: bool = False
    unsure: bool = False
    compared: str = ""
    toggles: bool = False


@dataclass(frozen=True, slots=True)
class Clicked:
    """What was clicked just now, as ids: a card, or its mark."""

    card: str | None = None
    mark: str | None = None


def draw(cards: Sequence[Card], key: str) -> Clicked:
    """Draw them; what was clicked just now comes back."""
    items = [asdict(card) for card in cards]
    version = hashlib.sha256(repr(items).encode()).hexdigest()[:16]
    data = {"items": items, "version": version}
    told = component("cards")(
        data=data, key=key, on_clicked_change=lambda: None, on_toggled_change=lambda: None
    )
    known = {card.id for card in cards}
    return Clicked(*(one if one in known else None for one in (told.clicked, told.toggled)))
