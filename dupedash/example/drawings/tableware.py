"""Things for the table, each alone in the studio: mug, teapot, bottle, vase."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import band, both_sides, box, ellipse, moved, points, smooth, turned
from dupedash.example.drawings.paint import across, down, varied
from dupedash.example.drawings.shading import patterned, shaded, standing_shadow
from dupedash.example.drawings.studio import BRANDS, backdrop


def mug(c: Canvas, scheme: str, *, tone: int = 0, print_: str = "stripes", set_: str = "wood") -> None:
    """A mug with a printed body, a handle and steam."""
    s = SCHEMES[scheme]
    foot = backdrop(c, s, set_)
    colour, x, w, h = s.accents[tone], c.w * 0.48, c.h * 0.22, c.h * 0.46
    standing_shadow(c, x, foot, w * 2)
    handle = smooth(
        [
            (x + w * 0.9, foot - h * 0.8),
            (x + w * 1.5, foot - h * 0.78),
            (x + w * 1.6, foot - h * 0.42),
            (x + w * 1.3, foot - h * 0.2),
            (x + w * 0.9, foot - h * 0.18),
        ],
        closed=False,
    )
    c.area(band(handle, w * 0.24), darker(colour, 0.25))
    c.area(band(handle - (2, 3), w * 0.13), lighter(colour, 0.1))
    body = np.concatenate(
        [
            [(x - w, foot - h)],
            [(x + w, foot - h)],
            ellipse(x, foot - w * 0.1, w * 0.94, w * 0.17, start=0, end=180),
        ]
    )
    shaded(c, body, colour)
    middle = np.concatenate(
        [
            [(x - w, foot - h * 0.86)],
            [(x + w, foot - h * 0.86)],
            [(x + w * 0.97, foot - h * 0.26), (x - w * 0.97, foot - h * 0.26)],
        ]
    )
    patterned(c, middle, print_, colour, s.ground if tone else lighter(s.accents[2], 0.2))
    c.area(ellipse(x, foot - h, w, w * 0.17), lighter(colour, 0.3))
    c.area(ellipse(x, foot - h + 2, w * 0.92, w * 0.14), darker(colour, 0.45))
    c.area(ellipse(x, foot - h + w * 0.06, w * 0.84, w * 0.1), down((66, 38, 26), (118, 72, 44)))
    c.area(ellipse(x - w * 0.2, foot - h + w * 0.04, w * 0.3, w * 0.03), (190, 140, 100), opacity=0.6)
    c.area(
        box(x - w * 0.78, foot - h * 0.9, x - w * 0.66, foot - h * 0.14), (255, 255, 255), opacity=0.3, blur=4
    )
    for shift in (-0.35, 0.05, 0.4):
        steam = smooth(
            [
                (x + w * shift + 12 * np.sin(k * 1.3 + shift * 9), foot - h - 16 - k * c.h * 0.045)
                for k in range(6)
            ],
            closed=False,
        )
        c.area(band(steam, np.linspace(12, 2, len(steam))), (255, 255, 255), opacity=0.35, blur=6)
    for k in range(5):
        bx, by = x - w * 2.1 + k * w * 0.22, foot + 8 + (k * 37 % 5) * 6
        c.shadow(ellipse(bx, by + 3, 9, 4), blur=3, opacity=0.5)
        c.area(ellipse(bx, by, 9, 6, turn=k * 50), (84, 50, 34))
        c.line(
            turned(points([(bx - 7, by), (bx, by + 1.5), (bx + 7, by)]), k * 50, (bx, by)), (48, 28, 20), 1.2
        )


def teapot(c: Canvas, scheme: str, *, tone: int = 0, print_: str = "dots", set_: str = "sprigs") -> None:
    """A teapot with two cups."""
    s = SCHEMES[scheme]
    foot, x, u, colour = backdrop(c, s, set_), c.w * 0.45, c.h / 100, s.accents[tone]
    standing_shadow(c, x, foot, 52 * u)
    handle = smooth(
        [
            (x - 17 * u, foot - 32 * u),
            (x - 32 * u, foot - 34 * u),
            (x - 33 * u, foot - 16 * u),
            (x - 18 * u, foot - 10 * u),
        ],
        closed=False,
    )
    c.area(band(handle, 3.4 * u), darker(colour, 0.3))
    c.area(band(handle - (1, 1), 1.8 * u), lighter(colour, 0.1))
    spout = smooth(
        [
            (x + 15 * u, foot - 12 * u),
            (x + 24 * u, foot - 17 * u),
            (x + 27 * u, foot - 31 * u),
            (x + 34 * u, foot - 36 * u),
        ],
        closed=False,
    )
    c.area(band(spout, np.linspace(10, 4, len(spout)) * u), darker(colour, 0.22))
    body = smooth(
        [
            (x - 10 * u, foot),
            (x - 21 * u, foot - 10 * u),
            (x - 21 * u, foot - 26 * u),
            (x - 9 * u, foot - 38 * u),
            (x + 9 * u, foot - 38 * u),
            (x + 21 * u, foot - 26 * u),
            (x + 21 * u, foot - 10 * u),
            (x + 10 * u, foot),
        ]
    )
    shaded(c, body, colour)
    patterned(c, body, print_, colour, lighter(s.ground, 0.3))
    lid = smooth(
        [
            (x - 11 * u, foot - 37 * u),
            (x - 6 * u, foot - 42 * u),
            (x + 6 * u, foot - 42 * u),
            (x + 11 * u, foot - 37 * u),
        ]
    )
    shaded(c, lid, darker(colour, 0.1))
    shaded(c, ellipse(x, foot - 44.5 * u, 2.8 * u), (214, 176, 108))
    c.area(ellipse(x - 12 * u, foot - 24 * u, 2 * u, 8 * u, turn=14), (255, 255, 255), opacity=0.45, blur=5)
    for k, cx in enumerate((x + 44 * u, x + 26 * u)):
        base = foot + (4 + 9 * k) * u
        c.shadow(ellipse(cx + 2 * u, base + u, 12 * u, 2.4 * u), blur=5, opacity=0.4)
        c.area(ellipse(cx, base, 11 * u, 2.2 * u), lighter(s.ground, 0.5))
        cup = np.concatenate(
            [
                [(cx - 7.5 * u, base - 10 * u), (cx + 7.5 * u, base - 10 * u)],
                ellipse(cx, base - 3 * u, 5 * u, 2.4 * u, start=0, end=180),
            ]
        )
        shaded(c, cup, lighter(colour, 0.25))
        c.area(ellipse(cx, base - 10 * u, 7.5 * u, 1.5 * u), (160, 96, 52))


def bottle(
    c: Canvas, scheme: str, *, tone: int = 0, style: str = "wine", brand: int = 0, set_: str = "marble"
) -> None:
    """A bottle with a printed label: wine, oil, or a cosmetic flask with a pump."""
    s = SCHEMES[scheme]
    foot, x, u = backdrop(c, s, set_), c.w * 0.5, c.h / 100
    glass = {
        "wine": darker(mix((52, 74, 52), s.accents[tone], 0.35), 0.15),
        "oil": mix((206, 176, 66), s.accents[tone], 0.35),
    }.get(style, s.accents[tone])
    half = {
        "wine": [(3, -70), (3.4, -50), (10.5, -41), (11, -3), (9.5, 0)],
        "oil": [(2.6, -66), (3, -54), (12.5, -44), (12.5, -3), (11, 0)],
    }.get(style, [(5, -50), (13, -46), (14, -40), (14, -3), (12.5, 0)])
    standing_shadow(c, x, foot, 26 * u)
    body = moved(both_sides(np.asarray(half) * u, x), 0, foot)
    shaded(c, body, glass, light=0.35, dark=0.5)
    wide = half[3][0] * u
    if style == "flask":
        c.area(
            box(x - 3.5 * u, foot - 56 * u, x + 3.5 * u, foot - 49 * u),
            across((250, 248, 244), (150, 146, 144)),
        )
        c.area(
            [
                (x - 4 * u, foot - 61 * u),
                (x + 12 * u, foot - 59 * u),
                (x + 12 * u, foot - 57 * u),
                (x - 4 * u, foot - 56 * u),
            ],
            across((250, 248, 244), (176, 170, 166)),
        )
    else:
        c.area(
            box(x - 3.4 * u, foot - 73 * u, x + 3.4 * u, foot - 62 * u),
            across(lighter(s.accents[2], 0.2), darker(s.accents[2], 0.35)),
        )
        for k in range(4):
            c.line(
                [(x - 3.4 * u, foot - (72 - 2.4 * k) * u), (x + 3.4 * u, foot - (72 - 2.4 * k) * u)],
                darker(s.accents[2], 0.35),
                0.8,
            )
    c.area(
        box(x - wide * 0.8, foot - 40 * u, x - wide * 0.6, foot - 3 * u), (255, 255, 255), opacity=0.5, blur=3
    )
    _label(c, x, foot, wide, u, s, BRANDS[brand % len(BRANDS)])
    for k in range(6):
        px, py = x + 20 * u + k * 4.2 * u, foot + (k % 3) * 6 - 4
        berry = s.accents[(tone + 1) % 5]
        c.shadow(ellipse(px + 3, py + 3 * u, 3 * u, u), blur=4, opacity=0.4)
        shaded(c, ellipse(px, py, 2.8 * u), berry)
        c.dots([(px - u, py - u)], 0.6 * u, [(255, 250, 244)])


def _label(c: Canvas, x: float, foot: float, wide: float, u: float, s: Scheme, brand: str) -> None:
    paper = lighter(s.ground, 0.4)
    c.area(box(x - wide, foot - 33 * u, x + wide, foot - 8 * u), across(paper, paper, darker(paper, 0.22)))
    for y in (-32, -9.6):
        c.line([(x - wide * 0.96, foot + y * u), (x + wide * 0.96, foot + y * u)], s.accents[0], 1.4)
    c.text(x, foot - 27.5 * u, brand, min(2.6 * u, wide * 0.22), s.ink, anchor="mm", spacing=0.5, bold=0.3)
    kind = int(c.random.integers(3))
    if kind == 0:
        for k in range(7):
            c.area(
                [
                    (x - 7 * u + k * 2 * u, foot - 14 * u),
                    (x - 6 * u + k * 2 * u, foot - (17 + (k * 5 % 4)) * u),
                    (x - 5 * u + k * 2 * u, foot - 14 * u),
                ],
                s.accents[k % 5],
            )
    elif kind == 1:
        for r in (5, 3.7, 2.4, 1.1):
            c.area(ellipse(x, foot - 19 * u, r * u), s.accents[int(r) % 5])
    else:
        for k in range(5):
            c.area(ellipse(x, foot - (15 + 2 * k) * u, 3.5 * u, 0.9 * u, turn=-30), s.accents[2])
            c.area(ellipse(x, foot - (15 + 2 * k) * u, 3.5 * u, 0.9 * u, turn=30), s.accents[0])
    c.text(
        x,
        foot - 11.6 * u,
        f"No. {int(c.random.integers(3, 98))} · {int(c.random.integers(25, 75)) * 10} ml",
        1.7 * u,
        s.ink,
        anchor="mm",
    )


def vase(c: Canvas, scheme: str, *, tone: int = 0, print_: str = "zigzag", set_: str = "linen") -> None:
    """A vase with a bunch of leaves and blossoms."""
    s = SCHEMES[scheme]
    foot, x, u = backdrop(c, s, set_), c.w * 0.5, c.h / 100
    standing_shadow(c, x, foot, 26 * u)
    for _ in range(17):
        turn, long = c.random.normal(0, 0.5), c.random.uniform(24, 42) * u
        tip = (x + long * np.sin(turn) * 1.2, foot - 34 * u - long * np.cos(turn) * 0.9)
        stem = smooth(
            [
                (x + turn * 4, foot - 30 * u),
                ((x * 1.4 + tip[0] * 0.6) / 2, (foot - 34 * u + tip[1]) / 2),
                tip,
            ],
            closed=False,
        )
        green = varied(mix((84, 118, 72), s.accents[2], 0.25), c.random, 14)
        c.line(stem, darker(green, 0.2), 1.6)
        for k, (px, py) in enumerate(stem[6::2].tolist()):
            for side in (-1, 1):
                c.area(
                    ellipse(px + side * 1.9 * u, py, 2.7 * u, 1.0 * u, turn=side * (30 + 7 * k)),
                    lighter(green, 0.12) if side < 0 else darker(green, 0.12),
                )
        if c.random.random() < 0.6:
            petal = varied(s.accents[int(c.random.integers(5))], c.random, 8)
            r = c.random.uniform(2.2, 3.6) * u
            for k in range(7):
                a = 6.283 * k / 7
                c.area(
                    ellipse(
                        tip[0] + r * 0.7 * np.cos(a),
                        tip[1] + r * 0.7 * np.sin(a),
                        r * 0.62,
                        r * 0.4,
                        turn=51.4 * k,
                    ),
                    lighter(petal, 0.08 * (k % 3)),
                )
            c.area(ellipse(*tip, r * 0.36), (240, 196, 90))
    body = moved(
        smooth(
            both_sides(np.asarray([(5, -36), (4, -31), (11, -23), (13, -13), (9, -3), (7, 0)]) * u, x),
            steps=8,
        ),
        0,
        foot,
    )
    shaded(c, body, s.accents[tone])
    patterned(c, body, print_, s.accents[tone], lighter(s.ground, 0.3))
    c.area(ellipse(x, foot - 36 * u, 5.6 * u, 1.2 * u), darker(s.accents[tone], 0.4))
    c.area(ellipse(x - 6 * u, foot - 17 * u, 1.3 * u, 6 * u, turn=12), (255, 255, 255), opacity=0.4, blur=4)
