"""What is applied can be undone to the last byte and nanosecond; nothing that must stay ever goes."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dupedash.actions import (
    Journal,
    MergeRule,
    Plan,
    Status,
    StepKind,
    StepMark,
    Wish,
    check_plan,
    find_journal,
    journals,
    waiting_journal,
)
from dupedash.actions.files.disk import move
from dupedash.config import Workspace
from dupedash.errors import ActionError, Cancelled, ConfigError, Conflict
from dupedash.keepers import PRESETS, ProtectedField
from dupedash.review import ReviewStore, Verdict, image_key
from tests.acting import ABC, FILE_KINDS, LARGEST, STAR, Place, place, same_files
from tests.killing import killed_at_file_operation

__all__ = ["place"]



def test_quarantine_takes_the_others_out_and_undo_brings_everything_back(place):
    place.fill(ABC, status="new")
    before = place.look()
    journal = place.journal(*STAR)
    outcome = place.apply(journal)
    assert (outcome.done, outcome.failed) == (2, ())
    assert outcome.bytes == journal.plan().bytes == 39 * 5 + 38 * 5
    assert [p.name for p in place.folder.rglob("*.jpg")] == ["a.jpg"]
    assert place.collection.ids() == ["a.jpg"]
    assert journal.summary().status is Status.APPLIED
    analyses = place.collection.analyses
    assert place.undo(journal).failed == ()
    assert place.look() == before
    assert place.collection.analyses == analyses, "nothing is read anew to be described"
    assert journal.summary().status is Status.UNDONE
    assert not list(place.workspace.quarantine.rglob("*"))


def test_the_time_of_access_comes_back_too(place):
    place.fill(ABC)
    path = place.folder / "sub/b.jpg"
    os.utime(path, ns=(1_500_000_000_123_456_789, path.stat().st_mtime_ns))
    journal = place.journal(*STAR)
    place.apply(journal)
    assert place.undo(journal).failed == ()
    assert path.stat().st_atime_ns == 1_500_000_000_123_456_789


@pytest.mark.parametrize("kind", [StepKind.HARDLINK, StepKind.SYMLINK])
def test_a_link_takes_the_place_of_the_file_and_goes_at_undo(place, kind):
    place.fill(ABC)
    before = place.look()
    journal = place.journal(*STAR, action=kind)
    assert place.apply(journal).failed == ()
    link = place.folder / "sub/b.jpg"
    assert link.samefile(place.folder / "a.jpg")
    assert link.is_symlink() is (kind is StepKind.SYMLINK)
    assert place.undo(journal).failed == ()
    assert place.look() == before


def test_removing_from_the_collection_leaves_the_files(place):
    place.fill(ABC)
    before = place.look()
    journal = place.journal(*STAR, action=StepKind.REMOVE)
    assert place.apply(journal).failed == ()
    assert place.collection.ids() == ["a.jpg"]
    assert place.look()[0] == before[0]
    assert place.undo(journal).failed == ()
    assert place.look() == before


def test_labels_name_the_keeper_and_old_values_come_back(place):
    place.fill(ABC, duplicate_of="nobody")
    before = place.look()
    journal = place.journal(*STAR, action=StepKind.LABEL)
    assert place.apply(journal).failed == ()
    assert place.collection.records(["b.jpg"])[0].fields["duplicate_of"] == "a.jpg"
    assert place.undo(journal).failed == ()
    assert place.look() == before


def test_fields_are_merged_into_the_keeper_before_the_others_go(place):
    place.fill(ABC)
    place.collection.set_fields(
        {
            "a.jpg": {"labels": ("sea",), "rank": 3},
            "b.jpg": {"labels": ("sun", "sea"), "title": "Beach", "rank": 2},
            "c.jpg": {"title": "Other", "rank": 9},
        }
    )
    place.collection.commit()
    before = place.look()
    journal = place.journal(*STAR, merge={"rank": MergeRule.LOWEST})
    merge = journal.plan().steps[0]
    assert {(c.field, c.old, c.new) for c in merge.changes} == {
        ("labels", ("sea",), ("sea", "sun")),
        ("title", None, "Beach"),
        ("rank", 3, 2),
    }
    assert place.apply(journal).failed == ()
    assert place.collection.records(["a.jpg"])[0].fields == {
        "labels": ("sea", "sun"),
        "title": "Beach",
        "rank": 2,
    }
    assert place.undo(journal).failed == ()
    assert place.look() == before


def test_where_fields_cannot_be_merged_nothing_of_the_group_goes(place):
    place.fill(ABC)
    place.collection.set_fields({"b.jpg": {"title": "Beach"}})
    journal = place.journal(*STAR, merge={})
    place.collection.set_fields({"a.jpg": {"title": "Written meanwhile"}})
    outcome = place.apply(journal)
    assert outcome.done == 0
    assert len(outcome.failed) == 3
    assert "title of a.jpg was changed" in outcome.failed[0].reason
    assert place.collection.count() == 3


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda p: (p.folder / "sub/b.jpg").write_bytes(b"edited"), "changed since the plan"),
        (lambda p: (p.folder / "sub/b.jpg").unlink(), "No such file"),
        (lambda p: (p.folder / "a.jpg").unlink(), "cannot be read"),
        (lambda p: (p.folder / "a.jpg").write_bytes(b"edited"), "changed since the plan"),
        (lambda p: p.collection.remove(["a.jpg"]), "no longer in the collection"),
        (lambda p: p.collection.remove(["b.jpg"]), "no longer in the collection"),
    ],
    ids=["edited", "gone", "keeper gone", "keeper edited", "keeper forgotten", "forgotten"],
)
def test_what_changed_since_the_plan_is_left_alone_and_the_rest_goes_on(place, harm, reason):
    place.fill(("a.jpg", "sub/b.jpg", "x.jpg", "y.jpg"))
    journal = place.journal(("a.jpg", "b.jpg"), ("x.jpg", "y.jpg"))
    harm(place)
    outcome = place.apply(journal)
    assert [(f.what, reason in f.reason) for f in outcome.failed] == [("b.jpg", True)]
    assert outcome.done == 1
    assert not (place.folder / "y.jpg").exists()
    assert journal.summary().status is Status.PARTLY


def test_a_protection_that_came_after_the_plan_holds(place):
    place.fill(ABC)
    guarded = replace(LARGEST, protected_fields=(ProtectedField("status", "approved"),))
    journal = place.journal(*STAR, policy=guarded)
    place.collection.set_fields({"b.jpg": {"status": "approved"}})
    assert [f.what for f in place.apply(journal).failed] == ["b.jpg"]
    assert (place.folder / "sub/b.jpg").exists()


def test_nothing_outside_the_folders_of_the_collection_is_touched_not_even_through_a_link(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    outside = place.root / "outside"
    (place.folder / "sub").rename(outside)
    (place.folder / "sub").symlink_to(outside)
    outcome = place.apply(journal)
    assert outcome.done == 0
    assert all("outside the folders" in f.reason for f in outcome.failed)
    assert sorted(p.name for p in outside.iterdir()) == ["b.jpg", "c.jpg"]


def test_a_file_that_became_a_link_to_the_keeper_is_left_alone(place):
    place.fill(("a.jpg", "b.jpg"))
    journal = place.journal(("a.jpg", "b.jpg"))
    (place.folder / "b.jpg").unlink()
    (place.folder / "b.jpg").symlink_to(place.folder / "a.jpg")
    assert place.apply(journal).done == 0
    assert (place.folder / "a.jpg").exists()


def test_undo_overwrites_nothing_and_says_where_the_file_waits(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    place.apply(journal)
    newcomer = place.folder / "sub/b.jpg"
    newcomer.write_bytes(b"somebody put this here")
    outcome = place.undo(journal)
    assert [f.what for f in outcome.failed] == ["b.jpg"]
    assert "not overwritten" in outcome.failed[0].reason
    assert newcomer.read_bytes() == b"somebody put this here"
    assert place.collection.ids() == ["a.jpg", "c.jpg"]
    assert journal.summary().status is Status.PARTLY_UNDONE
    newcomer.unlink()
    assert place.undo(journal).failed == ()
    assert newcomer.read_bytes() == b"b.jpg" * 39


def test_a_field_that_somebody_changed_after_apply_is_not_overwritten_by_undo(place):
    place.fill(ABC)
    journal = place.journal(*STAR, action=StepKind.LABEL)
    place.apply(journal)
    place.collection.set_fields({"b.jpg": {"duplicate_of": "c.jpg"}})
    assert [f.what for f in place.undo(journal).failed] == ["b.jpg"]
    assert place.collection.records(["b.jpg"])[0].fields["duplicate_of"] == "c.jpg"


def test_when_the_collection_refuses_the_files_return(place):
    place.fill(ABC)
    before = place.look()[0]
    journal = place.journal(*STAR)
    place.collection.down = True
    outcome = place.apply(journal)
    assert (outcome.done, len(outcome.failed)) == (0, 2)
    after = place.look()[0]
    assert after.keys() == before.keys()
    place.collection.down = False
    assert place.apply(journal).done == 2, "a second apply tries again what failed"


def test_a_move_to_another_disk_arrives_whole_and_returns_whole(place):
    shm = Path("/dev/shm")
    if not shm.is_dir() or shm.stat().st_dev == place.root.stat().st_dev:
        pytest.skip("no second disk here")
    with tempfile.TemporaryDirectory(dir=shm) as other:
        place.workspace = Workspace(Path(other) / "data")
        place.fill(ABC)
        before = place.look()
        journal = place.journal(*STAR)
        assert place.apply(journal).failed == ()
        waiting = sorted(place.workspace.quarantine.rglob("*.jpg"))
        assert [p.name for p in waiting] == ["b.jpg", "c.jpg"]
        assert waiting[0].stat().st_mtime_ns == 1_400_000_000_987_654_322
        assert place.undo(journal).failed == ()
        assert place.look() == before
        with pytest.raises(ActionError, match="did not arrive whole"):
            move(place.folder / "a.jpg", Path(other) / "a.jpg", "0" * 64)
        assert not [p for p in Path(other).iterdir() if p.name != "data"], "nothing half is left"
        assert place.look() == before


def test_applying_twice_changes_nothing_and_after_undo_it_can_be_applied_again(place):
    place.fill(ABC)
    before = place.look()
    journal = place.journal(*STAR)
    place.apply(journal)
    applied = place.look()
    assert place.apply(journal).done == 0
    assert place.look() == applied
    place.undo(journal)
    assert place.undo(journal).done == 0
    assert place.look() == before
    assert place.apply(journal).done == 2
    place.undo(journal)
    assert place.look() == before


def test_stopping_keeps_what_was_done_and_a_second_apply_does_the_rest(place):
    place.fill([f"{n}.jpg" for n in range(6)])
    journal = place.journal(*[("0.jpg", f"{n}.jpg") for n in range(1, 6)])
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        place.apply(journal, cancelled=lambda: next(asked))
    assert place.collection.count() == 4
    assert journal.summary().status is Status.INTERRUPTED
    assert place.apply(journal).done == 3
    assert journal.summary().status is Status.APPLIED


def test_two_at_once_are_not_let(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    seen = []

    def second(_progress):
        with pytest.raises(Conflict):
            place.undo(journal)
        seen.append(1)

    place.apply(journal, progress=second)
    assert seen


# What people decided


def test_decisions_are_respected(place):
    place.fill(("a.jpg", "b.jpg", "c.jpg", "x.jpg", "y.jpg"))
    store = ReviewStore(place.workspace.reviews)
    keys = {r.id: image_key(r, "tiny") for r in place.collection.records(place.collection.ids())}

    def say(verdict, *ids):
        store.decide([keys[i] for i in ids], verdict, who="Ann", expected_revision=0)

    say(Verdict.SERIES, "x.jpg", "y.jpg")
    say(Verdict.NOT_DUPLICATE, "a.jpg", "c.jpg")
    pairs = (*STAR, ("x.jpg", "y.jpg"))
    plan = place.plan(*pairs, decisions=store.load())
    assert plan.removed == {"b.jpg"}
    assert any("series (Ann)" in warning for warning in plan.warnings)


def test_a_chain_is_removed_wholly_only_where_somebody_said_it_is_one_picture(place):
    place.fill(("a.jpg", "b.jpg", "c.jpg"))
    chain = (("a.jpg", "b.jpg"), ("b.jpg", "c.jpg"))
    assert place.plan(*chain).removed == {"b.jpg"}
    store = ReviewStore(place.workspace.reviews)
    keys = [image_key(r, "tiny") for r in place.collection.records(place.collection.ids())]
    store.decide(keys, Verdict.DUPLICATE, who="Ann", expected_revision=0)
    assert place.plan(*chain, decisions=store.load()).removed == {"b.jpg", "c.jpg"}


# Plans


def test_a_plan_survives_its_json_and_its_journal(place):
    place.fill(ABC, labels=("x",))
    plan = place.plan(*STAR, merge={}, policy=PRESETS["Approved first"], pinned=frozenset({"b.jpg"}))
    assert Plan.of_json(plan.to_json()) == plan
    journal = Journal.create(place.workspace, plan)
    assert journal.plan() == plan
    assert waiting_journal(place.workspace).plan() == plan
    assert [j.folder.name for j in journals(place.workspace)] == [plan.id]
    with pytest.raises(ActionError, match="already"):
        Journal.create(place.workspace, plan)


def test_images_that_left_the_collection_are_no_longer_planned(place):
    place.fill(ABC)
    place.collection.remove(["b.jpg"])
    assert place.plan(*STAR).removed == {"c.jpg"}
    place.collection.remove(["c.jpg"])
    assert place.plan(*STAR).steps == ()


def test_only_the_groups_asked_for_are_planned(place):
    place.fill(("a.jpg", "b.jpg", "x.jpg", "y.jpg"))
    pairs = (("a.jpg", "b.jpg"), ("x.jpg", "y.jpg"))
    assert place.plan(*pairs, only=frozenset({"y.jpg"})).removed == {"y.jpg"}


def test_merging_alone_is_no_action():
    with pytest.raises(ConfigError):
        Wish(action=StepKind.MERGE)


def tampered(plan, **changes):
    return replace(plan, steps=(replace(plan.steps[0], **changes), *plan.steps[1:]))


BAD = {
    "last copy": lambda p: replace(p, groups=(replace(p.groups[0], members=p.groups[0].members[1:]),)),
    "keeper goes": lambda p: replace(p, groups=(replace(p.groups[0], keeper="b.jpg"),)),
    "protected goes": lambda p: replace(p, groups=(replace(p.groups[0], protected=frozenset({"b.jpg"})),)),
    "kept goes": lambda p: replace(p, groups=(replace(p.groups[0], kept={"b.jpg": "said so"}),)),
    "another image": lambda p: tampered(p, id="elsewhere.jpg"),
    "by itself": lambda p: tampered(p, keeper="b.jpg"),
    "by one that goes": lambda p: tampered(p, keeper="c.jpg"),
    "no roots": lambda p: replace(p, roots=()),
    "unknown content": lambda p: tampered(p, content=None),
    "twice": lambda p: replace(p, steps=(*p.steps, p.steps[0])),
    "the keeper's file": lambda p: tampered(p, location=p.groups[0].members[0].location),
}


@pytest.mark.parametrize("name", BAD)
def test_a_plan_that_would_lose_something_is_refused_before_anything_is_touched(place, name):
    place.fill(ABC)
    plan = BAD[name](place.plan(*STAR))
    with pytest.raises(ActionError):
        check_plan(plan)
    journal = Journal.create(place.workspace, plan)
    with pytest.raises(ActionError):
        place.apply(journal)
    assert place.collection.count() == 3


def test_two_groups_that_would_remove_each_others_keepers_are_refused(place):
    place.fill(("a.jpg", "b.jpg"))
    plan = place.plan(("a.jpg", "b.jpg"))
    step, group = plan.steps[0], plan.groups[0]
    mirrored = replace(step, number=1, id="a.jpg", keeper="b.jpg", group="2")
    other = replace(group, key="2", keeper="b.jpg")
    with pytest.raises(ActionError, match="last copy"):
        check_plan(replace(plan, groups=(group, other), steps=(step, mirrored)))


def test_the_plan_of_another_collection_is_refused(place):
    place.fill(ABC)
    plan = replace(place.plan(*STAR), collection="elsewhere")
    with pytest.raises(ActionError, match="elsewhere"):
        place.apply(Journal.create(place.workspace, plan))


def test_a_path_in_place_of_a_plans_id_leads_nowhere(place):
    with pytest.raises(ActionError, match="no plan"):
        find_journal(place.workspace, "../../etc")


# Crashes: a real SIGKILL at the n-th thing that happens, in a process of its own


@pytest.mark.parametrize("kind", [*FILE_KINDS, StepKind.REMOVE, StepKind.LABEL])
def test_killed_at_any_moment_of_apply_undo_restores_everything(tmp_path, kind):
    boundary, killed = 1, True
    while killed:
        place = Place(tmp_path / str(boundary))
        place.fill(ABC[:2] if boundary % 3 else ABC, status="new")
        before = place.look()
        journal = place.journal(*STAR[: len(place.collection.ids()) - 1], action=kind)
        killed = killed_at_file_operation(boundary, lambda place=place, journal=journal: place.apply(journal))
        place.reopen()
        if boundary % 2:
            assert place.apply(journal).failed == ()
            assert journal.summary().status is Status.APPLIED
            left = [p for p in place.folder.rglob("*.jpg") if p.name != "a.jpg" and kind is FILE_KINDS[0]]
            assert not left, "the second apply finished the work"
        assert place.undo(journal).failed == ()
        assert same_files(place.look(), before), f"killed at {boundary}"
        boundary += 5 if boundary > 60 else 2
    assert boundary > 10, "it was killed several times"


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_killed_at_any_moment_of_undo_a_second_undo_restores_everything(tmp_path, kind):
    boundary, killed = 1, True
    while killed:
        place = Place(tmp_path / str(boundary)).fill(ABC)
        before = place.look()
        journal = place.journal(*STAR, action=kind)
        place.apply(journal)
        killed = killed_at_file_operation(boundary, lambda place=place, journal=journal: place.undo(journal))
        place.reopen()
        assert place.undo(journal).failed == ()
        assert same_files(place.look(), before), f"killed at {boundary}"
        boundary += 3
    assert boundary > 20, "it was killed several times"


NAMES = [f"{'sub/' if n % 3 == 0 else ''}{n}.jpg" for n in range(8)]
IDS = [Path(name).name for name in NAMES]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), min_size=1, max_size=10),
    st.sampled_from(list(PRESETS.values())),
    st.sampled_from([*FILE_KINDS, StepKind.REMOVE, StepKind.LABEL]),
    st.sets(st.sampled_from(IDS), max_size=2),
    st.sampled_from([(), ("sub",)]),
    st.integers(1, 120),
    st.booleans(),
)
def test_whatever_the_groups_rules_and_crash_apply_and_undo_leave_all_as_it_was(
    tmp_path_factory, pairs, rules, kind, pinned, protected, boundary, again
):
    place = Place(tmp_path_factory.mktemp("place")).fill(NAMES, labels=("x",))
    before = place.look()
    rules = replace(rules, protected_paths=protected)
    journal = place.journal(*pairs, policy=rules, action=kind, pinned=frozenset(pinned), merge={})
    plan = journal.plan()
    for group in plan.groups:
        assert {m.id for m in group.members} - plan.removed, "no policy ever empties a group"
    assert not plan.removed & pinned
    records = place.collection.records(sorted(plan.removed))
    assert not [r for r in records if rules.protects(r)], "no policy ever removes what is protected"
    killed_at_file_operation(boundary, lambda: place.apply(journal))
    place.reopen()
    if again:
        assert place.apply(journal).failed == ()
        assert set(IDS) - set(place.collection.ids()) == plan.removed
    assert place.undo(journal).failed == ()
    assert same_files(place.look(), before)
    assert {entry.mark for entry in journal.last().values()} <= {StepMark.UNDONE}
