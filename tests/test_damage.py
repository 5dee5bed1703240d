"""Derived files are derived: a flipped byte in any of them is noticed, and it is made anew or told."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dupedash.cli import main
from dupedash.collection import FoundMatch
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.store.store import Store
from dupedash.errors import ScanError
from dupedash.model import ById, DuplicateQuery
from dupedash.scans import ScanStatus, ScanStore
from dupedash.scans.stored import save
from dupedash.scans.tables.parts import Account
from tests.pictures import as_file, scene, smaller


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("damage")
    photos = home / "photos"
    photos.mkdir()
    for name, picture in {"a": scene(1), "b": smaller(scene(1)), "c": scene(2)}.items():
        (photos / f"{name}.png").write_bytes(as_file(picture))
    assert main(["--data", str(home / "data"), "index", "--jobs", "1", str(photos)]) == 0
    assert main(["--data", str(home / "data"), "scan"]) == 0
    with_cache = EmbeddedCollection(home / "data" / "collections" / "default")
    with_cache.duplicates(ById(with_cache.ids()[0]), DuplicateQuery())
    with_cache.close()
    return home


@pytest.fixture
def data(made, tmp_path) -> Path:
    return Path(shutil.copytree(made / "data", tmp_path / "data"))


def flip(path: Path, place: float) -> None:
    """One bit, at this share of the file."""
    content = bytearray(path.read_bytes())
    content[min(int(len(content) * place), len(content) - 1)] ^= 0x10
    path.write_bytes(content)


def found(data: Path) -> list[list[str]]:
    collection = EmbeddedCollection(data / "collections" / "default")
    hits = [collection.duplicates(ById(i), DuplicateQuery()).hits for i in collection.ids()]
    collection.close()
    return [[hit.id for hit in some] for some in hits]


SEGMENT = ["numbers", "starts", "widths", "owner", "points", "octaves", "angles", "keys", "entries", "begins",
           "pdq", "pdq_keys", "pdq_entries", "pdq_begins"]  # fmt: skip
CACHED = [*(f"{name}.npy" for name in SEGMENT), "pictures.txt", "digests.bin", "sums.json", "segments.json"]


def cached(data: Path, name: str) -> Path:
    [path] = (data / "collections" / "default" / "cache").rglob(name)
    return path


@pytest.mark.parametrize("name", CACHED)
@pytest.mark.parametrize("place", [0.0, 0.6, 1.0])
def test_damaged_search_arrays_are_made_anew(made, data, name, place):
    right = found(made / "data")
    assert sorted(map(len, right)) == [0, 1, 1]
    flip(cached(data, name), place)
    assert found(data) == right


@pytest.mark.parametrize("name", CACHED)
@pytest.mark.parametrize("damage", ["gone", "empty", "half", "folder"])
def test_search_arrays_that_are_gone_or_cut_off_are_made_anew(made, data, name, damage):
    path = cached(data, name)
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        path.write_bytes(content[: len(content) // 2] if damage == "half" else b"")
    assert found(data) == found(made / "data")


@pytest.mark.parametrize(
    "text", ["5", "{}", "null", '["../../x"]', '["/etc"]', "[1]", '[["a"]]', '["000000000000"]', "[" * 5000]
)
def test_any_list_of_search_arrays_is_taken_or_made_anew(made, data, text):
    cached(data, "segments.json").write_text(text)
    assert found(data) == found(made / "data")


def test_what_is_damaged_is_told_once(data, caplog):
    flip(cached(data, "entries.npy"), 0.5)
    found(data)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "made anew" in caplog.text


def test_arrays_of_another_version_are_made_anew_with_a_line_and_go_later(made, data, caplog):
    [now] = (data / "collections" / "default" / "cache").iterdir()
    earlier = now.rename(now.with_name("v1.1"))
    assert found(data) == found(made / "data")
    assert [record.getMessage().count("another version") for record in caplog.records] == [1]
    assert earlier.is_dir(), "another program may be using them"
    os.utime(earlier, (0, 0))
    shutil.rmtree(now)
    assert found(data) == found(made / "data")
    assert not earlier.exists()


def scan_file(data: Path, name: str) -> Path:
    [path] = (data / "scans").rglob(name)
    return path


@pytest.mark.parametrize("name", ["images.parquet", "matches.parquet", "images.parquet.crc32"])
@pytest.mark.parametrize("place", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_a_flipped_byte_in_a_stored_scan_is_told_with_what_to_do(data, capsys, name, place):
    flip(scan_file(data, name), place)
    [scan] = ScanStore(data / "scans").list()
    for read in (scan.matches, scan.image_rows, lambda: scan.explanations([("a", "b")])):
        if "images" in name or read != scan.image_rows:
            with pytest.raises(ScanError, match="scan --again"):
                read()
    assert main(["--data", str(data), "plan"]) == 1
    assert "scan --again" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["images.parquet", "matches.parquet", "scan.json"])
def test_the_advice_helps(data, name):
    flip(scan_file(data, name), 0.5)
    assert main(["--data", str(data), "scan", "--again"]) == 0
    assert main(["--data", str(data), "plan"]) == 0


@pytest.mark.parametrize("place", [share / 20 for share in range(20)])
def test_a_flipped_byte_in_what_a_scan_says_of_itself_hides_no_other_scan(data, place, capsys):
    assert main(["--data", str(data), "scan", "--again"]) == 0
    store = ScanStore(data / "scans")
    newest, other = store.list()
    flip(newest.folder / "scan.json", place)
    assert [scan.id for scan in store.list()] == [other.id]
    assert main(["--data", str(data), "status"]) == 0
    assert f"damaged     The stored scan '{newest.id}' is damaged" in capsys.readouterr().out
    store.delete(newest.id)


@pytest.mark.parametrize("command", [["scan"], ["scan", "--again"], ["plan"], ["status"]])
@pytest.mark.parametrize("name", ["lock", "scan.json", "images.parquet", "matches.parquet"])
def test_a_folder_in_the_place_of_a_file_is_no_traceback(data, capsys, command, name):
    path = scan_file(data, "scan.json").with_name(name)
    path.unlink(missing_ok=True)
    path.mkdir()
    code = main(["--data", str(data), *command])
    told = capsys.readouterr().err
    assert code == 0 or "Error: " in told


@pytest.mark.parametrize("name", ["collections/default/collection.sqlite", "reviews.sqlite"])
@pytest.mark.parametrize("content", [b"", b"nonsense" * 1000, None, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_database_is_a_sentence(data, capsys, name, content):
    path = data / name
    path.unlink(missing_ok=True)
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    for command in (["status"], ["scan"], ["plan"]):
        code = main(["--data", str(data), *command])
        assert code == 0 or "Error: " in capsys.readouterr().err


def test_a_folder_in_the_place_of_a_lock_is_told(data, capsys):
    (data / "journals" / "making.lock").mkdir(parents=True)
    assert main(["--data", str(data), "plan"]) == 1
    assert "move the folder away" in capsys.readouterr().err


def test_what_stands_in_the_lock_of_apply_does_not_matter(data):
    assert main(["--data", str(data), "plan"]) == 0
    (data / "journals" / "apply.lock").write_bytes(b"nonsense" * 1000)
    assert main(["--data", str(data), "apply", "--yes"]) == 0


def test_a_folder_in_the_place_of_the_lock_of_apply_is_told(data, capsys):
    assert main(["--data", str(data), "plan"]) == 0
    lock = data / "journals" / "apply.lock"
    lock.mkdir()
    assert main(["--data", str(data), "apply", "--yes"]) == 1
    assert f"Delete {lock}" in capsys.readouterr().err


@pytest.mark.parametrize("place", [0.1, 0.4, 0.7, 0.9])
def test_a_flipped_byte_in_a_part_of_a_stopped_scan_is_told_and_a_new_scan_helps(data, place, capsys):
    store = ScanStore(data / "scans")
    [done] = store.list()
    with store.writing(done) as writer:
        writer.begin()
        writer.write_part([FoundMatch("a", "b", 0.9)], Account(0, images=3))
        writer.stop(ScanStatus.STOPPED, "stopped")
    flip(done.folder / "parts" / "000001.parquet", place)
    assert main(["--data", str(data), "scan"]) == 1
    assert "scan --again" in capsys.readouterr().err
    assert main(["--data", str(data), "scan", "--again"]) == 0


@pytest.mark.parametrize("name", ["images.parquet", "matches.parquet", "images.parquet.crc32"])
@pytest.mark.parametrize("damage", ["flip", "gone", "folder"])
def test_a_damaged_scan_is_not_extended_and_the_next_one_begins_anew(data, capsys, name, damage):
    path = scan_file(data, name)
    if damage == "flip":
        flip(path, 0.5)
    else:
        path.unlink()
    if damage == "folder":
        path.mkdir()
    store = EmbeddedCollection(data / "collections" / "default")
    store.set_fields({store.ids()[0]: {"note": "changed"}})
    store.close()
    assert main(["--data", str(data), "scan"]) == 0
    told = capsys.readouterr().out
    assert "3 compared" in told
    assert ("are damaged" in told) is not (damage == "gone" and "crc32" in name), "one without a sum is taken"
    assert main(["--data", str(data), "plan"]) == 0
    assert "quarantine 1 of" in capsys.readouterr().out


def test_a_plan_takes_a_scan_that_ended_and_tells_where_there_is_none(data, capsys):
    store = ScanStore(data / "scans")
    [done] = store.list()
    failed = store.create(done.collection, done.engine, done.state, done.config, done.effort,
                          identity=done.identity)  # fmt: skip
    assert main(["--data", str(data), "plan"]) == 0
    assert "did not end" not in capsys.readouterr().out
    assert main(["--data", str(data), "plan", "--scan", failed.id]) == 0
    assert f"{failed.id} did not end" in capsys.readouterr().out
    store.delete(done.id)
    assert main(["--data", str(data), "plan"]) == 0
    assert f"{failed.id} did not end" in capsys.readouterr().out


def test_the_newest_scan_is_the_one_made_last_though_the_clock_was_set_back(data):
    store = ScanStore(data / "scans")
    [done] = store.list()
    save(replace(done, started=done.started + timedelta(days=365)))
    assert main(["--data", str(data), "scan", "--again"]) == 0
    newest, before = store.list()
    assert before.id == done.id
    assert newest.started > before.started


def test_an_older_scan_without_checksums_opens(data):
    for path in (data / "scans").rglob("*.crc32"):
        path.unlink()
    assert main(["--data", str(data), "plan"]) == 0


def test_the_collection_itself_is_untouched_by_all_that(data):
    assert len(Store(data / "collections" / "default").ids()) == 3
