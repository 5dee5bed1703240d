"""Things to carry, each alone in the studio: backpack, headphones, camera."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Colour, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import band, box, ellipse, moved, rounded, smooth
from dupedash.example.drawings.paint import across, down
from dupedash.example.drawings.shading import patterned, shaded, standing_shadow
from dupedash.example.drawings.studio import BRANDS, backdrop


def backpack(c: Canvas, scheme: str, *, tone: int = 0, print_: str = "leaves", set_: str = "blocks") -> None:
    """A backpack: top flap, front pocket, straps with buckles, zips, a patch."""
    s = SCHEMES[scheme]
    foot, x, u, colour = backdrop(c, s, set_) + c.h * 0.04, c.w * 0.5, c.h / 100, s.accents[tone]
    leather = (146, 92, 58)
    standing_shadow(c, x, foot, 46 * u)
    c.area(
        band(
            smooth(
                [
                    (x - 7 * u, foot - 66 * u),
                    (x - 5 * u, foot - 75 * u),
                    (x + 5 * u, foot - 75 * u),
                    (x + 7 * u, foot - 66 * u),
                ],
                closed=False,
            ),
            2.4 * u,
        ),
        darker(leather, 0.2),
    )
    for side in (-1, 1):
        c.area(
            band(
                smooth(
                    [
                        (x + side * 18 * u, foot - 58 * u),
                        (x + side * 27 * u, foot - 40 * u),
                        (x + side * 22 * u, foot - 8 * u),
                    ],
                    closed=False,
                ),
                4 * u,
            ),
            darker(colour, 0.5),
        )
    body = smooth(
        [
            (x - 21 * u, foot),
            (x - 23 * u, foot - 30 * u),
            (x - 20 * u, foot - 60 * u),
            (x - 10 * u, foot - 69 * u),
            (x + 10 * u, foot - 69 * u),
            (x + 20 * u, foot - 60 * u),
            (x + 23 * u, foot - 30 * u),
            (x + 21 * u, foot),
        ]
    )
    shaded(c, body, colour, light=0.25, dark=0.32)
    c.grainy(body, 0.03, cell=4, octaves=2)
    for side in (-1, 1):
        pocket = smooth(
            [
                (x + side * 19 * u, foot - 2 * u),
                (x + side * 25 * u, foot - 6 * u),
                (x + side * 25 * u, foot - 24 * u),
                (x + side * 19 * u, foot - 26 * u),
            ]
        )
        shaded(c, pocket, darker(colour, 0.15))
    front = rounded(x - 16 * u, foot - 30 * u, x + 16 * u, foot - 3 * u, 5 * u)
    c.shadow(front, dx=3, dy=4, blur=6, opacity=0.35)
    shaded(c, front, lighter(colour, 0.05), light=0.2, dark=0.25)
    patterned(c, front, print_, colour, lighter(s.ground, 0.3))
    c.line([(x - 14 * u, foot - 27.5 * u), (x + 14 * u, foot - 27.5 * u)], (70, 68, 72), 2.4)
    for k in range(48):
        c.line(
            [(x - 14 * u + k * 0.59 * u, foot - 28 * u), (x - 14 * u + k * 0.59 * u, foot - 27 * u)],
            (196, 196, 202),
            0.9,
        )
    flap = smooth(
        [
            (x - 21 * u, foot - 58 * u),
            (x - 10 * u, foot - 69.5 * u),
            (x + 10 * u, foot - 69.5 * u),
            (x + 21 * u, foot - 58 * u),
            (x + 18 * u, foot - 40 * u),
            (x, foot - 36 * u),
            (x - 18 * u, foot - 40 * u),
        ]
    )
    c.shadow(flap, dx=2, dy=5, blur=7, opacity=0.4)
    shaded(c, flap, darker(colour, 0.08), light=0.3, dark=0.3)
    for a in ((flap - flap.mean(0)) * 0.94 + flap.mean(0))[::1]:
        c.dots([a], 0.28 * u, [lighter(colour, 0.5)])
    for side in (-1, 1):
        sx = x + side * 10 * u
        c.area(
            box(sx - 1.8 * u, foot - 58 * u, sx + 1.8 * u, foot - 24 * u),
            across(lighter(leather, 0.2), darker(leather, 0.2)),
        )
        c.area(rounded(sx - 3 * u, foot - 36 * u, sx + 3 * u, foot - 30 * u, u), (206, 174, 104))
        c.area(
            rounded(sx - 1.9 * u, foot - 35 * u, sx + 1.9 * u, foot - 31 * u, 0.6 * u), darker(leather, 0.2)
        )
        c.line([(sx, foot - 35 * u), (sx, foot - 30.4 * u)], (228, 200, 134), 2)
    c.area(rounded(x - 6 * u, foot - 54 * u, x + 6 * u, foot - 48 * u, u), lighter(s.ground, 0.3))
    c.text(x, foot - 51 * u, BRANDS[(tone + 4) % 8], 1.8 * u, s.ink, anchor="mm")


def headphones(c: Canvas, scheme: str, *, tone: int = 0, set_: str = "window") -> None:
    """Over-ear headphones standing upright, with cushions and a cable."""
    s = SCHEMES[scheme]
    foot, x, u, colour = backdrop(c, s, set_, bend=0), c.w * 0.5, c.h / 100, s.accents[tone]
    apart, tall, wide = (float(v) for v in c.random.uniform((20, 27, 5.5), (26, 40, 8.5)))
    standing_shadow(c, x, foot, 54 * u)
    _cable(c, x, foot, u, s)
    arc = ellipse(x, foot - 30 * u, (apart + 1) * u, tall * u, start=180, end=360)
    c.area(band(arc, 6.4 * u), across(lighter(colour, 0.3), colour, darker(colour, 0.3)))
    inner = ellipse(x, foot - 30 * u, (apart - 1) * u, (tall - 2.4) * u, start=205, end=335)
    c.area(band(inner, 3.6 * u), darker(s.ink, 0.1))
    for a in np.radians(np.linspace(208, 332, int(c.random.integers(18, 34)))).tolist():
        stitch = [
            (x + (apart + r) * u * np.cos(a), foot - 30 * u + (tall + 2 * r - 2) * u * np.sin(a))
            for r in (-2.4, 0.4)
        ]
        c.line(stitch, lighter(s.ink, 0.25), 1)
    rings = int(c.random.integers(2, 7))
    for side in (-1, 1):
        _ear(c, x + side * apart * u, foot, u, side, wide, rings, colour, s)


def _cable(c: Canvas, x: float, foot: float, u: float, s: Scheme) -> None:
    knots = [
        (-22, -4),
        (-30, 6),
        (c.random.uniform(-14, 0), 10),
        (12, c.random.uniform(0, 5)),
        (32, 9),
        (52, 4),
    ]
    cable = smooth([(x + kx * u, foot + ky * u) for kx, ky in knots], closed=False)
    c.line(moved(cable, 2, 4), darker(s.ground, 0.4), 3)
    c.line(cable, s.ink, 2.4)


def _ear(
    c: Canvas,
    ear: float,
    foot: float,
    u: float,
    side: int,
    wide: float,
    rings: int,
    colour: Colour,
    s: Scheme,
) -> None:
    hinge = box(ear - 1.6 * u, foot - 40 * u, ear + 1.6 * u, foot - 28 * u)
    c.area(hinge, across((236, 236, 240), (140, 142, 150)))
    soft = ear - side * wide * u
    shaded(c, rounded(soft - 4 * u, foot - 31 * u, soft + 4 * u, foot - 3 * u, 4 * u), darker(s.ink, 0.05))
    for k in range(9):
        fold = [(soft - 3.4 * u, foot - (28 - 2.8 * k) * u), (soft + 3.4 * u, foot - (27 - 2.8 * k) * u)]
        c.line(fold, lighter(s.ink, 0.18), 1)
    cup = rounded(ear - wide * u, foot - 33 * u, ear + wide * u, foot - u, wide * u)
    c.shadow(cup, dx=3, dy=3, blur=5, opacity=0.4)
    shaded(c, cup, colour)
    c.area(ellipse(ear, foot - 17 * u, (wide - 2) * u, 11 * u), darker(colour, 0.2))
    for k in range(rings):
        share = (k + 1) / rings * 0.9
        c.line(ellipse(ear, foot - 17 * u, (wide - 2) * share * u, 11 * share * u), lighter(colour, 0.3), 0.9)
    c.dots([(ear, foot - 17 * u)], u, [(220, 190, 120)])
    shine = ellipse(ear - wide * 0.55 * u, foot - 24 * u, 1.2 * u, 4 * u, turn=10)
    c.area(shine, (255, 255, 255), opacity=0.5, blur=3)


def camera(c: Canvas, scheme: str, *, tone: int = 0, set_: str = "wood") -> None:
    """A rangefinder camera: leatherette, dials, and a lens with rings and reflections."""
    s = SCHEMES[scheme]
    foot, x, u, colour = backdrop(c, s, set_, bend=0), c.w * 0.5, c.w / 100, s.accents[tone]
    half, tall = float(c.random.uniform(28, 36)), float(c.random.uniform(33, 42))
    standing_shadow(c, x, foot, half * 2 * u)
    c.area(rounded(x - half * u, foot - tall * u, x + half * u, foot, 5 * u), STEEL)
    skin = box(x - half * u, foot - (tall - 9) * u, x + half * u, foot - 6 * u)
    shaded(c, skin, mix(colour, s.ink, 0.35), light=0.15, dark=0.35)
    pores = c.random.uniform(skin[0], skin[2], (900, 2))
    c.dots(pores, 0.28 * u, [darker(colour, 0.55), lighter(mix(colour, s.ink, 0.3), 0.2)])
    _top_plate(c, x, foot - tall * u, u, half, BRANDS[(tone + 6) % 8])
    _lens(
        c,
        x + float(c.random.uniform(-9, 7)) * u,
        foot - tall * 0.47 * u,
        u * float(c.random.uniform(0.82, 1.05)),
    )
    knots = [(-half, 6 - tall), (-half - c.random.uniform(6, 13), -20), (-42, 2), (-20, 8), (14, 6)]
    strap = smooth([(x + kx * u, foot + ky * u) for kx, ky in knots], closed=False)
    c.area(band(moved(strap, 3, 4), 2.6 * u), (30, 22, 24), opacity=0.35, blur=4)
    c.area(band(strap, 2.4 * u), (134, 84, 52))
    c.dots(strap, 0.3 * u, [(214, 170, 124)])


STEEL = down((248, 248, 250), (198, 198, 206), (150, 150, 160))


def _top_plate(c: Canvas, x: float, top: float, u: float, half: float, brand: str) -> None:
    """Dials, the name, and two windows."""
    for place in (-0.74, 0.5, 0.82):
        wide, tall = (float(v) for v in c.random.uniform((2.6, 2.4), (5.6, 5.4)))
        middle = x + place * half * u
        c.area(
            box(middle - wide * u, top - tall * u, middle + wide * u, top),
            across((240, 240, 244), (130, 130, 140)),
        )
        for kx in np.linspace(middle - wide * u, middle + wide * u, 14).tolist():
            c.line([(kx, top - (tall - 0.5) * u), (kx, top - 0.5 * u)], (110, 110, 120), 0.9)
    hump = float(c.random.uniform(-6, 2))
    c.area(box(x + (hump - 11) * u, top - 6 * u, x + (hump + 11) * u, top), STEEL)
    c.text(x + hump * u, top - 3 * u, brand, 2.6 * u, (60, 60, 66), anchor="mm", spacing=1)
    for left, wide in ((-0.82 * half, 4.0), (float(c.random.uniform(8, 14)), float(c.random.uniform(5, 9)))):
        c.area(rounded(x + left * u, top + 1.5 * u, x + (left + wide) * u, top + 7 * u, u), (32, 34, 40))
        pane = rounded(x + (left + 0.6) * u, top + 2 * u, x + (left + wide - 0.6) * u, top + 6.4 * u, u)
        c.area(pane, down((120, 150, 190), (40, 46, 70)))


LENS = (
    (17, (206, 206, 212)),
    (15.8, (40, 40, 46)),
    (13, (24, 24, 28)),
    (12, (190, 190, 196)),
    (11.4, (18, 18, 22)),
    (8.6, (34, 30, 60)),
    (6.2, (60, 44, 96)),
    (3.4, (14, 12, 26)),
)
"""Rings from the outside in: radius and colour."""


def _lens(c: Canvas, x: float, y: float, u: float) -> None:
    c.shadow(ellipse(x, y, 17 * u), dx=7, dy=8, blur=8, opacity=0.55)
    for r, tone in LENS:
        c.area(ellipse(x, y, r * u), across(lighter(tone, 0.3), darker(tone, 0.25)))
    ribs, first = int(c.random.integers(36, 72)), float(c.random.uniform(170, 260))
    for a in np.linspace(0, 2 * np.pi, ribs, endpoint=False).tolist():
        rib = [(x + r * u * np.cos(a), y + r * u * np.sin(a)) for r in (16, 16.9)]
        c.line(rib, (90, 90, 98), 1.2)
    for k, label in enumerate(("2.8", "4", "5.6", "8", "11", "16")):
        turn = first + 28 * k
        at_x, at_y = x + 14.3 * u * np.cos(np.radians(turn)), y + 14.3 * u * np.sin(np.radians(turn))
        ink = (240, 240, 236) if k % 2 else (240, 170, 80)
        c.text(at_x, at_y, label, 1.7 * u, ink, anchor="mm", turn=turn + 90)
    c.area(ellipse(x - 3.4 * u, y - 4 * u, 3 * u, 1.8 * u, turn=-40), (255, 250, 255), opacity=0.7, blur=2)
    c.area(ellipse(x + 3 * u, y + 3.6 * u, 1.8 * u, u, turn=-40), (240, 170, 220), opacity=0.5, blur=2)
