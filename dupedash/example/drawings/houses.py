"""One house and its garden, as in a listing."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import MOODS, Colour, Mood, darker, lighter, mix
from dupedash.example.drawings.nature import grass, leafy, sky
from dupedash.example.drawings.outline import band, box, rounded, smooth
from dupedash.example.drawings.paint import across, down, pick, varied

PLASTER = ((236, 224, 204), (214, 186, 150), (196, 208, 206), (232, 204, 190), (206, 206, 178))
BRICK = ((176, 104, 82), (150, 86, 78), (196, 150, 112), (132, 116, 110))
TIMBER = ((166, 116, 78), (96, 78, 70), (196, 158, 116), (84, 96, 92))
ROOFS = ((150, 82, 64), (82, 84, 92), (112, 72, 62), (70, 92, 96), (134, 106, 84))


def house(c: Canvas, mood: str, *, style: str = "gabled") -> None:
    """One house and its garden, as in a listing: gabled, modern, or a bungalow."""
    light = MOODS[mood]
    ground = c.h * 0.7
    sky(c, light, ground, sun=(c.random.choice([0.1, 0.9]), 0.14), size=0.035, cloudy=6)
    green = mix((112, 146, 72), light.near, 0.25)
    for x in np.sort(c.random.uniform(0, c.w, 9)).tolist():
        leafy(
            c,
            x,
            ground + 6,
            c.h * c.random.uniform(0.22, 0.42),
            varied(mix(green, light.sky[-1], 0.25), c.random, 10),
        )
    c.area(box(0, ground, c.w, c.h), down(lighter(green, 0.16), darker(green, 0.15)))
    c.strokes((0, ground, c.w, c.h), 900, length=12, width=2, angle=80, spread=30, jitter=14)
    # A gabled house is as tall as it is wide: narrower, or its roof would leave the picture.
    half, middle = c.random.uniform(0.23, 0.29), c.random.uniform(0.4, 0.6)
    half *= c.w * (1 if style == "gabled" else 1.3)
    left, right = c.w * middle - half, c.w * middle + half
    c.shadow(box(left, ground + c.h * 0.02, right + 40, ground + c.h * 0.08), blur=12, opacity=0.45)
    {"gabled": _gabled, "modern": _modern, "bungalow": _bungalow}[style](
        c, left, right, ground + c.h * 0.05, light
    )
    door = c.w * middle
    path = [
        (door - 20, ground + c.h * 0.05),
        (door + 20, ground + c.h * 0.05),
        (door + 90, c.h + 5),
        (door - 60, c.h + 5),
    ]
    c.area(path, (206, 196, 180))
    for k in range(9):
        y = ground + c.h * (0.06 + 0.028 * k)
        c.line([(door - 18 - 5 * k, y), (door + 22 + 8 * k, y + 2)], (176, 166, 152), 1.2)
    for x0, x1 in ((left - 10, door - 40), (door + 40, right + 12)):
        for _ in range(34):
            bx, by = c.random.uniform(x0, x1), ground + c.h * 0.055 + c.random.uniform(-10, 6)
            c.dots(
                c.random.normal((bx, by), (8, 6), (9, 2)),
                c.random.uniform(2, 5, 9),
                [darker(green, 0.3), green, lighter(green, 0.2)],
            )
        c.dots(
            c.random.uniform((x0, ground + c.h * 0.03), (x1, ground + c.h * 0.07), (40, 2)),
            2.4,
            [light.accent, (250, 244, 230), (232, 120, 150)],
        )
    grass(c, c.h * 0.93, c.h + 8, green, 420, height=16)
    if c.random.random() < 0.5:
        c.image.paste(c.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))


def _gabled(c: Canvas, left: float, right: float, foot: float, light: Mood) -> None:
    wall, roof, width = (
        varied(pick(PLASTER, c.random), c.random, 8),
        varied(pick(ROOFS, c.random), c.random, 10),
        right - left,
    )
    top, ridge_y = foot - width * 0.36, foot - width * 0.68
    c.area(box(left, top, right, foot), across(lighter(wall, 0.2), wall, darker(wall, 0.1)))
    for y in np.arange(top, foot, 9).tolist():
        c.line([(left, y), (right, y)], darker(wall, 0.12), 0.8)
    _tiled_roof(
        c,
        [
            (left - 22, top + 6),
            (left + width * 0.16, ridge_y),
            (right - width * 0.16, ridge_y),
            (right + 22, top + 6),
        ],
        roof,
    )
    mid = left + width * 0.26
    c.area(
        [
            (mid - width * 0.17, foot),
            (mid - width * 0.17, top),
            (mid, top - width * 0.2),
            (mid + width * 0.17, top),
            (mid + width * 0.17, foot),
        ],
        lighter(wall, 0.25),
    )
    c.area(
        band([(mid - width * 0.2, top + 12), (mid, top - width * 0.22), (mid + width * 0.2, top + 12)], 9),
        darker(roof, 0.2),
    )
    c.area(
        box(right - width * 0.3, ridge_y - width * 0.12, right - width * 0.24, ridge_y + 14), (150, 104, 90)
    )
    for x, y in (
        (mid - width * 0.06, top),
        (mid - width * 0.06, foot - width * 0.18),
        (left + width * 0.66, foot - width * 0.2),
        (left + width * 0.84, foot - width * 0.2),
    ):
        _big_window(c, (x, y, x + width * 0.12, y + width * 0.13), light)
    _door(c, left + width * 0.5, foot, width * 0.08, width * 0.2, light)


def _modern(c: Canvas, left: float, right: float, foot: float, light: Mood) -> None:
    wall, wood, width = (242, 240, 236), varied(pick(TIMBER, c.random), c.random, 8), right - left
    c.area(box(left + width * 0.12, foot - width * 0.26, right, foot), down(wall, darker(wall, 0.08)))
    c.area(
        box(left, foot - width * 0.5, left + width * 0.68, foot - width * 0.25),
        down(wood, darker(wood, 0.15)),
    )
    for x in np.arange(left, left + width * 0.68, 7).tolist():
        c.line(
            [(x, foot - width * 0.5), (x, foot - width * 0.25)], varied(darker(wood, 0.25), c.random, 8), 1
        )
    c.shadow(
        box(left + width * 0.12, foot - width * 0.25, left + width * 0.68, foot - width * 0.22),
        blur=5,
        opacity=0.5,
    )
    c.area(box(left - 12, foot - width * 0.53, left + width * 0.7, foot - width * 0.5), (70, 72, 78))
    c.area(box(left + width * 0.66, foot - width * 0.285, right + 16, foot - width * 0.255), (70, 72, 78))
    _big_window(
        c, (left + width * 0.06, foot - width * 0.46, left + width * 0.34, foot - width * 0.29), light
    )
    _big_window(
        c, (left + width * 0.44, foot - width * 0.46, left + width * 0.62, foot - width * 0.29), light
    )
    _big_window(
        c, (left + width * 0.62, foot - width * 0.21, right - width * 0.04, foot - width * 0.02), light
    )
    _big_window(c, (left + width * 0.18, foot - width * 0.2, left + width * 0.4, foot - width * 0.04), light)
    _door(c, left + width * 0.5, foot, width * 0.08, width * 0.19, light)


def _bungalow(c: Canvas, left: float, right: float, foot: float, light: Mood) -> None:
    wall, roof, width = (
        varied(pick(BRICK, c.random), c.random, 8),
        varied(pick(ROOFS, c.random), c.random, 8),
        right - left,
    )
    top = foot - width * 0.26
    c.area(box(left, top, right, foot), wall)
    for row, y in enumerate(np.arange(top, foot, 7).tolist()):
        for x in np.arange(left + (row % 2) * 8, right - 15, 16).tolist():
            c.area(box(x, y, x + 14.6, y + 5.6), varied(wall, c.random, 11))
    _tiled_roof(
        c,
        [
            (left - 30, top + 5),
            (left + width * 0.22, top - width * 0.2),
            (right - width * 0.22, top - width * 0.2),
            (right + 30, top + 5),
        ],
        roof,
    )
    for x in (0.06, 0.25, 0.62, 0.81):
        _big_window(
            c, (left + width * x, foot - width * 0.2, left + width * (x + 0.13), foot - width * 0.07), light
        )
    c.area(
        [
            (left + width * 0.4, top + 4),
            (left + width * 0.5, top - width * 0.1),
            (left + width * 0.6, top + 4),
        ],
        (240, 234, 222),
    )
    for x in (0.42, 0.57):
        c.area(
            box(left + width * x, top, left + width * (x + 0.015), foot),
            across((255, 252, 246), (200, 192, 184)),
        )
    _door(c, left + width * 0.5, foot, width * 0.075, width * 0.19, light)


def _tiled_roof(c: Canvas, corners: list[tuple[float, float]], tone: Colour) -> None:
    (x0, y0), (x1, y1), (x2, _), (x3, _) = corners
    c.area(corners, down(lighter(tone, 0.12), darker(tone, 0.12)))
    for row in range(13):
        t = row / 13
        y, a, b = y1 + (y0 - y1) * t, x1 + (x0 - x1) * t, x2 + (x3 - x2) * t
        c.line([(a, y), (b, y)], darker(tone, 0.3), 1)
        for x in np.arange(a + (row % 2) * 7, b - 8, 14).tolist():
            if c.random.random() < 0.4:
                c.area(box(x, y + 1, x + 12, y + (y0 - y1) / 13 - 1), varied(tone, c.random, 12))
    c.area(box(x0, y0 - 3, x3, y0 + 3), darker(tone, 0.35))


def _big_window(c: Canvas, where: tuple[float, float, float, float], light: Mood) -> None:
    x0, y0, x1, y1 = where
    c.area(box(x0 - 4, y0 - 4, x1 + 4, y1 + 4), (250, 248, 244))
    c.area(box(x0, y0, x1, y1), down(mix((120, 150, 176), light.sky[1], 0.5), (62, 76, 92)))
    c.area(
        smooth([(x0 + 2, y0), (x0 + (x1 - x0) * 0.2, y0 + (y1 - y0) * 0.5), (x0 + 2, y1)]),
        (244, 236, 222),
        opacity=0.8,
    )
    c.area(
        smooth([(x1 - 2, y0), (x1 - (x1 - x0) * 0.2, y0 + (y1 - y0) * 0.5), (x1 - 2, y1)]),
        (244, 236, 222),
        opacity=0.8,
    )
    c.area(
        [(x0 + (x1 - x0) * 0.3, y0), (x0 + (x1 - x0) * 0.6, y0), (x0 + (x1 - x0) * 0.3, y1), (x0, y1)],
        (255, 255, 255),
        opacity=0.18,
    )
    for k in range(1, max(2, round((x1 - x0) / 34))):
        x = x0 + (x1 - x0) * k / max(2, round((x1 - x0) / 34))
        c.line([(x, y0), (x, y1)], (250, 248, 244), 2)
    c.area(box(x0 - 6, y1 + 3, x1 + 6, y1 + 8), (214, 208, 200))


def _door(c: Canvas, x: float, foot: float, width: float, tall: float, light: Mood) -> None:
    tone = darker(light.accent, 0.25)
    c.area(box(x - width * 0.62, foot - tall * 1.06, x + width * 0.62, foot), (250, 248, 244))
    c.area(box(x - width * 0.5, foot - tall, x + width * 0.5, foot), across(lighter(tone, 0.12), tone))
    for row in (0.08, 0.54):
        for side in (-0.38, 0.06):
            c.area(
                rounded(
                    x + side * width,
                    foot - tall * (row + 0.36),
                    x + (side + 0.32) * width,
                    foot - tall * row,
                    2,
                ),
                darker(tone, 0.22),
            )
    c.dots([(x + width * 0.38, foot - tall * 0.48)], 2.2, [(240, 206, 120)])
    c.area(box(x - width * 0.8, foot - 3, x + width * 0.8, foot + 6), (190, 184, 176))
