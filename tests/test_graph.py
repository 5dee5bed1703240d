"""The forest gives the groups of the full graph at every threshold, whatever the matches."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dupedash.groups.curves import curves
from dupedash.groups.graph import AGAINST, SCOPE, DuplicateGraph, Matches, Strictness

scores = st.sampled_from([0.5, 0.55, 0.7, 0.7, 0.82, 0.95, 1.0])
pairs = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij"), scores), max_size=40)
thresholds = st.sampled_from([0.5, 0.6, 0.7, 0.82, 0.9, 0.95, 1.0])


def full_graph(found, threshold):
    best = {}
    for a, b, score in found:
        if a != b:
            best[frozenset((a, b))] = max(score, best.get(frozenset((a, b)), 0))
    graph = nx.Graph()
    for pair, score in best.items():
        if score >= threshold:
            graph.add_edge(*pair, score=score)
    return graph


def components(found, threshold):
    return {frozenset(c) for c in nx.connected_components(full_graph(found, threshold))}


def groups_of(found, threshold, **how):
    cut = DuplicateGraph(Matches.of(found)).cut(threshold, **how)
    return {frozenset(cut.members(n)) for n in range(len(cut))}


@given(pairs, thresholds)
def test_a_cut_gives_the_connected_components_of_the_full_graph(found, threshold):
    assert groups_of(found, threshold) == components(found, threshold)


@given(pairs, thresholds, thresholds)
def test_a_higher_threshold_only_splits_groups(found, one, other):
    low, high = sorted((one, other))
    loose = groups_of(found, low)
    assert all(any(group <= larger for larger in loose) for group in groups_of(found, high))


@given(pairs, thresholds, st.randoms())
def test_the_order_of_the_matches_does_not_matter(found, threshold, random):
    mixed = [(b, a, s) for a, b, s in found]
    random.shuffle(mixed)
    assert groups_of(found, threshold) == groups_of(mixed, threshold)


@given(pairs, thresholds)
def test_in_a_complete_group_every_pair_matches(found, threshold):
    graph = full_graph(found, threshold)
    for group in groups_of(found, threshold, strictness=Strictness.COMPLETE):
        assert all(graph.has_edge(a, b) for a in group for b in group if a < b)


# The forest joins a and b through e, which is in no group with them.
ASTRAY = [("a", "c", 1.0), ("b", "d", 1.0), ("a", "e", 0.95), ("b", "e", 0.95),
          *((one, other, 0.82) for one in "ac" for other in "bd")]  # fmt: skip


@example(ASTRAY, 0.7)
@given(pairs, thresholds)
def test_what_holds_a_complete_group_is_that_of_its_own_matches(found, threshold):
    cut = DuplicateGraph(Matches.of(found)).cut(threshold, Strictness.COMPLETE)
    for number in range(len(cut)):
        inside = full_graph(found, threshold).subgraph(cut.members(number))
        tree = nx.maximum_spanning_edges(inside, weight="score", data=True)
        assert cut.holding[number] == min(np.float32(known["score"]) for _, _, known in tree)


@given(pairs, thresholds)
def test_what_holds_a_group_is_where_it_starts_to_split(found, threshold):
    cut = DuplicateGraph(Matches.of(found)).cut(threshold)
    for number in range(len(cut)):
        holding, members = float(cut.holding[number]), frozenset(cut.members(number))
        assert members in components(found, max(threshold, holding - 1e-6))
        assert members not in components(found, holding + 1e-6)


@given(pairs, thresholds)
def test_a_group_has_all_its_links_with_the_bridges_of_the_full_graph(found, threshold):
    full = full_graph(found, threshold)
    cut = DuplicateGraph(Matches.of(found)).cut(threshold)
    for number in range(len(cut)):
        group = cut.group(number)
        part = full.subgraph(group.members)
        assert {frozenset((link.a, link.b)) for link in group.links} == {frozenset(e) for e in part.edges}
        if len(group.members) > 2:
            bridges = {frozenset(e) for e in nx.bridges(part)}
            assert {frozenset((link.a, link.b)) for link in group.links if link.bridge} == bridges
        complete = len(group.members) * (len(group.members) - 1) // 2
        assert group.missing == complete - part.number_of_edges()
        assert group.chained == (group.missing > 0)


@given(pairs)
def test_the_curves_agree_with_the_cuts(found):
    graph = DuplicateGraph(Matches.of(found))
    curve = curves(graph, 0.5, steps=11)
    for place, threshold in enumerate(curve.threshold):
        cut = graph.cut(float(threshold))
        assert curve.groups[place] == len(cut)
        assert curve.images[place] == cut.images
        assert curve.surplus[place] == cut.surplus
        assert curve.largest[place] == cut.sizes.max(initial=0)


def test_groups_come_largest_first_and_are_found_by_any_member():
    found = [("x", "y", 0.9), ("a", "b", 0.8), ("b", "c", 0.75), ("d", "e", 0.4)]
    cut = DuplicateGraph(Matches.of(found)).cut(0.7)
    assert [cut.members(n) for n in range(len(cut))] == [("a", "b", "c"), ("x", "y")]
    assert (cut.find("c"), cut.find("y"), cut.find("d"), cut.find("nobody")) == (0, 1, None, None)
    assert (cut.key(0), cut.images, cut.surplus) == ("a", 5, 3)


def test_neighbours_are_sorted_by_score():
    graph = DuplicateGraph(Matches.of([("a", "b", 0.8), ("c", "a", 0.9), ("a", "d", 0.6)]))
    assert [i for i, _ in graph.neighbours("a", 0.7)] == ["c", "b"]
    assert graph.neighbours("nobody") == []


@pytest.mark.parametrize("threshold", [0.5, 1.0])
def test_no_matches_means_no_groups(threshold):
    graph = DuplicateGraph(Matches.of([]))
    assert len(graph.cut(threshold)) == 0
    assert np.all(curves(graph, 0.5).groups == 0)


def test_of_one_part_against_another_only_pairs_that_were_compared_can_be_missing():
    """a and b were compared with x and y: that a and b do not match, nobody knows."""
    found = Matches.of([("a", "x", 0.9), ("b", "x", 0.8), ("a", "y", 0.85), ("b", "y", 0.75)])
    graph = DuplicateGraph(replace(found, sides=np.array([SCOPE, SCOPE, AGAINST, AGAINST])))
    cut = graph.cut(0.7)
    assert not cut.group(0).chained
    assert groups(graph.cut(0.7, Strictness.COMPLETE)) == [("a", "b", "x", "y")]
    assert graph.cut(0.8).group(0).missing == 1  # b and y
    assert groups(graph.cut(0.8, Strictness.COMPLETE)) == [("a", "x", "y")]
    everything = DuplicateGraph(found).cut(0.7)
    assert everything.group(0).missing == 2
    assert groups(DuplicateGraph(found).cut(0.7, Strictness.COMPLETE)) != [("a", "b", "x", "y")]


def test_who_is_on_both_sides_was_compared_with_all():
    found = Matches.of([("a", "x", 0.9), ("b", "x", 0.9)])
    both = SCOPE | AGAINST
    graph = DuplicateGraph(replace(found, sides=np.array([both, both, AGAINST])))
    assert graph.cut(0.7).group(0).missing == 1  # a and b


def groups(cut):
    return [cut.members(number) for number in range(len(cut))]
