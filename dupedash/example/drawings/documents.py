"""Business papers as a scanner sees them: invoices, letters, forms."""

from __future__ import annotations

import numpy as np

from dupedash.example.drawings import writing
from dupedash.example.drawings.canvas import Canvas
from dupedash.example.drawings.colour import SCHEMES, Scheme, darker, lighter, mix
from dupedash.example.drawings.outline import box, rounded
from dupedash.example.drawings.paint import across, down
from dupedash.example.drawings.paper import INK, SOFT, logo, paper, signature, stamp, words


def invoice(c: Canvas, scheme: str, *, firm: int = 0, text: int = 0, layout: int = 0) -> None:
    """Letterhead, addressee, a table of positions, totals, bank details, in four layouts.

    The same firm and layout with another text is another invoice.
    """
    s, r = SCHEMES[scheme], words(c, text)
    paper(c)
    m, top = c.w * (0.09, 0.09, 0.09, 0.3)[layout], c.h * (0.325, 0.33, 0.42, 0.24)[layout]
    _letterhead(c, s, firm, layout)
    _addressee(c, c.w * 0.09 if layout != 2 else c.w * 0.55, c.h * (0.165, 0.17, 0.2, 0.42)[layout], r)
    _reference(
        c, m if layout == 2 else c.w - c.w * 0.09 - 170, top - c.h * (0.16, 0.16, 0.22, 0.15)[layout], r
    )
    c.text(m, top - c.h * 0.065, "Invoice", 25, s.accents[0], bold=0.5)
    total = _positions(c, top, m, s, r)
    _totals(c, c.h * (0.735, 0.74, 0.83, 0.66)[layout], s, total)
    c.text(m, c.h * 0.85, "Payable within 14 days.", 11.5, INK)
    signature(c, m, c.h * 0.9, c.w * 0.16)
    c.line([(m, c.h * 0.925), (c.w * 0.91, c.h * 0.925)], s.accents[1], 1)
    step = (c.w * 0.91 - m) / 3
    for column, lines in enumerate(BANK):
        for row, line in enumerate(lines):
            c.text(m + column * step, c.h * 0.938 + row * 13, line, 9.5, SOFT)


BANK = (
    ("Bank of Westhaven", "XX00 1234 5678"),
    ("office@example.org", "+00 555 0100"),
    ("Tax no. 00/000/0000", "Register 4711"),
)


def _letterhead(c: Canvas, s: Scheme, firm: int, layout: int) -> None:
    """Plain, on a band, beside a stripe, or in a dark column."""
    left, head = c.w * 0.09, s.ink
    if layout == 1:
        c.area(box(0, 0, c.w, c.h * 0.12), across(s.accents[0], mix(s.accents[0], s.accents[3], 0.6)))
        head = lighter(s.ground, 0.5)
    elif layout == 2:
        c.area(box(0, 0, c.w * 0.035, c.h), down(*s.accents[:3]))
    elif layout == 3:
        c.area(box(0, 0, c.w * 0.26, c.h), down(s.accents[0], darker(s.accents[0], 0.35)))
        c.area(rounded(c.w * 0.03, c.h * 0.405, c.w * 0.23, c.h * 0.5, 5), lighter(s.ground, 0.5))
        left = c.w * 0.3
    logo(c, c.w * (0.87, 0.87, 0.5, 0.13)[layout], c.h * 0.06, 26, s, firm)
    c.text(left, c.h * 0.035, writing.FIRMS[firm % len(writing.FIRMS)], 23, head, bold=0.4)
    c.text(left, c.h * 0.075, "Harbour Road 12 · 20457 Westhaven", 10.5, head)


def _addressee(c: Canvas, x: float, y: float, r: np.random.Generator) -> None:
    x = x if y < c.h * 0.4 else c.w * 0.045
    for row, line in enumerate((writing.name(r), *writing.address(r))):
        c.text(x, y + row * 16, line, 12.5 if y < c.h * 0.4 else 11, INK)


def _reference(c: Canvas, x: float, y: float, r: np.random.Generator) -> None:
    lines = (
        ("Invoice", f"{r.integers(10000, 99999)}"),
        ("Date", writing.day(r)),
        ("Customer", f"K-{r.integers(100, 999)}"),
    )
    for row, (label, value) in enumerate(lines):
        c.text(x, y + row * 16, label, 12, SOFT)
        c.text(x + 170, y + row * 16, value, 12, INK, anchor="ra")


def _totals(c: Canvas, y: float, s: Scheme, total: float) -> None:
    right = c.w * 0.91
    for row, (label, sum_) in enumerate(
        (("Net", total), ("VAT 19 %", total * 0.19), ("Total", total * 1.19))
    ):
        size, bold = (13, 0.0) if row < 2 else (15, 0.4)
        c.text(right - 190, y + row * 21, label, size, INK, bold=bold)
        c.text(right, y + row * 21, writing.amount(sum_), size, INK, anchor="ra", bold=bold)
    c.line([(right - 195, y + 38), (right, y + 38)], s.accents[0], 1.5)


def _positions(c: Canvas, top: float, m: float, s: Scheme, r: np.random.Generator) -> float:
    right = c.w * 0.91
    c.area(rounded(m - 6, top - 5, right + 6, top + 20, 4), s.accents[0])
    columns = (
        (m, "la", "Position"),
        (right - c.w * 0.27, "ra", "Qty"),
        (right - c.w * 0.14, "ra", "Price"),
        (right, "ra", "Sum"),
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
            c.area(box(m - 6, y - 4, right + 6, y + c.h * 0.027), mix((255, 255, 255), s.accents[1], 0.18))
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


FORMS = ("Application for a library card", "Change of address", "Order of seeds", "Registration of a boat")
LABELS = (
    "Name",
    "Date of birth",
    "Street, number",
    "Town",
    "Telephone",
    "E-mail",
    "Place of birth",
    "Occupation",
)
PEN = (36, 54, 120)


def form(c: Canvas, scheme: str, *, text: int = 0, title: int = 0) -> None:
    """A printed form filled in by hand: boxes, ticks, a signature; each title has its own layout.

    The same title with another text is another person's form.
    """
    s, r = SCHEMES[scheme], words(c, text)
    paper(c, (247, 249, 246))
    y = _form_head(c, s, title)
    if title == 0:
        y = _person(c, y, s, r, columns=2)
        y = _choices(c, y, r, title, columns=3, rows=5)
        _remarks(c, y, r, 3)
    elif title == 2:
        y = _choices(c, y, r, title, columns=2, rows=7)
        y = _remarks(c, y, r, 5)
        _person(c, y, s, r, columns=2)
    else:
        y = _person(c, y, s, r, columns=1)
        _choices(c, y, r, title, columns=4, rows=3)
    c.line([(c.w * 0.55, c.h * 0.935), (c.w * 0.92, c.h * 0.935)], INK, 1)
    signature(c, c.w * 0.58, c.h * 0.915, c.w * 0.22)
    c.text(c.w * 0.55, c.h * 0.942, "Signature", 10, SOFT)
    mark = str(r.choice(["ENTERED", "APPROVED", "OPEN"]))
    stamp(
        c,
        c.w * (0.2, 0.2, 0.84, 0.8)[title],
        c.h * (0.92, 0.92, 0.06, 0.2)[title],
        mark,
        s.accents[int(r.integers(5))],
    )


def _form_head(c: Canvas, s: Scheme, title: int) -> float:
    """A bar, a centred title, or a column; returns where the form goes on."""
    m, name, code = c.w * 0.08, FORMS[title], f"F-{title + 31}"
    if title == 2:
        c.text(c.w / 2, c.h * 0.06, name, 26, s.accents[0], anchor="mm", bold=0.5)
        c.text(c.w / 2, c.h * 0.095, code, 12, SOFT, anchor="mm")
        c.line([(m, c.h * 0.118), (c.w - m, c.h * 0.118)], s.accents[1], 3)
        return c.h * 0.14
    if title == 3:
        c.area(box(0, 0, c.w * 0.055, c.h), s.accents[0])
        c.area(box(c.w * 0.055, 0, c.w * 0.07, c.h), s.accents[2])
    else:
        c.area(rounded(m - 10, c.h * 0.03, c.w - m + 10, c.h * 0.105, 6), s.accents[0])
    ink = s.ink if title == 3 else lighter(s.ground, 0.6)
    c.text(m + 16, c.h * 0.068, name, 22, ink, anchor="lm", bold=0.4)
    c.text(c.w - m, c.h * 0.068, code, 13, ink, anchor="rm")
    return c.h * 0.13


def _person(c: Canvas, y: float, s: Scheme, r: np.random.Generator, *, columns: int) -> float:
    """Name, address and so on, in boxes; returns where the form goes on."""
    m, rows = c.w * 0.1, -(-len(LABELS) // columns)
    wide = (c.w * 0.8 - 20 * (columns - 1)) / columns if columns > 1 else c.w * 0.55
    values = (
        writing.name(r),
        writing.day(r),
        *writing.address(r),
        f"+00 555 {r.integers(1000, 9999)}",
        "name@example.org",
        str(r.choice(writing.TOWNS)),
        writing.phrase(r, 2),
    )
    for number, (label, value) in enumerate(zip(LABELS, values, strict=True)):
        x, top = m + (number % columns) * (wide + 20), y + (number // columns) * 58
        frame = rounded(x, top + 15, x + wide, top + 42, 3)
        c.text(x, top, f"{number + 1}  {label}", 10.5, s.accents[0])
        c.area(frame, mix((255, 255, 255), s.accents[1], 0.16))
        c.line(np.concatenate([frame, frame[:1]]), mix(s.accents[0], (255, 255, 255), 0.5), 1)
        c.text(
            x + 9 + float(r.uniform(0, 8)), top + 28 + float(r.uniform(-2, 2)), value, 15.5, PEN, anchor="lm"
        )
    return y + rows * 58 + 18


def _choices(c: Canvas, y: float, r: np.random.Generator, title: int, *, columns: int, rows: int) -> float:
    """Boxes to tick; returns where the form goes on."""
    m, wide = c.w * 0.1, c.w * 0.82 / columns
    c.text(m, y, "Please tick", 12.5, INK, bold=0.3)
    for number in range(columns * rows):
        x, top = m + (number % columns) * wide, y + 24 + (number // columns) * 26
        c.area(box(x, top, x + 13, top + 13), (255, 255, 255))
        c.line(np.concatenate([box(x, top, x + 13, top + 13)] * 2), SOFT, 1.1)
        c.text(x + 20, top + 7, TICKS[(title * 7 + number) % len(TICKS)], 11.5, INK, anchor="lm")
        if r.random() < 0.4:
            c.line([(x + 1, top + 5), (x + 6, top + 12), (x + 16, top - 4)], PEN, 2)
    return y + 24 + rows * 26 + 20


def _remarks(c: Canvas, y: float, r: np.random.Generator, rows: int) -> float:
    """Ruled lines with handwriting; returns where the form goes on."""
    m = c.w * 0.1
    c.text(m, y, "Remarks", 12.5, INK, bold=0.3)
    for row, line in enumerate(writing.lines(writing.paragraph(r, rows * 50), int(c.w * 0.8 / 8.4))[:rows]):
        c.line([(m, y + 38 + row * 25), (c.w * 0.9, y + 38 + row * 25)], mix(SOFT, (255, 255, 255), 0.5), 1)
        c.text(m + 4, y + 34 + row * 25, line, 15, PEN, anchor="ls")
    return y + 38 + rows * 25 + 8


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
