"""The best pixels at the other's place and name: moved by a plan, and brought back by undo."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dupedash.actions import (
    Head,
    Journal,
    Plan,
    StepKind,
    Wish,
    apply_plan,
    check_plan,
    draw_plan,
    empty_quarantine,
    undo_plan,
)
from dupedash.actions.planning.group import groups_to_clear
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.errors import ActionError
from dupedash.groups.graph import Matches
from dupedash.images.metadata.facts import Fact
from dupedash.images.metadata.packet import facts_of_packet, written
from dupedash.images.metadata.reading import read_facts
from dupedash.keepers import Criterion, Policy, Rule
from dupedash.model import Failure
from dupedash.review import Decisions
from tests.acting import Place, files_of
from tests.killing import killed_at_file_operation
from tests.pictures import as_file, scene

OLD = 1_200_000_000_123_456_789


class Album:
    """`album/IMG_1.jpg` is small and at the right place, `downloads/big.jpg` is the better picture."""

    def __init__(self, root: Path, *, big: str = "big.jpg") -> None:
        self.root, self.workspace = root, Workspace(root / "data")
        (root / "album").mkdir(parents=True)
        (root / "downloads").mkdir()
        picture = scene(3)
        small = picture.resize((picture.width // 2, picture.height // 2))
        (root / "album/IMG_1.jpg").write_bytes(as_file(small, "JPEG"))
        (root / "downloads" / big).write_bytes(as_file(picture, "PNG" if big.endswith("png") else "JPEG"))
        (root / "album/IMG_1.jpg.xmp").write_bytes(written(None, {Fact.RATING: ("5",)}))
        (root / f"downloads/{big}.xmp").write_bytes(written(None, {Fact.KEYWORDS: ("boat",)}))
        for path in sorted(root.rglob("*"), reverse=True):
            os.utime(path, ns=(OLD, OLD))
        self.collection = EmbeddedCollection(self.workspace.collection("photos"), "photos")
        index(self.collection.store, [root / "album", root / "downloads"], jobs=1)
        self.ids = {r.filename: r.id for r in self.collection.records(self.collection.ids())}

    def journal(self, **wish) -> Journal:
        prefer = Policy("album first", (Criterion(Rule.PATH, values=(str(self.root / "album"),)),))
        wish = {"policy": prefer, "best_pixels": True, **wish}
        matches = Matches.of([(*sorted(self.ids.values()), 0.97)])
        groups = groups_to_clear(matches, 0.7, self.collection, Decisions())
        plan = draw_plan(groups, Wish(**wish), Head.now(self.collection, "scan-1", 0.7))
        return Journal.create(self.workspace, plan)

    def apply(self, journal: Journal):
        return apply_plan(journal, self.collection, self.workspace)

    def undo(self, journal: Journal):
        return undo_plan(journal, self.collection, self.workspace)

    def look(self):
        files = {}
        for path in sorted(
            p for top in ("album", "downloads") for p in [self.root / top, *(self.root / top).iterdir()]
        ):
            found = path.lstat()
            files[str(path.relative_to(self.root))] = (
                None if path.is_dir() else path.read_bytes(), found.st_mtime_ns, found.st_mode,
            )  # fmt: skip
        return files, sorted(
            (r.id, r.location, r.content) for r in self.collection.records(self.collection.ids())
        )

    def names(self):
        return sorted(name for name in self.look()[0] if "/" in name)


@pytest.fixture
def album(tmp_path):
    return Album(tmp_path / "a")


def test_the_better_picture_takes_the_place_and_undo_brings_all_back(album):
    before = album.look()
    journal = album.journal()
    plan = journal.plan()
    assert [step.kind for step in plan.steps] == [StepKind.QUARANTINE, StepKind.TAKE_PLACE]
    assert Plan.of_json(plan.to_json()) == plan
    assert plan.groups[0].decided == "best pixels"
    big = (album.root / "downloads/big.jpg").read_bytes()
    assert album.apply(journal).failed == ()
    assert album.names() == ["album/IMG_1.jpg", "album/IMG_1.jpg.xmp"]
    assert (album.root / "album/IMG_1.jpg").read_bytes() == big
    assert facts_of_packet((album.root / "album/IMG_1.jpg.xmp").read_bytes()) == {Fact.KEYWORDS: ("boat",)}
    (record,) = album.collection.records(album.collection.ids())
    assert (record.id, record.location) == (album.ids["big.jpg"], str(album.root / "album/IMG_1.jpg"))
    assert album.collection.thumbnail(record.id)
    assert album.apply(journal).done == 0
    assert album.undo(journal).failed == ()
    assert album.look() == before
    assert not list(album.workspace.quarantine.rglob("*"))


def test_what_both_told_goes_with_it(album):
    before = album.look()
    journal = album.journal(facts={})
    assert album.apply(journal).failed == ()
    told = facts_of_packet((album.root / "album/IMG_1.jpg.xmp").read_bytes())
    assert told == {Fact.KEYWORDS: ("boat",), Fact.RATING: ("5",)}
    assert album.undo(journal).failed == ()
    assert album.look() == before


def test_another_format_keeps_its_own_ending(tmp_path):
    album = Album(tmp_path / "a", big="big.png")
    before = album.look()
    journal = album.journal()
    assert album.apply(journal).failed == ()
    assert album.names() == ["album/IMG_1.png", "album/IMG_1.png.xmp"]
    assert album.undo(journal).failed == ()
    assert album.look() == before


# The same over a collection that is made at once


def tiny(root: Path) -> Place:
    place = Place(root).fill(("downloads/big.jpg", "album/IMG.jpg"))
    for sidecar in ("downloads/big.xmp", "album/IMG.jpg.xmp"):
        (place.folder / sidecar).write_bytes(written(None, {Fact.TITLE: (sidecar,)}))
    return place


def swapping(place: Place, folder: str = "album", **policy) -> Journal:
    rules = () if policy else (Criterion(Rule.PATH, values=(str(place.folder / folder),)),)
    prefer = Policy(folder, rules, **policy)
    return place.journal(("IMG.jpg", "big.jpg"), policy=prefer, best_pixels=True)


def test_where_the_preferred_one_is_the_best_or_must_stay_nothing_is_moved(tmp_path):
    place = tiny(tmp_path)
    assert [s.kind for s in swapping(place, "downloads").plan().steps] == [StepKind.QUARANTINE]
    plan = swapping(place, protected_paths=(str(place.folder / "album"),)).plan()
    assert [(s.kind, s.id) for s in plan.steps] == [(StepKind.QUARANTINE, "big.jpg")]


def test_where_the_place_is_not_free_the_image_stays_where_it_is(tmp_path):
    place = tiny(tmp_path)
    journal = swapping(place)
    (place.folder / "album/IMG.jpg").write_bytes(b"edited")
    assert [f.what for f in place.apply(journal).failed] == ["IMG.jpg", "big.jpg"]
    assert (place.folder / "album/IMG.jpg").read_bytes() == b"edited"
    assert (place.folder / "downloads/big.jpg").exists()
    assert (place.folder / "downloads/big.xmp").exists()


def test_undo_overwrites_nothing_and_moves_nothing_half(tmp_path):
    place = tiny(tmp_path)
    before = place.look()
    journal = swapping(place)
    place.apply(journal)
    (place.folder / "downloads/big.xmp").write_bytes(b"of somebody else")
    assert {f.what for f in place.undo(journal).failed} == {"IMG.jpg", "big.jpg"}
    assert (place.folder / "album/IMG.jpg").exists()
    assert (place.folder / "album/IMG.xmp").exists()
    (place.folder / "downloads/big.xmp").unlink()
    assert place.undo(journal).failed == ()
    assert place.look()[0].keys() == before[0].keys()


def test_when_the_collection_refuses_the_image_returns(tmp_path, monkeypatch):
    place = tiny(tmp_path)
    journal = swapping(place)
    monkeypatch.setattr(place.collection, "add", lambda documents: [Failure(d.id, "no") for d in documents])
    assert [f.what for f in place.apply(journal).failed] == ["big.jpg"]
    monkeypatch.undo()
    assert (place.folder / "downloads/big.jpg").exists()
    assert place.undo(journal).failed == ()


@pytest.mark.parametrize("name", ["album/other.jpg", "album/IMG.gif", "../IMG.jpg", "downloads/a.jpg"])
def test_a_plan_that_takes_any_other_place_is_refused(tmp_path, name):
    place = tiny(tmp_path)
    data = swapping(place).plan().to_json()
    data["steps"][1]["place"] = str(place.folder / name)
    with pytest.raises(ActionError, match="not free"):
        check_plan(Plan.of_json(data))


def test_emptying_knows_where_what_stays_is_now(tmp_path):
    place = tiny(tmp_path)
    journal = swapping(place)
    place.apply(journal)
    assert empty_quarantine(journal, place.workspace).kept == ()


@pytest.mark.parametrize("undoing", [False, True], ids=["apply", "undo"])
def test_killed_at_any_moment_all_comes_back(tmp_path, undoing):
    boundary, killed = 1, True
    while killed:
        place = tiny(tmp_path / str(boundary))
        before = place.look()
        journal = swapping(place)
        assert [s.kind for s in journal.plan().steps] == [StepKind.QUARANTINE, StepKind.TAKE_PLACE]
        if undoing:
            place.apply(journal)
        work = place.undo if undoing else place.apply
        killed = killed_at_file_operation(boundary, lambda work=work, journal=journal: work(journal))
        place.reopen()
        if boundary % 2 and not undoing:
            assert place.apply(journal).failed == ()
            left = sorted(p.name for p in place.folder.rglob("*") if p.is_file())
            assert left == ["IMG.jpg", "IMG.xmp"], f"killed at {boundary}"
        assert place.undo(journal).failed == ()
        now = place.look()
        assert now[1] == before[1], f"killed at {boundary}"
        assert files_of(now) == files_of(before), f"killed at {boundary}"
        assert not list(place.workspace.quarantine.rglob("*"))
        boundary += 7
    assert boundary > 30, "it was killed several times"


def test_what_both_told_stands_in_the_file_that_takes_the_place_and_undo_brings_all_back(album):
    (album.root / "downloads/big.jpg.xmp").unlink()
    os.utime(album.root / "downloads", ns=(OLD, OLD))
    before, big = album.look(), (album.root / "downloads/big.jpg").read_bytes()
    journal = album.journal(facts={}, into_file=True)
    kinds = [step.kind for step in journal.plan().steps]
    assert kinds == [StepKind.DESCRIBE, StepKind.QUARANTINE, StepKind.TAKE_PLACE]
    pixels = album.collection.records([album.ids["big.jpg"]])[0].pixels
    assert album.apply(journal).failed == ()
    assert album.names() == ["album/IMG_1.jpg"]
    now = (album.root / "album/IMG_1.jpg").read_bytes()
    assert (read_facts(album.root / "album/IMG_1.jpg"), now == big) == ({Fact.RATING: ("5",)}, False)
    (record,) = album.collection.records(album.collection.ids())
    assert (record.id, record.pixels) == (album.ids["big.jpg"], pixels)
    assert album.undo(journal).failed == ()
    assert album.look() == before
    assert album.apply(journal).failed == ()
    assert empty_quarantine(journal, album.workspace).kept == ()
