"""One picture file → upright RGB pixels, reduced on the way, within limits."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageFile, ImageOps

from dupedash.errors import UnreadableImage
from dupedash.formats import PILLOW, format_of, shown_name
from dupedash.images import extra
from dupedash.images.digest import jpeg_end, jpeg_hash, pixel_hash
from dupedash.images.exif import Exif, exif_of, read_exif
from dupedash.images.files import LIMITS, Limits, checked, not_decoded, printable, read_file
from dupedash.images.frames import Frames, frame_count, frame_hash, frames_of
from dupedash.images.marks.measure import Marks, measure
from dupedash.images.modes import background_for, shown, to_8_bits, to_layer, to_rgb
from dupedash.images.motion import has_video
from dupedash.images.odd import mend
from dupedash.images.odd.depth import all_bits, in_deep_planes, loses_depth, tags_of, unsigned
from dupedash.images.odd.ends import end_is_missing
from dupedash.images.odd.reasons import reason_of
from dupedash.images.profiles import colour_tag, imply_profile
from dupedash.images.reduce import is_flat, lengthened, reduced

Image.init()
pillow_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = None  # `_check_pixels` does it, with our limit and a reason that gives the size
ImageFile.LOAD_TRUNCATED_IMAGES = False  # half a picture must be reported, not compared
warnings.filterwarnings("ignore", module=r"PIL\.")  # damaged metadata are none of the user's business

# Only formats of pictures that people keep; never those that start other programs (EPS) or are rarely fuzzed.
_FORMATS = PILLOW
_JPEG = ("JPEG", "MPO")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By EXIF orientation: what makes a picture upright."""

# Up to here a JPEG is decoded in full and its pixels are hashed; above, `jpeg_hash` takes their place and the
# decoder does most of the reduction (see there for the cost). Other formats have no cheaper decoding.
FULL_JPEG_PIXELS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    pixels         uint8 RGB, H×W×3, upright, in sRGB, long side as asked for (never enlarged)
    width, height  of the original, upright
    format         "JPEG", "PNG", "HEIC" …
    pixel_hash     of all that a viewer shows, at full size, depth and length; None where it was not asked for
                   or not all could be read: such a picture makes no exact claim
    beneath        the same over the other background, where something is transparent: `pixels` are over
                   white, or over black if white would swallow them
    frames         of an animation or a document of several pages; None where there is but one, or they were
                   not asked for
    marks          of the first frame at full size; None where no hash was asked for
    damage         what is wrong with a file that can be compared all the same
    frame_count    of an animation, pages of a document, or views of a file of several lenses
    video          a short video follows the picture in the file (a motion photo)
    """

    pixels: np.ndarray
    width: int
    height: int
    format: str
    exif: Exif
    pixel_hash: str | None = None
    beneath: np.ndarray | None = None
    frames: Frames | None = None
    damage: str | None = None
    marks: Marks | None = None
    frame_count: int = 1
    video: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be made of a file; `exact` and `damage` as in `Mended`."""

    long_side: int | None
    lengthen: bool
    hashed: bool
    limits: Limits
    exact: bool = True
    damage: str | None = None

    def side_for(self, size: tuple[int, int]) -> int | None:
        """The long side of a picture of this size."""
        return lengthened(self.long_side, size) if self.lengthen and self.long_side else self.long_side


def decode(
    source: Path | bytes,
    *,
    long_side: int | None = None,
    lengthen: bool = False,
    limits: Limits = LIMITS,
    hashed: bool = False,
    name: str = "upload",
) -> Picture:
    """The first frame of a file (or of its bytes, then called `name`), at most `long_side` pixels long.

    The same bytes and `long_side` give the same pixels, whoever asks. `lengthen` leaves very long pictures
    longer (see `reduce`). `hashed` also makes `pixel_hash`, `beneath`, `frames` and
    `marks`. Raises UnreadableImage.
    """
    name, data = _load(source, name, limits)
    wanted = _Wanted(long_side, lengthen, hashed, limits)
    if read := extra.reader(name):
        return _by_extra(read, data, name, wanted)
    try:
        with _opened(data) as image:
            return _decoded(image, data, name, wanted)
    except UnreadableImage:
        raise
    # Pillow's plugins raise nearly every built-in exception on damaged files: this is the rim of one picture.
    except Exception as error:
        return _mended(data, name, wanted, error)


def _by_extra(read: extra.Read, data: bytes, name: str, wanted: _Wanted) -> Picture:
    """What a library other than Pillow reads. It makes no exact claim. Raises UnreadableImage."""
    if reason := not_decoded(name):
        raise UnreadableImage(name, reason)
    try:
        found = read(data, name, wanted.limits, wanted.long_side)
        with found.image as image:
            picture = _decoded(image, found.data, name, replace(wanted, exact=False, damage=found.damage))
    except UnreadableImage:
        raise
    except Exception as error:  # as in `decode`
        raise UnreadableImage(name, reason_of(error, data)) from error
    width, height = found.size or (picture.width, picture.height)
    return replace(
        picture,
        pixels=np.ascontiguousarray(np.rot90(picture.pixels, found.turns)),
        width=width,
        height=height,
        format=extra.named(name),
        exif=exif_of(found.exif) if found.exif else picture.exif,
    )


def picture_size(data: bytes, name: str = "upload") -> tuple[int, int]:
    """Width and height as the file claims them, not turned upright. Raises UnreadableImage."""
    try:
        with _opened(data) as image:
            return image.size
    except Exception as error:  # as in `decode`
        raise UnreadableImage(name, reason_of(error, data)) from error


def _load(source: Path | bytes, name: str, limits: Limits) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        return name, checked(source, name, limits)
    return printable(source), read_file(source, limits)


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=_FORMATS)


def _mended(data: bytes, name: str, wanted: _Wanted, error: Exception) -> Picture:
    """The picture as other viewers read it. Raises UnreadableImage with the reason of the first error."""
    for way in mend.ways(data, _opened):
        if way.size is not None:
            _check_pixels(way.size, name, wanted.limits)
        try:
            with way.open() as image:
                return _decoded(image, way.data, name, replace(wanted, exact=way.exact, damage=way.damage))
        except UnreadableImage:
            raise
        except Exception:  # as in `decode`: then it is damaged in another way, too
            continue
    raise UnreadableImage(name, reason_of(error, data)) from error


def _check_pixels(size: tuple[int, int], name: str, limits: Limits) -> None:
    width, height = size
    if width * height > limits.max_pixels:
        raise UnreadableImage(name, f"claims {width}×{height} pixels: more than the limit")


@dataclass(frozen=True, eq=False)
class _Source:
    """A picture file that was read.

    layer    the upright picture of 8 bits, as large as it was decoded
    upright  the same with all its bits, but for those that Pillow does not read (`shallow`)
    bits     which OpenCV read, where it could
    dear     a JPEG that is decoded smaller than it is
    """

    image: Image.Image
    data: bytes
    exif: Exif
    size: tuple[int, int]
    upright: Image.Image
    layer: Image.Image
    shallow: bool
    bits: np.ndarray | None
    dear: bool
    damage: str | None

    @cached_property
    def rgb(self) -> np.ndarray:
        """The layer's pixels, uint8 (h, w, 3). Pillow packs them anew for each who asks."""
        return np.asarray(to_rgb(self.layer))

    def pixel_hash(self) -> str | None:
        """The hash of the one picture, at full size and depth."""
        tag = colour_tag(self.image, self.layer.mode, self.data) + _views(self.image, self.data)
        if self.dear:
            return jpeg_hash(self.data, self.exif.orientation, tag)
        if self.shallow:
            turned = f"turned {self.exif.orientation} {tag}"
            return None if self.bits is None else pixel_hash(self.bits, turned)
        return frame_hash(self.upright, self.layer, tag, lambda: self.rgb)


def _decoded(image: Image.Image, data: bytes, name: str, wanted: _Wanted) -> Picture:
    _check_pixels(image.size, name, wanted.limits)
    if in_deep_planes(tags_of(image)):
        raise UnreadableImage(name, "not supported (colours of more than 8 bits, each by itself)")
    known = format_of(image.format)
    wanted = replace(wanted, exact=wanted.exact and not (known and known.layered))
    source = _read(image, data, wanted)
    small = reduced(source.layer, wanted.side_for(source.size))
    background = background_for(small) if small.mode == "RGBA" else 255
    kind = image.format or ""
    seen = shown(small, image, background)
    picture = Picture(
        source.rgb if seen is source.layer else np.asarray(seen),
        *source.size,
        shown_name(kind),
        source.exif,
        damage=source.damage,
    )
    if not wanted.hashed:
        return picture
    picture = replace(picture, marks=_marks(source), video=has_video(data))
    if small.mode == "RGBA":
        picture = replace(picture, beneath=np.asarray(shown(small, image, 255 - background)))
    return _with_frames(picture, source, wanted)


def _marks(source: _Source) -> Marks:
    known = format_of(source.image.format)
    tables = getattr(source.image, "quantization", None)
    return measure(source.rgb, tables, lossless=known is not None and known.lossless)


def _read(image: Image.Image, data: bytes, wanted: _Wanted) -> _Source:
    shallow = loses_depth(image, data)  # before anything loads the picture
    imply_profile(image, data)
    bits = all_bits(image, data) if shallow else None
    exif = read_exif(image)
    width, height = image.size
    side = wanted.side_for(image.size)
    dear = image.format in _JPEG and width * height > FULL_JPEG_PIXELS
    if dear and side:
        image.draft("RGB", (2 * side, 2 * side))
    image.load()
    damage = wanted.damage
    if damage == mend.NO_END:
        mend.check_rows(image)
    elif end_is_missing(image.format, data):
        damage = mend.NO_END  # all of the picture came before it, or the decoder would have complained
    turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)  # Pillow turns TIFF itself, in `load`
    upright = _upright(image)
    if bits is not None and bits.shape[2:] == (3,):
        layer = _layer(bits, exif.orientation)
    else:
        layer = to_layer(upright, unsigned(image))
    size = (height, width) if turned else (width, height)
    return _Source(image, data, exif, size, upright, layer, shallow, bits, dear, damage)


def _upright(image: Image.Image) -> Image.Image:
    """The picture turned as its EXIF says; itself where it is so and stays so: a copy is dear."""
    stays = image.format in _JPEG and image.getexif().get(0x0112, 1) == 1
    return image if stays else ImageOps.exif_transpose(image)


def _with_frames(picture: Picture, source: _Source, wanted: _Wanted) -> Picture:
    """With what follows the first frame, and the hash of all, where all could be read."""
    count = frame_count(source.image)
    picture = replace(picture, frame_count=count or 1)
    if count == 1 or source.image.format in _JPEG:
        exact = wanted.exact and not picture.damage
        return replace(picture, pixel_hash=source.pixel_hash() if exact else None)
    frames, digest, damaged = frames_of(source.image, source.data, count, wanted.limits.max_pixels)
    damage = "a later frame or page cannot be read" if damaged else picture.damage
    exact = wanted.exact and damage is None
    picture = replace(picture, frames=frames, damage=damage, pixel_hash=digest if exact else None)
    return _with_cover(picture, frames) if frames and is_flat(picture.pixels) else picture


def _with_cover(picture: Picture, frames: Frames) -> Picture:
    """With the first frame that shows anything in the place of one that shows nothing, as black ones do."""
    cover = next((pixels for pixels in frames.pixels if not is_flat(pixels)), None)
    return picture if cover is None else replace(picture, pixels=cover, beneath=None, marks=measure(cover))


def _layer(bits: np.ndarray, orientation: int) -> Image.Image:
    """Deep colours, blue first, as an upright picture of 8 bits."""
    layer = Image.fromarray(np.ascontiguousarray(to_8_bits(bits)[..., ::-1]))
    turn = _TURNS.get(orientation)
    return layer if turn is None else layer.transpose(turn)


def _views(image: Image.Image, data: bytes) -> str:
    """The hash of the further views in a file of two lenses (or of a brighter version for other screens)."""
    return (
        hashlib.sha256(memoryview(data)[jpeg_end(data) or len(data) :]).hexdigest()
        if image.format == "MPO"
        else ""
    )
