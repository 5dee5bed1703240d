"""What changes between two thresholds, and between two scans; the curves and where the groups explode."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.groups.changes import Regrouping, between, compare
from dupedash.groups.curves import curves, explosion
from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.groups.scans_compared import compare as compare_scans
from dupedash.groups.table import gains

matches = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), st.floats(0.5, 1, width=32)),
    max_size=25,
)


def labels(*numbers):
    return np.array(numbers, np.int32)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (labels(0, 0, 1, 1), labels(0, 0, 0, 0), Regrouping.MERGED),
        (labels(0, 0, 0, 0), labels(0, 0, 1, 1), Regrouping.SPLIT),
        (labels(0, 0, -1), labels(0, 0, 0), Regrouping.GREW),
        (labels(0, 0, 0), labels(0, 0, -1), Regrouping.SHRANK),
        (labels(-1, -1), labels(0, 0), Regrouping.NEW),
        (labels(0, 0), labels(-1, -1), Regrouping.GONE),
        (labels(0, 0, 1, 1), labels(0, 1, 0, 1), Regrouping.MIXED),
    ],
)
def test_each_change_is_named(before, after, kind):
    (change,) = compare(before, after).changes
    assert change.kind is kind
    assert change.images == max((before >= 0).sum(), (after >= 0).sum())


def test_the_same_groups_under_other_numbers_are_no_change():
    assert compare(labels(0, 0, 1, 1, -1), labels(1, 1, 0, 0, -1)).changes == ()


@given(matches, st.floats(0.5, 1, width=32), st.floats(0.5, 1, width=32))
def test_a_lower_threshold_never_splits_and_every_changed_group_is_told_once(pairs, one, other):
    graph = DuplicateGraph(Matches.of(pairs))
    before, after = graph.cut(max(one, other)), graph.cut(min(one, other))
    found = between(before, after)
    assert {c.kind for c in found.changes} <= {Regrouping.MERGED, Regrouping.GREW, Regrouping.NEW}
    old = {before.members(n) for n in range(len(before))}
    new = {after.members(n) for n in range(len(after))}
    assert sorted(before.members(n) for c in found.changes for n in c.before) == sorted(old - new)
    assert sorted(after.members(n) for c in found.changes for n in c.after) == sorted(new - old)


@given(matches, matches)
def test_groups_of_two_scans_are_compared_by_their_images(first, second):
    before, after = (DuplicateGraph(Matches.of(pairs)).cut(0.6) for pairs in (first, second))
    found = between(before, after)
    old = {before.members(n) for n in range(len(before))}
    new = {after.members(n) for n in range(len(after))}
    assert sorted(before.members(n) for c in found.changes for n in c.before) == sorted(old - new)
    assert sorted(after.members(n) for c in found.changes for n in c.after) == sorted(new - old)


@given(matches, matches)
def test_every_pair_of_two_scans_is_counted_once(first, second):
    one, other = Matches.of(first), Matches.of(second)
    found = compare_scans(one, other, 0.6)

    def pairs(m):
        kept = m.score >= 0.6
        return {(m.ids[a], m.ids[b]) for a, b in zip(m.a[kept], m.b[kept], strict=True)}

    def told(part):
        return {(found.ids[a], found.ids[b]) for a, b in part.tolist()}

    assert told(found.first) == pairs(one) - pairs(other)
    assert told(found.second) == pairs(other) - pairs(one)
    assert len(found.changed) + found.same == len(pairs(one) & pairs(other))


def test_scores_that_differ_come_with_both_scores_the_largest_difference_first():
    one = Matches.of([("a", "b", 0.9), ("a", "c", 0.8), ("b", "c", 0.7)])
    other = Matches.of([("a", "b", 0.88), ("a", "c", 0.8), ("b", "c", 0.95)])
    found = compare_scans(one, other, 0.5)
    assert [(found.ids[a], found.ids[b]) for a, b in found.changed.tolist()] == [("b", "c"), ("a", "b")]
    assert found.changed_scores.tolist() == pytest.approx(np.array([[0.7, 0.95], [0.9, 0.88]]))


@given(matches)
def test_the_curve_of_bytes_agrees_with_the_cuts(pairs):
    graph = DuplicateGraph(Matches.of(pairs))
    sizes = np.arange(10, 10 + len(graph.matches.ids), dtype=np.int64) ** 2
    found = curves(graph, 0.5, 11, sizes)
    for at, gain in zip(found.threshold, found.gain, strict=True):
        assert gain == gains(graph.cut(float(at)), sizes).sum()


def test_the_explosion_is_where_small_groups_run_together():
    names = [f"i{n:03}" for n in range(60)]
    inside = [(names[n], names[n + 1], 0.9) for n in range(0, 60, 2)]
    across = [(names[n + 1], names[n + 2], 0.62) for n in range(0, 58, 2)]
    found = explosion(curves(DuplicateGraph(Matches.of(inside + across)), 0.5, 51))
    assert found == pytest.approx(0.62, abs=0.011)
    assert explosion(curves(DuplicateGraph(Matches.of(inside)), 0.5, 51)) is None
    assert explosion(curves(DuplicateGraph(Matches.of([])), 0.5, 51)) is None
