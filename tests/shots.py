"""Photographs as cameras leave them: JPEG files with time and camera, frames of a burst, edited copies."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PIL import Image, ImageChops, ImageEnhance

from tests.pictures import scene

MOMENT = datetime(2024, 5, 4, 12, 30, 10)
_MAKE, _MODEL, _EXIF, _TAKEN, _FRACTION = 0x010F, 0x0110, 0x8769, 0x9003, 0x9291  # tags of Exif 2.32


def exif(taken: datetime | None = MOMENT, camera: str = "Acme One", fraction: str = "") -> Image.Exif:
    """What a camera writes into each file."""
    told = Image.Exif()
    told[_MAKE], told[_MODEL] = camera.split(" ", 1)
    if taken is not None:
        told.get_ifd(_EXIF)[_TAKEN] = f"{taken:%Y:%m:%d %H:%M:%S}"
        if fraction:
            told.get_ifd(_EXIF)[_FRACTION] = fraction
    return told


def shoot(path: Path, picture: Image.Image, told: Image.Exif | None = None, quality: int = 92) -> Path:
    """Write a picture as a JPEG of a camera; without `told` as one that lost all of that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "JPEG", quality=quality, **({} if told is None else {"exif": told}))
    return path


def frame(number: int, seed: int = 5) -> Image.Image:
    """Frame `number` of one scene: people walk through it, and the hand is not quite still."""
    picture = scene(seed, 640, 480)
    for place in range(3):
        person = scene(100 + place, 70, 190).resize((70, 190))
        step = 26 * number * (1 if place % 2 else -1)
        picture.paste(person, (110 + 180 * place + step, 240))
    return ImageChops.offset(picture, 2 * number, number).crop((8, 8, 632, 472))


def edited(picture: Image.Image) -> Image.Image:
    """The same picture cut and brighter."""
    width, height = picture.size
    return ImageEnhance.Brightness(picture.crop((0, 0, width * 4 // 5, height))).enhance(1.2)
