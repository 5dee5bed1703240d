"""Files that are no readable pictures are compared by their bytes: found, told, shown calmly, cleared."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from starlette.applications import Starlette

from dupedash.check import GATES, check_images, of_sources, of_upload
from dupedash.cli import main
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.embedded.store.store import file_id
from dupedash.errors import ConfigError, UnreadableImage
from dupedash.images import Limits
from dupedash.model import ByAnalysis, ByData, ById, ChangeKind, Document, DuplicateQuery
from dupedash.ui.door.routes import ROUTES
from tests import workspaces
from tests.app_pages import opened
from tests.asking import Client
from tests.pictures import as_file, scene
from tests.test_images import png_that_claims

NOISE = bytes(range(256)) * 40
HALF = as_file(scene(1), "JPEG")[:6000]
FILES = {
    "IMG_1.CR2": b"II*\0" + NOISE, "logo.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a.psd": b"8BPS" + NOISE,
    "new.jxl": b"\xff\x0a" + NOISE, "half.jpg": HALF, "text.png": b"no picture at all",
    "bomb.png": png_that_claims(20_000, 20_000),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path) -> Path:
    """Each file of FILES twice, one picture twice, a film twice, an empty file twice."""
    root = tmp_path / "pictures"
    (root / "copies").mkdir(parents=True)
    others = {"fine.png": as_file(scene(2)), "film.mp4": NOISE, "empty.jpg": b""}
    for name, data in {**FILES, **others}.items():
        (root / name).write_bytes(data)
        (root / "copies" / name).write_bytes(data)
    return root


@pytest.fixture
def collection(tmp_path, folder):
    made = EmbeddedCollection(tmp_path / "data" / "collections" / "c")
    index(made.store, [folder], jobs=2)
    yield made
    made.close()


def test_each_is_told_and_none_counts_as_a_picture(tmp_path, folder):
    collection = EmbeddedCollection(tmp_path / "data" / "collections" / "c")
    report = index(collection.store, [folder], jobs=2)
    reasons = {Path(f.what).name: f.reason for f in report.unreadable}
    assert report.added == 2
    assert report.ignored == 2  # the films
    assert reasons == {
        "IMG_1.CR2": reasons["IMG_1.CR2"],
        "logo.svg": "SVG files are not decoded: they hold instructions for drawing, no pixels; compared by "
        "its bytes only",
        "a.psd": "not supported (a Photoshop file); compared by its bytes only",
        "new.jxl": reasons["new.jxl"],
        "half.jpg": reasons["half.jpg"],
        "text.png": "not an image; compared by its bytes only",
        "bomb.png": "claims 20000×20000 pixels: more than the limit; compared by its bytes only",
        "empty.jpg": "empty file",
    }
    for name in ("half.jpg", "IMG_1.CR2", "new.jxl"):
        assert reasons[name].endswith("; compared by its bytes only")
    assert {(f.what, f.reason) for f in collection.store.failures()} == {
        (f.what, f.reason) for f in report.unreadable
    }
    state = collection.state()
    again = index(collection.store, [folder], jobs=1)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)
    assert (again.unreadable, collection.state()) == (report.unreadable, state)
    collection.close()


def test_a_scan_finds_their_copies_and_a_plan_clears_them(folder, tmp_path):
    data = ["--data", str(tmp_path / "data")]
    pairs, table, groups = tmp_path / "pairs.csv", tmp_path / "table.csv", tmp_path / "groups.json"
    assert main([*data, "index", "--jobs", "1", str(folder)]) == 0
    words = [
        "--pairs",
        str(pairs),
        "--csv",
        str(table),
        "--json",
        str(groups),
        "--html",
        str(tmp_path / "g.html"),
    ]
    assert main([*data, "scan", *words]) == 0
    with pairs.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    expected = {(str(folder / name), str(folder / "copies" / name)) for name in (*FILES, "fine.png")}
    assert {tuple(sorted(row[:2], key=len)) for row in rows} == expected
    assert {float(row[2]) for row in rows} == {1.0}
    assert len(json.loads(groups.read_text())) == len(expected)
    assert main([*data, "plan"]) == 0
    assert main([*data, "apply", "--yes"]) == 0
    for one, other in expected:
        assert Path(one).exists() != Path(other).exists()
    assert main([*data, "undo"]) == 0
    assert all(Path(path).exists() for pair in expected for path in pair)
    assert main([*data, "scan", "--pairs", str(pairs)]) == 0
    with pairs.open(newline="") as file:
        assert len(list(csv.reader(file))) == len(rows) + 1


def test_single_queries_and_checks_find_them(collection, folder):
    one, other = file_id(folder / "IMG_1.CR2"), file_id(folder / "copies" / "IMG_1.CR2")
    (hit,) = collection.duplicates(ById(one), DuplicateQuery()).hits
    assert (hit.id, hit.score, hit.explanation.kinds) == (other, 1.0, (ChangeKind.IDENTICAL_FILE,))
    upload = ByData(FILES["half.jpg"], "upload.jpg")
    told = collection.analyze(upload)
    assert told["content"] == collection.records([file_id(folder / "half.jpg")])[0].content
    for image in (upload, ByAnalysis(json.loads(json.dumps(told)))):
        assert len(collection.duplicates(image, DuplicateQuery()).hits) == 2
    report = check_images(collection, list(of_upload("x.svg", FILES["logo.svg"])), GATES["look only"])
    assert [hit.score for hit in report.checked[0].hits] == [1.0, 1.0]


def test_what_is_unreadable_and_not_there_is_no_answer(collection, folder):
    for name in ("other.jpg", "other.cr2"):
        with pytest.raises(UnreadableImage):
            collection.analyze(ByData(b"II*\0 something else", name))
    shutil.copy(folder / "film.mp4", folder.parent / "z.nef")
    report = check_images(collection, list(of_sources([str(folder.parent / "z.nef")])), GATES["look only"])
    assert (report.checked, len(report.failures)) == ((), 1)


def test_a_check_of_an_indexed_file_knows_it(collection, folder):
    report = check_images(collection, list(of_sources([str(folder / "IMG_1.CR2")])), GATES["look only"])
    assert report.checked[0].known_as == file_id(folder / "IMG_1.CR2")


def test_a_crafted_analysis_of_one_is_refused(collection):
    good = collection.analyze(ByData(FILES["text.png"], "t.png"))
    for change in (
        {"unread": "nothing"},
        {"unread": 5},
        {"content": "x"},
        {"bytes": -1},
        {"format": "x" * 201},
    ):
        with pytest.raises(ConfigError, match="damaged"):
            collection.duplicates(ByAnalysis({**good, **change}), DuplicateQuery())
    assert collection.add([Document("d", "elsewhere", {}, {**good, "unread": None})])


def test_a_copy_that_could_not_be_read_in_time_counts_as_the_one_that_could(collection, folder):
    shutil.copy(folder / "fine.png", folder / "late.png")
    index(collection.store, [folder], jobs=1, limits=Limits(max_seconds=0.001))
    late, fine = collection.records([file_id(folder / "late.png"), file_id(folder / "fine.png")])
    assert (late.skipped, late.pixels) == (None, fine.pixels)
    assert len(collection.duplicates(ById(late.id), DuplicateQuery()).hits) == 2


def test_a_file_larger_than_what_is_decoded_is_hashed_piece_by_piece(tmp_path):
    big = tmp_path / "in" / "big.jpg"
    big.parent.mkdir()
    for path in (big, big.with_name("copy.jpg")):
        path.write_bytes(b"\xff\xd8" + NOISE * 300)
    collection = EmbeddedCollection(tmp_path / "data" / "collections" / "c")
    report = index(collection.store, [big.parent], jobs=1, limits=Limits(max_bytes=1_000_000))
    assert {f.reason for f in report.unreadable} == {"more than 0 MB; compared by its bytes only"}
    assert len(collection.duplicates(ById(file_id(big)), DuplicateQuery()).hits) == 1
    collection.close()


@pytest.mark.usefixtures("collection")
def test_their_place_is_held_by_a_calm_picture_that_names_the_format(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("DUPEDASH_DATA", str(tmp_path / "data"))
    client = Client(Starlette(routes=ROUTES))
    for route in ("thumb/c/{}.jpg", "picture/c/{}"):
        for name, word in (("IMG_1.CR2", "CR2"), ("half.jpg", "JPG")):
            answer = client.get(route.format(file_id(folder / name)))
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
            assert f">{word}<" in answer.text
        assert ">CR2<" not in client.get(route.format("unknown")).text


def test_a_pair_of_them_says_why_there_is_no_picture(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("DUPEDASH_DATA", str(tmp_path / "data"))
    workspace = workspaces.fill(tmp_path / "data", folder)
    workspaces.scan(workspace)
    at = opened("group", group=file_id(folder / "logo.svg"))
    told = [caption.value for caption in at.caption if "no picture of logo" in caption.value]
    assert len(told) == 2
    assert "SVG files are not decoded" in told[0]
