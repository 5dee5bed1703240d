"""Which drawing makes which kind of picture, its category, and how the picture is finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dupedash.example.drawings import (
    abstracts,
    chairs,
    charts,
    coasts,
    deserts,
    documents,
    farmland,
    forests,
    gear,
    homeware,
    houses,
    interiors,
    lakes,
    maps,
    patterns,
    placards,
    posters,
    prints,
    skylines,
    streets,
    surfaces,
    tableware,
    wearables,
)


@dataclass(frozen=True, slots=True)
class Finish:
    """Film grain (± levels) and how much darker the corners are (0…1)."""

    grain: float = 3.0
    vignette: float = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """A drawing: a function of a canvas and its own options."""

    draw: Callable[..., None]
    category: str
    finish: Finish


_FINISHES = {
    "landscape": Finish(vignette=0.25),
    "city": Finish(vignette=0.25),
    "property": Finish(vignette=0.15),
    "interior": Finish(vignette=0.2),
    "product": Finish(vignette=0.15),
    "document": Finish(grain=1.5),
    "chart": Finish(grain=0),
    "poster": Finish(vignette=0.12),
    "texture": Finish(vignette=0.12),
    "map": Finish(grain=2),
    "art": Finish(vignette=0.1),
}

_DRAWINGS: dict[str, tuple[Callable[..., None], ...]] = {
    "landscape": (lakes.lake, coasts.coast, forests.forest, deserts.desert, farmland.fields, farmland.winter),
    "city": (skylines.skyline, streets.street),
    "property": (houses.house,),
    "interior": (interiors.room,),
    "product": (
        *(tableware.mug, tableware.teapot, tableware.bottle, tableware.vase),
        *(homeware.lamp, homeware.clock, chairs.chair, wearables.shoe, wearables.watch, wearables.glasses),
        *(gear.backpack, gear.headphones, gear.camera),
    ),
    "document": (
        *(documents.invoice, documents.letter, documents.form),
        *(prints.receipt, prints.article, prints.certificate),
    ),
    "chart": (charts.chart, charts.dashboard),
    "poster": (posters.geometric, posters.concert, posters.market, placards.travel, placards.film),
    "texture": (
        *(surfaces.wood, surfaces.marble, surfaces.brick, surfaces.terrazzo, surfaces.pebbles),
        *(surfaces.parquet, patterns.scales, patterns.knit, patterns.leaves, patterns.azulejo),
        *(patterns.weave, patterns.feathers),
    ),
    "map": (maps.town, maps.contours, maps.transit),
    "art": (
        *(abstracts.strokes, abstracts.flow, abstracts.glass),
        *(abstracts.paper, abstracts.rings, abstracts.splash),
    ),
}

SUBJECTS = {
    draw.__name__: Subject(draw, category, _FINISHES[category])
    for category, draws in _DRAWINGS.items()
    for draw in draws
}
"""By the name that pictures.csv uses."""
