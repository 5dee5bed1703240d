from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.embedded.retrieve import words
from dupedash.embedded.retrieve.index import MIN_VOTES, Index, Indexable, search
from dupedash.embedded.retrieve.votes import promising
from dupedash.model import Smartfilter
from tests.embedded_pictures import bordered, crop, jpeg, labelled, scene


@pytest.fixture(scope="module")
def described() -> list[Descriptor]:
    """Twelve scenes, and eight more that are edited copies of the first eight."""
    scenes = [scene(seed) for seed in range(12)]
    edits = [
        crop(scenes[0], 0.5), jpeg(scenes[1], 40), np.ascontiguousarray(scenes[2][:, ::-1]),
        np.rot90(scenes[3]).copy(), labelled(scenes[4]), bordered(scenes[5]), scenes[6][::-1].copy(),
        crop(scenes[7], 0.3),
    ]  # fmt: skip
    return [describe(picture) for picture in [*scenes, *edits]]


def indexed(descriptors) -> Index:
    return Index.build([Indexable.of(picture) for picture in descriptors])


Found = dict[tuple[int, int], float]


def joined(descriptors, asked=None, among=None, least=MIN_VOTES[Smartfilter.OFF]) -> Found:
    """The candidates among these (of those asked), as a join finds them: pairs of places, their votes."""
    asked, among = (range(len(descriptors)) if some is None else some for some in (asked, among))
    index = Index.build([Indexable.of(descriptors[i]) for i in among], list(among))
    hits = search(index, [descriptors[i] for i in asked], least)
    found: Found = {}
    for query, picture, votes in zip(hits.query, index.numbers[hits.picture], hits.votes, strict=True):
        pair = tuple(sorted((asked[query], int(picture))))
        if pair[0] != pair[1]:
            found[pair] = max(found.get(pair, 0), float(votes))
    return found


def sure(found: Found) -> set[tuple[int, int]]:
    """Pairs with more than the least votes: the weight of a word depends a little on what else is indexed."""
    return {pair for pair, votes in found.items() if votes >= 3}


def assert_same(one: Found, other: Found) -> None:
    """What either is sure of the other has found, too."""
    assert sure(one) <= other.keys()
    assert sure(other) <= one.keys()


def test_edited_copies_are_candidates_and_few_others(described) -> None:
    found = joined(described)
    wanted = {(i, 12 + i) for i in range(8)}
    assert wanted <= found.keys()
    assert len(found.keys() - wanted) <= 10


def test_a_mirrored_copy_is_found_as_mirrored(described) -> None:
    hits = search(indexed(described[:12]), described[12:15], 2.0)
    index = indexed(described[:12])
    votes = {
        (int(index.numbers[p]), 12 + int(q), bool(m)): float(v)
        for q, p, m, v in zip(hits.query, hits.picture, hits.mirrored, hits.votes, strict=True)
    }
    assert votes[2, 14, True] > votes.get((2, 14, False), 0)
    assert votes[0, 12, False] > votes.get((0, 12, True), 0)


def test_a_join_of_two_parts_finds_what_the_whole_finds_between_them(described) -> None:
    left, right = range(12), range(12, 20)
    between = {pair: votes for pair, votes in joined(described).items() if pair[0] < 12 <= pair[1]}
    assert len(sure(between)) > 5
    assert_same(joined(described, left, right), between)
    assert_same(joined(described, right, left), between)


def test_new_against_all_finds_what_the_whole_finds_of_the_new(described) -> None:
    of_new = {pair: votes for pair, votes in joined(described).items() if pair[1] >= 17}
    assert_same(joined(described, range(17, 20)), of_new)


def test_the_order_of_the_pictures_does_not_matter(described) -> None:
    order = np.random.default_rng(0).permutation(len(described))
    shuffled = joined([described[i] for i in order])
    back = {(min(order[a], order[b]), max(order[a], order[b])) for a, b in sure(shuffled)}
    assert back == sure(joined(described))


def test_a_single_query_finds_what_the_join_finds(described) -> None:
    whole = joined(described)
    assert len(sure(whole)) > 7
    for i in range(len(described)):
        assert_same(joined(described, [i]), {pair: votes for pair, votes in whole.items() if i in pair})


def test_a_saved_index_answers_the_same(described, tmp_path) -> None:
    index = indexed(described)
    index.save(tmp_path / "index")
    again = Index.load(tmp_path / "index")
    assert isinstance(again.keys.base, np.memmap)
    one, two = search(index, described[:3], 2.0), search(again, described[:3], 2.0)
    assert np.array_equal(one.picture, two.picture)
    assert np.array_equal(one.votes, two.votes)


def test_a_stricter_filter_keeps_fewer(described) -> None:
    some = [*described, describe(crop(scene(7), 0.12))]
    sizes = [len(joined(some, least=MIN_VOTES[level])) for level in Smartfilter]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1]


def test_a_picture_is_looked_at_if_its_words_are_several_and_enough_should_all_agree() -> None:
    picture = np.array([3, 1, 0, 1, 3, 2, 0, 3], np.int32)
    weight = np.array([0.5, 1, 0.8, 1, 0.5, 9, 0.8, 1], np.float32)
    total, first = np.zeros(4, np.float32), np.zeros(4, np.int32)
    rows = promising(picture, weight, 0, len(picture), 2.0, total, first)
    assert rows.tolist() == [0, 4, 7, 1, 3]  # of 3 and 1; those of 0 count 1.6 together, 2 has one only
    assert promising(picture, weight, 1, 5, 2.0, total, first).tolist() == [1, 3]
    assert not total.any()


@pytest.mark.parametrize("least", [2.0, 3.5, 8.0])
def test_what_is_given_up_early_would_not_have_had_enough_votes(described, least) -> None:
    index = indexed(described * 3)  # each word in a list of three or more, which lowers what it counts
    all_of_them, enough = (search(index, described, votes) for votes in (0.01, least))
    kept = all_of_them.votes >= least
    for name in ("query", "picture", "mirrored", "votes"):
        assert np.array_equal(getattr(all_of_them, name)[kept], getattr(enough, name))
    assert 0 < len(enough.votes) < len(all_of_them.votes)


def test_a_join_that_leaves_out_what_was_found_from_the_other_side_finds_the_same_pairs(described) -> None:
    index = indexed(described)
    ordered = [described[number] for number in index.numbers]
    whole, later = search(index, ordered, 2.0), search(index, ordered, 2.0, np.arange(len(ordered)) + 1)
    names = "query", "picture", "mirrored", "votes"
    rows = [list(zip(*(getattr(hits, n).tolist() for n in names), strict=True)) for hits in (whole, later)]
    assert rows[1] == [row for row in rows[0] if row[1] > row[0]]
    assert len(rows[1]) >= 8


def test_a_word_is_every_ninth_bit_of_each_half_of_a_descriptor(described) -> None:
    binary = described[0].binary
    bits = np.unpackbits(binary, axis=1)
    for table, keys in enumerate(words.words(binary)):
        chosen = [table + half + 9 * number for half in (0, 128) for number in range(14)]
        text = ["".join(map(str, row[chosen])) for row in bits]
        assert keys.tolist() == [(table << 28) + int(row, 2) for row in text]


def test_flat_pictures_share_no_words() -> None:
    flat = [describe(np.full((200, 300, 3), shade, np.uint8)) for shade in (0, 90, 91, 255)]
    assert not any(one.comparable for one in flat)
    assert all(len(one.points) == 0 for one in flat)


NUMBERS = st.lists(st.integers(0, 2**31 - 1) | st.integers(0, 9), max_size=200)


@given(NUMBERS, NUMBERS)
def test_the_lists_of_words_are_those_of_a_search_through_all_keys(known, asked) -> None:
    postings = words.Postings.build(np.array([known], np.uint32))
    wanted = np.sort(np.array(asked, np.uint32))
    first, length = words._lists(postings.keys, postings.begins, words._shift(postings.keys), wanted)
    begin, end = (np.searchsorted(postings.keys, wanted, side) for side in ("left", "right"))
    assert length.tolist() == (end - begin).tolist()
    assert first[length > 0].tolist() == begin[length > 0].tolist()


def test_nothing_in_nothing_out() -> None:
    assert len(search(indexed([]), [describe(scene(1))], 2.0).picture) == 0
    assert len(search(indexed([describe(scene(1))]), [], 2.0).picture) == 0
