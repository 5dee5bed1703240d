"""What follows the first frame: the frames of an animation, the pages of a document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps

from dupedash.formats import format_of
from dupedash.images.digest import pixel_hash
from dupedash.images.modes import background_for, is_deep, shown, to_layer, to_rgb
from dupedash.images.odd.depth import in_deep_planes, loses_depth, tags_of, unsigned
from dupedash.images.profiles import colour_tag
from dupedash.images.reduce import reduced

KEPT = 16
"""So many frames of an animation, or pages, are kept to be compared; each costs 10 kB in the description."""
_HELD = 256
"""Frames held while an animation is read, to choose from: more are thinned out evenly."""
SIDE = 320
"""Long side of a kept frame in pixels: a little more than is compared."""
MOST_FRAMES = 100_000
"""Looked for in a file that does not tell how many it has."""
_ANIMATED = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
_UNTIMED = 100
"""Milliseconds for which viewers show a frame that tells no duration."""
_SUBFILE, _OTHER_THAN_PAGE = 254, 5  # TIFF: a smaller version of another page, or its mask


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """The frames of a file that has several, the first one included.

    paged     pages of a document, not frames of an animation
    count     how many there are
    spans     (k, 2) float32: when each kept frame begins and ends, in ms; of pages the number, from 0
    pixels    the kept frames, uint8 RGB, upright, at most `SIDE` long
    complete  every frame was read; else the picture makes no exact claim
    """

    paged: bool
    count: int
    spans: np.ndarray
    pixels: tuple[np.ndarray, ...]
    complete: bool


@dataclass(slots=True)
class _Reading:
    """Frames as they are read: hashed all, held thinned out."""

    paged: bool
    digest: hashlib._Hash
    whole: bool = True  # every frame is in the digest with all its bits
    damaged: bool = False
    clock: float = 0.0
    background: int = 255
    held: list[tuple[float, float, np.ndarray]] = field(default_factory=list)
    every: int = 1

    def take(self, number: int, image: Image.Image, data: bytes) -> None:
        """The frame at which the image stands."""
        self.whole &= not loses_depth(image, data)
        if in_deep_planes(tags_of(image)):
            raise ValueError("colours of more than 8 bits, each by itself")
        image.load()
        upright = ImageOps.exif_transpose(image)
        layer = to_layer(upright, unsigned(image))
        tag = colour_tag(image, layer.mode, data)
        duration = float(image.info.get("duration") or 0)
        found = frame_hash(upright, layer, tag, lambda: np.asarray(to_rgb(layer)))
        self.digest.update(f"{found} {duration:.0f}".encode())
        self._hold(number, image, layer, 1.0 if self.paged else duration or _UNTIMED)

    def _hold(self, number: int, image: Image.Image, layer: Image.Image, duration: float) -> None:
        begin, self.clock = self.clock, self.clock + duration
        if self.paged and (number >= KEPT or _no_page(image)):
            return
        if number % self.every:
            return
        small = reduced(layer, SIDE)
        if layer.mode == "RGBA" and not self.held:
            self.background = background_for(small)
        self.held.append((begin, self.clock, np.asarray(shown(small, image, self.background))))
        if len(self.held) > _HELD:
            self.held, self.every = self.held[::2], self.every * 2


def frame_hash(upright: Image.Image, layer: Image.Image, tag: str, rgb: Callable[[], np.ndarray]) -> str:
    """The hash of one picture: `layer` where it holds all that `upright` does, else the picture's numbers.
    `rgb`: the layer's pixels, uint8 (h, w, 3), where it has no other colours."""
    if is_deep(upright):
        values = np.asarray(upright)
        return pixel_hash(values.astype(values.dtype.newbyteorder("=")), tag)
    if layer.mode in ("RGB", "L") and upright.mode not in ("LAB", "YCbCr", "HSV"):
        return pixel_hash(rgb(), tag)
    exact = layer if layer.mode == "RGBA" else upright
    return pixel_hash(np.asarray(exact), f"{exact.mode} {tag}")


def frame_count(image: Image.Image) -> int | None:
    """How many frames or pages a file has; None where it is damaged before that can be told."""
    known = format_of(image.format)
    if known is not None and known.layered:  # Pillow counts the layers
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:  # as in `decode`: a plugin may raise anything on damaged data
        return None


def frames_of(
    image: Image.Image, data: bytes, count: int | None, most_pixels: int
) -> tuple[Frames | None, str | None, bool]:
    """The frames of a file that has `count`, None if there is but one that a viewer shows; the hash of all,
    with durations and repetitions, as they are shown; and whether one is damaged.

    No hash where not all could be read: damaged ones, or more than `most_pixels` in all.
    """
    if image.format not in _ANIMATED and image.format != "TIFF":
        return None, None, False  # several pictures of which viewers show the first
    loop = image.info.get("loop", 1)
    reading = _Reading(image.format == "TIFF", hashlib.sha256(f"frames {count} {loop}".encode()))
    read = sum(1 for _ in _read(image, data, count or MOST_FRAMES, most_pixels, reading))
    complete = read == count
    digest = reading.digest.hexdigest() if complete and reading.whole else None
    kept = _chosen(reading)
    if len(kept) < 2:
        return None, digest, reading.damaged or count is None
    spans = np.array([(begin, end) for begin, end, _ in kept], np.float32)
    frames = Frames(reading.paged, count or read, spans, tuple(p for *_, p in kept), complete)
    return frames, digest, reading.damaged or count is None


def _read(image: Image.Image, data: bytes, count: int, most: int, reading: _Reading) -> Iterator[None]:
    """One step for every frame that was read, until one cannot be."""
    pixels = 0
    for number in range(count):
        try:
            image.seek(number)
            pixels += image.width * image.height
            if pixels > most:
                return
            reading.take(number, image, data)
        except Exception:  # as in `decode`: a plugin may raise anything on damaged data
            reading.damaged = True
            return
        yield


def _chosen(reading: _Reading) -> list[tuple[float, float, np.ndarray]]:
    """At most KEPT: of an animation those shown at moments that divide it evenly."""
    if len(reading.held) <= KEPT:
        return reading.held
    begins = np.array([begin for begin, *_ in reading.held])
    moments = (np.arange(KEPT) + 0.5) / KEPT * reading.clock
    places = np.unique(np.searchsorted(begins, moments, side="right") - 1)
    return [reading.held[place] for place in places.tolist()]


def _no_page(image: Image.Image) -> bool:
    kind = getattr(image, "tag_v2", {}).get(_SUBFILE, 0)
    return isinstance(kind, int) and bool(kind & _OTHER_THAN_PAGE)
