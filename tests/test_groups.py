"""The group list, splits, properties and what was decided about groups: pure parts."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.groups.listing import Among, Listing, Only, Order, having, listing_of, select
from dupedash.groups.splits import bridges, split_at
from dupedash.groups.splits import holding as holding_link
from dupedash.groups.table import table
from dupedash.images.properties import compare
from dupedash.model import ChangeKind, ImageRecord
from dupedash.review import PAIR_BY_PAIR, Decision, Decisions, ImageKey, Verdict, group_standings

CHAIN = [("a", "b", 0.9), ("b", "c", 0.75), ("c", "d", 0.95), ("x", "y", 0.8)]

matches = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), st.floats(0.5, 1, width=32)),
    max_size=20,
)


def cut_of(pairs, threshold=0.7):
    return DuplicateGraph(Matches.of(pairs)).cut(threshold)


@given(matches, st.floats(0.5, 1, width=32))
def test_the_table_says_what_the_group_values_say(pairs, threshold):
    cut = cut_of(pairs, threshold)
    sizes = np.arange(1, len(cut.graph.matches.ids) + 1, dtype=np.int64)
    rows = table(cut, sizes, cut.graph.matches.score > 0.9)
    groups = [cut.group(n) for n in range(len(cut))]
    assert rows.size.tolist() == [len(g.members) for g in groups]
    assert rows.unsure.tolist() == [max(k.score for k in g.links) <= np.float32(0.9) for g in groups]
    assert rows.missing.tolist() == [g.missing for g in groups]
    assert rows.mean.tolist() == pytest.approx([g.mean for g in groups], abs=1e-6)
    assert rows.weakest.tolist() == pytest.approx([min(k.score for k in g.links) for g in groups])
    assert (rows.mean >= rows.weakest).all()
    assert all(g.mean >= g.weakest and g.holding >= g.weakest for g in groups)
    by_id = dict(zip(cut.graph.matches.ids, sizes.tolist(), strict=True))
    kept = [max(by_id[i] for i in g.members) for g in groups]
    assert rows.gain.tolist() == [
        sum(by_id[i] for i in g.members) - k for g, k in zip(groups, kept, strict=True)
    ]


def chosen(listing, decided=(), found=None):
    cut = cut_of(CHAIN)
    rows = table(cut, np.array([1, 1, 1, 1, 500, 900], np.int64), np.zeros(len(cut.graph.matches), bool))
    flags = np.zeros(len(cut), bool)
    flags[list(decided)] = True
    return [cut.key(int(n)) for n in select(rows, listing, flags, found)]


@pytest.mark.parametrize(
    ("listing", "keys"),
    [
        (Listing(), ["a", "x"]),
        (Listing(Order.GAIN), ["x", "a"]),
        (Listing(Order.WEAKEST), ["a", "x"]),
        (Listing(Order.STRONGEST), ["x", "a"]),
        (Listing(least=3), ["a"]),
        (Listing(only=Only.CHAINED), ["a"]),
    ],
)
def test_the_list_is_ordered_and_filtered(listing, keys):
    assert chosen(listing) == keys


def test_open_and_decided_groups_are_told_apart():
    assert chosen(Listing(only=Only.OPEN), decided=[0]) == ["x"]
    assert chosen(Listing(only=Only.DECIDED), decided=[0]) == ["a"]


def test_a_text_finds_the_groups_of_the_images_that_have_it():
    cut = cut_of(CHAIN)
    found = having(cut, np.array([i == "y" for i in cut.graph.matches.ids]))
    assert chosen(Listing(), found=found) == ["x"]


listings = st.builds(
    Listing, st.sampled_from(Order), st.sampled_from(Only), st.integers(2, 999_999), st.text(max_size=50),
    st.just(0.75), st.just(0.9),
    st.sets(st.sampled_from(ChangeKind)).map(lambda some: tuple(k for k in ChangeKind if k in some)),
    st.lists(st.text(min_size=1)).map(tuple), st.sampled_from(Among), st.none() | st.dates(),
    st.none() | st.dates(), st.text(max_size=50), st.text(max_size=50),
)  # fmt: skip


@given(listings)
def test_a_listing_survives_its_link(listing):
    assert listing_of(listing.params("in-"), "in-") == listing


NAMES = ["sort", "show", "least", "text", "score", "kind", "folder", "among", "since", "until", "as", "by"]


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=20))))
def test_any_link_gives_a_listing(params):
    assert listing_of(params).least >= 2


def test_each_bridge_splits_the_chain_the_weakest_first():
    group = cut_of(CHAIN).group(0)
    found = [split_at(group, link) for link in bridges(group)]
    assert [(s.left, s.right) for s in found] == [
        (("a", "b"), ("c", "d")), (("a",), ("b", "c", "d")), (("a", "b", "c"), ("d",)),
    ]  # fmt: skip
    link = holding_link(group)
    assert link is not None
    assert (link.a, link.b) == ("b", "c")


@given(matches)
def test_the_parts_of_a_split_make_up_the_group(pairs):
    cut = cut_of(pairs, 0.5)
    for group in (cut.group(n) for n in range(len(cut))):
        for link in bridges(group):
            split = split_at(group, link)
            assert sorted(split.left + split.right) == list(group.members)


def test_properties_that_differ_are_marked():
    when = datetime(2024, 5, 1, 12, tzinfo=UTC)
    one = ImageRecord("1", "/p/a.jpg", {"tag": ("x", "y"), "day": when}, 10, 20, 1234, "JPEG", when)
    other = ImageRecord("2", "/p/b.jpg", {"rating": 3}, 10, 20, None, "JPEG", when)
    rows = {row.name: row for row in compare([one, other])}
    assert rows["File name"].differs
    assert not rows["Folder"].differs
    assert rows["Pixels"].values == ("10 × 20", "10 × 20")
    assert rows["Bytes"].values == ("1,234", "–")
    assert rows["tag"].values == ("x, y", "–")
    assert rows["day"].values == ("2024-05-01 12:00", "–")
    assert rows["rating"].differs


def decision(subject, ids, verdict):
    return Decision(
        subject, tuple(ImageKey(i) for i in ids), verdict, "me", datetime(2024, 1, subject, tzinfo=UTC)
    )


def test_groups_are_decided_as_a_whole_or_pair_by_pair():
    cut = cut_of(CHAIN)
    keys = {i: ImageKey(i) for i in "abcdxy"}
    known = Decisions([decision(1, "xy", Verdict.SERIES), decision(2, "ab", Verdict.DUPLICATE)])
    assert group_standings(cut, keys, known) == {1: "series"}
    pairs = [decision(3, "bc", Verdict.DUPLICATE), decision(4, "cd", Verdict.DUPLICATE)]
    more = Decisions([*known, *pairs])
    assert group_standings(cut, keys, more) == {0: PAIR_BY_PAIR, 1: "series"}


def test_the_standings_need_only_the_keys_of_decided_images():
    known = Decisions([decision(1, "xy", Verdict.DUPLICATE)])
    assert group_standings(cut_of(CHAIN), {i: ImageKey(i) for i in "xy"}, known) == {1: "duplicate"}
