"""Many pictures in little time: textures with shapes and text, and planted copies of some of them.

Unlike the example they are not for looking at: they have as much detail as a photo and cost a few
milliseconds each.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from dupedash.workers import Workers

SIDE = (480, 640)  # height and width in pixels of a drawn picture
FOLDER = 500
"""Pictures in a folder, so that a smaller bench uses some of the folders of a larger one."""
FAMILY = 5
"""Of so many pictures two are copies of the first: one resized and encoded anew, one cropped and brighter."""

Pixels = npt.NDArray[np.uint8]


def draw(target: Path, count: int, processes: int = 2) -> list[Path]:
    """Draw `count` pictures (rounded up to whole folders) below `target`; the folders come back."""
    folders = [target / f"{number:04}" for number in range(-(-count // FOLDER))]
    work = partial(_folder, count=min(count, FOLDER))
    for outcome in Workers(work, min(processes, len(folders))).run(folders):
        if outcome.error is not None:
            raise outcome.error
    return folders


def _folder(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    for number in range(0, count, FAMILY):
        rng = np.random.default_rng([int(folder.name), number])
        first = picture(rng)
        family = [first, *copies(first, rng), *(picture(rng) for _ in range(FAMILY - 3))]
        for place, pixels in enumerate(family[: count - number]):
            _write(folder / f"{number + place:04}.jpg", pixels, 90 - 15 * (place == 1))


def picture(rng: np.random.Generator) -> Pixels:
    """A picture unlike all others: a texture, forty shapes with textures of their own, some text."""
    canvas = _texture(rng)
    other = _texture(rng)
    mask = np.zeros(SIDE, np.uint8)
    for _ in range(40):
        corners = rng.integers(0, (SIDE[1], SIDE[0]), 2) + rng.integers(-90, 90, (int(rng.integers(3, 7)), 2))
        cv2.fillPoly(mask, [corners.astype(np.int32)], int(rng.integers(60, 255)))
    mixed = cv2.add(canvas // 2, cv2.multiply(other, cv2.merge([mask] * 3), scale=1 / 255))
    at = (int(rng.integers(10, 300)), int(rng.integers(60, 420)))
    text = "".join(rng.choice(list("ABCDEFGHKLMNPRSTUVXYZ 23456789"), 12))
    drawn: Pixels = cv2.putText(
        mixed, text, at, cv2.FONT_HERSHEY_DUPLEX, 1.2, (245, 240, 235), 3, cv2.LINE_AA
    )
    return drawn


def copies(pixels: Pixels, rng: np.random.Generator) -> list[Pixels]:
    """Resized, and cropped to 60–90 % of each side and brightened."""
    small = cv2.resize(pixels, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    height, width = (int(side * rng.uniform(0.6, 0.9)) for side in SIDE)
    top, left = int(rng.integers(0, SIDE[0] - height)), int(rng.integers(0, SIDE[1] - width))
    cropped = cv2.convertScaleAbs(pixels[top : top + height, left : left + width], alpha=1.1, beta=12)
    return [small.astype(np.uint8), cropped.astype(np.uint8)]


def _texture(rng: np.random.Generator) -> Pixels:
    """Noise at three scales, as rough as the surface of many things."""
    layers = [_noise(rng, cell) for cell in (80, 16, 5)]
    rough = cv2.addWeighted(layers[1], 0.6, layers[2], 0.4, 0)
    mixed: Pixels = cv2.addWeighted(layers[0], 0.5, rough, 0.5, 0).astype(np.uint8)
    return mixed


def _noise(rng: np.random.Generator, cell: int) -> Pixels:
    values = rng.integers(0, 256, (SIDE[0] // cell, SIDE[1] // cell, 3), dtype=np.uint8)
    smooth: Pixels = cv2.resize(values, SIDE[::-1], interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    return smooth


def _write(path: Path, pixels: Pixels, quality: int) -> None:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    path.write_bytes(data.tobytes())
