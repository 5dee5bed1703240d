"""Times that no table can hold cost their file its date, and nothing else."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import Image

from dupedash.cli import main
from dupedash.collection import WritableCollection
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.embedded.store.documents import FARTHEST_NS, FileStamp
from dupedash.embedded.store.store import file_id
from dupedash.model import Document, ImageRecord
from tests.pictures import as_file, scene

YEAR = 31_556_952  # seconds


@pytest.fixture
def folder(tmp_path):
    """Four pictures."""
    made = tmp_path / "pictures"
    made.mkdir()
    for seed in range(4):
        (made / f"{seed}.png").write_bytes(as_file(scene(seed, 120, 90)))
    return made


@pytest.fixture
def collection(tmp_path):
    made = EmbeddedCollection(tmp_path / "data" / "collections" / "c")
    yield made
    made.close()


def set_year(path, year: int) -> None:
    """Skips the test where the file system cannot hold it."""
    seconds = (year - 1970) * YEAR
    os.utime(path, (seconds, seconds))
    if path.stat().st_mtime_ns // 10**9 != seconds:
        pytest.skip(f"this file system holds no file of the year {year}")


@pytest.mark.parametrize(("year", "kept"), [(1969, True), (1901, True), (1650, False), (2200, True),
                                            (2263, False), (2400, False)])  # fmt: skip
def test_a_file_of_any_time_is_indexed_with_its_date_or_without(collection, folder, year, kept):
    odd = folder / "1.png"
    set_year(odd, year)
    report = index(collection.store, [folder], jobs=1)
    assert (report.added, report.unreadable) == (4, ())
    assert report.undated == (() if kept else (str(odd),))
    modified = collection.records([file_id(odd)])[0].modified
    assert (modified is not None and abs(modified.year - year) < 2) == kept
    again = index(collection.store, [folder], jobs=1)
    assert (again.unchanged, again.undated) == (4, report.undated)


def test_the_command_tells_which_file_has_no_date(folder, tmp_path, capsys):
    set_year(folder / "2.png", 2400)
    assert main(["--data", str(tmp_path / "data"), "index", "--jobs", "1", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "before 1678 or after 2261" in told
    assert str(folder / "2.png") in told


def test_times_at_the_ends_of_what_can_be_kept():
    assert FileStamp(b"/a", 1, -FARTHEST_NS).modified is None
    assert FileStamp(b"/a", 1, FARTHEST_NS).modified is None
    assert FileStamp(b"/a", 1, 1 - FARTHEST_NS).modified == datetime(1677, 9, 21, 0, 12, 43, 145000, UTC)


@pytest.mark.parametrize("taken", ["0001:01:01 00:00:00", "9999:12:31 23:59:59", "0000:00:00 00:00:00",
                                   "2024:13:45 99:99:99"])  # fmt: skip
@pytest.mark.parametrize("zone", ["+14:00", "-12:00", "junk"])
def test_a_picture_taken_at_any_time_is_indexed_and_read_back(collection, folder, taken, zone):
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: taken, 0x9011: zone})
    scene(9, 120, 90).save(folder / "odd.jpg", exif=exif)
    assert index(collection.store, [folder], jobs=1).added == 5
    record: ImageRecord = collection.records([file_id(folder / "odd.jpg")])[0]
    moment = record.fields.get("taken")
    assert moment is None or isinstance(moment, datetime)
    assert collection.ids(["taken:[* TO *]"]) == ([record.id] if moment else [])


EARLIEST = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))


def test_a_date_before_the_first_year_is_one_failure_and_the_others_are_kept(collection, folder):
    index(collection.store, [folder], jobs=1)
    writable: WritableCollection = collection
    collection.set_fields({file_id(folder / "0.png"): {"shot": datetime(2024, 1, 1, tzinfo=UTC)}})
    failures = writable.set_fields(
        {file_id(folder / f"{n}.png"): {"shot": EARLIEST if n == 1 else datetime.max} for n in (1, 2)}
    )
    assert [f.what for f in failures] == [file_id(folder / "1.png")]
    assert collection.ids(["shot:[* TO *]"]) == sorted(file_id(folder / f"{n}.png") for n in (0, 2))


def test_a_document_with_an_impossible_date_is_refused_alone(collection, folder):
    collection.set_fields({})
    documents = [Document(f"d{n}", str(folder / f"{n}.png"), {"shot": shot}) for n, shot in
                 enumerate([datetime(2024, 1, 1, tzinfo=UTC), EARLIEST, datetime.max])]  # fmt: skip
    assert [f.what for f in collection.add(documents)] == ["d1"]
    assert collection.ids() == ["d0", "d2"]
