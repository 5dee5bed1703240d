"""Surfaces that fill the picture: wood, marble, brick, terrazzo, pebbles, parquet."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, darker, lighter, mix
from dupedash.example.drawings.outline import box, ellipse, moved
from dupedash.example.drawings.paint import across, down, pick, varied
from dupedash.example.drawings.studio import planks, veins


def wood(c: Canvas, scheme: str) -> None:
    """Oiled boards with nails."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), s.ink)
    planks(c, (0, 0, c.w, c.h), mix((156, 110, 74), s.accents[0], 0.3), 8)
    c.strokes((0, 0, c.w, c.h), 900, length=60, width=1.2, angle=0, spread=2, jitter=13)
    for _ in range(14):
        x, y = c.random.uniform(0, c.w), (int(c.random.integers(8)) + 0.5) * c.h / 8
        c.dots([(x, y)], 3.2, [(70, 66, 66)])
        c.dots([(x - 0.8, y - 0.8)], 1.2, [(170, 166, 164)])


def marble(c: Canvas, scheme: str) -> None:
    """Polished stone with coloured veins."""
    s = SCHEMES[scheme]
    stone = mix(s.ground, s.accents[3], 0.25)
    c.area(box(0, 0, c.w, c.h), across(lighter(stone, 0.4), stone, lighter(stone, 0.3)))
    for tone, count in (
        (mix(stone, s.accents[0], 0.35), 26),
        (mix(stone, s.ink, 0.5), 30),
        ((206, 172, 104), 12),
        (lighter(stone, 0.8), 24),
    ):
        veins(c, (0, 0, c.w, c.h), tone, count)


def brick(c: Canvas, scheme: str) -> None:
    """An old wall with some moss."""
    s = SCHEMES[scheme]
    tone = mix((170, 92, 72), s.accents[0], 0.4)
    c.area(box(0, 0, c.w, c.h), lighter(mix(tone, (160, 150, 140), 0.7), 0.2))
    for row, y in enumerate(np.arange(-4.0, c.h, 31).tolist()):
        for x in np.arange(-80.0 + (row % 2) * 39 + c.random.uniform(-2, 2), c.w, 78).tolist():
            colour = varied(mix(tone, pick(s.accents, c.random), 0.14), c.random, 16)
            corners = box(x + 2, y + 2, x + 75, y + 28) + c.random.normal(0, 0.9, (4, 2))
            c.area(moved(corners, 1.5, 2), darker(tone, 0.6))
            c.area(corners, down(lighter(colour, 0.1), colour, darker(colour, 0.12)))
            c.dots(
                c.random.uniform((x + 4, y + 4), (x + 73, y + 26), (9, 2)),
                c.random.uniform(0.5, 1.8, 9),
                [darker(colour, 0.3), lighter(colour, 0.25)],
            )
    c.grainy(box(0, 0, c.w, c.h), 0.05, cell=8)
    for _ in range(9):
        x, y = c.random.uniform(0, c.w), c.random.uniform(0, c.h)
        for _ in range(22):
            x, y = x + c.random.normal(4, 8), y + c.random.normal(-7, 6)
            c.area(
                ellipse(x, y, 7, 4, turn=float(c.random.uniform(0, 180))),
                varied(mix((84, 120, 70), s.accents[2], 0.3), c.random, 18),
            )


def terrazzo(c: Canvas, scheme: str) -> None:
    """Chips of stone in light cement."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), lighter(s.ground, 0.3))
    for size, count in ((34, 90), (17, 260), (6, 700)):
        for x, y in c.random.uniform((0, 0), (c.w, c.h), (count, 2)).tolist():
            angles = np.sort(c.random.uniform(0, 6.283, int(c.random.integers(4, 8))))
            r = size * c.random.uniform(0.4, 1.0, len(angles))
            tone = varied(pick([*s.accents, s.ink], c.random), c.random, 12)
            c.area(np.stack([x + r * np.cos(angles), y + r * np.sin(angles)], axis=1), tone)
    c.grainy(box(0, 0, c.w, c.h), 0.02, cell=6)


def pebbles(c: Canvas, scheme: str) -> None:
    """Round stones from a river."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), darker(s.ink, 0.2))
    for size, count in ((14, 250), (30, 170), (52, 46)):
        for x, y in c.random.uniform((0, 0), (c.w, c.h), (count, 2)).tolist():
            tone = varied(mix((150, 144, 138), pick(s.accents, c.random), 0.4), c.random, 16)
            rx, ry, turn = (
                size * c.random.uniform(0.6, 1.0),
                size * c.random.uniform(0.42, 0.7),
                float(c.random.uniform(0, 180)),
            )
            shape = ellipse(x, y, rx, ry, turn=turn)
            c.area(moved(shape, size * 0.1, size * 0.16), (16, 14, 22), opacity=0.6, blur=2.5)
            c.area(shape, down(lighter(tone, 0.25), tone, darker(tone, 0.3)))
            if size > 20:
                c.line(
                    ellipse(x, y, rx * 0.7, ry * 0.9, turn=turn + 14, start=200, end=320),
                    lighter(tone, 0.5),
                    1.2,
                )
                c.dots(
                    c.random.normal((x, y), size * 0.22, (7, 2)),
                    0.9,
                    [darker(tone, 0.35), lighter(tone, 0.35)],
                )


def parquet(c: Canvas, scheme: str) -> None:
    """Staggered blocks of wood."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), s.ink)
    w, long = 26.0, 104.0
    for row in range(int(c.h / w) + 1):
        for column in range(-1, int(c.w / long) + 1):
            x, y = column * long + (row % 4) * w, row * w
            tone = varied(mix((168, 120, 82), pick(s.accents, c.random), 0.25), c.random, 12)
            c.area(box(x, y, x + long - 1.5, y + w - 1.5), across(lighter(tone, 0.1), tone))
            for t in c.random.uniform(0.1, 0.9, 4).tolist():
                c.line(
                    [
                        (x + 3, y + w * t),
                        (x + long * 0.5, y + w * t + c.random.normal(0, 1)),
                        (x + long - 4, y + w * t),
                    ],
                    darker(tone, 0.2),
                    0.7,
                )
            if c.random.random() < 0.1:
                for r in (6.0, 4.0, 2.0):
                    c.area(ellipse(x + long * 0.4, y + w / 2, r * 1.6, r), darker(tone, 0.5 - r * 0.05))
