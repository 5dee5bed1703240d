"""Decisions hold for the pictures they were made about, and nobody's decision is overwritten unseen."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest

from dupedash.errors import ConfigError, Conflict
from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.model import ImageRecord
from dupedash.review import (
    PAIR_BY_PAIR,
    Decisions,
    ImageKey,
    ReviewStore,
    Verdict,
    apply_decisions,
    group_standings,
    image_key,
    spared,
)

A, B, C, D = (ImageKey(f"file-{n}", f"pixels-{n}") for n in "abcd")
KEYS = {"a": A, "b": B, "c": C, "d": D}
TRIANGLE = [("a", "b", 0.9), ("b", "c", 0.8), ("a", "c", 0.7)]


@pytest.fixture
def store(tmp_path):
    return ReviewStore(tmp_path / "data" / "reviews.sqlite")


def say(store, images, verdict, revision=0, who="Ann", **more):
    return store.decide(images, verdict, who=who, expected_revision=revision, **more)


def groups(matches, threshold=0.5):
    cut = DuplicateGraph(matches).cut(threshold)
    return [cut.members(n) for n in range(len(cut))]


def test_a_decision_is_there_after_a_restart_whatever_the_order_of_the_images(store):
    say(store, [B, A], Verdict.NOT_DUPLICATE, note="other sky")
    found = ReviewStore(store.path).load().of([A, B])
    assert (found.verdict, found.who, found.note, found.revision) == (
        Verdict.NOT_DUPLICATE,
        "Ann",
        "other sky",
        1,
    )
    assert found.when.tzinfo is UTC
    assert store.load().of([A, C]) is None


def test_a_rejected_pair_is_taken_out_and_the_group_splits(store):
    matches = Matches.of([("a", "b", 0.9), ("b", "c", 0.8)])
    say(store, [B, C], Verdict.NOT_DUPLICATE)
    assert groups(apply_decisions(matches, KEYS, store.load())) == [("a", "b")]


def test_a_rejected_group_falls_apart_wholly(store):
    say(store, [A, B, C], Verdict.NOT_DUPLICATE)
    assert groups(apply_decisions(Matches.of(TRIANGLE), KEYS, store.load())) == []


def test_a_decision_survives_rename_move_new_ids_and_new_metadata_in_the_file(store):
    before = ImageRecord("1", "/a.jpg", content="x", pixels="p")
    other = ImageRecord("2", "/b.jpg", content="y", pixels="q")
    say(store, [image_key(before, "one"), image_key(other, "one")], Verdict.NOT_DUPLICATE)
    moved = ImageRecord("77", "/new/place.jpg", content="x", pixels="p")
    retagged = ImageRecord("78", "/b.jpg", content="z", pixels="q")  # other bytes, the same pixels
    keys = {r.id: image_key(r, "two") for r in (moved, retagged)}
    assert store.load().of(list(keys.values())).verdict is Verdict.NOT_DUPLICATE
    assert len(apply_decisions(Matches.of([("77", "78", 0.9)]), keys, store.load())) == 0
    again = say(store, list(keys.values()), Verdict.DUPLICATE, revision=1)
    assert again.revision == 2  # the same subject, not a second one


def test_without_hashes_a_decision_is_kept_by_collection_and_id(store):
    records = [ImageRecord("1", "http://x/1"), ImageRecord("2", "http://x/2")]
    say(store, [image_key(r, "flow") for r in records], Verdict.KEEP_ALL)
    assert store.load().of([image_key(r, "flow") for r in records])
    assert store.load().of([image_key(r, "another") for r in records]) is None


def test_a_changed_picture_is_asked_about_again(store):
    say(store, [A, B], Verdict.NOT_DUPLICATE)
    edited = ImageKey("file-b2", "pixels-b2")
    assert len(apply_decisions(Matches.of([("a", "b", 0.9)]), {"a": A, "b": edited}, store.load())) == 1


def test_a_third_byte_identical_copy_is_not_part_of_a_decision_about_two(store):
    say(store, [A, A], Verdict.KEEP_ALL)
    decisions = store.load()
    assert decisions.of([A, A])
    assert decisions.of([A, A, A]) is None
    say(store, [A, B], Verdict.NOT_DUPLICATE)
    copies = {"1": A, "2": A, "3": B}
    kept = apply_decisions(
        Matches.of([("1", "2", 1.0), ("1", "3", 0.9), ("2", "3", 0.9)]), copies, store.load()
    )
    assert groups(kept) == [("1", "2")]  # both copies are told apart from b, but not from each other


def test_two_copies_with_the_pixels_of_one_image_are_not_the_pair_that_was_decided(store):
    say(store, [A, B], Verdict.NOT_DUPLICATE)
    retagged = [ImageKey("file-a2", A.pixels), ImageKey("file-a3", A.pixels)]
    assert store.load().of(retagged) is None
    assert store.load().of([retagged[0], B]) is not None


def test_the_latest_decision_about_a_pair_holds(store):
    say(store, [A, B, C], Verdict.NOT_DUPLICATE)
    say(store, [A, B], Verdict.DUPLICATE)
    assert groups(apply_decisions(Matches.of(TRIANGLE), KEYS, store.load())) == [("a", "b")]
    say(store, [A, B], Verdict.OPEN, revision=1)
    assert groups(apply_decisions(Matches.of(TRIANGLE), KEYS, store.load())) == []


def test_a_decision_taken_back_no_longer_counts_but_stays_in_the_history(store):
    say(store, [A, B], Verdict.NOT_DUPLICATE)
    taken = say(store, [A, B], Verdict.OPEN, revision=1, who="Bob")
    assert taken.revision == 2
    decisions = store.load()
    assert decisions.of([A, B]) is None
    assert decisions.revision([B, A]) == 2
    assert len(decisions) == 0
    assert [(e.verdict, e.who) for e in store.history([B, A])] == [
        (Verdict.NOT_DUPLICATE, "Ann"),
        (Verdict.OPEN, "Bob"),
    ]


def test_who_did_not_see_the_latest_decision_is_told_and_overwrites_nothing(store):
    say(store, [A, B], Verdict.NOT_DUPLICATE, who="Ann")
    with pytest.raises(Conflict, match="Ann decided “not a duplicate”"):
        say(store, [A, B], Verdict.DUPLICATE, who="Bob")
    assert store.load().of([A, B]).verdict is Verdict.NOT_DUPLICATE


def test_of_many_people_who_decide_at_once_one_wins_and_all_others_hear_of_it(store):
    outcomes = []
    start = threading.Barrier(8)

    def decide(who):
        start.wait()
        try:
            outcomes.append(say(store, [A, B], Verdict.DUPLICATE, who=who).who)
        except Conflict:
            outcomes.append(None)

    people = [threading.Thread(target=decide, args=(str(n),)) for n in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    winners = [who for who in outcomes if who is not None]
    assert len(outcomes) == 8
    assert len(winners) == 1
    assert store.load().of([A, B]).who == winners[0]


def test_a_clock_set_back_does_not_make_the_new_decision_the_older_one(store):
    say(store, [A, B], Verdict.DUPLICATE, when=datetime.now(UTC) + timedelta(days=1))
    say(store, [A, B], Verdict.SERIES, revision=1)
    assert store.load().of([A, B]).verdict is Verdict.SERIES


def test_two_stores_merge_by_time_and_lose_nothing(store, tmp_path):
    other = ReviewStore(tmp_path / "other.sqlite")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    say(store, [A, B], Verdict.DUPLICATE, when=start)
    say(other, [A, B], Verdict.NOT_DUPLICATE, who="Bob", when=start + timedelta(hours=1))
    say(other, [C, D], Verdict.SERIES, who="Bob", when=start)
    exported = json.loads(json.dumps(other.export()))
    assert store.merge(exported) == 2
    assert store.merge(exported) == 0
    assert other.merge(store.export()) == 1
    for one in (store, other):
        assert one.load().of([A, B]).verdict is Verdict.NOT_DUPLICATE
        assert one.load().of([C, D]).verdict is Verdict.SERIES
        assert len(one.history([A, B])) == 2
    with pytest.raises(Conflict):
        say(store, [A, B], Verdict.DUPLICATE, revision=1)  # seen before the merge


@pytest.mark.parametrize(
    "change",
    [
        {"format": "x"},
        {"decisions": [{}]},
        {"decisions": None},
        {
            "decisions": [
                {
                    "images": [{"content": "a", "pixels": ""}],
                    "verdict": "series",
                    "who": "",
                    "when": "2026-01-01T00:00:00+00:00",
                    "note": "",
                }
            ]
        },
    ],
)
def test_what_is_no_export_is_refused_and_changes_nothing(store, change):
    say(store, [A, B], Verdict.DUPLICATE)
    good = store.export()["decisions"]
    with pytest.raises(ConfigError):
        store.merge({"format": "dupedash decisions", "version": 1, "decisions": good} | change)
    assert store.version() == "1"


def test_a_file_that_is_no_database_or_from_a_newer_version_is_said(tmp_path):
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all" * 100)
    with pytest.raises(ConfigError, match=r"broken\.sqlite"):
        ReviewStore(broken).load()
    newer = tmp_path / "newer.sqlite"
    sqlite3.connect(newer).execute("PRAGMA user_version = 9")
    with pytest.raises(ConfigError, match="newer version"):
        ReviewStore(newer).load()


def test_a_group_is_reviewed_by_a_decision_about_it_or_about_pairs_that_link_it(store):
    matches = Matches.of([*TRIANGLE, ("d", "e", 0.9)])
    keys = KEYS | {"e": ImageKey("file-e")}
    cut = DuplicateGraph(matches).cut(0.6)
    assert group_standings(cut, keys, Decisions()) == {}
    say(store, [A, B], Verdict.DUPLICATE)
    assert group_standings(cut, keys, store.load()) == {}
    say(store, [B, C], Verdict.DUPLICATE)
    assert group_standings(cut, keys, store.load()) == {0: PAIR_BY_PAIR}
    say(store, [D, keys["e"], A], Verdict.SERIES)  # decided at a lower threshold, as part of a larger group
    assert group_standings(cut, keys, store.load()).keys() == {0, 1}


def test_images_kept_together_are_spared_also_in_a_larger_group(store):
    say(store, [A, B], Verdict.SERIES)
    assert set(spared(KEYS, store.load())) == {"a", "b"}
    assert spared({"a": A, "c": C}, store.load()) == {}
    say(store, [A, B], Verdict.DUPLICATE, revision=1)
    assert spared(KEYS, store.load()) == {}


def test_ten_thousand_groups_are_gone_through(store):
    keys = {f"{n:05}": ImageKey(f"file-{n}", f"pixels-{n}") for n in range(20_000)}
    ids = sorted(keys)
    pairs = [(ids[n], ids[n + 1], 0.9) for n in range(0, 20_000, 2)]
    with_decision = [(keys[a], keys[b]) for a, b, _ in pairs[:100]]
    for pair in with_decision:
        say(store, pair, Verdict.NOT_DUPLICATE)
    decisions = store.load()
    kept = apply_decisions(Matches.of(pairs), keys, decisions)
    assert len(kept) == 9_900
    assert group_standings(DuplicateGraph(kept).cut(0.7), keys, decisions) == {}
