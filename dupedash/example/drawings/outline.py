"""Outlines as arrays of points (n, 2): ellipses, round boxes, smooth curves, ridges. Geometry, no pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
Random = np.random.Generator


def points(values: ArrayLike) -> Points:
    """Anything like a list of (x, y) as an array."""
    return np.asarray(values, dtype=np.float64).reshape(-1, 2)


def place(point: ArrayLike) -> tuple[float, float]:
    """One point as two numbers."""
    x, y = np.asarray(point, dtype=np.float64).tolist()
    return x, y


def box(x0: float, y0: float, x1: float, y1: float) -> Points:
    """A rectangle by two corners."""
    return points([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def ellipse(
    cx: float,
    cy: float,
    rx: float,
    ry: float | None = None,
    *,
    turn: float = 0.0,
    start: float = 0.0,
    end: float = 360.0,
) -> Points:
    """An ellipse, or the part of it between two angles (degrees, clockwise from the right)."""
    ry = rx if ry is None else ry
    count = max(16, min(96, int(max(rx, ry) * 1.2)))
    angle = np.radians(np.linspace(start, end, count, endpoint=end - start < 360))
    outline = np.stack([rx * np.cos(angle), ry * np.sin(angle)], axis=1)
    return moved(turned(outline, turn), cx, cy)


def rounded(x0: float, y0: float, x1: float, y1: float, radius: float) -> Points:
    """A rectangle with round corners."""
    radius = min(radius, (x1 - x0) / 2, (y1 - y0) / 2)
    corners = [
        (x1 - radius, y0 + radius, -90),
        (x1 - radius, y1 - radius, 0),
        (x0 + radius, y1 - radius, 90),
        (x0 + radius, y0 + radius, 180),
    ]
    return np.concatenate([ellipse(cx, cy, radius, start=start, end=start + 90) for cx, cy, start in corners])


def regular(cx: float, cy: float, radius: float, corners: int, *, turn: float = -90.0) -> Points:
    """A regular polygon, one corner up."""
    angle = np.radians(np.arange(corners) * 360 / corners + turn)
    return np.stack([cx + radius * np.cos(angle), cy + radius * np.sin(angle)], axis=1)


def star(cx: float, cy: float, outer: float, inner: float, spikes: int, *, turn: float = -90.0) -> Points:
    """A star: outer and inner corners in turn."""
    angle = np.radians(np.arange(2 * spikes) * 180 / spikes + turn)
    radius = np.where(np.arange(2 * spikes) % 2 == 0, outer, inner)
    return np.stack([cx + radius * np.cos(angle), cy + radius * np.sin(angle)], axis=1)


def smooth(corners: ArrayLike, *, closed: bool = True, steps: int = 10) -> Points:
    """A Catmull-Rom curve through the corners."""
    knots = points(corners)
    if closed:
        knots = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        knots = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for before, a, b, after in zip(knots[:-3], knots[1:-2], knots[2:-1], knots[3:], strict=True):
        parts.append(
            0.5
            * (
                2 * a
                + (b - before) * t
                + (2 * before - 5 * a + 4 * b - after) * t**2
                + (3 * a - before - 3 * b + after) * t**3
            )
        )
    if not closed:
        parts.append(knots[-1:])
    return np.concatenate(parts)


def band(path: ArrayLike, width: ArrayLike) -> Points:
    """A path as an area: `width` along it (one value, or one for each point)."""
    line = points(path)
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    half = np.broadcast_to(np.asarray(width, dtype=np.float64) / 2, (len(line),))[:, None]
    return np.concatenate([line + across * half, (line - across * half)[::-1]])


def moved(outline: ArrayLike, dx: float, dy: float) -> Points:
    """Shifted."""
    return np.add(points(outline), (dx, dy))


def turned(outline: Points, degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> Points:
    """Rotated clockwise on the picture."""
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    around: Points = (outline - about) @ matrix + about
    return around


def mirrored(outline: Points, x: float) -> Points:
    """The other side of a vertical line."""
    return np.stack([2 * x - outline[:, 0], outline[:, 1]], axis=1)


def both_sides(right: ArrayLike, x: float) -> Points:
    """A symmetric outline from its right half (offsets from x, top to bottom)."""
    half = moved(right, x, 0)
    return np.concatenate([half, mirrored(half, x)[::-1]])


def wobble(
    count: int, random: Random, *, octaves: int = 5, rough: float = 0.5, first: int = 3
) -> NDArray[Any]:
    """A line of natural noise, `count` values around 0 within about ±1."""
    total, x = np.zeros(count), np.linspace(0, 1, count)
    for octave in range(octaves):
        knots = first * 2**octave + 1
        total += rough**octave * np.interp(x, np.linspace(0, 1, knots), random.uniform(-1, 1, knots))
    return total


def ridge(width: float, base: float, height: float, random: Random, **noise: Any) -> Points:
    """A skyline over the full width, from left to right, around `base` and ±height."""
    x = np.linspace(-4, width + 4, int(width / 3) + 8)
    return np.stack([x, base - height * wobble(len(x), random, **noise)], axis=1)


def below(line: Points, bottom: float) -> Points:
    """The area between a line and the bottom of the picture."""
    return np.concatenate([line, [(line[-1, 0], bottom), (line[0, 0], bottom)]])
