"""The studio that products stand in: soft backdrops and table tops."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import Colour, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import band, box, ellipse, moved, points, smooth, star
from dupedash.example.drawings.paint import across, down, pick, varied

BACKDROPS = ("sweep", "arch", "wood", "window", "blocks", "linen", "marble", "sprigs")


def backdrop(c: Canvas, scheme: Scheme, kind: str, *, bend: float = 1.0) -> float:
    """Fill the canvas with a set and pose what comes; returns the height where things stand.

    bend 0 keeps the proportions of what is drawn next, for things with round parts.
    """
    floor = c.h * 0.8
    wall = scheme.ground
    c.area(box(0, 0, c.w, c.h), down(lighter(wall, 0.3), wall, darker(wall, 0.1)))
    c.glow(c.w * 0.32, c.h * 0.28, c.w * 0.7, lighter(wall, 0.7), 0.75)
    {
        "sweep": _sweep,
        "arch": _arch,
        "wood": _wood,
        "window": _window,
        "blocks": _blocks,
        "linen": _linen,
        "marble": _marble,
        "sprigs": _sprigs,
    }[kind](c, scheme, c.h * 0.66)
    _pose(c, floor, bend)
    return floor


def _pose(c: Canvas, floor: float, bend: float) -> None:
    """No two things have the same place, distance and proportions: frame what is drawn next."""
    taper, swell = (bend * float(value) for value in c.random.uniform((-0.45, -0.3), (0.45, 0.4)))
    zoom = float(c.random.uniform(0.74, 1.04)) / (1 + 0.7 * max(swell, 0))
    aside = float(c.random.uniform(-0.1, 0.1)) * c.w
    low = c.h * float(c.random.uniform(0.8, 0.88))
    c.frame(zoom, c.w / 2 * (1 - zoom) + aside, low - floor * zoom, taper=taper, swell=swell)


def _table(c: Canvas, top: float, tone: Colour) -> None:
    c.area(box(0, top, c.w, c.h), down(lighter(tone, 0.14), darker(tone, 0.1)))
    c.shadow(box(-20, top - 6, c.w + 20, top), blur=10, opacity=0.25)


def _sweep(c: Canvas, scheme: Scheme, top: float) -> None:
    c.haze(top - c.h * 0.15, c.h, darker(scheme.ground, 0.3), 0.4)
    c.area(ellipse(c.w * 0.5, c.h * 0.45, c.h * 0.36), mix(scheme.ground, scheme.accents[1], 0.35))
    c.grainy(box(0, 0, c.w, c.h), 0.018, cell=90)
    c.strokes((0, 0, c.w, c.h), 500, length=46, width=5, angle=35, spread=14, jitter=4)


def _arch(c: Canvas, scheme: Scheme, top: float) -> None:
    half, mid = c.h * 0.33, c.w * 0.5
    for grow, tone in (
        (1.0, mix(scheme.ground, scheme.accents[0], 0.4)),
        (0.8, mix(scheme.ground, scheme.accents[1], 0.5)),
    ):
        c.area(
            np.concatenate(
                [
                    ellipse(mid, top - half * 0.7, half * grow, start=180, end=360),
                    [(mid + half * grow, top), (mid - half * grow, top)],
                ]
            ),
            tone,
        )
    _table(c, top, mix(scheme.ground, scheme.accents[-1], 0.3))
    c.grainy(box(0, 0, c.w, c.h), 0.016, cell=36)
    for side in (-1, 1):
        x = mid + side * c.w * 0.38
        c.shadow(ellipse(x, top + 24, 40, 9), blur=6, opacity=0.35)
        c.area(
            ellipse(x, top - 10, 34), across(lighter(pick(scheme.accents, c.random), 0.4), scheme.accents[0])
        )


def planks(c: Canvas, window: tuple[float, float, float, float], tone: Colour, rows: int) -> None:
    """Boards with grain and joints."""
    x0, y0, x1, y1 = window
    tall = (y1 - y0) / rows
    for row in range(rows):
        y, x = y0 + row * tall, x0 - c.random.uniform(0, 200)
        while x < x1:
            long = c.random.uniform(0.35, 0.8) * (x1 - x0)
            board = varied(tone, c.random, 9)
            a, b = max(x, x0), min(x + long, x1)
            if b > a:
                c.area(box(a, y, b, y + tall - 1.2), down(lighter(board, 0.08), board))
                for _ in range(7):
                    gy = y + c.random.uniform(0.1, 0.9) * tall
                    t = np.linspace(a + 2, b - 2, 9)
                    c.line(
                        np.stack([t, gy + c.random.normal(0, tall * 0.03, 9).cumsum() * 0.4], axis=1),
                        darker(board, float(c.random.uniform(0.08, 0.25))),
                        0.7,
                    )
                if c.random.random() < 0.3:
                    kx, ky = c.random.uniform(a, b), y + tall / 2
                    for r in (1.0, 0.7, 0.4):
                        c.area(ellipse(kx, ky, 9 * r, 5 * r), darker(board, 0.2 + 0.2 * (1 - r)))
                c.line([(b, y), (b, y + tall)], darker(board, 0.45), 1)
            x += long
        c.line([(x0, y + tall - 0.8), (x1, y + tall - 0.8)], darker(tone, 0.45), 1.1)


def _wood(c: Canvas, scheme: Scheme, top: float) -> None:
    tile = mix(scheme.ground, scheme.accents[1], 0.12)
    for row, y in enumerate(np.arange(-10, top, 38).tolist()):
        for x in np.arange(-40 + (row % 2) * 38, c.w, 76).tolist():
            c.area(
                box(x + 1.5, y + 1.5, x + 74.5, y + 36.5),
                down(lighter(varied(tile, c.random, 4), 0.25), tile),
            )
    planks(c, (0, top, c.w, c.h), (176, 128, 86), 4)
    c.shadow(box(-20, top - 6, c.w + 20, top + 2), blur=8, opacity=0.4)


def _window(c: Canvas, scheme: Scheme, top: float) -> None:
    c.grainy(box(0, 0, c.w, c.h), 0.014, cell=50)
    for column in range(3):
        for row in range(3):
            x, y = c.w * (0.18 + 0.2 * column), c.h * (0.02 + 0.21 * row)
            pane = points(
                [(x, y), (x + c.w * 0.17, y), (x + c.w * 0.17 + 30, y + c.h * 0.18), (x + 30, y + c.h * 0.18)]
            )
            c.area(moved(pane, 30 * row, 0), (255, 248, 226), opacity=0.55, blur=3)
    for _ in range(26):
        x, y, turn = (
            c.random.uniform(0.3, 1.0) * c.w,
            c.random.uniform(0, 0.6) * c.h,
            c.random.uniform(20, 60),
        )
        c.area(
            ellipse(x, y, c.random.uniform(18, 42), 6, turn=turn),
            darker(scheme.ground, 0.35),
            opacity=0.25,
            blur=4,
        )
    _table(c, top, mix(scheme.ground, scheme.accents[0], 0.45))
    c.grainy(box(0, top, c.w, c.h), 0.022, cell=12, stretch=8)


def _blocks(c: Canvas, scheme: Scheme, top: float) -> None:
    _table(c, top, mix(scheme.ground, scheme.accents[0], 0.18))
    for x, wide, tall, tone in (
        (0.08, 0.17, 0.3, 1),
        (0.22, 0.13, 0.48, 0),
        (0.72, 0.16, 0.4, 2),
        (0.86, 0.12, 0.22, 3),
    ):
        left, height = c.w * x, c.h * tall * c.random.uniform(0.8, 1.2)
        shade = mix(scheme.ground, scheme.accents[tone], 0.55)
        c.shadow(box(left + 10, top - height, left + c.w * wide + 26, top + 12), blur=14, opacity=0.25)
        c.area(
            box(left, top - height, left + c.w * wide, top + 14),
            across(lighter(shade, 0.2), shade, darker(shade, 0.12)),
        )
        c.grainy(box(left, top - height, left + c.w * wide, top + 14), 0.07, cell=7, octaves=2)
    c.dots(
        c.random.uniform((0, top + 10), (c.w, c.h), (130, 2)),
        c.random.uniform(0.8, 2.6, 130),
        [*scheme.accents, scheme.ink],
    )


def _linen(c: Canvas, scheme: Scheme, top: float) -> None:
    cloth = mix(scheme.ground, scheme.accents[3], 0.22)
    c.area(box(0, top, c.w, c.h), down(lighter(cloth, 0.2), cloth))
    for x in np.arange(0, c.w, 3.2).tolist():
        c.line([(x, top), (x * 1.12 - c.w * 0.06, c.h)], varied(cloth, c.random, 7), 0.7)
    for y in np.arange(top, c.h, 3.2).tolist():
        c.line([(0, y), (c.w, y)], varied(cloth, c.random, 7), 0.7)
    for k in range(5):
        y = top + (c.h - top) * (0.1 + 0.2 * k)
        fold = smooth(
            [(c.w * t, y + c.random.normal(0, 16)) for t in (-0.1, 0.2, 0.5, 0.8, 1.1)], closed=False
        )
        c.area(band(fold, 16), darker(cloth, 0.3), opacity=0.3, blur=6)
        c.area(band(fold - (0, 12), 10), (255, 255, 255), opacity=0.3, blur=5)
    c.grainy(box(0, 0, c.w, top), 0.014, cell=20)
    c.shadow(box(-20, top - 5, c.w + 20, top + 1), blur=8, opacity=0.25)


def veins(c: Canvas, window: tuple[float, float, float, float], tone: Colour, count: int = 16) -> None:
    """Marble: cloudy, with branching veins."""
    x0, y0, x1, y1 = window
    c.grainy(box(*window), 0.05, cell=120)
    for _ in range(count):
        x, y, turn = c.random.uniform(x0, x1), c.random.uniform(y0, y1), c.random.normal(0.5, 0.35)
        path = [(x, y)]
        for _ in range(16):
            turn += c.random.normal(0, 0.28)
            x, y = x + 24 * np.cos(turn), y + 24 * np.sin(turn)
            path.append((x, y))
        inside = np.clip(path, (x0, y0), (x1, y1))
        c.area(
            band(inside, c.random.uniform(0.4, 4.0, len(path))),
            tone,
            opacity=float(c.random.uniform(0.25, 0.7)),
            blur=0.7,
        )


def _marble(c: Canvas, scheme: Scheme, top: float) -> None:
    c.area(
        box(0, 0, c.w, top),
        down(mix(scheme.accents[3], scheme.ground, 0.35), mix(scheme.accents[3], scheme.ground, 0.6)),
    )
    c.glow(c.w * 0.3, c.h * 0.25, c.w * 0.5, scheme.ground, 0.6)
    c.strokes((0, 0, c.w, top), 600, length=36, width=5, angle=60, spread=20, jitter=5)
    c.area(box(0, top, c.w, c.h), down((250, 248, 246), (226, 224, 226)))
    veins(c, (0, top, c.w, c.h), (142, 142, 154))
    c.shadow(box(-20, top - 5, c.w + 20, top + 1), blur=8, opacity=0.3)


def _sprigs(c: Canvas, scheme: Scheme, top: float) -> None:
    paper = mix(scheme.ground, scheme.accents[2], 0.25)
    c.area(box(0, 0, c.w, top), paper)
    for row, y in enumerate(np.arange(20, top, 62).tolist()):
        for x in np.arange(10 + (row % 2) * 36, c.w + 30, 72).tolist():
            tone = mix(paper, scheme.accents[0], 0.45)
            c.line(smooth([(x, y + 24), (x + 3, y), (x - 2, y - 20)], closed=False), tone, 1.4)
            for k in range(4):
                for side in (-1, 1):
                    c.area(
                        ellipse(x + side * 8, y + 12 - 10 * k, 8, 3.2, turn=side * 35),
                        tone if (k + row) % 3 else scheme.accents[1],
                    )
            c.area(star(x - 2, y - 22, 6, 2.6, 5), scheme.accents[3])
    c.haze(0, top, darker(paper, 0.4), 0.22)
    planks(c, (0, top, c.w, c.h), mix((120, 84, 62), scheme.ink, 0.2), 3)
    c.shadow(box(-20, top - 6, c.w + 20, top + 2), blur=8, opacity=0.4)


BRANDS = ("NORDHAUS", "KESTREL", "LUMEN", "ATELIER 9", "FJORD & CO", "MAISON VERT", "OKO", "HALVARD")
