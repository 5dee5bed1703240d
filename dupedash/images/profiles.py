"""Colour profiles: what a picture looks like does not follow from its numbers alone."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_CLOSE = 1
"""Levels of 255 by which a profile may differ from sRGB and count as such: the many sRGB profiles in use
round their curves differently."""
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
# What viewers do by default: keep colours that both know, map black to black.
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_PRIMARIES = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)  # of sRGB: white, red, green, blue
_NCLX = b"colrnclx"
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A usable colour profile that is not sRGB; `tag` names it, `to_srgb` is for images of one mode."""

    tag: str
    transform: ImageCms.ImageCmsTransform

    def to_srgb(self, image: Image.Image) -> Image.Image:
        """The picture in sRGB, mode RGB."""
        shown = ImageCms.applyTransform(image, self.transform)
        if shown is None:
            raise ValueError("a transform that is not in place gave no picture")
        return shown


def profile_of(image: Image.Image, mode: str) -> Profile | None:
    """The profile by which a picture with channels of `mode` (RGB, L, CMYK) is shown.

    None where it has none, or is sRGB, or cannot be used: then viewers take it for sRGB, too.
    """
    data = image.info.get("icc_profile")
    return _known(data, mode) if isinstance(data, bytes) and data else None


def colour_tag(image: Image.Image, mode: str, data: bytes) -> str:
    """What else than the numbers of the file `data` decides its colours: empty for sRGB."""
    if image.info.get("icc_profile"):
        profile = profile_of(image, mode)
        return profile.tag if profile else ""
    match image.format:
        case "PNG":
            return _of_png(image)
        case "HEIF":
            coded = image.info.get("nclx_profile") or {}
            return _coded(int(coded.get("color_primaries", 2)), int(coded.get("transfer_characteristics", 2)))
        case "AVIF":
            at = data.find(_NCLX) + len(_NCLX)
            return _coded(data[at + 1], data[at + 3]) if at >= len(_NCLX) else ""
    return ""


def _of_png(image: Image.Image) -> str:
    """Another gamma or other primaries than sRGB's, which browsers and editors heed."""
    given = (image.info.get("gamma", 1 / 2.2), *image.info.get("chromaticity", _PRIMARIES))
    near = np.allclose(given, (1 / 2.2, *_PRIMARIES), atol=0.01)
    return "" if near or "srgb" in image.info else f"png {given}"


def _coded(primaries: int, transfer: int) -> str:
    """Code points of H.273; those of sRGB and BT.709, and none, are shown as sRGB."""
    return "" if primaries in (1, 2) and transfer in (1, 2, 6, 13) else f"h273 {primaries} {transfer}"


@lru_cache(16)  # up to some MB each; the photos of a folder share a few
def _known(data: bytes, mode: str) -> Profile | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(data))
        transform = ImageCms.buildTransform(source, _SRGB, mode, "RGB", _INTENT, _FLAGS)
        profile = Profile(hashlib.sha256(data).hexdigest(), transform)
        same = mode != "CMYK" and _as_srgb(profile, mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # damaged, or a profile of other channels than the picture's
    return None if same else profile


def _as_srgb(profile: Profile, mode: str) -> bool:
    """Whether it leads from every eighth level of each channel to (nearly) the same colour."""
    levels = np.r_[0:256:8, 255].astype(np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1) if mode == "RGB" else levels[None]
    plain = Image.fromarray(np.ascontiguousarray(grid.reshape(1, -1, 3) if mode == "RGB" else grid))
    shown = np.asarray(profile.to_srgb(plain)).astype(int)
    return bool(np.abs(shown - np.asarray(plain.convert("RGB"))).max() <= _CLOSE)
