"""Business papers as a scanner sees them: invoices, letters, forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from dupedash.example.drawings import writing
from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, lighter, mix
from dupedash.example.drawings.outline import box, rounded
from dupedash.example.drawings.paint import across, down
from dupedash.example.drawings.paper import INK, SOFT, logo, paper, signature, stamp, words


def invoice(c: Canvas, scheme: str, *, firm: int = 0, text: int = 0, layout: int = 0) -> None:
    """Letterhead, addressee, a table of positions, totals, bank details.

    The same firm and layout with another text is another invoice.
    """
    s, r = SCHEMES[scheme], words(c, text)
    paper(c)
    m, house = c.w * 0.09, writing.FIRMS[firm % len(writing.FIRMS)]
    if layout == 1:
        c.area(box(0, 0, c.w, c.h * 0.12), across(s.accents[0], mix(s.accents[0], s.accents[3], 0.6)))
    elif layout == 2:
        c.area(box(0, 0, c.w * 0.035, c.h), down(*s.accents[:3]))
    head = lighter(s.ground, 0.5) if layout == 1 else s.ink
    logo(c, c.w - m - 24, c.h * 0.06, 26, s, firm)
    c.text(m, c.h * 0.035, house, 23, head, bold=0.4)
    c.text(m, c.h * 0.075, "Harbour Road 12 · 20457 Westhaven", 10.5, head)
    for row, line in enumerate((writing.name(r), *writing.address(r))):
        c.text(m, c.h * 0.165 + row * 16, line, 12.5, INK)
    for row, (label, value) in enumerate(
        (
            ("Invoice", f"{r.integers(10000, 99999)}"),
            ("Date", writing.day(r)),
            ("Customer", f"K-{r.integers(100, 999)}"),
        )
    ):
        c.text(c.w - m - 170, c.h * 0.165 + row * 16, label, 12, SOFT)
        c.text(c.w - m, c.h * 0.165 + row * 16, value, 12, INK, anchor="ra")
    c.text(m, c.h * 0.265, "Invoice", 25, s.accents[0], bold=0.5)
    total = _positions(c, c.h * 0.325, m, s, r)
    for row, (label, sum_) in enumerate(
        (("Net", total), ("VAT 19 %", total * 0.19), ("Total", total * 1.19))
    ):
        y = c.h * 0.735 + row * 21
        c.text(c.w - m - 190, y, label, 13 if row < 2 else 15, INK, bold=0.4 if row == 2 else 0)
        c.text(
            c.w - m,
            y,
            writing.amount(sum_),
            13 if row < 2 else 15,
            INK,
            anchor="ra",
            bold=0.4 if row == 2 else 0,
        )
    c.line([(c.w - m - 195, c.h * 0.735 + 38), (c.w - m, c.h * 0.735 + 38)], s.accents[0], 1.5)
    c.text(m, c.h * 0.84, "Payable within 14 days. Thank you for your order.", 11.5, INK)
    signature(c, m, c.h * 0.885, c.w * 0.16)
    c.line([(m, c.h * 0.925), (c.w - m, c.h * 0.925)], s.accents[1], 1)
    for column in range(3):
        for row, line in enumerate(
            (
                ("Bank of Westhaven", "IBAN XX00 1234 5678"),
                ("office@example.org", "+00 555 0100"),
                ("Tax no. 00/000/0000", "Register 4711"),
            )[column]
        ):
            c.text(m + column * c.w * 0.29, c.h * 0.938 + row * 13, line, 9.5, SOFT)


def _positions(c: Canvas, top: float, m: float, s: Scheme, r: np.random.Generator) -> float:
    c.area(rounded(m - 6, top - 5, c.w - m + 6, top + 20, 4), s.accents[0])
    columns = (
        (m, "la", "Position"),
        (c.w * 0.6, "ra", "Qty"),
        (c.w * 0.74, "ra", "Price"),
        (c.w - m, "ra", "Sum"),
    )
    for x, anchor, label in columns:
        c.text(x, top, label, 12, lighter(s.ground, 0.6), anchor=anchor)
    total, count = 0.0, int(r.integers(6, 12))
    for row, what in enumerate(r.choice(writing.GOODS, count, replace=False)):
        y, quantity, price = (
            top + 28 + row * c.h * 0.033,
            int(r.integers(1, 13)),
            float(r.integers(190, 28000)) / 100,
        )
        if row % 2:
            c.area(box(m - 6, y - 4, c.w - m + 6, y + c.h * 0.027), mix((255, 255, 255), s.accents[1], 0.18))
        for (x, anchor, _), value in zip(
            columns,
            (str(what), str(quantity), writing.amount(price), writing.amount(quantity * price)),
            strict=True,
        ):
            c.text(x, y, value, 12, INK, anchor=anchor)
        total += quantity * price
    return total


def letter(c: Canvas, scheme: str, *, firm: int = 0, text: int = 0) -> None:
    """A letter with a crest, paragraphs, signature and stamp."""
    s, r = SCHEMES[scheme], words(c, text)
    paper(c, (250, 246, 236))
    m = c.w * 0.12
    logo(c, c.w / 2, c.h * 0.065, 28, s, firm)
    c.text(
        c.w / 2,
        c.h * 0.12,
        writing.FIRMS[firm % len(writing.FIRMS)].upper(),
        16,
        s.ink,
        anchor="mm",
        spacing=3,
    )
    c.line([(m, c.h * 0.142), (c.w - m, c.h * 0.142)], s.accents[0], 1.2)
    for row, line in enumerate((writing.name(r), *writing.address(r))):
        c.text(m, c.h * 0.17 + row * 16, line, 12.5, INK)
    c.text(c.w - m, c.h * 0.24, f"{r.choice(writing.TOWNS)}, {writing.day(r)}", 12.5, INK, anchor="ra")
    c.text(m, c.h * 0.285, writing.phrase(r, 5), 14.5, INK, bold=0.4)
    y = c.h * 0.33
    for _ in range(4):
        for line in writing.lines(writing.paragraph(r, int(r.integers(190, 460))), int((c.w - 2 * m) / 6.6)):
            c.text(m, y, line, 12.5, INK)
            y += 17.5
        y += 11
        if y > c.h * 0.74:
            break
    c.text(m, y + 6, "With kind regards", 12.5, INK)
    signature(c, m, y + 48, c.w * 0.24)
    c.text(m, y + 68, writing.name(r), 12.5, INK)
    stamp(
        c,
        c.w * 0.74,
        min(y + 50, c.h * 0.88),
        str(r.choice(["RECEIVED", "COPY", "PAID", "ARCHIVE"])),
        s.accents[int(r.integers(5))],
    )
    c.line([(m, c.h * 0.955), (c.w - m, c.h * 0.955)], s.accents[0], 1)
    c.text(c.w / 2, c.h * 0.97, "Old Market 7 · 10115 Altenau · office@example.org", 9.5, SOFT, anchor="mm")


def form(c: Canvas, scheme: str, *, text: int = 0, title: int = 0) -> None:
    """A printed form filled in by hand: boxes, ticks, a signature.

    The same title with another text is another person's form.
    """
    s, r = SCHEMES[scheme], words(c, text)
    paper(c, (247, 249, 246))
    m, name = (
        c.w * 0.08,
        ("Application for a library card", "Change of address", "Order of seeds", "Registration of a boat")[
            title % 4
        ],
    )
    c.area(rounded(m - 10, c.h * 0.03, c.w - m + 10, c.h * 0.105, 6), s.accents[0])
    c.text(m + 6, c.h * 0.068, name, 22, lighter(s.ground, 0.6), anchor="lm", bold=0.4)
    c.text(c.w - m, c.h * 0.068, f"F-{title + 31}", 13, lighter(s.ground, 0.5), anchor="rm")
    y, pen = c.h * 0.13, (36, 54, 120)
    values: list[Any] = [
        writing.name(r),
        writing.day(r),
        *writing.address(r),
        f"+00 555 {r.integers(1000, 9999)}",
        "name@example.org",
        str(r.choice(writing.TOWNS)),
        writing.phrase(r, 2),
        writing.name(r),
    ]
    labels = (
        "Name",
        "Date of birth",
        "Street, number",
        "Town",
        "Telephone",
        "E-mail",
        "Place of birth",
        "Occupation",
        "Guarantor",
    )
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        x0 = m + (row % 2) * (c.w - 2 * m) * 0.52
        wide = (c.w - 2 * m) * 0.48
        c.text(x0, y, f"{row + 1}  {label}", 10.5, s.accents[0])
        c.area(rounded(x0, y + 15, x0 + wide, y + 42, 3), mix((255, 255, 255), s.accents[1], 0.16))
        c.line(
            np.concatenate([rounded(x0, y + 15, x0 + wide, y + 42, 3)] * 2),
            mix(s.accents[0], (255, 255, 255), 0.5),
            1,
        )
        c.text(
            x0 + 9 + float(r.uniform(0, 8)),
            y + 28 + float(r.uniform(-2, 2)),
            str(value),
            15.5,
            pen,
            anchor="lm",
        )
        y += (c.h * 0.068) if row % 2 else 0
    y += c.h * 0.09
    c.text(m, y, "Please tick", 12.5, INK, bold=0.3)
    for row in range(5):
        for column in range(3):
            x, by = m + column * (c.w - 2 * m) / 3, y + 24 + row * 25
            c.area(box(x, by, x + 13, by + 13), (255, 255, 255))
            c.line(np.concatenate([box(x, by, x + 13, by + 13)] * 2), SOFT, 1.1)
            c.text(x + 20, by + 7, TICKS[(title * 7 + row * 3 + column) % len(TICKS)], 11.5, INK, anchor="lm")
            if r.random() < 0.4:
                c.line([(x + 1, by + 5), (x + 6, by + 12), (x + 16, by - 4)], pen, 2)
    y += 24 + 5 * 25 + 16
    c.text(m, y, "Remarks", 12.5, INK, bold=0.3)
    for row, line in enumerate(writing.lines(writing.paragraph(r, 150), int((c.w - 2 * m) / 8.6))[:4]):
        c.line([(m, y + 38 + row * 25), (c.w - m, y + 38 + row * 25)], mix(SOFT, (255, 255, 255), 0.5), 1)
        c.text(m + 4, y + 34 + row * 25, line, 15, pen, anchor="ls")
    c.line([(c.w * 0.55, c.h * 0.935), (c.w - m, c.h * 0.935)], INK, 1)
    signature(c, c.w * 0.58, c.h * 0.915, c.w * 0.22)
    c.text(c.w * 0.55, c.h * 0.942, "Signature", 10, SOFT)
    stamp(
        c, m + 60, c.h * 0.92, str(r.choice(["ENTERED", "APPROVED", "OPEN"])), s.accents[int(r.integers(5))]
    )


TICKS = (
    "by post",
    "by e-mail",
    "yearly",
    "monthly",
    "reduced fee",
    "new member",
    "renewal",
    "two copies",
    "with map",
    "insured",
    "north pier",
    "south pier",
    "early delivery",
    "keep me informed",
    "roses",
    "tomatoes",
    "wild flowers",
    "under 20 years",
    "over 60 years",
    "family",
    "commercial",
)
