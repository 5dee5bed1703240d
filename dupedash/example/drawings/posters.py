"""Posters in flat shapes: exhibitions, concerts, markets."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import box, ellipse, regular, rounded, smooth, star
from dupedash.example.drawings.paint import down, pick


def footer(c: Canvas, s: Scheme, ink: tuple[int, int, int], first: str, second: str) -> None:
    c.line([(c.w * 0.08, c.h * 0.91), (c.w * 0.92, c.h * 0.91)], ink, 1.6)
    c.text(c.w * 0.08, c.h * 0.925, first, c.h * 0.022, ink, spacing=1)
    c.text(c.w * 0.92, c.h * 0.925, second, c.h * 0.022, ink, anchor="ra")
    c.text(
        c.w * 0.08,
        c.h * 0.955,
        "Old Market 7 · doors 19.00 · tickets at the till",
        c.h * 0.016,
        mix(ink, s.ground, 0.2),
    )


def worn(c: Canvas) -> None:
    """Print texture: ink that did not take everywhere."""
    c.grainy(box(0, 0, c.w, c.h), 0.013, cell=6, octaves=3)
    c.strokes((0, 0, c.w, c.h), 260, length=14, width=0.8, angle=80, spread=50, jitter=7)


def geometric(
    c: Canvas, scheme: str, *, words: str = "FORM", line: str = "Modern shapes 1919 to 1933"
) -> None:
    """Quarter circles, bars and dots on a grid."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), s.ground)
    columns, size = 4, c.w * 0.84 / 4
    for row in range(4):
        for column in range(columns):
            x, y = c.w * 0.08 + column * size, c.h * 0.07 + row * size
            a, b = (s.accents[int(k)] for k in c.random.choice(5, 2, replace=False))
            _cell(c, x, y, size, a, b, s, int(c.random.integers(9)))
    c.text(c.w * 0.08, c.h * 0.78, words, c.h * 0.1, s.ink, anchor="lm", bold=1.2, spacing=3)
    c.text(c.w * 0.08, c.h * 0.86, line, c.h * 0.026, s.accents[0], anchor="lm")
    footer(
        c, s, s.ink, "GALLERY NORTH", f"{c.random.integers(1, 28)} May to {c.random.integers(1, 28)} August"
    )
    worn(c)


def _cell(
    c: Canvas,
    x: float,
    y: float,
    size: float,
    a: tuple[int, int, int],
    b: tuple[int, int, int],
    s: Scheme,
    kind: int,
) -> None:
    c.area(box(x, y, x + size, y + size), b if kind % 2 else mix(s.ground, b, 0.25))
    turn = int(c.random.integers(4))
    corner = ((x, y, 0), (x + size, y, 90), (x + size, y + size, 180), (x, y + size, 270))[turn]
    if kind < 3:
        for k, part in enumerate((1.0, 0.66, 0.33)):
            wedge = ellipse(corner[0], corner[1], size * part, start=corner[2], end=corner[2] + 90)
            c.area(np.concatenate([[(corner[0], corner[1])], wedge]), (a, s.ground, s.ink)[k])
    elif kind == 3:
        for k in range(5):
            c.area(box(x, y + size * k / 5, x + size, y + size * (k + 0.5) / 5), a)
    elif kind == 4:
        for k in range(16):
            c.area(ellipse(x + size * (k % 4 + 0.5) / 4, y + size * (k // 4 + 0.5) / 4, size * 0.07), a)
    elif kind == 5:
        c.area(
            [(x, y), (x + size, y), (x, y + size)]
            if turn % 2
            else [(x + size, y), (x + size, y + size), (x, y + size)],
            a,
        )
    elif kind == 6:
        for k, part in enumerate((0.46, 0.3, 0.14)):
            c.area(ellipse(x + size / 2, y + size / 2, size * part), (a, s.ground, s.ink)[k])
    elif kind == 7:
        c.area(star(x + size / 2, y + size / 2, size * 0.46, size * 0.2, 8), a)
    else:
        c.area(np.concatenate([ellipse(x, y + size / 2, size / 2, start=-90, end=90), [(x, y)]]), a)
        c.area(
            np.concatenate(
                [ellipse(x + size / 2, y + size / 2, size / 2, start=-90, end=90), [(x + size / 2, y)]]
            ),
            s.ink,
        )


def concert(c: Canvas, scheme: str, *, words: str = "NIGHT TIDE", line: str = "Jazz by the harbour") -> None:
    """A record, sound waves, an instrument's silhouette."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), down(darker(s.accents[0], 0.5), s.accents[0], s.accents[1]))
    x, y, r = c.w * c.random.uniform(0.4, 0.6), c.h * 0.4, c.w * 0.36
    for k in range(48):
        a = np.radians(7.5 * k)
        c.area(
            [
                (x, y),
                (x + c.h * np.cos(a), y + c.h * np.sin(a)),
                (x + c.h * np.cos(a + 0.065), y + c.h * np.sin(a + 0.065)),
            ],
            lighter(s.accents[1], 0.2),
            opacity=0.25,
        )
    c.shadow(ellipse(x, y, r), dx=12, dy=16, blur=18, opacity=0.5)
    c.area(ellipse(x, y, r), darker(s.ink, 0.4))
    for k in range(24):
        ring = ellipse(x, y, r * (0.4 + 0.024 * k))
        c.line(np.concatenate([ring, ring[:1]]), lighter(s.ink, 0.05 + 0.13 * float(c.random.random())), 1)
    c.area(
        np.concatenate([[(x, y)], ellipse(x, y, r, start=-60, end=-38)]),
        (255, 255, 255),
        opacity=0.16,
        blur=4,
    )
    c.area(
        np.concatenate([[(x, y)], ellipse(x, y, r, start=120, end=142)]),
        (255, 255, 255),
        opacity=0.16,
        blur=4,
    )
    c.area(ellipse(x, y, r * 0.36), s.accents[3])
    c.area(ellipse(x, y, r * 0.28), s.ground)
    c.text(x, y - r * 0.14, "SIDE A", r * 0.07, s.ink, anchor="mm", spacing=2)
    c.area(ellipse(x, y, r * 0.035), s.ink)
    c.line(
        [(x + r * 1.1, y - r * 1.0), (x + r * 0.95, y + r * 0.2), (x + r * 0.5, y + r * 0.42)],
        lighter(s.ground, 0.3),
        4,
    )
    for k in range(44):
        bx = c.w * 0.08 + k * c.w * 0.84 / 44
        tall = c.h * (
            0.015 + 0.06 * abs(np.sin(k * 0.35) * np.cos(k * 0.11 + 1)) + 0.02 * float(c.random.random())
        )
        c.area(
            rounded(bx, c.h * 0.7 - tall, bx + c.w * 0.011, c.h * 0.7 + tall, 3),
            lighter(s.accents[(k // 9) % 5], 0.2),
        )
    c.text(c.w / 2, c.h * 0.815, words, c.h * 0.075, lighter(s.ground, 0.5), anchor="mm", spacing=4, bold=1)
    c.text(c.w / 2, c.h * 0.875, line, c.h * 0.028, lighter(s.ground, 0.3), anchor="mm", spacing=1)
    footer(c, s, lighter(s.ground, 0.4), f"FRI {c.random.integers(1, 29)} NOV", "QUARTET · TRIO · SOLO")
    worn(c)


def market(c: Canvas, scheme: str, *, words: str = "MARKET DAY", line: str = "Fruit, flowers, bread") -> None:
    """Fruit and leaves strewn around a lettered label."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), mix(s.ground, s.accents[1], 0.4))
    placed: list[tuple[float, float, float]] = []
    for _ in range(1500):
        r = c.w * c.random.uniform(0.045, 0.1)
        x, y = c.random.uniform(0, c.w), c.random.uniform(0, c.h)
        if all((x - px) ** 2 + (y - py) ** 2 > (r + pr) ** 2 * 0.92 for px, py, pr in placed):
            placed.append((x, y, r))
            _fruit(c, x, y, r * 0.85, s, int(c.random.integers(5)))
        if len(placed) > 70:
            break
    label = rounded(c.w * 0.12, c.h * 0.36, c.w * 0.88, c.h * 0.66, 26)
    c.shadow(label, dx=5, dy=8, blur=10, opacity=0.35)
    c.area(label, lighter(s.ground, 0.6))
    inner = rounded(c.w * 0.14, c.h * 0.375, c.w * 0.86, c.h * 0.645, 20)
    c.line(np.concatenate([inner, inner[:1]]), s.accents[0], 2)
    c.text(
        c.w / 2,
        c.h * 0.465,
        words,
        min(c.h * 0.075, c.w * 1.0 / len(words)),
        s.ink,
        anchor="mm",
        bold=1.2,
        spacing=2,
    )
    c.text(c.w / 2, c.h * 0.54, line, c.h * 0.03, s.accents[0], anchor="mm")
    c.text(
        c.w / 2,
        c.h * 0.6,
        f"every Saturday · {c.random.integers(7, 10)} to {c.random.integers(12, 16)} h · Old Market",
        c.h * 0.021,
        s.ink,
        anchor="mm",
    )
    worn(c)


def _fruit(c: Canvas, x: float, y: float, r: float, s: Scheme, kind: int) -> None:
    tone, leaf = pick(s.accents, c.random), mix((92, 128, 70), s.accents[2], 0.3)
    c.area(ellipse(x + r * 0.1, y + r * 0.14, r), darker(s.ground, 0.3), opacity=0.5, blur=4)
    if kind == 0:
        c.area(ellipse(x, y, r), darker(tone, 0.1))
        c.area(ellipse(x, y, r * 0.86), lighter(tone, 0.5))
        for k in range(9):
            c.area(
                np.concatenate([[(x, y)], ellipse(x, y, r * 0.76, start=40 * k + 4, end=40 * k + 36)]), tone
            )
    elif kind == 1:
        c.area(ellipse(x, y, r), down(lighter(tone, 0.15), darker(tone, 0.12)))
        c.area(ellipse(x - r * 0.35, y - r * 0.35, r * 0.24, r * 0.14, turn=-40), lighter(tone, 0.6))
        c.line([(x, y - r * 0.8), (x + r * 0.1, y - r * 1.15)], darker(leaf, 0.4), 2.4)
        c.area(ellipse(x + r * 0.4, y - r * 0.98, r * 0.36, r * 0.15, turn=-20), leaf)
    elif kind == 2:
        for k in range(6):
            a = 6.283 * k / 6 + x
            c.area(
                ellipse(
                    x + r * 0.55 * np.cos(a),
                    y + r * 0.55 * np.sin(a),
                    r * 0.46,
                    r * 0.32,
                    turn=float(np.degrees(a)),
                ),
                lighter(tone, 0.08 * (k % 3)),
            )
        c.area(ellipse(x, y, r * 0.26), s.accents[1])
        c.dots(c.random.normal((x, y), r * 0.1, (12, 2)), 1.4, [darker(s.accents[1], 0.4)])
    elif kind == 3:
        turn = float(c.random.uniform(0, 360))
        stem = smooth([(x - r, y), (x, y + r * 0.1), (x + r, y)], closed=False)
        c.line(stem, darker(leaf, 0.2), 2)
        for k, (px, py) in enumerate(stem[1::3].tolist()):
            for side in (-1, 1):
                c.area(
                    ellipse(px, py + side * r * 0.26, r * 0.28, r * 0.11, turn=side * 50 + turn * 0.02),
                    leaf if k % 2 else lighter(leaf, 0.2),
                )
    else:
        for dx, dy in ((-0.35, 0.3), (0.35, 0.35), (0, -0.15), (-0.5, -0.2), (0.5, -0.2), (0, 0.75)):
            c.area(ellipse(x + dx * r, y + dy * r, r * 0.36), down(lighter(tone, 0.25), darker(tone, 0.2)))
            c.area(ellipse(x + dx * r - r * 0.1, y + dy * r - r * 0.12, r * 0.08), lighter(tone, 0.7))
        c.area(regular(x, y - r * 0.75, r * 0.35, 5), leaf)
