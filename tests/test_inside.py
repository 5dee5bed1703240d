"""A packet is written into a picture file so that everything else in it stays as it was."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from dupedash.images.metadata.facts import Fact
from dupedash.images.metadata.inside import NoPlace, packet_in, with_packet
from dupedash.images.metadata.packet import facts_of_packet, written
from dupedash.images.metadata.reading import read_facts, takes_packet
from tests import written_by

TOLD = {Fact.TITLE: ("Höfe <3 李",), Fact.KEYWORDS: ("boat", "a & b")}
PICTURE = written_by.PICTURE
OTHER = PICTURE.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif():
    tags = Image.Exif()
    tags[0x010E], tags[0x0112] = "Boats", 1
    return tags


def saved(picture, kind, **how):
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


ANIMATED = {"save_all": True, "append_images": [OTHER], "duration": 100}
WITH_ALPHA = PICTURE.copy()
WITH_ALPHA.putalpha(PICTURE.convert("L"))
FILES = {
    "JPEG": saved(PICTURE, "JPEG"),
    "JPEG that has all else": saved(PICTURE, "JPEG", exif=exif(), icc_profile=PROFILE, progressive=True),
    "JPEG with a packet": saved(PICTURE, "JPEG", xmp=written(None, {Fact.RATING: ("4",)})),
    "JPEG of two pictures": saved(PICTURE, "MPO", save_all=True, append_images=[OTHER]),
    "PNG": saved(PICTURE, "PNG", exif=exif(), icc_profile=PROFILE),
    "PNG that moves": saved(PICTURE, "PNG", **ANIMATED),
    "WebP": saved(PICTURE, "WEBP"),
    "WebP without loss": saved(PICTURE, "WEBP", lossless=True),
    "WebP with alpha": saved(WITH_ALPHA, "WEBP", lossless=True),
    "WebP that moves": saved(PICTURE, "WEBP", **ANIMATED),
    "WebP with a packet": saved(PICTURE, "WEBP", exif=exif(), xmp=written(None, {Fact.RATING: ("4",)})),
}


def look(data):
    """Everything that a viewer sees."""
    with Image.open(io.BytesIO(data)) as image:
        seen = [image.info.get("icc_profile"), dict(image.getexif()), image.size, image.mode]
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            seen.append(image.convert("RGBA").tobytes())
    return seen


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_what_is_written_into_a_picture_another_program_reads_and_nothing_else_changes(data):
    pyexiv2 = pytest.importorskip("pyexiv2")
    before = packet_in(data)
    new = with_packet(data, written(before, TOLD))
    told = facts_of_packet(packet_in(new))
    assert told == TOLD | (facts_of_packet(before) if before else {})
    assert look(new) == look(data)
    with pyexiv2.ImageData(new) as image:
        read = image.read_xmp()
    assert read["Xmp.dc.title"] == {'lang="x-default"': "Höfe <3 李"}
    assert read["Xmp.dc.subject"] == ["boat", "a & b"]
    assert read.get("Xmp.xmp.Rating") == ("4" if before else None)
    if before is not None:
        assert with_packet(new, before) == data


def test_a_jpeg_of_several_pictures_says_how_long_its_first_one_is_now():
    data = FILES["JPEG of two pictures"]
    new = with_packet(data, written(None, TOLD))
    with Image.open(io.BytesIO(data)) as old, Image.open(io.BytesIO(new)) as image:
        lengths = [pictures.mpinfo[0xB002][0]["Size"] for pictures in (old, image)]
    assert lengths[1] - lengths[0] == len(new) - len(data)
    assert new[lengths[1] - 2 : lengths[1]] == b"\xff\xd9"


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_a_damaged_file_is_refused_or_keeps_its_damage(data):
    for end in (*range(0, min(len(data), 200), 3), *range(200, len(data), 211)):
        cut = data[:end]
        try:
            new = with_packet(cut, b"<x/>")
        except NoPlace:
            continue
        assert packet_in(new) == b"<x/>"
        assert new.endswith(cut[-20:])


def compressed(packet):
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode(), zip=True)
    return saved(PICTURE, "PNG", pnginfo=info)


def segment(body):
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


PACKET = written(None, TOLD)
HEAD = b"http://ns.adobe.com/xap/1.0/\0"
JPEG, TWO = FILES["JPEG"], FILES["JPEG of two pictures"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (saved(PICTURE, "GIF"), "no JPEG, PNG or WebP"),
        (compressed(PACKET), "compressed"),
        (JPEG[:2] + segment(HEAD + PACKET) * 2 + JPEG[2:], "several XMP packets"),
        (JPEG[:2] + segment(b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40) + JPEG[2:], "too long"),
        (FILES["WebP"] + b"more", "damaged"),
    ],
)
def test_what_cannot_be_written_into_safely_is_refused_with_a_reason(tmp_path, data, why):
    with pytest.raises(NoPlace, match=why):
        with_packet(data, PACKET)
    (tmp_path / "a").write_bytes(data)
    assert not takes_packet(tmp_path / "a")


def test_a_packet_that_no_segment_holds_is_refused():
    with pytest.raises(NoPlace, match="64 KB"):
        with_packet(JPEG, written(None, {Fact.CAPTION: ("long " * 14_000,)}))


@pytest.mark.parametrize("code", ["utf-16-be", "utf-16-le", "utf-16"])
def test_a_packet_in_utf_16_is_read(code):
    assert facts_of_packet(PACKET.decode().encode(code)) == TOLD


def test_a_packet_behind_the_pixels_of_a_png_is_read(tmp_path):
    new = with_packet(FILES["PNG"], PACKET)
    start = new.index(b"iTXt") - 4
    chunk = new[start : start + 12 + int.from_bytes(new[start : start + 4], "big")]
    end = new.index(b"IEND") - 4
    (tmp_path / "a.png").write_bytes(new[:start] + new[start + len(chunk) : end] + chunk + new[end:])
    assert read_facts(tmp_path / "a.png") == TOLD | {Fact.CAPTION: ("Boats",)}
