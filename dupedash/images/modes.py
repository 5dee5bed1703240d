"""Any Pillow mode → RGB: 16-bit, floating point, CMYK, palettes, colour profiles, transparency."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dupedash.images.profiles import profile_of

_WITH_ALPHA = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})
_LEAST_BITS = 10
"""Deep pictures that use fewer bits hold no light but labels or distances, and so no white of their own."""
_NEAR_WHITE = 240  # gray value from which a thing is hardly seen on white
_MOSTLY = 0.9
"""Share of what is visible from which light things on a transparent ground are seen over black."""


def is_deep(image: Image.Image) -> bool:
    """Whether a sample has more than 8 bits in Pillow, too."""
    return image.mode.startswith("I") or image.mode == "F"


def to_layer(image: Image.Image, unsigned: bool = False) -> Image.Image:
    """The same picture in mode RGB, RGBA (only where something is transparent), L or CMYK, of 8 bits.
    `unsigned`: its 32-bit samples have no sign, which Pillow does not know."""
    if is_deep(image):
        values = np.asarray(image)
        return Image.fromarray(to_8_bits(values.view(np.uint32) if unsigned else values))
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        layer = image.convert("RGBA")
        return layer if _translucent(layer) else layer.convert("RGB")
    if image.mode in ("RGB", "L", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def to_rgb(image: Image.Image) -> Image.Image:
    """The same picture in mode RGB: itself where it is, since a copy of a large one is dear."""
    return image if image.mode == "RGB" else image.convert("RGB")


def to_8_bits(values: np.ndarray) -> np.ndarray:
    """uint8 of deep samples of any type, H×W or H×W×3.

    Unsigned 16-bit samples are taken for the 10, 12, 14 or 16 bits that they use; others (distances, labels,
    floating point) have no agreed white and are stretched over the range that occurs.
    """
    unsigned = values.dtype.kind == "u" and values.dtype.itemsize == 2 and values.size
    used = int(values.max()).bit_length() if unsigned else 0
    light = used >= _LEAST_BITS
    scaled = values * (255.0 / (2 ** (used + used % 2) - 1)) if light else _stretched(values)
    rounded: np.ndarray = np.clip(scaled + 0.5, 0, 255).astype(np.uint8)
    return rounded


def shown(layer: Image.Image, source: Image.Image, background: int | None = None) -> Image.Image:
    """A layer as RGB in the colours that viewers show; what is transparent lies over a gray (default: white).

    `source` is the opened file, which tells the profile.
    """
    if layer.mode == "RGBA":
        layer = _over(layer, 255 if background is None else background)
    profile = profile_of(source, layer.mode)
    return profile.to_srgb(layer) if profile else to_rgb(layer)


def background_for(layer: Image.Image) -> int:
    """The gray (0 or 255) over which a transparent picture is compared: white, unless it would swallow nearly
    all that is visible. White drawings on a transparent ground are seen over black."""
    pixels = np.asarray(layer)
    alpha = pixels[..., 3].astype(np.float32)
    light = alpha[pixels[..., :3].min(axis=2) >= _NEAR_WHITE].sum()
    return 0 if light > _MOSTLY * max(1.0, float(alpha.sum())) else 255


def _translucent(layer: Image.Image) -> bool:
    lowest = layer.getchannel("A").getextrema()[0]
    return isinstance(lowest, int | float) and lowest < 255


def _over(layer: Image.Image, gray: int) -> Image.Image:
    ground = Image.new("RGBA", layer.size, (gray, gray, gray, 255))
    ground.alpha_composite(layer)
    return ground.convert("RGB")


def _stretched(values: np.ndarray) -> np.ndarray:
    """0…255 over the range that occurs."""
    finite = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    return (finite - low) * (255.0 / (high - low)) if high > low else np.zeros_like(finite)
