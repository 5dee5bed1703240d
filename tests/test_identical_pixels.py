"""“Identical pixels” is said only where everything that a viewer shows is equal."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from dupedash.errors import UnreadableImage
from dupedash.images import Limits, decode, pixel_hash


def scene(seed: int = 0, width: int = 48, height: int = 32) -> Image.Image:
    small = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def animated(images: list[Image.Image], kind: str, duration: int | list[int] = 100, **options: Any) -> bytes:
    if kind == "WEBP":
        options["lossless"] = True
    return saved(
        images[0], kind, save_all=True, append_images=images[1:], duration=duration, loop=0, **options
    )


def pages(images: list[Image.Image], **options: Any) -> bytes:
    return saved(images[0], "TIFF", save_all=True, append_images=images[1:], **options)


def hashed(data: bytes, **options: Any) -> str | None:
    return decode(data, long_side=40, hashed=True, **options).pixel_hash


def swapped_profile() -> bytes:
    """sRGB with red and green exchanged: in a valid profile, their matrix columns."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", data, 128)[0]
    tags = {bytes(data[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    data[red + 4 : red + 12], data[green + 4 : green + 12] = (
        data[green + 4 : green + 12],
        data[red + 4 : red + 12],
    )
    return bytes(data)


def test_a_frame_that_differs_late_makes_another_picture():
    frames = [scene(n) for n in range(5)]
    other = [*frames[:4], scene(9)]
    for kind in ("GIF", "PNG", "WEBP"):
        assert hashed(animated(frames, kind)) == hashed(animated(frames, kind))
        assert hashed(animated(frames, kind)) != hashed(animated(other, kind))


def test_the_same_frames_are_the_same_picture_in_any_format():
    frames = [scene(n).quantize(16).convert("RGB") for n in range(4)]
    assert len({hashed(animated(frames, kind)) for kind in ("GIF", "PNG", "WEBP")}) == 1


def test_other_durations_make_another_picture():
    frames = [scene(n) for n in range(3)]
    assert hashed(animated(frames, "GIF", 100)) != hashed(animated(frames, "GIF", [100, 100, 300]))


def test_a_still_is_not_the_animation_that_begins_with_it():
    assert hashed(saved(scene(), "PNG")) != hashed(animated([scene(), scene(1)], "PNG"))


def test_pages_in_another_order_make_another_document():
    one, two, three = (scene(n) for n in range(3))
    whole = hashed(pages([one, two, three]))
    assert whole == hashed(pages([one, two, three], compression="tiff_lzw"))
    assert len({whole, hashed(pages([one, three, two])), hashed(pages([one, two]))}) == 3


def test_more_pixels_in_all_frames_than_the_limit_make_no_claim():
    frames = [scene(n) for n in range(4)]
    assert hashed(animated(frames, "PNG"), limits=Limits(max_pixels=48 * 32 * 3)) is None


def test_an_animation_that_breaks_off_makes_no_claim_and_is_told_as_damaged():
    data = animated([scene(n, 200, 150) for n in range(6)], "GIF")
    picture = decode(data[: len(data) * 2 // 3], hashed=True)
    assert picture.pixel_hash is None
    assert picture.damage
    assert picture.frames is not None
    assert not picture.frames.complete


def test_what_lies_under_transparent_pixels_counts():
    alpha = Image.linear_gradient("L").resize((48, 32))
    layers = [scene(), scene(1), scene()]
    for layer in layers:
        layer.putalpha(alpha)
    layers[2].putpixel((0, 0), (1, 2, 3, 0))
    digests = {hashed(saved(layer, "PNG")) for layer in layers}
    assert len(digests) == 3
    assert hashed(saved(layers[0], "PNG")) == hashed(saved(layers[0], "WEBP", lossless=True, exact=True))


def test_an_alpha_that_hides_nothing_is_none():
    opaque = scene()
    opaque.putalpha(255)
    assert hashed(saved(opaque, "PNG")) == hashed(saved(scene(), "PNG"))
    assert hashed(saved(scene(), "PNG")) == pixel_hash(np.asarray(scene()))


def test_a_palette_counts_by_its_colours():
    few = scene().quantize(16)
    order = [*range(1, 16), 0]
    assert hashed(saved(few, "PNG")) == hashed(saved(few.remap_palette(order), "PNG"))
    assert hashed(saved(few, "PNG")) == hashed(saved(few.convert("RGB"), "BMP"))


def gray_16(low: int = 0) -> np.ndarray:
    return np.asarray(scene().convert("L")).astype(np.uint16) * 256 + low


def deep_png(values: np.ndarray) -> bytes:
    """A PNG of RGB with 16 bits a channel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_the_low_byte_of_sixteen_bits_counts():
    one, other = (hashed(saved(Image.fromarray(gray_16(low)), "PNG")) for low in (7, 8))
    assert one != other
    assert one == hashed(saved(Image.fromarray(gray_16(7)), "TIFF"))
    colour = np.stack([gray_16(1), gray_16(2), gray_16(3)], axis=-1)
    assert hashed(deep_png(colour)) == hashed(deep_png(colour))
    assert hashed(deep_png(colour)) not in (hashed(deep_png(colour + 1)), None)


def test_floating_point_counts_in_full():
    values = np.asarray(scene().convert("L")).astype(np.float32)
    one, other = (hashed(saved(Image.fromarray(v), "TIFF")) for v in (values, values * 1.001))
    assert one != other


@pytest.mark.parametrize("top", [1023, 4095, 65535])
def test_deep_pictures_show_all_levels_that_they_use(top: int):
    values = np.tile(np.linspace(0, top, 64).astype(np.uint16), (8, 1))
    for kind in ("PNG", "TIFF"):
        shown = decode(saved(Image.fromarray(values), kind)).pixels
        assert np.abs(shown[0, :, 0].astype(int) - np.linspace(0, 255, 64)).max() <= 1


def test_deep_colour_with_twelve_bits_is_shown_in_full():
    values = np.tile(np.linspace(0, 4095, 64).astype(np.uint16)[None, :, None], (8, 1, 3))
    shown = decode(deep_png(values)).pixels
    assert np.abs(shown[0, :, 1].astype(int) - np.linspace(0, 255, 64)).max() <= 1


def test_labels_in_sixteen_bits_are_seen():
    mask = np.zeros((20, 30), np.uint16)
    mask[5:10, 5:20] = 3
    assert decode(saved(Image.fromarray(mask), "PNG")).pixels.max() == 255


def test_equal_numbers_under_another_profile_are_another_picture():
    image, profile = scene(), swapped_profile()
    for kind in ("PNG", "TIFF", "JPEG"):
        plain, other = saved(image, kind), saved(image, kind, icc_profile=profile)
        assert hashed(plain) != hashed(other)
    red, green, _ = decode(saved(Image.new("RGB", (8, 8), "red"), "PNG", icc_profile=profile)).pixels[4, 4]
    assert green > 200 > red


def test_the_srgb_profile_changes_nothing():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert hashed(saved(scene(), "PNG", icc_profile=srgb)) == hashed(saved(scene(), "PNG"))


@pytest.mark.parametrize("profile", [b"x" * 200, b"\0" * 128, swapped_profile()[:300]])
def test_a_bad_profile_is_as_good_as_none(profile: bytes):
    assert hashed(saved(scene(), "PNG", icc_profile=profile)) == hashed(saved(scene(), "PNG"))


def test_a_profile_of_other_channels_makes_no_file_unreadable():
    gray = scene().convert("L")
    assert decode(saved(gray, "PNG", icc_profile=swapped_profile())).pixels.shape == (32, 48, 3)
    assert decode(saved(scene().convert("CMYK"), "JPEG", icc_profile=swapped_profile())).pixels.any()


def test_the_profile_of_a_large_jpeg_counts_too():
    image = scene(0, 2400, 1800)
    assert hashed(saved(image, "JPEG")) != hashed(saved(image, "JPEG", icc_profile=swapped_profile()))


@pytest.mark.parametrize("size", [(48, 32), (2400, 1800)])
def test_what_follows_the_end_of_a_jpeg_is_not_the_picture(size: tuple[int, int]):
    data = saved(scene(0, *size), "JPEG")
    assert hashed(data) == hashed(data + b"\0\0\0\x18ftypmp42" + bytes(500))


def test_a_large_jpeg_that_breaks_off_makes_no_claim():
    data = saved(scene(0, 2400, 1800), "JPEG")
    picture = decode(data[:-2], long_side=300, hashed=True)
    assert (picture.pixel_hash, picture.damage) == (None, "its end is missing")


def test_two_views_are_not_the_one_that_is_shown():
    image = scene()
    both = saved(image, "MPO", save_all=True, append_images=[scene(1)])
    other = saved(image, "MPO", save_all=True, append_images=[scene(2)])
    assert len({hashed(saved(image, "JPEG")), hashed(both), hashed(other)}) == 3
    assert decode(both, hashed=True).frames is None


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGBA", "CMYK", "I", "F", "I;16", "LAB", "YCbCr"]
)
def test_every_mode_of_a_tiff_is_hashed_or_makes_no_claim(mode: str):
    image = Image.fromarray(gray_16()) if mode == "I;16" else None
    if mode in ("LAB", "PA"):
        image = Image.new(mode, (48, 32), (120, 130) if mode == "PA" else (120, 130, 140))
    image = image or scene().convert(mode)
    data = saved(image, "TIFF")
    assert decode(data).pixels.shape == (32, 48, 3)
    assert hashed(data) == hashed(data)


def test_cyan_and_its_complement_are_told_apart_with_black():
    light = Image.new("CMYK", (8, 8), (0, 0, 0, 255))
    rich = Image.new("CMYK", (8, 8), (255, 255, 255, 255))
    assert hashed(saved(light, "TIFF")) != hashed(saved(rich, "TIFF"))


def test_another_gamma_makes_another_picture():
    data = saved(scene(), "PNG")
    body = struct.pack(">I", 100_000)  # linear light
    assert hashed(with_chunk(data, b"gAMA", body)) != hashed(data)


def test_other_code_points_make_another_picture():
    data = saved(scene(), "PNG")
    assert hashed(with_chunk(data, b"cICP", bytes([9, 16, 0, 1]))) != hashed(data), "BT.2100 PQ is no sRGB"
    assert hashed(with_chunk(data, b"cICP", bytes([1, 13, 0, 1]))) == hashed(data), "sRGB by another name"


def with_chunk(png: bytes, name: bytes, body: bytes) -> bytes:
    """The PNG with a chunk more, behind its header."""
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return png[:33] + chunk + png[33:]


TO_P3 = np.array([[0.8224621, 0.1775380, 0], [0.0331941, 0.9668058, 0], [0.0170827, 0.0723974, 0.9105199]])


def in_p3(image: Image.Image) -> Image.Image:
    """The numbers with which Display P3 shows the same."""
    values = np.asarray(image) / 255
    light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4) @ TO_P3.T
    numbers = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.clip(light, 0, 1) ** (1 / 2.4) - 0.055)
    return Image.fromarray(np.rint(255 * np.clip(numbers, 0, 1)).astype(np.uint8))


def with_gamma(image: Image.Image, gamma: float) -> bytes:
    return with_chunk(saved(image, "PNG"), b"gAMA", struct.pack(">I", round(gamma * 100_000)))


def apart(data: bytes, image: Image.Image) -> float:
    return float(np.abs(decode(data).pixels.astype(int) - np.asarray(image.convert("RGB"))).mean())


def test_a_heic_is_shown_by_its_code_points():
    image = scene(0, 160, 120)
    codes = {"color_primaries": 12, "transfer_characteristics": 13, "matrix_coefficients": 1}
    data = saved(in_p3(image), "HEIF", quality=-1, chroma=444, **codes)
    assert apart(data, image) < 2.5
    assert apart(data, in_p3(image)) > 4, "a picture in which the two differ"
    assert hashed(data) != hashed(saved(in_p3(image), "HEIF", quality=-1, chroma=444))


def test_a_png_is_shown_by_its_code_points():
    image = scene(0, 160, 120)
    p3 = saved(in_p3(image), "PNG")
    assert apart(with_chunk(p3, b"cICP", bytes([12, 13, 0, 1])), image) < 2.5
    assert apart(with_chunk(p3, b"cICP", bytes([1, 13, 0, 1])), image) > 4


def test_a_png_is_shown_by_its_gamma():
    image = scene(0, 160, 120)
    for shown in (image, image.convert("L")):
        linear = Image.fromarray(np.rint((np.asarray(shown) / 255) ** 2.2 * 255).astype(np.uint8))
        assert apart(with_gamma(linear, 1.0), shown) < 4
    assert apart(with_gamma(image, 1 / 2.2), image) == 0
    assert apart(with_gamma(image, 0.0001), image) == 0, "what no screen has is not heeded"


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_an_animation_cut_between_two_frames_makes_no_claim(kind: str):
    whole = animated([scene(n) for n in range(4)], kind)
    assert decode(whole, hashed=True).damage is None
    for cut in range(len(whole) // 3, len(whole) - 4, 7):
        try:
            picture = decode(whole[:cut], hashed=True)
        except UnreadableImage:
            continue
        assert (picture.pixel_hash, picture.damage is None) == (None, False), cut


def test_a_png_without_its_end_is_shown_and_makes_no_claim():
    data = saved(scene(), "PNG")
    assert (decode(data, hashed=True).damage, decode(data + b"garbage", hashed=True).damage) == (None, None)
    cut = decode(data[:-12], hashed=True)
    assert (cut.damage, cut.pixel_hash) == ("its end is missing", None)
