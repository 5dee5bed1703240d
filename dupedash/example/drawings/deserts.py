"""Dunes, table mountains, cacti."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Colour, darker, lighter, mix
from dupedash.example.drawings.nature import sky, stones
from dupedash.example.drawings.outline import Points, band, below, box, ellipse, moved, place, smooth
from dupedash.example.drawings.paint import down


def desert(c: Canvas, mood: str, *, cactus: int = 4) -> None:
    """Dunes with ripples and sharp crests, table mountains far away, cacti near."""
    light = MOODS[mood]
    horizon = c.h * c.random.uniform(0.42, 0.52)
    sky(c, light, horizon + 10, sun=(c.random.uniform(0.15, 0.85), 0.2), size=0.05, cloudy=3)
    for depth in range(2):
        _mesas(
            c,
            horizon + depth * 6,
            c.h * (0.13 - 0.03 * depth),
            mix(light.far, light.sky[-1], 0.45 - 0.3 * depth),
        )
    sand = mix(light.sky[-1], light.far, 0.35)
    c.area(box(0, horizon + 8, c.w, c.h), sand)
    for depth in range(5):
        base = horizon + (c.h - horizon) * (depth / 5) ** 1.15 + 16
        line = smooth(
            [
                (x, base + c.random.normal(0, 0.03 + 0.012 * depth) * c.h)
                for x in np.linspace(-20, c.w + 20, 6)
            ],
            closed=False,
        )
        tone = mix(sand, light.far, depth * 0.13)
        c.area(below(line, c.h + 5), down(lighter(tone, 0.16), mix(tone, light.near, 0.12 + depth * 0.05)))
        _lee_side(c, line, depth, mix(light.near, tone, 0.5), mix(tone, light.near, 0.28))
    c.grainy(box(0, horizon, c.w, c.h), 0.02, cell=8, stretch=3)
    c.strokes((0, horizon + 20, c.w, c.h), 700, length=24, width=1.6, angle=3, spread=8, jitter=9)
    for _ in range(cactus):
        y = c.random.uniform(0.68, 0.97) * c.h
        _cactus(
            c,
            c.random.uniform(0.06, 0.94) * c.w,
            y,
            c.h * 0.42 * (y / c.h - 0.4),
            mix(light.accent, light.near, 0.25),
        )
    stones(c, (0, c.h * 0.75, c.w, c.h), 14, light.near, 9)


def _lee_side(c: Canvas, line: Points, depth: int, shade: Colour, ripple: Colour) -> None:
    """The dark side below a crest, and the wind's ripples across the lit one."""
    tops = [i for i in range(4, len(line) - 4) if line[i, 1] == line[max(0, i - 4) : i + 5, 1].min()]
    for i in tops:
        far = line[i : i + 11]
        foot = np.linspace(0, 1, len(far))[:, None]
        sag = c.h * (0.05 + 0.022 * depth) * np.sin(np.pi * np.clip(1.15 - foot, 0, 1)) + 2
        c.area(
            np.concatenate([far, (far + np.concatenate([-20 * (1 - foot), sag], axis=1))[::-1]]),
            shade,
            opacity=0.6,
            blur=1.2,
        )
    for row in range(12 + depth * 3):
        shift = 5 + row * (3.6 + depth * 2.0)
        wavy = line + np.stack(
            [np.zeros(len(line)), shift + 2.0 * np.sin(line[:, 0] / (15 + 5 * depth) + row * 1.3)], axis=1
        )
        start = int(c.random.integers(0, len(wavy) - 10))
        c.line(wavy[start : start + int(c.random.integers(8, 26))], ripple, 0.9)


def _mesas(c: Canvas, base: float, height: float, tone: Colour) -> None:
    x = c.random.uniform(-0.1, 0.1) * c.w
    while x < c.w:
        w, h = c.w * c.random.uniform(0.08, 0.24), height * c.random.uniform(0.4, 1.1)
        block = [
            (x, base),
            (x + w * 0.12, base - h * 0.5),
            (x + w * 0.16, base - h),
            (x + w * 0.8, base - h * 0.97),
            (x + w * 0.86, base - h * 0.45),
            (x + w, base),
        ]
        c.area(block, down(lighter(tone, 0.1), tone))
        for _ in range(14):
            sx = x + w * c.random.uniform(0.16, 0.82)
            c.line(
                [
                    (sx, base - h * c.random.uniform(0.6, 0.95)),
                    (sx + 1, base - h * c.random.uniform(0.1, 0.5)),
                ],
                darker(tone, 0.14),
                1,
            )
        x += w * c.random.uniform(0.9, 2.0)


def _cactus(c: Canvas, x: float, foot: float, size: float, tone: Colour) -> None:
    c.shadow(ellipse(x + size * 0.4, foot, size * 0.5, size * 0.05), blur=4, opacity=0.4)
    w = size * 0.15
    arms = [
        [(x, foot), (x, foot - size * 0.5), (x, foot - size)],
        [
            (x, foot - size * 0.38),
            (x - size * 0.26, foot - size * 0.4),
            (x - size * 0.28, foot - size * 0.72),
        ],
        [
            (x, foot - size * 0.52),
            (x + size * 0.22, foot - size * 0.54),
            (x + size * 0.24, foot - size * 0.86),
        ],
    ]
    for number, arm in enumerate(arms):
        thick = w * (1 if number == 0 else 0.72)
        path = smooth(arm, closed=False, steps=8)
        c.area(band(path, thick), darker(tone, 0.15))
        c.area(ellipse(*place(path[-1]), thick / 2), darker(tone, 0.15))
        for shift in (-0.3, -0.1, 0.12, 0.3):
            c.line(
                moved(path, shift * thick, 0),
                lighter(tone, 0.22) if shift < 0 else darker(tone, 0.35),
                max(0.6, thick * 0.05),
            )
    c.dots([(x - size * 0.28, foot - size * 0.75), (x, foot - size * 1.02)], size * 0.035, [(236, 92, 132)])
