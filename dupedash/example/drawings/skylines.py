"""Towers behind a river, with bridges and lit windows."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Colour, Mood, darker, lighter, mix
from dupedash.example.drawings.nature import birds, sky, waves
from dupedash.example.drawings.outline import box, ellipse
from dupedash.example.drawings.paint import across, down, varied

LIT = (255, 216, 138)


def skyline(c: Canvas, mood: str, *, bridge: bool = False, dark: bool = False) -> None:
    """Towers behind a river, in three depths; windows lit where it is dark."""
    light = MOODS[mood]
    shore = c.h * c.random.uniform(0.68, 0.76)
    sky(c, light, shore, sun=(c.random.uniform(0.15, 0.85), c.random.uniform(0.14, 0.4)), size=0.05, cloudy=5)
    dark = dark or light.night or mood == "dusk"
    for depth in range(3):
        tone = mix(mix(light.far, light.sky[-1], 0.35), light.near, 0.1 + 0.4 * depth)
        x = c.random.uniform(-0.05, 0) * c.w
        while x < c.w:
            width = c.w * c.random.uniform(0.035, 0.085) * (1 + 0.15 * depth)
            middle = 1 - abs((x + width / 2) / c.w - 0.5) * 1.1
            tall = c.h * (0.5 - 0.13 * depth) * c.random.uniform(0.45, 1.1) * (0.5 + 0.6 * middle)
            _tower(c, (x, shore - tall, x + width, shore), varied(tone, c.random, 7), depth, light, dark=dark)
            x += width * c.random.uniform(0.85, 1.15)
        c.haze(shore - c.h * 0.25, shore, light.sky[-1], 0.4 - 0.15 * depth)
    quay = darker(light.near, 0.2)
    c.area(box(0, shore - 7, c.w, shore + 2), quay)
    for x in np.arange(8, c.w, 34).tolist():
        c.line([(x, shore - 7), (x, shore - 24)], quay, 1.2)
        c.glow(x, shore - 25, 16, LIT, 0.9 if dark else 0.25)
        c.dots([(x, shore - 25)], 1.8, [lighter(LIT, 0.5)])
    if bridge:
        _bridge(c, shore + c.h * 0.035, light, dark=dark)
    c.reflect(shore + 2, light.water, strength=0.38, ripple=4)
    c.haze(shore, c.h, darker(light.water, 0.5), 0.45)
    waves(
        c, shore + 6, c.h, lighter(mix(light.water, light.sky[-1], 0.6), 0.2), darker(light.water, 0.4), 260
    )
    if bridge:
        _bridge(c, shore + c.h * 0.035, light, dark=dark)
    birds(c, c.w * 0.3, c.h * 0.2, 5, light.near)


def _tower(
    c: Canvas, where: tuple[float, float, float, float], tone: Colour, depth: int, light: Mood, *, dark: bool
) -> None:
    x0, y0, x1, y1 = where
    width, kind = x1 - x0, int(c.random.integers(6))
    side = across(lighter(tone, 0.12), tone, darker(tone, 0.16))
    c.area(box(x0, y0, x1, y1), side)
    if kind == 0:
        c.area(box(x0 + width * 0.2, y0 - width * 0.35, x1 - width * 0.2, y0), side)
        c.line([((x0 + x1) / 2, y0 - width * 0.35), ((x0 + x1) / 2, y0 - width * 1.1)], tone, 1.5)
    elif kind == 1:
        c.area([(x0, y0), ((x0 + x1) / 2, y0 - width * 0.7), (x1, y0)], side)
    elif kind == 2:
        c.area([(x0, y0), (x1, y0 - width * 0.5), (x1, y0)], side)
    elif kind == 3:
        c.area(ellipse((x0 + x1) / 2, y0, width / 2, width * 0.28), lighter(tone, 0.05))
    _windows(c, where, tone, light, step=5.0 + 1.4 * depth, style=int(c.random.integers(3)), dark=dark)


def _windows(
    c: Canvas,
    where: tuple[float, float, float, float],
    tone: Colour,
    light: Mood,
    *,
    step: float,
    style: int,
    dark: bool,
) -> None:
    x0, y0, x1, y1 = where
    glass = darker(tone, 0.32) if not dark else darker(tone, 0.4)
    shine = LIT if dark else lighter(mix(tone, light.sky[-1], 0.5), 0.35)
    share = 0.42 if dark else 0.3
    for y in np.arange(y0 + step, y1 - step, step * (1.5 if style else 1.2)).tolist():
        if style == 2:
            c.area(box(x0 + 2, y, x1 - 2, y + step * 0.6), mix(glass, tone, 0.3))
        for x in np.arange(x0 + step * 0.6, x1 - step * 0.6, step).tolist():
            lit = c.random.random() < share
            if style == 2 and not lit:
                continue
            pane = (
                mix(shine, (255, 170, 90), float(c.random.random()) * 0.4)
                if lit and dark
                else shine
                if lit
                else glass
            )
            c.rectangle(x, y, x + step * 0.55, y + step * (0.8 if style else 0.6), pane)


def _bridge(c: Canvas, deck: float, light: Mood, *, dark: bool) -> None:
    tone, top = mix(light.accent, light.near, 0.35), deck - c.h * 0.27
    left, right = c.w * 0.22, c.w * 0.78
    across_water = np.linspace(0, 1, 30)
    falls, hangs, rises = 1 - across_water, 1 - 4 * across_water * (1 - across_water), across_water
    for a, b, height in ((-c.w * 0.15, left, rises), (left, right, hangs), (right, c.w * 1.15, falls)):
        cable = np.stack([a + (b - a) * across_water, deck - 14 - (deck - 14 - top) * height], axis=1)
        c.line(cable, lighter(tone, 0.1), 2)
        for hx, hy in cable[1:].tolist():
            c.line([(hx, hy), (hx, deck)], mix(tone, light.sky[-1], 0.2), 0.7)
    c.area(box(0, deck - 3, c.w, deck + 5), down(lighter(tone, 0.1), darker(tone, 0.35)))
    for x in (left, right):
        for shift in (-9, 5):
            c.area(
                box(x + shift, top - 6, x + shift + 4, deck + c.h * 0.07),
                across(lighter(tone, 0.15), darker(tone, 0.2)),
            )
        for y in (top, (top + deck) / 2):
            c.area(box(x - 9, y, x + 9, y + 4), darker(tone, 0.15))
        c.area(box(x - 14, deck + c.h * 0.05, x + 14, deck + c.h * 0.085), (96, 94, 100))
    if dark:
        for x in np.arange(10, c.w, 26).tolist():
            c.glow(x, deck - 5, 9, LIT, 0.9)
