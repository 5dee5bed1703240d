"""Printed matter: receipts, magazine pages, certificates."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings import writing
from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, darker, mix
from dupedash.example.drawings.outline import band, box, ellipse, points, star
from dupedash.example.drawings.paint import across, down, pick
from dupedash.example.drawings.paper import INK, SOFT, logo, paper, signature, words


def receipt(c: Canvas, scheme: str, *, shop: int = 0, text: int = 0) -> None:
    """A till receipt lying on a table; every shop has its own paper, type size and head."""
    s, r = SCHEMES[scheme], words(c, text)
    c.area(box(0, 0, c.w, c.h), down(mix(s.accents[0], s.ink, 0.25), mix(s.accents[0], s.ink, 0.45)))
    c.grainy(box(0, 0, c.w, c.h), 0.05, cell=9, stretch=6)
    x0, x1, y0, y1 = (float(v) for v in c.random.uniform((0.12, 0.7, 0.03, 0.9), (0.28, 0.88, 0.09, 0.97)))
    x0, x1, y0, y1 = x0 * c.w, x1 * c.w, y0 * c.h, y1 * c.h
    step = float(c.random.uniform(18, 24))
    _strip(c, x0, x1, y0, y1)
    y = _shop_head(c, (x0 + x1) / 2, y0 + 30, s, shop)
    c.text(x0 + 22, y, f"{writing.day(r)}  {r.integers(8, 20)}:{r.integers(10, 59)}", step * 0.5, INK)
    c.text(x1 - 22, y, f"till {r.integers(1, 9)}", step * 0.5, INK, anchor="ra")
    total = 0.0
    for what in r.choice(writing.GROCERIES, int(r.integers(9, 16)), replace=False):
        y, price = y + step, float(r.integers(59, 1499)) / 100
        total += price
        c.text(x0 + 22, y, str(what), step * 0.58, INK)
        c.text(x1 - 22, y, writing.amount(price), step * 0.58, INK, anchor="ra")
    y += step * 1.4
    for x in np.arange(x0 + 20, x1 - 20, 9).tolist():
        c.line([(x, y), (x + 5, y)], INK, 1)
    c.text(x0 + 22, y + 12, "TOTAL", step * 0.9, INK, bold=0.5)
    c.text(x1 - 22, y + 12, writing.amount(total), step * 0.9, INK, anchor="ra", bold=0.5)
    if y + 62 < y1 - 90:
        _barcode(c, x0 + 40, x1 - 40, y + 62, r)
    c.text((x0 + x1) / 2, y1 - 22, "Thank you, come again", 12, INK, anchor="mm")


def _strip(c: Canvas, x0: float, x1: float, y0: float, y1: float) -> None:
    """White paper, torn off at the foot."""
    teeth = [(x, y1 + (6 if k % 2 else 0)) for k, x in enumerate(np.linspace(x1, x0, 41).tolist())]
    sheet = points([(x0, y0), (x1, y0), *teeth])
    c.shadow(sheet, dx=10, dy=12, blur=14, opacity=0.5)
    c.area(sheet, across((255, 253, 248), (248, 246, 240), (236, 232, 226)))


def _shop_head(c: Canvas, middle: float, y: float, s: Scheme, shop: int) -> float:
    """Name and address, for some shops under their sign; returns where the receipt goes on."""
    if shop % 2:
        logo(c, middle, y + 14, 24, s, shop)
        y += 58
    c.text(middle, y, writing.FIRMS[shop % 10].upper(), 19, INK, anchor="mm", bold=0.4)
    for line in writing.address(np.random.default_rng(shop)):
        y += 18
        c.text(middle, y, line, 11.5, INK, anchor="mm")
    return y + 26


def _barcode(c: Canvas, x0: float, x1: float, y: float, r: np.random.Generator) -> None:
    x = x0
    while x < x1:
        wide = float(r.choice([1.5, 2.5, 4]))
        c.area(box(x, y, x + wide, y + 44), INK)
        x += wide + float(r.choice([1.5, 2.5, 4]))
    c.text((x0 + x1) / 2, y + 60, f"{r.integers(10**11, 10**12)}", 11, INK, anchor="mm", spacing=3)


def article(c: Canvas, scheme: str, *, text: int = 0, columns: int = 3) -> None:
    """A page of a magazine: headline, picture, columns, a pull quote."""
    s, r = SCHEMES[scheme], words(c, text)
    paper(c, (246, 242, 232))
    m = c.w * 0.07
    c.text(
        m,
        c.h * 0.03,
        str(r.choice(["THE HARBOUR POST", "FIELD & TOWN", "THE EVENING PAGE", "NORTHERN REVIEW"])),
        13,
        s.accents[0],
        spacing=2,
    )
    c.text(c.w - m, c.h * 0.03, f"{r.integers(3, 90)}", 13, SOFT, anchor="ra")
    c.line([(m, c.h * 0.056), (c.w - m, c.h * 0.056)], INK, 1.6)
    y = c.h * 0.07
    for line in writing.lines(writing.phrase(r, 7), int(c.w / 24)):
        c.text(m, y, line, 38, INK, bold=0.8)
        y += 44
    y += 8
    _plate(c, (m, y, c.w - m, y + c.h * 0.27), s)
    y += c.h * 0.27 + 8
    c.text(m, y, writing.phrase(r, 9) + ".", 10.5, SOFT)
    y += 24
    wide = (c.w - 2 * m - 18 * (columns - 1)) / columns
    for column in range(columns):
        x, cy = m + column * (wide + 18), y
        rows = writing.lines(writing.paragraph(r, 1500), int(wide / 5.75))
        for number, line in enumerate(rows):
            if cy > c.h * 0.945:
                break
            if column == 1 and 7 <= number < 12:
                if number == 7:
                    c.line([(x, cy + 4), (x + wide, cy + 4)], s.accents[0], 2)
                    for k, quote in enumerate(
                        writing.lines("“" + writing.phrase(r, 7) + "”", int(wide / 8.5))[:3]
                    ):
                        c.text(x, cy + 12 + k * 20, quote, 16, s.accents[0], bold=0.2)
                cy += 15
                continue
            c.text(x, cy, line, 11.2, INK)
            cy += 14.6


def _plate(c: Canvas, where: tuple[float, float, float, float], s: Scheme) -> None:
    x0, y0, x1, y1 = where
    c.area(box(*where), down(mix(s.accents[3], s.ground, 0.4), s.ground))
    c.area(
        ellipse(x0 + (x1 - x0) * c.random.uniform(0.2, 0.8), y0 + (y1 - y0) * 0.4, (y1 - y0) * 0.17),
        s.accents[1],
    )
    for k in range(4):
        t = np.linspace(x0, x1, 24)
        ridge = (
            y1
            - (y1 - y0) * (0.55 - 0.14 * k)
            - (y1 - y0) * 0.09 * np.sin(t / c.random.uniform(26, 70) + c.random.uniform(0, 6))
            - c.random.normal(0, 2.5, 24)
        )
        c.area(
            np.concatenate([np.stack([t, np.clip(ridge, y0, y1)], axis=1), [(x1, y1), (x0, y1)]]),
            mix(mix(s.accents[0], s.ink, 0.2 + 0.2 * k), s.ground, 0.4 - 0.12 * k),
        )
    for _ in range(40):
        x, y = c.random.uniform(x0 + 6, x1 - 6), y1 - c.random.uniform(0.02, 0.16) * (y1 - y0)
        size = c.random.uniform(8, 26)
        c.area(
            [(x - size * 0.3, y), (x, max(y0, y - size)), (x + size * 0.3, y)],
            darker(pick(s.accents, c.random), 0.35),
        )


def certificate(c: Canvas, scheme: str, *, text: int = 0) -> None:
    """A certificate with a guilloche border, a seal and ribbons."""
    s, r = SCHEMES[scheme], words(c, text)
    paper(c, (251, 246, 230))
    for inset, tone in ((14, s.accents[0]), (40, s.accents[1])):
        frame = box(inset, inset, c.w - inset, c.h - inset)
        c.line(np.concatenate([frame, frame[:1]]), tone, 2.4)
    for k in range(3):
        for x in (27.0, c.w - 27.0):
            t = np.linspace(44, c.h - 44, 200)
            c.line(
                np.stack([x + 9 * np.sin(t / 9 + k * 2.09), t], axis=1),
                mix(s.accents[k], s.ground, 0.25),
                1.1,
            )
        for y in (27.0, c.h - 27.0):
            t = np.linspace(44, c.w - 44, 260)
            c.line(
                np.stack([t, y + 9 * np.sin(t / 9 + k * 2.09)], axis=1),
                mix(s.accents[k], s.ground, 0.25),
                1.1,
            )
    rosette = [
        (c.w / 2 + c.h * 0.26 * np.cos(a) * np.cos(6 * a), c.h / 2 + c.h * 0.26 * np.sin(a) * np.cos(6 * a))
        for a in np.linspace(0, 6.283, 400)
    ]
    c.line(rosette, mix((251, 246, 230), s.accents[1], 0.3), 1)
    c.text(c.w / 2, c.h * 0.2, "CERTIFICATE", 46, s.ink, anchor="mm", spacing=8, bold=0.5)
    c.text(
        c.w / 2,
        c.h * 0.3,
        str(r.choice(["of the harbour school", "of fine baking", "for slow reading", "in map making"])),
        19,
        s.accents[0],
        anchor="mm",
    )
    c.text(c.w / 2, c.h * 0.43, writing.name(r), 37, (40, 56, 118), anchor="mm")
    c.line([(c.w * 0.26, c.h * 0.485), (c.w * 0.74, c.h * 0.485)], s.accents[0], 1.2)
    for row, line in enumerate(writing.lines(writing.paragraph(r, 130), 58)[:3]):
        c.text(c.w / 2, c.h * 0.55 + row * 20, line, 14, INK, anchor="mm")
    for side in (-1, 1):
        c.area(
            band(points([(c.w / 2 + side * 8, c.h * 0.8), (c.w / 2 + side * 28, c.h * 0.93)]), 20),
            darker(s.accents[0], 0.1),
        )
    c.shadow(ellipse(c.w / 2, c.h * 0.8, 44), dy=4, blur=5, opacity=0.4)
    c.area(star(c.w / 2, c.h * 0.8, 47, 40, 24), (206, 164, 76))
    c.area(ellipse(c.w / 2, c.h * 0.8, 34), across((246, 216, 136), (186, 138, 54)))
    c.area(star(c.w / 2, c.h * 0.8, 24, 10, 5), (252, 236, 180))
    for x in (0.14, 0.68):
        signature(c, c.w * x, c.h * 0.82, c.w * 0.16)
        c.line([(c.w * x, c.h * 0.85), (c.w * (x + 0.18), c.h * 0.85)], INK, 1)
        c.text(c.w * (x + 0.09), c.h * 0.875, writing.name(r), 11, SOFT, anchor="mm")
