"""Things to wear, each alone in the studio: shoe, watch, glasses."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, darker, lighter, mix
from dupedash.example.drawings.outline import (
    band,
    box,
    ellipse,
    moved,
    place,
    points,
    rounded,
    smooth,
    turned,
)
from dupedash.example.drawings.paint import across, down
from dupedash.example.drawings.shading import patterned, shaded, standing_shadow
from dupedash.example.drawings.studio import BRANDS, backdrop


def shoe(c: Canvas, scheme: str, *, tone: int = 0, set_: str = "sweep") -> None:
    """A trainer from the side: sole, panels, laces, stitches."""
    s = SCHEMES[scheme]
    foot, u = backdrop(c, s, set_, bend=0.6), c.w / 100
    colour, other = s.accents[tone], s.accents[(tone + 2) % 5]
    x = c.w * 0.5
    standing_shadow(c, x, foot, 66 * u)

    def at(pairs: list[tuple[float, float]]) -> np.ndarray:
        return points([(x + px * u, foot + py * 1.45 * u) for px, py in pairs])

    upper = smooth(
        at(
            [
                (-33, -6),
                (-34, -18),
                (-31, -28),
                (-24, -29),
                (-18, -24),
                (-9, -24),
                (0, -21),
                (12, -14),
                (26, -11),
                (34, -6),
                (34, -4),
                (-33, -4),
            ]
        ),
        steps=8,
    )
    shaded(c, upper, colour, light=0.3, dark=0.22)
    c.grainy(upper, 0.04, cell=4, octaves=2)
    toe = smooth(at([(18, -13), (28, -11), (35, -6), (34, -4), (14, -4), (14, -9)]))
    c.area(toe, across(lighter(other, 0.2), other))
    for k in range(16):
        px, py = 18.0 + (k % 6) * 2.4, -10.0 + (k // 6) * 2
        c.dots(at([(px, py)]), 0.35 * u, [darker(other, 0.4)])
    heel = smooth(at([(-33, -4), (-34, -18), (-31, -27), (-26, -26), (-25, -14), (-22, -4)]))
    c.area(heel, across(darker(other, 0.15), lighter(other, 0.1)))
    swoosh = smooth(at([(-20, -8), (-8, -14), (6, -19), (10, -16), (-2, -9), (-14, -6)]))
    c.area(swoosh, lighter(s.ground, 0.4))
    patterned(c, swoosh, "stripes", s.ground, other)
    for line in (toe, heel, swoosh):
        inner = (line - line.mean(0)) * 0.93 + line.mean(0)
        for a in inner[::2]:
            c.dots([a], 0.22 * u, [lighter(s.ground, 0.5)])
    tongue = smooth(at([(-20, -24), (-15, -32), (-9, -31), (-7, -24)]))
    shaded(c, tongue, darker(colour, 0.1))
    for k in range(6):
        px, py = -11.0 + k * 4.1, -24.5 + k * 2.0
        c.line(at([(px - 2, py - 1), (px + 3.4, py + 4.4)]), darker(s.ground, 0.3), 1.0 * u)
        c.line(at([(px - 2, py - 1.3), (px + 3.4, py + 4.1)]), lighter(s.ground, 0.5), 0.8 * u)
        c.dots(at([(px + 3.6, py + 4.3)]), 0.6 * u, [darker(s.ink, 0.1)])
    collar = smooth(at([(-31, -28), (-24, -30.5), (-18, -26), (-19, -23), (-25, -26), (-30, -25)]))
    c.area(collar, darker(colour, 0.45))
    sole = smooth(
        at(
            [
                (-34, -5),
                (-10, -5),
                (20, -5),
                (35, -5),
                (37, -3),
                (36, -0.5),
                (20, 0.4),
                (-20, 0.4),
                (-34, 0),
                (-36, -2.5),
            ]
        ),
        steps=6,
    )
    c.area(sole, down((255, 253, 248), (214, 208, 200)))
    c.line(at([(-34, -2.4), (36, -2.4)]), other, 0.8 * u)
    for k in range(34):
        c.line(at([(-32 + 2 * k, -1.4), (-31.4 + 2 * k, 0.2)]), (176, 168, 160), 1)


def watch(c: Canvas, scheme: str, *, tone: int = 0, set_: str = "marble") -> None:
    """A wristwatch seen from above, with sub-dials and a stitched strap."""
    s = SCHEMES[scheme]
    backdrop(c, s, set_, bend=0)
    x, y, u, strap = c.w * 0.5, c.h * 0.5, min(c.w, c.h) / 100, darker(s.accents[tone], 0.2)
    turn = float(c.random.uniform(-24, 24))

    def at(outline: np.ndarray) -> np.ndarray:
        return moved(turned(outline * u, turn), x, y)

    c.shadow(at(box(-11, -48, 12, 48)), dx=14, dy=16, blur=16, opacity=0.45)
    c.area(
        at(
            smooth(
                [(-12, -10), (-9.5, -50), (9.5, -50), (12, -10), (12, 10), (9.5, 50), (-9.5, 50), (-12, 10)],
                steps=4,
            )
        ),
        across(lighter(strap, 0.2), strap, darker(strap, 0.35)),
    )
    c.grainy(at(box(-11, -48, 11, 48)), 0.05, cell=5, octaves=3)
    for side in (-8.6, 8.6):
        for k in range(-45, 46, 3):
            if abs(k) > 22:
                c.line(at(points([(side, k), (side, k + 1.7)])), lighter(strap, 0.55), 1.3)
    for k in range(28, 46, 5):
        c.area(at(ellipse(0, k, 1.0, 1.5)), darker(strap, 0.6))
    c.area(at(rounded(22, -3, 27, 3, 1)), (176, 178, 186))
    steel = across((246, 246, 250), (150, 152, 162), (236, 236, 240), (120, 122, 132))
    c.shadow(at(ellipse(0, 0, 24)), dx=6, dy=8, blur=9, opacity=0.5)
    c.area(at(ellipse(0, 0, 24)), steel)
    c.area(at(ellipse(0, 0, 21.5)), darker(s.ink, 0.1))
    dial = mix(s.accents[(tone + 3) % 5], s.ink, 0.55) if tone % 2 else lighter(s.ground, 0.4)
    mark = lighter(s.ground, 0.5) if tone % 2 else s.ink
    c.area(at(ellipse(0, 0, 20)), down(lighter(dial, 0.12), darker(dial, 0.12)))
    for k in range(60):
        a = np.radians(6 * k)
        c.line(
            at(
                points(
                    [
                        (
                            (16.6 if k % 5 == 0 else 18.2) * np.cos(a),
                            (16.6 if k % 5 == 0 else 18.2) * np.sin(a),
                        ),
                        (19.4 * np.cos(a), 19.4 * np.sin(a)),
                    ]
                )
            ),
            mark,
            2.6 if k % 5 == 0 else 0.9,
        )
    for sx, sy in ((-7.5, 0), (7.5, 0), (0, 8)):
        c.area(at(ellipse(sx, sy, 4.8)), darker(dial, 0.15))
        c.line(np.concatenate([at(ellipse(sx, sy, 4.8))] * 2), mix(dial, mark, 0.5), 0.8)
        for k in range(12):
            a = np.radians(30 * k)
            c.line(
                at(
                    points(
                        [
                            (sx + 3.8 * np.cos(a), sy + 3.8 * np.sin(a)),
                            (sx + 4.5 * np.cos(a), sy + 4.5 * np.sin(a)),
                        ]
                    )
                ),
                mark,
                0.7,
            )
        a = c.random.uniform(0, 6.28)
        c.line(at(points([(sx, sy), (sx + 3.5 * np.cos(a), sy + 3.5 * np.sin(a))])), s.accents[4], 1.2)
    c.text(*place(at(points([(0, -10)]))[0]), BRANDS[(tone + 2) % 8], 2.3 * u, mark, anchor="mm", turn=turn)
    for a, long, thick in ((c.random.uniform(0, 6.28), 10, 4.4), (c.random.uniform(0, 6.28), 15, 3)):
        c.shadow(
            band(at(points([(0.5, 0.5), (0.5 + long * np.cos(a), 0.5 + long * np.sin(a))])), thick),
            blur=2,
            opacity=0.4,
        )
        c.line(
            at(points([(-3 * np.cos(a), -3 * np.sin(a)), (long * np.cos(a), long * np.sin(a))])), mark, thick
        )
    c.area(at(ellipse(0, 0, 1.4)), s.accents[4])
    c.area(at(smooth([(-16, -8), (-6, -17), (4, -18), (-12, 2)])), (255, 255, 255), opacity=0.16, blur=2)


def glasses(c: Canvas, scheme: str, *, tone: int = 0, set_: str = "linen") -> None:
    """Sunglasses lying on a table, with tinted lenses and the light they let through."""
    s = SCHEMES[scheme]
    foot, x, u, frame = backdrop(c, s, set_), c.w * 0.5, c.w / 100, darker(s.accents[tone], 0.12)
    y = foot - c.h * 0.1
    for side in (-1, 1):
        c.line(
            smooth(
                [
                    (x + side * 30 * u, y - 6 * u),
                    (x + side * 27 * u, y - 22 * u),
                    (x + side * 22 * u, y - 34 * u),
                    (x + side * 17 * u, y - 31 * u),
                ],
                closed=False,
            ),
            darker(frame, 0.35),
            1.8 * u,
        )
        lens = smooth(
            [
                (x + side * 4 * u, y - 8 * u),
                (x + side * 14 * u, y - 11 * u),
                (x + side * 29 * u, y - 9 * u),
                (x + side * 28 * u, y + 6 * u),
                (x + side * 18 * u, y + 12 * u),
                (x + side * 7 * u, y + 7 * u),
            ]
        )
        c.area(
            (lens - (x, y)) * (1.02, 0.5) + (x + 5 * u, y + 14 * u),
            mix(s.accents[(tone + 1) % 5], s.ink, 0.2),
            opacity=0.45,
            blur=8,
        )
        c.area(
            (lens - lens.mean(0)) * 1.18 + lens.mean(0),
            across(lighter(frame, 0.3), frame, darker(frame, 0.2)),
        )
        tint = s.accents[(tone + 1) % 5]
        c.area(lens, down(darker(tint, 0.55), mix(tint, s.ground, 0.25)))
        c.area(
            smooth(
                [
                    (x + side * 10 * u, y - 8 * u),
                    (x + side * 15 * u, y - 9 * u),
                    (x + side * 11 * u, y + 5 * u),
                    (x + side * 8 * u, y + 2 * u),
                ]
            ),
            (255, 255, 255),
            opacity=0.35,
            blur=2,
        )
        c.dots(
            [(x + side * 30.5 * u, y - 8 * u), (x + side * 30.5 * u, y - 6 * u)], 0.6 * u, [(224, 190, 120)]
        )
    c.area(
        band(smooth([(x - 6 * u, y - 5 * u), (x, y - 8 * u), (x + 6 * u, y - 5 * u)], closed=False), 2.6 * u),
        frame,
    )
    shell = ellipse(x + 30 * u, y + 24 * u, 9 * u, 7 * u, start=180, end=360)
    c.shadow(shell, dx=4, dy=6, blur=6, opacity=0.4)
    c.area(shell, down((252, 232, 214), (226, 176, 150)))
    for k in range(9):
        a = np.radians(190 + 20 * k)
        c.line(
            [
                (x + 30 * u, y + 24.5 * u),
                (x + 30 * u + 8.6 * u * np.cos(a), y + 24 * u + 6.6 * u * np.sin(a)),
            ],
            (196, 140, 116),
            1.2,
        )
