"""Drawings for the calibration: kinds of one layout and any content, and edits of each.

What tells two of a kind apart is what people draw them for: a rank, a pip, a piece, a digit, a bar, a word.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

Drawing = Image.Image
Random = np.random.Generator
Draw = ImageDraw.ImageDraw

_INK = (20, 20, 20)
_RED = (200, 25, 35)
_WORDS = [
    "anchor", "brush", "chain", "copper", "glue", "hook", "lantern", "nails", "paint", "pulley", "rope",
    "tar", "timber", "varnish", "barrel", "compass", "ferry", "gull", "harbour", "island", "kettle", "ladder",
    "mast", "oar", "pier", "quay",
]  # fmt: skip


def _sheet(width: int, height: int, ground: str = "white") -> tuple[Drawing, Draw]:
    picture = Image.new("RGB", (width, height), ground)
    return picture, ImageDraw.Draw(picture)


def _font(pixels: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(pixels)


def _words(random: Random, count: int) -> str:
    return " ".join(random.choice(_WORDS, count))


def _dot(draw: Draw, x: float, y: float, radius: float, fill: tuple[int, ...], outline: int = 0) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill, _INK if outline else None, outline)


def _suit(draw: Draw, suit: int, x: float, y: float, size: float, down: bool) -> None:
    """Diamond, heart, spade or club of this half size."""
    colour, sign = (_RED if suit < 2 else _INK), -1 if down else 1
    s = size * sign
    if suit == 0:
        draw.polygon([(x, y - s), (x + 0.7 * size, y), (x, y + s), (x - 0.7 * size, y)], colour)
    if suit in (1, 2):
        point = s if suit == 1 else -s
        for side in (-0.45, 0.45):
            _dot(draw, x + side * size, y - 0.3 * point, 0.5 * size, colour)
        draw.polygon(
            [(x - 0.9 * size, y - 0.1 * point), (x + 0.9 * size, y - 0.1 * point), (x, y + point)], colour
        )
    if suit == 3:
        for across, up in ((-0.5, -0.2), (0.5, -0.2), (0, 0.5)):
            _dot(draw, x + across * size, y - up * s, 0.45 * size, colour)
    if suit > 1:
        draw.polygon([(x, y), (x - 0.3 * size, y + s), (x + 0.3 * size, y + s)], colour)


def card(random: Random) -> Drawing:
    """A playing card from ace to ten."""
    rank, suit = int(random.integers(1, 11)), int(random.integers(4))
    picture, draw = _sheet(250, 350)
    draw.rounded_rectangle((4, 4, 245, 345), 16, "white", _INK, 2)
    columns = {1: "1", 2: "2", 3: "3", 4: "22", 5: "212", 6: "33", 7: "313", 8: "323", 9: "414", 10: "424"}[
        rank
    ]
    places = [0.5] if len(columns) == 1 else [0.33, 0.67] if len(columns) == 2 else [0.3, 0.5, 0.7]
    for x, count in zip(places, columns, strict=True):
        low = 0.3 if len(columns) == 3 and x == 0.5 and count == "2" else 0.2
        for y in np.linspace(low, 1 - low, int(count)) if count != "1" else [0.5]:
            _suit(draw, suit, 250 * x, 350 * y, 20, down=y > 0.51)
    colour = _RED if suit < 2 else _INK
    corner, pen = _sheet(46, 74)
    pen.text((23, 20), "A" if rank == 1 else str(rank), colour, _font(30), anchor="mm")
    _suit(pen, suit, 23, 54, 12, down=False)
    picture.paste(corner, (10, 10))
    picture.paste(corner.rotate(180), (194, 266))
    return picture


def _pips(draw: Draw, count: int, x: float, y: float, step: float, radius: float) -> None:
    diagonal = [(-1, -1), (1, 1), (1, -1), (-1, 1), (-1, 0), (1, 0)]
    for across, down in diagonal[: count - count % 2] + [(0, 0)] * (count % 2):
        _dot(draw, x + across * step, y + down * step, radius, _INK)


def die(random: Random) -> Drawing:
    picture, draw = _sheet(260, 260)
    draw.rounded_rectangle((12, 12, 247, 247), 38, outline=_INK, width=5)
    _pips(draw, int(random.integers(1, 7)), 130, 130, 62, 21)
    return picture


def domino(random: Random) -> Drawing:
    picture, draw = _sheet(200, 380, "#e9e6dc")
    draw.rounded_rectangle((10, 10, 189, 369), 20, "white", _INK, 4)
    draw.line((30, 190, 170, 190), _INK, 4)
    for count, y in zip(random.integers(0, 7, 2).tolist(), (100, 280), strict=True):
        _pips(draw, count, 100, y, 46, 15)
    return picture


def _chess_piece(draw: Draw, piece: str, x: float, y: float, white: bool) -> None:
    """Of its own outline, as in diagrams of sixty pixels a square."""
    tops = {"P": [(-8, -4), (0, -16), (8, -4)], "R": [(-13, -18), (13, -18), (10, 2)],
            "N": [(-14, -4), (6, -22), (14, 2)], "B": [(-8, 0), (0, -24), (8, 0)],
            "Q": [(-18, -18), (0, -2), (18, -18)], "K": [(-5, -24), (5, -24), (14, -4)]}  # fmt: skip
    fill, line = ("white", _INK) if white else (_INK, (230, 230, 230))
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
    picture, draw = _sheet(480, 480, "#f0d9b5")
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
    picture, draw = _sheet(420, 420, "#e4bd74")
    for line in range(19):
        at = 30 + 20 * line
        draw.line((30, at, 390, at), _INK)
        draw.line((at, 30, at, 390), _INK)
    game = np.random.default_rng(5).permutation(361)
    stones = [*game[:28].tolist(), *random.choice(game[28:], 2, replace=False).tolist()]
    for number, place in enumerate(stones):
        fill = _INK if number % 2 else (250, 250, 250)
        _dot(draw, 30 + 20 * (place % 19), 30 + 20 * (place // 19), 9, fill, 1)
    return picture


def display(random: Random) -> Drawing:
    """Four digits of seven segments; those that are off are faint."""
    picture, draw = _sheet(440, 180, "#cdd6c4")
    lit = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]
    ends = {"a": (0, 0, 1, 0), "b": (1, 0, 1, 1), "c": (1, 1, 1, 2), "d": (0, 2, 1, 2), "e": (0, 1, 0, 2),
            "f": (0, 0, 0, 1), "g": (0, 1, 1, 1)}  # fmt: skip
    for place, digit in enumerate(random.integers(0, 10, 4).tolist()):
        for segment, (x0, y0, x1, y1) in ends.items():
            at = 40 + 100 * place
            fill = _INK if segment in lit[digit] else (190, 200, 182)
            draw.line((at + 55 * x0, 35 + 55 * y0, at + 55 * x1, 35 + 55 * y1), fill, 11)
    return picture


def bars(random: Random) -> Drawing:
    picture, draw = _sheet(560, 400)
    draw.text((280, 25), "Landings by month", _INK, _font(22), anchor="mm")
    for line in range(6):
        draw.line((60, 70 + 50 * line, 530, 70 + 50 * line), (215, 215, 215))
        draw.text((50, 70 + 50 * line), str(100 - 20 * line), _INK, _font(14), anchor="rm")
    for bar, value in enumerate(random.uniform(20, 240, 9)):
        x = 75 + 50 * bar
        draw.rectangle((x, 320 - value, x + 30, 320), (70, 120, 190))
        draw.text((x + 15, 340), "JFMAMJJAS"[bar], _INK, _font(14), anchor="mm")
    return picture


def curve(random: Random) -> Drawing:
    picture, draw = _sheet(560, 360, "#fbfbfd")
    draw.line([(50, 30), (50, 320), (530, 320)], _INK, 2)
    for step in range(7):
        draw.text((70 + 70 * step, 338), str(2010 + 2 * step), _INK, _font(14), anchor="mm")
    for colour in ((210, 60, 40), (40, 100, 180)):
        heights = 180 + np.cumsum(random.normal(0, 14, 24)).clip(-130, 130)
        draw.line([(60 + 20 * i, float(y)) for i, y in enumerate(heights)], colour, 3)
    return picture


def crossword(random: Random) -> Drawing:
    """One grid, filled in differently."""
    picture, draw = _sheet(460, 460)
    black = np.random.default_rng(8).random((13, 13)) < 0.22
    for row, column in np.ndindex(13, 13):
        x, y = 18 + 33 * column, 18 + 33 * row
        draw.rectangle((x, y, x + 33, y + 33), _INK if black[row, column] else "white", _INK)
        if not black[row, column] and row % 3 == 0:
            draw.text((x + 17, y + 17), str(random.choice(list("AEINORST"))), _INK, _font(20), anchor="mm")
    return picture


def tile(random: Random) -> Drawing:
    """A mahjong tile of circles, bamboos or a character."""
    picture, draw = _sheet(220, 300, "#2f6d4f")
    draw.rounded_rectangle((12, 12, 207, 287), 18, "#f7f3e3", _INK, 3)
    family, count = int(random.integers(3)), int(random.integers(1, 10))
    if family == 2:
        draw.text((110, 95), "ABCDEFGHI"[count - 1], (30, 60, 140), _font(80), anchor="mm")
        draw.text((110, 205), "W", _RED, _font(80), anchor="mm")
        return picture
    for place in range(count):
        x, y = 50 + 60 * (place % 3), 70 + 80 * (place // 3)
        if family:
            _dot(draw, x, y, 24, (40, 90, 160), 2)
            _dot(draw, x, y, 9, _RED)
        else:
            draw.rounded_rectangle((x - 8, y - 30, x + 8, y + 30), 7, (40, 130, 70), _INK, 2)
    return picture


def invoice(random: Random) -> Drawing:
    """A page on which only the number, the date and the sum differ."""
    picture, draw = _sheet(566, 800)
    lines = np.random.default_rng(1)
    draw.text((45, 40), "Harbour Supplies", _INK, _font(22))
    draw.text((360, 140), f"No. 2024-{random.integers(9999):04}", _INK, _font(12))
    draw.text((360, 160), f"{random.integers(1, 28):02}.{random.integers(1, 12):02}.2024", _INK, _font(12))
    for line in range(20):
        y = 220 + 22 * line
        draw.text((48, y), f"{line + 1:02} {_words(lines, 2)}", _INK, _font(11))
        draw.text((440, y), f"{lines.integers(10, 900)}.{lines.integers(10, 99)}", _INK, _font(11))
        draw.line((45, y + 17, 520, y + 17), (200, 200, 200))
    draw.text((430, 680), f"{random.integers(1000, 9999)}.{random.integers(10, 99)}", _INK, _font(14))
    return picture


def receipt(random: Random) -> Drawing:
    picture, draw = _sheet(300, 640, "#f6f5f0")
    draw.text((60, 20), "CORNER SHOP", _INK, _font(24))
    for line, word in enumerate(_WORDS[:14]):
        draw.text((20, 90 + 30 * line), word, _INK, _font(17))
        draw.text((220, 90 + 30 * line), f"{random.integers(1, 9)}.50", _INK, _font(17))
    draw.text(
        (20, 560), f"SUM          {random.integers(100, 999)}.{random.integers(10, 99)}", _INK, _font(24)
    )
    return picture


def sign(random: Random) -> Drawing:
    picture, draw = _sheet(300, 300)
    draw.ellipse((10, 10, 289, 289), "white", (200, 20, 30), 30)
    draw.text((150, 150), str(10 * int(random.integers(1, 13))), _INK, _font(100), anchor="mm")
    return picture


def comic(random: Random) -> Drawing:
    """Four panels whose balloons speak another language."""
    picture, draw = _sheet(700, 800)
    lines = np.random.default_rng(4)
    for left, top in ((10, 10), (355, 10), (10, 405), (355, 405)):
        draw.rectangle((left, top, left + 335, top + 385), outline=_INK, width=4)
        for x, y, size, angle in lines.uniform((10, 120, 15, 0), (270, 320, 60, 360), (25, 4)):
            draw.arc((left + x, top + y, left + x + size, top + y + size), angle, angle + 200, _INK, 2)
        draw.ellipse((left + 40, top + 15, left + 260, top + 105), "white", _INK, 3)
        for row in (45, 75):
            draw.text((left + 150, top + row), _words(random, 2), _INK, _font(17), anchor="mm")
    return picture


def screen(random: Random) -> Drawing:
    """A page of a program: one frame, another table."""
    picture, draw = _sheet(900, 600, "#f7f7f9")
    draw.rectangle((0, 0, 900, 46), "#2b3442")
    draw.text((20, 12), "Stock    Orders    Customers    Settings", (240, 240, 240), _font(18))
    draw.rectangle((0, 46, 180, 600), "#e6e9ee")
    for line in range(14):
        draw.text((24, 74 + 34 * line), _WORDS[line], _INK, _font(15))
        draw.text((210, 74 + 34 * line), _words(random, 3), _INK, _font(15))
        draw.text((760, 74 + 34 * line), str(random.integers(1000)), _INK, _font(15))
    return picture


def icon(random: Random) -> Drawing:
    """Round buttons of one set, each with its own sign."""
    picture, draw = _sheet(256, 256)
    _dot(draw, 128, 128, 118, (40, 110, 200))
    points = 128 + 60 * np.stack(
        [np.cos(a := np.sort(random.uniform(0, 6.3, int(random.integers(3, 8))))), np.sin(a)], 1
    )
    if random.random() < 0.5:
        draw.polygon([tuple(p) for p in points.tolist()], "white")
    else:
        draw.line([tuple(p) for p in points.tolist()], "white", 16, "curve")
    return picture


def town(random: Random) -> Drawing:
    """A map on which the marker stands elsewhere."""
    picture, draw = _sheet(600, 600, "#f0eee6")
    ground = np.random.default_rng(2)
    for x, y, width, height in ground.uniform((0, 0, 30, 30), (560, 560, 120, 120), (14, 4)):
        draw.rectangle((x, y, x + width, y + height), [(200, 225, 190), (190, 215, 240)][int(x) % 2])
    for x0, y0, x1, y1 in ground.uniform(0, 600, (22, 4)):
        draw.line((x0, y0, x1, y1), (255, 255, 255), 5)
    for word, (x, y) in zip(_WORDS[:15], ground.uniform(20, 540, (15, 2)), strict=True):
        draw.text((x, y), word.title(), (80, 80, 80), _font(13))
    x, y = random.uniform(60, 540, 2).tolist()
    draw.polygon([(x, y), (x - 13, y - 26), (x + 13, y - 26)], (220, 30, 30))
    _dot(draw, x, y - 30, 16, (220, 30, 30))
    return picture


KINDS: dict[str, Callable[[Random], Drawing]] = {
    drawn.__name__: drawn
    for drawn in (card, die, domino, chess, go, display, bars, curve, crossword, tile, invoice, receipt, sign,
                  comic, screen, icon, town)
}  # fmt: skip


def _saved(picture: Drawing, quality: int) -> Drawing:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def _compressed(picture: Drawing, random: Random) -> Drawing:
    return _saved(picture, int(random.integers(50, 96)))


def _scaled(picture: Drawing, random: Random) -> Drawing:
    factor = float(random.choice([0.35, 0.5, 0.7, 1.4, 2.0]))
    return picture.resize(
        (round(picture.width * factor), round(picture.height * factor)), Image.Resampling.LANCZOS
    )


def _trimmed(picture: Drawing, random: Random) -> Drawing:
    left, top, right, bottom = random.integers(0, 9, 4).tolist()
    return picture.crop((left, top, picture.width - right, picture.height - bottom))


def _cropped(picture: Drawing, random: Random) -> Drawing:
    width, height = picture.size
    left, top, right, bottom = (random.uniform(0, 0.05, 4) * (width, height, width, height)).round().tolist()
    return picture.crop((left, top, width - right, height - bottom))


def _toned(picture: Drawing, random: Random) -> Drawing:
    change = ImageEnhance.Brightness if random.random() < 0.6 else ImageEnhance.Contrast
    return change(picture).enhance(float(random.uniform(0.75, 1.25)))


def _tilted(picture: Drawing, random: Random) -> Drawing:
    angle = float(random.uniform(0.3, 2.0) * random.choice([-1, 1]))
    return picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=picture.getpixel((2, 2)))


def _labelled(picture: Drawing, random: Random) -> Drawing:
    """With a line of text, on a box or outlined."""
    text, picture = _words(random, 3), picture.copy()
    draw, size = ImageDraw.Draw(picture), picture.height * float(random.uniform(0.05, 0.09))
    where = (0.05 * picture.width, float(random.uniform(0.05, 0.85)) * picture.height)
    if random.random() < 0.5:
        left, top, right, bottom = draw.textbbox(where, text, _font(size))
        draw.rectangle((left - 8, top - 8, right + 8, bottom + 8), _INK)
        draw.text(where, text, "white", _font(size))
    else:
        draw.text(where, text, _RED, _font(size), stroke_width=1, stroke_fill="white")
    return picture


def _badged(picture: Drawing, random: Random) -> Drawing:
    """With a logo in a corner."""
    picture, radius = picture.copy(), 0.09 * min(picture.size)
    x, y = (float(side) * float(random.choice([0.14, 0.86])) for side in picture.size)
    colour = tuple(random.integers(40, 200, 3).tolist())
    draw = ImageDraw.Draw(picture)
    _dot(draw, x, y, radius, colour)
    draw.text((x, y), str(random.choice(list("ABKMRS"))), "white", _font(1.3 * radius), anchor="mm")
    return picture


def _watermarked(picture: Drawing, random: Random) -> Drawing:
    """With large letters that shine through."""
    layer = Image.new("L", picture.size)
    size, text = picture.width / 5, str(random.choice(["SAMPLE", "COPY", "DRAFT"]))
    ImageDraw.Draw(layer).text((picture.width / 2, picture.height / 2), text, 110, _font(size), anchor="mm")
    return Image.composite(Image.new("RGB", picture.size, (128, 128, 128)), picture, layer)


def _blurred(picture: Drawing, random: Random) -> Drawing:
    return picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0.5, 1.5))))


EDITS: dict[str, Callable[[Drawing, Random], Drawing]] = {
    edit.__name__[1:]: edit
    for edit in (
        _compressed,
        _scaled,
        _trimmed,
        _cropped,
        _toned,
        _tilted,
        _labelled,
        _badged,
        _watermarked,
        _blurred,
    )
}


def saved_again(picture: Drawing, random: Random) -> Drawing:
    """As programs pass pictures on: perhaps smaller, then as a JPEG."""
    picture = _scaled(picture, random) if random.random() < 0.4 else picture
    return _compressed(picture, random)
