"""What all papers share: the sheet, letterheads, signatures, stamps."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import Colour, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import box, ellipse, regular, rounded, smooth, star
from dupedash.example.drawings.paint import down

INK = (44, 44, 52)
SOFT = (122, 122, 132)


def words(c: Canvas, seed: int) -> np.random.Generator:
    """Text has its own seed: the same form can be filled in with other words."""
    return np.random.default_rng(seed if seed else c.random.integers(1 << 30))


def paper(c: Canvas, tone: Colour = (252, 250, 245)) -> None:
    c.area(box(0, 0, c.w, c.h), down(lighter(tone, 0.3), tone, darker(tone, 0.03)))
    c.grainy(box(0, 0, c.w, c.h), 0.012, cell=5, octaves=2)
    c.area(box(0, c.h * 0.497, c.w, c.h * 0.503), (90, 84, 74), opacity=0.08, blur=2)


def logo(c: Canvas, x: float, y: float, r: float, s: Scheme, kind: int) -> None:
    a, b = s.accents[0], s.accents[1]
    if kind % 4 == 0:
        c.area(ellipse(x, y, r), a)
        c.area(
            [
                (x - r * 0.6, y + r * 0.4),
                (x - r * 0.1, y - r * 0.4),
                (x + r * 0.15, y),
                (x + r * 0.3, y - r * 0.2),
                (x + r * 0.65, y + r * 0.4),
            ],
            lighter(b, 0.5),
        )
    elif kind % 4 == 1:
        for k, size in enumerate((1.0, 0.66, 0.33)):
            c.area(regular(x, y, r * size, 6), (a, b, s.ground)[k])
    elif kind % 4 == 2:
        for k in range(8):
            c.area(
                ellipse(
                    x + r * 0.55 * np.cos(k * 0.785),
                    y + r * 0.55 * np.sin(k * 0.785),
                    r * 0.45,
                    r * 0.2,
                    turn=45 * k,
                ),
                a if k % 2 else b,
            )
    else:
        c.area(rounded(x - r, y - r, x + r, y + r, r * 0.3), a)
        c.area(star(x, y, r * 0.75, r * 0.32, 5), lighter(b, 0.4))


def signature(c: Canvas, x: float, y: float, width: float) -> None:
    path = [
        (x + width * t, y + c.random.normal(0, width * 0.07) - 6 * np.sin(9 * t))
        for t in np.linspace(0, 1, 16)
    ]
    c.line(smooth(path, closed=False), (38, 58, 128), 1.8)
    c.line(
        smooth([(x, y + 8), (x + width * 0.6, y + 3), (x + width * 1.1, y + 9)], closed=False),
        (38, 58, 128),
        1.4,
    )


def stamp(c: Canvas, x: float, y: float, words: str, tone: Colour) -> None:
    turn = float(c.random.uniform(-22, 22))
    for r, width in ((46, 2.6), (36, 1.2)):
        ring = ellipse(x, y, r)
        c.line(np.concatenate([ring, ring[:1]]), mix(tone, (255, 255, 255), 0.25), width)
    c.text(x, y, words, 15, mix(tone, (255, 255, 255), 0.2), anchor="mm", turn=turn, bold=0.5)
    for k in range(12):
        a = k * 0.5236
        c.area(star(x + 41 * np.cos(a), y + 41 * np.sin(a), 3, 1.4, 5), mix(tone, (255, 255, 255), 0.25))
