"""Posters with a scene: travel and film."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings import writing
from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, darker, lighter, mix
from dupedash.example.drawings.outline import band, box, ellipse, points, smooth
from dupedash.example.drawings.paint import down
from dupedash.example.drawings.posters import footer, worn


def travel(
    c: Canvas, scheme: str, *, words: str = "NORDVIK", line: str = "Where the road meets the sea"
) -> None:
    """Layered hills, sun with rays, a railway or a sail, framed."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), lighter(s.ground, 0.2))
    x0, y0, x1, y1 = c.w * 0.06, c.h * 0.045, c.w * 0.94, c.h * 0.76
    c.area(box(x0, y0, x1, y1), down(s.accents[3], lighter(s.accents[1], 0.1), lighter(s.ground, 0.1)))
    sx, sy = c.w * c.random.uniform(0.3, 0.7), c.h * c.random.uniform(0.2, 0.32)
    for k in range(20):
        a = np.radians(18 * k)
        ray = points(
            [
                (sx, sy),
                (sx + c.w * 1.2 * np.cos(a), sy + c.w * 1.2 * np.sin(a)),
                (sx + c.w * 1.2 * np.cos(a + 0.15), sy + c.w * 1.2 * np.sin(a + 0.15)),
            ]
        )
        c.area(ray, lighter(s.ground, 0.4), opacity=0.16)
    c.area(ellipse(sx, sy, c.w * 0.12), lighter(s.accents[1], 0.3))
    tones = [mix(s.accents[k % 5], s.ink, 0.1 * k) for k in (2, 0, 4, 3, 0)]
    for k, tone in enumerate(tones):
        base = y0 + (y1 - y0) * (0.5 + 0.12 * k)
        hill = smooth(
            [(x, base + c.random.normal(0, c.h * 0.035)) for x in np.linspace(x0 - 20, x1 + 20, 6)],
            closed=False,
        )
        c.area(np.concatenate([hill, [(x1 + 20, y1), (x0 - 20, y1)]]), tone)
        for _ in range(26):
            i = int(c.random.integers(2, len(hill) - 2))
            px, py, size = hill[i, 0], hill[i, 1] + c.random.uniform(0, c.h * 0.05), c.h * (0.014 + 0.008 * k)
            c.area(
                [(px - size * 0.45, py), (px, py - size * 1.7), (px + size * 0.45, py)], darker(tone, 0.22)
            )
            c.area(
                [(px - size * 0.45, py), (px, py - size * 1.7), (px - size * 0.05, py)], lighter(tone, 0.1)
            )
    road = smooth(
        [
            (c.w * 0.5, y1),
            (c.w * 0.57, y1 - c.h * 0.08),
            (c.w * 0.47, y1 - c.h * 0.15),
            (c.w * 0.52, y1 - c.h * 0.21),
        ],
        closed=False,
    )
    c.area(band(road, np.linspace(c.w * 0.13, 6, len(road))), lighter(s.ground, 0.3))
    c.line(road, s.accents[0], 1.4)
    for edge in (box(0, 0, c.w, y0), box(0, 0, x0, c.h), box(x1, 0, c.w, c.h), box(0, y1, c.w, c.h)):
        c.area(edge, lighter(s.ground, 0.2))
    c.line(np.concatenate([box(x0, y0, x1, y1)] * 2), s.ink, 2.4)
    c.text(c.w / 2, c.h * 0.825, words, c.h * 0.085, s.accents[0], anchor="mm", spacing=7, bold=1.2)
    c.text(c.w / 2, c.h * 0.88, line, c.h * 0.026, s.ink, anchor="mm", spacing=1)
    footer(c, s, s.ink, "BY RAIL · BY SEA", f"from {c.random.integers(19, 89)}.00")
    worn(c)


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
