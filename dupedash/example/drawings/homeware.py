"""Things for the home, each alone in the studio: lamps, a clock."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Colour, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import both_sides, box, ellipse, moved, points, rounded, smooth, turned
from dupedash.example.drawings.paint import across, down, varied
from dupedash.example.drawings.shading import patterned, shaded, standing_shadow
from dupedash.example.drawings.studio import BRANDS, backdrop


def lamp(c: Canvas, scheme: str, *, tone: int = 0, style: str = "table", set_: str = "arch") -> None:
    """A table lamp with a pleated shade, or a jointed desk lamp."""
    s = SCHEMES[scheme]
    foot = backdrop(c, s, set_)
    colour, x = s.accents[tone], c.w * 0.5
    if style == "desk":
        _desk_lamp(c, x, foot, colour, s)
        return
    standing_shadow(c, x, foot, c.h * 0.26)
    base = both_sides(
        [
            (c.h * 0.02, -c.h * 0.36),
            (c.h * 0.025, -c.h * 0.32),
            (c.h * 0.1, -c.h * 0.2),
            (c.h * 0.11, -c.h * 0.1),
            (c.h * 0.05, -c.h * 0.025),
            (c.h * 0.09, 0),
        ],
        x,
    )
    c.area(box(x - 3, foot - c.h * 0.45, x + 3, foot - c.h * 0.3), (190, 160, 100))
    shaded(c, moved(smooth(base, steps=6), 0, foot), colour)
    patterned(c, moved(smooth(base, steps=6), 0, foot), "leaves", colour, lighter(colour, 0.45))
    c.area(ellipse(x - c.h * 0.05, foot - c.h * 0.16, 5, c.h * 0.07), (255, 255, 255), opacity=0.45, blur=3)
    top, low, up = foot - c.h * 0.68, c.h * 0.22, c.h * 0.13
    c.glow(x, top + c.h * 0.16, c.h * 0.5, (255, 226, 160), 0.7)
    shade = points([(x - up, top), (x + up, top), (x + low, top + c.h * 0.29), (x - low, top + c.h * 0.29)])
    c.area(shade, down((255, 244, 214), (255, 226, 168), (240, 196, 136)))
    for t in np.linspace(-1, 1, 34).tolist():
        c.line(
            [(x + t * up, top), (x + t * low, top + c.h * 0.29)],
            mix((214, 168, 112), (255, 236, 196), 0.5 - abs(t) * 0.5),
            1,
        )
    for y, half in ((top, up), (top + c.h * 0.29, low)):
        c.line([(x - half, y), (x + half, y)], darker((200, 150, 96), 0.15), 3)


def _desk_lamp(c: Canvas, x: float, foot: float, colour: Colour, s: Scheme) -> None:
    standing_shadow(c, x - c.w * 0.1, foot, c.h * 0.32)
    base, joint, head = (
        (x - c.w * 0.1, foot),
        (x - c.w * 0.2, foot - c.h * 0.33),
        (x + c.w * 0.05, foot - c.h * 0.56),
    )
    c.area(ellipse(base[0], foot - 6, c.h * 0.13, c.h * 0.03), darker(colour, 0.35))
    shaded(c, ellipse(base[0], foot - 13, c.h * 0.13, c.h * 0.03), colour)
    for shift in (-5, 5):
        for a, b in (
            ((base[0] + shift, base[1] - 14), (joint[0] + shift, joint[1])),
            ((joint[0], joint[1] + shift), (head[0], head[1] + shift)),
        ):
            c.line([a, b], darker(s.ink, 0.1), 3.2)
            c.line([a, b], (196, 198, 204), 1.4)
    for spring in range(14):
        t = 0.25 + spring * 0.035
        px, py = base[0] + (joint[0] - base[0]) * t, base[1] + (joint[1] - base[1]) * t
        c.line([(px - 7, py - 2), (px + 7, py + 2)], (150, 152, 160), 1.2)
    for px, py in (joint, head):
        c.area(ellipse(px, py, 12), (214, 184, 120))
        c.area(ellipse(px, py, 6), (120, 96, 60))
    cone = (
        turned(
            points(
                [
                    (-16, -30),
                    (16, -30),
                    (26, -6),
                    (c.h * 0.15, c.h * 0.2),
                    (-c.h * 0.15, c.h * 0.2),
                    (-26, -6),
                ]
            ),
            -28,
        )
        + head
    )
    rim = turned(ellipse(0, c.h * 0.2, c.h * 0.15, c.h * 0.035), -28) + head
    pool = (
        turned(
            points(
                [
                    (-c.h * 0.14, c.h * 0.2),
                    (c.h * 0.14, c.h * 0.2),
                    (c.h * 0.42, c.h * 0.62),
                    (-c.h * 0.3, c.h * 0.75),
                ]
            ),
            -28,
        )
        + head
    )
    c.area(pool, (255, 236, 176), opacity=0.4, blur=12)
    shaded(c, cone, colour)
    c.area(rim, (255, 246, 206))
    c.area(turned(ellipse(0, c.h * 0.2, c.h * 0.07, c.h * 0.02), -28) + head, (255, 255, 240))
    for k in range(5):
        bx, by = x + c.w * 0.12, foot - 14 * k
        tone = varied(s.accents[k % 5], c.random, 10)
        c.area(
            rounded(bx + (k * 53 % 4) * 6, by - 13, bx + c.w * 0.2 + (k * 31 % 5) * 5, by, 2),
            down(lighter(tone, 0.2), tone),
        )
        c.text(
            bx + 40,
            by - 6.5,
            ("GARDEN", "ATLAS", "POEMS", "COLOUR", "HOUSES")[k],
            8,
            s.ground,
            anchor="lm",
            spacing=1,
        )


def clock(c: Canvas, scheme: str, *, tone: int = 0, set_: str = "blocks") -> None:
    """A standing clock with numerals, its own time, and a stack of books."""
    s = SCHEMES[scheme]
    foot, x, u, colour = backdrop(c, s, set_, bend=0), c.w * 0.5, c.h / 100, s.accents[tone]
    standing_shadow(c, x, foot, 44 * u)
    for k in range(3):
        book = varied(s.accents[(tone + k + 1) % 5], c.random, 10)
        left, right = x - (27 - k * 2.5) * u, x + (25 - k * 1.5) * u
        y = foot - 5.2 * u * k
        c.area(rounded(left, y - 5 * u, right, y, 4), down(lighter(book, 0.2), book, darker(book, 0.25)))
        c.area(box(left + 7 * u, y - 5 * u, left + 8 * u, y), lighter(book, 0.45))
        c.text(
            x,
            y - 2.5 * u,
            ("A HISTORY OF TIME", "THE QUIET COAST", "FIELD NOTES")[k],
            2.3 * u,
            s.ground,
            anchor="mm",
            spacing=1,
        )
    cy = foot - 38 * u
    for side in (-1, 1):
        c.area(
            [
                (x + side * 9 * u, cy + 16 * u),
                (x + side * 13 * u, cy + 16 * u),
                (x + side * 16 * u, foot - 15.4 * u),
                (x + side * 13 * u, foot - 15.4 * u),
            ],
            (150, 108, 70),
        )
        c.area(
            ellipse(x + side * 12 * u, cy - 21 * u, 6 * u, 4.4 * u, turn=side * 32),
            across((250, 226, 160), (160, 116, 60)),
        )
    shaded(c, ellipse(x, cy, 22 * u), colour)
    c.area(ellipse(x, cy, 18.6 * u), darker(colour, 0.4))
    c.area(ellipse(x, cy + 0.5 * u, 18 * u), down(lighter(s.ground, 0.5), lighter(s.ground, 0.1)))
    for k in range(60):
        a = np.radians(6 * k - 90)
        inner = 16 if k % 5 else 15
        c.line(
            [
                (x + inner * u * np.cos(a), cy + inner * u * np.sin(a)),
                (x + 17.2 * u * np.cos(a), cy + 17.2 * u * np.sin(a)),
            ],
            s.ink,
            0.8 if k % 5 else 2,
        )
        if k % 5 == 0:
            c.text(
                x + 12.6 * u * np.cos(a),
                cy + 12.6 * u * np.sin(a),
                str(k // 5 or 12),
                3.4 * u,
                s.ink,
                anchor="mm",
                bold=0.3,
            )
    c.text(x, cy + 6.5 * u, BRANDS[tone], 1.9 * u, s.accents[0], anchor="mm", spacing=0.6)
    for turn, long, thick in ((c.random.uniform(0, 360), 8.5, 3.2), (c.random.uniform(0, 360), 13, 2)):
        a = np.radians(turn)
        c.line(
            [
                (x - 2 * u * np.cos(a), cy - 2 * u * np.sin(a)),
                (x + long * u * np.cos(a), cy + long * u * np.sin(a)),
            ],
            s.ink,
            thick,
        )
    c.area(ellipse(x, cy, 1.3 * u), s.accents[(tone + 3) % 5])
    c.area(ellipse(x - 6 * u, cy - 8 * u, 7 * u, 4 * u, turn=-40), (255, 255, 255), opacity=0.3, blur=6)
