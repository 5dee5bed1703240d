"""Furniture and what lies about: pictures, plants, rugs, cushions, lamps, shelves, sofas, tables."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import box, ellipse, place, points, rounded, smooth
from dupedash.example.drawings.paint import across, down, pick, varied
from dupedash.example.drawings.shading import PATTERNS, patterned, shaded

WOOD = (166, 118, 80)


def frames(c: Canvas, s: Scheme, x: float, y: float, w: float, count: int) -> None:
    """Pictures on the wall."""
    for k in range(count):
        fw, fh = w / count * 0.78, w / count * c.random.uniform(0.8, 1.15)
        fx, fy = x + k * w / count, y + c.random.uniform(-10, 10)
        frame = box(fx, fy, fx + fw, fy + fh)
        c.shadow(frame, dx=4, dy=5, blur=5, opacity=0.35)
        c.area(frame, pick([(60, 50, 46), (206, 170, 104), (240, 236, 228), WOOD], c.random))
        c.area(box(fx + 5, fy + 5, fx + fw - 5, fy + fh - 5), (252, 249, 242))
        a, b, d = (s.accents[int(i)] for i in c.random.choice(5, 3, replace=False))
        inner = (fx + 11, fy + 11, fx + fw - 11, fy + fh - 11)
        c.area(box(*inner), down(lighter(a, 0.45), lighter(a, 0.1)))
        kind, mx, my = int(c.random.integers(4)), (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
        if kind == 0:
            c.area(ellipse(mx, my, fw * 0.2), b)
            c.area([(inner[0], inner[3]), (mx, my), (inner[2], inner[3])], d)
        elif kind == 1:
            for j in range(5):
                c.area(
                    ellipse(
                        mx + (j - 2) * fw * 0.08, my + (2 - j) * fh * 0.06, fw * 0.13, fh * 0.05, turn=-40
                    ),
                    b if j % 2 else d,
                )
        elif kind == 2:
            for j in range(6):
                c.area(
                    box(
                        inner[0],
                        inner[1] + j * (inner[3] - inner[1]) / 6,
                        inner[2],
                        inner[1] + (j + 0.5) * (inner[3] - inner[1]) / 6,
                    ),
                    b if j % 2 else d,
                )
        else:
            for j in range(16):
                c.area(
                    ellipse(
                        *place(c.random.uniform((inner[0] + 6, inner[1] + 6), (inner[2] - 6, inner[3] - 6))),
                        5,
                    ),
                    s.accents[j % 5],
                )


def plant(c: Canvas, x: float, foot: float, size: float, s: Scheme) -> None:
    """A potted plant: fern, fiddle leaf or cactus-like spears."""
    kind, green = int(c.random.integers(3)), varied((82, 124, 78), c.random, 14)
    c.shadow(ellipse(x + size * 0.1, foot, size * 0.24, size * 0.04), blur=6, opacity=0.45)
    for k in range(15):
        turn = (k - 7) * 0.17 + c.random.normal(0, 0.08)
        long = size * c.random.uniform(0.45, 0.8)
        tip = (
            x + long * np.sin(turn) * (1.3 if kind == 0 else 0.9),
            foot - size * 0.25 - long * np.cos(turn) * 0.85,
        )
        tone = varied(lighter(green, 0.1) if k % 2 else darker(green, 0.15), c.random, 8)
        if kind == 0:
            arc = smooth(
                [(x, foot - size * 0.25), (x + (tip[0] - x) * 0.5, tip[1] - size * 0.06), tip],
                closed=False,
                steps=6,
            )
            c.line(arc, darker(tone, 0.2), 1.4)
            for px, py in arc[2:].tolist():
                c.area(
                    ellipse(px, py + 4, size * 0.055, size * 0.018, turn=float(np.degrees(turn)) + 60), tone
                )
                c.area(
                    ellipse(px, py - 2, size * 0.055, size * 0.018, turn=float(np.degrees(turn)) - 60),
                    lighter(tone, 0.12),
                )
        elif kind == 1:
            c.line([(x, foot - size * 0.25), tip], darker((120, 90, 64), 0.1), 1.6)
            leaf = ellipse(*tip, size * 0.13, size * 0.075, turn=float(np.degrees(turn)) - 70)
            c.area(leaf, tone)
            c.line([leaf[0], leaf[len(leaf) // 2]], lighter(tone, 0.3), 1)
        else:
            c.area(
                [
                    (x + (k - 7) * size * 0.012, foot - size * 0.22),
                    tip,
                    (x + (k - 6) * size * 0.016, foot - size * 0.22),
                ],
                tone,
            )
    pot = points(
        [
            (x - size * 0.16, foot - size * 0.28),
            (x + size * 0.16, foot - size * 0.28),
            (x + size * 0.12, foot),
            (x - size * 0.12, foot),
        ]
    )
    tone = pick(s.accents, c.random)
    shaded(c, pot, tone)
    patterned(c, pot, PATTERNS[int(c.random.integers(6))], tone, lighter(s.ground, 0.3))


def rug(c: Canvas, s: Scheme, x: float, y: float, w: float, h: float) -> None:
    a, b = (s.accents[int(i)] for i in c.random.choice(5, 2, replace=False))
    slant = w * 0.08
    c.area([(x + slant, y), (x + w - slant, y), (x + w, y + h), (x, y + h)], mix(a, s.ground, 0.3))
    for k in range(7):
        t0, t1 = (k + 0.2) / 7, (k + 0.62) / 7
        row = [
            (x + slant * (1 - t0) + 12, y + h * t0),
            (x + w - slant * (1 - t0) - 12, y + h * t0),
            (x + w - slant * (1 - t1) - 12, y + h * t1),
            (x + slant * (1 - t1) + 12, y + h * t1),
        ]
        if k % 2:
            c.area(row, mix(b, s.ground, 0.25))
        else:
            for j in range(15):
                u = x + slant + (w - 2 * slant) * (j + 0.5) / 15
                c.area(
                    [
                        (u - 11, (row[0][1] + row[2][1]) / 2),
                        (u, row[0][1]),
                        (u + 11, (row[0][1] + row[2][1]) / 2),
                        (u, row[2][1]),
                    ],
                    lighter(s.ground, 0.4) if j % 2 else b,
                )
    for j in range(70):
        u = x + w * j / 70
        c.line([(u, y + h), (u + c.random.normal(0, 2), y + h + 7)], lighter(s.ground, 0.2), 1)


def pillow(c: Canvas, x: float, y: float, size: float, s: Scheme) -> None:
    tone, turn = pick(s.accents, c.random), c.random.uniform(-0.15, 0.15)
    shape = smooth(
        [
            (x - size * (0.5 + turn), y),
            (x - size * 0.46, y - size * 0.86),
            (x + size * 0.46, y - size * (0.9 + turn)),
            (x + size * 0.5, y),
        ],
        steps=6,
    )
    c.shadow(shape, dx=4, dy=3, blur=5, opacity=0.3)
    shaded(c, shape, tone, light=0.25, dark=0.25)
    patterned(c, shape, PATTERNS[int(c.random.integers(6))], tone, lighter(s.ground, 0.35))


def floor_lamp(c: Canvas, x: float, foot: float, tall: float) -> None:
    c.glow(x, foot - tall, tall * 0.6, (255, 226, 160), 0.6)
    c.line([(x, foot), (x, foot - tall)], (70, 62, 58), 3)
    c.area(ellipse(x, foot, tall * 0.09, tall * 0.018), (70, 62, 58))
    c.area(
        [
            (x - tall * 0.08, foot - tall * 1.03),
            (x + tall * 0.08, foot - tall * 1.03),
            (x + tall * 0.13, foot - tall * 0.8),
            (x - tall * 0.13, foot - tall * 0.8),
        ],
        down((255, 246, 220), (248, 214, 154)),
    )


def shelf(c: Canvas, s: Scheme, x: float, y: float, w: float, rows: int, tall: float) -> None:
    """Shelves of books and things."""
    for row in range(rows):
        base = y + tall * (row + 1)
        c.shadow(box(x, base, x + w, base + 8), dy=5, blur=5, opacity=0.3)
        c.area(box(x, base, x + w, base + 7), down(lighter(WOOD, 0.15), darker(WOOD, 0.15)))
        cursor = x + 6
        while cursor < x + w - 14:
            if c.random.random() < 0.14:
                r = tall * c.random.uniform(0.16, 0.24)
                shaded(c, ellipse(cursor + r, base - r, r), pick(s.accents, c.random))
                cursor += 2 * r + 6
                continue
            bw, bh, tone = (
                c.random.uniform(6, 15),
                tall * c.random.uniform(0.48, 0.82),
                varied(pick(s.accents, c.random), c.random, 14),
            )
            c.area(
                box(cursor, base - bh, cursor + bw - 1, base), across(lighter(tone, 0.15), darker(tone, 0.15))
            )
            c.area(box(cursor + 1, base - bh * 0.85, cursor + bw - 2, base - bh * 0.78), lighter(tone, 0.5))
            cursor += bw if c.random.random() < 0.9 else bw + 12


def sofa(c: Canvas, x: float, foot: float, w: float, s: Scheme) -> None:
    tone, u = pick(s.accents, c.random), w / 100
    legs = c.random.random() < 0.5
    c.shadow(ellipse(x + w / 2, foot, w * 0.52, 8), blur=9, opacity=0.5)
    shaded(c, rounded(x + 4 * u, foot - 38 * u, x + 96 * u, foot - 8 * u, 6 * u), tone, light=0.2, dark=0.3)
    seats = int(c.random.integers(2, 4))
    for k in range(seats):
        a, b = x + (9 + 82 * k / seats) * u, x + (9 + 82 * (k + 1) / seats) * u
        shaded(
            c, rounded(a, foot - 36 * u, b, foot - 17 * u, 4 * u), lighter(tone, 0.05), light=0.18, dark=0.18
        )
        shaded(
            c, rounded(a, foot - 20 * u, b, foot - 11 * u, 3 * u), lighter(tone, 0.1), light=0.18, dark=0.2
        )
    c.area(box(x + 6 * u, foot - 11 * u, x + 94 * u, foot - (5 if legs else 1) * u), darker(tone, 0.2))
    for side in (0, 91):
        shaded(
            c,
            rounded(x + side * u, foot - 27 * u, x + (side + 9) * u, foot - 4 * u, 4 * u),
            darker(tone, 0.05),
        )
    if legs:
        for lx in (6, 92):
            c.area(box(x + lx * u, foot - 5 * u, x + (lx + 2) * u, foot), darker(WOOD, 0.2))
    c.grainy(box(x, foot - 38 * u, x + w, foot), 0.02, cell=4, octaves=2)
    for k in range(int(c.random.integers(2, 5))):
        pillow(c, x + (16 + 22 * k + c.random.uniform(-4, 4)) * u, foot - 18 * u, 17 * u, s)


def table(c: Canvas, s: Scheme, x: float, foot: float) -> None:
    w, tall = c.w * 0.19, c.h * 0.2
    c.shadow(ellipse(x, foot, w * 1.1, 10), blur=9, opacity=0.4)
    for side in (-1, 1):
        sx, tone = x + side * w * 1.05, pick(s.accents, c.random)
        shaded(c, rounded(sx - 22, foot - tall * 1.45, sx + 22, foot - tall * 0.75, 8), tone)
        shaded(c, rounded(sx - 28, foot - tall * 0.62, sx + 28, foot - tall * 0.52, 4), tone)
        for leg in (-22, 20):
            c.line([(sx + leg, foot - tall * 0.52), (sx + leg * 1.15, foot)], darker(WOOD, 0.2), 4)
        c.area(box(x + side * w * 0.7 - 4, foot - tall, x + side * w * 0.7 + 4, foot), darker(WOOD, 0.15))
    c.area(
        rounded(x - w, foot - tall * 1.05, x + w, foot - tall * 0.94, 4),
        down(lighter(WOOD, 0.25), darker(WOOD, 0.1)),
    )
    bowl = np.concatenate(
        [
            [(x - 34, foot - tall * 1.22), (x + 34, foot - tall * 1.22)],
            ellipse(x, foot - tall * 1.16, 24, 14, start=0, end=180),
        ]
    )
    for k in range(6):
        shaded(c, ellipse(x - 22 + 9 * k, foot - tall * 1.24 - (k % 2) * 6, 9), pick(s.accents, c.random))
    shaded(c, bowl, lighter(s.ground, 0.3))
