"""Rooms: a shell (walls, floor, window) with its own seed, and furniture with another.

The same shell with other furniture is the listing photo that looks alike and is not a duplicate.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, darker, lighter, mix
from dupedash.example.drawings.furniture import (
    WOOD,
)
from dupedash.example.drawings.nature import leafy
from dupedash.example.drawings.outline import band, box, ellipse
from dupedash.example.drawings.paint import across, down, pick, varied
from dupedash.example.drawings.rooms import bath, bedroom, kitchen, living, study
from dupedash.example.drawings.studio import planks


def room(
    c: Canvas,
    scheme: str,
    *,
    kind: str = "living",
    furniture: int = 0,
    wall: str = "plain",
    dusk: bool = False,
    flip: bool = False,
) -> None:
    """A living room, bedroom, kitchen, study or bath; flip puts the window on the right."""
    s, floor = SCHEMES[scheme], c.h * 0.72
    _shell(c, s, floor, wall, dusk=dusk, tiled=kind in ("bath", "kitchen"))
    if furniture:
        c.random = np.random.default_rng(furniture)
    {"living": living, "bedroom": bedroom, "kitchen": kitchen, "study": study, "bath": bath}[kind](
        c, s, floor
    )
    c.area(
        [(c.w * 0.2, floor), (c.w * 0.42, floor), (c.w * 0.58, c.h), (c.w * 0.24, c.h)],
        (255, 244, 214),
        opacity=0.2,
        blur=16,
    )
    c.haze(c.h * 0.5, c.h, (40, 30, 40), 0.16)
    if flip:
        c.image.paste(c.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))


def _shell(c: Canvas, s: Scheme, floor: float, wall: str, *, dusk: bool, tiled: bool) -> None:
    tone = mix(s.ground, pick(s.accents, c.random), 0.3)
    c.area(box(0, 0, c.w, floor), across(lighter(tone, 0.22), tone, darker(tone, 0.12)))
    if wall == "stripes":
        for x in np.arange(0, c.w, 34).tolist():
            c.area(box(x, 0, x + 17, floor), lighter(tone, 0.14))
            c.line([(x + 25, 0), (x + 25, floor)], darker(tone, 0.1), 1)
    elif wall == "panel":
        c.area(box(0, floor * 0.6, c.w, floor), lighter(tone, 0.4))
        for x in np.arange(12, c.w, 92).tolist():
            frame = box(x, floor * 0.66, x + 74, floor * 0.93)
            c.line(np.concatenate([frame, frame[:1]]), darker(tone, 0.18), 2)
        c.area(box(0, floor * 0.59, c.w, floor * 0.61), lighter(tone, 0.6))
    elif wall == "brick":
        for row, y in enumerate(np.arange(0, floor, 17).tolist()):
            for x in np.arange(-40 + (row % 2) * 22, c.w, 44).tolist():
                c.area(box(x, y, x + 42, y + 15.4), varied(mix(tone, (178, 96, 74), 0.55), c.random, 10))
    elif wall == "motif":
        for row, y in enumerate(np.arange(14, floor, 44).tolist()):
            for x in np.arange((row % 2) * 26, c.w + 20, 52).tolist():
                for k in range(4):
                    c.area(
                        ellipse(x, y, 13, 4.4, turn=45 * k),
                        darker(tone, 0.14) if k % 2 else lighter(tone, 0.3),
                    )
    c.grainy(box(0, 0, c.w, floor), 0.014, cell=30)
    if tiled:
        _floor_tiles(c, floor, s)
    else:
        planks(c, (0, floor, c.w, c.h), varied(mix(WOOD, s.ink, 0.1), c.random, 14), 7)
    c.area(box(0, floor - 12, c.w, floor), lighter(tone, 0.6))
    c.line([(0, floor), (c.w, floor)], darker(tone, 0.45), 1.5)
    _window(c, c.w * 0.07, c.h * 0.1, c.w * 0.24, c.h * 0.4, s, dusk=dusk)


def _floor_tiles(c: Canvas, floor: float, s: Scheme) -> None:
    dark = mix(s.ink, pick(s.accents, c.random), 0.45)
    depths = floor + (c.h - floor) * np.linspace(0, 1, 9) ** 1.35
    for row, (y0, y1) in enumerate(zip(depths[:-1].tolist(), depths[1:].tolist(), strict=True)):
        far, near = (0.5 + 0.6 * (y - floor) / (c.h - floor) for y in (y0, y1))
        for k in range(-10, 10):
            x = c.w * 0.13 * k
            tile = [
                (c.w / 2 + x * far, y0),
                (c.w / 2 + (x + c.w * 0.13) * far, y0),
                (c.w / 2 + (x + c.w * 0.13) * near, y1),
                (c.w / 2 + x * near, y1),
            ]
            c.area(tile, varied(lighter(s.ground, 0.5) if (k + row) % 2 else dark, c.random, 5))
        c.line([(0, y0), (c.w, y0)], darker(s.ground, 0.25), 0.8)


def _window(c: Canvas, x: float, y: float, w: float, h: float, s: Scheme, *, dusk: bool) -> None:
    c.area(box(x - 9, y - 9, x + w + 9, y + h + 9), (250, 248, 242))
    c.area(
        box(x, y, x + w, y + h),
        down((62, 58, 108), (226, 134, 110), (250, 206, 150))
        if dusk
        else down((134, 186, 216), (206, 228, 232), (244, 242, 226)),
    )
    for k in range(6):
        bx = x + w * (0.08 + 0.17 * k)
        leafy(
            c,
            min(max(bx, x + 15), x + w - 15),
            y + h,
            h * c.random.uniform(0.2, 0.42),
            mix((96, 132, 84), (70, 60, 90), 0.5 if dusk else 0.1),
        )
    for k in range(1, 3):
        c.area(box(x + w * k / 3 - 2.5, y, x + w * k / 3 + 2.5, y + h), (250, 248, 242))
    c.area(box(x, y + h * 0.36, x + w, y + h * 0.36 + 5), (250, 248, 242))
    c.area(box(x - 16, y + h + 7, x + w + 16, y + h + 17), (236, 232, 224))
    cloth = mix(s.accents[1], s.ground, 0.35)
    c.line([(x - 34, y - 18), (x + w + 34, y - 18)], (120, 94, 70), 4)
    for left in (x - 32, x + w - 6):
        drape = [(left, y - 16), (left + 38, y - 16), (left + 42, y + h + 70), (left - 4, y + h + 70)]
        c.shadow(drape, dx=5, dy=2, blur=6, opacity=0.22)
        c.area(drape, cloth)
        for k in range(5):
            c.area(
                band([(left + 4 + k * 8, y - 16), (left + 4 + k * 8.6, y + h + 70)], 3.4),
                darker(cloth, 0.18) if k % 2 else lighter(cloth, 0.25),
                opacity=0.8,
                blur=1,
            )
