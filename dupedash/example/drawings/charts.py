"""Charts as reports show them, and dashboards of several."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import box, rounded
from dupedash.example.drawings.plots import draw

TITLES = (
    "Visitors by month",
    "Energy use",
    "Orders and returns",
    "Rainfall in mm",
    "Tickets sold",
    "Trips by bicycle",
    "Harvest, tonnes",
    "Active members",
    "Parcels per day",
    "Water level",
    "Loans by branch",
    "Passengers",
)


def chart(
    c: Canvas, scheme: str, *, kind: str = "bars", data: int = 0, title: int = 0, dark: bool = False
) -> None:
    """One chart with title, axes, legend. Equal scheme, kind and title with other data: a look-alike."""
    s = SCHEMES[scheme]
    if dark:
        s = Scheme(darker(s.ink, 0.2), lighter(s.ground, 0.3), tuple(lighter(a, 0.15) for a in s.accents))
    random = np.random.default_rng(data if data else c.random.integers(1 << 30))
    c.area(box(0, 0, c.w, c.h), lighter(s.ground, 0.1) if dark else lighter(s.ground, 0.6))
    m = c.w * 0.07
    c.text(m, c.h * 0.055, TITLES[title % len(TITLES)], c.h * 0.048, s.ink, bold=0.5)
    c.text(
        m,
        c.h * 0.125,
        f"Annual report {2019 + title % 6}, all figures in thousands",
        c.h * 0.024,
        mix(s.ink, s.ground, 0.4),
    )
    c.area(box(m, c.h * 0.04, m + 36, c.h * 0.047), s.accents[0])
    draw(c, kind, (m + c.w * 0.04, c.h * 0.21, c.w - m, c.h * 0.86), s, random)
    c.text(m, c.h * 0.955, "Source: own figures", c.h * 0.02, mix(s.ink, s.ground, 0.5))


def dashboard(c: Canvas, scheme: str, *, data: int = 0, dark: bool = False) -> None:
    """Four plots and key figures on cards."""
    s = SCHEMES[scheme]
    if dark:
        s = Scheme(lighter(s.ink, 0.06), lighter(s.ground, 0.3), tuple(lighter(a, 0.15) for a in s.accents))
    random = np.random.default_rng(data if data else c.random.integers(1 << 30))
    page = darker(s.ground, 0.25) if dark else darker(s.ground, 0.06)
    card = s.ground if dark else lighter(s.ground, 0.75)
    c.area(box(0, 0, c.w, c.h), page)
    c.area(box(0, 0, c.w * 0.06, c.h), darker(s.accents[0], 0.35))
    for k in range(7):
        c.area(
            rounded(
                c.w * 0.018, c.h * (0.06 + 0.08 * k), c.w * 0.042, c.h * (0.06 + 0.08 * k) + c.w * 0.024, 5
            ),
            lighter(s.accents[0], 0.25 if k else 0.7),
        )
    for k in range(4):
        x = c.w * (0.08 + 0.228 * k)
        frame = rounded(x, c.h * 0.05, x + c.w * 0.212, c.h * 0.19, 8)
        c.shadow(frame, dy=3, blur=6, opacity=0.16)
        c.area(frame, card)
        c.text(x + 14, c.h * 0.075, TITLES[(k * 5 + data) % 12], c.h * 0.022, mix(s.ink, s.ground, 0.35))
        c.text(x + 14, c.h * 0.105, f"{random.integers(100, 9999):,}", c.h * 0.055, s.ink, bold=0.5)
        spark = np.stack(
            [
                np.linspace(x + c.w * 0.12, x + c.w * 0.2, 14),
                c.h * 0.15 - c.h * 0.03 * random.normal(0, 0.5, 14).cumsum() / 2,
            ],
            axis=1,
        )
        spark[:, 1] = np.clip(spark[:, 1], c.h * 0.07, c.h * 0.18)
        c.line(spark, s.accents[k], 2)
    for k, kind in enumerate(random.permutation(["area", "bars", "donut", "lines", "points", "stacked"])[:4]):
        x, y = c.w * (0.08 + 0.456 * (k % 2)), c.h * (0.215 + 0.39 * (k // 2))
        frame = rounded(x, y, x + c.w * 0.44, y + c.h * 0.365, 8)
        c.shadow(frame, dy=3, blur=6, opacity=0.16)
        c.area(frame, card)
        draw(c, str(kind), (x + 44, y + c.h * 0.07, x + c.w * 0.42, y + c.h * 0.31), s, random)
