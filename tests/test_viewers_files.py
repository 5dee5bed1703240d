"""Files that viewers show: cut at the end, full of metadata, of unusual masks; and what is said of others."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dupedash.cli.main import main
from dupedash.errors import UnreadableImage
from dupedash.images import Limits, decode, looks_like_image
from tests.embedded_pictures import scene

PICTURE = Image.fromarray(scene(1, 200, 300))


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def off(data: bytes, other: Image.Image = PICTURE) -> float:
    """Mean difference from the picture, in levels of 255."""
    return float(np.abs(decode(data).pixels.astype(int) - np.asarray(other.convert("RGB"))).mean())


def reason(data: bytes, **options: Any) -> str:
    with pytest.raises(UnreadableImage) as caught:
        decode(data, **options)
    return caught.value.reason


@pytest.mark.parametrize("missing", [1, 2, 20])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_without_its_last_bytes_is_shown_and_makes_no_exact_claim(
    missing: int, options: dict[str, bool], mode: str
):
    image = PICTURE.convert(mode)
    data = saved(image, "JPEG", quality=95, **options)
    picture = decode(data[:-missing], hashed=True)
    assert off(data[:-missing], image) < off(data, image) + 3
    assert (picture.pixel_hash, picture.damage) == (None, "its end is missing")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.85])
def test_a_jpeg_that_lacks_a_part_of_the_picture_is_not_compared(part: float):
    data = saved(PICTURE, "JPEG", quality=95)
    assert reason(data[: int(len(data) * part)]) == "truncated"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunk(name: bytes, data: bytes) -> bytes:
    png = saved(PICTURE, "PNG")
    return png[:33] + chunk(name, data) + png[33:]


MUCH = zlib.compress(bytes(range(256)) * 100_000)  # 25 MB, more than Pillow unpacks


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (b"zTXt", b"workflow\0\0" + MUCH),
        (b"iTXt", b"workflow\0\1\0\0\0" + MUCH),
        (b"iCCP", b"profile\0\0" + MUCH),
        (b"iCCP", b"profile\0\0" + b"no zlib"),
        (b"zTXt", b"text\0\0" + b"no zlib"),
    ],
)
def test_metadata_of_a_png_never_cost_the_picture(name: bytes, data: bytes):
    assert off(with_chunk(name, data)) == 0


def test_a_text_of_a_png_with_a_wrong_checksum_costs_the_text_only():
    good = with_chunk(b"tEXt", b"title\0hello")
    assert off(good.replace(b"hello", b"hullo")) == 0


def test_text_does_not_change_the_pixels_but_an_unread_profile_leaves_them_open():
    plain = decode(saved(PICTURE, "PNG"), hashed=True).pixel_hash
    assert decode(with_chunk(b"zTXt", b"workflow\0\0" + MUCH), hashed=True).pixel_hash == plain
    assert decode(with_chunk(b"iCCP", b"profile\0\0" + MUCH), hashed=True).pixel_hash is None


def bitmap(masks: tuple[int, int, int, int], bits: int, *, top_down: bool = False) -> bytes:
    """A BMP of PICTURE with a header of version 4 and these masks."""
    values = np.zeros((200, 300), np.uint32)
    channels = [*np.moveaxis(np.asarray(PICTURE), -1, 0), np.full((200, 300), 255, np.uint8)]
    for channel, mask in zip(channels, masks, strict=True):
        if mask:
            shift = (mask & -mask).bit_length() - 1
            values |= np.rint(channel / 255 * (mask >> shift)).astype(np.uint32) << np.uint32(shift)
    rows = (values if top_down else values[::-1]).astype(f"<u{bits // 8}")
    body = b"".join(row.tobytes() + bytes(-row.nbytes % 4) for row in rows)
    head = struct.pack("<IiiHHIIiiII", 108, 300, -200 if top_down else 200, 1, bits, 3, len(body), 0, 0, 0, 0)
    head += struct.pack("<4I", *masks) + bytes(52)
    return struct.pack("<2sIHHI", b"BM", 14 + len(head) + len(body), 0, 0, 14 + len(head)) + head + body


@pytest.mark.parametrize(
    ("masks", "bits"),
    [
        ((0xF00, 0xF0, 0xF, 0xF000), 16),
        ((0xF00, 0xF0, 0xF, 0), 16),
        ((0x3FF00000, 0xFFC00, 0x3FF, 0xC0000000), 32),
        ((0xE0, 0x1C, 0x3, 0), 16),
        ((0x7C00, 0x3E0, 0x1F, 0x8000), 16),
        ((0xFF, 0xFF00, 0xFF0000, 0), 32),
    ],
)
def test_a_bitmap_of_any_masks_is_read(masks: tuple[int, int, int, int], bits: int):
    coarsest = min(mask.bit_count() for mask in masks[:3])
    assert off(bitmap(masks, bits)) <= 255 / 2**coarsest / 2
    assert off(bitmap(masks, bits, top_down=True)) <= 255 / 2**coarsest / 2


def test_a_bitmap_of_ten_bits_makes_no_exact_claim():
    assert decode(bitmap((0x3FF00000, 0xFFC00, 0x3FF, 0), 32), hashed=True).pixel_hash is None
    assert decode(bitmap((0xF00, 0xF0, 0xF, 0), 16), hashed=True).pixel_hash is not None


def test_a_bitmap_that_claims_too_much_or_breaks_off_is_refused():
    data = bitmap((0xF00, 0xF0, 0xF, 0), 16)
    assert "more than the limit" in reason(data, limits=Limits(max_pixels=1000))
    assert reason(data[:2000]).startswith(("damaged", "not supported", "truncated"))


def test_floating_point_colours_are_read():
    import cv2

    values = np.asarray(PICTURE)[..., ::-1].astype(np.float32) / 255
    data = cv2.imencode(".tiff", values)[1].tobytes()
    assert off(data) < 8
    assert decode(data, hashed=True).pixel_hash is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"8BPS\0\1" + bytes(40), "not supported (a Photoshop file)"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "not supported (SVG)"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(40), "not supported (JPEG XL)"),
        (b"hello, this is a note", "not an image"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "damaged (its header)"),
        (
            saved(PICTURE, "BMP").replace(b"\x18\0", b"\x17\0", 1),
            "not supported (unsupported bmp pixel depth (23))",
        ),
    ],
)
def test_not_supported_damaged_and_no_image_are_told_apart(data: bytes, said: str):
    assert reason(data) == said


@pytest.mark.parametrize(
    "name",
    [
        "DSC1.HIF",
        "DSCF2.MPO",
        "a.j2k",
        "a.j2c",
        "a.jpx",
        "a.avifs",
        "a.jpg_large",
        "a.PNG-orig",
        "a.JPS",
        "a.jfif",
    ],
)
def test_endings_of_cameras_and_browsers_are_pictures(name: str):
    assert looks_like_image(name)


@pytest.mark.parametrize("name", ["a.mov", "a.jpg_huge", "a.large", "jpg_large", "a.xmp"])
def test_other_endings_are_not(name: str):
    assert not looks_like_image(name)


def test_index_and_status_tell_what_is_damaged_and_what_was_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    photos = tmp_path / "photos"
    photos.mkdir()
    whole = saved(PICTURE, "JPEG")
    for name, data in {
        "a.jpg": whole,
        "b.jpg": whole[:-2],
        "c.mov": b"x",
        "d.MOV": b"x",
        "notes": b"x",
    }.items():
        (photos / name).write_bytes(data)

    def run(*arguments: object) -> str:
        assert main(["--data", str(tmp_path / "data"), *map(str, arguments)]) == 0
        return capsys.readouterr().out

    told = run("index", "--jobs", "1", photos)
    assert f"damaged, compared all the same:\n  {photos}/b.jpg: its end is missing\n" in told
    assert "passed over:\n  2 × .mov\n  1 × no ending\n" in told
    assert "images      2, 1 of them damaged, compared all the same" in run("status")
    pairs = tmp_path / "pairs.csv"
    run("scan", "--pairs", pairs)
    (row,) = pairs.read_text().splitlines()[1:]
    assert 0.95 <= float(row.split(",")[2]) < 1


BOX = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"


@pytest.mark.parametrize(
    ("data", "moving"),
    [
        (saved(PICTURE, "JPEG") + BOX + bytes(900), True),
        (saved(PICTURE, "JPEG") + b"\0\0MotionPhoto_Data" + BOX, True),
        (saved(PICTURE, "JPEG") + bytes(900), False),
        (saved(PICTURE, "JPEG", comment=BOX), False),
        (saved(PICTURE, "HEIF") + b"\0\0\0\x20mpvd" + BOX, True),
        (saved(PICTURE, "HEIF"), False),
        (saved(PICTURE, "PNG"), False),
    ],
)
def test_a_video_behind_the_picture_is_noticed(data: bytes, moving: bool):
    picture = decode(data, hashed=True)
    assert picture.video is moving
    assert off(data) < 8
