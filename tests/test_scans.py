"""Stored scans: written part by part, opened on their own, never half there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dupedash.collection import FoundMatch
from dupedash.errors import ConfigError, ScanError
from dupedash.groups.graph import Matches
from dupedash.model import ChangeKind, Edits, Explanation, Failure, ImageRecord, ScanMode, Smartfilter
from dupedash.scans import ScanConfig, ScanStatus, ScanStore
from dupedash.scans.modes import Effort
from dupedash.scans.tables.columns import (
    IMAGES,
    KIND_BITS,
    decode_explanation,
    encode_matches,
    encode_records,
)
from dupedash.scans.tables.merge import CLOSEST, pairs_of_equals
from dupedash.scans.tables.parts import Account
from dupedash.scans.writer import pace
from dupedash.storage.sums import beside

EFFORT = Effort(False, Smartfilter.OFF)
WHY = Explanation(
    (ChangeKind.CROPPED, ChangeKind.BRIGHTER),
    (0.5, 0.0, 0.25, 0.0, 0.5, 0.125),
    overlap_a=0.5,
    scale=2.0,
    inliers=40,
    residual=((0.0, 0.25, 0.5, 0.75), (0.5, 0.5, 1.0, 1.0)),
    edited_a=(ChangeKind.BORDERED, ChangeKind.OVERLAY),
    edited_b=(ChangeKind.CROPPED,),
)


@pytest.fixture
def store(tmp_path):
    return ScanStore(tmp_path / "scans")


def created(store, config=None, state="s1", name=None):
    return store.create("holiday", "embedded", state, config or ScanConfig(), EFFORT, name)


def record(image_id, **known):
    return ImageRecord(image_id, f"/pictures/{image_id}.jpg", **known)


def image_table(records, scope=None, against=None, fresh=None):
    ids = [r.id for r in records]
    columns = encode_records(records)
    for name, part in (("in_scope", scope), ("in_against", against), ("fresh", fresh)):
        columns[name] = [part is None or i in part for i in ids]
    return pa.table([columns[f.name] for f in IMAGES], schema=IMAGES)


def stored(store, matches, records=None, **about):
    """A finished scan with these matches, in parts of two."""
    ids = sorted({i for m in matches for i in (m.a, m.b)})
    scan = created(store, **about)
    with store.writing(scan) as writer:
        writer.begin()
        writer.write_images([image_table(records or [record(i) for i in ids])])
        for number, start in enumerate(range(0, len(matches), 2)):
            writer.write_part(matches[start : start + 2], Account(number, images=2, seconds=0.5))
        return writer.finish()


def found(scan) -> set[tuple[str, str, float]]:
    m = scan.matches()
    return {(m.ids[a], m.ids[b], float(s)) for a, b, s in zip(m.a, m.b, m.score, strict=True)}


letters = st.sampled_from("abcdefgh")
pairs = st.lists(st.tuples(letters, letters, st.sampled_from([0.5, 0.75, 1.0])), max_size=30)


@settings(max_examples=30)
@given(found_pairs=pairs)
def test_the_best_score_of_each_pair_is_kept_whatever_the_parts(tmp_path_factory, found_pairs):
    store = ScanStore(tmp_path_factory.mktemp("scans"))
    scan = stored(store, [FoundMatch(*p) for p in found_pairs], [record(i) for i in "abcdefgh"])
    mine, plain = scan.matches(), Matches.of(found_pairs)
    assert mine.ids == plain.ids
    assert (mine.a.dtype, mine.b.dtype, mine.score.dtype) == (np.int32, np.int32, np.float32)
    for ours, theirs in ((mine.a, plain.a), (mine.b, plain.b), (mine.score, plain.score)):
        np.testing.assert_array_equal(ours, theirs)


def test_a_scan_is_the_same_after_it_was_closed(store):
    config = ScanConfig(ScanMode.SPEED, 0.6, ("b:1", "a:2"), ("c:3",))
    scan = stored(store, [FoundMatch("a", "b", 0.75, WHY)], config=config, name="First")
    again = ScanStore(store.folder).get(scan.id)
    assert again == scan
    assert (again.config, again.effort, again.name, again.status) == (
        config,
        EFFORT,
        "First",
        ScanStatus.DONE,
    )


def test_an_explanation_survives_and_does_not_care_who_is_named_first(store):
    scan = stored(store, [FoundMatch("a", "b", 0.75, WHY), FoundMatch("b", "c", 0.75)])
    assert scan.explanation("a", "b") == scan.explanation("b", "a") == WHY
    assert scan.explanation("b", "c") is None
    assert scan.explanation("a", "nobody") is None
    assert scan.explanation("a", "c") is None


def test_what_tells_the_edited_image_is_the_same_for_all_matches_at_once_as_for_each(store):
    other = replace(WHY, kinds=(ChangeKind.STRETCHED,), edited_a=(), edited_b=())
    whys = {("a", "b"): WHY, ("a", "c"): None, ("b", "d"): other, ("c", "d"): WHY, ("a", "d"): WHY}
    scan = stored(store, [FoundMatch(a, b, 0.9, why) for (a, b), why in whys.items()])
    # As the pages ask: fewer matches than the scan has, one that it has not, other numbers of the images.
    asked = Matches.of([("c", "d", 0.9), ("a", "c", 0.9), ("b", "d", 0.9), ("b", "nobody", 0.9)])
    told = scan.edits(asked).at(np.array([3, 2, 0, 1]))
    pairs = [(asked.ids[asked.a[n]], asked.ids[asked.b[n]]) for n in (3, 2, 0, 1)]
    for pair, edits in zip(pairs, told, strict=True):
        why = whys.get(pair)
        assert edits == (why and Edits(why.kinds, why.edited_a, why.edited_b)), pair
    assert scan.edits(Matches.of([])).at(np.array([], np.int64)) == []


def test_a_scan_of_an_earlier_version_is_read_and_leaves_open_which_one_is_edited(store):
    scan = stored(store, [FoundMatch("a", "b", 0.75, WHY)])
    path = scan.folder / "matches.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["edited_a", "edited_b"]), path)
    beside(path).unlink()
    assert scan.explanation("a", "b") == replace(WHY, edited_a=(), edited_b=())


def test_every_kind_of_change_has_a_bit():
    why = Explanation(tuple(ChangeKind))
    assert decode_explanation(encode_matches([FoundMatch("a", "b", 1, why)]).to_pylist()[0]) == why


def test_records_come_back_as_they_were(store):
    day = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    full = ImageRecord(
        "a", "/p/<b>'\" ☃.jpg", {"day": day, "labels": ("x", "y"), "n": 3, "f": 0.5, "ok": True}, 640, 480,
        12345, "JPEG", day, "c" * 64, "d" * 64,
    )  # fmt: skip
    skipped = record("b", skipped="too flat")
    scan = stored(store, [FoundMatch("a", "b", 0.75)], [full, skipped])
    assert scan.record("a") == full
    assert scan.records(["b", "a"]) == [skipped, full]
    assert list(scan.images()["id"]) == ["a", "b"]
    with pytest.raises(ScanError, match="'nobody' is not part of the scan"):
        scan.record("nobody")


def test_a_file_name_that_is_no_text_is_stored_readably(store):
    scan = stored(store, [FoundMatch("a", "b", 0.75)], [ImageRecord("a", "/p/\udcff.jpg"), record("b")])
    assert scan.record("a").location == "/p/\\udcff.jpg"


def test_equal_files_and_pixels_match_even_where_they_could_not_be_compared(store):
    records = [record("a", content="x", pixels="p", skipped="too flat"), record("b", content="x", pixels="p"),
               record("c", content="y", pixels="p"), record("d"), record("e")]  # fmt: skip
    scan = stored(store, [], records)
    assert found(scan) == {("a", "b", 1.0), ("a", "c", 1.0), ("b", "c", 1.0)}
    assert scan.explanation("a", "b").kinds == (ChangeKind.IDENTICAL_FILE,)
    assert scan.explanation("b", "c").kinds == (ChangeKind.IDENTICAL_PIXELS,)


def test_equal_files_only_match_across_scope_and_against(store):
    records = [record(i, content="x") for i in "abc"]
    scan = created(store)
    with store.writing(scan) as writer:
        writer.begin()
        writer.write_images([image_table(records, scope={"a"}, against={"b", "c"})])
        scan = writer.finish()
    assert found(scan) == {("a", "b", 1.0), ("a", "c", 1.0)}


def test_a_thousand_equal_files_stay_linked_without_a_million_pairs():
    a, b = pairs_of_equals(pa.chunked_array([["x"] * 1000]))
    assert set(range(1000)) == set(a.tolist()) | set(b.tolist())
    assert len(a) < 1000 * CLOSEST
    assert len(pairs_of_equals(pa.chunked_array([["x"] * 100]))[0]) == 100 * 99 // 2


def test_figures_and_gaps_add_up(store):
    records = [record("a"), record("b"), record("c", skipped="too flat"), record("d", skipped="too flat")]
    scan = created(store)
    with store.writing(scan) as writer:
        writer.begin()
        writer.write_images([image_table(records)])
        account = Account(0, 4, 2.0, truncated=("a",), failures=(Failure("b", "server error"),))
        writer.write_part([FoundMatch("a", "b", 0.75)], account)
        scan = writer.finish()
    stats = scan.stats
    assert (stats.images, stats.compared, stats.failures, stats.truncated, stats.matches) == (4, 1, 1, 1, 1)
    assert stats.rate == 2.0
    assert [(g.reason, g.count, g.first) for g in scan.coverage] == [
        ("too flat", 2, ("/pictures/c.jpg", "/pictures/d.jpg")),
        ("server error", 1, ("/pictures/b.jpg",)),
        ("more hits than could be sent: some matches may be missing", 1, ("/pictures/a.jpg",)),
    ]


def test_the_pace_of_a_scan_is_told_without_its_start(store):
    scan = created(store)
    with store.writing(scan) as writer:
        writer.begin()
        writer.write_images([image_table([record("a"), record("b")])])
        writer.write_part([], Account(0))
        for number in range(1, 11):
            writer.write_part([], Account(number, 32, 60.0 if number == 1 else 0.5))
        scan = writer.finish()
    assert scan.stats.pace == 64.0
    assert store.get(scan.id).stats.pace == 64.0
    assert pace([Account(1, 32, 9.0), Account(2, 32, 0.001)]) == 0.0  # several come at the same moment


def test_an_unfinished_scan_shows_what_it_has_and_goes_on(store):
    scan = created(store)
    with store.writing(scan) as writer:
        writer.begin()
        writer.write_images([image_table([record(i) for i in "abc"])])
        writer.write_part([FoundMatch("a", "b", 0.75)], Account(0))
        assert store.get(scan.id).status is ScanStatus.RUNNING
        assert found(store.get(scan.id)) == {("a", "b", 0.75)}
    left = store.get(scan.id)
    assert left.status is ScanStatus.STOPPED
    assert "interrupted" in left.message
    with store.writing(left) as writer:
        assert (writer.listed, writer.after) == (True, 0)
        writer.begin()
        writer.write_part([FoundMatch("c", "b", 1.0)], Account(1))
        assert found(writer.finish()) == {("a", "b", 0.75), ("b", "c", 1.0)}


def test_half_a_file_does_not_count(store):
    scan = created(store)
    with store.writing(scan) as writer:
        writer.begin()
        writer.write_images([image_table([record(i) for i in "abc"])])
        writer.write_part([FoundMatch("a", "b", 0.75)], Account(0))
    (scan.folder / "parts" / "000002.parquet.tmp").write_bytes(b"PAR1 half")
    with store.writing(scan) as writer:
        assert writer.after == 0
        writer.begin()
        assert found(writer.finish()) == {("a", "b", 0.75)}
    assert not list(scan.folder.rglob("*.tmp"))


def test_two_writers_of_one_scan_are_refused(store):
    scan = created(store)
    with store.writing(scan), pytest.raises(ScanError, match="runs already"), store.writing(scan):
        pass


def test_scans_are_listed_found_renamed_and_deleted(store):
    first = stored(store, [FoundMatch("a", "b", 0.75)])
    second = stored(store, [FoundMatch("a", "b", 0.75)], state="s2")
    assert [s.id for s in store.list()] == [second.id, first.id]
    assert store.find("holiday", "s1", ScanConfig()).id == first.id
    assert store.find("holiday", "s1", ScanConfig(floor=0.6)) is None
    assert [s.id for s in store.earlier("holiday", ScanConfig())] == [second.id, first.id]
    assert store.rename(first.id, " Best ").name == store.get(first.id).name == "Best"
    store.delete(first.id)
    assert [s.id for s in store.list()] == [second.id]
    with pytest.raises(ScanError, match="no stored scan"):
        store.delete(first.id)


@pytest.mark.parametrize("scan_id", ["", "..", "../x", "a/b", ".hidden", "x" * 99, "nobody"])
def test_a_strange_id_is_no_scan(store, scan_id):
    with pytest.raises(ScanError, match="no stored scan"):
        store.get(scan_id)
    with pytest.raises(ScanError, match="no stored scan"):
        store.delete(scan_id)


def test_a_running_scan_is_not_deleted(store):
    scan = created(store)
    with store.writing(scan), pytest.raises(ScanError, match="runs just now"):
        store.delete(scan.id)
    store.delete(scan.id)
    assert store.list() == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": "x"}'])
def test_a_damaged_scan_is_told_and_does_not_hide_the_others(store, text):
    good, bad = stored(store, []), stored(store, [])
    (bad.folder / "scan.json").write_text(text)
    assert [s.id for s in store.list()] == [good.id]
    assert [f.what for f in store.damaged()] == [bad.id]
    with pytest.raises(ScanError, match="damaged"):
        store.get(bad.id)
    store.delete(bad.id)


def test_a_scan_of_a_newer_version_is_not_guessed_at(store):
    scan = stored(store, [])
    known = json.loads((scan.folder / "scan.json").read_text())
    (scan.folder / "scan.json").write_text(json.dumps(known | {"format": 2, "version": "9.0"}))
    with pytest.raises(ScanError, match=r"newer dupedash \(9.0"):
        store.get(scan.id)


@pytest.mark.parametrize("name", ["matches.parquet", "images.parquet"])
def test_a_damaged_or_lost_table_is_told(store, name):
    scan = stored(store, [FoundMatch("a", "b", 0.75)])
    (scan.folder / name).write_bytes(b"PAR1 nothing")
    with pytest.raises(ScanError, match="damaged"):
        scan.matches()
    (scan.folder / "matches.parquet").unlink()
    with pytest.raises(ScanError, match="damaged"):
        scan.matches()


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "fast"},
        {"floor": 0},
        {"floor": 1.1},
        {"floor": float("nan")},
        {"fq": "a:1"},
        {"against": (" ",)},
    ],
)
def test_a_configuration_that_cannot_be_is_refused(wrong):
    with pytest.raises(ConfigError):
        ScanConfig(**wrong)


def test_the_order_of_filters_does_not_make_another_scan():
    assert ScanConfig(fq=("b:1", " a:2", "b:1")) == ScanConfig(fq=("a:2", "b:1"))


def test_the_kinds_of_stored_scans_keep_their_places():
    first = "identical file, identical pixels, re-encoded, resized, cropped, border added"
    assert ", ".join(KIND_BITS[:6]) == first
    later = (ChangeKind.MIRRORED, ChangeKind.NOISE, ChangeKind.CONVERTED)
    assert [KIND_BITS.index(kind) for kind in later] == [10, 18, 23]
