"""The canvas: drawn at twice the size, with soft shadows, glow and texture, then scaled down and finished.

Coordinates are pixels of the finished picture; only this file knows that it is drawn larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from dupedash.example.drawings.colour import Colour
from dupedash.example.drawings.outline import Points, moved, place, points
from dupedash.example.drawings.paint import Fill, film_grain, noise, shade

SCALE = 2


class Canvas:
    """A picture in the making; `random` is its own, so that equal seeds give equal pictures."""

    def __init__(self, width: int, height: int, seed: int, ground: Fill = (255, 255, 255)) -> None:
        self.w, self.h = width, height
        self.random = np.random.default_rng(seed)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE))
        self.draw = ImageDraw.Draw(self.image)
        self._unit, self._shift = float(SCALE), (0.0, 0.0)
        self._bend = (0.0, 0.0)
        self.area([(0, 0), (width, 0), (width, height), (0, height)], ground)

    def fill(self, pixels: NDArray[np.uint8]) -> None:
        """Cover everything with an array (any height, any width, 3), enlarged."""
        self.image.paste(Image.fromarray(pixels).resize(self.image.size, Image.Resampling.BICUBIC))

    def frame(self, zoom: float, dx: float, dy: float, *, taper: float = 0, swell: float = 0) -> None:
        """From now on areas, lines, dots, glow, grain and text are drawn `zoom` times as large and moved.

        taper (about ±0.3) makes the top wider or narrower than the foot, swell longer or shorter.
        """
        self._unit, self._shift = zoom * SCALE, (dx * SCALE, dy * SCALE)
        self._bend = (taper, swell)

    def at(self, outline: ArrayLike) -> Points:
        """Coordinates as pixels of `image`."""
        corners = points(outline)
        if any(self._bend):
            foot, middle = self.h * 0.8, self.w / 2
            rise = (foot - corners[:, 1]) / self.h
            wide = 1 + self._bend[0] * (rise - 0.3)
            high = rise * (1 + self._bend[1] * rise)
            corners = np.stack([middle + (corners[:, 0] - middle) * wide, foot - high * self.h], axis=1)
        return np.add(corners * self._unit, self._shift)

    # ---- areas and lines

    def area(self, outline: ArrayLike, fill: Fill, *, opacity: float = 1.0, blur: float = 0.0) -> None:
        """Fill an outline; `blur` (pixels) softens its edge."""
        corners = self.at(outline)
        if isinstance(fill, tuple) and opacity >= 1 and not blur:
            self.draw.polygon(corners.ravel().tolist(), fill=fill)
            return
        spot = self._mask(corners, blur * self._unit, opacity)
        if spot is None:
            return
        mask, corner = spot
        if isinstance(fill, tuple):
            self.image.paste(fill, (*corner, corner[0] + mask.width, corner[1] + mask.height), mask)
        else:
            self.image.paste(shade(fill, mask.size), corner, mask)

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        """A plain rectangle, for the thousands of small ones."""
        self.draw.rectangle(self.at([(x0, y0), (x1, y1)]).ravel().tolist(), fill=colour)

    def shadow(
        self,
        outline: ArrayLike,
        *,
        dx: float = 0,
        dy: float = 0,
        blur: float = 12,
        opacity: float = 0.3,
        colour: Colour = (24, 18, 34),
    ) -> None:
        """A soft shadow of an outline, moved by dx, dy."""
        self.area(moved(outline, dx, dy), colour, opacity=opacity, blur=blur)

    def line(self, path: ArrayLike, colour: Colour, width: float = 1.0) -> None:
        """A line with rounded joints."""
        corners = [(x, y) for x, y in self.at(path).tolist()]
        self.draw.line(corners, fill=colour, width=max(1, round(width * self._unit)), joint="curve")

    def dots(
        self, places: ArrayLike, radius: float | Sequence[float] | NDArray[Any], colours: Sequence[Colour]
    ) -> None:
        """Many discs; colours are taken in turn."""
        where = self.at(places)
        sizes = np.broadcast_to(np.asarray(radius, dtype=float) * self._unit, (len(where),))
        for index, ((x, y), r) in enumerate(zip(where.tolist(), sizes.tolist(), strict=True)):
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colours[index % len(colours)])

    def _mask(
        self, corners: Points, blur: float = 0, opacity: float = 1
    ) -> tuple[Image.Image, tuple[int, int]] | None:
        """The outline as a mask and where it goes; None where it is outside the picture."""
        pad = blur * 2.5 + 2
        left, top = (int(v) for v in np.maximum(np.floor(corners.min(0) - pad), 0))
        right, bottom = (int(v) for v in np.minimum(np.ceil(corners.max(0) + pad), self.image.size))
        if right <= left or bottom <= top:
            return None
        # Wide blurs are made small and enlarged: same look, a tenth of the time.
        step = 4 if blur >= 10 else 1
        small = (max(1, (right - left) // step), max(1, (bottom - top) // step))
        mask = Image.new("L", small)
        ImageDraw.Draw(mask).polygon(
            ((corners - (left, top)) / step).ravel().tolist(), fill=round(255 * opacity)
        )
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur / step))
        if step > 1:
            mask = mask.resize((right - left, bottom - top), Image.Resampling.BILINEAR)
        return mask, (left, top)

    # ---- light

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Light around a point, added to what is there."""
        (middle,) = self.at([(x, y)]).astype(int)
        r = int(radius * self._unit)
        # Pillow's gradient is 0 in the middle and about 178 at the nearest edge.
        disc = Image.radial_gradient("L").point(
            [round(255 * strength * max(0.0, 1 - value / 174) ** 2.0) for value in range(256)]
        )
        left, top = int(middle[0]) - r, int(middle[1]) - r
        light = disc.resize((2 * r, 2 * r), Image.Resampling.BILINEAR)
        self.image.paste(colour, (left, top, left + light.width, top + light.height), light)

    def haze(self, top: float, bottom: float, colour: Colour, opacity: float) -> None:
        """A veil that thickens from top to bottom."""
        height = max(1, int((bottom - top) * SCALE))
        ramp = Image.linear_gradient("L").point([round(value * opacity) for value in range(256)])
        mask = ramp.resize((self.image.width, height), Image.Resampling.BILINEAR)
        self.image.paste(colour, (0, int(top * SCALE), mask.width, int(top * SCALE) + mask.height), mask)

    def veil(self, opacity: NDArray[Any], colour: Colour) -> None:
        """A colour over everything, `opacity` (any height, any width, 0…1) enlarged to the picture."""
        mask = Image.fromarray((np.clip(opacity, 0, 1) * 255).astype(np.uint8))
        self.image.paste(colour, (0, 0), mask.resize(self.image.size, Image.Resampling.BICUBIC))

    # ---- surface

    def grainy(
        self,
        outline: ArrayLike,
        amount: float = 0.08,
        *,
        cell: float = 24,
        stretch: float = 1.0,
        octaves: int = 4,
    ) -> None:
        """Uneven brightness inside an outline: plaster, cloth, wood (stretch ≠ 1), stone."""
        spot = self._mask(self.at(outline))
        if spot is None:
            return
        mask, (left, top) = spot
        width, height = mask.size
        half = noise(
            max(2, width // SCALE),
            max(2, height // SCALE),
            self.random,
            cell=cell,
            stretch=stretch,
            octaves=octaves,
        )
        delta = Image.fromarray(np.clip(128 + half * amount * 255, 0, 255).astype(np.uint8))
        delta = delta.resize(mask.size, Image.Resampling.BILINEAR)
        region = self.image.crop((left, top, left + width, top + height))
        even = Image.merge("RGB", (delta,) * 3)
        self.image.paste(ImageChops.add(region, even, 1, -128), (left, top), mask)

    def strokes(
        self,
        window: tuple[float, float, float, float],
        count: int,
        *,
        length: float = 14,
        width: float = 3,
        angle: float = 0.0,
        spread: float = 25.0,
        jitter: float = 16.0,
    ) -> None:
        """Brush strokes inside a window, each in the colour that is there, a little off."""
        x0, y0, x1, y1 = (value * SCALE for value in window)
        x, y = self.random.uniform(x0, x1, count), self.random.uniform(y0, y1, count)
        pixels = np.asarray(self.image)
        inside = (
            np.clip(y, 0, self.image.height - 1).astype(int),
            np.clip(x, 0, self.image.width - 1).astype(int),
        )
        shift = self.random.normal(0, jitter, (count, 1)) + self.random.normal(0, jitter / 3, (count, 3))
        colours = np.clip(pixels[inside] + shift, 0, 255).astype(int)
        turn = np.radians(self.random.normal(angle, spread, count))
        reach = self.random.uniform(0.5, 1.3, count) * length * SCALE / 2
        dx, dy = np.cos(turn) * reach, np.sin(turn) * reach
        thick = np.maximum(1, self.random.uniform(0.5, 1.2, count) * width * SCALE).astype(int)
        ends = np.stack([x - dx, y - dy, x + dx, y + dy], axis=1)
        for end, colour, size in zip(ends.tolist(), colours.tolist(), thick.tolist(), strict=True):
            self.draw.line(end, fill=tuple(colour), width=size)

    def reflect(self, shore: float, tint: Colour, *, strength: float = 0.35, ripple: float = 3.0) -> None:
        """Water from `shore` down: what is above it upside down, rippled, tinted."""
        top = int(shore * SCALE)
        depth = self.image.height - top
        if depth <= 0:
            return
        above = (
            self.image.crop((0, max(0, top - depth), self.image.width, top))
            .transpose(Image.Transpose.FLIP_TOP_BOTTOM)
            .resize((self.image.width, depth), Image.Resampling.BILINEAR)
        )
        pixels = np.asarray(above)
        rows = np.arange(depth)
        near = rows / depth
        wave = (
            np.sin(rows / (4 + 14 * near))
            + 0.6 * self.random.standard_normal(depth // 3 + 1).repeat(3)[:depth]
        )
        shift = (wave * ripple * SCALE * (0.4 + 1.6 * near)).astype(int)
        columns = (np.arange(self.image.width)[None, :] + shift[:, None]) % self.image.width
        water = Image.fromarray(pixels[rows[:, None], columns])
        self.image.paste(Image.blend(water, Image.new("RGB", water.size, tint), strength), (0, top))

    # ---- writing

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        colour: Colour,
        *,
        anchor: str = "la",
        bold: float = 0.0,
        spacing: float = 0.0,
        turn: float = 0.0,
    ) -> float:
        """Write at x, y (Pillow's anchors); `bold` and `spacing` in pixels. Returns the width."""
        font = ImageFont.load_default(size * self._unit)
        if turn:
            return self._turned_text((x, y), words, font, colour, turn, bold)
        stroke = bold * self._unit
        if not spacing:
            self.draw.text(place(self.at([(x, y)])[0]), words, colour, font, anchor, stroke_width=stroke)
            return float(font.getlength(words)) / self._unit
        widths = [font.getlength(letter) / self._unit + spacing for letter in words]
        width = sum(widths) - spacing
        left = x - {"l": 0.0, "m": width / 2, "r": width}[anchor[0]]
        for letter, step in zip(words, widths, strict=True):
            corner = place(self.at([(left, y)])[0])
            self.draw.text(corner, letter, colour, font, "l" + anchor[1], stroke_width=stroke)
            left += step
        return width

    def _turned_text(
        self, middle: tuple[float, float], words: str, font: Any, colour: Colour, turn: float, bold: float
    ) -> float:
        width, height = font.getlength(words), font.size * 1.3
        mask = Image.new("L", (int(width) + 8, int(height) + 8))
        ImageDraw.Draw(mask).text(
            (mask.width / 2, mask.height / 2), words, 255, font, "mm", stroke_width=bold * self._unit
        )
        mask = mask.rotate(-turn, Image.Resampling.BICUBIC, expand=True)
        x, y = place(self.at([middle])[0])
        corner = (int(x - mask.width / 2), int(y - mask.height / 2))
        self.image.paste(Image.new("RGB", mask.size, colour), corner, mask)
        return float(width) / self._unit

    # ---- done

    def finished(self, *, grain: float = 3.0, vignette: float = 0.0) -> Image.Image:
        """Scaled down; with film grain (± levels) and darker corners."""
        small = self.image.reduce(SCALE)
        if vignette:
            corners = Image.radial_gradient("L").resize(small.size, Image.Resampling.BILINEAR)
            mask = corners.point([round(max(0, value - 90) * vignette) for value in range(256)])
            small = Image.composite(Image.new("RGB", small.size, (14, 12, 26)), small, mask)
        if not grain:
            return small
        return film_grain(small, grain, self.random)
