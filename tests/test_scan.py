"""A scan finds every match, whichever way the collection is searched and whatever happens meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dupedash.errors import BadReply, Busy, QueryError, Rejected, ScanError, Unreachable
from dupedash.model import ChangeKind, Explanation, Progress, ScanMode
from dupedash.scans import ScanConfig, ScanStatus, ScanStore
from dupedash.scans.progress import Watch
from dupedash.scans.run import run_scan
from tests.scan_fakes import JoiningCollection, TableCollection

LETTERS = "abcdefghij"
PAIRS = {("a", "b"): 0.9, ("b", "c"): 0.75, ("d", "e"): 0.55, ("f", "g"): 0.4, ("h", "j"): 1.0}
EXPECTED = {("a", "b", 0.9), ("b", "c", 0.75), ("d", "e", 0.55), ("h", "j", 1.0)}
BOTH = pytest.mark.parametrize("kind", [TableCollection, JoiningCollection], ids=["asked", "joined"])


@pytest.fixture
def store(tmp_path):
    return ScanStore(tmp_path / "scans")


def found(scan):
    m = scan.matches()
    return {(m.ids[a], m.ids[b], round(float(s), 4)) for a, b, s in zip(m.a, m.b, m.score, strict=True)}


class StopAfter:
    """A stop signal after so many looks."""

    def __init__(self, looks):
        self.left = looks

    def __call__(self):
        self.left -= 1
        return self.left < 0


@BOTH
def test_every_match_at_or_above_the_floor_is_found(store, kind):
    scan = run_scan(kind(LETTERS, PAIRS), ScanConfig(), store)
    assert found(scan) == EXPECTED
    assert scan.status is ScanStatus.DONE
    assert (scan.stats.images, scan.stats.searched, scan.stats.compared) == (10, 10, 10)


@settings(max_examples=15)
@given(st.dictionaries(st.sampled_from(list(combinations(LETTERS, 2))), st.floats(0.1, 1.0), max_size=20))
def test_asking_and_joining_give_the_same(tmp_path_factory, pairs):
    store = ScanStore(tmp_path_factory.mktemp("scans"))
    asked = run_scan(TableCollection(LETTERS, pairs), ScanConfig(), store)
    joined = run_scan(JoiningCollection(LETTERS, pairs), ScanConfig(), ScanStore(store.folder / "other"))
    assert found(asked) == found(joined)


@BOTH
def test_a_filter_limits_what_is_scanned(store, kind):
    collection = kind(["x1", "x2", "y1", "y2"], {("x1", "x2"): 0.9, ("x1", "y1"): 0.9, ("y1", "y2"): 0.9})
    assert found(run_scan(collection, ScanConfig(fq=("id:x",)), store)) == {("x1", "x2", 0.9)}


@BOTH
def test_one_part_is_compared_with_another(store, kind):
    collection = kind(["x1", "x2", "y1", "y2"], {("x1", "x2"): 0.9, ("x1", "y1"): 0.8, ("y1", "y2"): 0.9})
    scan = run_scan(collection, ScanConfig(fq=("id:x",), against=("id:y",)), store)
    assert found(scan) == {("x1", "y1", 0.8)}
    assert (scan.stats.images, scan.stats.against) == (2, 2)


@BOTH
def test_the_same_scan_again_is_not_searched_again(store, kind):
    collection = kind(LETTERS, PAIRS)
    first = run_scan(collection, ScanConfig(), store)
    collection.asked.clear()
    again = run_scan(collection, ScanConfig(), store, cancelled=lambda: pytest.fail("it searches"))
    assert again == first
    assert collection.asked == []
    assert run_scan(collection, ScanConfig(floor=0.6), store).id != first.id
    assert run_scan(collection, ScanConfig(), store, resume=False).id != first.id


@BOTH
def test_a_filter_that_cannot_be_used_leaves_no_scan_behind(store, kind):
    with pytest.raises(QueryError):
        run_scan(kind(LETTERS, PAIRS), ScanConfig(against=("nonsense",)), store)
    assert store.list() == []


@BOTH
@pytest.mark.parametrize("looks", range(0, 14, 2))
def test_a_stopped_scan_goes_on_where_it_was(store, kind, looks, monkeypatch):
    monkeypatch.setattr("dupedash.scans.questions.PART_IMAGES", 2)
    collection = kind(LETTERS, PAIRS)
    stopped = run_scan(collection, ScanConfig(), store, cancelled=StopAfter(looks), workers=1)
    if stopped.status is ScanStatus.STOPPED:
        assert found(stopped) <= EXPECTED
        assert "scan again to go on" in stopped.message
    done = run_scan(collection, ScanConfig(), store, workers=1)
    assert done.id == stopped.id
    assert found(done) == EXPECTED
    assert done.stats.searched == 10
    assert max(Counter(collection.asked).values(), default=1) == 1
    assert max(Counter(collection.compared).values()) == 1 if kind is JoiningCollection else True


@BOTH
def test_a_stopped_scan_that_was_to_search_everything_again_goes_on_where_it_was(store, kind, monkeypatch):
    monkeypatch.setattr("dupedash.scans.questions.PART_IMAGES", 2)
    collection = kind(LETTERS, PAIRS)
    before = run_scan(collection, ScanConfig(), store, workers=1)
    collection.asked.clear()
    stopped = run_scan(collection, ScanConfig(), store, cancelled=StopAfter(2), workers=1, resume=False)
    assert (stopped.status, stopped.id == before.id) == (ScanStatus.STOPPED, False)
    done = run_scan(collection, ScanConfig(), store, workers=1, resume=False)
    assert (done.id, done.complete, found(done)) == (stopped.id, True, EXPECTED)
    assert max(Counter(collection.asked).values(), default=1) == 1
    assert run_scan(collection, ScanConfig(), store, resume=False).id not in (before.id, done.id)


def test_a_stopped_scan_that_was_begun_otherwise_is_not_gone_on_with_when_everything_shall_be_searched(store):
    collection = TableCollection(LETTERS, PAIRS)
    stopped = run_scan(collection, ScanConfig(), store, cancelled=StopAfter(8), workers=1)
    assert stopped.status is ScanStatus.STOPPED
    assert run_scan(collection, ScanConfig(), store, resume=False).id != stopped.id


def test_a_joined_scan_that_broke_off_goes_on_after_its_last_part(store):
    collection = JoiningCollection(LETTERS, PAIRS)
    collection.break_at = 2
    with pytest.raises(RuntimeError):
        run_scan(collection, ScanConfig(), store)
    assert [s.status for s in store.list()] == [ScanStatus.STOPPED]
    collection.break_at = None
    assert found(run_scan(collection, ScanConfig(), store)) == EXPECTED
    assert [request.after for request in collection.requests] == [-1, 1]
    assert set(Counter(collection.compared).values()) == {1}


def test_after_additions_only_the_new_images_are_searched(store):
    collection = JoiningCollection(LETTERS, {**PAIRS, ("a", "x"): 0.8, ("x", "y"): 0.9})
    first = run_scan(collection, ScanConfig(), store)
    collection.change("x", "y")
    collection.compared.clear()
    second = run_scan(collection, ScanConfig(), store)
    assert found(second) == EXPECTED | {("a", "x", 0.8), ("x", "y", 0.9)}
    assert all({"x", "y"} & set(pair) for pair in collection.compared)
    assert (second.base, second.stats.carried) == (first.id, len(EXPECTED))


def test_matches_of_removed_and_changed_images_are_dropped(store):
    collection = JoiningCollection(LETTERS, dict(PAIRS))
    run_scan(collection, ScanConfig(), store)
    collection.change("b")
    del collection.images["j"], collection.pairs["a", "b"]
    assert found(run_scan(collection, ScanConfig(), store)) == {("b", "c", 0.75), ("d", "e", 0.55)}


def test_an_image_that_changed_sides_is_searched_again(store):
    """It was only compared with; now it is scanned as well, though nothing else of it changed."""
    collection = JoiningCollection(["x1", "x2", "y1"], {("x1", "y1"): 0.8, ("x2", "y1"): 0.9})
    config = ScanConfig(fq=("id:new",), against=("id:old",))
    sides = {"id:new": ["x1"], "id:old": ["x2", "y1"]}
    collection.ids = lambda fq=(): sides[fq[0]] if fq else sorted(collection.images)
    assert found(run_scan(collection, config, store)) == {("x1", "y1", 0.8)}
    collection.version += 1
    sides["id:new"] = ["x1", "x2"]
    assert found(run_scan(collection, config, store)) == {("x1", "y1", 0.8), ("x2", "y1", 0.9)}


def test_an_interrupted_extension_keeps_what_it_took_over(store):
    collection = JoiningCollection(LETTERS, {**PAIRS, ("a", "x"): 0.8})
    run_scan(collection, ScanConfig(), store)
    collection.change("x")
    collection.break_at = 1
    with pytest.raises(RuntimeError):
        run_scan(collection, ScanConfig(), store)
    collection.break_at = None
    assert found(run_scan(collection, ScanConfig(), store)) == EXPECTED | {("a", "x", 0.8)}


def test_another_effort_is_not_extended(store):
    collection = JoiningCollection(LETTERS, PAIRS)
    first = run_scan(collection, ScanConfig(), store)
    collection.change("x")
    collection.count = lambda _fq=(): 1_000_000
    second = run_scan(collection, ScanConfig(), store)
    assert (second.effort != first.effort, second.base) == (True, None)


def test_approximate_answers_below_the_floor_are_dropped(store):
    collection = TableCollection(LETTERS, PAIRS)
    collection.count = lambda _fq=(): 1_000_000
    scan = run_scan(collection, ScanConfig(), store)
    assert scan.effort.approximate
    assert found(scan) == EXPECTED


def test_truncated_answers_are_reported(store):
    collection = TableCollection(LETTERS, dict.fromkeys(combinations(LETTERS, 2), 0.9))
    collection.cap = 4
    scan = run_scan(collection, ScanConfig(), store)
    assert scan.stats.truncated == 10
    assert [(gap.reason[:25], gap.count) for gap in scan.coverage] == [("more hits than could be s", 10)]


def test_an_image_with_many_hits_is_asked_again_for_all_of_them(store):
    ids = [f"i{n:04}" for n in range(1200)]
    collection = TableCollection(ids, {("i0000", other): 0.9 for other in ids[1:]})
    scan = run_scan(collection, ScanConfig(), store)
    assert (len(found(scan)), scan.stats.truncated) == (1199, 0)


@BOTH
def test_images_that_cannot_be_compared_are_told_and_not_asked_about(store, kind):
    collection = kind(LETTERS, PAIRS)
    collection.images["a"] = replace(collection.images["a"], skipped="too flat", content="same")
    collection.images["i"] = replace(collection.images["i"], skipped="too flat", content="same")
    scan = run_scan(collection, ScanConfig(), store)
    assert ("a", "i", 1.0) in found(scan)
    assert [(gap.reason, gap.count) for gap in scan.coverage] == [("too flat", 2)]
    assert not {"a", "i"} & set(collection.asked)


def test_an_image_that_is_refused_is_told_and_does_not_end_the_scan(store):
    collection = TableCollection(LETTERS, PAIRS)
    collection.trouble = lambda i: Rejected("no such field", status=400) if i == "e" else None
    scan = run_scan(collection, ScanConfig(), store)
    assert found(scan) == EXPECTED
    assert (scan.status, [f.what for f in scan.failures]) == (ScanStatus.DONE, ["e"])
    assert scan.complete


@pytest.mark.parametrize(
    "error",
    [Unreachable("no answer"), BadReply("half an answer"), Rejected("busy", status=502), Busy("full")],
)
def test_an_image_that_could_not_be_asked_about_is_asked_by_the_next_scan(store, error):
    collection = TableCollection(LETTERS, PAIRS)
    collection.trouble = lambda i: error if i in "dh" else None
    scan = run_scan(collection, ScanConfig(), store)
    assert (scan.status, scan.complete, scan.stats.unasked) == (ScanStatus.DONE, False, 2)
    assert "2 images could not be asked about" in scan.message
    assert Counter(collection.asked)["d"] == 2
    collection.trouble = lambda _i: None
    collection.asked.clear()
    again = run_scan(collection, ScanConfig(), store)
    assert sorted(collection.asked) == ["d", "h"]
    assert (again.id, again.complete, found(again)) == (scan.id, True, EXPECTED)


def test_an_outage_stops_the_scan_and_nothing_is_lost(store):
    collection = TableCollection(LETTERS, PAIRS)
    limit = 4

    def fail(_image_id):
        if len(collection.asked) > limit:
            collection.gone = Unreachable("http://flow does not answer")
        return collection.gone

    collection.trouble = fail
    with pytest.raises(Unreachable, match="does not answer"):
        run_scan(collection, ScanConfig(), store, workers=1)
    stopped = store.list()[0]
    assert stopped.status is ScanStatus.STOPPED
    assert "scan again to go on" in stopped.message
    answered = collection.asked[:limit]
    collection.gone, collection.trouble = None, lambda _i: None
    collection.asked.clear()
    done = run_scan(collection, ScanConfig(), store)
    assert not set(answered) & set(collection.asked)
    assert (done.id, found(done)) == (stopped.id, EXPECTED)


def test_nobody_hears_no_duplicates_where_nobody_could_be_asked(store):
    collection = TableCollection("ab", PAIRS)
    collection.trouble = lambda _i: setattr(collection, "gone", Unreachable("gone")) or collection.gone
    with pytest.raises(Unreachable):
        run_scan(collection, ScanConfig(), store)
    assert store.list()[0].status is ScanStatus.STOPPED


def test_some_bad_images_in_a_row_are_no_outage(store):
    collection = TableCollection(LETTERS, PAIRS)
    collection.trouble = lambda i: Rejected("crash", status=500) if i in "cdefgh" else None
    scan = run_scan(collection, ScanConfig(), store, workers=1)
    assert (scan.status, scan.stats.unasked) == (ScanStatus.DONE, 6)


def test_an_image_removed_while_it_is_listed_is_left_out(store):
    collection = JoiningCollection(LETTERS, PAIRS)
    ids = collection.ids
    collection.ids = lambda fq=(): [*ids(fq), "zz"]
    scan = run_scan(collection, ScanConfig(), store)
    assert (found(scan), scan.stats.images) == (EXPECTED, 10)


def test_a_change_meanwhile_is_told(store):
    collection = JoiningCollection(LETTERS, PAIRS)
    scan = run_scan(collection, ScanConfig(), store, progress=lambda _p: setattr(collection, "version", 7))
    assert (scan.state, "changed while it was scanned" in scan.message) == ("v1", True)


@BOTH
def test_progress_counts_images_matches_and_groups(store, kind):
    seen: list[Progress] = []
    run_scan(kind(LETTERS, PAIRS), ScanConfig(), store, progress=seen.append, workers=1)
    assert seen[0].stage == "listing images"
    assert (seen[-1].done, seen[-1].total) == (10, 10)
    assert seen[-1].matches in (3, 4)  # a bulk search reports before it hands over the part
    assert seen[-1].groups == 2 or kind is JoiningCollection


@given(st.lists(st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS)), max_size=25))
def test_groups_are_counted_as_they_grow(pairs):
    import networkx as nx

    watch = Watch(lambda _p: None)
    pairs = [(a, b) for a, b in pairs if a != b]
    watch.add((a, b, 0.8) for a, b in pairs)
    assert watch.groups == nx.number_connected_components(nx.Graph(pairs))


@BOTH
def test_a_scan_that_runs_elsewhere_is_left_alone(store, kind):
    collection = kind(LETTERS, PAIRS)
    scan = store.create(
        "table", "fake", "v1", ScanConfig(), run_scan(collection, ScanConfig(floor=0.9), store).effort
    )
    with store.writing(scan), pytest.raises(ScanError, match="another process"):
        run_scan(collection, ScanConfig(), store)


@pytest.mark.parametrize("mode", list(ScanMode))
def test_every_mode_says_what_it_chose(store, mode):
    assert run_scan(TableCollection(LETTERS, PAIRS), ScanConfig(mode), store).effort.words()


def test_collections_of_one_name_on_two_servers_are_told_apart(store):
    one, other = TableCollection(LETTERS, PAIRS), TableCollection(LETTERS, {})
    other.engine = "fake at http://elsewhere"
    first = run_scan(one, ScanConfig(), store)
    second = run_scan(other, ScanConfig(), store)
    assert (found(first), found(second)) == (EXPECTED, set())


class ExplainingCollection(TableCollection):
    """A server that says how images match: "b" matches only mirrored."""

    def duplicates(self, image, how):
        found = super().duplicates(image, how)
        mirrored = Explanation(kinds=(ChangeKind.MIRRORED,))
        told = (replace(h, explanation=mirrored) if "b" in (h.id, image.id) else h for h in found.hits)
        return replace(found, hits=tuple(told))


def test_answers_that_are_told_to_match_in_an_unwanted_way_are_left_out(store):
    collection = ExplainingCollection(LETTERS, PAIRS)
    assert found(run_scan(collection, ScanConfig(), store)) == EXPECTED
    upright = found(run_scan(collection, ScanConfig(without=("mirrored",)), store))
    assert upright == {pair for pair in EXPECTED if "b" not in pair}
