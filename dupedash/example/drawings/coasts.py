"""The sea from a cliff: waves, sails, rocks, lighthouses."""

from __future__ import annotations

from collections.abc import Callable

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Colour, Mood, darker, lighter, mix
from dupedash.example.drawings.nature import birds, sky, stones, waves
from dupedash.example.drawings.outline import below, box, ellipse, points, ridge, smooth
from dupedash.example.drawings.paint import down, varied


def coast(c: Canvas, mood: str, *, lighthouse: bool = False, sails: int = 2) -> None:
    """The sea from a cliff: waves, sails, rocks, and perhaps a lighthouse."""
    light = MOODS[mood]
    horizon = c.h * c.random.uniform(0.4, 0.52)
    sun_x = c.random.uniform(0.2, 0.8)
    sky(c, light, horizon, sun=(sun_x, horizon / c.h * c.random.uniform(0.4, 0.9)), size=0.045, cloudy=7)
    c.area(
        box(0, horizon, c.w, c.h),
        down(mix(light.water, light.sky[-1], 0.45), light.water, darker(light.water, 0.45)),
    )
    range_far = ridge(c.w, horizon - c.h * 0.015, c.h * 0.03, c.random, first=4)
    c.area(below(range_far, horizon), mix(light.far, light.sky[-1], 0.3))
    c.strokes((0, horizon, c.w, c.h), 1300, length=50, width=4, angle=0, spread=4, jitter=11)
    waves(
        c, horizon + 2, c.h, lighter(mix(light.water, light.sky[-1], 0.5), 0.4), darker(light.water, 0.5), 700
    )
    for _ in range(170):
        near = c.random.random() ** 1.6
        y = horizon + 3 + near * (c.h - horizon) * 0.8
        x = sun_x * c.w + c.random.normal(0, 14 + near * c.w * 0.05)
        c.area(ellipse(x, y, 3 + 13 * near, 0.8 + 1.3 * near), light.sun, opacity=0.75)
    for _ in range(sails):
        y = horizon + c.random.uniform(0.04, 0.3) * (c.h - horizon)
        _sailboat(c, c.random.uniform(0.12, 0.88) * c.w, y, 26 + (y - horizon) * 0.75, light)
    right = c.random.random() < 0.5
    _cliff(c, horizon, light, right=right, lighthouse=lighthouse)
    birds(c, c.w * c.random.uniform(0.3, 0.7), horizon * 0.4, 7, mix(light.near, light.sky[0], 0.3))


def _cliff(c: Canvas, horizon: float, light: Mood, *, right: bool, lighthouse: bool) -> None:
    top = horizon + c.h * c.random.uniform(-0.08, 0.1)
    edge = [
        (-0.05, top),
        (0.16, top - 8),
        (0.27, top + 10),
        (0.31, top + c.h * 0.1),
        (0.29, top + c.h * 0.16),
        (0.37, top + c.h * 0.22),
        (0.36, top + c.h * 0.3),
        (0.45, c.h * 0.93),
        (0.5, c.h + 5),
        (-0.05, c.h + 5),
    ]

    def side(x: float) -> float:
        return c.w * (1 - x) if right else c.w * x

    rock = mix(light.near, (128, 104, 88), 0.45)
    outline = [(side(x) + c.random.normal(0, 6), y) for x, y in edge]
    c.area(outline, darker(rock, 0.1))
    c.grainy(outline, 0.05, cell=40, stretch=0.6)
    window = (min(x for x, _ in outline), top - 10, max(x for x, _ in outline), float(c.h))
    _strata(c, top, rock, light.sun, side)
    meadow = mix(light.near, (110, 140, 70), 0.4) if not light.night else light.near
    crown = [
        (side(x), y)
        for x, y in [
            (-0.02, top - 4),
            (0.16, top - 12),
            (0.28, top + 6),
            (0.29, top + 22),
            (0.16, top + 12),
            (-0.02, top + 26),
        ]
    ]
    c.area(smooth(crown), meadow)
    if lighthouse:
        _lighthouse(c, side(0.15), top - 6, c.h * 0.27, light)
    for _ in range(260):
        t = c.random.random()
        x, y = side(0.29 * t), top - 6 + 14 * t + c.random.uniform(-4, 10)
        c.line(
            [(x, y), (x + c.random.normal(0, 3), y - c.random.uniform(4, 10))],
            varied(meadow, c.random, 20),
            0.9,
        )
    shore = (min(side(0.3), side(0.56)), c.h * 0.86, max(side(0.3), side(0.56)), c.h + 10.0)
    stones(c, shore, 16, rock, 20)
    for _ in range(90):
        x, y = c.random.uniform(shore[0] - 20, shore[2] + 20), c.random.uniform(c.h * 0.87, c.h)
        c.area(ellipse(x, y, c.random.uniform(2, 12), c.random.uniform(1, 2.6)), (250, 252, 250), opacity=0.6)
    c.strokes(window, 60, length=16, width=2, angle=75, spread=20, jitter=10)


def _strata(c: Canvas, top: float, rock: Colour, sun: Colour, side: Callable[[float], float]) -> None:
    """Ledges of a cliff: blocks in rows, each with a lit upper edge and a dark crack below."""
    y = top + 14.0
    while y < c.h + 10:
        x, tall = -0.02, c.random.uniform(13, 30)
        reach = 0.27 + 0.2 * (y - top) / (c.h - top)
        while x < reach:
            wide = c.random.uniform(0.02, 0.075)
            a, b = side(x), side(min(x + wide, reach + 0.01))
            tilt = c.random.uniform(-7, 7)
            face = varied(mix(rock, sun, 0.16 * (x / reach)), c.random, 15)
            c.area(
                [(a, y + tilt), (b, y - tilt), (b, y + tall + tilt), (a, y + tall + 4 - tilt)],
                down(face, darker(face, 0.3)),
                opacity=0.8,
            )
            c.line([(a, y + tilt), (b, y - tilt)], lighter(face, 0.25), 1)
            x += wide
        y += tall


def _lighthouse(c: Canvas, x: float, foot: float, height: float, light: Mood) -> None:
    w = height * 0.1
    tower = points(
        [
            (x - w, foot),
            (x - w * 0.62, foot - height * 0.78),
            (x + w * 0.62, foot - height * 0.78),
            (x + w, foot),
        ]
    )
    c.glow(x, foot - height * 0.87, height * 0.8, light.sun, 0.55)
    c.area(tower, (244, 240, 230))
    for band_top in (0.08, 0.36, 0.64):
        a, b = w * (1 - 0.48 * band_top), w * (1 - 0.48 * (band_top + 0.14))
        c.area(
            [
                (x - a, foot - height * band_top),
                (x - b, foot - height * (band_top + 0.14)),
                (x + b, foot - height * (band_top + 0.14)),
                (x + a, foot - height * band_top),
            ],
            light.accent,
        )
    c.area(
        [(x, foot), (x, foot - height * 0.78), (x + w * 0.62, foot - height * 0.78), (x + w, foot)],
        (30, 26, 44),
        opacity=0.22,
    )
    c.area(box(x - w * 0.9, foot - height * 0.81, x + w * 0.9, foot - height * 0.78), (52, 50, 58))
    c.area(box(x - w * 0.5, foot - height * 0.92, x + w * 0.5, foot - height * 0.81), (255, 236, 170))
    for k in (-0.5, 0, 0.46):
        c.line([(x + k * w, foot - height * 0.92), (x + k * w, foot - height * 0.81)], (52, 50, 58), 1.4)
    c.area(
        [(x - w * 0.7, foot - height * 0.92), (x, foot - height), (x + w * 0.7, foot - height * 0.92)],
        darker(light.accent, 0.2),
    )
    for y in (0.25, 0.5):
        c.area(box(x - w * 0.14, foot - height * y - 7, x + w * 0.14, foot - height * y), (60, 66, 80))
    c.area(
        [
            (x + w * 0.8, foot),
            (x + w * 0.8, foot - height * 0.2),
            (x + w * 2.1, foot - height * 0.3),
            (x + w * 3.3, foot - height * 0.2),
            (x + w * 3.3, foot),
        ],
        (236, 230, 218),
    )
    c.area(
        [
            (x + w * 0.7, foot - height * 0.19),
            (x + w * 2.1, foot - height * 0.32),
            (x + w * 3.5, foot - height * 0.19),
        ],
        darker(light.accent, 0.1),
    )
    c.area(box(x + w * 1.7, foot - height * 0.14, x + w * 2.3, foot - height * 0.06), (70, 80, 96))


def _sailboat(c: Canvas, x: float, y: float, size: float, light: Mood) -> None:
    lean = c.random.uniform(-0.06, 0.06) * size
    c.area(ellipse(x, y + size * 0.1, size * 0.42, size * 0.05), darker(light.water, 0.5), opacity=0.5)
    c.area(
        [
            (x - size * 0.32, y - size * 0.06),
            (x + size * 0.36, y - size * 0.08),
            (x + size * 0.22, y + size * 0.06),
            (x - size * 0.24, y + size * 0.06),
        ],
        darker(light.accent, 0.25),
    )
    c.area(
        [
            (x - size * 0.32, y - size * 0.06),
            (x + size * 0.36, y - size * 0.08),
            (x + size * 0.35, y - size * 0.045),
            (x - size * 0.31, y - size * 0.025),
        ],
        (245, 238, 226),
    )
    c.line([(x, y - size * 0.06), (x + lean, y - size)], (70, 52, 44), max(0.8, size * 0.018))
    c.area(
        [
            (x - size * 0.02, y - size * 0.12),
            (x + lean - 1, y - size * 0.97),
            (x - size * 0.3, y - size * 0.14),
        ],
        (250, 246, 236),
    )
    c.area(
        [
            (x + size * 0.03, y - size * 0.12),
            (x + lean + 1, y - size * 0.9),
            (x + size * 0.18, y - size * 0.5),
            (x + size * 0.33, y - size * 0.15),
        ],
        mix(light.accent, (255, 246, 232), 0.45),
    )
    c.area(
        [
            (x - size * 0.02, y - size * 0.12),
            (x + lean - 1, y - size * 0.97),
            (x - size * 0.1, y - size * 0.13),
        ],
        (120, 110, 130),
        opacity=0.25,
    )
