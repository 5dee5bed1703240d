"""The example collection is what it says: deterministic, varied, complete, resumable."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageOps, UnidentifiedImageError

from dupedash import example
from dupedash.errors import Cancelled, ConfigError
from dupedash.example import FIELDS, Closeness, CopyKind, ExampleManifest, make, plan, read, truth
from dupedash.example.fields import fields_of
from dupedash.example.files import PICTURES, copy_bytes, original_bytes
from dupedash.example.plan import Contents, Copy
from dupedash.images import decode
from dupedash.model import FieldType

WHOLE = plan.read()


def part(*folders: str) -> Contents:
    """Only the originals in these folders, with all their copies."""
    originals = tuple(o for o in WHOLE.originals if o.path.startswith(folders))
    kept = {o.path for o in originals}
    return replace(WHOLE, originals=originals, copies=tuple(c for c in WHOLE.copies if c.original in kept))


SMALL = part("office/receipts", "reports/2019")
ALWAYS = ("category", "labels", "source", "uploader", "taken", "rating", "status", "verified", "rights")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few originals with their copies, in a folder with a name that is not plain."""
    folder = tmp_path_factory.mktemp("example") / "it's <small> 🖼"
    make(folder, plan=SMALL, processes=1)
    return folder


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def upright(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


# ---- the plan


def test_the_plan_has_about_300_images_in_40_to_45_groups_of_two_to_nine() -> None:
    sizes = Counter(copy.original for copy in WHOLE.copies)
    assert 280 <= len(WHOLE.paths()) <= 320
    assert 40 <= len(sizes) <= 45
    assert {size + 1 for size in sizes.values()} <= set(range(2, 10))
    assert max(sizes.values()) + 1 == 9
    assert min(sizes.values()) + 1 == 2


def test_every_path_is_used_once_and_stays_inside_the_folder() -> None:
    paths = WHOLE.paths()
    assert len(set(paths)) == len(paths)
    assert not any(path.startswith("/") or ".." in path for path in paths)


def test_every_kind_of_change_is_planted() -> None:
    planted = {copy.kind for copy in WHOLE.copies}
    assert planted == set(CopyKind) - {CopyKind.LOOKALIKE}
    assert any(original.twin for original in WHOLE.originals)


def test_every_file_format_is_there() -> None:
    endings = {Path(path).suffix for path in WHOLE.paths()}
    assert endings == {".jpg", ".png", ".webp", ".tiff", ".bmp", ".gif", ".avif", ".heic"}


def test_copies_and_twins_refer_to_originals_of_the_plan() -> None:
    originals = {original.path for original in WHOLE.originals}
    assert {copy.original for copy in WHOLE.copies} <= originals
    assert {original.twin for original in WHOLE.originals if original.twin} <= originals
    assert {original.burst for original in WHOLE.originals if original.burst} <= originals


def test_twins_are_two_pictures_of_one_size_and_category() -> None:
    by_path = {original.path: original for original in WHOLE.originals}
    for original in WHOLE.originals:
        if original.twin:
            assert original.category == by_path[original.twin].category
            picture, other = (decode(original_bytes(path)).pixels for path in (original.path, original.twin))
            assert picture.shape == other.shape
            assert not (picture == other).all()


def test_every_kept_picture_is_used_and_every_category_has_several() -> None:
    used = {Path(original.path).with_suffix("") for original in WHOLE.originals}
    kept = {
        file.relative_to(PICTURES).with_suffix("") for file in PICTURES.rglob("*.*") if file.suffix != ".md"
    }
    assert kept == used | {Path(WHOLE.broken).with_suffix("")}
    categories = Counter(original.category for original in WHOLE.originals)
    assert min(categories.values()) >= 5


# ---- the fields


def test_every_image_has_all_common_fields_in_their_types() -> None:
    types = {FieldType.STRING: str, FieldType.LONG: int, FieldType.DOUBLE: float, FieldType.BOOLEAN: bool}
    known = {field.name: field for field in FIELDS}
    by_path = {original.path: original for original in WHOLE.originals}
    named = [(o.path, o) for o in WHOLE.originals] + [(c.path, by_path[c.original]) for c in WHOLE.copies]
    for path, original in named:
        fields = fields_of(path, original)
        assert set(ALWAYS) <= set(fields) <= set(known)
        for name, value in fields.items():
            if known[name].multi:
                assert isinstance(value, tuple)
                assert value
                assert all(isinstance(item, str) for item in value)
            elif known[name].type is FieldType.DATE:
                assert value.tzinfo is UTC
            else:
                assert type(value) is types[known[name].type]


def test_every_use_of_a_duplicate_search_finds_its_filter() -> None:
    by_path = {original.path: original for original in WHOLE.originals}

    def pairs(**wanted: object) -> list[tuple[dict, dict]]:
        found = []
        for copy in WHOLE.copies:
            original = by_path[copy.original]
            a, b = fields_of(original.path, original), fields_of(copy.path, original)
            if all(b[name] == value for name, value in wanted.items()):
                found.append((a, b))
        return found

    assert any(a["vendor"] != b["vendor"] for a, b in pairs(source="shop"))
    assert all(a["rights"] == "protected" for a, b in pairs(source="web"))
    assert any(a["status"] == "rejected" for a, b in pairs(source="stock", status="new"))
    assert any(a["verified"] for a, b in pairs(category="property", verified=False))
    assert any(b["version"] > a["version"] for a, b in pairs(source="brand"))
    assert all(b["taken"] > a["taken"] for a, b in pairs())


# ---- made files


def test_two_runs_give_the_same_bytes(small: Path, tmp_path: Path) -> None:
    make(tmp_path, plan=SMALL, processes=1)
    assert digests(tmp_path) == digests(small)


def test_two_processes_give_the_same_bytes_as_one(small: Path, tmp_path: Path) -> None:
    make(tmp_path, plan=SMALL, processes=2)
    assert digests(tmp_path) == digests(small)


def test_a_second_call_does_nothing_and_says_so(small: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in small.rglob("*")}
    again = make(small, plan=SMALL)
    assert again.made == 0
    assert [file.path for file in again.files] == sorted(SMALL.paths())
    assert {path: path.stat().st_mtime_ns for path in small.rglob("*")} == before


def test_an_interrupted_call_is_completed(small: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        make(tmp_path, plan=SMALL, processes=1, cancelled=lambda: True)
    assert not (tmp_path / "manifest.json").exists()
    there = len(digests(tmp_path))
    assert 0 < there < len(SMALL.paths())
    assert make(tmp_path, plan=SMALL, processes=1).made == len(SMALL.paths()) - there
    assert digests(tmp_path) == digests(small)


def test_a_lost_file_is_made_again_and_no_other_is_touched(small: Path, tmp_path: Path) -> None:
    make(tmp_path, plan=SMALL, processes=1)
    lost = tmp_path / SMALL.copies[0].path
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*") if path != lost}
    lost.unlink()
    assert make(tmp_path, plan=SMALL, processes=1).made == 1
    assert digests(tmp_path) == digests(small)
    del before[tmp_path / "manifest.json"]
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_collection_of_an_older_version_is_made_anew(tmp_path: Path) -> None:
    make(tmp_path, plan=SMALL, processes=1)
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "version": 0}), "utf-8")
    (tmp_path / "mine.txt").write_text("not ours", "utf-8")
    assert make(tmp_path, plan=SMALL, processes=1).made == len(SMALL.paths())
    assert (tmp_path / "mine.txt").read_text("utf-8") == "not ours"


def test_progress_ends_at_the_number_of_files(tmp_path: Path) -> None:
    seen = []
    make(tmp_path, plan=SMALL, processes=1, progress=seen.append)
    assert seen[-1].done == seen[-1].total == len(SMALL.paths())
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)


def test_the_manifest_reads_back_as_it_was_written(small: Path) -> None:
    manifest = read(small)
    assert {file.path for file in manifest.files} == set(SMALL.paths())
    receipt = next(file for file in manifest.files if file.path == "office/receipts/receipt-0519.jpg")
    original = next(o for o in SMALL.originals if o.path == receipt.path)
    assert receipt.fields == fields_of(receipt.path, original)
    assert manifest.groups["office/receipts/receipt-0519.jpg"][0] in {c.path for c in SMALL.copies} | {
        receipt.path
    }


def test_the_truth_names_copies_and_look_alikes(small: Path) -> None:
    rows = {row.path: row for row in truth(small)}
    assert rows["office/inbox/photo-receipt.jpg"][1:] == (
        "office/receipts/receipt-0519.jpg", CopyKind.ORIENTATION, Closeness.EXACT)  # fmt: skip
    assert rows["office/receipts/receipt-0413.jpg"][1:] == (
        "office/receipts/receipt-0412.jpg", CopyKind.LOOKALIKE, Closeness.LOOKALIKE)  # fmt: skip
    assert set(rows) == {c.path for c in SMALL.copies} | {o.path for o in SMALL.originals if o.twin}


def test_a_folder_without_an_example_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make the example"):
        truth(tmp_path)
    (tmp_path / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(ConfigError, match="damaged"):
        truth(tmp_path)


def test_the_broken_file_is_broken_and_the_flat_one_flat(small: Path) -> None:
    with pytest.raises((OSError, UnidentifiedImageError)), Image.open(small / SMALL.broken) as picture:
        picture.load()
    assert len(upright(small / SMALL.flat).getcolors()) == 1


# ---- what real collections hold


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> ExampleManifest:
    folder = tmp_path_factory.mktemp("uploads")
    return make(folder, plan=part("uploads/IMG_208", "uploads/IMG_209"), processes=1)


def test_a_photo_of_a_phone_lies_on_its_side_and_its_copy_stands(uploads: ExampleManifest) -> None:
    photo = decode(uploads.folder / "uploads/IMG_2081.jpg")
    assert photo.exif.orientation == 6
    with Image.open(uploads.folder / "uploads/IMG_2081.jpg") as stored:
        assert stored.width > stored.height
    copy = decode(uploads.folder / "uploads/IMG-20230804-WA0007.jpg")
    assert copy.exif.orientation == 1
    assert copy.height / copy.width == pytest.approx(photo.height / photo.width, abs=0.01)


def test_a_heic_has_copies_in_other_formats(uploads: ExampleManifest) -> None:
    group = uploads.groups["uploads/IMG_2090.heic"]
    assert [decode(uploads.folder / path).format for path in group] == ["AVIF", "HEIC", "JPEG"]


def test_a_burst_is_three_pictures_a_second_apart_and_no_set_of_copies(uploads: ExampleManifest) -> None:
    first, *later = sorted(f"uploads/IMG_2084_BURST0{number}.jpg" for number in (1, 2, 3))
    files = {file.path: file for file in uploads.files}
    assert [(files[path].kind, files[path].of, files[path].group) for path in later] == [
        ("burst", first, None)
    ] * 2
    assert (files[first].kind, files[first].group) == ("original", None)
    assert not {first, *later} & {path for row in truth(uploads.folder) for path in (row.path, row.original)}
    moments = [decode(uploads.folder / path).exif.taken for path in (first, *later)]
    assert [round((b - a).total_seconds()) for a, b in pairwise(moments)] == [1, 1]


def test_what_a_camera_wrote_in_a_photo_is_its_field(uploads: ExampleManifest) -> None:
    wrote = {
        file.path: decode(uploads.folder / file.path).exif for file in uploads.files if file.kind != "broken"
    }
    assert {wrote[path].camera for path in wrote} == {None, "Example Drawn camera"}
    photos = [file for file in uploads.files if file.kind != "broken" and wrote[file.path].camera]
    assert len(photos) == 5
    assert all(file.fields["taken"] == wrote[file.path].taken.replace(microsecond=0) for file in photos)


# ---- the changes


@pytest.fixture(scope="module")
def receipt() -> bytes:
    return original_bytes("office/receipts/receipt-0519.jpg")


@pytest.fixture(scope="module")
def receipt_picture(receipt: bytes, tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    path = tmp_path_factory.mktemp("receipt") / "receipt.jpg"
    path.write_bytes(receipt)
    return upright(path)


@pytest.mark.parametrize("kind", [kind for kind in CopyKind if kind is not CopyKind.LOOKALIKE])
def test_a_copy_is_what_its_kind_says(
    kind: CopyKind, receipt: bytes, receipt_picture: Image.Image, tmp_path: Path
) -> None:
    content = copy_bytes(Copy("copy.jpg" if kind is not CopyKind.FORMAT else "copy.png", "", kind), receipt)
    assert content == copy_bytes(
        Copy("copy.jpg" if kind is not CopyKind.FORMAT else "copy.png", "", kind), receipt
    )
    (tmp_path / "copy").write_bytes(content)
    copy, original = upright(tmp_path / "copy"), receipt_picture
    same_size = copy.size == original.size
    match kind:
        case CopyKind.IDENTICAL:
            assert content == receipt
        case CopyKind.FORMAT:
            assert copy.tobytes() == original.tobytes()
        case CopyKind.COMPRESSION:
            assert same_size
            assert len(content) < len(receipt) * 0.7
        case CopyKind.ORIENTATION:
            assert same_size
            assert Image.open(tmp_path / "copy").size == original.size[::-1]
        case CopyKind.SCALE | CopyKind.CROP | CopyKind.ASPECT | CopyKind.TILT:
            assert not same_size
        case CopyKind.ROTATION:
            assert sorted(copy.size) == sorted(original.size)
        case _:
            assert same_size
    if kind is not CopyKind.IDENTICAL:
        assert content != receipt


def test_the_public_names_are_those_that_are_listed() -> None:
    assert all(hasattr(example, name) for name in example.__all__)
