"""Farmland in summer and villages in snow."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Colour, Mood, darker, lighter, mix
from dupedash.example.drawings.nature import grass, leafy, pine, range_of_hills, sky
from dupedash.example.drawings.outline import below, box, ellipse, smooth
from dupedash.example.drawings.paint import down, pick, varied


def fields(c: Canvas, mood: str, *, village: bool = False) -> None:
    """Rolling farmland: striped fields, hedges, round trees, a winding road, and perhaps a village."""
    light = MOODS[mood]
    horizon = c.h * c.random.uniform(0.34, 0.46)
    sky(c, light, horizon + 20, sun=(c.random.uniform(0.1, 0.9), 0.14), size=0.04, cloudy=8)
    range_of_hills(c, horizon, c.h * 0.06, mix(light.far, light.sky[-1], 0.25), first=3, rough=0.4)
    green = mix(light.near, (150, 170, 80), 0.45)
    crops = [
        green,
        mix(green, (232, 200, 98), 0.6),
        mix(green, light.accent, 0.35),
        darker(green, 0.18),
        mix(green, (214, 190, 150), 0.5),
    ]
    for depth in range(5):
        base = horizon + (c.h - horizon) * (0.05 + 0.19 * depth)
        line = smooth(
            [(x, base + c.random.normal(0, 0.025) * c.h) for x in np.linspace(-20, c.w + 20, 6)], closed=False
        )
        _farmland(c, line, depth, crops, light)
        for x in np.sort(c.random.uniform(0, c.w, 14 - depth * 2)).tolist():
            foot = float(np.interp(x, line[:, 0], line[:, 1])) + 5
            leafy(
                c,
                x,
                foot,
                c.h * (0.045 + 0.022 * depth) * c.random.uniform(0.7, 1.3),
                darker(pick(crops[:2], c.random), 0.25),
            )
        if village and depth == 1:
            for k in range(9):
                hx = c.w * (0.25 + 0.055 * k) + c.random.normal(0, 6)
                _cottage(
                    c,
                    hx,
                    float(np.interp(hx, line[:, 0], line[:, 1])) + c.random.uniform(6, 26),
                    c.h * 0.045,
                    light,
                )
    grass(c, c.h * 0.9, c.h + 10, crops[0], 520, height=24)
    flowers = c.random.uniform((0, c.h * 0.88), (c.w, c.h), (90, 2))
    c.dots(
        flowers, c.random.uniform(1.4, 3.6, 90), [light.accent, (250, 240, 210), lighter(light.accent, 0.35)]
    )


def _farmland(c: Canvas, line: np.ndarray, depth: int, crops: list[Colour], light: Mood) -> None:
    veil = 0.45 - 0.11 * depth
    c.area(below(line, c.h + 5), mix(crops[0], light.sky[-1], veil))
    cuts = np.sort(c.random.uniform(0, c.w, 4)).tolist()
    for left, right in zip([-10.0, *cuts], [*cuts, c.w + 10.0], strict=True):
        inside = line[(line[:, 0] >= left) & (line[:, 0] <= right)]
        if len(inside) < 2:
            continue
        lean, tall = (left - c.w / 2) * 0.5, c.h * (0.16 + 0.06 * depth)
        tone = mix(varied(pick(crops, c.random), c.random, 6), light.sky[-1], veil)
        c.area(
            np.concatenate(
                [
                    inside,
                    [
                        (inside[-1, 0] + lean * 1.4, inside[-1, 1] + tall),
                        (inside[0, 0] + lean, inside[0, 1] + tall),
                    ],
                ]
            ),
            down(lighter(tone, 0.1), tone, darker(tone, 0.16)),
        )
        rows = int(5 + c.random.integers(0, 9))
        for k in range(rows):
            t = (k + 0.5) / rows
            top = inside[int(t * (len(inside) - 1))]
            c.line(
                [top, (top[0] + lean * 1.2 + (t - 0.5) * 60, top[1] + tall)],
                darker(tone, 0.13),
                0.8 + depth * 0.6,
            )
    top = float(line[:, 1].min())
    c.strokes(
        (0, top, c.w, min(c.h, top + c.h * 0.28)),
        500,
        length=9 + 3 * depth,
        width=2,
        angle=80,
        spread=25,
        jitter=10,
    )


def _cottage(c: Canvas, x: float, foot: float, size: float, light: Mood) -> None:
    wall = varied((238, 226, 206), c.random, 8)
    c.area(box(x - size * 0.6, foot - size * 0.6, x + size * 0.6, foot), wall)
    c.area(box(x + size * 0.2, foot - size * 0.6, x + size * 0.6, foot), darker(wall, 0.18))
    c.area(
        [
            (x - size * 0.7, foot - size * 0.56),
            (x - size * 0.3, foot - size),
            (x + size * 0.45, foot - size),
            (x + size * 0.72, foot - size * 0.56),
        ],
        varied(darker(light.accent, 0.1), c.random, 12),
    )
    for k in (-0.45, -0.12, 0.3):
        c.area(box(x + k * size, foot - size * 0.42, x + (k + 0.16) * size, foot - size * 0.18), (66, 74, 92))


def winter(c: Canvas, mood: str, *, lights: bool = True) -> None:
    """A snowed-in village at the edge of a wood."""
    light = MOODS[mood]
    horizon = c.h * 0.5
    sky(c, light, horizon + 30, sun=(c.random.uniform(0.15, 0.85), 0.16), size=0.04, cloudy=3)
    range_of_hills(
        c, horizon - c.h * 0.08, c.h * 0.12, mix(light.far, light.sky[-1], 0.1), snow=True, mist=light.sky[-1]
    )
    snow = (
        mix((240, 246, 252), light.sky[-1], 0.35)
        if not light.night
        else mix((190, 206, 236), light.sky[1], 0.35)
    )
    for depth in range(4):
        base = horizon + (c.h - horizon) * 0.2 * depth + 4
        line = smooth(
            [(x, base + c.random.normal(0, 0.02) * c.h) for x in np.linspace(-20, c.w + 20, 6)], closed=False
        )
        c.area(below(line, c.h + 5), down(snow, mix(snow, light.far, 0.4)))
        places = np.sort(c.random.uniform(0, c.w, 20 - 4 * depth)).tolist()
        for number, x in enumerate(places):
            foot = float(np.interp(x, line[:, 0], line[:, 1])) + 4
            size = c.h * (0.06 + 0.045 * depth)
            if number % 3 == 1 and 0 < depth < 3:
                _snow_house(c, x, foot + size * 0.2, size * 0.75, light, lights=lights)
            else:
                pine(
                    c, x, foot, size * c.random.uniform(0.9, 1.7), mix(light.near, snow, 0.28 - 0.08 * depth)
                )
                c.dots(
                    c.random.normal((x, foot - size * 0.55), (size * 0.1, size * 0.28), (14, 2)),
                    size * 0.035,
                    [snow],
                )
    c.strokes((0, horizon, c.w, c.h), 500, length=26, width=3, angle=4, spread=12, jitter=5)
    for _ in range(5):
        pine(
            c,
            c.w
            * (
                0.02 + 0.16 * c.random.random()
                if c.random.random() < 0.5
                else 0.84 + 0.14 * c.random.random()
            ),
            c.h + 14,
            c.h * c.random.uniform(0.34, 0.55),
            darker(light.near, 0.12),
        )
    for track in range(16):
        t = track / 16
        c.area(
            ellipse(
                c.w * (0.5 + 0.1 * np.sin(4 * t)) + (track % 2 * 2 - 1) * (2 + 7 * t),
                c.h * (0.74 + 0.27 * t),
                1.5 + 5 * t,
                1 + 2.6 * t,
            ),
            mix(snow, light.far, 0.75),
        )
    flakes = c.random.uniform((0, 0), (c.w, c.h), (220, 2))
    c.dots(flakes, 0.5 + 2.0 * c.random.random(220) ** 3, [(255, 255, 255), mix(snow, (255, 255, 255), 0.5)])


def _snow_house(c: Canvas, x: float, foot: float, size: float, light: Mood, *, lights: bool) -> None:
    wall = varied(mix(light.accent, (120, 84, 66), 0.5), c.random, 12)
    c.area(box(x - size * 0.6, foot - size * 0.62, x + size * 0.6, foot), wall)
    for k in range(7):
        c.line(
            [(x - size * 0.6 + k * size * 0.2, foot - size * 0.62), (x - size * 0.6 + k * size * 0.2, foot)],
            darker(wall, 0.2),
            0.8,
        )
    c.area(
        [
            (x - size * 0.78, foot - size * 0.56),
            (x, foot - size * 1.2),
            (x + size * 0.78, foot - size * 0.56),
        ],
        (246, 250, 255),
    )
    c.area(
        [(x, foot - size * 1.2), (x + size * 0.78, foot - size * 0.56), (x + size * 0.3, foot - size * 0.6)],
        (186, 200, 224),
    )
    pane = (255, 214, 128) if lights else (92, 110, 132)
    for side in (-0.4, 0.16):
        if lights:
            c.glow(x + (side + 0.12) * size, foot - size * 0.36, size * 0.5, pane, 0.5)
        c.area(box(x + side * size, foot - size * 0.48, x + (side + 0.24) * size, foot - size * 0.22), pane)
        c.line(
            [(x + (side + 0.12) * size, foot - size * 0.48), (x + (side + 0.12) * size, foot - size * 0.22)],
            darker(wall, 0.4),
            1,
        )
    c.area(box(x + size * 0.34, foot - size * 1.2, x + size * 0.5, foot - size * 0.8), darker(wall, 0.3))
