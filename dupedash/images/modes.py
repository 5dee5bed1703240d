"""Any Pillow mode → RGB: 16-bit, floating point, CMYK, palettes; transparency over white."""

from __future__ import annotations

import numpy as np
from PIL import Image

_WITH_ALPHA = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})


def to_rgb(image: Image.Image) -> Image.Image:
    """The picture in 8-bit RGB. ICC profiles are ignored: comparison needs no exact colours."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        return _on_white(image)
    if image.mode.startswith("I;16"):
        return _gray(np.asarray(image) / 257.0)
    if image.mode in ("I", "F"):
        return _gray(_stretched(np.asarray(image)))
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    white.alpha_composite(layer)
    return white.convert("RGB")


def _gray(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8)).convert("RGB")


def _stretched(values: np.ndarray) -> np.ndarray:
    """0…255 over the range that occurs: 32-bit and floating-point pictures have no agreed white."""
    finite = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    return (finite - low) * (255.0 / (high - low)) if high > low else np.zeros_like(finite)
