"""Lakes under mountains, in layers of haze: pines, a cabin, a rowing boat."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Mood, darker, lighter, mix
from dupedash.example.drawings.nature import grass, pine, range_of_hills, sky, waves
from dupedash.example.drawings.outline import below, box, ellipse, ridge, smooth
from dupedash.example.drawings.paint import varied


def lake(c: Canvas, mood: str, *, hut: bool = False, boat: bool = False) -> None:
    """Mountains in layers of haze over a still lake, pines on the near shore."""
    light = MOODS[mood]
    shore = c.h * c.random.uniform(0.58, 0.68)
    sky(
        c,
        light,
        shore,
        sun=(c.random.uniform(0.15, 0.85), c.random.uniform(0.12, 0.34)),
        size=0.035,
        cloudy=4,
    )
    base = shore * c.random.uniform(0.52, 0.66)
    for depth in range(3):
        tone = mix(light.far, light.near, depth * 0.27)
        range_of_hills(
            c,
            base + depth * (shore - base) * 0.36,
            c.h * (0.17 - 0.035 * depth),
            tone,
            rough=0.52,
            first=3 + depth * 2,
            mist=light.sky[-1],
            snow=depth < 2,
        )
    bank = mix(light.near, light.far, 0.3)
    c.area(below(ridge(c.w, shore - 8, 7, c.random, first=5), shore + 1), bank)
    for x in np.sort(c.random.uniform(-10, c.w + 10, 46)).tolist():
        pine(
            c,
            x,
            shore + c.random.uniform(-3, 2),
            c.h * c.random.uniform(0.05, 0.13),
            varied(bank, c.random, 7),
        )
    if hut:
        _cabin(c, c.w * c.random.uniform(0.25, 0.7), shore - 1, c.h * 0.085, light)
    c.reflect(shore, light.water, strength=0.34)
    c.haze(shore, c.h, darker(light.water, 0.45), 0.5)
    waves(c, shore + 6, c.h, lighter(light.sky[-1], 0.3), darker(light.water, 0.35), 240)
    if boat:
        _rowboat(c, c.w * c.random.uniform(0.3, 0.7), shore + (c.h - shore) * 0.45, c.w * 0.11, light)
    side = c.random.random() < 0.5
    for _ in range(7):
        x = c.random.uniform(-0.02, 0.24) * c.w
        x = x if side else c.w - x
        pine(
            c,
            x,
            c.h + c.random.uniform(0, 20),
            c.h * c.random.uniform(0.28, 0.5),
            darker(varied(light.near, c.random, 6), 0.2),
        )
    grass(c, c.h - 16, c.h + 8, darker(light.near, 0.1), 260, height=20)


def _rowboat(c: Canvas, x: float, y: float, size: float, light: Mood) -> None:
    c.shadow(ellipse(x, y + size * 0.16, size * 0.55, size * 0.08), blur=4, opacity=0.5)
    hull = smooth(
        [
            (x - size * 0.55, y - size * 0.1),
            (x - size * 0.3, y + size * 0.13),
            (x + size * 0.3, y + size * 0.13),
            (x + size * 0.58, y - size * 0.12),
            (x, y - size * 0.02),
        ]
    )
    c.area(hull, darker(light.accent, 0.12))
    c.area(
        smooth(
            [
                (x - size * 0.52, y - size * 0.09),
                (x, y - size * 0.01),
                (x + size * 0.55, y - size * 0.11),
                (x, y + size * 0.05),
            ]
        ),
        darker(light.accent, 0.6),
    )
    for t in (-0.2, 0.12):
        c.area(box(x + t * size - 3, y - size * 0.035, x + t * size + 6, y + size * 0.02), (196, 150, 104))


def _cabin(c: Canvas, x: float, foot: float, size: float, light: Mood) -> None:
    wall = (122, 82, 60)
    c.area(box(x - size * 0.7, foot - size * 0.6, x + size * 0.7, foot), wall)
    for k in range(6):
        c.line(
            [(x - size * 0.7, foot - size * 0.1 * k), (x + size * 0.7, foot - size * 0.1 * k)],
            darker(wall, 0.3),
            0.8,
        )
    c.area(
        [
            (x - size * 0.9, foot - size * 0.55),
            (x - size * 0.5, foot - size * 1.1),
            (x + size * 0.5, foot - size * 1.1),
            (x + size * 0.9, foot - size * 0.55),
        ],
        darker(light.accent, 0.3),
    )
    c.area(box(x + size * 0.25, foot - size * 1.35, x + size * 0.42, foot - size), (96, 84, 80))
    for side in (-0.48, 0.18):
        c.area(
            box(x + side * size, foot - size * 0.46, x + (side + 0.3) * size, foot - size * 0.18),
            (255, 220, 140),
        )
        c.line(
            [(x + (side + 0.15) * size, foot - size * 0.46), (x + (side + 0.15) * size, foot - size * 0.18)],
            darker(wall, 0.4),
            0.8,
        )
    c.area(box(x - size * 0.12, foot - size * 0.42, x + size * 0.1, foot), darker(wall, 0.45))
