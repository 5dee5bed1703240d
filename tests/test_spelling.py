"""A disk that finds a file under any capitals: one file is one image, however its name is written.

exFAT is mounted where that can be done (root, its tools of FUSE); everywhere else the system's answers about
single paths are given as such a disk gives them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
import zlib
from pathlib import Path

import pytest

from dupedash.actions.files.disk import same_place
from dupedash.cli import main
from dupedash.embedded.files import placing
from dupedash.embedded.files.leaveout import LeaveOut, checked
from dupedash.keepers.places import lies_in
from dupedash.system import spelling
from tests.indexed import counts, draw, folder, read, store
from tests.pictures import as_file, scene, smaller
from tests.test_identity import places

__all__ = ["folder", "store"]

TOOLS = "mkfs.exfat", "mount.exfat-fuse", "losetup", "umount"
DISK_BYTES = 16 << 20


@pytest.fixture(params=["inodes of files", "an inode for every spelling"])
def ignores_case(request, tmp_path, monkeypatch):
    """What `os.lstat` and `os.stat` say below tmp_path when the disk ignores case."""
    lstat, stat = os.lstat, os.stat

    def found(path):
        place = os.fsencode(tmp_path)
        for name in os.fsencode(path)[len(place) + 1 :].split(b"/"):
            names = os.listdir(place) if os.path.isdir(place) else []
            alike = (n for n in names if spelling.folded(n) == spelling.folded(name))
            place = os.path.join(place, name if name in names else next(alike, name))
        return place

    def answers(ask):
        def answer(path, *args, **options):
            if not isinstance(path, str | bytes | Path) or not os.fsencode(path).startswith(inside):
                return ask(path, *args, **options)
            with monkeypatch.context() as real:
                real.setattr(os, "lstat", lstat)
                real.setattr(os, "stat", stat)
                told = ask(found(path), *args, **options)
            if request.param == "inodes of files":
                return told
            times = {name: getattr(told, name) for name in ("st_atime_ns", "st_mtime_ns", "st_ctime_ns")}
            return os.stat_result((told.st_mode, zlib.crc32(os.fsencode(path)), *told[2:]), times)

        return answer

    inside = os.fsencode(tmp_path) + b"/"
    monkeypatch.setattr(os, "lstat", answers(lstat))
    monkeypatch.setattr(os, "stat", answers(stat))


def other_capitals(path):
    return path.parent / path.name.swapcase()


def test_spellings_of_one_name_have_their_folded_form_in_common():
    composed, decomposed = (unicodedata.normalize(form, "/Zürich/É.JPG") for form in ("NFC", "NFD"))
    forms = {spelling.folded(os.fsencode(path)) for path in (composed, decomposed, composed.lower())}
    assert len(forms) == 1
    assert spelling.folded(b"/a\xe9/B.JPG") == spelling.folded(b"/A\xe9/b.jpg")
    assert spelling.folded(b"/a\xe9/b.jpg") != spelling.folded(b"/a/b.jpg")


def test_a_disk_that_tells_capitals_apart_is_believed(tmp_path):
    for name in ("a.png", "A.png", "Ä.png"):
        (tmp_path / name).write_bytes(b"")
    for name in ("a.png", "A.png", "not there.png"):
        path = os.fsencode(tmp_path / name)
        assert spelling.as_on_disk(path) == path
    if not (tmp_path / "ä.png").exists():
        assert not spelling.is_one_entry(str(tmp_path / "a.png"), str(tmp_path / "A.png"))


@pytest.mark.usefixtures("ignores_case")
def test_a_folder_by_another_spelling_is_the_same_folder(store, folder):
    read(store, folder)
    before = places(store)
    for spelled in (other_capitals(folder), other_capitals(folder) / "WITHIN", folder / "A.PNG"):
        assert counts(read(store, spelled))[:2] == (0, 0)
    assert places(store) == before
    assert all(root.is_relative_to(folder) for root in store.roots())
    assert same_place(folder / "a.png", other_capitals(folder) / "A.png")
    assert lies_in(str(folder / "a.png"), str(other_capitals(folder)))
    left_out = LeaveOut(checked([str(other_capitals(folder) / "Within")]))
    assert left_out.reason(os.fsencode(folder / "within"))


@pytest.mark.parametrize("written_to", [False, True])
@pytest.mark.usefixtures("ignores_case")
def test_a_name_that_changed_in_its_capitals_only_is_a_move(store, folder, written_to):
    read(store, folder)
    ids = {Path(place).name: image_id for place, image_id in places(store).items()}
    (folder / "a.png").rename(folder / "A.png")
    (folder / "within").rename(folder / "Within")
    if written_to:
        draw(folder / "A.png", 8)
    report = read(store, folder)
    assert (report.added, report.moved, report.updated) == (0, 2 - written_to, int(written_to))
    assert places(store) == {
        str(folder / "A.png"): ids["a.png"],
        str(folder / "b.png"): ids["b.png"],
        str(folder / "Within/c.png"): ids["c.png"],
    }


@pytest.mark.usefixtures("ignores_case")
def test_what_was_indexed_under_two_spellings_becomes_one_again(store, folder, monkeypatch):
    read(store, folder)
    folder.rename(other_capitals(folder))
    with monkeypatch.context() as as_in_version_0_1:
        as_in_version_0_1.setattr(placing, "_respelled", lambda *_: {})
        read(store, other_capitals(folder))
    assert counts(read(store, other_capitals(folder)))[0] == 0
    assert set(places(store)) == {
        str(other_capitals(folder) / name) for name in ("a.png", "b.png", "within/c.png")
    }


@pytest.fixture
def disk(tmp_path):
    """A real one that ignores case."""
    if not all(map(shutil.which, TOOLS)) or os.geteuid() or not os.path.exists("/dev/fuse"):
        pytest.skip("exFAT cannot be mounted: root and the packages exfat-fuse and exfatprogs are needed")
    image, place = tmp_path / "exfat", tmp_path / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)

    def run(*command):
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    run("mkfs.exfat", image)
    device = run("losetup", "--find", "--show", image)
    try:
        run("mount.exfat-fuse", device, place)
        yield place
        run("umount", place)
    finally:
        run("losetup", "--detach", device)


def test_plans_on_a_real_disk_that_ignores_case_leave_one_of_each(disk, tmp_path, capsys):
    def dupedash(*words):
        assert main(["--data", str(tmp_path / "data"), *map(str, words)]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    photos = disk / "Photos"
    photos.mkdir()
    for name, picture in {"A.png": scene(1), "a small.png": smaller(scene(1)), "B.png": scene(2)}.items():
        (photos / name).write_bytes(as_file(picture))
    (photos / "A SMALL.xmp").write_text("<x/>")
    before = {path.name: path.read_bytes() for path in photos.iterdir()}
    for spelled in (photos, disk / "photos", disk / "PHOTOS" / "b.PNG"):
        dupedash("index", spelled, "--jobs", "1")
    assert "images      3" in dupedash("status")
    (photos / "B.png").rename(photos / "b.png")
    os.rename(photos, disk / "PHOTOS")
    assert "3 moved" in dupedash("index", disk / "photos", "--jobs", "1")
    dupedash("scan")
    assert "quarantine 1 of default" in dupedash("plan")
    dupedash("apply", "--yes")
    assert sorted(os.listdir(disk / "PHOTOS")) == ["A.png", "b.png"]
    dupedash("undo")
    before["b.png"] = before.pop("B.png")
    assert {path.name: path.read_bytes() for path in (disk / "PHOTOS").iterdir()} == before
