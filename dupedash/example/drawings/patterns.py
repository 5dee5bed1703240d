"""Patterns that fill the picture: scales, knitting, leaves, tiles, weaving, feathers."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, darker, lighter, mix
from dupedash.example.drawings.outline import band, box, ellipse, moved, regular, smooth, star
from dupedash.example.drawings.paint import across, down, pick, varied


def scales(c: Canvas, scheme: str) -> None:
    """Concentric arcs, row over row."""
    s = SCHEMES[scheme]
    r = c.w / c.random.uniform(11, 15)
    for row, y in enumerate(np.arange(-r, c.h + 2 * r, r / 2).tolist()):
        for x in np.arange((row % 2) * r - r, c.w + r, 2 * r).tolist():
            tone = varied(pick(s.accents, c.random), c.random, 8)
            for k, part in enumerate((1.0, 0.84, 0.66, 0.46, 0.24)):
                c.area(
                    ellipse(x, y + r / 2, r * part), s.ground if k % 2 else mix(tone, s.ink, 0.12 * (k // 2))
                )
    c.grainy(box(0, 0, c.w, c.h), 0.025, cell=9)


def knit(c: Canvas, scheme: str) -> None:
    """Knitted stitches with a mirrored motif."""
    s = SCHEMES[scheme]
    w, h = 15.0, 12.0
    columns, rows = int(c.w / w) + 2, int(c.h / h) + 2
    period, a, b = int(c.random.integers(10, 15)), s.accents[0], s.ground
    motif = c.random.random((period // 2 + 1, period // 2 + 1)) < 0.42
    halves = {
        side: smooth(
            [
                (w / 2, h * 1.15),
                (w * (0.5 + side * 0.5), h * 0.35),
                (w * (0.5 + side * 0.42), -h * 0.2),
                (w * (0.5 + side * 0.06), h * 0.5),
            ],
            steps=3,
        )
        for side in (-1, 1)
    }
    c.area(box(0, 0, c.w, c.h), darker(a, 0.4))
    for row in range(rows):
        for column in range(columns):
            u, v = abs(column % period - period // 2), abs(row % period - period // 2)
            base = b if motif[min(u, v), max(u, v)] else a
            if row % (3 * period) < 4:
                base = s.accents[1] if (column + row) % 2 else s.accents[3]
            tone = varied(base, c.random, 6)
            x, y = column * w, row * h
            for side, loop in halves.items():
                c.area(moved(loop, x, y), tone if side < 0 else darker(tone, 0.1))
                c.line(
                    [(x + w / 2 + side * 2, y + h * 0.8), (x + w / 2 + side * w * 0.4, y + h * 0.1)],
                    lighter(tone, 0.2),
                    0.7,
                )


def leaves(c: Canvas, scheme: str) -> None:
    """Leaves in three depths."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), darker(s.accents[0], 0.55))
    for depth in range(3):
        for _ in range(46 - depth * 10):
            x, y, turn, size = (
                c.random.uniform(0, c.w),
                c.random.uniform(0, c.h),
                c.random.uniform(0, 360),
                c.random.uniform(50, 110) * (0.7 + 0.25 * depth),
            )
            green = varied(mix(pick(s.accents[:3], c.random), (60, 110, 70), 0.35), c.random, 12)
            tone = darker(green, 0.4 - 0.18 * depth)
            _leaf(c, x, y, size, float(turn), tone)


def _leaf(c: Canvas, x: float, y: float, size: float, turn: float, tone: tuple[int, int, int]) -> None:
    a = np.radians(turn)
    along, side = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
    start = np.array([x, y])
    width = [0.0, 0.2, 0.27, 0.2, 0.0]
    upper = [
        start + along * size * t + side * size * w
        for t, w in zip((0, 0.25, 0.5, 0.75, 1), width, strict=True)
    ]
    lower = [
        start + along * size * t - side * size * w
        for t, w in zip((0, 0.25, 0.5, 0.75, 1), width, strict=True)
    ]
    shape = smooth([*upper, *lower[3:0:-1]], steps=5)
    c.shadow(shape, dx=4, dy=6, blur=5, opacity=0.4)
    c.area(shape, across(lighter(tone, 0.18), tone))
    c.area(
        smooth([*upper, *[start + along * size * t for t in (0.75, 0.5, 0.25)]], steps=5),
        darker(tone, 0.12),
        opacity=0.7,
    )
    c.line([start, start + along * size], lighter(tone, 0.35), 1.4)
    for t in (0.18, 0.32, 0.46, 0.6, 0.74):
        for sign in (-1, 1):
            c.line(
                [
                    start + along * size * t,
                    start + along * size * (t + 0.14) + sign * side * size * 0.2 * (1 - abs(t - 0.45)),
                ],
                lighter(tone, 0.25),
                0.8,
            )


def azulejo(c: Canvas, scheme: str) -> None:
    """Painted tiles."""
    s = SCHEMES[scheme]
    size = c.w / 7
    base, shapes = lighter(s.ground, 0.5), int(c.random.integers(1000))
    for row in range(int(c.h / size) + 1):
        for column in range(8):
            x, y = column * size + size / 2, row * size + size / 2
            kind, tone = (row * 3 + column * 5 + shapes) % 4, s.accents[(row + column + shapes) % 2 * 3]
            c.area(
                box(x - size / 2 + 1, y - size / 2 + 1, x + size / 2 - 1, y + size / 2 - 1),
                varied(base, c.random, 4),
            )
            for k in range(4):
                cx, cy = x + (k % 2 - 0.5) * size, y + (k // 2 - 0.5) * size
                wedge = ellipse(cx, cy, size * 0.3, start=(0, 90, 270, 180)[k], end=(0, 90, 270, 180)[k] + 90)
                c.area(np.concatenate([[(cx, cy)], wedge]), s.accents[1])
            for k in range(8):
                a = np.radians(45 * k)
                if kind in (0, 2):
                    c.area(
                        ellipse(
                            x + size * 0.22 * np.cos(a),
                            y + size * 0.22 * np.sin(a),
                            size * 0.17,
                            size * 0.06,
                            turn=45 * k,
                        ),
                        tone,
                    )
                else:
                    c.area(
                        regular(
                            x + size * 0.28 * np.cos(a),
                            y + size * 0.28 * np.sin(a),
                            size * 0.08,
                            4,
                            turn=45 * k,
                        ),
                        tone,
                    )
            c.area(star(x, y, size * 0.2, size * 0.09, 8 if kind % 2 else 6), darker(tone, 0.2))
            c.area(ellipse(x, y, size * 0.06), s.accents[4])
            ring = ellipse(x, y, size * 0.4)
            c.line(np.concatenate([ring, ring[:1]]), tone, 1.6)
            c.line(
                np.concatenate([box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)] * 2),
                darker(base, 0.25),
                1.2,
            )
    c.grainy(box(0, 0, c.w, c.h), 0.03, cell=20)


def weave(c: Canvas, scheme: str) -> None:
    """Ribbons over and under each other."""
    s = SCHEMES[scheme]
    step = 19.0
    c.area(box(0, 0, c.w, c.h), darker(s.ink, 0.1))
    columns, rows = int(c.w / step) + 1, int(c.h / step) + 1
    warp = [s.accents[int(k)] for k in c.random.integers(0, 5, columns)]
    weft = [s.accents[int(k)] for k in c.random.integers(0, 5, rows)]
    for row in range(rows):
        for column in range(columns):
            x, y, over = column * step, row * step, (row + column) % 4 < 2
            tone = varied(warp[column] if over else weft[row], c.random, 5)
            strip = (
                box(x + 1.5, y - 2, x + step - 1.5, y + step + 2)
                if over
                else box(x - 2, y + 1.5, x + step + 2, y + step - 1.5)
            )
            c.area(
                strip,
                across(darker(tone, 0.2), lighter(tone, 0.15), darker(tone, 0.2))
                if over
                else down(darker(tone, 0.2), lighter(tone, 0.15), darker(tone, 0.2)),
            )
            for t in (0.3, 0.5, 0.7):
                thread = (
                    [(x + step * t, y), (x + step * t, y + step)]
                    if over
                    else [(x, y + step * t), (x + step, y + step * t)]
                )
                c.line(thread, darker(tone, 0.18), 0.6)


def feathers(c: Canvas, scheme: str) -> None:
    """Overlapping feathers."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), s.ground)
    for row, y in enumerate(np.arange(c.h + 40, -60, -46).tolist()):
        for x in np.arange(-20 + (row % 2) * 38, c.w + 60, 76).tolist():
            tone, size, turn = varied(pick(s.accents, c.random), c.random, 10), 92.0, c.random.normal(0, 8)
            shape = smooth(
                [
                    (x, y),
                    (x - 30, y - size * 0.4),
                    (x - 18, y - size * 0.85),
                    (x, y - size),
                    (x + 18, y - size * 0.85),
                    (x + 30, y - size * 0.4),
                ],
                steps=6,
            )
            shape = moved(shape, turn * 0.4, 0)
            c.shadow(shape, dx=2, dy=-5, blur=5, opacity=0.3)
            c.area(shape, down(lighter(tone, 0.35), tone, darker(tone, 0.2)))
            for k in range(9):
                t = k / 9
                for side in (-1, 1):
                    c.line(
                        [(x, y - size * t), (x + side * 22 * (1 - abs(t - 0.45)), y - size * (t + 0.13))],
                        darker(tone, 0.22) if k % 2 else lighter(tone, 0.4),
                        1,
                    )
            c.area(ellipse(x + turn * 0.4, y - size * 0.74, 9, 12), s.accents[(row + 1) % 5])
            c.area(ellipse(x + turn * 0.4, y - size * 0.74, 5, 7), s.ink)
            c.area(band([(x, y), (x, y - size * 0.6)], 1.6), lighter(s.ground, 0.4))
