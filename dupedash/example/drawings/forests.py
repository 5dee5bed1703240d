"""Among tall trunks: leaves, ferns, light between them."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Colour, Mood, darker, lighter, mix
from dupedash.example.drawings.outline import Points, band, below, box, ridge, smooth
from dupedash.example.drawings.paint import down, varied


def forest(c: Canvas, mood: str, *, path: bool = False) -> None:
    """Among tall trunks: light between them, leaves overhead, ferns below."""
    light = MOODS[mood]
    leaf = mix(
        mix(light.near, (96, 150, 60), 0.6), light.accent, 0.75 if mood in ("autumn", "gold") else 0.02
    )
    bright = mix(light.sky[-1], lighter(leaf, 0.4), 0.35)
    c.area(box(0, 0, c.w, c.h), down(mix(bright, leaf, 0.5), bright, light.sky[-1], mix(leaf, bright, 0.5)))
    glow_x, ground = c.w * c.random.uniform(0.3, 0.7), c.h * 0.66
    c.glow(glow_x, c.h * 0.4, c.w * 0.6, light.sun, 1.0)
    for depth in range(6):
        near = depth / 5
        tone = mix(mix(bright, light.far, 0.4), darker(mix(light.near, (70, 48, 36), 0.5), 0.25), near**0.8)
        floor = ridge(c.w, ground + (c.h - ground) * near**1.4, 7 + 8 * near, c.random, first=3)
        moss = mix(mix(bright, leaf, 0.45), darker(leaf, 0.45), near)
        c.area(below(floor, c.h + 4), down(moss, darker(moss, 0.12)))
        if path and depth:
            _path_step(c, glow_x, ground, near, mix(light.sky[-1], (176, 132, 92), 0.35 + 0.4 * near))
        _trees(c, depth, floor, glow_x, tone)
        _foliage(
            c,
            0.34 - 0.03 * depth,
            mix(lighter(leaf, 0.3), darker(leaf, 0.35), near),
            light,
            14 + 4 * depth,
            5 + 2.4 * depth,
        )
        if depth == 3:
            for _ in range(6):
                x = glow_x + c.random.normal(-c.w * 0.1, c.w * 0.13)
                c.area(
                    [(x, -9), (x + c.w * 0.04, -9), (x + c.w * 0.2, c.h), (x + c.w * 0.08, c.h)],
                    light.sun,
                    opacity=0.17,
                    blur=10,
                )
    c.strokes((0, ground, c.w, c.h), 700, length=13, width=2.5, angle=5, spread=40, jitter=20)
    for y in np.sort(c.random.uniform(0.8, 1.04, 38)).tolist():
        x = c.random.uniform(0, c.w)
        if not path or abs(x - glow_x) > c.w * 0.2:
            _fern(
                c, x, c.h * y, c.h * c.random.uniform(0.06, 0.14), varied(lighter(leaf, 0.12), c.random, 16)
            )
    c.dots(
        c.random.uniform((0, c.h * 0.2), (c.w, c.h * 0.9), (60, 2)),
        c.random.uniform(0.6, 2.0, 60),
        [lighter(light.sun, 0.4), light.accent],
    )


def _path_step(c: Canvas, x: float, ground: float, near: float, tone: Colour) -> None:
    """The stretch of a forest path on one floor: nearer is lower and wider."""
    y = ground + (c.h - ground) * near**1.4
    half, tall = c.w * (0.015 + 0.16 * near), (c.h - ground) * (0.1 + 0.3 * near)
    shift = c.w * 0.03 * np.sin(near * 6)
    c.area(
        smooth(
            [
                (x + shift - half, y),
                (x + shift + half, y),
                (x + shift * 0.5 + half * 1.4, y + tall),
                (x + shift * 0.5 - half * 1.4, y + tall),
            ]
        ),
        tone,
        opacity=0.85,
        blur=3,
    )


def _trees(c: Canvas, depth: int, floor: Points, glow_x: float, tone: Colour) -> None:
    width = c.w * (0.008 + 0.0105 * depth)
    for x in c.random.uniform(0, c.w, 15 - depth * 2).tolist():
        if depth > 1 and abs(x - glow_x) < c.w * (0.06 + 0.05 * depth):
            continue
        foot = float(np.interp(x, floor[:, 0], floor[:, 1])) + 5
        _trunk(c, x, foot, width * c.random.uniform(0.6, 1.3), tone)


def _trunk(c: Canvas, x: float, foot: float, width: float, tone: Colour) -> None:
    lean = c.random.normal(0, c.w * 0.012)
    path = smooth(
        [(x + lean, -10), (x + lean * 0.4, foot * 0.4), (x, foot * 0.85), (x - width * 0.1, foot + 4)],
        closed=False,
    )
    widths = np.interp(np.linspace(0, 1, len(path)), [0, 0.8, 1], [width * 0.7, width, width * 1.7])
    c.area(band(path, widths), tone)
    c.area(band(path - (width * 0.28, 0), widths * 0.22), lighter(tone, 0.16), opacity=0.8)
    for _ in range(int(14 + width)):
        y = c.random.uniform(0, foot)
        at = float(np.interp(y, path[:, 1], path[:, 0])) + c.random.uniform(-0.4, 0.4) * width
        c.line([(at, y), (at + c.random.normal(0, 1), y + c.random.uniform(5, 22))], darker(tone, 0.35), 0.9)


def _foliage(c: Canvas, reach: float, tone: Colour, light: Mood, count: int, size: float) -> None:
    tones = [tone, lighter(tone, 0.14), darker(tone, 0.16), mix(tone, light.sun, 0.25)]
    for number in range(22):
        x, y = c.random.uniform(-0.05, 1.05) * c.w, abs(c.random.normal(0, reach * 0.5)) * c.h
        around = c.random.normal((x, y), (c.w * 0.045, c.h * 0.03), (count, 2))
        sizes = c.random.uniform(0.4, 1.0, count) * size
        for (px, py), r, turn in zip(
            around.tolist(), sizes.tolist(), c.random.uniform(0, 3.14, count).tolist(), strict=True
        ):
            dx, dy = r * np.cos(turn), r * np.sin(turn)
            leaf = [
                (px - dx, py - dy),
                (px + dy * 0.4, py - dx * 0.4),
                (px + dx, py + dy),
                (px - dy * 0.4, py + dx * 0.4),
            ]
            c.area(leaf, tones[(number + int(px)) % 4])


def _fern(c: Canvas, x: float, y: float, size: float, tone: Colour) -> None:
    for turn in np.linspace(-1.1, 1.1, 6).tolist():
        tip = (x + size * np.sin(turn) * 1.3, y - size * np.cos(turn) * 0.9)
        bend = (x + size * np.sin(turn) * 0.5, y - size * np.cos(turn) * 0.75)
        stem = smooth([(x, y), bend, tip], closed=False, steps=5)
        c.line(stem, darker(tone, 0.2), 1)
        for k, (px, py) in enumerate(stem[1:-1].tolist()):
            leaf = size * 0.22 * (1 - k / len(stem))
            c.area([(px, py), (px - leaf, py + leaf * 0.3), (px - leaf * 0.3, py - leaf * 0.2)], tone)
            c.area(
                [(px, py), (px + leaf, py + leaf * 0.3), (px + leaf * 0.3, py - leaf * 0.2)],
                lighter(tone, 0.12),
            )
