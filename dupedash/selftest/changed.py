"""Copies whose change is known to the pixel: what `explain` must say of them, and where the original lies in
them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from dupedash.model import ChangeKind

Pixels = npt.NDArray[np.uint8]
"""RGB, (height, width, 3)."""
Random = np.random.Generator
Map = np.ndarray
"""float64 (2, 3), the pixels of an original to those of its copy, with pixel centres at halves."""

SAME_PLACE: Map = np.eye(3)[:2]


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """A copy, uint8 RGB, and where the original's pixels lie in it."""

    pixels: Pixels
    place: Map


Maker = Callable[[Pixels, Random], Changed]


QUALITY = 88
"""Of the JPEG that every copy goes through: what programs write where nobody chose (75 to 95)."""


def as_jpeg(pixels: Pixels) -> bytes:
    """The file of a copy."""
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def from_file(data: bytes) -> Pixels:
    """The pixels of a file that we made ourselves."""
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change: how it is made, what must be told of it (one of `kinds`), and what may be told
    `also`."""

    name: str
    make: Maker
    kinds: frozenset[ChangeKind]
    also: frozenset[ChangeKind]


def _crop(pixels: Pixels, random: Random) -> Changed:
    """Each side cut to 60 to 90 %."""
    height, width = pixels.shape[:2]
    high, wide = (int(side * random.uniform(0.6, 0.9)) for side in (height, width))
    top, left = int(random.integers(0, height - high + 1)), int(random.integers(0, width - wide + 1))
    return Changed(pixels[top : top + high, left : left + wide].copy(), _moved(-left, -top))


def _border(pixels: Pixels, random: Random) -> Changed:
    """A frame of 4 to 12 % in one colour."""
    side = int(min(pixels.shape[:2]) * random.uniform(0.04, 0.12))
    colour = tuple(random.integers(0, 256, 3).tolist())
    framed = cv2.copyMakeBorder(pixels, side, side, side, side, cv2.BORDER_CONSTANT, value=colour)
    return Changed(framed.astype(np.uint8), _moved(side, side))


def _rotation(pixels: Pixels, random: Random) -> Changed:
    """Turned by 2 to 8 degrees either way, the corners filled with black."""
    height, width = pixels.shape[:2]
    degrees = float(random.uniform(2, 8) * random.choice([-1, 1]))
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    wide, high = round(width * cosine + height * sine), round(height * cosine + width * sine)
    matrix[:, 2] += (wide - width) / 2, (high - height) / 2
    turned = cv2.warpAffine(pixels, matrix, (wide, high), flags=cv2.INTER_CUBIC)
    return Changed(turned.astype(np.uint8), _at_halves(matrix))


def _turn(pixels: Pixels, random: Random) -> Changed:
    """By a quarter, a half or three quarters."""
    turns, (height, width) = int(random.integers(1, 4)), pixels.shape[:2]
    places = [[[0, 1, 0], [-1, 0, width]], [[-1, 0, width], [0, -1, height]], [[0, -1, height], [1, 0, 0]]]
    return Changed(np.ascontiguousarray(np.rot90(pixels, turns)), np.array(places[turns - 1], float))


def _mirror(pixels: Pixels, _random: Random) -> Changed:
    place = np.array([[-1.0, 0, pixels.shape[1]], [0, 1, 0]])
    return Changed(np.ascontiguousarray(pixels[:, ::-1]), place)


def _stretch(pixels: Pixels, random: Random) -> Changed:
    return _scaled(pixels, float(random.choice([0.75, 0.85, 1.2, 1.3])), 1.0)


def _size(pixels: Pixels, random: Random) -> Changed:
    factor = float(random.choice([0.4, 0.5, 0.75]))
    return _scaled(pixels, factor, factor)


def _scaled(pixels: Pixels, across: float, down: float) -> Changed:
    height, width = pixels.shape[:2]
    wide, high = round(width * across), round(height * down)
    method = cv2.INTER_AREA if across * down < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(pixels, (wide, high), interpolation=method)
    return Changed(resized.astype(np.uint8), np.array([[wide / width, 0, 0], [0, high / height, 0]]))


def _brightness(pixels: Pixels, random: Random) -> Changed:
    return _curved(pixels, np.arange(256) * random.choice([0.65, 0.75, 1.25, 1.35]))


def _gamma(pixels: Pixels, random: Random) -> Changed:
    return _curved(pixels, 255 * (np.arange(256) / 255) ** random.choice([0.55, 0.7, 1.4, 1.7]))


def _contrast(pixels: Pixels, random: Random) -> Changed:
    middle = float(_gray(pixels).mean())
    return _curved(pixels, middle + (np.arange(256) - middle) * random.choice([0.6, 0.75, 1.25, 1.5]))


def _curved(pixels: Pixels, curve: np.ndarray) -> Changed:
    return Changed(curve.round().clip(0, 255).astype(np.uint8)[pixels], SAME_PLACE)


def _saturation(pixels: Pixels, random: Random) -> Changed:
    gray = _gray(pixels)[..., None].astype(float)
    return _rounded(gray + (pixels - gray) * random.choice([0.35, 0.6, 1.5, 2.0]))


def _black_and_white(pixels: Pixels, _random: Random) -> Changed:
    return _rounded(np.repeat(_gray(pixels)[..., None], 3, axis=2))


def _blur(pixels: Pixels, random: Random) -> Changed:
    sigma = max(pixels.shape) * random.uniform(0.003, 0.009)
    return _rounded(cv2.GaussianBlur(pixels, (0, 0), sigma))


def _sharpening(pixels: Pixels, random: Random) -> Changed:
    soft = cv2.GaussianBlur(pixels, (0, 0), 2).astype(float)
    return _rounded(pixels + random.uniform(1.2, 3.0) * (pixels - soft))


def _noise(pixels: Pixels, random: Random) -> Changed:
    return _rounded(pixels + random.normal(0, random.uniform(10, 22), pixels.shape))


def _text(pixels: Pixels, random: Random) -> Changed:
    height, width = pixels.shape[:2]
    at = int(width * random.uniform(0.05, 0.3)), int(height * random.uniform(0.2, 0.9))
    return Changed(_written(pixels.copy(), "Only this week", at, 1.5, 5), SAME_PLACE)


def _logo(pixels: Pixels, random: Random) -> Changed:
    height, width = pixels.shape[:2]
    radius = int(min(height, width) * random.uniform(0.08, 0.15))
    x, y = (int(random.integers(radius, side - radius)) for side in (width, height))
    tone = tuple(random.integers(0, 256, 3).tolist())
    seal = cv2.circle(pixels.copy(), (x, y), radius, tone, -1, cv2.LINE_AA)
    return Changed(_written(seal, "NORTH", (x - round(radius * 0.8), y), radius / 60, 2), SAME_PLACE)


def _watermark(pixels: Pixels, random: Random) -> Changed:
    layer, share = pixels.copy(), float(random.uniform(0.25, 0.45))
    for row, y in enumerate(range(60, pixels.shape[0], 110)):
        for x in range(-80 * (row % 2), pixels.shape[1], 260):
            layer = _written(layer, "SAMPLE", (x, y), 1.4, 5)
    return _rounded(share * layer.astype(float) + (1 - share) * pixels)


def _saved(pixels: Pixels, _random: Random) -> Changed:
    return Changed(pixels, SAME_PLACE)


def _written(pixels: Pixels, text: str, at: tuple[int, int], size: float, width: int) -> Pixels:
    drawn = cv2.putText(pixels, text, at, cv2.FONT_HERSHEY_DUPLEX, size, (255, 252, 244), width, cv2.LINE_AA)
    return np.asarray(drawn, np.uint8)


def _gray(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _rounded(values: np.ndarray) -> Changed:
    return Changed(np.asarray(values).round().clip(0, 255).astype(np.uint8), SAME_PLACE)


def _moved(across: float, down: float) -> Map:
    return np.array([[1.0, 0, across], [0, 1, down]])


def _at_halves(matrix: np.ndarray) -> Map:
    """A map of pixel indices as one of places, where the first pixel's centre is at one half."""
    half = np.array([0.5, 0.5])
    return np.column_stack([matrix[:, :2], matrix[:, 2] + half - matrix[:, :2] @ half])


_PART = frozenset({ChangeKind.CROPPED, ChangeKind.BORDERED, ChangeKind.PART_OF})
_BRIGHTNESS = frozenset({ChangeKind.BRIGHTER, ChangeKind.DARKER})


def _change(name: str, make: Maker, *kinds: ChangeKind, also: Iterable[ChangeKind] = ()) -> Change:
    return Change(name, make, frozenset(kinds), frozenset(also))


CHANGES = (
    _change("saved again", _saved, ChangeKind.RE_ENCODED),
    _change("resized", _size, ChangeKind.RESIZED),
    _change("cropped", _crop, *_PART),
    _change("border", _border, *_PART),
    _change("stretched", _stretch, ChangeKind.STRETCHED),
    _change("rotated", _rotation, ChangeKind.ROTATED, also=_PART),
    _change("turned", _turn, ChangeKind.TURNED),
    _change("mirrored", _mirror, ChangeKind.MIRRORED),
    _change("brightness", _brightness, *_BRIGHTNESS),
    _change("gamma", _gamma, *_BRIGHTNESS),
    _change("contrast", _contrast, ChangeKind.CONTRAST, also=_BRIGHTNESS),
    _change("saturation", _saturation, ChangeKind.COLOUR),
    _change("black and white", _black_and_white, ChangeKind.GRAY),
    _change("blurred", _blur, ChangeKind.BLURRED),
    _change("sharpened", _sharpening, ChangeKind.SHARPENED),
    _change("noise", _noise, ChangeKind.NOISE),
    _change("text", _text, ChangeKind.OVERLAY),
    _change("logo", _logo, ChangeKind.OVERLAY),
    _change("watermark", _watermark, ChangeKind.OVERLAY),
)
"""Every kind of change, one at a time."""
