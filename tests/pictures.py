"""Pictures drawn for tests: busy scenes that differ from each other, and edited copies of them."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageEnhance


def scene(seed: int, width: int = 480, height: int = 360) -> Image.Image:
    """Many shapes on a coloured ground; the same seed is the same picture."""
    chance = random.Random(seed)
    image = Image.new("RGB", (width, height), _colour(chance))
    draw = ImageDraw.Draw(image)
    for _ in range(90):
        x, y = chance.randrange(width), chance.randrange(height)
        size = chance.randrange(8, width // 5)
        box = (x, y, x + size, y + chance.randrange(8, height // 4))
        shape = chance.choice((draw.rectangle, draw.ellipse))
        shape(box, fill=_colour(chance), outline=_colour(chance), width=2)
    for _ in range(12):
        place = (chance.randrange(width), chance.randrange(height))
        draw.text(place, str(chance.randrange(10**6)), fill=_colour(chance))
    return image


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)


def as_file(image: Image.Image, kind: str = "PNG", quality: int = 90) -> bytes:
    """The picture as the bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, quality=quality)
    return file.getvalue()


def smaller(image: Image.Image) -> Image.Image:
    """Three quarters of the size."""
    return image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)


def brighter(image: Image.Image) -> Image.Image:
    """A little more light."""
    return ImageEnhance.Brightness(image).enhance(1.12)
