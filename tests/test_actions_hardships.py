"""What disks, other programs and names can do to an apply or undo: nothing is lost, and it is said."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import tempfile
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from dupedash.actions import Head, Journal, Plan, Status, StepKind, Wish, apply_plan, draw_plan, undo_plan
from dupedash.actions.files import disk as disk_module
from dupedash.actions.files.disk import same_place
from dupedash.actions.planning.group import groups_to_clear
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.errors import Conflict
from dupedash.groups.graph import Matches
from dupedash.review import Decisions
from tests.acting import ABC, FILE_KINDS, LARGEST, STAR, Place, place, same_files
from tests.backends import over_http
from tests.killing import killed_at_file_operation
from tests.pictures import as_file, scene

__all__ = ["place"]
B = "sub/b.jpg"


@pytest.fixture
def other_disk():
    """A folder on another file system, so that files are copied and not only renamed."""
    shm = Path("/dev/shm")
    if not shm.is_dir() or shm.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev:
        pytest.skip("no second disk here")
    with tempfile.TemporaryDirectory(dir=shm) as folder:
        yield Path(folder)


@pytest.mark.parametrize("undoing", [False, True], ids=["apply", "undo"])
def test_killed_at_any_moment_with_the_quarantine_on_another_disk_all_comes_back(
    tmp_path, other_disk, undoing
):
    boundary, killed = 1, True
    while killed:
        place = Place(tmp_path / str(boundary))
        place.workspace = Workspace(other_disk / str(boundary))
        place.fill(ABC[:2])
        before = place.look()
        journal = place.journal(STAR[0])
        if undoing:
            place.apply(journal)
        work = place.undo if undoing else place.apply
        killed = killed_at_file_operation(boundary, lambda work=work, journal=journal: work(journal))
        place.reopen()
        assert place.undo(journal).failed == ()
        assert same_files(place.look(), before), f"killed at {boundary}"
        assert not [p for p in place.folder.rglob("*") if p.name.endswith(".part")]
        assert not place.workspace.quarantine.is_dir() or not list(place.workspace.quarantine.rglob("*"))
        boundary += 1
    assert boundary > 20, "it was killed several times"


def test_a_full_disk_fails_the_step_leaves_nothing_half_and_the_rest_goes_on(place, other_disk, monkeypatch):
    place.workspace = Workspace(other_disk / "data")
    place.fill(ABC)
    journal = place.journal(*STAR)
    copy, copied = shutil.copyfileobj, []

    def full(read, write, length):
        copied.append(read.name)
        if len(copied) == 1:
            write.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        copy(read, write, length)

    monkeypatch.setattr(disk_module.shutil, "copyfileobj", full)
    outcome = place.apply(journal)
    assert [(f.what, "No space" in f.reason) for f in outcome.failed] == [("b.jpg", True)]
    assert outcome.done == 1
    assert (place.folder / B).read_bytes() == b"b.jpg" * 39
    assert [p.name for p in place.workspace.quarantine.rglob("*") if p.is_file()] == ["c.jpg"]
    assert place.apply(journal).done == 1, "with space again it goes on"


def test_in_a_folder_that_may_not_be_changed_the_file_stays_and_is_there_only(place, monkeypatch):
    place.fill(ABC)
    before = place.look()
    journal = place.journal(*STAR)
    remove = Path.unlink

    def refused(path, missing_ok=False):
        if path == place.folder / B:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        remove(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    outcome = place.apply(journal)
    monkeypatch.undo()
    assert [f.what for f in outcome.failed] == ["b.jpg"]
    assert (place.folder / B).stat().st_nlink == 1, "no second name is left in the quarantine"
    assert "b.jpg" in place.collection.ids()
    assert place.undo(journal).failed == ()
    assert same_files(place.look(), before)


def test_a_file_that_is_written_to_between_its_hash_and_its_move_is_left_alone(place, monkeypatch):
    place.fill(ABC)
    journal = place.journal(*STAR)
    link = os.link

    def slow(source, target):
        if Path(source) == place.folder / B:
            Path(source).write_bytes(b"written just now")
        link(source, target)

    monkeypatch.setattr(disk_module.os, "link", slow)
    outcome = place.apply(journal)
    assert [(f.what, "written to" in f.reason) for f in outcome.failed] == [("b.jpg", True)]
    assert (place.folder / B).read_bytes() == b"written just now"
    assert not list(place.workspace.quarantine.rglob("b.jpg"))


def test_photos_that_are_mounted_read_only_stay_and_a_sentence_says_why(place, monkeypatch):
    place.fill(ABC)
    before = place.look()
    journal = place.journal(*STAR)

    def refused(source, _target):
        raise OSError(errno.EROFS, "Read-only file system", str(source))

    monkeypatch.setattr(disk_module.os, "link", refused)
    outcome = place.apply(journal)
    assert {f.reason.partition(" is ")[2] for f in outcome.failed} == {
        "on a disk or in a folder that is read-only here: it stays where it is."
    }
    assert [f.what for f in outcome.failed] == ["b.jpg", "c.jpg"]
    assert same_files(place.look(), before)


def test_somebody_elses_file_in_a_shared_folder_can_be_moved_and_comes_back(place, monkeypatch):
    place.fill(ABC)
    before = place.look()
    journal = place.journal(*STAR)

    def not_the_owner(*_args, **_kwargs):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    os.utime(place.folder / B, ns=(1, (place.folder / B).stat().st_mtime_ns))  # reading it will change that
    monkeypatch.setattr(disk_module.os, "utime", not_the_owner)
    assert place.apply(journal).failed == ()
    monkeypatch.undo()
    assert place.undo(journal).failed == ()
    assert same_files(place.look(), before)


def test_two_names_of_one_file_lose_only_the_name(place):
    place.fill(ABC[:1])
    (place.folder / "sub").mkdir()
    os.link(place.folder / "a.jpg", place.folder / B)
    place.collection.index()
    before = place.look()
    journal = place.journal(("a.jpg", "b.jpg"))
    assert place.apply(journal).failed == ()
    assert (place.folder / "a.jpg").read_bytes() == b"a.jpg" * 40
    assert place.undo(journal).failed == ()
    assert same_files(place.look(), before)


def test_a_name_that_the_disk_of_the_quarantine_does_not_take_is_told(place, monkeypatch):
    place.fill(ABC)
    before = place.look()

    def refused(source, target):  # as NTFS does with `12:30.jpg` and `CON.jpg`
        raise OSError(errno.EINVAL, "Invalid argument", str(source), None, str(target))

    monkeypatch.setattr(disk_module.os, "link", refused)
    outcome = place.apply(place.journal(*STAR))
    assert [f.reason for f in outcome.failed] == [
        f"The disk of the quarantine takes no file of the name {name}: it stays where it is."
        for name in ("b.jpg", "c.jpg")
    ]
    assert same_files(place.look(), before)


def test_one_place_under_two_names_is_seen_as_one_and_two_hard_links_are_not(place):
    place.fill(ABC)
    (place.folder / "again").symlink_to(place.folder / "sub")
    os.link(place.folder / "a.jpg", place.folder / "linked.jpg")
    assert same_place(place.folder / B, place.folder / "again/b.jpg")
    assert not same_place(place.folder / "a.jpg", place.folder / "linked.jpg")
    assert not same_place(place.folder / "a.jpg", place.folder / B)


def test_the_file_that_an_image_of_another_group_leads_to_is_left_alone(place):
    place.fill(("a.jpg", "x.jpg", "z.jpg"))
    (place.folder / "k.jpg").symlink_to(place.folder / "x.jpg")
    place.collection.index()
    pinned = frozenset({"a.jpg", "k.jpg"})
    journal = place.journal(("a.jpg", "x.jpg"), ("k.jpg", "z.jpg"), pinned=pinned)
    outcome = place.apply(journal)
    assert [(f.what, "an image that stays" in f.reason) for f in outcome.failed] == [("x.jpg", True)]
    assert (place.folder / "k.jpg").read_bytes() == b"x.jpg" * 39


def test_an_image_that_lies_elsewhere_by_now_is_left_alone(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    moved = place.folder / "moved.jpg"
    shutil.copy(place.folder / B, moved)
    place.collection._docs["b.jpg"]["location"] = str(moved)
    outcome = place.apply(journal)
    assert [(f.what, "make a new plan" in f.reason) for f in outcome.failed] == [("b.jpg", True)]
    assert (place.folder / B).exists()


ODD = ["sub/new\nline.jpg", "sub/\udcff\udcfe.jpg", "sub/'\"; rm -rf ~.jpg", "sub/-n ☃ ü.jpg", "sub/.jpg.jpg"]


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_names_of_any_kind_are_moved_told_and_brought_back(place, kind):
    place.fill(["a.jpg", *ODD])
    before = place.look()
    pairs = [("a.jpg", Path(name).name) for name in ODD]
    plan = place.plan(*pairs, action=kind, pinned=frozenset({"a.jpg"}))
    assert Plan.of_json(json.loads(json.dumps(plan.to_json()))) == plan
    journal = Journal.create(place.workspace, plan)
    assert place.apply(journal).failed == ()
    assert place.collection.ids() == ["a.jpg"]
    place.reopen()
    assert place.undo(journal).failed == ()
    assert same_files(place.look(), before)


def test_a_path_through_dots_out_of_the_folder_is_left_alone(place):
    place.fill(ABC)
    outside = place.root / "outside.jpg"
    shutil.copy(place.folder / B, outside)
    plan = place.plan(*STAR)
    through = str(place.folder / "sub" / ".." / ".." / "outside.jpg")
    group = plan.groups[0]
    steps = tuple(replace(s, location=through) if s.id == "b.jpg" else s for s in plan.steps)
    members = tuple(replace(m, location=through) if m.id == "b.jpg" else m for m in group.members)
    place.collection._docs["b.jpg"]["location"] = through
    plan = replace(plan, steps=steps, groups=(replace(group, members=members),))
    outcome = place.apply(Journal.create(place.workspace, plan))
    assert [(f.what, "outside the folders" in f.reason) for f in outcome.failed] == [("b.jpg", True)]
    assert outside.exists()


def test_a_root_that_was_moved_away_fails_every_step_and_nothing_else(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    moved = place.root / "moved"
    place.folder.rename(moved)
    outcome = place.apply(journal)
    assert (outcome.done, len(outcome.failed)) == (0, 2)
    assert sorted(p.name for p in moved.rglob("*.jpg")) == ["a.jpg", "b.jpg", "c.jpg"]
    moved.rename(place.folder)
    assert place.apply(journal).done == 2


def test_two_plans_that_keep_each_others_images_never_take_both(place):
    place.fill(("a.jpg", "b.jpg"))
    one = place.journal(("a.jpg", "b.jpg"))
    other = place.journal(("a.jpg", "b.jpg"), pinned=frozenset({"b.jpg"}))
    assert place.apply(one).done == 1
    assert place.apply(other).done == 0
    assert place.collection.ids() == ["a.jpg"]
    assert (place.folder / "a.jpg").exists()


def apply_in_its_own_process(root, plan_id, ready, said):
    """For the test below: one of several that begin at the same moment."""
    place = Place(root)
    ready.wait()
    try:
        outcome = place.apply(Journal(place.workspace.journals / plan_id))
        said.put((outcome.done, len(outcome.failed)))
    except Conflict:
        said.put("refused")


def test_of_processes_that_apply_at_once_one_works_at_a_time_and_no_step_is_done_twice(place):
    place.fill([f"{n}.jpg" for n in range(9)])
    journal = place.journal(*[("0.jpg", f"{n}.jpg") for n in range(1, 9)])
    fork = multiprocessing.get_context("fork")
    ready, said = fork.Barrier(3), fork.Queue()
    arguments = (place.root, journal.folder.name, ready, said)
    runs = [fork.Process(target=apply_in_its_own_process, args=arguments) for _ in range(3)]
    for run in runs:
        run.start()
    results = [said.get(timeout=120) for _ in runs]
    for run in runs:
        run.join()
    assert sorted(map(str, results))[-1] in ("refused", "(8, 0)")
    assert (8, 0) in results
    assert set(map(str, results)) <= {"(8, 0)", "(0, 0)", "refused"}
    assert journal.summary().status is Status.APPLIED
    place.reopen()
    assert place.undo(journal).failed == ()
    assert len(place.collection.ids()) == 9


def test_through_http_documents_and_fields_are_cleared_and_come_back(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, kind in (("a.png", "PNG"), ("b.jpg", "JPEG"), ("c.png", "PNG")):
        (folder / name).write_bytes(as_file(scene(1), kind))
    collection = EmbeddedCollection(tmp_path / "collections" / "served", "served")
    index(collection.store, [folder], jobs=1, fields_for=lambda path: {"labels": (path.name,)})
    with over_http(collection, folder) as flow:
        workspace = Workspace(tmp_path / "data")
        before = collection.records(collection.ids())
        ids = flow.ids()
        matches = Matches.of([(a, b, 0.97) for a, b in combinations(ids, 2)])
        for kind in (StepKind.REMOVE, StepKind.LABEL):
            groups = groups_to_clear(matches, 0.7, flow, Decisions())
            plan = draw_plan(groups, Wish(kind, LARGEST, merge={}), Head.now(flow, "scan", 0.7))
            journal = Journal.create(workspace, plan)
            assert apply_plan(journal, flow, workspace).failed == ()
            after = {r.id: r for r in collection.records(collection.ids())}
            assert len(after) == (1 if kind is StepKind.REMOVE else 3)
            kept = after[plan.groups[0].keeper]
            assert sorted(kept.fields["labels"]) == ["a.png", "b.jpg", "c.png"]
            assert undo_plan(journal, flow, workspace).failed == ()
            assert collection.records(collection.ids()) == before
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "b.jpg", "c.png"]
    collection.close()
