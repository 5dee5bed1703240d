"""Posters with a scene: travel and film."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings import writing
from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import band, box, ellipse, smooth
from dupedash.example.drawings.paint import down, varied
from dupedash.example.drawings.posters import footer, worn


def travel(
    c: Canvas,
    scheme: str,
    *,
    words: str = "NORDVIK",
    line: str = "Where the road meets the sea",
    sea: bool = False,
) -> None:
    """Sun with rays over layered hills, with a road, or over a bay with sails; framed."""
    s = SCHEMES[scheme]
    x0, y0, x1, y1 = c.w * 0.06, c.h * 0.045, c.w * 0.94, c.h * 0.76
    c.area(box(x0, y0, x1, y1), down(s.accents[3], lighter(s.accents[1], 0.1), lighter(s.ground, 0.1)))
    side = 0.22 if sea else 0.3
    _sun(c, s, c.w * c.random.uniform(side, 1 - side), c.h * c.random.uniform(0.14, 0.34))
    if sea:
        _bay(c, s, y0 + (y1 - y0) * 0.52, y1)
    else:
        _hills(c, s, [y0 + (y1 - y0) * (0.5 + 0.12 * k) for k in range(5)], y1)
        _road(c, s, y1)
    for edge in (box(0, 0, c.w, y0), box(0, 0, x0, c.h), box(x1, 0, c.w, c.h), box(0, y1, c.w, c.h)):
        c.area(edge, lighter(s.ground, 0.2))
    c.line(np.concatenate([box(x0, y0, x1, y1)] * 2), s.ink, 2.4)
    c.text(c.w / 2, c.h * 0.825, words, c.h * 0.085, s.accents[0], anchor="mm", spacing=7, bold=1.2)
    c.text(c.w / 2, c.h * 0.88, line, c.h * 0.026, s.ink, anchor="mm", spacing=1)
    footer(c, s, s.ink, "BY RAIL · BY SEA", f"from {c.random.integers(19, 89)}.00")
    worn(c)


def _sun(c: Canvas, s: Scheme, x: float, y: float) -> None:
    reach = c.w * 1.2
    for a in np.radians(np.arange(0, 360, 18)).tolist():
        ends = [(x + reach * np.cos(b), y + reach * np.sin(b)) for b in (a, a + 0.15)]
        c.area([(x, y), *ends], lighter(s.ground, 0.4), opacity=0.16)
    c.area(ellipse(x, y, c.w * 0.12), lighter(s.accents[1], 0.3))


def _hills(c: Canvas, s: Scheme, bases: list[float], bottom: float) -> None:
    for k, base in enumerate(bases):
        tone = mix(s.accents[(2, 0, 4, 3, 0)[k]], s.ink, 0.1 * k)
        x = np.linspace(-20, c.w + 20, 6)
        hill = smooth(np.stack([x, c.random.normal(base, c.h * 0.035, 6)], axis=1), closed=False)
        c.area(np.concatenate([hill, [(c.w + 20, bottom), (-20, bottom)]]), tone)
        for _ in range(30):
            i, size = int(c.random.integers(2, len(hill) - 2)), c.h * (0.014 + 0.008 * k)
            px, py = hill[i, 0], hill[i, 1] + c.random.uniform(0, c.h * 0.05)
            tree = [(px - size * 0.45, py), (px, py - size * 1.7), (px + size * 0.45, py)]
            c.area(tree, darker(tone, 0.22))
            c.area([*tree[:2], (px - size * 0.05, py)], lighter(tone, 0.1))


def _road(c: Canvas, s: Scheme, bottom: float) -> None:
    bends = [(0.5, 0.0), (0.57, 0.08), (0.47, 0.15), (0.52, 0.21)]
    road = smooth([(c.w * x, bottom - c.h * y) for x, y in bends], closed=False)
    c.area(band(road, np.linspace(c.w * 0.13, 6, len(road))), lighter(s.ground, 0.3))
    c.line(road, s.accents[0], 1.4)


def _bay(c: Canvas, s: Scheme, shore: float, bottom: float) -> None:
    """A town on the far shore, bands of water, sails."""
    _hills(c, s, [shore - c.h * 0.03], shore + 20)
    for x in np.arange(c.w * 0.3, c.w * 0.8, c.w * 0.035).tolist():
        tall, tone = c.h * c.random.uniform(0.02, 0.07), varied(lighter(s.ground, 0.3), c.random, 8)
        c.area(box(x, shore - tall, x + c.w * 0.033, shore), tone)
        roof = [(x - 3, shore - tall), (x + c.w * 0.016, shore - tall - 12), (x + c.w * 0.036, shore - tall)]
        c.area(roof, s.accents[3])
        for y in np.arange(shore - tall + 5, shore - 5, 9).tolist():
            c.area(box(x + 5, y, x + 9, y + 5), s.ink)
    for k in range(9):
        y, x = shore + (bottom - shore) * k / 9, np.linspace(-10, c.w + 10, 60)
        crest = y + (2 + k) * np.sin(x / (14 + 6 * k) + c.random.uniform(0, 6))
        tone = mix(mix(s.accents[0], s.accents[1], k / 14), s.ink, 0.04 * k)
        c.area(np.concatenate([np.stack([x, crest], axis=1), [(c.w + 10, bottom), (-10, bottom)]]), tone)
        c.line(np.stack([x, crest], axis=1), lighter(tone, 0.4), 1.6)
        if k in (2, 4, 7):
            _sail(c, s, c.w * c.random.uniform(0.15, 0.85), y + 6, c.h * (0.04 + 0.016 * k))


def _sail(c: Canvas, s: Scheme, x: float, y: float, size: float) -> None:
    c.area(
        [
            (x - size * 0.4, y - 4),
            (x + size * 0.45, y - 4),
            (x + size * 0.28, y + size * 0.14),
            (x - size * 0.25, y + size * 0.14),
        ],
        s.ink,
    )
    c.area([(x, y - size * 1.2), (x, y - 6), (x - size * 0.42, y - 6)], lighter(s.ground, 0.5))
    c.area([(x + 3, y - size), (x + 3, y - 6), (x + size * 0.38, y - 6)], s.accents[3])


def film(
    c: Canvas, scheme: str, *, words: str = "THE LAST FERRY", line: str = "A film in three letters"
) -> None:
    """A moonlit stair of silhouettes: a figure, a tower, its long shadow."""
    s = SCHEMES[scheme]
    c.area(
        box(0, 0, c.w, c.h), down(darker(s.ink, 0.3), darker(s.accents[3], 0.45), s.accents[0], s.accents[1])
    )
    x, y, r = c.w * c.random.uniform(0.35, 0.65), c.h * 0.42, c.w * 0.3
    c.glow(x, y, r * 2, lighter(s.accents[1], 0.5), 0.8)
    c.area(ellipse(x, y, r), lighter(s.ground, 0.3))
    c.grainy(ellipse(x, y, r), 0.07, cell=70)
    for _ in range(9):
        a, far = c.random.uniform(0, 6.28), c.random.random() ** 0.5 * r * 0.8
        c.area(
            ellipse(x + far * np.cos(a), y + far * np.sin(a), c.random.uniform(5, 22)),
            mix(s.ground, s.accents[3], 0.22),
        )
    for depth in range(3):
        step, base = c.w / (16 - 4 * depth), c.h * (0.62 + 0.055 * depth)
        tone = mix(darker(s.ink, 0.2), s.accents[0], 0.4 - 0.17 * depth)
        left = 0.0
        while left < c.w:
            tall = c.h * c.random.uniform(0.02, 0.17)
            wide = step * c.random.uniform(0.6, 1.5)
            c.area(box(left, base - tall, left + wide, c.h), tone)
            if c.random.random() < 0.5:
                c.area(
                    [
                        (left, base - tall),
                        (left + wide / 2, base - tall - wide * 0.6),
                        (left + wide, base - tall),
                    ],
                    tone,
                )
            for _ in range(6):
                wx, wy = left + c.random.uniform(0.1, 0.8) * wide, base - c.random.uniform(0.0, 0.9) * tall
                c.area(box(wx, wy, wx + 4, wy + 6), lighter(s.accents[1], 0.4))
            left += wide
    fx, fy, u = c.w * c.random.uniform(0.25, 0.75), c.h * 0.775, c.h * 0.011
    ink = darker(s.ink, 0.5)
    c.area(
        smooth(
            [
                (fx - 3 * u, fy),
                (fx - 2.6 * u, fy - 9 * u),
                (fx, fy - 11 * u),
                (fx + 2.6 * u, fy - 9 * u),
                (fx + 3.4 * u, fy),
            ]
        ),
        ink,
    )
    c.area(ellipse(fx, fy - 12 * u, 1.7 * u), ink)
    c.area(band([(fx - 3 * u, fy - 12.6 * u), (fx + 3 * u, fy - 12.9 * u)], 1.1 * u), ink)
    c.area(box(fx - 1.6 * u, fy - 14.8 * u, fx + 1.6 * u, fy - 12.8 * u), ink)
    c.area(
        [(fx - 3 * u, fy), (fx + 3 * u, fy), (fx + 22 * u, c.h), (fx - 2 * u, c.h)], ink, opacity=0.5, blur=4
    )
    c.text(c.w / 2, c.h * 0.09, line.upper(), c.h * 0.02, lighter(s.ground, 0.3), anchor="mm", spacing=4)
    c.text(
        c.w / 2,
        c.h * 0.86,
        words,
        min(c.h * 0.07, c.w * 1.35 / len(words)),
        lighter(s.ground, 0.5),
        anchor="mm",
        spacing=3,
        bold=1,
    )
    names = " · ".join(writing.name(c.random) for _ in range(3))
    c.text(c.w / 2, c.h * 0.925, names, c.h * 0.018, lighter(s.ground, 0.2), anchor="mm")
    c.text(
        c.w / 2,
        c.h * 0.955,
        f"written and filmed by {writing.name(c.random)}",
        c.h * 0.015,
        lighter(s.ground, 0.1),
        anchor="mm",
    )
    worn(c)
