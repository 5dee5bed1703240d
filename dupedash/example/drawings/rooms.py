"""What stands in each kind of room."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import Scheme, darker, lighter, mix
from dupedash.example.drawings.furniture import (
    WOOD,
    floor_lamp,
    frames,
    pillow,
    plant,
    rug,
    shelf,
    sofa,
    table,
)
from dupedash.example.drawings.outline import band, box, ellipse, points, rounded, smooth
from dupedash.example.drawings.paint import across, down, pick, varied
from dupedash.example.drawings.shading import PATTERNS, patterned, shaded
from dupedash.example.drawings.studio import veins


def living(c: Canvas, s: Scheme, floor: float) -> None:
    frames(c, s, c.w * 0.42, c.h * 0.12, c.w * c.random.uniform(0.3, 0.5), int(c.random.integers(2, 5)))
    rug(
        c,
        s,
        c.w * c.random.uniform(0.14, 0.26),
        floor + c.h * 0.1,
        c.w * c.random.uniform(0.5, 0.66),
        c.h * 0.15,
    )
    left = c.random.random() < 0.5
    sofa(c, c.w * (0.34 if left else 0.4), floor + c.h * 0.07, c.w * c.random.uniform(0.38, 0.46), s)
    floor_lamp(c, c.w * (0.93 if left else 0.37), floor + c.h * 0.04, c.h * 0.5)
    plant(c, c.w * c.random.uniform(0.08, 0.14), floor + c.h * 0.08, c.h * c.random.uniform(0.3, 0.45), s)
    tx, ty = c.w * c.random.uniform(0.4, 0.6), floor + c.h * 0.2
    c.shadow(ellipse(tx, ty + 4, c.w * 0.13, 9), blur=7, opacity=0.45)
    for leg in (-0.09, 0.09):
        c.line([(tx + leg * c.w, ty - c.h * 0.08), (tx + leg * c.w * 1.15, ty)], darker(WOOD, 0.3), 5)
    c.area(ellipse(tx, ty - c.h * 0.08, c.w * 0.13, c.h * 0.024), darker(WOOD, 0.25))
    c.area(ellipse(tx, ty - c.h * 0.088, c.w * 0.13, c.h * 0.024), across(lighter(WOOD, 0.25), WOOD))
    for k in range(3):
        c.area(
            rounded(tx - 42 + 3 * k, ty - c.h * 0.1 - 7 * k, tx + 18 - 2 * k, ty - c.h * 0.09 - 7 * k, 2),
            pick(s.accents, c.random),
        )
    shaded(c, rounded(tx + 34, ty - c.h * 0.135, tx + 54, ty - c.h * 0.09, 5), pick(s.accents, c.random))


def bedroom(c: Canvas, s: Scheme, floor: float) -> None:
    x, w, foot = c.w * c.random.uniform(0.38, 0.44), c.w * 0.5, c.h * 0.93
    frames(c, s, x + w * 0.12, c.h * 0.1, w * 0.8, int(c.random.integers(1, 4)))
    head, cloth, spread = (
        pick([WOOD, s.accents[0], s.accents[3]], c.random),
        lighter(s.ground, 0.5),
        pick(s.accents, c.random),
    )
    c.shadow(box(x - 10, foot - 20, x + w + 20, foot + 6), blur=12, opacity=0.5)
    shaded(c, rounded(x, c.h * 0.42, x + w, foot - 10, 22), head, light=0.2, dark=0.25)
    for k in range(1, 7):
        c.line([(x + w * k / 7, c.h * 0.43), (x + w * k / 7, floor)], darker(head, 0.25), 1.4)
    c.area(rounded(x + 6, floor - c.h * 0.1, x + w - 6, foot, 14), across(cloth, darker(cloth, 0.1)))
    for k in range(4):
        pillow(c, x + w * (0.16 + 0.225 * k), floor - c.h * 0.06, w * 0.22, s)
    quilt = points([(x - 6, floor + c.h * 0.0), (x + w + 6, floor), (x + w + 14, foot), (x - 14, foot)])
    c.shadow(quilt, dy=-5, blur=6, opacity=0.25)
    shaded(c, quilt, spread, light=0.25, dark=0.25)
    patterned(c, quilt, PATTERNS[int(c.random.integers(6))], spread, lighter(s.ground, 0.2))
    for k in range(6):
        c.area(
            band([(x + w * (k + 0.5) / 6, floor + 6), (x + w * (k + 0.4) / 6 - 8, foot)], 7),
            darker(spread, 0.3),
            opacity=0.3,
            blur=5,
        )
    tx = x - c.w * 0.1
    c.area(
        rounded(tx - 34, floor - c.h * 0.06, tx + 34, floor + c.h * 0.1, 4),
        across(lighter(WOOD, 0.2), darker(WOOD, 0.1)),
    )
    for k in range(2):
        c.area(
            rounded(tx - 29, floor - c.h * (0.045 - 0.07 * k), tx + 29, floor + c.h * (0.01 + 0.07 * k), 3),
            lighter(WOOD, 0.1),
        )
        c.dots([(tx, floor - c.h * (0.018 - 0.07 * k))], 3, [(220, 190, 120)])
    floor_lamp(c, tx, floor - c.h * 0.06, c.h * 0.17)
    plant(c, c.w * 0.1, floor + c.h * 0.12, c.h * c.random.uniform(0.26, 0.4), s)
    rug(c, s, c.w * 0.05, c.h * 0.9, c.w * 0.3, c.h * 0.08)


def kitchen(c: Canvas, s: Scheme, floor: float) -> None:
    x0, x1, top, front = c.w * 0.36, c.w * 0.98, floor - c.h * 0.2, pick(s.accents, c.random)
    tile = lighter(mix(s.ground, s.accents[1], 0.25), 0.3)
    for row, y in enumerate(np.arange(c.h * 0.26, top, 15).tolist()):
        for x in np.arange(x0 + (row % 2) * 15, x1 - 15, 30).tolist():
            c.area(box(x, y, x + 28.6, y + 13.6), varied(tile, c.random, 6))
    shelf(c, s, x0 + 20, c.h * 0.03, (x1 - x0) * c.random.uniform(0.4, 0.6), 2, c.h * 0.12)
    hood = x1 - c.w * 0.16
    c.area(
        [
            (hood - 26, 0),
            (hood + 26, 0),
            (hood + 26, c.h * 0.16),
            (hood + 70, c.h * 0.24),
            (hood - 70, c.h * 0.24),
            (hood - 26, c.h * 0.16),
        ],
        across((236, 236, 240), (150, 152, 160)),
    )
    c.area(
        box(x0, top + 10, x1, floor + c.h * 0.02), across(lighter(front, 0.15), front, darker(front, 0.15))
    )
    doors = int(c.random.integers(4, 7))
    for k in range(doors):
        a, b = x0 + (x1 - x0) * k / doors, x0 + (x1 - x0) * (k + 1) / doors
        c.line(np.concatenate([rounded(a + 5, top + 18, b - 5, floor + 2, 3)] * 2), darker(front, 0.3), 1.5)
        c.line(
            [(b - 18, top + 30), (b - 18, top + 62)] if k % 2 else [(a + 18, top + 30), (a + 18, top + 62)],
            (222, 190, 120),
            3,
        )
    c.area(box(x0 - 8, top, x1 + 8, top + 12), down((246, 242, 236), (214, 208, 200)))
    veins(c, (x0, top, x1, top + 12), (150, 146, 150), 8)
    for _ in range(6):
        x = c.random.uniform(x0 + 20, x1 - 120)
        r, tall, tone = (
            c.random.uniform(8, 15),
            c.random.uniform(18, 52),
            pick([*s.accents, (240, 236, 228)], c.random),
        )
        shaded(c, rounded(x - r, top - tall, x + r, top, 5), tone)
        c.area(rounded(x - r * 0.8, top - tall - 6, x + r * 0.8, top - tall, 2), darker(tone, 0.4))
    shaded(
        c,
        smooth([(hood - 30, top), (hood - 33, top - 24), (hood + 33, top - 24), (hood + 30, top)], steps=4),
        pick(s.accents, c.random),
    )
    for k in range(3):
        lx = x0 + (x1 - x0) * (0.1 + 0.2 * k)
        c.line([(lx, 0), (lx, c.h * 0.2)], (60, 56, 56), 1.5)
    plant(c, c.w * 0.09, floor + c.h * 0.1, c.h * 0.34, s)
    table(c, s, c.w * c.random.uniform(0.36, 0.55), c.h * 0.97)


def study(c: Canvas, s: Scheme, floor: float) -> None:
    shelf(c, s, c.w * 0.45, c.h * 0.02, c.w * 0.5, int(c.random.integers(2, 4)), c.h * 0.13)
    x, w, foot = c.w * c.random.uniform(0.4, 0.48), c.w * 0.46, c.h * 0.93
    top = foot - c.h * 0.3
    c.shadow(ellipse(x + w / 2, foot, w * 0.55, 9), blur=9, opacity=0.4)
    for lx in (0.04, 0.96):
        c.area(
            [(x + w * lx - 5, top), (x + w * lx + 5, top), (x + w * lx + 3, foot), (x + w * lx - 3, foot)],
            darker(WOOD, 0.2),
        )
    c.area(rounded(x + w * 0.62, top, x + w * 0.94, top + c.h * 0.15, 3), WOOD)
    for k in range(3):
        c.area(
            rounded(
                x + w * 0.635, top + 8 + k * c.h * 0.046, x + w * 0.925, top + 4 + (k + 1) * c.h * 0.046, 3
            ),
            lighter(WOOD, 0.13),
        )
        c.dots([(x + w * 0.78, top + 7 + (k + 0.5) * c.h * 0.046)], 3, [(220, 190, 120)])
    c.area(rounded(x, top - 9, x + w, top + 3, 3), down(lighter(WOOD, 0.3), WOOD))
    sx = x + w * c.random.uniform(0.2, 0.5)
    c.area(box(sx + 50, top - 24, sx + 62, top - 9), (150, 152, 158))
    c.area(rounded(sx, top - c.h * 0.2, sx + 112, top - 22, 5), (40, 42, 48))
    c.area(
        box(sx + 5, top - c.h * 0.2 + 5, sx + 107, top - 28), down(darker(s.accents[0], 0.3), s.accents[3])
    )
    for k in range(8):
        c.area(
            box(
                sx + 12,
                top - c.h * 0.19 + 4 + 9 * k,
                sx + 12 + c.random.uniform(20, 80),
                top - c.h * 0.19 + 8 + 9 * k,
            ),
            lighter(pick(s.accents, c.random), 0.4),
        )
    floor_lamp(c, x + w * 0.9, top - 9, c.h * 0.15)
    for k in range(4):
        c.area(
            box(x + w * 0.68 + k * 3, top - 14 - 6 * k, x + w * 0.82, top - 9 - 6 * k),
            varied(pick(s.accents, c.random), c.random, 10),
        )
    cx, tone = x + w * 0.3, pick(s.accents, c.random)
    shaded(c, rounded(cx - 42, top - 4, cx + 42, top + c.h * 0.14, 16), tone)
    c.area(box(cx - 5, top + c.h * 0.14, cx + 5, foot - 14), (70, 70, 76))
    for turn in (-50, -18, 18, 50):
        c.line([(cx, foot - 18), (cx + turn, foot - 2)], (70, 70, 76), 5)
    plant(c, c.w * 0.12, floor + c.h * 0.1, c.h * c.random.uniform(0.3, 0.46), s)
    rug(c, s, c.w * 0.1, c.h * 0.88, c.w * 0.26, c.h * 0.09)


def bath(c: Canvas, s: Scheme, floor: float) -> None:
    tile = mix(lighter(s.ground, 0.4), pick(s.accents, c.random), 0.3)
    for y in np.arange(floor * 0.5, floor - 12, 21).tolist():
        for x in np.arange(c.w * 0.38, c.w, 21).tolist():
            c.area(rounded(x + 1, y + 1, x + 20, y + 20, 2), varied(tile, c.random, 8))
    x, w, foot = c.w * c.random.uniform(0.38, 0.46), c.w * 0.42, floor + c.h * 0.13
    c.shadow(ellipse(x + w / 2, foot, w * 0.55, 9), blur=9, opacity=0.45)
    for lx in (0.15, 0.82):
        c.area(ellipse(x + w * lx, foot - 6, 12, 9), (206, 170, 104))
    tub = smooth(
        [
            (x - 14, foot - c.h * 0.27),
            (x + w * 0.08, foot - c.h * 0.08),
            (x + w * 0.3, foot - 8),
            (x + w * 0.7, foot - 8),
            (x + w * 0.92, foot - c.h * 0.08),
            (x + w + 14, foot - c.h * 0.27),
        ],
        closed=False,
    )
    shaded(c, tub, pick([(248, 248, 248), s.accents[0], s.accents[2]], c.random), light=0.3, dark=0.25)
    c.area(rounded(x - 24, foot - c.h * 0.29, x + w + 24, foot - c.h * 0.265, 8), (250, 250, 250))
    for _ in range(30):
        r = c.random.uniform(5, 14)
        c.area(
            ellipse(x + c.random.uniform(0.06, 0.94) * w, foot - c.h * 0.29 - c.random.uniform(0, 8), r),
            (252, 253, 255),
        )
    c.area(
        band(
            smooth(
                [
                    (x + w - 4, foot - c.h * 0.29),
                    (x + w - 4, foot - c.h * 0.43),
                    (x + w - 40, foot - c.h * 0.43),
                    (x + w - 42, foot - c.h * 0.38),
                ],
                closed=False,
            ),
            6,
        ),
        (214, 184, 116),
    )
    mx = c.w * c.random.uniform(0.5, 0.75)
    c.shadow(ellipse(mx, c.h * 0.2, 66), dx=5, dy=6, blur=7, opacity=0.35)
    c.area(ellipse(mx, c.h * 0.2, 66), WOOD)
    c.area(ellipse(mx, c.h * 0.2, 58), down((226, 238, 242), (176, 198, 208)))
    shelf(c, s, c.w * 0.84, c.h * 0.05, c.w * 0.14, 3, c.h * 0.12)
    cloth = pick(s.accents, c.random)
    towel = rounded(c.w * 0.36, c.h * 0.42, c.w * 0.36 + 44, c.h * 0.62, 3)
    shaded(c, towel, cloth)
    patterned(c, towel, "stripes", cloth, lighter(s.ground, 0.4))
    plant(c, c.w * 0.1, floor + c.h * 0.1, c.h * c.random.uniform(0.3, 0.42), s)
    rug(c, s, c.w * 0.42, c.h * 0.9, c.w * 0.32, c.h * 0.08)
