"""Deciding on the group page: what is pressed is what is seen; what stays, why, how far; taking it back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from itertools import combinations

import pytest

from dupedash.actions import Head, Wish, draw_plan, groups_to_clear
from dupedash.collection import FoundMatch
from dupedash.connect import Connection, connect
from dupedash.errors import ConfigError
from dupedash.review import ImageKey, Kept, ReviewStore, Verdict, image_key
from dupedash.scans import ScanStore
from dupedash.scans.stored import save
from tests import workspaces
from tests.stored_scans import stored_scan
from tests.test_group_pages import decide, filled, first_group, opened, photos, texts

__all__ = ["filled", "photos"]


def button(at, start: str):
    return next(b for b in at.button if (b.key or "").startswith(start))


def pick(at, copy: str) -> None:
    """Let the copy whose name begins so stay or go; which number it has depends on its folder."""
    next(b for b in at.button if b.key.startswith("pick-") and b.help.startswith(copy)).click().run()


def progress(at) -> str:
    return at.get("progress")[0].proto.text


def test_what_was_picked_and_why_are_kept_with_the_decision_and_the_plan_respects_both(photos):
    members = first_group(photos)
    at = opened("group", group=members[0])
    assert "Suggested keeper" in texts(at)
    assert button(at, "decide-duplicate-").label == "Duplicate, 1 goes", "not sure of the brighter one"
    button(at, "pick-1-").click().run()
    assert "Chosen to stay" in texts(at)
    assert "2 go of 3" in texts(at)
    assert button(at, "decide-duplicate-").label == "Duplicate, 2 go"
    at.text_input(key=f"decide-note-{members[0]}").set_value("sharper, I think").run()
    decide(at, "duplicate")
    (kept,) = ReviewStore(photos.reviews).load()
    assert (kept.verdict, kept.note) == (Verdict.DUPLICATE, "sharper, I think")
    again = opened("group", group=members[0])
    assert "Chosen to stay" in texts(again)
    assert "sharper" in texts(again)
    scan = ScanStore(photos.scans).list()[0]
    (chosen,) = kept.staying({r.id: image_key(r, "photos") for r in scan.records(members)})
    collection = connect(Connection("photos"), photos)
    groups = groups_to_clear(scan.matches(), 0.7, collection, ReviewStore(photos.reviews).load())
    plan = draw_plan(groups, Wish(), Head.now(collection, scan.id, 0.7))
    collection.close()
    group = next(g for g in plan.groups if g.key == members[0])
    assert (group.keeper, group.decided) == (chosen, "chosen by hand")


def test_another_pick_for_a_decided_group_is_kept_at_once_and_the_rules_can_have_it_again(photos):
    member = first_group(photos)[0]
    decide(opened("group", group=member), "duplicate")
    at = opened("group", group=member)
    pick(at, "smaller")
    (kept,) = ReviewStore(photos.reviews).load()
    assert len(kept.keepers) == 3
    button(at, "pick-0-").click().run()
    (kept,) = ReviewStore(photos.reviews).load()
    assert (kept.verdict, kept.keepers) == (Verdict.DUPLICATE, ())


def test_a_second_press_before_the_page_followed_decides_nothing_anew(photos):
    member = first_group(photos)[0]
    at, slow = opened("group", group=member), opened("group", group=member)
    decide(at, "series")
    decide(slow, "series")
    assert not slow.error
    (kept,) = ReviewStore(photos.reviews).load()
    assert kept.revision == 1


def test_the_review_counts_what_is_left_also_of_rejected_groups(photos):
    at = opened("group", group=first_group(photos)[0])
    assert progress(at) == f":small[**0** of {workspaces.COPIED} groups reviewed]"
    decide(at, "not a duplicate")
    assert progress(at) == f":small[**1** of {workspaces.COPIED} groups reviewed]"
    decide(at, "series")
    assert progress(at) == f":small[**2** of {workspaces.COPIED} groups reviewed]"
    decide(at, "duplicate")
    assert "Every group is reviewed" in texts(at)


def test_the_last_decision_is_taken_back_from_the_next_group(photos):
    first = first_group(photos)[0]
    at = opened("group", group=first)
    decide(at, "not a duplicate")
    assert at.query_params["group"] != first
    button(at, "decide-back-").click().run()
    assert at.query_params["group"] == first
    assert len(ReviewStore(photos.reviews).load()) == 0
    assert "Not decided yet" in texts(at)


def test_a_keeper_that_is_not_one_of_the_images_is_refused(photos):
    store, keys = ReviewStore(photos.reviews), [image_key(r, "photos") for r in records(photos)]
    with pytest.raises(ConfigError, match="not one of those"):
        store.decide(keys[:2], Verdict.DUPLICATE, who="Ann", expected_revision=0, keepers=[Kept(keys[2])])


def records(photos):
    scan = ScanStore(photos.scans).list()[0]
    return scan.records(first_group(photos))


def test_the_keeper_goes_along_in_the_export_and_decisions_of_earlier_versions_are_read(photos, tmp_path):
    keys = [image_key(r, "photos") for r in records(photos)]
    store, kept = ReviewStore(photos.reviews), (Kept(keys[1], "b"), Kept(keys[2], "c"))
    store.decide(keys, Verdict.DUPLICATE, who="Ann", expected_revision=0, keepers=kept, note="n")
    other = ReviewStore(tmp_path / "other.sqlite")
    assert other.merge(store.export()) == 1
    assert other.load().of(keys).keepers == kept
    old = store.export()
    (decision,) = old["decisions"]
    del decision["keepers"]
    decision["keeper"] = decision["images"][0]
    third = ReviewStore(tmp_path / "third.sqlite")
    assert third.merge(old) == 1
    assert len(third.load().of(keys).keepers) == 1
    with sqlite3.connect(third.path) as db:
        db.execute("UPDATE events SET keeper = ?", (json.dumps([keys[2].content, keys[2].pixels]),))
        db.execute("PRAGMA user_version = 2")
    db.close()
    assert third.load().of(keys).keepers == (Kept(keys[2]),)
    with sqlite3.connect(store.path) as db:
        db.execute("ALTER TABLE events DROP COLUMN keeper")
        db.execute("PRAGMA user_version = 1")
    db.close()
    assert store.load().of(keys).note == "n"
    assert store.load().of(keys).keepers == ()


# Several stay


def drawn_from(photos):
    """The plan of all groups as they are decided, by the default rules."""
    scan = ScanStore(photos.scans).list()[0]
    collection = connect(Connection("photos"), photos)
    groups = groups_to_clear(scan.matches(), 0.7, collection, ReviewStore(photos.reviews).load(), scan.edits)
    plan = draw_plan(groups, Wish(), Head.now(collection, scan.id, 0.7))
    collection.close()
    return plan


def chain(photos):
    """A scan in which the first group is a chain: its smaller and its brighter copy do not match directly."""
    scan = ScanStore(photos.scans).list()[0]
    records = scan.records(first_group(photos))
    ids = sorted(record.id for record in records)
    (scene,) = (r.id for r in records if not r.filename.startswith(("smaller", "brighter")))
    told = scan.explanations(pair for pair in combinations(ids, 2) if scene in pair)
    matches = [FoundMatch(a, b, 0.97, why) for (a, b), why in told.items()]
    made = stored_scan(ScanStore(photos.scans), records, matches, name="A chain")
    save(replace(made, **{n: getattr(scan, n) for n in ("collection", "engine", "state", "identity")}))
    return ids


def test_what_the_page_marks_as_staying_never_goes_by_the_decision_made_there(photos):
    ids = chain(photos)
    at = opened("group", group=ids[0])
    label = button(at, "decide-duplicate-").label
    decide(at, "duplicate")
    (kept,) = ReviewStore(photos.reviews).load()
    gone = drawn_from(photos).removed & set(ids)
    assert label == "Duplicate, 1 goes"
    assert len(gone) == 1
    keys = {r.id: image_key(r, "photos") for r in records(photos)}
    assert not gone & kept.staying(keys)
    again = opened("group", group=ids[0])
    assert button(again, "decide-duplicate-").label == label


def test_any_number_of_images_stays_and_one_always_does(photos):
    ids = first_group(photos)
    at = opened("group", group=ids[0])
    pick(at, "smaller")
    assert button(at, "decide-duplicate-").label == "Duplicate, none goes"
    button(at, "pick-1-").click().run()
    for copy in ("smaller", "brighter"):
        pick(at, copy)
    assert button(at, "decide-duplicate-").label == "Duplicate, 2 go", "the last one stays"
    button(at, "pick-1-").click().run()
    decide(at, "duplicate")
    assert len(drawn_from(photos).removed & set(ids)) == 1


def test_of_copies_with_the_same_bytes_as_many_stay_as_were_chosen_and_just_those(photos):
    same = ImageKey("a" * 64, "p" * 64)
    images = dict.fromkeys("cab", same) | {"other": ImageKey("b" * 64, "p" * 64)}
    store = ReviewStore(photos.reviews)

    def staying(*keepers):
        revision = store.load().revision(list(images.values()))
        how = {"who": "Ann", "expected_revision": revision, "keepers": keepers}
        return store.decide(list(images.values()), Verdict.DUPLICATE, **how).staying(images)

    assert staying(Kept(same, "b")) == {"b"}
    assert staying(Kept(same, "b"), Kept(same, "c")) == {"b", "c"}
    assert staying(Kept(same, "moved away"), Kept(same, "a")) == {"a", "b"}
    assert staying(Kept(same)) == {"a"}
    assert staying(*[Kept(same)] * 4) == {"a", "b", "c", "other"}, "the same pixels, where no bytes are left"
    assert staying() == frozenset()
