"""One picture file → upright RGB pixels, reduced on the way, within limits."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from dupedash.errors import UnreadableImage
from dupedash.images.digest import jpeg_hash, pixel_hash
from dupedash.images.exif import Exif, read_exif
from dupedash.images.files import LIMITS, Limits, checked, printable, read_file
from dupedash.images.modes import to_rgb

Image.init()
pillow_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = None  # `_check_pixels` does it, with our limit and a reason that gives the size
ImageFile.LOAD_TRUNCATED_IMAGES = False  # half a picture must be reported, not compared
warnings.filterwarnings("ignore", module=r"PIL\.")  # damaged metadata are none of the user's business

# Only formats of pictures that people keep; never those that start other programs (EPS) or are rarely fuzzed.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "DIB", "AVIF", "HEIF", "JPEG2000", "PPM")
_NAMES = {"MPO": "JPEG", "DIB": "BMP", "HEIF": "HEIC"}

NO_MEMORY = "not enough memory"
"""The one reason that says nothing of the picture: another try may succeed."""

# Up to here a JPEG is decoded in full and its pixels are hashed; above, `jpeg_hash` takes their place and the
# decoder does most of the reduction (see there for the cost). Other formats have no cheaper decoding.
FULL_JPEG_PIXELS = 4_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture.

    pixels         uint8 RGB, H×W×3, upright, long side as asked for (never enlarged)
    width, height  of the original, upright
    format         "JPEG", "PNG", "HEIC" …
    pixel_hash     of the full-size upright pixels; None where it was not asked for
    """

    pixels: np.ndarray
    width: int
    height: int
    format: str
    exif: Exif
    pixel_hash: str | None = None


def decode(
    source: Path | bytes,
    *,
    long_side: int | None = None,
    limits: Limits = LIMITS,
    hashed: bool = False,
    name: str = "upload",
) -> Picture:
    """The first frame of a file (or of its bytes, then called `name`), at most `long_side` pixels long.

    The same bytes and `long_side` give the same pixels, whoever asks. `hashed` also makes `pixel_hash`.
    Raises UnreadableImage.
    """
    name, data = _load(source, name, limits)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check_pixels(image, name, limits)
            return _decoded(image, data, long_side, hashed)
    except UnreadableImage:
        raise
    # Pillow's plugins raise nearly every built-in exception on damaged files: this is the rim of one picture.
    except Exception as error:
        raise UnreadableImage(name, _reason(error)) from error


def picture_size(data: bytes, name: str = "upload") -> tuple[int, int]:
    """Width and height as the file claims them, not turned upright. Raises UnreadableImage."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            return image.size
    except Exception as error:  # as in `decode`
        raise UnreadableImage(name, _reason(error)) from error


def _load(source: Path | bytes, name: str, limits: Limits) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        return name, checked(source, name, limits)
    return printable(source), read_file(source, limits)


def _check_pixels(image: Image.Image, name: str, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.max_pixels:
        raise UnreadableImage(name, f"claims {width}×{height} pixels: more than the limit")


def _decoded(image: Image.Image, data: bytes, long_side: int | None, hashed: bool) -> Picture:
    kind = image.format or ""
    exif = read_exif(image)
    width, height = image.size
    dear = kind in ("JPEG", "MPO") and width * height > FULL_JPEG_PIXELS
    if dear and long_side:
        image.draft("RGB", (2 * long_side, 2 * long_side))
    image.load()
    turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)  # Pillow turns TIFF itself, in `load`
    upright = to_rgb(ImageOps.exif_transpose(image))
    digest = None
    if hashed:
        digest = jpeg_hash(data, exif.orientation) if dear else pixel_hash(np.asarray(upright))
    pixels = np.asarray(_reduced(upright, long_side))
    return Picture(
        pixels,
        height if turned else width,
        width if turned else height,
        _NAMES.get(kind, kind),
        exif,
        digest,
    )


def _reduced(image: Image.Image, long_side: int | None) -> Image.Image:
    if long_side is None or max(image.size) <= long_side:
        return image
    scale = long_side / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # Whole-number box reduction first (fast), then an antialiasing filter for the rest.
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _reason(error: Exception) -> str:
    text = re.sub(r"<_io\.BytesIO.*?>", "it", str(error)).lower()
    if isinstance(error, UnidentifiedImageError):
        return "not an image"
    if isinstance(error, MemoryError):
        return NO_MEMORY
    if any(sign in text for sign in ("truncated", "unexpected end", "not enough data", "incomplete")):
        return "truncated"
    return f"damaged ({text[:80]})" if text else "damaged"
