"""What people wrote into their pictures is read as they wrote it, and none of it is lost when copies go."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dupedash.actions import (
    GroupToClear,
    Head,
    Journal,
    MergeRule,
    Plan,
    StepKind,
    Wish,
    check_plan,
    draw_plan,
    empty_quarantine,
)
from dupedash.actions.facts.gather import facts_of, sidecar_of
from dupedash.actions.facts.merging import changes_of
from dupedash.actions.files.disk import sha256
from dupedash.errors import ActionError, UnreadableImage
from dupedash.images.metadata.facts import Fact, gathered, same
from dupedash.images.metadata.packet import NoPacket, facts_of_packet, properties, written
from dupedash.images.metadata.reading import read_facts, read_sidecar
from dupedash.images.metadata.tags import read_sidecar_tags, read_tags
from dupedash.keepers import Policy
from dupedash.model import ImageRecord
from tests import written_by
from tests.acting import LARGEST, Place, files_of, place
from tests.killing import killed_at_file_operation

__all__ = ["place"]


@pytest.mark.parametrize("program", written_by.PROGRAMS, ids=lambda program: program.__name__)
def test_what_other_programs_write_is_read_as_they_mean_it(tmp_path, program):
    picture = tmp_path / "IMG_1.jpg"
    meant = program(picture)
    assert facts_of(ImageRecord("1", str(picture), content=program.__name__)) == meant


def by_exiv2(file: Path) -> dict:
    """An independent reader: exiv2."""
    pyexiv2 = pytest.importorskip("pyexiv2")
    with pyexiv2.ImageData(file.read_bytes()) as packet:
        return packet.read_xmp()


@pytest.mark.parametrize("program", written_by.PROGRAMS, ids=lambda program: program.__name__)
def test_what_is_written_beside_another_picture_an_independent_reader_reads(tmp_path, program):
    meant = program(tmp_path / "IMG_1.jpg")
    sidecar = tmp_path / "other.jpg.xmp"
    sidecar.write_bytes(written(None, meant))
    assert facts_of_packet(sidecar.read_bytes()) == meant
    read = by_exiv2(sidecar)
    assert read.get("Xmp.dc.title", {}).get('lang="x-default"') == next(iter(meant.get(Fact.TITLE, ())), None)
    assert tuple(read.get("Xmp.dc.subject", ())) == meant.get(Fact.KEYWORDS, ())
    assert tuple(read.get("Xmp.dc.creator", ())) == meant.get(Fact.CREATOR, ())
    assert tuple(read.get("Xmp.lr.hierarchicalSubject", ())) == meant.get(Fact.CATEGORIES, ())
    assert read.get("Xmp.xmp.Rating") == next(iter(meant.get(Fact.RATING, ())), None)
    assert read.get("Xmp.exif.DateTimeOriginal") == next(iter(meant.get(Fact.TAKEN, ())), None)
    assert ("Xmp.exif.GPSLatitude" in read) == (Fact.PLACE in meant)


def test_a_sidecar_that_is_there_keeps_everything_else_in_it(tmp_path):
    written_by.digikam(tmp_path / "IMG_1.jpg")
    sidecar = tmp_path / "IMG_1.jpg.xmp"
    before = by_exiv2(sidecar)
    sidecar.write_bytes(
        written(sidecar.read_bytes(), {Fact.TITLE: ("Minka <3",), Fact.KEYWORDS: ("Cats", "x")})
    )
    after = by_exiv2(sidecar)
    assert after.pop("Xmp.dc.title") == {'lang="x-default"': "Minka <3"}
    assert after.pop("Xmp.dc.subject") == ["Cats", "x"]
    before.pop("Xmp.dc.subject")
    assert after == before
    assert sidecar.read_bytes().startswith(b"<?xpacket begin")


def test_a_changed_rating_leaves_no_other_that_says_otherwise(tmp_path):
    written_by.digikam(tmp_path / "IMG_1.jpg")
    data = written((tmp_path / "IMG_1.jpg.xmp").read_bytes(), {Fact.RATING: ("5",)})
    assert dict(properties(data))["xmp:Rating"] == ("5",)
    assert "MicrosoftPhoto:Rating" not in dict(properties(data))


def test_all_that_a_file_and_its_sidecar_tell_is_shown_by_name(tmp_path):
    written_by.lightroom(tmp_path / "a.jpg")
    tags = read_tags(tmp_path / "a.jpg")
    captions = {tags[name] for name in ("ImageDescription", "IPTC Caption", "XMP dc:description")}
    assert captions == {"Boats in the harbour"}
    assert (tags["XMP xmp:Label"], tags["XMP crs:Exposure2012"]) == ("Green", "+0.35")
    assert tags["IPTC Keywords"] == tags["XMP dc:subject"] == "boat; Hamburg"
    assert "xmp" not in tags, "not by its size as well"
    written_by.google_takeout(tmp_path / "b.jpg")
    record = read_sidecar_tags(tmp_path / "b.jpg.supplemental-metadata.json")
    assert record["JSON description"] == "Tour Eiffel"
    written_by.digikam(tmp_path / "c.jpg")
    assert read_sidecar_tags(tmp_path / "c.jpg.xmp")["Sidecar digiKam:TagsList"] == "Animals/Cats; garden"
    (tmp_path / "c.jpg.xmp").write_bytes(b"half")
    assert "no XMP" in read_sidecar_tags(tmp_path / "c.jpg.xmp")["Sidecar"]


VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=30).filter(
    str.strip
)
WORDS = st.lists(VALUES.map(str.strip), min_size=1, max_size=4, unique_by=str.casefold).map(tuple)
ONE = VALUES.map(lambda text: (text.strip(),))
FACTS = st.fixed_dictionaries(
    {},
    optional={
        Fact.TITLE: ONE,
        Fact.CAPTION: ONE,
        Fact.KEYWORDS: WORDS,
        Fact.RATING: st.sampled_from([("-1",), ("1",), ("5",)]),
        Fact.TAKEN: st.datetimes(datetime(1900, 1, 1)).map(lambda d: (d.isoformat(timespec="seconds"),)),
        Fact.PLACE: st.tuples(st.floats(-90, 90), st.floats(-180, 180))
        .filter(lambda p: abs(p[0]) > 1e-6)
        .map(lambda p: (f"{p[0]:.7f},{p[1]:.7f}",)),
        Fact.CREATOR: WORDS,
    },
)


@given(FACTS, FACTS)
def test_whatever_is_written_is_read_again_and_a_second_time_in_place_of_the_first(first, second):
    data = written(written(None, first), second)
    read, meant = facts_of_packet(data), {**first, **second}
    assert read.keys() == meant.keys()
    for fact, values in meant.items():
        assert same(fact, read[fact], values) if fact is Fact.PLACE else read[fact] == gathered([meant])[fact]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no XMP"),
        (b"not XML at all", "no XMP"),
        (b"<a/>", "no rdf:RDF"),
        (b'<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>', "document type"),
        ('<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>'.encode("utf-16"), "document type"),
        (b"<a>" * 100_000, "no XMP"),
        (b" " * (9 << 20), "larger than"),
    ],
)
def test_what_is_no_xmp_is_refused_with_a_reason(tmp_path, data, why):
    with pytest.raises(NoPacket, match=why):
        facts_of_packet(data)
    (tmp_path / "a.xmp").write_bytes(data)
    with pytest.raises(UnreadableImage, match=why):
        read_sidecar(tmp_path / "a.xmp")


def test_a_damaged_packet_in_a_picture_is_as_good_as_none(tmp_path):
    written_by.PICTURE.save(tmp_path / "a.jpg", xmp=b"<x:xmpmeta")
    assert read_facts(tmp_path / "a.jpg") == {}


@pytest.mark.parametrize(
    ("fact", "one", "other", "alike"),
    [
        (Fact.TAKEN, "2024-05-06T07:08:09", "2024-05-06T07:08:09.45+02:00", True),
        (Fact.TAKEN, "2024-05-06T07:08:09+02:00", "2024-05-06T05:08:09+00:00", True),
        (Fact.TAKEN, "2024-05-06T07:08:09", "2024-05-06T05:08:09Z", True),
        (Fact.TAKEN, "2024-05-06T07:08:09", "2024-05-06T05:08:09", False),
        (Fact.TAKEN, "2024-05-06T07:08:09", "2024-05-06T07:09:09Z", False),
        (Fact.TAKEN, "2024-05-06", "2024-05-06T07:08:09", True),
        (Fact.TAKEN, "2024", "2025-05-06", False),
        (Fact.PLACE, "52.52,13.4", "52.5201,13.4001,34", True),
        (Fact.PLACE, "52.52,13.4", "52.53,13.4", False),
        (Fact.TITLE, "Boats", "boats", True),
        (Fact.TITLE, "Boats", "Ships", False),
    ],
)
def test_two_say_the_same_as_precisely_as_the_less_precise_one(fact, one, other, alike):
    assert same(fact, (one,), (other,)) == same(fact, (other,), (one,)) == alike


def test_keywords_are_united_the_rest_is_filled_and_what_differs_is_told():
    keeper = {Fact.TITLE: ("Boats",), Fact.KEYWORDS: ("boat",)}
    others = [("b.jpg", {Fact.TITLE: ("Ships",), Fact.KEYWORDS: ("Boat", "sea"), Fact.RATING: ("3",)}),
              ("c.jpg", {Fact.RATING: ("5",)})]  # fmt: skip
    changes = {c.fact: c for c in changes_of(keeper, others, {})}
    assert changes[Fact.KEYWORDS].new == ("boat", "sea")
    assert changes[Fact.RATING].new == ("3",)
    assert changes[Fact.RATING].differing == (("c.jpg", ("5",)),)
    assert (changes[Fact.TITLE].new, changes[Fact.TITLE].differing) == (("Boats",), (("b.jpg", ("Ships",)),))
    ruled = changes_of(keeper, others, {Fact.RATING: MergeRule.HIGHEST, Fact.KEYWORDS: MergeRule.KEEP})
    changes = {c.fact: c for c in ruled}
    assert changes[Fact.RATING].new == ("5",)
    assert changes[Fact.KEYWORDS].new == ("boat",)
    assert changes_of(keeper, [("b.jpg", keeper)], {}) == ()


def test_more_about_a_picture_is_written_into_its_own_sidecar_else_a_new_one(tmp_path):
    for name in (
        "a.jpg",
        "b.jpg",
        "b.xmp",
        "c.jpg",
        "c.CR2",
        "c.xmp",
        "d.CR2",
        "e.jpg",
        "e.xmp",
        "e.jpg.xmp",
    ):
        (tmp_path / name).touch()
    places = {n: Path(sidecar_of(str(tmp_path / n))[0]).name for n in
              ("a.jpg", "b.jpg", "c.jpg", "c.CR2", "d.CR2", "e.jpg")}  # fmt: skip
    assert places == {"a.jpg": "a.jpg.xmp", "b.jpg": "b.xmp", "c.jpg": "c.jpg.xmp", "c.CR2": "c.CR2.xmp",
                      "d.CR2": "d.xmp", "e.jpg": "e.jpg.xmp"}  # fmt: skip


# Through plan, journal, apply and undo

KEEP_FACTS: dict[Fact, MergeRule] = {}
PAIR = (("a.jpg", "b.jpg"),)


def album(place: Place, *programs) -> Place:
    """`a.jpg`, which stays, by the first program, the others by the next ones."""
    place.folder.mkdir(parents=True)
    for name, program in zip(("a.jpg", "b.jpg", "c.jpg"), programs, strict=False):
        program(place.folder / name)
        os.utime(place.folder / name, ns=(1, 1_400_000_000_987_654_321))
    os.utime(place.folder, ns=(1, 1_300_000_000_000_000_001))
    place.collection.index()
    return place


def plan_of(place: Place, *pairs, **wish) -> Journal:
    return place.journal(*(pairs or PAIR), pinned=frozenset({"a.jpg"}), facts=KEEP_FACTS, **wish)


def test_what_only_the_copy_told_stands_in_a_sidecar_of_what_stays_and_undo_takes_it_back(place):
    album(place, written_by.olympus, written_by.lightroom)
    before = place.look()
    journal = plan_of(place)
    plan = journal.plan()
    assert [step.kind for step in plan.steps] == [StepKind.DESCRIBE, StepKind.QUARANTINE]
    assert Plan.of_json(plan.to_json()) == plan
    assert place.apply(journal).failed == ()
    read = by_exiv2(place.folder / "a.jpg.xmp")
    assert read["Xmp.dc.title"] == {'lang="x-default"': "Harbour & boats"}
    assert read["Xmp.dc.subject"] == ["boat", "Hamburg"]
    assert "Xmp.exif.DateTimeOriginal" not in read, "the camera's own date stays"
    differing = {c.fact: c.differing for c in plan.steps[0].writes.changes}
    assert [Path(p).name for p, _ in differing[Fact.TAKEN]] == ["b.jpg"]
    assert place.undo(journal).failed == ()
    assert place.look() == before
    assert not list(place.workspace.quarantine.rglob("*"))


def test_a_sidecar_that_was_there_comes_back_byte_by_byte(place):
    album(place, written_by.digikam, written_by.windows)
    before = place.look()
    journal = plan_of(place)
    assert place.apply(journal).failed == ()
    read = by_exiv2(place.folder / "a.jpg.xmp")
    assert read["Xmp.dc.subject"] == ["Cats", "garden", "lake", "swim"]
    assert read["Xmp.digiKam.TagsList"] == ["Animals/Cats", "garden"]
    assert place.apply(journal).done == 0
    assert place.undo(journal).failed == ()
    assert place.look() == before


def test_where_nothing_new_is_told_nothing_is_written_and_what_differs_is_a_note(place):
    album(place, written_by.digikam, written_by.darktable)
    plan = plan_of(place, merge=None).plan()
    assert [step.kind for step in plan.steps] == [StepKind.DESCRIBE, StepKind.QUARANTINE], "a date is new"
    album(Place(place.root / "2"), written_by.lightroom, written_by.lightroom)
    second = Place(place.root / "3")
    album(second, written_by.windows, lambda path: written_by.PICTURE.save(path))
    assert [step.kind for step in plan_of(second).plan().steps] == [StepKind.QUARANTINE]
    third = album(Place(place.root / "4"), written_by.lightroom_sidecar, written_by.olympus)
    plan = plan_of(third).plan()
    assert [step.kind for step in plan.steps] == [StepKind.QUARANTINE]
    assert any("date taken of a.jpg stays" in warning for warning in plan.warnings)


def test_a_copy_whose_sidecar_cannot_be_read_stays(place):
    album(place, written_by.olympus, written_by.lightroom)
    (place.folder / "b.xmp").write_bytes(b"half a pack")
    plan = plan_of(place).plan()
    assert plan.steps == ()
    assert any("b.jpg is left alone: it is no XMP" in warning for warning in plan.warnings)


def test_what_would_be_written_into_a_protected_place_lets_the_copy_stay(place):
    album(place, written_by.digikam, written_by.lightroom)
    policy = Policy("p", LARGEST.criteria, protected_patterns=("*.xmp",))
    plan = plan_of(place, policy=policy).plan()
    assert plan.steps == ()
    assert any("protected" in warning for warning in plan.warnings)


def test_a_sidecar_that_was_changed_since_is_left_and_so_is_the_copy(place):
    album(place, written_by.digikam, written_by.windows)
    journal = plan_of(place)
    (place.folder / "a.jpg.xmp").write_bytes(b"edited")
    outcome = place.apply(journal)
    assert [f.what for f in outcome.failed] == ["a.jpg", "b.jpg"]
    assert (place.folder / "a.jpg.xmp").read_bytes() == b"edited"
    assert (place.folder / "b.jpg").exists()


def test_undo_leaves_a_sidecar_that_was_edited_after_apply(place):
    album(place, written_by.digikam, written_by.windows)
    journal = plan_of(place)
    place.apply(journal)
    (place.folder / "a.jpg.xmp").write_bytes(b"edited")
    assert ["left as it is" in f.reason for f in place.undo(journal).failed] == [True]
    assert (place.folder / "a.jpg.xmp").read_bytes() == b"edited"
    assert (place.folder / "b.jpg").exists()


def test_emptying_deletes_the_earlier_sidecar_too(place):
    album(place, written_by.digikam, written_by.windows)
    journal = plan_of(place)
    place.apply(journal)
    assert empty_quarantine(journal, place.workspace).kept == ()
    assert not [p for p in place.workspace.quarantine.rglob("*") if p.is_file()]


@pytest.mark.parametrize("name", ["b.jpg", "../a.jpg.xmp", "a.jpg.json", "b.xmp", "a.jpg"])
def test_a_plan_that_writes_into_anything_else_is_refused(place, name):
    album(place, written_by.olympus, written_by.lightroom)
    data = plan_of(place).plan().to_json()
    data["steps"][0]["writes"]["location"] = os.path.join(place.folder, name)
    with pytest.raises(ActionError, match="no sidecar"):
        check_plan(Plan.of_json(data))


@pytest.mark.parametrize("goes", written_by.PROGRAMS, ids=lambda program: program.__name__)
def test_what_only_the_copy_told_stands_in_the_file_that_stays_and_undo_takes_it_back(place, goes):
    album(place, written_by.olympus, goes)
    before, (old, told) = place.look(), by_name(place)
    journal = plan_of(place, into_file=True)
    plan = journal.plan()
    if plan.steps[0].writes is None:
        assert goes is written_by.olympus, "only that one tells nothing new"
        return
    assert plan.steps[0].writes.location == str(place.folder / "a.jpg")
    assert Plan.of_json(plan.to_json()) == plan
    assert place.apply(journal).failed == ()
    stays = place.folder / "a.jpg"
    assert not list(place.folder.glob("*.xmp"))
    assert stays.stat().st_mtime_ns == 1_400_000_000_987_654_321
    assert pixels(stays.read_bytes()) == pixels(old)
    assert place.collection.records(["a.jpg"])[0].content == sha256(stays), "the collection keeps in step"
    read = by_exiv2(stays)
    assert tuple(read.get("Xmp.dc.subject", ())) == told.get(Fact.KEYWORDS, ())
    assert read.get("Xmp.xmp.Rating") == next(iter(told.get(Fact.RATING, ())), None)
    assert read_facts(stays) == {**told, Fact.TAKEN: ("2015-03-04T05:06:07",)}
    assert place.apply(journal).done == 0
    assert place.undo(journal).failed == ()
    assert place.look() == before
    assert not list(place.workspace.quarantine.rglob("*"))


def by_name(place: Place):
    """The bytes of the one that stays, and what is known of the other."""
    other = facts_of(place.collection.records(["b.jpg"])[0])
    return (place.folder / "a.jpg").read_bytes(), other


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.tobytes()


def test_beside_a_file_of_several_names_or_with_a_sidecar_the_sidecar_is_written(place):
    album(place, written_by.digikam, written_by.windows)
    first = plan_of(place, into_file=True).plan().steps[0]
    assert first.writes.location.endswith("a.jpg.xmp")
    second = album(Place(place.root / "2"), written_by.olympus, written_by.windows)
    os.link(second.folder / "a.jpg", second.root / "another name.jpg")
    assert plan_of(second, into_file=True).plan().steps[0].writes.location.endswith("a.jpg.xmp")


def test_a_file_that_was_written_into_may_be_linked_to_take_a_place_and_stand_for_what_is_deleted(place):
    album(place, written_by.olympus, written_by.windows)
    before = place.look()
    links = plan_of(place, into_file=True, action=StepKind.HARDLINK)
    assert place.apply(links).failed == ()
    assert (place.folder / "b.jpg").samefile(place.folder / "a.jpg")
    assert place.undo(links).failed == ()
    assert place.look() == before
    swap = plan_of(place, into_file=True, best_pixels=True)
    assert place.apply(swap).failed == ()
    assert place.undo(swap).failed == ()
    assert place.look() == before
    assert place.apply(journal := plan_of(place, into_file=True)).failed == ()
    assert empty_quarantine(journal, place.workspace).kept == ()
    assert not [p for p in place.workspace.quarantine.rglob("*") if p.is_file()]


def test_undo_leaves_a_file_that_was_edited_after_it_was_written_into(place):
    album(place, written_by.olympus, written_by.windows)
    journal = plan_of(place, into_file=True)
    place.apply(journal)
    (place.folder / "a.jpg").write_bytes(b"edited")
    assert ["left as it is" in failure.reason for failure in place.undo(journal).failed] == [True]
    assert (place.folder / "a.jpg").read_bytes() == b"edited"


def test_a_file_that_would_show_another_picture_is_taken_back_and_the_copy_stays(place, monkeypatch):
    album(place, written_by.olympus, written_by.windows)
    before = place.look()
    records = place.collection.records

    def with_pixels(ids):
        return [replace(record, pixels=record.content) for record in records(ids)]

    monkeypatch.setattr(place.collection, "records", with_pixels)
    outcome = place.apply(plan_of(place, into_file=True))
    assert "another picture" in outcome.failed[0].reason
    assert [failure.what for failure in outcome.failed] == ["a.jpg", "b.jpg"]
    assert files_of(place.look()) == files_of(before)


@pytest.mark.parametrize("undoing", [False, True], ids=["apply", "undo"])
@pytest.mark.parametrize(
    ("stays", "into_file"),
    [(written_by.olympus, False), (written_by.digikam, False), (written_by.olympus, True)],
    ids=["new", "there", "into the file"],
)
def test_killed_at_any_moment_what_is_written_is_as_before_after_undo(tmp_path, stays, into_file, undoing):
    boundary, killed = 1, True
    while killed:
        place = album(Place(tmp_path / str(boundary)), stays, written_by.windows)
        before = place.look()
        journal = plan_of(place, into_file=into_file)
        if undoing:
            place.apply(journal)
        work = place.undo if undoing else place.apply
        killed = killed_at_file_operation(boundary, lambda work=work, journal=journal: work(journal))
        place.reopen()
        if boundary % 2 and not undoing:
            assert place.apply(journal).failed == ()
        assert place.undo(journal).failed == ()
        assert files_of(place.look()) == files_of(before), f"killed at {boundary}"
        assert not list(place.workspace.quarantine.rglob("*"))
        boundary += 7
    assert boundary > 14, "it was killed several times"


def test_images_at_addresses_have_no_files_to_be_read():
    records = tuple(ImageRecord(n, f"https://host.example/{n}.jpg") for n in "ab")
    head = Head("1", datetime.now(UTC), "c", "flow", "scan", 0.7)
    plan = draw_plan([GroupToClear("a", records, None)], Wish(StepKind.REMOVE, facts={}), head)
    assert [step.kind for step in plan.steps] == [StepKind.REMOVE]
