"""Drawings for the calibration: kinds of one layout and any content.

What tells two of a kind apart is what people draw them for: a rank, a pip, a piece, a digit, a bar, a word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Drawing = Image.Image
Random = np.random.Generator
Draw = ImageDraw.ImageDraw

INK = (20, 20, 20)
RED = (200, 25, 35)
_WORDS = [
    "anchor", "brush", "chain", "copper", "glue", "hook", "lantern", "nails", "paint", "pulley", "rope",
    "tar", "timber", "varnish", "barrel", "compass", "ferry", "gull", "harbour", "island", "kettle", "ladder",
    "mast", "oar", "pier", "quay",
]  # fmt: skip


def sheet(width: int, height: int, ground: str = "white") -> tuple[Drawing, Draw]:
    picture = Image.new("RGB", (width, height), ground)
    return picture, ImageDraw.Draw(picture)


def font(pixels: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(pixels)


def words(random: Random, count: int) -> str:
    return " ".join(random.choice(_WORDS, count))


def dot(draw: Draw, x: float, y: float, radius: float, fill: tuple[int, ...], outline: int = 0) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill, INK if outline else None, outline)


def _suit(draw: Draw, suit: int, x: float, y: float, size: float, down: bool) -> None:
    """Diamond, heart, spade or club of this half size."""
    colour, sign = (RED if suit < 2 else INK), -1 if down else 1
    s = size * sign
    if suit == 0:
        draw.polygon([(x, y - s), (x + 0.7 * size, y), (x, y + s), (x - 0.7 * size, y)], colour)
    if suit in (1, 2):
        point = s if suit == 1 else -s
        for side in (-0.45, 0.45):
            dot(draw, x + side * size, y - 0.3 * point, 0.5 * size, colour)
        draw.polygon(
            [(x - 0.9 * size, y - 0.1 * point), (x + 0.9 * size, y - 0.1 * point), (x, y + point)], colour
        )
    if suit == 3:
        for across, up in ((-0.5, -0.2), (0.5, -0.2), (0, 0.5)):
            dot(draw, x + across * size, y - up * s, 0.45 * size, colour)
    if suit > 1:
        draw.polygon([(x, y), (x - 0.3 * size, y + s), (x + 0.3 * size, y + s)], colour)


def card(random: Random) -> Drawing:
    """A playing card from ace to ten."""
    rank, suit = int(random.integers(1, 11)), int(random.integers(4))
    picture, draw = sheet(250, 350)
    draw.rounded_rectangle((4, 4, 245, 345), 16, "white", INK, 2)
    columns = {1: "1", 2: "2", 3: "3", 4: "22", 5: "212", 6: "33", 7: "313", 8: "323", 9: "414", 10: "424"}[
        rank
    ]
    places = [0.5] if len(columns) == 1 else [0.33, 0.67] if len(columns) == 2 else [0.3, 0.5, 0.7]
    for x, count in zip(places, columns, strict=True):
        low = 0.3 if len(columns) == 3 and x == 0.5 and count == "2" else 0.2
        for y in np.linspace(low, 1 - low, int(count)) if count != "1" else [0.5]:
            _suit(draw, suit, 250 * x, 350 * y, 20, down=y > 0.51)
    colour = RED if suit < 2 else INK
    corner, pen = sheet(46, 74)
    pen.text((23, 20), "A" if rank == 1 else str(rank), colour, font(30), anchor="mm")
    _suit(pen, suit, 23, 54, 12, down=False)
    picture.paste(corner, (10, 10))
    picture.paste(corner.rotate(180), (194, 266))
    return picture


def _pips(draw: Draw, count: int, x: float, y: float, step: float, radius: float) -> None:
    diagonal = [(-1, -1), (1, 1), (1, -1), (-1, 1), (-1, 0), (1, 0)]
    for across, down in diagonal[: count - count % 2] + [(0, 0)] * (count % 2):
        dot(draw, x + across * step, y + down * step, radius, INK)


def die(random: Random) -> Drawing:
    picture, draw = sheet(260, 260)
    draw.rounded_rectangle((12, 12, 247, 247), 38, outline=INK, width=5)
    _pips(draw, int(random.integers(1, 7)), 130, 130, 62, 21)
    return picture


def domino(random: Random) -> Drawing:
    picture, draw = sheet(200, 380, "#e9e6dc")
    draw.rounded_rectangle((10, 10, 189, 369), 20, "white", INK, 4)
    draw.line((30, 190, 170, 190), INK, 4)
    for count, y in zip(random.integers(0, 7, 2).tolist(), (100, 280), strict=True):
        _pips(draw, count, 100, y, 46, 15)
    return picture


def _chess_piece(draw: Draw, piece: str, x: float, y: float, white: bool) -> None:
    """Of its own outline, as in diagrams of sixty pixels a square."""
    tops = {"P": [(-8, -4), (0, -16), (8, -4)], "R": [(-13, -18), (13, -18), (10, 2)],
            "N": [(-14, -4), (6, -22), (14, 2)], "B": [(-8, 0), (0, -24), (8, 0)],
            "Q": [(-18, -18), (0, -2), (18, -18)], "K": [(-5, -24), (5, -24), (14, -4)]}  # fmt: skip
    fill, line = ("white", INK) if white else (INK, (230, 230, 230))
    body = [
        (x - 16, y + 20),
        (x - 9, y),
        *((x + a, y + b) for a, b in tops[piece]),
        (x + 9, y),
        (x + 16, y + 20),
    ]
    draw.polygon(body, fill, line)
    draw.line([*body, body[0]], line, 2)


def chess(random: Random) -> Drawing:
    """A position a few moves from the start."""
    picture, draw = sheet(480, 480, "#f0d9b5")
    for square in range(64):
        if (square + square // 8) % 2:
            x, y = 60 * (square % 8), 60 * (square // 8)
            draw.rectangle((x, y, x + 59, y + 59), "#b58863")
    pieces = {(i, row): ("RNBQKBNR"[i], row > 3) for row in (0, 7) for i in range(8)}
    pieces |= {(i, row): ("P", row > 3) for row in (1, 6) for i in range(8)}
    for _ in range(int(random.integers(1, 4))):
        files = [i for i in range(8) if (i, 6) in pieces]
        file = int(random.choice(files))
        pieces[file, int(random.integers(4, 6))] = pieces.pop((file, 6))
    for (column, row), (piece, white) in pieces.items():
        _chess_piece(draw, piece, 60 * column + 30, 60 * row + 30, white)
    return picture


def go(random: Random) -> Drawing:
    """Thirty stones, of which the last two differ."""
    picture, draw = sheet(420, 420, "#e4bd74")
    for line in range(19):
        at = 30 + 20 * line
        draw.line((30, at, 390, at), INK)
        draw.line((at, 30, at, 390), INK)
    game = np.random.default_rng(5).permutation(361)
    stones = [*game[:28].tolist(), *random.choice(game[28:], 2, replace=False).tolist()]
    for number, place in enumerate(stones):
        fill = INK if number % 2 else (250, 250, 250)
        dot(draw, 30 + 20 * (place % 19), 30 + 20 * (place // 19), 9, fill, 1)
    return picture


def display(random: Random) -> Drawing:
    """Four digits of seven segments; those that are off are faint."""
    picture, draw = sheet(440, 180, "#cdd6c4")
    lit = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]
    ends = {"a": (0, 0, 1, 0), "b": (1, 0, 1, 1), "c": (1, 1, 1, 2), "d": (0, 2, 1, 2), "e": (0, 1, 0, 2),
            "f": (0, 0, 0, 1), "g": (0, 1, 1, 1)}  # fmt: skip
    for place, digit in enumerate(random.integers(0, 10, 4).tolist()):
        for segment, (x0, y0, x1, y1) in ends.items():
            at = 40 + 100 * place
            fill = INK if segment in lit[digit] else (190, 200, 182)
            draw.line((at + 55 * x0, 35 + 55 * y0, at + 55 * x1, 35 + 55 * y1), fill, 11)
    return picture


def bars(random: Random) -> Drawing:
    picture, draw = sheet(560, 400)
    draw.text((280, 25), "Landings by month", INK, font(22), anchor="mm")
    for line in range(6):
        draw.line((60, 70 + 50 * line, 530, 70 + 50 * line), (215, 215, 215))
        draw.text((50, 70 + 50 * line), str(100 - 20 * line), INK, font(14), anchor="rm")
    for bar, value in enumerate(random.uniform(20, 240, 9)):
        x = 75 + 50 * bar
        draw.rectangle((x, 320 - value, x + 30, 320), (70, 120, 190))
        draw.text((x + 15, 340), "JFMAMJJAS"[bar], INK, font(14), anchor="mm")
    return picture


def curve(random: Random) -> Drawing:
    picture, draw = sheet(560, 360, "#fbfbfd")
    draw.line([(50, 30), (50, 320), (530, 320)], INK, 2)
    for step in range(7):
        draw.text((70 + 70 * step, 338), str(2010 + 2 * step), INK, font(14), anchor="mm")
    for colour in ((210, 60, 40), (40, 100, 180)):
        heights = 180 + np.cumsum(random.normal(0, 14, 24)).clip(-130, 130)
        draw.line([(60 + 20 * i, float(y)) for i, y in enumerate(heights)], colour, 3)
    return picture


def crossword(random: Random) -> Drawing:
    """One grid, filled in differently."""
    picture, draw = sheet(460, 460)
    black = np.random.default_rng(8).random((13, 13)) < 0.22
    for row, column in np.ndindex(13, 13):
        x, y = 18 + 33 * column, 18 + 33 * row
        draw.rectangle((x, y, x + 33, y + 33), INK if black[row, column] else "white", INK)
        if not black[row, column] and row % 3 == 0:
            draw.text((x + 17, y + 17), str(random.choice(list("AEINORST"))), INK, font(20), anchor="mm")
    return picture


def tile(random: Random) -> Drawing:
    """A mahjong tile of circles, bamboos or a character."""
    picture, draw = sheet(220, 300, "#2f6d4f")
    draw.rounded_rectangle((12, 12, 207, 287), 18, "#f7f3e3", INK, 3)
    family, count = int(random.integers(3)), int(random.integers(1, 10))
    if family == 2:
        draw.text((110, 95), "ABCDEFGHI"[count - 1], (30, 60, 140), font(80), anchor="mm")
        draw.text((110, 205), "W", RED, font(80), anchor="mm")
        return picture
    for place in range(count):
        x, y = 50 + 60 * (place % 3), 70 + 80 * (place // 3)
        if family:
            dot(draw, x, y, 24, (40, 90, 160), 2)
            dot(draw, x, y, 9, RED)
        else:
            draw.rounded_rectangle((x - 8, y - 30, x + 8, y + 30), 7, (40, 130, 70), INK, 2)
    return picture


def invoice(random: Random) -> Drawing:
    """A page on which only the number, the date and the sum differ."""
    picture, draw = sheet(566, 800)
    lines = np.random.default_rng(1)
    draw.text((45, 40), "Harbour Supplies", INK, font(22))
    draw.text((360, 140), f"No. 2024-{random.integers(9999):04}", INK, font(12))
    draw.text((360, 160), f"{random.integers(1, 28):02}.{random.integers(1, 12):02}.2024", INK, font(12))
    for line in range(20):
        y = 220 + 22 * line
        draw.text((48, y), f"{line + 1:02} {words(lines, 2)}", INK, font(11))
        draw.text((440, y), f"{lines.integers(10, 900)}.{lines.integers(10, 99)}", INK, font(11))
        draw.line((45, y + 17, 520, y + 17), (200, 200, 200))
    draw.text((430, 680), f"{random.integers(1000, 9999)}.{random.integers(10, 99)}", INK, font(14))
    return picture


def receipt(random: Random) -> Drawing:
    picture, draw = sheet(300, 640, "#f6f5f0")
    draw.text((60, 20), "CORNER SHOP", INK, font(24))
    for line, word in enumerate(_WORDS[:14]):
        draw.text((20, 90 + 30 * line), word, INK, font(17))
        draw.text((220, 90 + 30 * line), f"{random.integers(1, 9)}.50", INK, font(17))
    draw.text((20, 560), f"SUM          {random.integers(100, 999)}.{random.integers(10, 99)}", INK, font(24))
    return picture


def sign(random: Random) -> Drawing:
    picture, draw = sheet(300, 300)
    draw.ellipse((10, 10, 289, 289), "white", (200, 20, 30), 30)
    draw.text((150, 150), str(10 * int(random.integers(1, 13))), INK, font(100), anchor="mm")
    return picture


def comic(random: Random) -> Drawing:
    """Four panels whose balloons speak another language."""
    picture, draw = sheet(700, 800)
    lines = np.random.default_rng(4)
    for left, top in ((10, 10), (355, 10), (10, 405), (355, 405)):
        draw.rectangle((left, top, left + 335, top + 385), outline=INK, width=4)
        for x, y, size, angle in lines.uniform((10, 120, 15, 0), (270, 320, 60, 360), (25, 4)):
            draw.arc((left + x, top + y, left + x + size, top + y + size), angle, angle + 200, INK, 2)
        draw.ellipse((left + 40, top + 15, left + 260, top + 105), "white", INK, 3)
        for row in (45, 75):
            draw.text((left + 150, top + row), words(random, 2), INK, font(17), anchor="mm")
    return picture


def screen(random: Random) -> Drawing:
    """A page of a program: one frame, another table."""
    picture, draw = sheet(900, 600, "#f7f7f9")
    draw.rectangle((0, 0, 900, 46), "#2b3442")
    draw.text((20, 12), "Stock    Orders    Customers    Settings", (240, 240, 240), font(18))
    draw.rectangle((0, 46, 180, 600), "#e6e9ee")
    for line in range(14):
        draw.text((24, 74 + 34 * line), _WORDS[line], INK, font(15))
        draw.text((210, 74 + 34 * line), words(random, 3), INK, font(15))
        draw.text((760, 74 + 34 * line), str(random.integers(1000)), INK, font(15))
    return picture


def icon(random: Random) -> Drawing:
    """Round buttons of one set, each with its own sign."""
    picture, draw = sheet(256, 256)
    dot(draw, 128, 128, 118, (40, 110, 200))
    points = 128 + 60 * np.stack(
        [np.cos(a := np.sort(random.uniform(0, 6.3, int(random.integers(3, 8))))), np.sin(a)], 1
    )
    if random.random() < 0.5:
        draw.polygon([tuple(p) for p in points.tolist()], "white")
    else:
        draw.line([tuple(p) for p in points.tolist()], "white", 16, "curve")
    return picture


def streets(names: Sequence[str]) -> tuple[Drawing, Draw]:
    """A map with 15 names on it, always the same, and what draws a marker there."""
    picture, draw = sheet(600, 600, "#f0eee6")
    ground = np.random.default_rng(2)
    for x, y, width, height in ground.uniform((0, 0, 30, 30), (560, 560, 120, 120), (14, 4)):
        draw.rectangle((x, y, x + width, y + height), [(200, 225, 190), (190, 215, 240)][int(x) % 2])
    for x0, y0, x1, y1 in ground.uniform(0, 600, (22, 4)):
        draw.line((x0, y0, x1, y1), (255, 255, 255), 5)
    for name, (x, y) in zip(names, ground.uniform(20, 540, (15, 2)), strict=True):
        draw.text((x, y), name.title(), (80, 80, 80), font(13))
    return picture, draw


def town(random: Random) -> Drawing:
    """A map on which the marker stands elsewhere."""
    picture, draw = streets(_WORDS[:15])
    x, y = random.uniform(60, 540, 2).tolist()
    draw.polygon([(x, y), (x - 13, y - 26), (x + 13, y - 26)], (220, 30, 30))
    dot(draw, x, y - 30, 16, (220, 30, 30))
    return picture


def plate(random: Random) -> Drawing:
    """A number plate of one town."""
    picture, draw = sheet(520, 120)
    draw.rounded_rectangle((3, 3, 516, 116), 14, outline=INK, width=5)
    draw.rectangle((8, 8, 50, 111), (10, 60, 160))
    draw.text((285, 60), f"HH AB 12{random.integers(100):02}", INK, font(84), anchor="mm")
    return picture


def _sign(draw: Draw, number: int, x: float, y: float, fill: str | tuple[int, ...]) -> None:
    """One of eight signs as buttons show them, some fifty pixels wide."""
    if number < 3:
        corners = [[(-25, -25), (25, -25), (25, 25), (-25, 25)], [(0, -30), (30, 26), (-30, 26)],
                   [(-20, -28), (28, 0), (-20, 28)]][number]  # fmt: skip
        draw.polygon([(x + across, y + down) for across, down in corners], fill)
    elif number == 3:
        draw.ellipse((x - 28, y - 28, x + 28, y + 28), fill)
    else:
        across, upright = (-24, 0, 24, 0), (0, -24, 0, 24)
        falling, rising = (-22, -22, 22, 22), (22, -22, -22, 22)
        lines = [[across], [across, upright], [falling, rising], [(-14, -26, -14, 26), (14, -26, 14, 26)]]
        for x0, y0, x1, y1 in lines[number - 4]:
            draw.line((x + x0, y + y0, x + x1, y + y1), fill, 12)


def button(random: Random) -> Drawing:
    """One frame, one of eight signs in it."""
    picture, draw = sheet(128, 128, "#e8eef7")
    draw.rounded_rectangle((8, 8, 119, 119), 24, (51, 103, 214))
    _sign(draw, int(random.integers(8)), 64, 64, "white")
    return picture


def document(random: Random) -> Drawing:
    """The outline of a sheet of paper with a small sign in it."""
    picture, draw = sheet(96, 96)
    draw.rounded_rectangle((14, 10, 81, 85), 8, outline=INK, width=5)
    draw.text((48, 48), str(random.choice(list("+-x?!=#"))), INK, font(44), anchor="mm")
    return picture


def face(random: Random) -> Drawing:
    """A yellow face whose mouth differs."""
    picture, draw = sheet(200, 200)
    draw.ellipse((10, 10, 189, 189), (255, 204, 51), (160, 110, 0), 4)
    for x in (70, 130):
        draw.ellipse((x - 10, 66, x + 10, 92), INK)
    mouths: list[Callable[[], None]] = [
        lambda: draw.arc((60, 90, 140, 150), 10, 170, INK, 7),
        lambda: draw.arc((60, 120, 140, 170), 190, 350, INK, 7),
        lambda: draw.line((65, 135, 135, 135), INK, 7),
        lambda: draw.ellipse((85, 115, 115, 155), INK),
        lambda: draw.chord((55, 95, 145, 160), 0, 180, INK),
        lambda: draw.line((65, 145, 135, 120), INK, 7),
    ]
    mouths[int(random.integers(len(mouths)))]()
    return picture


KINDS: dict[str, Callable[[Random], Drawing]] = {
    drawn.__name__: drawn
    for drawn in (card, die, domino, chess, go, display, bars, curve, crossword, tile, invoice, receipt, sign,
                  comic, screen, icon, town, plate, button, document, face)
}  # fmt: skip
