"""Which document a file is: content decides, names and places do not, and one file is one document."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dupedash.cli import main
from dupedash.embedded.store.store import Store, file_id
from dupedash.model import Failure
from tests.indexed import counts, draw, folder, read, store

__all__ = ["folder", "store"]


def places(store: Store) -> dict[str, str]:
    """Location → id of what is searched; every location once."""
    records = store.records(store.ids())
    assert len({r.location for r in records}) == len(records)
    return {record.location: record.id for record in records}


def label(store: Store) -> dict[str, str]:
    """Give each picture its name as a field; name → id."""
    ids = {Path(place).name: image_id for place, image_id in places(store).items()}
    assert store.set_fields({image_id: {"label": name} for name, image_id in ids.items()}) == []
    return ids


# Moved and renamed files


def test_a_renamed_file_keeps_its_document_and_fields(store, folder):
    read(store, folder)
    ids = label(store)
    (folder / "a.png").rename(folder / "within" / "new name.png")
    report = read(store, folder)
    assert counts(report) == (0, 0, 2, 0, 0)
    assert report.moved == 1
    record = store.records([ids["a.png"]])[0]
    assert record.location == str(folder / "within" / "new name.png")
    assert (record.filename, record.fields["label"], record.skipped) == ("new name.png", "a.png", None)
    assert store.ids([f'folder:"{folder / "within"}"', "filename:new*"]) == [ids["a.png"]]
    assert store.path(ids["a.png"]) == folder / "within" / "new name.png"


def test_a_renamed_folder_is_found_from_its_new_place(store, folder, tmp_path):
    read(store, folder)
    ids = label(store)
    folder.rename(tmp_path / "photos")
    report = read(store, tmp_path / "photos")
    assert (report.moved, report.added, report.vanished) == (3, 0, ())
    assert sorted(places(store)) == sorted(str(p) for p in (tmp_path / "photos").rglob("*.png"))
    assert set(places(store).values()) == set(ids.values())
    assert store.roots() == [tmp_path / "photos"]


def test_a_file_that_was_told_to_be_gone_is_found_later_elsewhere(store, folder, tmp_path):
    read(store, folder)
    ids = label(store)
    shutil.move(folder / "a.png", tmp_path / "away.png")
    assert read(store, folder).vanished == (str(folder / "a.png"),)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(tmp_path / "away.png", other / "back.png")  # another time, too
    assert read(store, other).moved == 1
    assert store.records([ids["a.png"]])[0].location == str(other / "back.png")
    assert store.records([ids["a.png"]])[0].fields["label"] == "a.png"


def test_two_files_that_change_names_keep_their_documents(store, folder):
    read(store, folder)
    ids = label(store)
    a, b = folder / "a.png", folder / "b.png"
    a.write_bytes(a.read_bytes().ljust(5000, b"\0"))
    b.write_bytes(b.read_bytes().ljust(5000, b"\0"))  # of one size, so that only the content tells
    read(store, folder)
    a.rename(folder / "x.png")
    b.rename(a)
    (folder / "x.png").rename(b)
    os.utime(a, ns=(1, 1))
    os.utime(b, ns=(2, 2))
    assert read(store, folder).moved == 2
    assert {Path(place).name: image_id for place, image_id in places(store).items()} == {
        "a.png": ids["b.png"], "b.png": ids["a.png"], "c.png": ids["c.png"]
    }  # fmt: skip


def test_a_new_file_at_the_old_place_of_a_moved_one_is_a_new_document(store, folder):
    read(store, folder)
    ids = label(store)
    (folder / "a.png").rename(folder / "moved.png")
    draw(folder / "a.png", 77)
    report = read(store, folder)
    assert (report.moved, report.added, report.updated) == (1, 1, 0)
    now = {Path(place).name: image_id for place, image_id in places(store).items()}
    assert now["moved.png"] == ids["a.png"]
    assert now["a.png"] not in ids.values()
    assert "label" not in store.records([now["a.png"]])[0].fields
    assert counts(read(store, folder)) == (0, 0, 4, 0, 0)


def test_a_file_that_another_one_replaced_is_gone(store, folder):
    read(store, folder)
    ids = label(store)
    (folder / "b.png").replace(folder / "a.png")
    assert read(store, folder).moved == 1
    assert places(store) == {
        str(folder / "a.png"): ids["b.png"], str(folder / "within" / "c.png"): ids["c.png"]
    }  # fmt: skip
    assert store.hidden() == [Failure(str(folder / "a.png"), "the file is gone")]
    draw(folder / "again.png", 0)
    assert read(store, folder).moved == 1
    assert places(store)[str(folder / "again.png")] == ids["a.png"]


def test_an_edited_file_keeps_its_document_at_its_place(store, folder):
    read(store, folder)
    ids = label(store)
    draw(folder / "a.png", 50)
    assert counts(read(store, folder)) == (0, 1, 2, 0, 0)
    assert places(store)[str(folder / "a.png")] == ids["a.png"]


def test_a_copy_is_a_new_document_and_the_first_file_keeps_its_own(store, folder):
    read(store, folder)
    ids = label(store)
    shutil.copy2(folder / "a.png", folder / "0 copy.png")
    report = read(store, folder)
    assert (report.added, report.moved) == (1, 0)
    assert places(store)[str(folder / "a.png")] == ids["a.png"]


def test_of_many_identical_files_in_a_renamed_folder_each_stays_who_it_was(store, tmp_path):
    old = tmp_path / "old"
    for n in range(6):
        (old / f"album {n}").mkdir(parents=True)
        draw(old / f"album {n}" / "cover.png", 1)
    read(store, old)
    before = {Path(place).parent.name: image_id for place, image_id in places(store).items()}
    old.rename(tmp_path / "new")
    assert read(store, tmp_path / "new").moved == 6
    assert {Path(place).parent.name: image_id for place, image_id in places(store).items()} == before


def test_of_identical_files_only_the_one_whose_file_is_gone_has_moved(store, folder):
    for name in ("a1.png", "a2.png"):
        shutil.copy2(folder / "a.png", folder / name)
    read(store, folder)
    ids = label(store)
    (folder / "a1.png").rename(folder / "within" / "z.png")
    assert read(store, folder).moved == 1
    now = {Path(place).name: image_id for place, image_id in places(store).items()}
    assert now == {"a.png": ids["a.png"], "a2.png": ids["a2.png"], "b.png": ids["b.png"],
                   "c.png": ids["c.png"], "z.png": ids["a1.png"]}  # fmt: skip


def test_a_touched_file_is_not_described_anew(store, folder):
    read(store, folder)
    os.utime(folder / "a.png", ns=(5, 5_000_000_000))
    assert counts(read(store, folder)) == (0, 1, 2, 0, 0)
    assert store.records([file_id(folder / "a.png")])[0].modified.timestamp() == 5
    assert counts(read(store, folder)) == (0, 0, 3, 0, 0)


def test_a_stopped_run_moves_nothing_halfway(store, folder):
    read(store, folder)
    ids = label(store)
    (folder / "a.png").rename(folder / "x.png")
    report = read(store, folder, cancelled=lambda: True)
    assert (report.stopped, report.moved) == (True, 0)
    assert read(store, folder).moved == 1
    assert places(store)[str(folder / "x.png")] == ids["a.png"]


def test_reread_notices_what_size_and_time_hide(store, folder):
    read(store, folder)
    path = folder / "a.png"
    status = path.stat()
    draw(path, 60)
    path.write_bytes(path.read_bytes()[: status.st_size].ljust(status.st_size, b"\0"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    content = store.records([file_id(path)])[0].content
    assert counts(read(store, folder)) == (0, 0, 3, 0, 0)
    assert sum(counts(read(store, folder, reread=True))) == 3
    assert store.records([file_id(path)])[0].content != content
    number = store.sequence()
    read(store, folder, reread=True)
    assert store.sequence() == number  # what holds the same is not touched


def test_decisions_and_scans_follow_a_moved_file(folder, tmp_path):
    shutil.copy(folder / "a.png", folder / "copy.png")
    data = ["--data", str(tmp_path / "data")]
    assert main([*data, "index", "--jobs", "1", str(folder)]) == 0
    assert main([*data, "scan"]) == 0
    folder.rename(tmp_path / "photos")
    assert main([*data, "index", "--jobs", "1", str(tmp_path / "photos")]) == 0
    groups = tmp_path / "groups.json"
    assert main([*data, "scan", "--json", str(groups)]) == 0
    assert [sorted(group) for group in json.loads(groups.read_text()).values()] == [
        [str(tmp_path / "photos" / "a.png"), str(tmp_path / "photos" / "copy.png")]
    ]
    assert main([*data, "plan"]) == 0
    assert main([*data, "apply", "--yes"]) == 0


# One file with several names


def test_hard_links_are_one_document(store, folder):
    os.link(folder / "a.png", folder / "within" / "link.png")
    report = read(store, folder)
    assert (report.added, report.other_names) == (3, 1)
    assert counts(read(store, folder)) == (0, 0, 3, 0, 0)


def test_the_other_name_takes_over_when_the_first_one_goes(store, folder):
    os.link(folder / "a.png", folder / "within" / "link.png")
    read(store, folder)
    ids = label(store)
    (folder / "a.png").unlink()
    report = read(store, folder)
    assert (report.moved, report.added, report.vanished) == (1, 0, ())
    assert places(store)[str(folder / "within" / "link.png")] == ids["a.png"]


def test_a_link_that_becomes_a_copy_is_a_second_document(store, folder):
    link = folder / "within" / "link.png"
    os.link(folder / "a.png", link)
    read(store, folder)
    data = link.read_bytes()
    link.unlink()
    link.write_bytes(data)
    assert counts(read(store, folder)) == (1, 0, 3, 0, 0)


def test_copies_that_were_replaced_by_links_leave_one_document_searched(store, folder):
    copy = folder / "within" / "copy.png"
    shutil.copy2(folder / "a.png", copy)
    read(store, folder)
    ids = label(store)
    copy.unlink()
    os.link(folder / "a.png", copy)
    report = read(store, folder)
    assert (report.other_names, report.vanished) == (1, ())
    assert str(copy) not in places(store)
    (folder / "a.png").unlink()
    read(store, folder)
    assert places(store)[str(copy)] == ids["copy.png"]
    assert store.records([ids["copy.png"]])[0].fields["label"] == "copy.png"


def test_names_in_folders_that_are_indexed_at_different_times_are_one_file(store, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    os.link(folder / "a.png", other / "link.png")
    read(store, folder)
    report = read(store, other)
    assert (report.added, report.other_names) == (0, 1)
    assert len(places(store)) == 3


def test_a_link_and_its_file_are_one_whichever_is_met_first(store, folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    draw(outside / "z.png", 9)
    (folder / "link.png").symlink_to(outside / "z.png")
    assert read(store, folder).added == 4
    assert str(outside / "z.png") in places(store)
    assert counts(read(store, outside)) == (0, 0, 1, 0, 0)
    assert len(places(store)) == 4


def test_one_folder_that_is_reached_in_several_ways_is_read_once(store, folder, tmp_path):
    (tmp_path / "alias").symlink_to(folder)
    (folder / "loop").symlink_to(folder)
    report = read(store, folder, tmp_path / "alias", folder / "within", folder / "a.png")
    assert (report.added, len(places(store))) == (3, 3)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="mounting needs root")
def test_a_folder_that_is_mounted_twice_is_one(store, folder, tmp_path):
    again = tmp_path / "mounted"
    again.mkdir()
    if subprocess.run(["mount", "--bind", folder, again], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        report = read(store, folder, again)
        assert (report.added, report.other_names) == (3, 3)
    finally:
        subprocess.run(["umount", again], check=True)


def test_links_are_nothing_to_gain_before_and_after_they_are_made(folder, tmp_path, capsys):
    os.link(folder / "a.png", folder / "link.png")
    shutil.copy2(folder / "b.png", folder / "copy.png")
    data = ["--data", str(tmp_path / "data")]
    for gain in ("1 to gain", "0 to gain"):
        assert main([*data, "index", "--jobs", "1", str(folder)]) == 0
        assert main([*data, "scan"]) == 0
        assert gain in capsys.readouterr().out
        assert main([*data, "plan", "--action", "hardlink"]) == 0
        if gain == "1 to gain":
            assert main([*data, "apply", "--yes"]) == 0
    assert (folder / "b.png").samefile(folder / "copy.png")
    assert (folder / "a.png").samefile(folder / "link.png")


# Laws

NAMES = [f"{folder}{name}.png" for folder in ("", "x/", "y/") for name in "abc"]
STEPS = st.lists(
    st.tuples(st.sampled_from(("draw", "copy", "move", "link", "delete", "touch")),
              st.sampled_from(NAMES), st.sampled_from(NAMES)),
    max_size=8,
)  # fmt: skip


def take(step: str, one: Path, other: Path, seed: int) -> None:
    if step == "draw":
        one.unlink(missing_ok=True)
        draw(one, seed % 3, (32, 24))
    elif not one.exists() or one == other:
        return
    elif step == "touch":
        os.utime(one, ns=(seed, seed * 10**9))
    elif step == "delete":
        one.unlink()
    else:
        other.unlink(missing_ok=True)
        {"copy": shutil.copy2, "move": shutil.move, "link": os.link}[step](one, other)


def state(store: Store) -> list[tuple[object, ...]]:
    return [(r.id, r.location, r.content, r.bytes, r.modified) for r in store.records(store.ids())]


@given(st.lists(STEPS, min_size=1, max_size=3))
@settings(max_examples=12)
def test_after_any_changes_each_file_has_one_document_and_a_second_run_does_nothing(rounds):
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "pictures"
        for sub in ("x", "y"):
            (root / sub).mkdir(parents=True)
        store = Store(Path(place) / "data" / "collections" / "c")
        for number, steps in enumerate(rounds):
            for n, (step, one, other) in enumerate(steps):
                take(step, root / one, root / other, 10 * number + n + 1)
            read(store, root)
            files = {(p.stat().st_ino, p.stat().st_size): p.read_bytes() for p in root.rglob("*.png")}
            documents = state(store)
            assert len(documents) == len(files)
            assert Counter(r[3] for r in documents) == Counter(len(data) for data in files.values())
            assert all(Path(str(r[1])).exists() for r in documents)
            again = read(store, root)
            assert counts(again)[:2] + counts(again)[3:] == (0, 0, 0, 0)
            assert (again.moved, state(store)) == (0, documents)
        store.close()


@given(st.permutations(NAMES), st.sets(st.integers(0, 8), min_size=1))
@settings(max_examples=8)
def test_renaming_any_files_keeps_every_id(names, renamed):
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "pictures"
        for sub in ("x", "y"):
            (root / sub).mkdir(parents=True)
        for seed, name in enumerate(NAMES):
            draw(root / name, seed, (32, 24))
        store = Store(Path(place) / "data" / "collections" / "c")
        read(store, root)
        before = {r.content: r.id for r in store.records(store.ids())}
        moving = [NAMES[n] for n in sorted(renamed)]
        targets = [name for name in names if name in moving]
        for n, name in enumerate(moving):
            (root / name).rename(root / f"moving {n}")
        for n, name in enumerate(targets):
            (root / f"moving {n}").rename(root / name)
        read(store, root)
        assert {r.content: r.id for r in store.records(store.ids())} == before
        store.close()
