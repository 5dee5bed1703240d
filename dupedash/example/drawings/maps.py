"""Maps: towns with rivers and parks, contour maps of hills, transit diagrams."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import SCALE, Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import band, box, ellipse, place, points, rounded, smooth, star, turned
from dupedash.example.drawings.paint import noise, pick, varied
from dupedash.example.drawings.writing import STREETS, TOWNS


def town(c: Canvas, scheme: str) -> None:
    """A street plan: blocks of houses, two road classes, a river with bridges, parks, a railway, pins."""
    s, turn = SCHEMES[scheme], float(c.random.uniform(-32, 32))
    paper, about = lighter(s.ground, 0.25), (c.w / 2, c.h / 2)
    c.area(box(0, 0, c.w, c.h), paper)
    park, water = mix(paper, (132, 168, 104), 0.6), mix(s.accents[3], (132, 196, 228), 0.68)
    x = -c.w * 0.35
    while x < c.w * 1.35:
        wide, y = c.random.uniform(38, 82), -c.h * 0.4
        while y < c.h * 1.4:
            tall = c.random.uniform(34, 92)
            _block(c, (x + 5, y + 5, x + wide - 5, y + tall - 5), turn, about, s, park)
            y += tall
        x += wide
    river = smooth(
        [
            (-30, c.h * c.random.uniform(0.1, 0.9)),
            (c.w * 0.25, c.h * c.random.uniform(0.2, 0.8)),
            (c.w * 0.5, c.h * c.random.uniform(0.2, 0.8)),
            (c.w * 0.75, c.h * c.random.uniform(0.2, 0.8)),
            (c.w + 30, c.h * c.random.uniform(0.1, 0.9)),
        ],
        closed=False,
    )
    c.area(band(river, 62), mix(park, paper, 0.3))
    c.area(band(river, np.interp(np.arange(len(river)), [0, len(river)], [34, 56])), water)
    c.line(river, lighter(water, 0.3), 2)
    for k in range(4):
        way = points(
            [
                (c.w * (0.1 + 0.27 * k), -c.h * 0.5),
                (c.w * (0.1 + 0.27 * k) + c.random.normal(0, 30), c.h * 0.5),
                (c.w * (0.1 + 0.27 * k), c.h * 1.5),
            ]
        )
        road = turned(smooth(way, closed=False), turn, about)
        cross = turned(
            smooth(
                points(
                    [
                        (-c.w * 0.5, c.h * (0.08 + 0.29 * k)),
                        (c.w * 0.5, c.h * (0.1 + 0.29 * k) + c.random.normal(0, 24)),
                        (c.w * 1.5, c.h * (0.08 + 0.29 * k)),
                    ]
                ),
                closed=False,
            ),
            turn,
            about,
        )
        for line in (road, cross):
            c.line(line, darker(paper, 0.22), 13)
            c.line(line, mix(s.accents[1], (255, 248, 226), 0.45), 10)
    track = smooth(
        [
            (c.w * c.random.uniform(0.0, 0.9), -20),
            (c.w * c.random.uniform(0.2, 0.8), c.h * 0.5),
            (c.w * c.random.uniform(0.1, 1.0), c.h + 20),
        ],
        closed=False,
        steps=30,
    )
    c.line(track, darker(s.ink, 0.1), 3.4)
    for a in track[::1]:
        c.dots([a], 2.6, [lighter(paper, 0.6)])
    ring = ellipse(c.w * c.random.uniform(0.35, 0.65), c.h * c.random.uniform(0.35, 0.65), 46)
    c.area(ring, mix(s.accents[1], (255, 248, 226), 0.45))
    c.area((ring - ring.mean(0)) * 0.62 + ring.mean(0), park)
    c.area(star(*place(ring.mean(0)), 15, 6, 8), s.accents[0])
    for k in range(9):
        x, y = c.random.uniform(0.08, 0.92) * c.w, c.random.uniform(0.1, 0.9) * c.h
        if k < 5:
            _pin(c, x, y, s.accents[k % 5], lighter(paper, 0.6))
        else:
            c.text(
                x,
                y,
                str(c.random.choice(STREETS)),
                12,
                darker(s.ink, 0.1),
                anchor="mm",
                turn=turn + (90 if k % 2 else 0),
            )
    _key(c, s, paper)


def _block(
    c: Canvas,
    where: tuple[float, float, float, float],
    turn: float,
    about: tuple[float, float],
    s: Scheme,
    park: tuple[int, int, int],
) -> None:
    x0, y0, x1, y1 = where
    if c.random.random() < 0.1:
        c.area(turned(rounded(x0, y0, x1, y1, 8), turn, about), park)
        trees = c.random.uniform((x0 + 3, y0 + 3), (x1 - 3, y1 - 3), (14, 2))
        c.dots(
            turned(trees, turn, about), c.random.uniform(2, 5, 14), [darker(park, 0.2), darker(park, 0.35)]
        )
        return
    c.area(turned(box(x0, y0, x1, y1), turn, about), mix(s.ground, s.accents[4], 0.16))
    for bx in np.arange(x0, x1 - 9, 13).tolist():
        for by in np.arange(y0, y1 - 9, 15).tolist():
            if c.random.random() < 0.66:
                house = box(
                    bx + 1,
                    by + 1,
                    min(x1, bx + c.random.uniform(8, 12.5)),
                    min(y1, by + c.random.uniform(8, 14)),
                )
                c.area(
                    turned(house, turn, about),
                    varied(mix(s.ground, pick(s.accents, c.random), 0.4), c.random, 8),
                )


def _pin(c: Canvas, x: float, y: float, tone: tuple[int, int, int], inner: tuple[int, int, int]) -> None:
    c.shadow(ellipse(x + 4, y, 10, 4), blur=4, opacity=0.5)
    c.area(np.concatenate([ellipse(x, y - 26, 13, start=160, end=380), [(x, y)]]), tone)
    c.area(ellipse(x, y - 26, 6), inner)


def _key(c: Canvas, s: Scheme, paper: tuple[int, int, int]) -> None:
    x, y = c.w * 0.03, c.h * 0.82
    frame = rounded(x, y, x + 190, y + c.h * 0.15, 6)
    c.shadow(frame, dx=3, dy=4, blur=6, opacity=0.3)
    c.area(frame, lighter(paper, 0.5))
    c.text(x + 12, y + 9, str(c.random.choice(TOWNS)), 20, s.ink, bold=0.5)
    for k in range(4):
        c.area(box(x + 12 + 36 * k, y + 42, x + 48 + 36 * k, y + 48), s.ink if k % 2 else lighter(paper, 0.8))
    c.text(x + 12, y + 53, f"0      {c.random.integers(2, 9) * 100} m", 11, s.ink)
    c.area(star(c.w - 46, 50, 32, 8, 4), s.ink)
    c.text(c.w - 46, 12, "N", 13, s.ink, anchor="mm", bold=0.4)


def contours(c: Canvas, scheme: str) -> None:
    """Heights as tinted layers with contour lines, a lake, paths and summits."""
    s = SCHEMES[scheme]
    w, h = c.w * SCALE, c.h * SCALE
    height = noise(w // 2, h // 2, c.random, cell=w / 5, octaves=4, rough=0.42)
    rank = (height - height.min()) / (height.max() - height.min())
    layers = 14
    low, high = mix(s.accents[2], s.ground, 0.25), mix(s.accents[0], s.ground, 0.1)
    tints = [
        mix(s.accents[3], s.ground, 0.35),
        mix(s.accents[3], s.ground, 0.5),
        mix(s.accents[3], s.ground, 0.62),
    ]
    tints += [mix(low, s.ground, 0.6 * k / 5) for k in range(6)] + [
        mix(s.ground, high, k / 5) for k in range(1, 6)
    ]
    level = np.clip((rank * layers).astype(int), 0, layers - 1)
    slope = np.clip((np.roll(rank, 3, 1) - rank + np.roll(rank, 3, 0) - rank) * 900, -34, 34)
    tinted = np.asarray(tints, dtype=float)[level] + slope[..., None]
    fine = (rank * layers * 3).astype(int)
    edge = (fine != np.roll(fine, 1, 0)) | (fine != np.roll(fine, 1, 1))
    bold = (level != np.roll(level, 1, 0)) | (level != np.roll(level, 1, 1))
    tinted[edge] = tinted[edge] * 0.86
    tinted[bold] = tinted[bold] * 0.6
    c.fill(np.clip(tinted, 0, 255).astype(np.uint8))
    for _ in range(7):
        x, y = c.random.uniform(0.06, 0.94) * c.w, c.random.uniform(0.08, 0.92) * c.h
        metres = int(200 + 2600 * rank[int(y), int(x)])
        c.area([(x - 6, y + 5), (x, y - 7), (x + 6, y + 5)], s.ink)
        c.text(x + 9, y, f"{c.random.choice(TOWNS)} {metres}", 12, s.ink, anchor="lm", bold=0.2)
        path = points(
            [(x, y)]
            + [(x + c.random.normal(0, 40) * k2, y + c.random.normal(0, 30) * k2) for k2 in range(1, 5)]
        )
        trail = smooth(path, closed=False, steps=16)
        for a, b in zip(trail[:-1:2], trail[1::2], strict=False):
            c.line([a, b], s.accents[4], 2)
    for x in np.arange(0, c.w, c.w / 6).tolist():
        c.line([(x, 0), (x, c.h)], mix(s.ink, s.ground, 0.45), 0.6)
    for y in np.arange(0, c.h, c.w / 6).tolist():
        c.line([(0, y), (c.w, y)], mix(s.ink, s.ground, 0.45), 0.6)
    _key(c, s, s.ground)


def transit(c: Canvas, scheme: str) -> None:
    """A transit diagram: coloured lines at 45°, stations, interchanges, names."""
    s = SCHEMES[scheme]
    c.area(box(0, 0, c.w, c.h), lighter(s.ground, 0.6))
    for left in range(0, c.w, 40):
        c.line([(left, 0), (left, c.h)], darker(s.ground, 0.02), 1)
    river = [
        (-10, c.h * 0.7),
        (c.w * 0.3, c.h * 0.7),
        (c.w * 0.45, c.h * 0.5),
        (c.w * 0.7, c.h * 0.5),
        (c.w * 0.86, c.h * 0.34),
        (c.w + 10, c.h * 0.34),
    ]
    c.line(river, mix(s.ground, (150, 200, 224), 0.7), 30)
    grid, names = min(c.w, c.h) / 9, [*TOWNS, *(street.split()[0] for street in STREETS)]
    labelled: list[tuple[float, float]] = []
    for k in range(6):
        x = grid * 0.8 if k <= 3 else c.w * (0.35 + 0.22 * (k - 4))
        y = c.h * (0.2 + 0.12 * k) if k <= 3 else grid * 1.4
        stops, heading = [(x, y)], 0 if k <= 3 else 2
        while 0 < x < c.w - grid * 1.2 and 0 < y < c.h - grid * 0.8:
            if c.random.random() < 0.35:
                heading = (
                    int(np.clip(heading + c.random.choice([-1, 1]), -1, 1))
                    if k <= 3
                    else int(np.clip(heading + c.random.choice([-1, 1]), 1, 3))
                )
            a = np.radians(45 * heading)
            x, y = x + grid * np.sign(round(np.cos(a), 3)), y + grid * np.sign(round(np.sin(a), 3))
            stops.append((x, float(np.clip(y, grid, c.h - grid * 0.5))))
        tone = s.accents[k % 5] if k < 5 else s.ink
        c.line(stops, tone, 9)
        for number, (sx, sy) in enumerate(stops):
            c.area(ellipse(sx, sy, 6.4 if number % 3 else 9), s.ink if number % 3 == 0 else tone)
            c.area(ellipse(sx, sy, 3.6 if number % 3 else 5.6), lighter(s.ground, 0.8))
            if all(abs(sx - px) > grid * 1.1 or abs(sy - py) > 17 for px, py in labelled):
                labelled.append((sx, sy))
                c.text(sx + 9, sy - 12, names[(k * 7 + number * 3) % len(names)], 11.5, s.ink, anchor="lm")
        c.area(rounded(stops[0][0] - 17, stops[0][1] - 12, stops[0][0] + 17, stops[0][1] + 12, 5), tone)
        c.text(stops[0][0], stops[0][1], f"U{k + 1}", 13, lighter(s.ground, 0.7), anchor="mm", bold=0.4)
    c.text(c.w * 0.04, c.h * 0.06, f"{c.random.choice(TOWNS)} rapid lines", 26, s.ink, anchor="lm", bold=0.5)
    c.area(box(c.w * 0.04, c.h * 0.1, c.w * 0.04 + 60, c.h * 0.108), s.accents[0])
