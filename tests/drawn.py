"""Drawings of one layout with different content, made with Pillow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tools.drawings import Drawing, font, sheet, streets

WORDS = ["chain", "pulley", "tar", "brush", "copper", "rope", "paint", "nails", "timber", "glue", "lantern",
         "anchor",
         "varnish", "hook", "canvas"]  # fmt: skip
BLACK = (0, 0, 0)


def invoice(number: int) -> Drawing:
    """A page of 800 pixels; only the number of the invoice and its total depend on `number`."""
    picture, draw = sheet(566, 800)
    random = np.random.default_rng(1)
    draw.text((45, 40), "Harbour Supplies", BLACK, font(22))
    draw.text((360, 140), f"No. 2024-{number:04}", BLACK, font(12))
    for line in range(20):
        y = 220 + 22 * line
        words = " ".join(random.choice(WORDS, 2))
        draw.text((48, y), f"{line + 1:02} {words}", BLACK, font(11))
        draw.text((440, y), f"{random.integers(10, 900)}.{random.integers(10, 99)}", BLACK, font(11))
        draw.line((45, y + 17, 520, y + 17), (200, 200, 200))
    draw.text((430, 680), f"{number * 7},{number % 90 + 10}.60", BLACK, font(14))
    return picture


def receipt(number: int) -> Drawing:
    """A narrow slip whose date and sums depend on `number`."""
    picture, draw = sheet(300, 640, "#f6f5f0")
    random = np.random.default_rng(number)
    draw.text((60, 20), "CORNER SHOP", BLACK, font(24))
    draw.text((20, 80), f"{random.integers(1, 28):02}.{random.integers(1, 12):02}.2024", BLACK, font(17))
    for line, word in enumerate(WORDS[:12]):
        draw.text((20, 130 + 30 * line), word, BLACK, font(17))
        draw.text((220, 130 + 30 * line), f"{line + 1}.50", BLACK, font(17))
    draw.text((20, 540), "SUM", BLACK, font(24))
    draw.text((190, 540), f"{random.integers(100, 999)}.{random.integers(10, 99)}", BLACK, font(24))
    return picture


def die(pips: int) -> Drawing:
    picture, draw = sheet(240, 240)
    draw.rounded_rectangle((10, 10, 229, 229), 36, outline=(60, 60, 60), width=5)
    corners = [(0, 0), (2, 2), (0, 2), (2, 0)]
    places = corners[: pips - pips % 2] if pips < 6 else [*corners, (0, 1), (2, 1)]
    for column, row in places + [(1, 1)] * (pips % 2):
        x, y = 60 + 60 * column, 60 + 60 * row
        draw.ellipse((x - 20, y - 20, x + 20, y + 20), BLACK)
    return picture


def board(move: int) -> Drawing:
    """Chess: the pawn of the file `move` went two squares ahead; 0: none."""
    picture, draw = sheet(480, 480, "#f0d9b5")
    for column in range(8):
        for row in range(8):
            if (column + row) % 2:
                draw.rectangle((60 * column, 60 * row, 60 * column + 59, 60 * row + 59), "#b58863")
    pieces = {(i, 0): ("RNBQKBNR"[i], BLACK) for i in range(8)} | {(i, 1): ("P", BLACK) for i in range(8)}
    white = (255, 255, 255)
    pieces |= {(i, 7): ("RNBQKBNR"[i], white) for i in range(8)} | {(i, 6): ("P", white) for i in range(8)}
    if move:
        pieces[move - 1, 4] = pieces.pop((move - 1, 6))
    for (column, row), (piece, colour) in pieces.items():
        x, y = 60 * column + 30, 60 * row + 30
        draw.ellipse((x - 20, y - 20, x + 20, y + 20), colour, (60, 60, 60))
        draw.text((x, y), piece, white if colour == BLACK else BLACK, font(26), anchor="mm")
    return picture


def sign(speed: int) -> Drawing:
    picture, draw = sheet(300, 300)
    draw.ellipse((10, 10, 289, 289), "white", (200, 20, 30), 30)
    draw.text((150, 150), str(10 * speed), BLACK, font(110), anchor="mm")
    return picture


def comic(language: int) -> Drawing:
    """Four panels of arcs with a balloon each, whose words depend on `language`."""
    picture, draw = sheet(700, 800)
    lines = np.random.default_rng(4)
    words = np.random.default_rng(language)
    for left, top in ((10, 10), (355, 10), (10, 405), (355, 405)):
        draw.rectangle((left, top, left + 335, top + 385), outline=BLACK, width=4)
        for x, y, size, angle in lines.uniform((10, 120, 15, 0), (270, 320, 60, 360), (25, 4)):
            draw.arc((left + x, top + y, left + x + size, top + y + size), angle, angle + 200, BLACK, 2)
        draw.ellipse((left + 40, top + 15, left + 260, top + 105), "white", BLACK, 3)
        for row in (45, 75):
            said = " ".join(words.choice(WORDS, 2))
            draw.text((left + 150, top + row), said, BLACK, font(17), anchor="mm")
    return picture


def town(place: int) -> Drawing:
    """A map with a marker that depends on `place`."""
    picture, draw = streets(WORDS)
    x, y = 80 + 100 * place, 500 - 90 * place
    draw.polygon([(x, y), (x - 13, y - 26), (x + 13, y - 26)], (220, 30, 30))
    draw.ellipse((x - 16, y - 46, x + 16, y - 14), (220, 30, 30))
    return picture


def document(sign: str) -> Drawing:
    """The outline of a sheet of paper with that sign in it, as small as icons are."""
    picture, draw = sheet(96, 96)
    draw.rounded_rectangle((14, 10, 81, 85), 8, outline=BLACK, width=5)
    draw.text((48, 48), sign, BLACK, font(44), anchor="mm")
    return picture


KINDS: dict[str, Callable[[int], Drawing]] = {
    drawn.__name__: drawn for drawn in (invoice, receipt, die, board, sign, comic, town)
}
