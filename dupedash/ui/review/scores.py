"""The scores of every two members of a group as a heat table; a click chooses the pair."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from dupedash.groups.graph import Link
from dupedash.model import Explanation, ImageRecord
from dupedash.ui.component import component

LARGEST = 16
"""Members; a larger table cannot be overlooked, there the best matches are listed instead."""

Pair = tuple[str, str]


def draw(
    members: Sequence[ImageRecord], links: Sequence[Link], why: Mapping[Pair, Explanation], pair: Pair
) -> Pair | None:
    """Draw it with `pair` marked; the pair that was clicked just now comes back."""
    rows = scores([m.id for m in members], links, why)
    data = {
        "ids": [m.id for m in members], "names": [m.filename for m in members], "scores": rows,
        "pair": list(pair),
    }  # fmt: skip
    data["version"] = hashlib.sha256(repr(data).encode()).hexdigest()[:16]
    clicked = component("matrix")(data=data, key="matrix", on_clicked_change=lambda: None).clicked
    known = {m.id for m in members}
    return (clicked[0], clicked[1]) if clicked and set(clicked) <= known else None


def scores(
    ids: Sequence[str], links: Sequence[Link], why: Mapping[Pair, Explanation]
) -> list[list[dict[str, Any] | None]]:
    """Row by row the match of every two of these, None where they do not match."""
    found: dict[Pair, dict[str, Any]] = {}
    for link in links:
        told = why.get((link.a, link.b))
        cell = {"score": link.score, "bridge": link.bridge, "why": told.words() if told else ""}
        found[link.a, link.b] = found[link.b, link.a] = cell
    return [[found.get((one, other)) for other in ids] for one in ids]
