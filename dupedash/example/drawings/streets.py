"""Streets and canals of gabled town houses."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Colour, Mood, darker, lighter, mix
from dupedash.example.drawings.nature import leafy, sky, waves
from dupedash.example.drawings.outline import band, box
from dupedash.example.drawings.paint import across, down, pick, varied

LIT = (255, 216, 138)


SHOPS = (
    "BAKERY",
    "BOOKS",
    "FLOWERS",
    "COFFEE",
    "TAILOR",
    "RECORDS",
    "TEA",
    "BISTRO",
    "CLOCKS",
    "WINE",
    "PAPER",
    "CHEESE",
)


def street(c: Canvas, mood: str, *, canal: bool = False) -> None:
    """A row of gabled town houses in many colours, shops below, on a street or a canal."""
    light = MOODS[mood]
    foot = c.h * (0.74 if canal else 0.82)
    sky(c, light, foot, sun=(c.random.uniform(0.1, 0.9), 0.1), size=0.03, cloudy=6)
    base = c.random.uniform(0, 360)
    x, number = -c.random.uniform(0, 0.08) * c.w, 0
    from_palette = [
        mix((224, 140, 96), light.sky[-1], 0.2),
        (198, 92, 74),
        (232, 190, 120),
        (120, 150, 140),
        (88, 112, 136),
        (214, 205, 186),
        (168, 84, 84),
        (226, 162, 150),
        (140, 132, 92),
    ]
    while x < c.w:
        width, tall = c.w * c.random.uniform(0.11, 0.17), c.h * c.random.uniform(0.46, 0.62)
        wall = mix(
            varied(from_palette[(number * 4 + int(base)) % 9], c.random, 8),
            light.sky[1],
            0.3 if light.night else 0.1,
        )
        _town_house(c, x, foot, width, tall, wall, light)
        x, number = x + width, number + 1
    if canal:
        c.area(box(0, foot, c.w, foot + 12), (110, 98, 92))
        for k in range(0, c.w, 17):
            c.line([(k, foot + 1), (k, foot + 12)], (84, 74, 72), 1)
        c.reflect(foot + 12, light.water, strength=0.45, ripple=4)
        c.haze(foot + 12, c.h, darker(light.water, 0.55), 0.5)
        waves(c, foot + 16, c.h, lighter(light.water, 0.4), darker(light.water, 0.4), 200)
    else:
        _pavement(c, foot, light)
    for k in range(3):
        tx = c.w * (0.14 + 0.33 * k + c.random.normal(0, 0.03))
        leafy(
            c,
            tx,
            foot + (8 if canal else 20),
            c.h * c.random.uniform(0.22, 0.32),
            mix((96, 132, 70), light.near, 0.3),
        )
        _lamp(
            c,
            tx + c.w * 0.15,
            foot + (8 if canal else 26),
            c.h * 0.25,
            glow=0.9 if light.night or mood == "dusk" else 0.3,
        )


def _town_house(
    c: Canvas, x: float, foot: float, width: float, tall: float, wall: Colour, light: Mood
) -> None:
    top, gable = foot - tall, int(c.random.integers(3))
    roof = varied((112, 64, 56), c.random, 12)
    if gable == 0:
        c.area([(x, top), (x + width / 2, top - width * 0.62), (x + width, top)], wall)
        c.area(
            band([(x - 3, top + 3), (x + width / 2, top - width * 0.64), (x + width + 3, top + 3)], 6), roof
        )
    elif gable == 1:
        steps = [(x, top)]
        for k in range(5):
            steps += [
                (x + width * 0.1 * k, top - width * 0.14 * k),
                (x + width * 0.1 * k, top - width * 0.14 * (k + 1)),
            ]
        c.area(np.concatenate([steps, [(2 * x + width - px, py) for px, py in steps[::-1]]]), wall)
    else:
        c.area(
            [
                (x, top),
                (x + width * 0.12, top - width * 0.42),
                (x + width * 0.88, top - width * 0.42),
                (x + width, top),
            ],
            down(lighter(roof, 0.1), roof),
        )
        for k in range(5):
            c.line([(x + 3, top - k * 8), (x + width - 3, top - k * 8)], darker(roof, 0.2), 0.8)
        c.area(box(x + width * 0.36, top - width * 0.36, x + width * 0.64, top), wall)
    c.area(box(x, top, x + width, foot), across(lighter(wall, 0.1), wall, darker(wall, 0.12)))
    c.grainy(box(x, top, x + width, foot), 0.03, cell=12)
    for k in range(40):
        bx, by = x + c.random.uniform(0.02, 0.92) * width, top + c.random.uniform(0, 0.75) * tall
        c.area(box(bx, by, bx + 7, by + 2.6), darker(wall, 0.1) if k % 2 else lighter(wall, 0.12))
    c.area(box(x, top - 2, x + width, top + 5), lighter(wall, 0.45))
    trim, glass = lighter(wall, 0.6), mix((58, 74, 96), light.sky[0], 0.3)
    floors, bays = 3, 3 if width > 105 else 2
    for floor in range(floors):
        y = top + tall * (0.07 + 0.235 * floor)
        for bay in range(bays):
            wx = x + width * ((bay + 0.5) / bays) - width * 0.09
            _sash(c, (wx, y, wx + width * 0.18, y + tall * 0.15), trim, glass, light)
    _sash(c, (x + width * 0.43, top - width * 0.26, x + width * 0.57, top - width * 0.06), trim, glass, light)
    _shop(c, x, foot, width, tall * 0.24, wall, light)
    c.line([(x, top), (x, foot)], darker(wall, 0.35), 1)


def _sash(
    c: Canvas, where: tuple[float, float, float, float], trim: Colour, glass: Colour, light: Mood
) -> None:
    x0, y0, x1, y1 = where
    lit = c.random.random() < (0.55 if light.night else 0.15)
    c.area(box(x0 - 2.5, y0 - 3, x1 + 2.5, y1 + 3), trim)
    c.area(box(x0, y0, x1, y1), down(LIT, (240, 170, 96)) if lit else down(lighter(glass, 0.3), glass))
    c.area([(x0, y1), (x0, y0 + 5), (x0 + (x1 - x0) * 0.6, y0)], (255, 255, 255), opacity=0.16)
    c.line([((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)], trim, 1.3)
    c.line([(x0, (y0 * 0.6 + y1 * 0.4)), (x1, (y0 * 0.6 + y1 * 0.4))], trim, 1.3)
    c.area(box(x0 - 4, y1 + 2, x1 + 4, y1 + 5), darker(trim, 0.15))
    if c.random.random() < 0.35:
        c.dots(
            c.random.uniform((x0 - 2, y1 - 3), (x1 + 2, y1 + 3), (12, 2)),
            2.0,
            [(92, 130, 72), (214, 84, 96), (112, 150, 84)],
        )


def _shop(c: Canvas, x: float, foot: float, width: float, tall: float, wall: Colour, light: Mood) -> None:
    tone = darker(pick([(44, 74, 72), (120, 52, 52), (52, 62, 92), (74, 60, 48)], c.random), 0.1)
    c.area(box(x + 5, foot - tall * 0.86, x + width - 5, foot), tone)
    c.area(box(x + 5, foot - tall * 0.86, x + width - 5, foot - tall * 0.68), lighter(tone, 0.1))
    c.text(
        x + width / 2,
        foot - tall * 0.77,
        str(c.random.choice(SHOPS)),
        tall * 0.13,
        (244, 228, 190),
        anchor="mm",
        spacing=1,
    )
    pane = down(LIT, (214, 150, 96)) if light.night else down((150, 172, 178), (92, 108, 116))
    c.area(box(x + 12, foot - tall * 0.6, x + width * 0.6, foot - tall * 0.14), pane)
    c.area(box(x + width * 0.68, foot - tall * 0.6, x + width - 13, foot), lighter(tone, 0.18))
    c.area(box(x + width * 0.72, foot - tall * 0.55, x + width - 19, foot - tall * 0.25), pane)
    for k in range(5):
        gx = x + 16 + k * (width * 0.5) / 5
        c.area(
            box(gx, foot - tall * c.random.uniform(0.24, 0.42), gx + width * 0.06, foot - tall * 0.15),
            varied(wall, c.random, 50),
        )
    if c.random.random() < 0.6:
        stripe = width / 9
        for k in range(8):
            sx = x + 6 + k * stripe
            c.area(
                [
                    (sx, foot - tall * 0.68),
                    (sx + stripe, foot - tall * 0.68),
                    (sx + stripe * 1.05 - 1, foot - tall * 0.46),
                    (sx - 2, foot - tall * 0.46),
                ],
                (246, 238, 222) if k % 2 else lighter(mix(tone, light.accent, 0.6), 0.1),
            )
        c.shadow(box(x + 6, foot - tall * 0.46, x + width - 6, foot - tall * 0.4), blur=3, opacity=0.4)


def _pavement(c: Canvas, foot: float, light: Mood) -> None:
    stone = mix((168, 160, 152), light.sky[2], 0.3)
    c.area(box(0, foot, c.w, c.h), down(lighter(stone, 0.12), darker(stone, 0.2)))
    y, step = foot + 4, 5.0
    while y < c.h:
        c.line([(0, y), (c.w, y)], darker(stone, 0.18), 0.9)
        shift = c.random.uniform(0, step * 2)
        for x in np.arange(-shift, c.w, step * 2.4).tolist():
            if c.random.random() < 0.5:
                c.area(box(x, y + 1, x + step * 2.2, y + step - 0.5), varied(stone, c.random, 12))
        y, step = y + step, step * 1.13


def _lamp(c: Canvas, x: float, foot: float, tall: float, *, glow: float) -> None:
    iron = (44, 46, 56)
    c.glow(x, foot - tall, tall * 0.5, LIT, glow)
    c.line([(x, foot), (x, foot - tall)], iron, 2.2)
    c.area(box(x - 5, foot - 8, x + 5, foot), iron)
    c.area(
        [
            (x - 6, foot - tall - 9),
            (x + 6, foot - tall - 9),
            (x + 4, foot - tall + 4),
            (x - 4, foot - tall + 4),
        ],
        (255, 236, 184),
    )
    c.area([(x - 8, foot - tall - 9), (x, foot - tall - 16), (x + 8, foot - tall - 9)], iron)
