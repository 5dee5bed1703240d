"""Colour profiles: what a picture looks like does not follow from its numbers alone."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from dupedash.images.madeprofile import PRIMARIES, Colours, made_profile

_CLOSE = 1
"""Levels of 255 by which a profile may differ from sRGB and count as such: the many sRGB profiles in use
round their curves differently."""
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
# What viewers do by default: keep colours that both know, map black to black.
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_NCLX, _CICP = b"colrnclx", b"cICP"  # where AVIF and PNG keep the code points of H.273
_LIKE_SRGB = frozenset({1, 2, 6, 13})
"""Code points of H.273 that viewers show as sRGB: BT.709, none, BT.601 and sRGB itself."""
_CODED = {
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (0.3127, 0.329, 0.64, 0.33, 0.29, 0.6, 0.15, 0.06),
    9: (0.3127, 0.329, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046),
    12: (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
}
"""H.273: white, red, green, blue of NTSC, BT.470, BT.2020 and Display P3."""
_UNSAID = (2, 2)  # ITU-T H.273: unspecified primaries and curve
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0, 14: 0.0, 15: 0.0}
"""H.273: the exponent of a transfer characteristic; 0 where it is sRGB's curve, or taken for it."""
_USUAL = 1 / 2.2  # the exponent of a screen where none is given
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


def imply_profile(image: Image.Image, data: bytes) -> None:
    """Give a picture without a profile the one that its file implies: by code points (HEIC, AVIF), or by
    gamma and primaries (PNG). `data` are the bytes of its file."""
    colours = None if image.info.get("icc_profile") else _implied(image, data)
    if colours is not None and not colours.as_srgb:
        image.info["icc_profile"] = made_profile(colours, gray=image.mode[:1] in ("L", "I", "1"))


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
    primaries, transfer = _code_points(image, data)
    return "" if primaries in _LIKE_SRGB and transfer in _LIKE_SRGB else f"h273 {primaries} {transfer}"


def _implied(image: Image.Image, data: bytes) -> Colours | None:
    """None where nothing is said, or what no plain profile can say (HDR)."""
    primaries, transfer = _code_points(image, data)
    if image.format == "PNG" and (primaries, transfer) == _UNSAID:
        return _of_png(image)
    gamma = 0.0 if transfer in _LIKE_SRGB else _GAMMAS.get(transfer)
    coordinates = PRIMARIES if primaries in _LIKE_SRGB else _CODED.get(primaries)
    return Colours(coordinates, gamma) if coordinates and gamma is not None else None


def _of_png(image: Image.Image) -> Colours | None:
    """Another gamma or other primaries than sRGB's, which browsers and editors heed."""
    given = image.info.get("gamma"), image.info.get("chromaticity")
    if "srgb" in image.info or given == (None, None):
        return None
    gamma, coordinates = given[0] or _USUAL, given[1] or PRIMARIES
    near = np.allclose((gamma, *coordinates), (_USUAL, *PRIMARIES), atol=0.01)
    possible = 0.1 <= gamma <= 1 and np.all(np.asarray(coordinates) > 0)
    return None if near or not possible else Colours(tuple(coordinates), 1 / gamma)


def _code_points(image: Image.Image, data: bytes) -> tuple[int, int]:
    """Primaries and transfer characteristics by H.273; 2: not said."""
    if image.format == "HEIF":
        coded = image.info.get("nclx_profile") or {}
        return int(coded.get("color_primaries", 2)), int(coded.get("transfer_characteristics", 2))
    if image.format == "PNG":
        found = _after(_CICP, data[: data.find(b"IDAT")])
        return (found[0], found[1]) if len(found) == 4 else _UNSAID
    found = _after(_NCLX, data) if image.format == "AVIF" else b""
    return (found[1], found[3]) if len(found) == 4 else _UNSAID


def _after(marker: bytes, data: bytes) -> bytes:
    """The four bytes behind a marker; fewer where it is not there."""
    at = data.find(marker) + len(marker)
    return data[at : at + 4] if at >= len(marker) else b""


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
