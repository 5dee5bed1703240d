"""Parts of landscapes: skies, clouds, ridges, trees, birds, stars. Each draws one thing on a canvas."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Colour, Mood, darker, lighter, mix
from dupedash.example.drawings.outline import (
    Points,
    band,
    below,
    ellipse,
    moved,
    points,
    ridge,
    smooth,
    wobble,
)
from dupedash.example.drawings.paint import down


def sky(
    c: Canvas,
    mood: Mood,
    horizon: float,
    *,
    sun: tuple[float, float] | None = None,
    size: float = 0.05,
    cloudy: int = 5,
) -> None:
    """The sky down to `horizon` (pixels); the sun or moon at a share of width and height."""
    c.area([(0, 0), (c.w, 0), (c.w, horizon), (0, horizon)], down(*mood.sky))
    if mood.night:
        stars(c, horizon, 260)
    c.strokes((0, 0, c.w, horizon), 700, length=60, width=7, angle=4, spread=8, jitter=4)
    if mood is MOODS["aurora"]:
        northern_lights(c, horizon, mood)
        cloudy = 0
    if sun:
        x, y, r = sun[0] * c.w, sun[1] * c.h, size * c.w
        c.glow(x, y, r * 7, mood.sun, 0.75)
        c.area(ellipse(x, y, r), mood.sun)
        if mood.night:
            for dx, dy, part in ((-0.3, -0.2, 0.22), (0.25, 0.3, 0.16), (0.2, -0.4, 0.12), (-0.2, 0.45, 0.1)):
                c.area(ellipse(x + dx * r, y + dy * r, part * r), mix(mood.sun, mood.sky[1], 0.25))
    for _ in range(cloudy):
        x, y = c.random.uniform(0, c.w), c.random.uniform(0.06, 0.75) * horizon
        cloud(c, x, y, c.w * c.random.uniform(0.08, 0.24), mood)


def northern_lights(c: Canvas, horizon: float, mood: Mood) -> None:
    """Three curtains of light: sharp below, fading upwards, with rays."""
    rows, x = np.arange(c.h)[:, None], np.linspace(0.01, np.pi - 0.01, c.w)
    tones = (mix(mood.accent, (236, 120, 200), 0.55), mix(mood.accent, (120, 160, 255), 0.6), mood.accent)
    for number, colour in enumerate(tones):
        hem = horizon * (0.28 + 0.14 * number + 0.13 * wobble(c.w, c.random, octaves=2, rough=0.25))
        rays = 0.75 + 0.3 * wobble(c.w, c.random, octaves=3, first=24, rough=0.6)
        above = (hem - rows) / (horizon * 0.22)
        fade = np.where(above > 0, np.exp(-above) * np.minimum(1, above * 5), 0)
        c.veil(fade * rays * np.sin(x) ** 0.4 * 0.95, colour)


def stars(c: Canvas, bottom: float, count: int) -> None:
    """Stars, many faint and a few bright."""
    places = c.random.uniform((0, 0), (c.w, bottom), (count, 2))
    sizes = 0.4 + 1.4 * c.random.random(count) ** 5
    c.dots(places, sizes, [(226, 232, 255), (150, 170, 210), (255, 240, 214), (120, 140, 190)])


def cloud(c: Canvas, x: float, y: float, width: float, mood: Mood) -> None:
    """A flat-bottomed cloud, lit from above, of soft puffs."""
    light = mix(mood.sky[-1], mood.sun, 0.5) if not mood.night else mix(mood.sky[-1], mood.sky[-2], 0.5)
    shade = mix(mood.sky[len(mood.sky) // 2], light, 0.35)
    height = width * c.random.uniform(0.12, 0.22)
    for layer, tone in ((0.0, shade), (-0.22, mix(shade, light, 0.6)), (-0.4, light)):
        for _ in range(7):
            t = c.random.uniform(-0.5, 0.5)
            lift = (1 - (2 * t) ** 2) * height
            r = height * c.random.uniform(0.35, 0.8) * (1.1 - abs(t))
            where = ellipse(
                x + t * width, y + layer * lift - 0.4 * lift * c.random.random(), r * 1.7, r * 0.7
            )
            c.area(where, tone, opacity=0.55, blur=max(1.5, r * 0.12))


def range_of_hills(
    c: Canvas,
    base: float,
    height: float,
    colour: Colour,
    *,
    rough: float = 0.5,
    first: int = 3,
    mist: Colour | None = None,
    snow: bool = False,
) -> Points:
    """A ridge over the full width, filled to the bottom, painted down its slopes. Returns its skyline."""
    line = ridge(c.w, base, height, c.random, rough=rough, first=first)
    bottom = min(c.h + 4.0, base + 2.6 * height + 40)
    foot = mix(colour, mist, 0.55) if mist else darker(colour, 0.15)
    c.area(below(line, c.h + 4), foot)
    c.area(below(line, bottom), down(colour, foot))
    if snow:
        _facets(c, line, height, colour)
    c.strokes(
        (0, float(line[:, 1].min()), c.w, bottom),
        int(c.w * 1.1),
        length=height * 0.16 + 6,
        width=3,
        angle=62,
        spread=28,
        jitter=7,
    )
    return line


def _facets(c: Canvas, line: Points, height: float, colour: Colour) -> None:
    """Snow on the lit sides below the summits, and shaded flanks."""
    y = line[:, 1]
    peaks = [i for i in range(6, len(y) - 6) if y[i] == y[i - 6 : i + 7].min()]
    white = lighter(mix(colour, (240, 246, 255), 0.6), 0.55)
    for i in peaks:
        x, top = line[i]
        drop = height * c.random.uniform(0.5, 1.1)
        reach = drop * c.random.uniform(0.5, 0.9)
        ragged = [(x, top)]
        for k in range(1, 9):
            t = k / 9
            ragged.append((x + reach * t * c.random.uniform(0.55, 1.25), top + drop * t))
        ragged += [
            (x + reach * (0.1 + 0.2 * c.random.random()) * (k % 2 * 2 - 0.6), top + drop * (1 - k / 8))
            for k in range(1, 8)
        ]
        c.area(ragged, darker(colour, 0.28), opacity=0.55, blur=1)
        snow = [(x, top + 0.5)]
        for k in range(1, 8):
            t = k / 8
            snow.append((x - reach * 0.75 * t - c.random.uniform(0, 4), top + drop * 0.62 * t))
        snow += [
            (x - reach * (0.42 - 0.05 * k) + (k % 2) * 7 - 3, top + drop * (0.6 - 0.085 * k) + (k % 2) * 6)
            for k in range(1, 7)
        ]
        c.area(snow, white, opacity=0.9, blur=0.6)


def pine(c: Canvas, x: float, foot: float, height: float, colour: Colour) -> None:
    """A conifer with ragged tiers, lit from the left."""
    c.area(
        [
            (x - height * 0.02, foot),
            (x - height * 0.01, foot - height * 0.4),
            (x + height * 0.01, foot - height * 0.4),
            (x + height * 0.02, foot),
        ],
        darker(mix(colour, (80, 56, 40), 0.5), 0.2),
    )
    tiers = max(5, min(11, int(height / 14)))
    lit = lighter(colour, 0.13)
    for tier in range(tiers):
        t = tier / tiers
        y = foot - height * (0.1 + 0.9 * t)
        half = height * 0.21 * (1 - t) ** 0.85 + 1.5
        drop = height * 0.16 * (1 - 0.4 * t)
        skirt = [(x, y - drop)]
        for k in range(7):
            u = k / 6
            skirt.append(
                (
                    x + half * (1 - 2 * u),
                    y
                    + (0.0 if k % 2 else drop * 0.28) * c.random.uniform(0.6, 1.2)
                    - 0.18 * half * abs(1 - 2 * u),
                )
            )
        c.area(skirt, mix(darker(colour, 0.16), colour, t))
        if height > 40:
            c.area(
                [
                    (x, y - drop),
                    (x - half * 0.95, y - 0.12 * half),
                    (x - half * 0.45, y - drop * 0.1),
                    (x - half * 0.1, y - drop * 0.35),
                ],
                lit,
            )


def leafy(
    c: Canvas, x: float, foot: float, height: float, colour: Colour, *, bark: Colour = (92, 68, 52)
) -> None:
    """A broad-leaved tree: trunk, branches, and a crown of many small leaves, dark to light."""
    width = height * 0.07
    trunk = smooth(
        [
            (x - width, foot),
            (x - width * 0.5, foot - height * 0.25),
            (x - width * 0.4, foot - height * 0.55),
            (x + width * 0.4, foot - height * 0.55),
            (x + width * 0.5, foot - height * 0.25),
            (x + width, foot),
        ]
    )
    c.area(trunk, darker(bark, 0.1))
    for turn in (-0.5, 0.4, -0.2):
        reach = height * 0.3
        c.area(
            band(
                [(x, foot - height * 0.38), (x + turn * reach, foot - height * 0.62)],
                [width * 0.6, width * 0.2],
            ),
            bark,
        )
    blobs = [
        (c.random.normal(0, 0.17), c.random.normal(0.66, 0.11), c.random.uniform(0.09, 0.17))
        for _ in range(13)
    ]
    for bx, by, r in blobs:
        c.area(ellipse(x + bx * height, foot - by * height, r * height), darker(colour, 0.3))
    for shade, shift, count in ((0.12, 0.0, 70), (-0.05, 0.03, 70), (-0.25, 0.06, 50)):
        tone = darker(colour, shade) if shade > 0 else lighter(colour, -shade)
        where, sizes = [], []
        for _ in range(int(count * min(1.0, 0.25 + height / 130))):
            bx, by, r = blobs[int(c.random.integers(len(blobs)))]
            angle, far = c.random.uniform(0, 6.283), r * c.random.random() ** 0.5
            where.append(
                (
                    x + (bx - shift + far * np.cos(angle)) * height,
                    foot - (by + shift + far * np.sin(angle)) * height,
                )
            )
            sizes.append(height * c.random.uniform(0.012, 0.03))
        c.dots(where, np.asarray(sizes), [tone, mix(tone, colour, 0.4), mix(tone, (250, 220, 120), 0.08)])


def grass(
    c: Canvas, top: float, bottom: float, colour: Colour, count: int = 900, *, height: float = 16
) -> None:
    """Blades that grow larger towards the viewer, with a few flowers' worth of lighter ones."""
    y = np.sort(c.random.uniform(top, bottom, count))
    x = c.random.uniform(-5, c.w + 5, count)
    near = (y - top) / max(1.0, bottom - top)
    for px, py, n, lean in zip(
        x.tolist(), y.tolist(), near.tolist(), c.random.normal(0, 0.35, count).tolist(), strict=True
    ):
        size = height * (0.35 + n)
        tone = mix(darker(colour, 0.35), lighter(colour, 0.3), float(c.random.random()))
        c.area([(px - 0.7 - n, py), (px + lean * size, py - size), (px + 0.7 + n, py)], tone)


def birds(c: Canvas, x: float, y: float, count: int, colour: Colour, size: float = 9) -> None:
    """A loose flock."""
    for _ in range(count):
        bx, by, s = (
            x + c.random.normal(0, size * 7),
            y + c.random.normal(0, size * 3),
            size * c.random.uniform(0.6, 1.2),
        )
        wing = smooth(
            [
                (bx - s, by - 0.35 * s),
                (bx - 0.45 * s, by - 0.5 * s),
                (bx, by),
                (bx + 0.45 * s, by - 0.55 * s),
                (bx + s, by - 0.3 * s),
            ],
            closed=False,
        )
        c.line(wing, colour, 1.1)


def stones(
    c: Canvas, window: tuple[float, float, float, float], count: int, colour: Colour, size: float = 14
) -> None:
    """Boulders with a lit top and a shadow at the foot, larger towards the bottom."""
    x0, y0, x1, y1 = window
    for y in np.sort(c.random.uniform(y0, y1, count)).tolist():
        x, r = (
            c.random.uniform(x0, x1),
            size * (0.4 + (y - y0) / max(1.0, y1 - y0)) * c.random.uniform(0.5, 1.3),
        )
        angles = np.sort(c.random.uniform(0, 6.283, 8))
        shape = points(np.stack([x + r * 1.3 * np.cos(angles), y + r * 0.75 * np.sin(angles)], axis=1))
        tone = mix(colour, (128, 124, 120), float(c.random.uniform(0, 0.5)))
        c.area(moved(shape, r * 0.15, r * 0.22), darker(tone, 0.55), opacity=0.6, blur=2)
        c.area(shape, darker(tone, 0.18))
        c.area((shape - (x, y)) * (0.8, 0.7) + (x - r * 0.15, y - r * 0.18), lighter(tone, 0.12))


def waves(c: Canvas, top: float, bottom: float, light: Colour, dark: Colour, count: int = 420) -> None:
    """Short crests on water, small far away and long near."""
    for y in np.sort(top + (bottom - top) * c.random.random(count) ** 1.4).tolist():
        near = (y - top) / (bottom - top)
        x, long = c.random.uniform(-20, c.w), (8 + 60 * near) * c.random.uniform(0.4, 1.3)
        tone = light if c.random.random() < 0.45 else dark
        thick = 0.7 + 3.2 * near
        crest = [
            (x, y),
            (x + long * 0.3, y - thick),
            (x + long * 0.7, y - thick * 0.6),
            (x + long, y),
            (x + long * 0.55, y + thick * 0.5),
        ]
        c.area(crest, tone, opacity=float(c.random.uniform(0.25, 0.75)))
