"""Chairs, alone in the studio: a moulded shell and an armchair."""

from __future__ import annotations

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Colour, darker, lighter, mix
from dupedash.example.drawings.outline import box, ellipse, moved, rounded, smooth
from dupedash.example.drawings.paint import across
from dupedash.example.drawings.shading import patterned, shaded, standing_shadow
from dupedash.example.drawings.studio import backdrop


def chair(c: Canvas, scheme: str, *, tone: int = 0, style: str = "shell", set_: str = "sweep") -> None:
    """A moulded shell on wooden legs, or an upholstered armchair."""
    s = SCHEMES[scheme]
    foot = backdrop(c, s, set_) + c.h * 0.06
    colour, x, wood = s.accents[tone], c.w * 0.5, (170, 118, 76)
    standing_shadow(c, x, foot, c.h * 0.6)
    if style == "armchair":
        _armchair(c, x, foot, colour, wood)
        return
    seat = foot - c.h * 0.33
    for x0, x1, y in ((-0.1, -0.2, 0), (0.1, 0.21, 0), (-0.07, -0.12, -16), (0.07, 0.13, -16)):
        leg = [
            (x + x0 * c.h - 7, seat + 10),
            (x + x0 * c.h + 7, seat + 10),
            (x + x1 * c.h + 4, foot + y),
            (x + x1 * c.h - 4, foot + y),
        ]
        c.area(leg, across(lighter(wood, 0.2), darker(wood, 0.25)))
    for a, b in (((-0.12, 0.09), (0.12, 0.23)), ((0.12, 0.09), (-0.12, 0.23))):
        c.line([(x + a[0] * c.h, seat + a[1] * c.h), (x + b[0] * c.h, seat + b[1] * c.h)], (60, 60, 66), 2)
    back = smooth(
        [
            (x - c.h * 0.23, seat - c.h * 0.02),
            (x - c.h * 0.22, seat - c.h * 0.3),
            (x - c.h * 0.15, seat - c.h * 0.43),
            (x, seat - c.h * 0.46),
            (x + c.h * 0.15, seat - c.h * 0.43),
            (x + c.h * 0.22, seat - c.h * 0.3),
            (x + c.h * 0.23, seat - c.h * 0.02),
        ]
    )
    shaded(c, back, colour, light=0.3, dark=0.3)
    c.grainy(back, 0.03, cell=6)
    c.area(
        smooth(
            [
                (x - c.h * 0.15, seat - c.h * 0.1),
                (x - c.h * 0.15, seat - c.h * 0.3),
                (x, seat - c.h * 0.39),
                (x + c.h * 0.15, seat - c.h * 0.3),
                (x + c.h * 0.15, seat - c.h * 0.1),
            ]
        ),
        darker(colour, 0.12),
        opacity=0.5,
        blur=12,
    )
    pan = smooth(
        [
            (x - c.h * 0.25, seat - c.h * 0.05),
            (x, seat - c.h * 0.1),
            (x + c.h * 0.25, seat - c.h * 0.05),
            (x + c.h * 0.23, seat + c.h * 0.05),
            (x, seat + c.h * 0.075),
            (x - c.h * 0.23, seat + c.h * 0.05),
        ]
    )
    shaded(c, moved(pan, 0, 6), darker(colour, 0.3))
    shaded(c, pan, colour)
    for k in range(3):
        c.dots([(x - 30 + 30 * k, seat - c.h * 0.02)], 2.5, [darker(colour, 0.4)])
    cushion = smooth(
        [
            (x - c.h * 0.11, seat - c.h * 0.05),
            (x - c.h * 0.1, seat - c.h * 0.24),
            (x + c.h * 0.1, seat - c.h * 0.24),
            (x + c.h * 0.11, seat - c.h * 0.05),
        ]
    )
    c.shadow(cushion, dx=5, dy=5, blur=6, opacity=0.35)
    other = s.accents[(tone + 1) % 5]
    shaded(c, cushion, other, light=0.25, dark=0.2)
    patterned(c, cushion, "zigzag", other, s.ground)


def _armchair(c: Canvas, x: float, foot: float, colour: Colour, wood: Colour) -> None:
    u = c.h / 100
    for side in (-1, 1):
        c.area(
            [
                (x + side * 25 * u, foot - 12 * u),
                (x + side * 21 * u, foot - 12 * u),
                (x + side * 25 * u, foot),
                (x + side * 27 * u, foot),
            ],
            darker(wood, 0.2),
        )
    back = smooth(
        [
            (x - 24 * u, foot - 18 * u),
            (x - 26 * u, foot - 55 * u),
            (x - 18 * u, foot - 66 * u),
            (x + 18 * u, foot - 66 * u),
            (x + 26 * u, foot - 55 * u),
            (x + 24 * u, foot - 18 * u),
        ]
    )
    shaded(c, back, colour, light=0.22, dark=0.32)
    for row in range(3):
        for column in range(-2, 3):
            bx, by = x + (column + (row % 2) * 0.5 - 0.25) * 8.5 * u, foot - (58 - row * 9) * u
            for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
                c.line([(bx, by), (bx + dx * 4 * u, by + dy * 4.2 * u)], darker(colour, 0.25), 1.1)
            c.dots([(bx, by)], 0.7 * u, [darker(colour, 0.5)])
    seat = rounded(x - 22 * u, foot - 34 * u, x + 22 * u, foot - 20 * u, 5 * u)
    c.shadow(seat, dy=-4, blur=6, opacity=0.3)
    shaded(c, rounded(x - 26 * u, foot - 24 * u, x + 26 * u, foot - 9 * u, 4 * u), darker(colour, 0.15))
    shaded(c, seat, lighter(colour, 0.06))
    for side in (-1, 1):
        arm = rounded(
            x + side * 27 * u - 7 * u, foot - 41 * u, x + side * 27 * u + 7 * u, foot - 8 * u, 6 * u
        )
        c.shadow(arm, dx=3, dy=3, blur=6, opacity=0.3)
        shaded(c, arm, colour)
        c.area(ellipse(x + side * 27 * u, foot - 36 * u, 4.4 * u), darker(colour, 0.12))
        c.line(ellipse(x + side * 27 * u, foot - 36 * u, 5 * u), darker(colour, 0.4), 1)
    c.grainy(box(x - 34 * u, foot - 66 * u, x + 34 * u, foot - 9 * u), 0.025, cell=5)
    throw = smooth(
        [
            (x - 4 * u, foot - 67 * u),
            (x + 15 * u, foot - 67 * u),
            (x + 17 * u, foot - 40 * u),
            (x + 13 * u, foot - 24 * u),
            (x - 1 * u, foot - 26 * u),
            (x - 4 * u, foot - 48 * u),
        ]
    )
    blanket = (236, 224, 202)
    shaded(c, throw, blanket, light=0.3, dark=0.18)
    patterned(c, throw, "checks", blanket, mix(colour, (200, 110, 80), 0.5))
