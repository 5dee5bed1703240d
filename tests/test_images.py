"""Every picture file becomes upright RGB pixels, or one plain reason why not."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dupedash.errors import UnreadableImage
from dupedash.images import Limits, content_hash, decode, looks_like_image, pixel_hash, render, thumbnail
from dupedash.images.encode import thumbnail_type

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF", "JPEG2000"]


def quarters(width: int = 60, height: int = 40) -> Image.Image:
    """Red, blue / green, black: every turn and mirroring of it looks different."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2, 0] = 255
    pixels[: height // 2, width // 2 :, 2] = 255
    pixels[height // 2 :, : width // 2, 1] = 255
    return Image.fromarray(pixels)


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def corners(pixels: np.ndarray) -> str:
    """The colours of the quarters by their letters, clockwise from the upper left."""
    letters = ""
    for y, x in ((3, 3), (3, -4), (-4, -4), (-4, 3)):
        colour = pixels[y, x]
        letters += "rgb"[colour.argmax()] if colour.max() > 128 else "-"
    return letters


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_picture(kind: str) -> None:
    picture = decode(saved(quarters(), kind))
    assert corners(picture.pixels) == "rb-g"
    assert (picture.width, picture.height, picture.pixels.dtype) == (60, 40, np.uint8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(
    ("orientation", "looks"),
    [(1, "rb-g"), (2, "brg-"), (3, "-grb"), (4, "g-br"), (5, "rg-b"), (6, "grb-"), (7, "-brg"), (8, "b-gr")],
)
def test_orientation_is_applied(kind: str, orientation: int, looks: str) -> None:
    picture = decode(saved(quarters(), kind, exif=turned(orientation)))
    assert corners(picture.pixels) == looks
    assert (picture.width, picture.height) == ((60, 40) if orientation < 5 else (40, 60))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("P", "PNG"), ("P", "GIF"), ("PA", "TIFF"), ("RGBA", "PNG")],
)
def test_colour_modes_keep_their_colours(mode: str, kind: str) -> None:
    image = quarters().convert("P").convert("PA") if mode == "PA" else quarters().convert(mode)
    assert corners(decode(saved(image, kind)).pixels) == "rb-g"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_what_is_transparent_is_white(kind: str) -> None:
    assert decode(saved(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), kind)).pixels.min() == 255


def test_a_transparent_palette_colour_is_white() -> None:
    image = Image.new("P", (8, 8), 0)
    image.putpalette([10, 20, 30] * 256)
    assert decode(saved(image, "PNG", transparency=0)).pixels.min() == 255


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.linspace(0, 65535, 64).astype(np.uint16), "PNG"),
        (np.linspace(0, 65535, 64).astype(np.uint16), "TIFF"),
        (np.linspace(-5000, 90000, 64).astype(np.int32), "TIFF"),
        (np.linspace(0, 1, 64).astype(np.float32), "TIFF"),
    ],
)
def test_deep_pictures_keep_their_gradient(values: np.ndarray, kind: str) -> None:
    pixels = decode(saved(Image.fromarray(np.tile(values, (4, 1))), kind)).pixels
    assert np.abs(pixels[0, :, 0].astype(int) - np.linspace(0, 255, 64)).max() <= 1


def test_deep_pictures_are_turned_upright_too() -> None:
    values = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (4, 1))
    assert decode(saved(Image.fromarray(values), "PNG", exif=turned(6))).pixels.shape == (64, 4, 3)


def test_floats_that_are_no_numbers_do_no_harm() -> None:
    values = np.array([[np.nan, np.inf], [0.0, 1.0]], np.float32)
    assert decode(saved(Image.fromarray(values), "TIFF")).pixels.shape == (2, 2, 3)


def test_one_bit_is_black_and_white() -> None:
    pixels = decode(saved(quarters().convert("1", dither=Image.Dither.NONE), "PNG")).pixels
    assert set(np.unique(pixels)) == {0, 255}


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_the_first_frame_counts(kind: str) -> None:
    white = Image.new("RGB", (60, 40), "white")
    assert corners(decode(saved(quarters(), kind, save_all=True, append_images=[white])).pixels) == "rb-g"


def test_long_side_reduces_and_never_enlarges() -> None:
    data = saved(noise(400, 100), "PNG")
    assert decode(data, long_side=100).pixels.shape == (25, 100, 3)
    assert decode(data, long_side=1000).pixels.shape == (100, 400, 3)
    assert decode(saved(noise(400, 1), "PNG"), long_side=100).pixels.shape == (1, 100, 3)


def test_a_large_jpeg_reports_its_real_size() -> None:
    data = saved(quarters(2600, 2001), "JPEG", exif=turned(6))
    picture = decode(data, long_side=300)
    assert (picture.width, picture.height) == (2001, 2600)
    assert picture.pixels.shape == (300, 231, 3)
    assert corners(picture.pixels) == corners(decode(data).pixels) == "grb-"


def test_the_pixel_hash_sees_through_the_container_and_only_that() -> None:
    image = noise(50, 40)
    png, bmp = decode(saved(image, "PNG"), hashed=True), decode(saved(image, "BMP"), hashed=True)
    back = image.transpose(Image.Transpose.ROTATE_90)
    tagged = decode(saved(back, "PNG", exif=turned(6)), hashed=True)
    assert png.pixel_hash == bmp.pixel_hash == tagged.pixel_hash == pixel_hash(np.asarray(image))
    assert png.pixel_hash != decode(saved(image, "JPEG"), hashed=True).pixel_hash
    assert pixel_hash(np.zeros((2, 3, 3), np.uint8)) != pixel_hash(np.zeros((3, 2, 3), np.uint8))


@pytest.mark.parametrize("size", [(60, 40), (2400, 2000)])
def test_metadata_do_not_change_the_pixel_hash_of_a_jpeg(size: tuple[int, int]) -> None:
    image = noise(*size)
    exif = Image.Exif()
    exif[0x010F] = "Some camera"
    plain = saved(image, "JPEG")
    tagged = saved(image, "JPEG", exif=exif, comment=b"hello", icc_profile=b"x" * 200)
    digests = {decode(d, long_side=s, hashed=True).pixel_hash for d in (plain, tagged) for s in (None, 100)}
    assert len(digests) == 1
    assert None not in digests
    assert decode(saved(image, "JPEG", exif=turned(3)), hashed=True).pixel_hash not in digests
    assert decode(saved(image, "JPEG", quality=60), hashed=True).pixel_hash not in digests


def test_the_pixel_hash_does_not_depend_on_the_reduction() -> None:
    data = saved(noise(300, 200), "WEBP", lossless=True)
    assert decode(data, hashed=True).pixel_hash == decode(data, long_side=50, hashed=True).pixel_hash


def test_exif_tells_when_and_by_what_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon\0", "Canon EOS 5D  "
    exif.get_ifd(0x8769)[0x9003] = "2021:07:03 12:30:00"
    exif.get_ifd(0x8769)[0x9011] = "+02:00"
    read = decode(saved(quarters(), "JPEG", exif=exif)).exif
    assert read.taken == datetime(2021, 7, 3, 10, 30, tzinfo=UTC)
    assert read.camera == "Canon EOS 5D"


@pytest.mark.parametrize("moment", ["0000:00:00 00:00:00", "yesterday", "", "2021:13:40 99:00:00"])
def test_senseless_dates_are_no_dates(moment: str) -> None:
    exif = Image.Exif()
    exif[0x0132] = moment
    assert decode(saved(quarters(), "JPEG", exif=exif)).exif.taken is None


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG file of that size, says its header, with next to no data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def reason(source: Path | bytes, **options: Any) -> str:
    with pytest.raises(UnreadableImage) as caught:
        decode(source, **options)
    return caught.value.reason


def test_each_kind_of_broken_file_has_its_plain_reason() -> None:
    assert reason(b"") == "empty file"
    assert reason(b"just some text, no picture") == "not an image"
    assert reason(saved(noise(200, 200), "JPEG")[:-4000]) == "truncated"
    assert reason(saved(noise(200, 200), "PNG")[:-4000]) == "truncated"
    assert reason(png_that_claims(20_000, 20_000)) == "claims 20000×20000 pixels: more than the limit"
    assert reason(saved(noise(20, 20), "PNG"), limits=Limits(max_bytes=2**10)) == "more than 0 MB"


@pytest.mark.parametrize("kind", FORMATS)
def test_damage_anywhere_gives_a_picture_or_an_unreadable_image(kind: str) -> None:
    """Cut or overwritten at 40 places each: never another exception, never a crash."""
    data = saved(noise(64, 48), kind)
    for place in np.linspace(0, len(data) - 1, 40).astype(int):
        for damaged in (data[:place], data[:place] + bytes(range(256)) + data[place + 256 :]):
            with contextlib.suppress(UnreadableImage):
                assert decode(damaged, long_side=32).pixels.ndim == 3


def test_eps_is_never_handed_to_another_program() -> None:
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n"
    assert reason(eps) == "not supported (a PostScript file)"


def test_paths_that_are_no_files_have_their_reasons(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    assert reason(tmp_path / "pipe.jpg") == "not a regular file"
    assert reason(tmp_path / "missing.jpg") == "no such file"
    assert reason(tmp_path) == "a folder"
    assert reason(tmp_path / "loop.jpg") == "too many levels of symbolic links"
    assert reason(Path("/dev/zero")) == "not a regular file"


def test_no_read_permission_is_said(tmp_path: Path) -> None:
    """In a process of an ordinary user, for root may read everything."""
    path = tmp_path / "secret.png"
    path.write_bytes(saved(quarters(), "PNG"))
    path.chmod(0)
    code = (
        "import os, sys, pathlib, dupedash.errors, dupedash.images as images\n"
        "os.chdir(sys.argv[1])\n"  # before: the folders above may be closed to that user
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "try: images.decode(pathlib.Path('secret.png'))\n"
        "except dupedash.errors.UnreadableImage as error: print(error.reason)\n"
    )
    tmp_path.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "no read permission", done.stderr


def test_names_that_are_no_text_are_made_printable(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.png"))
    path.write_bytes(b"")
    with pytest.raises(UnreadableImage) as caught:
        decode(path)
    assert caught.value.path.endswith("/bad�FF.png")


def test_thumbnail_and_render_are_small_and_upright() -> None:
    data = saved(quarters(1200, 800), "TIFF", exif=turned(6))
    small = thumbnail(decode(data).pixels)
    assert thumbnail_type(small) == "image/jpeg"
    assert Image.open(io.BytesIO(small)).size == (213, 320)
    large = render(data, 600)
    assert large[:3] == b"\xff\xd8\xff"
    assert Image.open(io.BytesIO(large)).size == (400, 600)
    assert corners(np.asarray(Image.open(io.BytesIO(large)))) == "grb-"


def test_content_hash_is_sha256() -> None:
    assert content_hash(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_pictures_are_known_by_their_endings() -> None:
    assert looks_like_image("a/B.JPG")
    assert looks_like_image("x.heic")
    assert not looks_like_image("notes.txt")
    assert not looks_like_image("jpg")
