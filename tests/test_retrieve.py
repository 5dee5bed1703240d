from __future__ import annotations

import numpy as np
import pytest

from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.embedded.retrieve.index import Index, candidates, search
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


def pairs(found) -> set[tuple[int, int]]:
    return set(zip(found.a.tolist(), found.b.tolist(), strict=True))


def sure(found) -> set[tuple[int, int]]:
    """Pairs with more than the least votes: the weight of a word depends a little on what else is indexed."""
    return {(a, b) for a, b, v in zip(found.a.tolist(), found.b.tolist(), found.votes, strict=True) if v >= 3}


def test_edited_copies_are_candidates_and_few_others(described) -> None:
    found = candidates(described)
    wanted = {(i, 12 + i) for i in range(8)}
    assert wanted <= pairs(found)
    assert len(pairs(found) - wanted) <= 10


def test_a_mirrored_copy_is_found_as_mirrored(described) -> None:
    found = candidates(described)
    votes = {(a, b, m): v for a, b, m, v in zip(found.a, found.b, found.mirrored, found.votes, strict=True)}
    assert votes[2, 14, True] > votes.get((2, 14, False), 0)
    assert votes[0, 12, False] > votes.get((0, 12, True), 0)


def test_a_join_of_two_parts_finds_what_the_whole_finds_between_them(described) -> None:
    left, right = np.arange(12), np.arange(12, 20)
    between = {(a, b) for a, b in sure(candidates(described)) if a < 12 <= b}
    assert sure(candidates(described, left, right)) == between
    assert sure(candidates(described, right, left)) == between


def test_new_against_all_finds_what_the_whole_finds_of_the_new(described) -> None:
    of_new = {(a, b) for a, b in sure(candidates(described)) if b >= 17}
    assert sure(candidates(described, np.arange(17, 20))) == of_new


def test_the_order_of_the_pictures_does_not_matter(described) -> None:
    order = np.random.default_rng(0).permutation(len(described))
    shuffled = candidates([described[i] for i in order])
    back = {(min(order[a], order[b]), max(order[a], order[b])) for a, b in sure(shuffled)}
    assert back == sure(candidates(described))


def test_a_single_query_finds_what_the_join_finds(described) -> None:
    index = Index.build(described)
    whole = sure(candidates(described))
    for i, one in enumerate(described):
        hits = search(index, [one], 3.0)
        found = {(min(i, j), max(i, j)) for j in index.numbers[hits.picture].tolist() if j != i}
        assert found == {pair for pair in whole if i in pair}


def test_a_saved_index_answers_the_same(described, tmp_path) -> None:
    index = Index.build(described)
    index.save(tmp_path / "index")
    again = Index.load(tmp_path / "index")
    assert isinstance(again.keys.base, np.memmap)
    one, two = search(index, described[:3], 2.0), search(again, described[:3], 2.0)
    assert np.array_equal(one.picture, two.picture)
    assert np.array_equal(one.votes, two.votes)


def test_a_stricter_filter_keeps_fewer(described) -> None:
    sizes = [len(candidates(described, strictness=level).a) for level in Smartfilter]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1]


def test_thousands_of_identical_copies_are_searched_once(described) -> None:
    many = [described[0]] * 2000 + [described[12]]
    found = candidates(many)
    assert pairs(found) == {(0, 2000)}
    a, b = found.copies.within(most=64)
    assert len(a) == 1999
    assert set(a.tolist()) == {0}
    assert len(set(b.tolist())) == 1999


def test_a_small_group_of_copies_gets_all_its_pairs(described) -> None:
    found = candidates([described[0], described[12], described[0], described[0]])
    inside = set(zip(*(x.tolist() for x in found.copies.within(most=64)), strict=True))
    assert inside == {(0, 2), (0, 3), (2, 3)}
    a, b, row = found.copies.expand(found.a, found.b, most=64)
    assert set(zip(a.tolist(), b.tolist(), strict=True)) == {(0, 1), (1, 2), (1, 3)}
    assert set(row.tolist()) <= set(range(len(found.a)))


def test_flat_pictures_are_never_candidates() -> None:
    flat = [describe(np.full((200, 300, 3), shade, np.uint8)) for shade in (0, 90, 91, 255)]
    assert pairs(candidates(flat)) == set()


def test_nothing_in_nothing_out() -> None:
    assert pairs(candidates([])) == set()
    assert len(search(Index.build([]), [describe(scene(1))], 2.0).picture) == 0
