"""Words for documents and posters: names, sentences, amounts. All invented, none of it says anything."""

from __future__ import annotations

import numpy as np

FIRST = (
    "Ada",
    "Bruno",
    "Clara",
    "Dario",
    "Edith",
    "Felix",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Karla",
    "Leo",
    "Mira",
    "Nils",
    "Olga",
    "Pavel",
)
LAST = (
    "Albrecht",
    "Brandt",
    "Castell",
    "Duval",
    "Ekberg",
    "Fontana",
    "Gruber",
    "Hollis",
    "Iversen",
    "Jansen",
    "Keller",
    "Lindqvist",
)
STREETS = (
    "Harbour Road",
    "Mill Lane",
    "Lindenstrasse",
    "Rue des Tilleuls",
    "Old Market",
    "Orchard Way",
    "Canal Side",
    "Station Hill",
)
TOWNS = ("Westhaven", "Altenau", "Bellcourt", "Nordvik", "Santa Luz", "Greywater", "Maplestead", "Kirchfeld")
FIRMS = (
    "Northlight Supply",
    "Brandt & Keller",
    "Blue Heron Press",
    "Fontana Ceramics",
    "Linden Works",
    "Harbour Tools",
    "Iversen Timber",
    "Castell Optics",
    "Meadow Bakery",
    "Orchard Energy",
)
GOODS = (
    "Oak shelf, oiled",
    "Desk lamp, brass",
    "Paper, A4, 500 sheets",
    "Linen curtain",
    "Glazed tile, sea green",
    "Wall clock",
    "Coffee, ground, 1 kg",
    "Delivery",
    "Assembly, per hour",
    "Ink, black",
    "Packing boxes",
    "Wool rug 140 x 200",
    "Steel bracket",
    "Mirror, round",
    "Glass jar, 0.5 l",
    "Cable, 10 m",
    "Paint, chalk white",
    "Door handle",
    "Garden chair",
    "Pine board 2 m",
)
GROCERIES = (
    "Rye bread",
    "Butter",
    "Apples 1 kg",
    "Oat milk",
    "Tomatoes",
    "Olive oil",
    "Rice 500 g",
    "Eggs x10",
    "Coffee",
    "Honey",
    "Pasta",
    "Lemons",
    "Cheese",
    "Yoghurt",
    "Carrots",
    "Dark chocolate",
    "Tea",
    "Mustard",
)
WORDS = [
    "the",
    "a",
    "of",
    "in",
    "to",
    "and",
    "with",
    "for",
    "on",
    "from",
    "by",
    "at",
    "as",
    "harbour",
    "light",
    "garden",
    "season",
    "paper",
    "window",
    "river",
    "letter",
    "council",
    "market",
    "summer",
    "winter",
    "report",
    "project",
    "meeting",
    "plan",
    "house",
    "street",
    "quiet",
    "early",
    "new",
    "old",
    "first",
    "second",
    "open",
    "small",
    "large",
    "morning",
    "evening",
    "number",
    "page",
    "field",
    "north",
    "south",
    "wall",
    "stone",
    "water",
    "glass",
    "table",
    "colour",
    "line",
    "order",
    "note",
    "answer",
    "question",
    "members",
    "visitors",
    "building",
    "museum",
    "workshop",
    "record",
    "station",
    "village",
    "forest",
    "agreed",
    "built",
    "carried",
    "changed",
    "opened",
    "closed",
    "moved",
    "planned",
    "painted",
    "received",
    "reached",
    "returned",
    "written",
    "kept",
    "found",
    "shown",
    "asked",
    "began",
    "gave",
]


def name(random: np.random.Generator) -> str:
    """A first and a last name."""
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def address(random: np.random.Generator) -> tuple[str, str]:
    """Street and town."""
    return (
        f"{random.choice(STREETS)} {random.integers(1, 140)}",
        f"{random.integers(10000, 99999)} {random.choice(TOWNS)}",
    )


def phrase(random: np.random.Generator, count: int) -> str:
    """`count` words, the first one capitalised."""
    return " ".join(str(word) for word in random.choice(WORDS, count)).capitalize()


def paragraph(random: np.random.Generator, letters: int) -> str:
    """Sentences of about so many letters."""
    text = ""
    while len(text) < letters:
        text += phrase(random, int(random.integers(6, 14))) + ". "
    return text.strip()


def lines(text: str, letters: int) -> list[str]:
    """Broken into lines of at most so many letters."""
    rows, row = [], ""
    for word in text.split():
        if row and len(row) + 1 + len(word) > letters:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}".strip()
    return [*rows, row]


def amount(value: float) -> str:
    """1,234.50"""
    return f"{value:,.2f}"


def day(random: np.random.Generator) -> str:
    """A date of the last years."""
    return f"{random.integers(1, 29):02}.{random.integers(1, 13):02}.{random.integers(2021, 2026)}"
