"""What belongs to a picture goes with it and comes back with it: sidecars, records of exporters, videos."""

from __future__ import annotations

import os
import shutil
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dupedash.actions import (
    Journal,
    Known,
    Partners,
    Plan,
    Preview,
    Scope,
    Status,
    StepKind,
    Wish,
    check_plan,
    empty_quarantine,
)
from dupedash.actions.files.companions import look_again
from dupedash.actions.plan import Companion
from dupedash.actions.planning.group import groups_of_cut
from dupedash.actions.planning.preview import Beside
from dupedash.actions.planning.wish import Head
from dupedash.errors import ActionError
from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.model import Document
from dupedash.review import Decisions
from tests.acting import LARGEST, Place, files_of, place
from tests.killing import killed_at_file_operation

__all__ = ["place"]
AB = (("a.jpg", "b.jpg"),)
OLD = 1_200_000_000_123_456_789


def video(seconds: float) -> bytes:
    """The boxes of a QuickTime file that say how long it lasts."""
    header = struct.pack(">4xIIII", 0, 0, 600, round(seconds * 600)) + bytes(80)
    mvhd = struct.pack(">I4s", len(header) + 8, b"mvhd") + header
    return struct.pack(">I4s4s", 12, b"ftyp", b"qt  ") + struct.pack(">I4s", len(mvhd) + 8, b"moov") + mvhd


def beside(place: Place, *names: str, data: bytes = b"") -> None:
    """Sidecars with odd times and permissions; a video is three seconds long."""
    for name in names:
        path = place.folder / name
        path.write_bytes(data or (video(3) if name.lower().endswith(".mov") else os.fsencode(name)))
        path.chmod(0o600)
        os.utime(path, ns=(OLD, OLD))
    for folder in (place.folder, *(p for p in place.folder.rglob("*") if p.is_dir())):
        os.utime(folder, ns=(OLD, OLD))
    look_again()


def left(place: Place) -> list[str]:
    return sorted(p.name for p in place.folder.rglob("*") if p.is_file())


def waiting(place: Place) -> list[str]:
    return sorted(p.name for p in place.workspace.quarantine.rglob("*") if p.is_file())


def test_sidecars_go_with_their_image_and_come_back_to_the_nanosecond(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp", "b.jpg.xmp", "b.AAE", "b.MOV", "b.MOV.xmp", "b.jpg.json", "a.xmp")
    before = place.look()
    journal = place.journal(*AB)
    plan = journal.plan()
    assert (plan.along, plan.beside) == (6, 0)
    assert plan.bytes == 39 * 5 + sum((place.folder / Path(c.location).name).stat().st_size
                                      for c in plan.steps[0].along)  # fmt: skip
    outcome = place.apply(journal)
    assert (outcome.failed, outcome.bytes) == ((), plan.bytes)
    assert left(place) == ["a.jpg", "a.xmp"]
    assert waiting(place) == sorted(
        ["b.jpg", "b.xmp", "b.jpg.xmp", "b.AAE", "b.MOV", "b.MOV.xmp", "b.jpg.json"]
    )
    assert place.undo(journal).failed == ()
    assert place.look() == before
    assert not list(place.workspace.quarantine.rglob("*"))


def test_a_plan_with_sidecars_survives_its_json(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp")
    plan = place.plan(*AB)
    assert plan.along == 1
    assert Plan.of_json(plan.to_json()) == plan


def test_a_sidecar_of_two_pictures_stays_while_one_of_them_stays(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp", "b.CR2", "b.MOV")
    plan = place.plan(*AB)
    assert (plan.along, plan.beside) == (0, 3)
    assert {Path(p).name for p in plan.steps[0].beside} == {"b.xmp", "b.CR2", "b.MOV"}


def test_a_film_stays_though_its_poster_goes_and_its_sidecar_stays_with_it(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.mov", data=video(5400))
    beside(place, "b.mp4", data=b"no video at all")
    beside(place, "b.xmp")
    assert {Path(p).name for p in place.plan(*AB).steps[0].beside} == {"b.mov", "b.mp4", "b.xmp"}


def test_a_record_under_the_stem_alone_goes_only_where_google_wrote_it(place):
    place.fill(("a.jpg", "b.jpg", "c.jpg"))
    beside(place, "b.json", data=b'{"name": "a project", "version": "1.0"}')
    beside(place, "c.json", data=b'{"title": "c.jpg", "photoTakenTime": {"timestamp": "1"}}')
    plan = place.plan(("a.jpg", "b.jpg"), ("a.jpg", "c.jpg"))
    assert [[Path(c.location).name for c in step.along] for step in plan.steps] == [[], ["c.json"]]


def test_googles_records_of_long_names_are_found(place):
    name = f"{'long' * 11}.jpg"
    cut = f"{(name + '.supplemental-metadata')[:46]}.json"
    place.fill(("a.jpg", name))
    beside(place, cut, data=b'{"photoTakenTime": {}}')
    assert [Path(c.location).name for c in place.plan(("a.jpg", name), pinned=KEPT).steps[0].along] == [cut]


def two_owners(place: Place) -> Place:
    """`b.jpg` and `b.jpg.jpg` both own `b.jpg.xmp`, one by its name and one by its stem."""
    place.fill(("a.jpg", "b.jpg", "c.jpg", "b.jpg.jpg"))
    beside(place, "b.jpg.xmp")
    return place


BOTH = (("a.jpg", "b.jpg"), ("c.jpg", "b.jpg.jpg"))
KEPT = frozenset({"a.jpg", "c.jpg"})


def test_a_sidecar_goes_with_the_last_of_its_owners_and_comes_back_with_the_first(place):
    two_owners(place)
    before = place.look()
    journal = place.journal(*BOTH, pinned=KEPT)
    assert journal.plan().along == 1
    assert [len(step.along) for step in journal.plan().steps] == [1, 1]
    place.apply(journal)
    assert waiting(place) == ["b.jpg", "b.jpg.jpg", "b.jpg.xmp"]
    first, second = journal.plan().steps
    for one in (first, second):
        assert place.undo(journal, only=[one.number]).failed == ()
        assert (place.folder / "b.jpg.xmp").exists(), "with whichever of them comes back"
        assert place.apply(journal).failed == ()
        assert left(place) == ["a.jpg", "c.jpg"]
    assert place.undo(journal, only=[first.number]).failed == ()
    assert place.undo(journal).failed == ()
    assert [v for k, v in place.look()[0].items() if not Path(k).is_dir()] == [
        v for k, v in before[0].items() if not Path(k).is_dir()
    ]
    assert not list(place.workspace.quarantine.rglob("*"))


def test_where_one_owner_cannot_go_its_sidecar_stays_with_it(place):
    two_owners(place)
    journal = place.journal(*BOTH, pinned=KEPT)
    (place.folder / "b.jpg.jpg").write_bytes(b"edited since")
    assert len(place.apply(journal).failed) == 1
    assert left(place) == ["a.jpg", "b.jpg.jpg", "b.jpg.xmp", "c.jpg"]


def test_the_preview_of_groups_that_share_a_sidecar_says_what_the_plan_does(place):
    two_owners(place)
    beside(place, "c.xmp", "b.CR2")
    matches = Matches.of([(a, b, 0.97) for a, b in BOTH])
    cut = DuplicateGraph(matches).cut(0.7)
    records = {record.id: record for record in place.collection.records(place.collection.ids())}
    head = Head.now(place.collection, "scan-1", 0.7)

    def read(numbers):
        return groups_of_cut(cut, numbers, records, "tiny", Decisions())

    preview = Preview(cut, Wish(policy=LARGEST, pinned=KEPT), head, read, Scope.ALL, 0.95, Known())
    preview.work_out(preview.missing())
    totals, plan = preview.totals(), preview.whole()
    assert (totals.along, totals.beside, totals.bytes) == (plan.along, plan.beside, plan.bytes)
    assert (plan.along, plan.beside) == (1, 1)
    assert Beside.sum([]) == Beside()


@pytest.mark.parametrize("places", [{"protected_patterns": ("*.xmp",)}, {"protected_paths": ("b.xmp",)}])
def test_a_protected_place_holds_for_sidecars(place, places):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp", "b.jpg.json")
    paths = {k: tuple(p if "*" in p else str(place.folder / p) for p in v) for k, v in places.items()}
    journal = place.journal(*AB, policy=replace(LARGEST, **paths))
    assert [Path(p).name for p in journal.plan().steps[0].beside] == ["b.xmp"]
    place.apply(journal)
    assert left(place) == ["a.jpg", "b.xmp"]


def test_a_sidecar_that_was_changed_since_the_plan_keeps_its_image_where_it_is(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.MOV", "b.xmp")
    before = place.look()
    journal = place.journal(*AB)
    (place.folder / "b.xmp").write_bytes(b"five stars")
    outcome = place.apply(journal)
    assert ["b.xmp was changed since" in f.reason for f in outcome.failed] == [True]
    assert waiting(place) == []
    beside(place, "b.xmp")
    assert place.look() == before
    assert place.apply(journal).failed == (), "as it was, it goes"


def test_a_sidecar_written_a_moment_ago_is_in_the_plan_and_one_written_after_it_keeps_its_image(place):
    place.fill(("a.jpg", "b.jpg", "c.jpg"))
    pairs = (("a.jpg", "b.jpg"), ("a.jpg", "c.jpg"))
    assert place.plan(*pairs).along == 0
    (place.folder / "b.xmp").write_bytes(b"five stars")
    journal = place.journal(*pairs)
    assert journal.plan().along == 1
    (place.folder / "b.jpg.json").write_bytes(b"{}")
    outcome = place.apply(journal)
    assert ["b.jpg.json was written since" in f.reason for f in outcome.failed] == [True]
    assert left(place) == ["a.jpg", "b.jpg", "b.jpg.json", "b.xmp"]
    assert place.apply(place.journal(AB[0])).failed == (), "a new plan knows it"
    assert left(place) == ["a.jpg"]


def test_a_link_or_a_folder_of_that_name_is_left_alone(place, tmp_path):
    place.fill(("a.jpg", "b.jpg"))
    (tmp_path / "secret").write_bytes(b"of somebody else")
    (place.folder / "b.xmp").symlink_to(tmp_path / "secret")
    (place.folder / "b.jpg.json").mkdir()
    journal = place.journal(*AB)
    assert {Path(p).name for p in journal.plan().steps[0].beside} == {"b.xmp", "b.jpg.json"}
    place.apply(journal)
    assert (tmp_path / "secret").exists()
    assert (place.folder / "b.xmp").is_symlink()


def test_a_link_that_took_the_place_of_a_sidecar_is_left_alone_with_its_image(place, tmp_path):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp")
    journal = place.journal(*AB)
    (place.folder / "b.xmp").rename(tmp_path / "b.xmp")
    (place.folder / "b.xmp").symlink_to(tmp_path / "b.xmp")
    assert len(place.apply(journal).failed) == 1
    assert left(place) == ["a.jpg", "b.jpg", "b.xmp"]


@pytest.mark.parametrize("name", ["../a.jpg", "/etc/passwd", "a.xmp", "b.txt", "sub/b.xmp", "c.jpg", "b.jpg"])
def test_a_plan_that_takes_along_what_is_no_sidecar_is_refused(place, name):
    place.fill(("a.jpg", "b.jpg", "c.jpg"))
    plan = place.plan(*AB)
    hostile = Companion(os.path.join(place.folder, name), 1, 1)
    with pytest.raises(ActionError, match="no sidecar"):
        check_plan(replace(plan, steps=(replace(plan.steps[0], along=(hostile,)),)))


def test_undo_moves_nothing_where_something_is_at_the_place_of_a_sidecar(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp")
    before = place.look()
    journal = place.journal(*AB)
    place.apply(journal)
    (place.folder / "b.xmp").write_bytes(b"written anew")
    outcome = place.undo(journal)
    assert ["not overwritten" in f.reason for f in outcome.failed] == [True]
    assert (place.folder / "b.xmp").read_bytes() == b"written anew"
    assert waiting(place) == ["b.jpg", "b.xmp"]
    (place.folder / "b.xmp").unlink()
    assert place.undo(journal).failed == ()
    assert place.look()[0].keys() == before[0].keys()


def test_when_the_collection_refuses_sidecars_return_too(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp")
    before = place.look()
    journal = place.journal(*AB)
    place.collection.down = True
    assert len(place.apply(journal).failed) == 1
    place.collection.down = False
    assert place.look()[0].keys() == before[0].keys()
    assert (place.folder / "b.xmp").stat().st_mtime_ns == OLD


def test_emptying_deletes_sidecars_with_their_images_and_keeps_strangers(place):
    two_owners(place)
    beside(place, "b.jpg.json")
    journal = place.journal(*BOTH, pinned=KEPT)
    place.apply(journal)
    stranger = place.workspace.quarantine / journal.plan().id / "000000/stranger.xmp"
    stranger.write_bytes(b"?")
    emptied = empty_quarantine(journal, place.workspace)
    assert emptied.bytes == journal.plan().bytes
    assert [Path(f.what).name for f in emptied.kept] == ["stranger.xmp"]
    assert waiting(place) == ["stranger.xmp"]


def test_emptying_keeps_a_sidecar_where_its_image_is_kept_back(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp")
    journal = place.journal(*AB)
    place.apply(journal)
    (place.folder / "a.jpg").unlink()
    assert len(empty_quarantine(journal, place.workspace).kept) == 2
    assert waiting(place) == ["b.jpg", "b.xmp"]


def test_emptying_keeps_a_video_that_nothing_which_stays_holds(place):
    place.fill(("a.jpg", "b.jpg", "c.jpg"))
    beside(place, "a.MOV", "b.MOV", "b.xmp")
    beside(place, "c.MOV", data=video(2.5))
    journal = place.journal(("a.jpg", "b.jpg"), ("a.jpg", "c.jpg"))
    place.apply(journal)
    assert [Path(f.what).name for f in empty_quarantine(journal, place.workspace).kept] == ["c.MOV"]
    assert waiting(place) == ["c.MOV"]


def test_names_that_are_no_text_or_hold_anything_travel(place):
    place.fill(("a.jpg", "b [1]\n'%41\".jpg"))
    raw = os.fsencode(place.folder) + b"/b [1]\n'%41\".caf\xe9.xmp"
    beside(place, "b [1]\n'%41\".jpg.xmp", "b [1]\n'%41\".aae")
    Path(os.fsdecode(raw)).write_bytes(b"of nobody")
    before = place.look()
    journal = place.journal(("a.jpg", "b [1]\n'%41\".jpg"), pinned=KEPT)
    assert journal.plan().along == 2
    place.apply(journal)
    assert len(left(place)) == 2
    assert place.undo(journal).failed == ()
    assert place.look()[0].keys() == before[0].keys()


@pytest.mark.parametrize("undoing", [False, True], ids=["apply", "undo"])
def test_killed_at_any_moment_sidecars_come_back(tmp_path, undoing):
    boundary, killed = 1, True
    while killed:
        place = two_owners(Place(tmp_path / str(boundary)))
        beside(place, "b.MOV", "b.jpg.MOV")
        before = place.look()
        journal = place.journal(*BOTH, pinned=KEPT)
        assert journal.plan().along == 3
        if undoing:
            place.apply(journal)
        work = place.undo if undoing else place.apply
        killed = killed_at_file_operation(boundary, lambda work=work, journal=journal: work(journal))
        place.reopen()
        if boundary % 2 and not undoing:
            assert place.apply(journal).failed == ()
            assert left(place) == ["a.jpg", "c.jpg"], f"killed at {boundary}"
        assert place.undo(journal).failed == ()
        assert files_of(place.look()) == files_of(before), f"killed at {boundary}"
        assert not list(place.workspace.quarantine.rglob("*"))
        boundary += 5
    assert boundary > 30, "it was killed several times"


STEMS = ("0", "1", "2", "0.jpg")
SIDECARS = [f"{stem}{ending}" for stem in STEMS for ending in
            (".xmp", ".jpg.xmp", ".AAE", ".MOV", ".MOV.xmp", ".CR2", ".jpg.json")]  # fmt: skip
IDS = [f"{stem}.jpg" for stem in STEMS]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), min_size=1, max_size=4),
    st.sets(st.sampled_from(SIDECARS), min_size=1, max_size=8),
    st.sampled_from([(), ("*.xmp",), ("*1*",)]),
    st.integers(1, 120),
    st.booleans(),
    st.lists(st.integers(0, 4), max_size=2),
)
def test_whatever_lies_beside_the_images_apply_and_undo_leave_all_as_it_was(
    tmp_path_factory, pairs, names, protected, boundary, again, single
):
    place = Place(tmp_path_factory.mktemp("place")).fill(IDS)
    beside(place, *sorted(names))
    before = place.look()
    journal: Journal = place.journal(*pairs, policy=replace(LARGEST, protected_patterns=protected))
    plan = journal.plan()
    killed_at_file_operation(boundary, lambda: place.apply(journal))
    place.reopen()
    if again:
        assert place.apply(journal).failed == ()
        gone = {Path(c.location).name for step in plan.steps for c in step.along}
        assert set(left(place)) == (set(IDS) | names) - plan.removed - gone
        assert journal.summary().status in (Status.APPLIED, Status.PLANNED)
    for number in single:
        assert place.undo(journal, only=[number]).failed == ()
    assert place.undo(journal).failed == ()
    files = [{k: v for k, v in look[0].items() if not Path(k).is_dir()} for look in (place.look(), before)]
    assert files[0] == files[1]
    assert place.look()[1] == before[1]


def test_a_link_in_place_of_a_picture_keeps_its_sidecars_where_they_are(place):
    place.fill(("a.jpg", "b.jpg"))
    beside(place, "b.xmp")
    plan = place.plan(*AB, action=StepKind.HARDLINK)
    assert (plan.along, plan.beside) == (0, 0)


def shot(place: Place, *raws: str) -> Place:
    """`b.jpg` and its raw file, which the collection has as well."""
    place.fill(("a.jpg", "b.jpg", "c.jpg"))
    beside(place, *raws)
    analyses = {name: place.collection._describe(place.folder / name) for name in raws}
    documents = [Document(name, str(place.folder / name), {}, found) for name, found in analyses.items()]
    assert place.collection.add(documents) == []
    place.collection.commit()
    return place


def with_raw(place: Place, *pairs, **wish) -> Journal:
    return place.journal(*(pairs or AB), pinned=KEPT, partners=Partners(place.collection), **wish)


def test_where_it_is_wished_the_raw_file_of_a_shot_goes_with_its_jpeg_and_emptying_keeps_it(place):
    shot(place, "b.CR2")
    beside(place, "b.xmp")
    before = place.look()
    assert [step.id for step in place.plan(*AB).steps] == ["b.jpg"]
    journal = with_raw(place)
    plan = journal.plan()
    assert [(step.id, step.partner, len(step.along)) for step in plan.steps] == [
        ("b.jpg", False, 1), ("b.CR2", True, 1)]  # fmt: skip
    assert Plan.of_json(plan.to_json()) == plan
    assert place.apply(journal).failed == ()
    assert left(place) == ["a.jpg", "c.jpg"]
    assert [Path(f.what).name for f in empty_quarantine(journal, place.workspace).kept] == ["b.CR2"]
    shutil.rmtree(place.workspace.root)
    other = shot(Place(place.root / "2"), "b.CR2")
    before = other.look()
    journal = with_raw(other)
    other.apply(journal)
    assert other.undo(journal).failed == ()
    assert other.look() == before


def test_a_raw_file_that_is_protected_kept_or_of_a_jpeg_that_stays_stays(place):
    shot(place, "b.CR2", "c.CR2", "c.dng")
    protected = replace(LARGEST, protected_patterns=("*.CR2",))
    assert [s.id for s in with_raw(place, policy=protected).plan().steps] == ["b.jpg"]
    plan = with_raw(place, ("a.jpg", "b.jpg"), ("c.CR2", "b.CR2")).plan()
    assert {s.id for s in plan.steps if s.partner} == set(), "its own group tells of it"
    beside(place, "b.heic")
    assert [s.id for s in with_raw(place).plan().steps] == ["b.jpg"], "the shot has another picture"
