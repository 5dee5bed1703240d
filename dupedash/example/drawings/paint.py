"""What a canvas is painted with: gradients, noise, grain, and colours a little off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from dupedash.example.drawings.colour import Colour, mix

FloatImage = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Gradient:
    """Colours at even steps over the bounding box, from top to bottom, or from left to right."""

    stops: tuple[Colour, ...]
    across: bool = False


Fill = Colour | Gradient


def down(*stops: Colour) -> Gradient:
    """A gradient from top to bottom."""
    return Gradient(stops)


def across(*stops: Colour) -> Gradient:
    """A gradient from left to right."""
    return Gradient(stops, across=True)


def noise(
    width: int,
    height: int,
    random: np.random.Generator,
    *,
    cell: float = 64,
    octaves: int = 4,
    stretch: float = 1.0,
    rough: float = 0.55,
) -> FloatImage:
    """Natural noise (height, width), about ±1; its coarsest detail is `cell` pixels, stretched sideways."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        size = max(1.5, cell / 2**octave)
        grid = (max(2, round(height / size) + 1), max(2, round(width / size / stretch) + 1))
        small = Image.fromarray(random.standard_normal(grid, dtype=np.float32))
        total += rough**octave * np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    return total * np.float32(0.6)


def shade(fill: Gradient, size: tuple[int, int]) -> Image.Image:
    """A gradient of that size."""
    steps = 256
    where = np.linspace(0, len(fill.stops) - 1, steps)
    bands = [
        np.interp(where, range(len(fill.stops)), [stop[band] for stop in fill.stops]) for band in range(3)
    ]
    strip = np.stack(bands, axis=1).round().astype(np.uint8)
    small = Image.fromarray(strip[None, :, :] if fill.across else strip[:, None, :])
    return small.resize(size, Image.Resampling.BILINEAR)


def film_grain(picture: Image.Image, amount: float, random: np.random.Generator) -> Image.Image:
    """Film grain: soft, the same in all channels."""
    height, width = picture.height, picture.width
    speckle = random.normal(128, amount * 1.8, (height, width)).clip(0, 255).astype(np.uint8)
    soft = Image.fromarray(speckle).filter(ImageFilter.GaussianBlur(0.6))
    return ImageChops.add(picture, Image.merge("RGB", (soft,) * 3), 1, -128)


def pick(colours: Sequence[Colour], random: np.random.Generator) -> Colour:
    """One of the colours."""
    return colours[int(random.integers(len(colours)))]


def varied(colour: Colour, random: np.random.Generator, amount: float = 10) -> Colour:
    """A colour nearby."""
    shift = random.normal(0, amount) + random.normal(0, amount / 3, 3)
    red, green, blue = (int(value) for value in np.clip(np.asarray(colour) + shift, 0, 255))
    return red, green, blue


def blend(a: Fill, b: Colour, share: float) -> Fill:
    """`mix` for fills."""
    if isinstance(a, Gradient):
        return Gradient(tuple(mix(stop, b, share) for stop in a.stops), a.across)
    return mix(a, b, share)
