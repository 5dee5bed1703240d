"""Raw files, JPEG XL and Photoshop files are compared as pictures, and make no exact claim."""

from __future__ import annotations

import json
import os
import struct
from datetime import timedelta

import imagecodecs
import numpy as np
import pytest

from dupedash.cli import main
from dupedash.embedded.describe.analysis import of_bytes
from dupedash.embedded.files.update import index
from dupedash.embedded.store.documents import Entry, stamp
from dupedash.embedded.store.store import Store, file_id
from dupedash.errors import UnreadableImage
from dupedash.images import Limits, decode, not_decoded
from dupedash.images import files as picture_files
from dupedash.images.extra import jxl, raw
from dupedash.model import PairKind
from tests.pictures import as_file, scene
from tests.rawfiles import dng
from tests.shots import MOMENT, exif, frame, shoot
from tests.test_along import video
from tests.workspaces import fill, scan


def jpeg_xl(picture, **how) -> bytes:
    return imagecodecs.jpegxl_encode(np.asarray(picture), **how)


def psd(picture) -> bytes:
    """A Photoshop file of one flattened picture, without layers (Adobe's specification of the format)."""
    bands = np.moveaxis(np.asarray(picture.convert("RGB")), 2, 0)
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, picture.height, picture.width, 8, 3)
    return head + struct.pack(">III", 0, 0, 0) + struct.pack(">H", 0) + bands.tobytes()


def difference(pixels, picture) -> float:
    shown = np.asarray(picture.resize((pixels.shape[1], pixels.shape[0])), float)
    return float(np.abs(pixels - shown).mean())


def test_of_a_raw_file_its_preview_is_read_with_the_size_of_the_sensor_and_the_time_of_the_shot():
    picture = scene(3, 1200, 900)
    found = decode(dng(picture, MOMENT, preview=1000), name="a.dng", long_side=800, hashed=True)
    assert (found.format, found.width, found.height) == ("DNG", 1200, 900)
    assert (found.exif.camera, found.exif.taken.replace(tzinfo=None)) == ("Acme One", MOMENT)
    assert difference(found.pixels, picture) < 6
    assert found.pixel_hash is None


def test_a_raw_file_without_a_preview_is_developed():
    picture = scene(4, 1200, 900)
    found = decode(dng(picture, MOMENT, preview=None), name="a.dng", long_side=800, hashed=True)
    assert (found.width, found.height, found.pixel_hash) == (1200, 900, None)
    assert found.pixels.shape == (450, 600, 3)
    assert difference(found.pixels, picture) < 20


def test_a_raw_file_whose_sensor_cannot_be_read_is_compared_by_its_small_preview_and_listed_as_damaged():
    picture = scene(4, 1200, 900)
    data = bytearray(dng(picture, MOMENT, preview=400))
    sensor = data.index(struct.pack("<HHI", 273, 4, 1)) + 8
    struct.pack_into("<I", data, sensor, len(data) - 10)
    found = decode(bytes(data), name="a.dng", long_side=800, hashed=True)
    assert found.damage == raw.NO_SENSOR
    assert (found.width, found.height, found.pixel_hash) == (1200, 900, None)
    assert (found.pixels.shape, difference(found.pixels, picture) < 6) == ((300, 400, 3), True)


@pytest.mark.parametrize("preview", [1000, None])
@pytest.mark.parametrize(("orientation", "turned"), [(3, 180), (6, 270), (8, 90)])
def test_a_raw_file_is_shown_upright(preview, orientation, turned):
    picture = scene(4, 1200, 900)
    data = dng(picture, MOMENT, preview=preview, orientation=orientation)
    found, upright = decode(data, name="a.dng", long_side=800), picture.rotate(turned, expand=True)
    assert (found.width, found.height) == upright.size
    assert difference(found.pixels, upright) < 20


@pytest.mark.parametrize("how", [{"lossless": True}, {"level": 90}, {"lossless": True, "usecontainer": True}])
def test_jpeg_xl_is_read(how):
    found = decode(jpeg_xl(scene(5), **how), name="a.jxl", hashed=True)
    assert (found.format, found.width, found.height, found.pixel_hash) == ("JXL", 480, 360, None)
    assert difference(found.pixels, scene(5)) < 3


@pytest.mark.parametrize("size", [(640, 480), (8, 8), (1000, 1000), (2000, 1125), (37, 9001), (256, 256)])
def test_the_size_that_a_jpeg_xl_claims_is_read_before_it_is_decoded(size):
    data = jpeg_xl(np.zeros((size[1], size[0], 3), np.uint8), effort=1)
    assert jxl.size_of(data) == size
    with pytest.raises(UnreadableImage, match="more than the limit"):
        decode(data, name="a.jxl", limits=Limits(max_pixels=size[0] * size[1] - 1))


def test_a_photoshop_file_is_its_flattened_picture_and_makes_no_exact_claim():
    found = decode(psd(scene(6)), name="a.psd", hashed=True)
    assert (found.format, found.frame_count, found.pixel_hash) == ("PSD", 1, None)
    assert difference(found.pixels, scene(6)) == 0


@pytest.mark.parametrize("name", ["a.dng", "a.cr3", "a.jxl", "a.psd"])
@pytest.mark.parametrize(
    "data", [b"", b"II*\0" + bytes(500), b"\xff\x0a" + bytes(range(200)), b"8BPS" + bytes(90)]
)
def test_damaged_files_are_told_with_a_reason(name, data):
    with pytest.raises(UnreadableImage) as told:
        decode(data, name=name)
    assert told.value.reason


def test_half_a_file_is_told_to_be_damaged():
    for name, data in (("a.jxl", jpeg_xl(scene(1))), ("a.dng", dng(scene(1), MOMENT, preview=None))):
        with pytest.raises(UnreadableImage):
            decode(data[: len(data) // 2], name=name)


@pytest.fixture
def bare(monkeypatch):
    """As where no extra is installed."""
    monkeypatch.setattr(picture_files, "_installed", lambda _module: False)


@pytest.mark.usefixtures("bare")
def test_without_the_extras_the_reason_says_what_to_install():
    assert "pip install rawpy" in not_decoded("a.CR2")
    assert "'dupedash[jxl]'" in not_decoded("a.jxl")
    assert not_decoded("a.svg") == "SVG files are not decoded: they hold instructions for drawing, no pixels"
    with pytest.raises(UnreadableImage, match="rawpy"):
        decode(dng(scene(1), MOMENT), name="a.dng")


def test_what_was_not_decoded_is_read_once_its_extra_is_there(tmp_path):
    path = tmp_path / "pictures" / "a.dng"
    path.parent.mkdir()
    path.write_bytes(dng(scene(1, 900, 700), MOMENT))
    store = Store(tmp_path / "data" / "collections" / "c")
    content, size = picture_files.file_hash(path)
    unread = of_bytes(str(path), "DNG files are not decoded", content, size)  # as an earlier version said
    stamped = stamp(os.fsencode(path), path.stat())
    store.put([Entry(file_id(path), str(path), unread, {}, stamped)])
    assert store.records(store.ids())[0].width is None
    index(store, [path.parent], jobs=1)
    assert store.records(store.ids())[0].width == 900
    store.close()


@pytest.fixture(scope="module")
def shot(tmp_path_factory):
    """One real example of each: a shot as raw file and JPEG, JPEG XL and PNG, PSD and PNG, a burst, a Live
    photo, sidecars of what stays and of what goes, and a picture alone."""
    root = tmp_path_factory.mktemp("shot")
    photos = root / "photos"
    photos.mkdir()
    (photos / "IMG_0001.DNG").write_bytes(dng(scene(1, 1200, 900), MOMENT))
    shoot(photos / "IMG_0001.JPG", scene(1, 1200, 900), exif())
    (photos / "IMG_0001.xmp").write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    shoot(photos / "copy" / "small.jpg", scene(1, 1200, 900).resize((600, 450)), exif())
    (photos / "b.jxl").write_bytes(jpeg_xl(scene(2), level=90))
    (photos / "b.png").write_bytes(as_file(scene(2)))
    (photos / "c.psd").write_bytes(psd(scene(3)))
    (photos / "c.png").write_bytes(as_file(scene(3)))
    (photos / "alone.png").write_bytes(as_file(scene(9)))
    for number in range(3):
        shoot(
            photos / f"IMG_100{number}.JPG", frame(number), exif(MOMENT + timedelta(hours=1, seconds=number))
        )
    shoot(photos / "IMG_2000.JPG", scene(4, 1200, 900), exif(MOMENT + timedelta(hours=2)))
    (photos / "IMG_2000.MOV").write_bytes(video(3))
    shoot(
        photos / "copy" / "IMG_2000.JPG",
        scene(4, 1200, 900).resize((600, 450)),
        exif(MOMENT + timedelta(hours=2)),
    )
    for name in ("copy/IMG_2000.AAE", "copy/small.xmp"):
        (photos / name).write_text(name)
    (photos / "copy" / "IMG_2000.MOV").write_bytes(video(2.5))
    workspace = fill(root / "data", photos)
    return scan(workspace), root


def test_raw_and_jpeg_of_one_shot_are_that_and_other_formats_are_copies(shot):
    done, _ = shot
    found = done.pairs()
    names = {record.id: record.filename for record in done.records(found.ids)}
    ends = zip(found.a.tolist(), found.b.tolist(), found.kind.tolist(), strict=True)
    kinds = {frozenset((names[found.ids[a]], names[found.ids[b]])): tuple(PairKind)[k] for a, b, k in ends}
    assert kinds[frozenset(("IMG_0001.DNG", "IMG_0001.JPG"))] is PairKind.RAW_JPEG
    assert kinds[frozenset(("IMG_0001.DNG", "small.jpg"))] is PairKind.RAW_JPEG
    assert kinds[frozenset(("IMG_0001.JPG", "small.jpg"))] is PairKind.RE_ENCODED
    assert kinds[frozenset(("b.jxl", "b.png"))] in (PairKind.RE_ENCODED, PairKind.EDITED)
    assert kinds[frozenset(("c.psd", "c.png"))] is PairKind.RE_ENCODED
    assert PairKind.SAME_PIXELS not in kinds.values()


def run(root, *words):
    return main(["--data", str(root / "data"), *words])


def state(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_one_of_each_goes_its_way_and_undo_brings_every_byte_and_time_back(shot, capsys):
    _, root = shot
    before = state(root / "photos")
    assert run(root, "plan", "--json", "-") == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    gone = {step["location"].rpartition("/")[2] for step in steps}
    assert gone >= {"small.jpg"}
    assert not gone & {"IMG_0001.DNG", "IMG_0001.JPG", "c.psd"}
    assert run(root, "apply", "--yes") == 0
    there = state(root / "photos")
    left = {str(path.relative_to(root / "photos")) for path in there}
    along = {"copy/small.xmp", "copy/IMG_2000.MOV", "copy/IMG_2000.AAE"}
    assert not left & {"copy/small.jpg", "copy/IMG_2000.JPG", *along}
    assert left >= {"IMG_0001.DNG", "IMG_0001.JPG", "IMG_0001.xmp", "IMG_2000.JPG", "IMG_2000.MOV", "c.psd"}
    assert left >= {"IMG_1000.JPG", "IMG_1001.JPG", "IMG_1002.JPG"}
    assert all(before[path] == told for path, told in there.items())
    assert len(there) == len(before) - len(steps) - len(along)
    assert run(root, "undo") == 0
    assert state(root / "photos") == before
