"""Every kind of change that makes a copy: those a duplicate search must see through, and a few beyond.

A change takes the decoded original and gives a picture; its file name and `Writing` decide how it is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageEnhance, ImageFilter, ImageFont

Random = np.random.Generator
Colour = tuple[int, ...]


class Closeness(StrEnum):
    """How close a copy is to its original; a look-alike is no copy at all."""

    EXACT = "exact"
    NEAR = "near"
    STRONG = "strong"
    LOOKALIKE = "lookalike"


class CopyKind(StrEnum):
    """What was done to the original."""

    SCALE = "scale"
    FORMAT = "format"
    COMPRESSION = "compression"
    IDENTICAL = "identical"
    ORIENTATION = "orientation"
    CROP = "crop"
    ASPECT = "aspect"
    BRIGHTNESS = "brightness"
    GAMMA = "gamma"
    SATURATION = "saturation"
    TEXT = "text"
    LOGO = "logo"
    ICON = "icon"
    TILT = "tilt"
    MIRROR = "mirror"
    ROTATION = "rotation"
    LOOKALIKE = "lookalike"

    @property
    def closeness(self) -> Closeness:
        """Exact: the same content; near: edited; strong: beyond what the documentation names."""
        if self in _EXACT:
            return Closeness.EXACT
        if self is CopyKind.LOOKALIKE:
            return Closeness.LOOKALIKE
        return Closeness.STRONG if self in (CopyKind.MIRROR, CopyKind.ROTATION) else Closeness.NEAR


_EXACT = (CopyKind.SCALE, CopyKind.FORMAT, CopyKind.COMPRESSION, CopyKind.IDENTICAL, CopyKind.ORIENTATION)


@dataclass(frozen=True, slots=True)
class Writing:
    """How a picture is written: JPEG, WebP or AVIF quality 1…100, and the EXIF orientation 1…8."""

    quality: int = 86
    orientation: int = 1


def changed(kind: CopyKind, picture: Image.Image, random: Random) -> tuple[Image.Image, Writing]:
    """The copy and how to write it; equal `random` gives an equal copy."""
    if kind is CopyKind.COMPRESSION:
        return picture, Writing(quality=int(random.integers(24, 52)))
    if kind is CopyKind.ORIENTATION:
        # Stored lying on its side; viewers turn it upright by the tag.
        return picture.transpose(Image.Transpose.ROTATE_90), Writing(orientation=6)
    return _CHANGES[kind](picture, random), Writing()


def _same(picture: Image.Image, random: Random) -> Image.Image:
    del random
    return picture


def _scale(picture: Image.Image, random: Random) -> Image.Image:
    share = float(random.choice([0.4, 0.5, 0.6, 0.75, 1.25]))
    return picture.resize(
        (round(picture.width * share), round(picture.height * share)), Image.Resampling.LANCZOS
    )


def _crop(picture: Image.Image, random: Random) -> Image.Image:
    w, h = (int(side * random.uniform(0.68, 0.9)) for side in picture.size)
    left, top = (
        int(random.integers(0, picture.width - w + 1)),
        int(random.integers(0, picture.height - h + 1)),
    )
    return picture.crop((left, top, left + w, top + h))


def _aspect(picture: Image.Image, random: Random) -> Image.Image:
    share = float(random.choice([0.75, 0.8, 1.2, 1.3]))
    return picture.resize((round(picture.width * share), picture.height), Image.Resampling.LANCZOS)


def _brightness(picture: Image.Image, random: Random) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(float(random.choice([0.65, 0.75, 1.25, 1.35])))


def _gamma(picture: Image.Image, random: Random) -> Image.Image:
    power = float(random.choice([0.55, 0.68, 1.45, 1.7]))
    curve = [round(255 * (value / 255) ** power) for value in range(256)]
    return picture.point(curve * 3)


def _saturation(picture: Image.Image, random: Random) -> Image.Image:
    return ImageEnhance.Color(picture).enhance(float(random.choice([0.0, 0.35, 1.7, 2.0])))


def _mirror(picture: Image.Image, random: Random) -> Image.Image:
    del random
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def _rotation(picture: Image.Image, random: Random) -> Image.Image:
    turns = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
    return picture.transpose(turns[int(random.integers(3))])


def _tilt(picture: Image.Image, random: Random) -> Image.Image:
    """Turned by a few degrees and cut to the largest straight part."""
    degrees = float(random.choice([-6, -4, -2.5, 2.5, 4, 6]))
    angle = np.radians(abs(degrees))
    w, h = picture.size
    share = min(w / (w * np.cos(angle) + h * np.sin(angle)), h / (h * np.cos(angle) + w * np.sin(angle)))
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC)
    dx, dy = w * (1 - share) / 2, h * (1 - share) / 2
    return turned.crop((round(dx), round(dy), round(w - dx), round(h - dy)))


_LINES = (
    "Special edition",
    "Only this week",
    "Sample, not for resale",
    "Coming soon",
    "Photo of the day",
    "Our favourite",
    "Staff pick",
    "Seen and loved",
)
_TONES = tuple(
    ImageColor.getrgb(tone) for tone in ("#d1495b", "#00798c", "#edae49", "#2e4057", "#5c7a3d", "#7b3f72")
)


def _text(picture: Image.Image, random: Random) -> Image.Image:
    """A line on a band, or plain over the picture with a soft shadow."""
    copy, words = picture.copy(), str(random.choice(_LINES))
    size = min(picture.width * 1.35 / max(12, len(words)), picture.height * 0.09)
    font = ImageFont.load_default(size)
    y = int(picture.height * float(random.choice([0.14, 0.5, 0.86])))
    if random.random() < 0.4 or _brightness_at(picture, y, size) > 150:
        band = Image.new("RGB", (picture.width, int(size * 1.7)), _tone(random))
        place = (0, y - band.height // 2)
        copy.paste(
            Image.blend(copy.crop((0, place[1], picture.width, place[1] + band.height)), band, 0.88), place
        )
    else:
        shadow = Image.new("L", picture.size)
        ImageDraw.Draw(shadow).text((picture.width / 2 + 3, y + 3), words, 210, font, "mm")
        copy.paste((12, 10, 20), (0, 0, *copy.size), shadow.filter(ImageFilter.GaussianBlur(4)))
    ImageDraw.Draw(copy).text((picture.width / 2, y), words, (255, 252, 244), font, "mm", stroke_width=0.4)
    return copy


def _brightness_at(picture: Image.Image, y: int, size: float) -> float:
    row = picture.convert("L").crop((0, int(y - size), picture.width, int(y + size)))
    return float(np.asarray(row).mean())


def _corner(picture: Image.Image, size: int, random: Random) -> tuple[int, int]:
    margin = round(min(picture.size) * 0.04)
    x = margin if random.random() < 0.4 else picture.width - size - margin
    y = margin if random.random() < 0.5 else picture.height - size - margin
    return x, y


def _logo(picture: Image.Image, random: Random) -> Image.Image:
    """A vendor's round seal in a corner."""
    return _badge(picture, random, round(min(picture.size) * random.uniform(0.16, 0.24)), _draw_logo)


def _icon(picture: Image.Image, random: Random) -> Image.Image:
    """A play button in the middle, or a heart, a star or a camera in a corner."""
    draw = (_draw_play, _draw_heart, _draw_star)[int(random.integers(3))]
    return _badge(
        picture,
        random,
        round(min(picture.size) * random.uniform(0.13, 0.19)),
        draw,
        middle=draw is _draw_play,
    )


def _badge(
    picture: Image.Image,
    random: Random,
    size: int,
    draw: Callable[[ImageDraw.ImageDraw, int, Colour], None],
    *,
    middle: bool = False,
) -> Image.Image:
    sharp = 4
    badge = Image.new("RGBA", (size * sharp, size * sharp))
    draw(ImageDraw.Draw(badge), size * sharp, _tone(random))
    badge = badge.resize((size, size), Image.Resampling.LANCZOS)
    place = (
        ((picture.width - size) // 2, (picture.height - size) // 2)
        if middle
        else _corner(picture, size, random)
    )
    copy = picture.copy()
    copy.paste(badge, place, badge)
    return copy


def _tone(random: Random) -> Colour:
    return _TONES[int(random.integers(len(_TONES)))]


def _draw_logo(pen: ImageDraw.ImageDraw, size: int, tone: Colour) -> None:
    pen.ellipse((0, 0, size - 1, size - 1), fill=(*tone, 240))
    pen.ellipse(
        (size * 0.06, size * 0.06, size * 0.94, size * 0.94),
        outline=(255, 252, 244, 255),
        width=max(2, size // 40),
    )
    pen.polygon(
        [
            (size * 0.24, size * 0.58),
            (size * 0.42, size * 0.28),
            (size * 0.52, size * 0.44),
            (size * 0.6, size * 0.34),
            (size * 0.78, size * 0.58),
        ],
        fill=(255, 252, 244, 255),
    )
    pen.text(
        (size / 2, size * 0.72), "NORTH", (255, 252, 244, 255), ImageFont.load_default(size * 0.15), "mm"
    )


def _draw_play(pen: ImageDraw.ImageDraw, size: int, tone: Colour) -> None:
    pen.ellipse((0, 0, size - 1, size - 1), fill=(20, 18, 28, 170), outline=(*tone, 255), width=size // 24)
    pen.polygon(
        [(size * 0.38, size * 0.28), (size * 0.76, size * 0.5), (size * 0.38, size * 0.72)],
        fill=(255, 255, 255, 245),
    )


def _draw_heart(pen: ImageDraw.ImageDraw, size: int, tone: Colour) -> None:
    pen.rounded_rectangle((0, 0, size - 1, size - 1), size * 0.24, fill=(255, 255, 255, 235))
    for left in (0.2, 0.46):
        pen.ellipse((size * left, size * 0.25, size * (left + 0.34), size * 0.59), fill=(*tone, 255))
    pen.polygon(
        [(size * 0.225, size * 0.5), (size * 0.775, size * 0.5), (size * 0.5, size * 0.82)], fill=(*tone, 255)
    )


def _draw_star(pen: ImageDraw.ImageDraw, size: int, tone: Colour) -> None:
    pen.ellipse((0, 0, size - 1, size - 1), fill=(*tone, 245))
    corners = []
    for k in range(10):
        reach = size * (0.36 if k % 2 == 0 else 0.155)
        angle = np.radians(36 * k - 90)
        corners.append((size / 2 + reach * float(np.cos(angle)), size / 2 + reach * float(np.sin(angle))))
    pen.polygon(corners, fill=(255, 252, 244, 255))


_CHANGES: dict[CopyKind, Callable[[Image.Image, Random], Image.Image]] = {
    CopyKind.SCALE: _scale,
    CopyKind.FORMAT: _same,
    CopyKind.CROP: _crop,
    CopyKind.ASPECT: _aspect,
    CopyKind.BRIGHTNESS: _brightness,
    CopyKind.GAMMA: _gamma,
    CopyKind.SATURATION: _saturation,
    CopyKind.TEXT: _text,
    CopyKind.LOGO: _logo,
    CopyKind.ICON: _icon,
    CopyKind.TILT: _tilt,
    CopyKind.MIRROR: _mirror,
    CopyKind.ROTATION: _rotation,
}
