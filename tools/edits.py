"""Edits of drawings for the calibration."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from tools.drawings import INK, RED, Drawing, Random, dot, font, words


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
    text, picture = words(random, 3), picture.copy()
    draw, size = ImageDraw.Draw(picture), picture.height * float(random.uniform(0.05, 0.09))
    where = (0.05 * picture.width, float(random.uniform(0.05, 0.85)) * picture.height)
    if random.random() < 0.5:
        left, top, right, bottom = draw.textbbox(where, text, font(size))
        draw.rectangle((left - 8, top - 8, right + 8, bottom + 8), INK)
        draw.text(where, text, "white", font(size))
    else:
        draw.text(where, text, RED, font(size), stroke_width=1, stroke_fill="white")
    return picture


def _badged(picture: Drawing, random: Random) -> Drawing:
    """With a logo in a corner."""
    picture, radius = picture.copy(), 0.09 * min(picture.size)
    x, y = (float(side) * float(random.choice([0.14, 0.86])) for side in picture.size)
    colour = tuple(random.integers(40, 200, 3).tolist())
    draw = ImageDraw.Draw(picture)
    dot(draw, x, y, radius, colour)
    draw.text((x, y), str(random.choice(list("ABKMRS"))), "white", font(1.3 * radius), anchor="mm")
    return picture


def _watermarked(picture: Drawing, random: Random) -> Drawing:
    """With large letters that shine through."""
    layer = Image.new("L", picture.size)
    size, text = picture.width / 5, str(random.choice(["SAMPLE", "COPY", "DRAFT"]))
    ImageDraw.Draw(layer).text((picture.width / 2, picture.height / 2), text, 110, font(size), anchor="mm")
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
