"""Things to carry, each alone in the studio: backpack, headphones, camera."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, darker, lighter, mix
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
    foot, x, u, colour = backdrop(c, s, set_), c.w * 0.5, c.h / 100, s.accents[tone]
    standing_shadow(c, x, foot, 54 * u)
    cable = smooth(
        [
            (x - 22 * u, foot - 4 * u),
            (x - 30 * u, foot + 6 * u),
            (x - 6 * u, foot + 10 * u),
            (x + 12 * u, foot + 3 * u),
            (x + 32 * u, foot + 9 * u),
            (x + 52 * u, foot + 4 * u),
        ],
        closed=False,
    )
    c.line(moved(cable, 2, 4), darker(s.ground, 0.4), 3)
    c.line(cable, s.ink, 2.4)
    arc = ellipse(x, foot - 30 * u, 24 * u, 34 * u, start=180, end=360)
    c.area(band(arc, 6.4 * u), across(lighter(colour, 0.3), colour, darker(colour, 0.3)))
    c.area(band(ellipse(x, foot - 30 * u, 22 * u, 31.6 * u, start=205, end=335), 3.6 * u), darker(s.ink, 0.1))
    for k in range(30):
        a = np.radians(208 + 4.25 * k)
        c.line(
            [
                (x + 20.6 * u * np.cos(a), foot - 30 * u + 30 * u * np.sin(a)),
                (x + 23.4 * u * np.cos(a), foot - 30 * u + 33 * u * np.sin(a)),
            ],
            lighter(s.ink, 0.25),
            1,
        )
    for side in (-1, 1):
        ear = x + side * 23 * u
        c.area(
            box(ear - 1.6 * u, foot - 40 * u, ear + 1.6 * u, foot - 28 * u),
            across((236, 236, 240), (140, 142, 150)),
        )
        shaded(
            c,
            rounded(
                ear - side * 7 * u - 4 * u, foot - 31 * u, ear - side * 7 * u + 4 * u, foot - 3 * u, 4 * u
            ),
            darker(s.ink, 0.05),
        )
        for k in range(9):
            c.line(
                [
                    (ear - side * 7 * u - 3.4 * u, foot - (28 - 2.8 * k) * u),
                    (ear - side * 7 * u + 3.4 * u, foot - (27 - 2.8 * k) * u),
                ],
                lighter(s.ink, 0.18),
                1,
            )
        cup = rounded(ear - 7 * u, foot - 33 * u, ear + 7 * u, foot - u, 7 * u)
        c.shadow(cup, dx=3, dy=3, blur=5, opacity=0.4)
        shaded(c, cup, colour)
        c.area(ellipse(ear, foot - 17 * u, 5 * u, 11 * u), darker(colour, 0.2))
        for ring in range(5):
            c.line(
                ellipse(ear, foot - 17 * u, (1 + ring * 0.85) * u, (2 + ring * 2) * u),
                lighter(colour, 0.3),
                0.9,
            )
        c.dots([(ear, foot - 17 * u)], u, [(220, 190, 120)])
        c.area(
            ellipse(ear - 4 * u, foot - 24 * u, 1.2 * u, 4 * u, turn=10), (255, 255, 255), opacity=0.5, blur=3
        )


def camera(c: Canvas, scheme: str, *, tone: int = 0, set_: str = "wood") -> None:
    """A rangefinder camera: leatherette, dials, and a lens with rings and reflections."""
    s = SCHEMES[scheme]
    foot, x, u, colour = backdrop(c, s, set_), c.w * 0.5, c.w / 100, s.accents[tone]
    standing_shadow(c, x, foot, 66 * u)
    body = rounded(x - 33 * u, foot - 38 * u, x + 33 * u, foot, 5 * u)
    steel = down((248, 248, 250), (198, 198, 206), (150, 150, 160))
    c.area(body, steel)
    skin = box(x - 33 * u, foot - 29 * u, x + 33 * u, foot - 6 * u)
    shaded(c, skin, mix(colour, s.ink, 0.35), light=0.15, dark=0.35)
    c.dots(
        c.random.uniform((x - 33 * u, foot - 29 * u), (x + 33 * u, foot - 6 * u), (900, 2)),
        0.28 * u,
        [darker(colour, 0.55), lighter(mix(colour, s.ink, 0.3), 0.2)],
    )
    for dx, wide, tall in ((-24, 5.5, 4), (19, 4.5, 3), (27, 3, 5)):
        c.area(
            box(x + (dx - wide) * u, foot - (38 + tall) * u, x + (dx + wide) * u, foot - 38 * u),
            across((240, 240, 244), (130, 130, 140)),
        )
        for k in range(14):
            kx = x + (dx - wide + 2 * wide * k / 14) * u
            c.line([(kx, foot - (37.5 + tall) * u), (kx, foot - 38.5 * u)], (110, 110, 120), 0.9)
    c.area(box(x - 13 * u, foot - 44 * u, x + 11 * u, foot - 38 * u), steel)
    for fx, wide in ((-27, 4), (12, 7)):
        c.area(rounded(x + fx * u, foot - 36.5 * u, x + (fx + wide) * u, foot - 31 * u, u), (32, 34, 40))
        c.area(
            rounded(x + (fx + 0.6) * u, foot - 36 * u, x + (fx + wide - 0.6) * u, foot - 31.6 * u, u),
            down((120, 150, 190), (40, 46, 70)),
        )
    c.text(x - 1 * u, foot - 41 * u, BRANDS[(tone + 6) % 8], 2.6 * u, (60, 60, 66), anchor="mm", spacing=1)
    cx, cy = x - 1 * u, foot - 18 * u
    c.shadow(ellipse(cx, cy, 17 * u), dx=7, dy=8, blur=8, opacity=0.55)
    for r, tone_ in (
        (17, (206, 206, 212)),
        (15.8, (40, 40, 46)),
        (13, (24, 24, 28)),
        (12, (190, 190, 196)),
        (11.4, (18, 18, 22)),
        (8.6, (34, 30, 60)),
        (6.2, (60, 44, 96)),
        (3.4, (14, 12, 26)),
    ):
        c.area(ellipse(cx, cy, r * u), across(lighter(tone_, 0.3), darker(tone_, 0.25)))
    for k in range(60):
        a = np.radians(6 * k)
        c.line(
            [
                (cx + 16 * u * np.cos(a), cy + 16 * u * np.sin(a)),
                (cx + 16.9 * u * np.cos(a), cy + 16.9 * u * np.sin(a)),
            ],
            (90, 90, 98),
            1.2,
        )
    for k, label in enumerate(("2.8", "4", "5.6", "8", "11", "16")):
        a = np.radians(200 + 28 * k)
        c.text(
            cx + 14.3 * u * np.cos(a),
            cy + 14.3 * u * np.sin(a),
            label,
            1.7 * u,
            (240, 240, 236) if k % 2 else (240, 170, 80),
            anchor="mm",
            turn=200 + 28 * k + 90,
        )
    c.area(ellipse(cx - 3.4 * u, cy - 4 * u, 3 * u, 1.8 * u, turn=-40), (255, 250, 255), opacity=0.7, blur=2)
    c.area(ellipse(cx + 3 * u, cy + 3.6 * u, 1.8 * u, u, turn=-40), (240, 170, 220), opacity=0.5, blur=2)
    strap = smooth(
        [
            (x - 33 * u, foot - 32 * u),
            (x - 44 * u, foot - 20 * u),
            (x - 42 * u, foot + 2 * u),
            (x - 20 * u, foot + 8 * u),
            (x + 14 * u, foot + 6 * u),
        ],
        closed=False,
    )
    c.area(band(moved(strap, 3, 4), 2.6 * u), (30, 22, 24), opacity=0.35, blur=4)
    c.area(band(strap, 2.4 * u), (134, 84, 52))
    for a in strap[::1]:
        c.dots([a], 0.3 * u, [(214, 170, 124)])
