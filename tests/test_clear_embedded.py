"""Clearing and checking with the real engine: real pictures, the real store, the real search."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageOps

from dupedash.actions import Head, Journal, Wish, apply_plan, draw_plan, groups_to_clear, undo_plan
from dupedash.check import GATES, Finding, Placing, add_checked, check_images, compare_inside, of_sources
from dupedash.collection import JoinRequest
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.groups.graph import Matches
from dupedash.keepers import preset
from dupedash.model import Document, Smartfilter, ignore, never
from dupedash.review import Decisions, ReviewStore, Verdict, image_key
from dupedash.scans import MatchEdits, ScanStore
from tests.pictures import as_file, brighter, scene, smaller
from tests.stored_scans import stored_scan

PICTURES = {
    "one.png": as_file(scene(1)),
    "sub/one small.jpg": as_file(smaller(scene(1)), "JPEG"),
    "sub/one bright.jpg": as_file(brighter(scene(1)), "JPEG"),
    "two.png": as_file(scene(2)),
    "two again.png": as_file(scene(2)),
    "alone.png": as_file(scene(3)),
}


class Library:
    def __init__(self, root):
        self.folder = root / "pictures"
        for name, data in PICTURES.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.workspace = Workspace(root / "data")
        self.collection = EmbeddedCollection(self.workspace.collection("library"), "library")
        self.index()

    def index(self):
        return index(self.collection.store, [self.folder], jobs=1)

    def names(self):
        records = self.collection.records(self.collection.ids())
        return sorted(record.filename for record in records)

    def scan(self):
        request = JoinRequest(tuple(self.collection.ids()), None, 0.5, False, Smartfilter.OFF)
        found = [
            m for p in self.collection.join(request, progress=ignore, cancelled=never) for m in p.matches
        ]
        why = {(m.a, m.b): m.explanation for m in found if m.explanation}
        return Matches.of([(m.a, m.b, m.score) for m in found]), partial(told, why)

    def groups(self, decisions=None, threshold=0.7, scan=None):
        matches, tell = scan or self.scan()
        return groups_to_clear(matches, threshold, self.collection, decisions or Decisions(), tell)

    def named(self, group):
        return sorted(record.filename for record in group.records)

    def find(self, name):
        return next(r for r in self.collection.records(self.collection.ids()) if r.filename == name)


def told(why, matches):
    """The edits of these matches by their explanations."""
    pairs = zip(matches.a.tolist(), matches.b.tolist(), strict=True)
    known = [why.get((matches.ids[a], matches.ids[b])) for a, b in pairs]
    return MatchEdits(np.arange(len(matches), dtype=np.int32), tuple(known))


@pytest.fixture
def library(tmp_path):
    found = Library(tmp_path)
    yield found
    found.collection.close()


def seen(folder):
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_folder_is_cleared_and_brought_back_and_no_picture_is_decoded_again(library):
    files = seen(library.folder)
    records = library.collection.records(library.collection.ids())
    head = Head.now(library.collection, "scan", 0.7)
    told = replace(preset("Best quality"), decide_unsure=True)
    plan = draw_plan(library.groups(), Wish(policy=told), head)
    assert plan.roots == (str(library.folder),)
    journal = Journal.create(library.workspace, plan)
    outcome = apply_plan(journal, library.collection, library.workspace)
    assert (outcome.done, outcome.failed) == (3, ())
    left = library.names()
    assert left[0] == "alone.png"
    assert "one.png" in left, "the largest in a lossless format stays"
    assert len(left) == 3
    assert library.groups() == []
    report = library.index()
    assert (report.added, report.updated, report.vanished) == (0, 0, ()), "files and documents agree"
    assert undo_plan(journal, library.collection, library.workspace).failed == ()
    assert seen(library.folder) == files
    assert library.collection.records(library.collection.ids()) == records
    assert library.collection.analyses == 0
    report = library.index()
    assert (report.added, report.updated, report.unchanged) == (0, 0, len(PICTURES))
    assert len(library.groups()) == 2


def test_files_with_names_that_are_no_text_are_cleared_and_brought_back(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    names = [b"a\nb.png", b"\xff\xfe.png", "ü ☃ '\".png".encode()]
    for number, name in enumerate(names):
        Path(os.fsdecode(folder / os.fsdecode(name))).write_bytes(as_file(scene(1)) + b"\0" * number)
    workspace = Workspace(tmp_path / "data")
    collection = EmbeddedCollection(workspace.collection("odd"), "odd")
    index(collection.store, [folder], jobs=1)
    before = seen(folder)
    ids = collection.ids()
    assert len(ids) == 3
    matches = Matches.of([(a, b, 0.99) for a, b in combinations(ids, 2)])
    groups = groups_to_clear(matches, 0.7, collection, Decisions())
    journal = Journal.create(workspace, draw_plan(groups, Wish(), Head.now(collection, "scan", 0.7)))
    assert apply_plan(journal, collection, workspace).failed == ()
    assert len(seen(folder)) == 1
    assert undo_plan(journal, collection, workspace).failed == ()
    collection.close()
    assert seen(folder) == before


def test_a_rejected_pair_stays_rejected_after_rename_move_rescan_restart_and_another_threshold(library):
    store = ReviewStore(library.workspace.reviews)
    keys = [image_key(library.find(n), "library") for n in ("one.png", "one bright.jpg")]
    store.decide(keys, Verdict.NOT_DUPLICATE, who="Ann", expected_revision=0)
    keys = [image_key(library.find(n), "library") for n in ("one small.jpg", "one bright.jpg")]
    store.decide(keys, Verdict.NOT_DUPLICATE, who="Ann", expected_revision=0)

    def grouped(threshold, scan):
        decisions = ReviewStore(library.workspace.reviews).load()
        groups = library.groups(decisions, threshold, scan)
        return {name for group in groups for name in library.named(group)}

    assert "one bright.jpg" not in grouped(0.7, library.scan())
    (library.folder / "elsewhere").mkdir()
    os.rename(library.folder / "sub/one bright.jpg", library.folder / "elsewhere/renamed.jpg")
    library.index()
    scan = library.scan()
    assert "renamed.jpg" in {r.filename for r in library.collection.records(scan[0].ids)}, "it still matches"
    for threshold in (0.5, 0.7, 0.95):
        assert "renamed.jpg" not in grouped(threshold, scan)
    assert {"one.png", "one small.jpg"} <= grouped(0.7, scan)


def test_a_batch_is_checked_against_the_collection_and_against_itself_with_one_analysis_each(
    library, tmp_path
):
    for name, picture in {"a.png": scene(9), "b.jpg": smaller(scene(9)), "c.jpg": brighter(scene(2))}.items():
        (tmp_path / "new").mkdir(exist_ok=True)
        (tmp_path / "new" / name).write_bytes(as_file(picture, "PNG" if name[-3:] == "png" else "JPEG"))
    items = of_sources([str(tmp_path / "new")])
    found = check_images(library.collection, items, GATES["add only"], inside=compare_inside)
    assert found.inside == "compared with each other"
    first, second, third = found.checked
    assert first.finding is Finding.NEW
    assert second.finding in (Finding.EXACT, Finding.NEAR)
    assert second.inside[0].id == first.item.name
    assert third.finding in (Finding.EXACT, Finding.NEAR)
    assert library.collection.analyses == 3
    added = add_checked(library.collection, found.checked, Placing({}), library.workspace)
    assert (len(added.added), added.failed) == (1, ())
    assert library.collection.analyses == 3, "adding analyses nothing again"
    report = index(library.collection.store, [tmp_path / "new"], jobs=1)
    assert report.unchanged == 1, "the index knows the file that the check added"


EDITS = {
    "bordered.png": lambda p: ImageOps.expand(p, 40, (250, 250, 250)),
    "letterbox.png": lambda p: ImageOps.pad(p, (p.width, p.width), color=(0, 0, 0)),
    "stretched.png": lambda p: p.resize((p.width * 5 // 4, p.height)),
    "cropped.png": lambda p: p.crop((20, 20, p.width - 60, p.height - 40)),
}


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("first", [True, False], ids=["id before", "id after"])
def test_the_original_stays_and_the_edited_copy_goes_however_large_it_is(tmp_path, name, first):
    collection = EmbeddedCollection(tmp_path / "collections" / "edits", "edits")
    (tmp_path / "original.png").write_bytes(as_file(scene(5)))
    (tmp_path / name).write_bytes(as_file(EDITS[name](scene(5))))
    names = ["original.png", name] if first else [name, "original.png"]
    collection.add([Document(f"{n}", str(tmp_path / path)) for n, path in enumerate(names)])
    request = JoinRequest(("0", "1"), None, 0.5, False, Smartfilter.OFF)
    found = [m for p in collection.join(request, progress=ignore, cancelled=never) for m in p.matches]
    store = ScanStore(tmp_path / "scans")
    scan = stored_scan(store, collection.records(["0", "1"]), found)
    groups = groups_to_clear(scan.matches(), 0.7, collection, Decisions(), scan.edits)
    choice = groups[0].choose(preset("Best quality"))
    collection.close()
    assert (names[int(choice.keeper)], choice.decided) == ("original.png", "original over edited")
