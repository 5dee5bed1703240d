"""A part of the graph: whole groups only, bounded in size, found by size and by text."""

from __future__ import annotations

import numpy as np
import pytest

from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.network.selection import IMAGES_PER_PART, Selection, SizeClass, choose


def groups(*sizes):
    """A chain of each size; image ids say group and member."""
    pairs = [
        (f"g{g:05}-{n:05}", f"g{g:05}-{n + 1:05}", 0.9)
        for g, size in enumerate(sizes)
        for n in range(size - 1)
    ]
    return DuplicateGraph(Matches.of(pairs)).cut(0.7)


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        (SizeClass.ALL, 5),
        (SizeClass.PAIRS, 2),
        (SizeClass.SMALL, 1),
        (SizeClass.MEDIUM, 1),
        (SizeClass.LARGE, 1),
    ],
)
def test_groups_are_found_by_their_size(sizes, found):
    assert choose(groups(2, 2, 5, 20, 21), Selection(sizes), None).found == found


def test_pages_hold_whole_groups_and_all_of_them_once():
    cut = groups(*[300] * 9, IMAGES_PER_PART + 5)
    first = choose(cut, Selection(), None)
    shown = [choose(cut, Selection(page=n), None).groups for n in range(1, first.pages + 1)]
    assert sorted(g for page in shown for g in page) == list(range(10))
    images = [sum(int(cut.sizes[g]) for g in page) for page in shown]
    assert all(n <= IMAGES_PER_PART or len(page) == 1 for n, page in zip(images, shown, strict=True))


@pytest.mark.parametrize("page", [-5, 0, 99])
def test_a_page_that_is_not_there_is_the_nearest_one(page):
    assert choose(groups(2, 3), Selection(page=page), None).groups == (0, 1)


def test_only_groups_that_hold_the_text_are_chosen():
    cut = groups(2, 3)
    assert choose(cut, Selection(text="a"), np.array([True, False])).groups == (0,)
    assert choose(cut, Selection(text="a"), np.array([False, False])).groups == ()
