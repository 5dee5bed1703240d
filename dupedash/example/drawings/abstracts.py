"""Abstract paintings: brush fields, flow lines, stained glass, overlapping paper, colour fields."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, darker, lighter, mix
from dupedash.example.drawings.outline import band, box, ellipse, points, smooth
from dupedash.example.drawings.paint import down, noise, pick, varied


def _canvas_cloth(c: Canvas) -> None:
    c.grainy(box(0, 0, c.w, c.h), 0.02, cell=4, octaves=2)


def _bristles(c: Canvas, path: np.ndarray, width: float, tone: tuple[int, int, int]) -> None:
    """One loaded brush: many hairs, each a little off, dry at the end."""
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1)
    c.area(band(path[: int(len(path) * 0.85)], width * 0.9), tone, opacity=0.9)
    for offset in c.random.uniform(-0.52, 0.52, int(width * 0.9)).tolist():
        a, b = int(c.random.integers(0, 3)), len(path) - int(c.random.integers(0, len(path) // 3))
        c.line(
            (path + side * offset * width)[a:b], varied(tone, c.random, 20), float(c.random.uniform(0.6, 1.8))
        )


def strokes(c: Canvas, scheme: str) -> None:
    """Broad brush strokes that cross each other."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), down(lighter(s.ground, 0.1), s.ground))
    c.strokes((0, 0, c.w, c.h), 500, length=90, width=12, angle=10, spread=30, jitter=8)
    for _ in range(34):
        x, y, turn = c.random.uniform(0, c.w), c.random.uniform(0, c.h), c.random.normal(0.4, 0.7)
        long, bend = c.random.uniform(0.15, 0.5) * c.w, c.random.normal(0, 0.2)
        t = np.linspace(-0.5, 0.5, 14)
        path = np.stack(
            [
                x + long * t * np.cos(turn) - bend * long * t**2 * np.sin(turn),
                y + long * t * np.sin(turn) + bend * long * t**2 * np.cos(turn),
            ],
            axis=1,
        )
        _bristles(
            c,
            path,
            float(c.random.uniform(16, 64)),
            varied(pick([*s.accents, s.ink], c.random), c.random, 10),
        )
    for _ in range(60):
        x, y = c.random.uniform(0, c.w), c.random.uniform(0, c.h)
        c.dots(c.random.normal((x, y), 9, (4, 2)), c.random.uniform(0.8, 3.6, 4), [pick(s.accents, c.random)])


def flow(c: Canvas, scheme: str) -> None:
    """Lines that follow a slow current."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), darker(s.ink, 0.1))
    field = noise(c.w, c.h, c.random, cell=c.w / 2.4, octaves=3, rough=0.4) * 3.1 + c.random.uniform(0, 6)
    places = c.random.uniform((-30, -30), (c.w + 30, c.h + 30), (1100, 2))
    tracks = [places]
    for _ in range(26):
        at = tracks[-1]
        angle = field[np.clip(at[:, 1], 0, c.h - 1).astype(int), np.clip(at[:, 0], 0, c.w - 1).astype(int)]
        tracks.append(at + 5.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    lines = np.stack(tracks, axis=1)
    for track in lines:
        tone = s.accents[int(np.clip((track[0, 0] / c.w + c.random.normal(0, 0.12)) * 5, 0, 4))]
        c.line(track, varied(tone, c.random, 22), float(c.random.uniform(0.8, 4.6)))


def glass(c: Canvas, scheme: str) -> None:
    """A leaded window."""
    s = SCHEMES[scheme]
    seeds = c.random.uniform((0, 0), (c.w, c.h), (150, 2))
    first = np.full((c.h, c.w), 1e6, np.float32)
    second, owner = first.copy(), np.zeros((c.h, c.w), np.int32)
    for number, (sx, sy) in enumerate(seeds.tolist()):
        # A pane never reaches further than this from its middle, so only a window is looked at.
        part = np.s_[max(0, int(sy) - 170) : int(sy) + 170, max(0, int(sx) - 170) : int(sx) + 170]
        rows, columns = np.ogrid[part]
        far = np.hypot(columns[:, : c.w - part[1].start] - sx, rows[: c.h - part[0].start] - sy).astype(
            np.float32
        )
        nearer = far < first[part]
        second[part] = np.where(nearer, first[part], np.minimum(second[part], far))
        first[part] = np.where(nearer, far, first[part])
        owner[part] = np.where(nearer, number, owner[part])
    centre = np.hypot(seeds[:, 0] - c.w * 0.5, seeds[:, 1] - c.h * 0.5) / c.w
    tones = np.asarray(
        [varied(s.accents[int((value * 9 + c.random.random() * 1.6) % 5)], c.random, 20) for value in centre],
        dtype=float,
    )
    pixels = (
        tones[owner] * (0.8 + 0.5 * np.exp(-first[..., None] / 30))
        + noise(c.w, c.h, c.random, cell=14, stretch=3)[..., None] * 14
    )
    lead = (second - first)[..., None]
    pixels = np.where(lead < 5, np.asarray(darker(s.ink, 0.4), dtype=float) + (5 - lead) * 7, pixels)
    c.fill(np.clip(pixels, 0, 255).astype(np.uint8))


def paper(c: Canvas, scheme: str) -> None:
    """Cut paper in layers."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), s.ground)
    for layer in range(13):
        x, y = c.random.uniform(0, c.w), c.random.uniform(0, c.h)
        r = c.w * c.random.uniform(0.1, 0.34) * (1.1 - 0.04 * layer)
        corners = int(c.random.integers(4, 9))
        angle = np.arange(corners) * 6.283 / corners + c.random.uniform(0, 6)
        radius = r * c.random.uniform(0.6, 1.1, corners)
        sheet = points(np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1))
        shape = smooth(sheet, steps=14) if layer % 2 else sheet
        tone = varied(pick([*s.accents, s.ink, lighter(s.ground, 0.4)], c.random), c.random, 6)
        c.shadow(shape, dx=6, dy=9, blur=10, opacity=0.45)
        c.area(shape, tone)
        c.grainy(shape, 0.05, cell=5, octaves=3)
        if layer % 3 == 0:
            for k in range(int(r / 9)):
                c.area(
                    ellipse(x + c.random.normal(0, r * 0.3), y + c.random.normal(0, r * 0.3), 4 + k % 4),
                    lighter(tone, 0.4) if k % 2 else darker(tone, 0.3),
                )
        elif layer % 3 == 1:
            for k in range(7):
                c.line(
                    [(x - r * 0.45, y - r * 0.4 + k * r * 0.13), (x + r * 0.45, y - r * 0.46 + k * r * 0.13)],
                    lighter(tone, 0.35),
                    2.5,
                )


def rings(c: Canvas, scheme: str) -> None:
    """Uneven rings on coloured squares."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), s.ground)
    columns, rows = 6, max(3, round(6 * c.h / c.w))
    w, h = c.w / columns, c.h / rows
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * w, (row + 0.5) * h
            c.area(
                box(x - w / 2, y - h / 2, x + w / 2, y + h / 2),
                varied(pick(s.accents, c.random), c.random, 10),
            )
            for part in (0.47, 0.37, 0.27, 0.17, 0.08):
                wobbly = ellipse(x, y, min(w, h) * part)
                wobbly = wobbly + c.random.normal(0, 1.6, wobbly.shape)
                c.area(
                    smooth(wobbly[::2], steps=3),
                    varied(pick([*s.accents, s.ground, s.ink], c.random), c.random, 14),
                )
    c.strokes((0, 0, c.w, c.h), 2600, length=16, width=3, angle=45, spread=60, jitter=13)


def splash(c: Canvas, scheme: str) -> None:
    """Blots and drops."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), lighter(s.ground, 0.3))
    for _ in range(15):
        x, y, r = c.random.uniform(0, c.w), c.random.uniform(0, c.h), c.random.uniform(20, 95)
        tone = varied(pick([*s.accents, s.ink], c.random), c.random, 8)
        angle = np.linspace(0, 6.283, 22, endpoint=False)
        edge = r * (1 + 0.26 * c.random.standard_normal(22).clip(-1, 2))
        blot = smooth(np.stack([x + edge * np.cos(angle), y + edge * np.sin(angle)], axis=1), steps=5)
        c.area(blot, tone, opacity=0.93)
        c.line(np.concatenate([blot, blot[:1]]), darker(tone, 0.2), 1.4)
        for _ in range(46):
            a, far = c.random.uniform(0, 6.283), r * (1 + abs(c.random.normal(0, 1.1)))
            size = max(0.7, c.random.normal(5, 4) * r / far)
            px, py = x + far * np.cos(a), y + far * np.sin(a)
            c.area(ellipse(px, py, size * 1.9, size, turn=float(np.degrees(a))), tone)
            if c.random.random() < 0.25:
                c.line(
                    [(x + r * 0.8 * np.cos(a), y + r * 0.8 * np.sin(a)), (px, py)],
                    mix(tone, s.ground, 0.1),
                    max(0.6, size * 0.3),
                )
