"""Plots inside a frame: bars, lines, shares, clouds of points, heat maps."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import box, ellipse, moved, place, points, rounded, smooth
from dupedash.example.drawings.paint import down

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PLACES = ("Altenau", "Bellcourt", "Greywater", "Kirchfeld", "Maplestead", "Nordvik", "Santa Luz", "Westhaven")
Frame = tuple[float, float, float, float]


def draw(c: Canvas, kind: str, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    """The plot alone, inside a frame."""
    {
        "bars": _bars,
        "stacked": _stacked,
        "lines": _lines,
        "area": _areas,
        "donut": _donut,
        "points": _points,
        "heat": _heat,
        "rows": _rows,
        "radar": _radar,
        "range": _ranges,
    }[kind](c, where, s, random)


def _axes(c: Canvas, where: Frame, s: Scheme, top: int, labels: tuple[str, ...]) -> None:
    x0, y0, x1, y1 = where
    size, soft = max(7.0, (y1 - y0) * 0.034), mix(s.ink, s.ground, 0.4)
    for k in range(6):
        y = y1 - (y1 - y0) * k / 5
        c.line([(x0, y), (x1, y)], mix(s.ground, s.ink, 0.18), 0.8)
        c.text(x0 - 6, y, f"{top * k // 5}", size, soft, anchor="rm")
    for k, label in enumerate(labels):
        c.text(x0 + (x1 - x0) * (k + 0.5) / len(labels), y1 + size * 0.6, label, size, soft, anchor="ma")
    c.line([(x0, y1), (x1, y1)], soft, 1.4)


def _legend(c: Canvas, where: Frame, s: Scheme, names: tuple[str, ...]) -> None:
    x, size = where[0], max(7.0, (where[3] - where[1]) * 0.036)
    for k, name in enumerate(names):
        c.area(rounded(x, where[1] - size * 2, x + size, where[1] - size, 2), s.accents[k])
        x += (
            size * 1.5
            + c.text(x + size * 1.4, where[1] - size * 1.5, name, size, s.ink, anchor="lm")
            + size * 1.2
        )


def _bars(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    _axes(c, where, s, 500, MONTHS)
    _legend(c, where, s, ("this year", "last year"))
    step = (x1 - x0) / 12
    for k, value in enumerate(np.clip(random.normal(0.55, 0.2, 12), 0.12, 0.97).tolist()):
        for which, size in ((0, value), (1, value * random.uniform(0.6, 1.05))):
            left = x0 + step * k + step * (0.14 + 0.36 * which)
            tone = s.accents[which]
            c.area(
                rounded(left, y1 - (y1 - y0) * size, left + step * 0.34, y1 + 3, 4),
                down(lighter(tone, 0.15), tone),
            )
            if which == 0 and step > 34:
                c.text(
                    left + step * 0.17,
                    y1 - (y1 - y0) * size - 4,
                    f"{size * 500:.0f}",
                    step * 0.19,
                    s.ink,
                    anchor="mb",
                )
        c.area(box(x0 + step * k, y1 + 0.8, x0 + step * (k + 1), y1 + 4), s.ground)


def _stacked(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    _axes(c, where, s, 200, PLACES)
    _legend(c, where, s, ("road", "rail", "river", "air"))
    step = (x1 - x0) / 8
    for k in range(8):
        y = y1
        for part, size in enumerate((random.dirichlet((3, 2, 2, 1)) * random.uniform(0.45, 0.95)).tolist()):
            tall = (y1 - y0) * size
            c.area(box(x0 + step * (k + 0.2), y - tall, x0 + step * (k + 0.8), y), s.accents[part])
            if tall > 22:
                c.text(
                    x0 + step * (k + 0.5),
                    y - tall / 2,
                    f"{size * 200:.0f}",
                    10,
                    lighter(s.ground, 0.5),
                    anchor="mm",
                )
            y -= tall


def _lines(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    _axes(c, where, s, 100, MONTHS)
    _legend(c, where, s, ("north", "south", "east", "west"))
    for k in range(4):
        values = np.clip(random.uniform(0.2, 0.75) + random.normal(0, 0.09, 12).cumsum(), 0.04, 0.98)
        path = np.stack([x0 + (x1 - x0) * (np.arange(12) + 0.5) / 12, y1 - (y1 - y0) * values], axis=1)
        c.line(moved(path, 0, 3), mix(s.ground, s.ink, 0.15), 3)
        c.line(path, s.accents[k], 2.6)
        c.dots(path, 4.5, [s.accents[k]])
        c.dots(path, 2.2, [lighter(s.ground, 0.6)])


def _areas(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    _axes(c, where, s, 300, MONTHS)
    _legend(c, where, s, ("wind", "sun", "water", "gas"))
    x = np.linspace(x0, x1, 13)
    levels = np.cumsum(
        np.abs(
            random.normal(0.2, 0.05, (4, 13))
            + 0.05 * np.sin(np.arange(13) / 2 + random.uniform(0, 6, (4, 1)))
        ),
        axis=0,
    )
    for k in range(3, -1, -1):
        path = smooth(np.stack([x, y1 - (y1 - y0) * np.clip(levels[k], 0, 0.98)], axis=1), closed=False)
        c.area(
            np.concatenate([path, [(x1, y1), (x0, y1)]]),
            down(lighter(s.accents[k], 0.12), mix(s.accents[k], s.ground, 0.35)),
        )
        c.line(path, darker(s.accents[k], 0.12), 2)


def _donut(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    r = min(x1 - x0, y1 - y0) * 0.47
    x, y, start = x0 + (x1 - x0) * 0.36, (y0 + y1) / 2, -90.0
    shares = np.sort(random.dirichlet((2,) * 6))[::-1]
    for k, share in enumerate(shares.tolist()):
        tone = s.accents[k % 5] if k < 5 else mix(s.ink, s.ground, 0.5)
        c.area(np.concatenate([[(x, y)], ellipse(x, y, r, start=start, end=start + share * 359.9)]), tone)
        a = np.radians(start + share * 180)
        if share > 0.06:
            c.text(
                x + r * 0.8 * np.cos(a),
                y + r * 0.8 * np.sin(a),
                f"{share:.0%}",
                r * 0.09,
                lighter(s.ground, 0.6),
                anchor="mm",
                bold=0.3,
            )
        start += share * 360
        ly = y0 + (y1 - y0) * (0.16 + 0.13 * k)
        c.area(ellipse(x1 - (x1 - x0) * 0.27, ly, r * 0.045), tone)
        c.text(x1 - (x1 - x0) * 0.24, ly, PLACES[k], r * 0.1, s.ink, anchor="lm")
    c.area(ellipse(x, y, r * 0.58), lighter(s.ground, 0.6) if sum(s.ground) > 380 else lighter(s.ground, 0.1))
    c.text(x, y - r * 0.08, f"{random.integers(120, 980)}", r * 0.32, s.ink, anchor="mm", bold=0.6)
    c.text(x, y + r * 0.2, "in all", r * 0.11, mix(s.ink, s.ground, 0.4), anchor="mm")


def _points(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    _axes(c, where, s, 50, tuple(str(k * 10) for k in range(8)))
    _legend(c, where, s, ("sample A", "sample B", "sample C"))
    for k in range(3):
        centre, count = random.uniform(0.2, 0.8, 2), 46
        cloud = np.clip(
            centre + random.normal(0, 0.1, (count, 2)) @ random.normal(0, 0.8, (2, 2)), 0.02, 0.98
        )
        for (px, py), r in zip(cloud.tolist(), random.uniform(2.5, 9, count).tolist(), strict=True):
            where_ = ellipse(x0 + px * (x1 - x0), y1 - py * (y1 - y0), r)
            c.area(where_, s.accents[k], opacity=0.65)
            c.line(where_, darker(s.accents[k], 0.25), 0.8)


def _heat(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    rows, columns = 8, 12
    w, h = (x1 - x0 - 64) / columns, (y1 - y0) / rows
    for row in range(rows):
        c.text(x0 + 58, y0 + (row + 0.5) * h, PLACES[row], h * 0.26, s.ink, anchor="rm")
        for column in range(columns):
            value = float(
                np.clip(
                    0.5 + 0.35 * np.sin(column / 2 + row * random.uniform(0.2, 0.6)) + random.normal(0, 0.2),
                    0,
                    1,
                )
            )
            tone = mix(mix(s.ground, s.accents[1], 0.35), s.accents[0], value)
            c.area(
                rounded(
                    x0 + 64 + column * w + 1,
                    y0 + row * h + 1,
                    x0 + 64 + (column + 1) * w - 1,
                    y0 + (row + 1) * h - 1,
                    3,
                ),
                tone,
            )
            c.text(
                x0 + 64 + (column + 0.5) * w,
                y0 + (row + 0.5) * h,
                f"{value * 99:.0f}",
                h * 0.24,
                lighter(tone, 0.8) if value > 0.45 else darker(tone, 0.6),
                anchor="mm",
            )
    for column in range(columns):
        c.text(x0 + 64 + (column + 0.5) * w, y1 + 5, MONTHS[column], h * 0.25, s.ink, anchor="ma")


def _rows(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    h, names = (y1 - y0) / 8, random.permutation(PLACES).tolist()
    for k, value in enumerate(np.sort(random.uniform(0.15, 0.95, 8))[::-1].tolist()):
        y, left = y0 + k * h, x0 + (x1 - x0) * 0.16
        c.text(left - 10, y + h / 2, names[k], h * 0.3, s.ink, anchor="rm")
        c.area(rounded(left, y + h * 0.2, x1, y + h * 0.8, h * 0.3), mix(s.ground, s.ink, 0.09))
        c.area(
            rounded(left, y + h * 0.2, left + (x1 - left) * value, y + h * 0.8, h * 0.3),
            s.accents[0 if k < 3 else 1],
        )
        c.text(
            left + (x1 - left) * value - 10,
            y + h / 2,
            f"{value * 100:.1f}",
            h * 0.27,
            darker(s.accents[0 if k < 3 else 1], 0.7),
            anchor="rm",
            bold=0.3,
        )


def _radar(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x, y = (where[0] + where[2]) / 2, (where[1] + where[3]) / 2
    r, angles = min(where[2] - where[0], where[3] - where[1]) * 0.46, np.radians(np.arange(8) * 45 - 90)
    around = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for ring in range(5, 0, -1):
        c.area(around * r * ring / 5 + (x, y), mix(s.ground, s.ink, 0.03 * ring + 0.02))
    for k, spoke in enumerate(around):
        c.line([(x, y), spoke * r + (x, y)], mix(s.ground, s.ink, 0.3), 0.8)
        c.text(*place(spoke * r * 1.12 + (x, y)), PLACES[k], r * 0.07, s.ink, anchor="mm")
    for k in range(3):
        shape = around * r * random.uniform(0.3, 0.98, (8, 1)) + (x, y)
        c.area(shape, s.accents[k], opacity=0.32)
        c.line(np.concatenate([shape, shape[:1]]), s.accents[k], 2.4)
        c.dots(shape, 4, [s.accents[k]])


def _ranges(c: Canvas, where: Frame, s: Scheme, random: np.random.Generator) -> None:
    x0, y0, x1, y1 = where
    _axes(c, where, s, 80, PLACES)
    for k in range(8):
        x, (low, a, mid, b, high) = (
            x0 + (x1 - x0) * (k + 0.5) / 8,
            np.sort(random.uniform(0.08, 0.94, 5)).tolist(),
        )
        tone = s.accents[k % 5]
        heights = [y1 - (y1 - y0) * v for v in (low, a, mid, b, high)]
        c.line([(x, heights[0]), (x, heights[4])], darker(tone, 0.2), 1.6)
        c.area(rounded(x - 17, heights[3], x + 17, heights[1], 3), down(lighter(tone, 0.2), tone))
        c.line([(x - 17, heights[2]), (x + 17, heights[2])], s.ink, 2)
        c.dots(
            points(
                np.stack(
                    [x + random.normal(0, 7, 14), y1 - (y1 - y0) * random.uniform(low, high, 14)], axis=1
                )
            ),
            2,
            [darker(tone, 0.35)],
        )
