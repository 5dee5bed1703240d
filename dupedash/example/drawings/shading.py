"""Round bodies, their shadows, and prints on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import Colour, darker, lighter, mix
from dupedash.example.drawings.outline import ellipse
from dupedash.example.drawings.paint import across


def standing_shadow(c: Canvas, x: float, foot: float, width: float) -> None:
    """Contact shadow and a long soft one to the right."""
    c.shadow(ellipse(x + width * 0.3, foot + 2, width * 0.75, width * 0.11), blur=16, opacity=0.42)
    c.shadow(ellipse(x + 4, foot, width * 0.5, width * 0.05), blur=4, opacity=0.55)


def shaded(c: Canvas, outline: ArrayLike, tone: Colour, *, light: float = 0.4, dark: float = 0.4) -> None:
    """A round body: lit from the left, dark on the right, with a thin reflex at the far edge."""
    c.area(
        outline,
        across(
            mix(tone, lighter(tone, light), 0.4),
            lighter(tone, light),
            tone,
            darker(tone, dark),
            darker(tone, dark * 0.7),
        ),
    )


def patterned(c: Canvas, outline: ArrayLike, kind: str, tone: Colour, other: Colour) -> None:
    """Print a pattern on an outline: stripes, dots, leaves, zigzag, speckle, checks. The shading stays."""
    corners = c.at(outline)
    (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
    w, h = max(2, int(x1 - x0)), max(2, int(y1 - y0))
    mask, pen_area = Image.new("L", (w, h)), Image.new("L", (w, h))
    ImageDraw.Draw(mask).polygon((corners - (x0, y0)).ravel().tolist(), fill=215)
    pen = ImageDraw.Draw(pen_area)
    _print(pen, kind, w, h, c.random)
    mask.paste(0, (0, 0), pen_area.point(lambda v: 255 - v))
    where = (int(x0), int(y0))
    under = c.image.crop((*where, where[0] + w, where[1] + h))
    # Multiply by the change of colour, so that light and shade of the body go on through the print.
    ratio = [
        [min(255, round(v * (o + 1) / (t + 1))) for v in range(256)] for t, o in zip(tone, other, strict=True)
    ]
    printed = under.point([value for channel in ratio for value in channel])
    c.image.paste(printed, where, mask)


def _print(pen: ImageDraw.ImageDraw, kind: str, w: int, h: int, random: np.random.Generator) -> None:
    unit = max(16, min(w, h) // 7)
    if kind == "stripes":
        for y in range(0, h, unit):
            pen.rectangle((0, y, w, y + unit // 2), fill=255)
    elif kind == "zigzag":
        for y in range(-unit, h + unit, unit):
            path = [
                (x, y + (unit // 2 if (x // (unit // 2)) % 2 else 0)) for x in range(0, w + unit, unit // 2)
            ]
            pen.line(path, fill=255, width=max(3, unit // 5))
    elif kind == "dots":
        for row, y in enumerate(range(0, h + unit, unit)):
            for x in range((row % 2) * unit // 2, w + unit, unit):
                pen.ellipse((x - unit * 0.22, y - unit * 0.22, x + unit * 0.22, y + unit * 0.22), fill=255)
    elif kind == "checks":
        for row, y in enumerate(range(0, h, unit)):
            for x in range((row % 2) * unit, w, 2 * unit):
                pen.rectangle((x, y, x + unit - 1, y + unit - 1), fill=255)
    elif kind == "speckle":
        for x, y, r in zip(
            random.uniform(0, w, 240),
            random.uniform(0, h, 240),
            random.uniform(0.8, unit * 0.1, 240),
            strict=True,
        ):
            pen.ellipse((x - r, y - r, x + r, y + r), fill=255)
    elif kind == "leaves":
        for x, y, turn in zip(
            random.uniform(0, w, 30), random.uniform(0, h, 30), random.uniform(0, 360, 30), strict=True
        ):
            for k in (-1, 0, 1):
                pen.polygon(
                    ellipse(x + k * unit * 0.3, y, unit * 0.42, unit * 0.13, turn=float(turn) + 40 * k)
                    .ravel()
                    .tolist(),
                    fill=255,
                )


PATTERNS = ("stripes", "zigzag", "dots", "checks", "speckle", "leaves")
