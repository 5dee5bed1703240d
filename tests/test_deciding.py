"""Deciding on the group page: what is pressed is what is seen; what stays, why, how far; taking it back."""

from __future__ import annotations

import sqlite3

import pytest

from dupedash.actions import Head, Wish, candidates, draw_plan
from dupedash.connect import Connection, connect
from dupedash.errors import ConfigError
from dupedash.review import ReviewStore, Verdict, image_key
from dupedash.scans import ScanStore
from tests import workspaces
from tests.test_group_pages import decide, filled, first_group, opened, photos, texts

__all__ = ["filled", "photos"]


def button(at, start: str):
    return next(b for b in at.button if (b.key or "").startswith(start))


def progress(at) -> str:
    return at.get("progress")[0].proto.text


def test_what_was_picked_and_why_are_kept_with_the_decision_and_the_plan_respects_both(photos):
    members = first_group(photos)
    at = opened("group", group=members[0])
    assert "Suggested keeper" in texts(at)
    button(at, "pick-3-").click().run()
    assert "Chosen to stay" in texts(at)
    at.text_input(key=f"decide-note-{members[0]}").set_value("sharper, I think").run()
    decide(at, "duplicate")
    (kept,) = ReviewStore(photos.reviews).load()
    assert (kept.verdict, kept.note) == (Verdict.DUPLICATE, "sharper, I think")
    again = opened("group", group=members[0])
    assert "Chosen to stay" in texts(again)
    assert "sharper" in texts(again)
    scan = ScanStore(photos.scans).list()[0]
    chosen = next(r.id for r in scan.records(members) if kept.keeps(image_key(r, "photos")))
    collection = connect(Connection("photos"), photos)
    groups = candidates(scan.matches(), 0.7, collection, ReviewStore(photos.reviews).load())
    plan = draw_plan(groups, Wish(), Head.now(collection, scan.id, 0.7))
    collection.close()
    group = next(g for g in plan.groups if g.key == members[0])
    assert (group.keeper, group.decided) == (chosen, "chosen by hand")


def test_another_pick_for_a_decided_group_is_kept_at_once_and_the_rules_can_have_it_again(photos):
    member = first_group(photos)[0]
    decide(opened("group", group=member), "duplicate")
    at = opened("group", group=member)
    button(at, "pick-2-").click().run()
    (kept,) = ReviewStore(photos.reviews).load()
    assert kept.keeper is not None
    button(at, "pick-0-").click().run()
    (kept,) = ReviewStore(photos.reviews).load()
    assert (kept.verdict, kept.keeper) == (Verdict.DUPLICATE, None)


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
        store.decide(keys[:2], Verdict.DUPLICATE, who="Ann", expected_revision=0, keeper=keys[2])


def records(photos):
    scan = ScanStore(photos.scans).list()[0]
    return scan.records(first_group(photos))


def test_the_keeper_goes_along_in_the_export_and_decisions_of_earlier_versions_are_read(photos, tmp_path):
    keys = [image_key(r, "photos") for r in records(photos)]
    store = ReviewStore(photos.reviews)
    store.decide(keys, Verdict.DUPLICATE, who="Ann", expected_revision=0, keeper=keys[1], note="n")
    other = ReviewStore(tmp_path / "other.sqlite")
    assert other.merge(store.export()) == 1
    assert other.load().of(keys).keeper == keys[1]
    old = store.export()
    for decision in old["decisions"]:
        del decision["keeper"]
    assert ReviewStore(tmp_path / "third.sqlite").merge(old) == 1
    with sqlite3.connect(store.path) as db:
        db.execute("ALTER TABLE events DROP COLUMN keeper")
        db.execute("PRAGMA user_version = 1")
    db.close()
    assert store.load().of(keys).note == "n"
    assert store.load().of(keys).keeper is None
