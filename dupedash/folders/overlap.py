"""Which folders share images: for every two of them how many, told once at the level where it says most.

Of each image all folders count in which something matches it, and for each folder all images in it and below.
The pairs that come of that grow with the square of the depth; few of them say something:

* Of the other side the innermost folder is named that still holds `NEARLY_ALL` of what is shared.
* Of pairs that lie in each other (`backup` and `photos`, `backup/2019` and `photos/2019`) the one counts with
  the largest product of the number of shared images and their share of the folder: what could go at once.

A folder that lies in another one (`photos/copies` in `photos`) is told where what it shares lies right in the
outer one; between folders of the outer one that lie beside each other, these two are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dupedash.folders.shelf import Shelf
from dupedash.folders.tree import Flags, FolderTree, Numbers, Runs, lies_in

NEARLY_ALL = 0.9
"""Nine of ten: an inner folder with fewer of the shared images would leave out what a person counts."""
LISTED, _LOOKED_AT = 500, 50_000
"""Pairs that are told, and from among which they are chosen: nobody reads more."""
_A_PICTURE, _IN_ALL, _AT_ONCE = 100_000, 20_000_000, 4_000_000
"""Steps for a match, for all of them (about 10 s), and at a time (about 200 MB). A picture that lies in
hundreds of folders costs the square of their number and tells nothing of any two: what is over the budget
counts in the pairs that are told, and finds none of its own."""


@dataclass(frozen=True, slots=True)
class SharedFolders:
    """Two folders, each with all below it, and what they share.

    folder   the one of which the larger share is in the other
    images   in it, `shared` of them in the other one as well; `bytes` of these files
    other_…  the same of the other one
    """

    folder: str
    other: str
    images: int
    shared: int
    bytes: int
    other_images: int
    other_shared: int
    other_bytes: int

    @property
    def share(self) -> float:
        """Of the images of `folder` the part that is in `other`, 0…1."""
        return self.shared / self.images

    @property
    def only(self) -> int:
        """Images of `folder` that are not in `other`."""
        return self.images - self.shared

    @property
    def nested(self) -> bool:
        """Whether one lies in the other: then each image counts for the inner one."""
        return lies_in(self.folder, self.other) or lies_in(self.other, self.folder)

    def turned(self) -> SharedFolders:
        """The same, told of the other folder."""
        return SharedFolders(self.other, self.folder, self.other_images, self.other_shared, self.other_bytes,
                             self.images, self.shared, self.bytes)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows, int64 each: `count` images of `one`, with so many `bytes`, have a match in `other`."""

    one: Numbers
    other: Numbers
    count: Numbers
    bytes: Numbers

    def taken(self, which: Numbers) -> _Table:
        """Some of the rows."""
        return _Table(self.one[which], self.other[which], self.count[which], self.bytes[which])

    def summed(self, size: int) -> _Table:
        """A row for each two folders, by their numbers below `size`."""
        codes, of = np.unique(self.one * size + self.other, return_inverse=True)
        sums = (np.bincount(of, column, len(codes)).astype(np.int64) for column in (self.count, self.bytes))
        return _Table(codes // size, codes % size, *sums)


def shared_folders(shelf: Shelf) -> list[SharedFolders]:
    """The pairs of folders that share images, those first of which the most bytes could go, else images."""
    table = _rolled_up(shelf.tree, _Counting.of(shelf).table())
    found = [between(shelf, *(shelf.tree.paths[side] for side in pair)) for pair in _chosen(shelf, table)]
    return sorted(found, key=lambda s: (-s.bytes, -s.shared, s.folder, s.other))


def between(shelf: Shelf, folder: str, other: str) -> SharedFolders:
    """What two folders share, the one first of which more could go. Raises ConfigError, see `Shelf.sides`."""
    told = one_way(shelf, folder, other)
    back = told.turned()
    return max(told, back, key=lambda s: (s.share, s.bytes, s.shared, s.folder))


def one_way(shelf: Shelf, folder: str, other: str) -> SharedFolders:
    """The same in the order asked for. `other`: "" is everywhere else. Raises ConfigError."""
    here, there = shelf.sides(folder, other)
    sides = ((here, here & shelf.also_in(there)), (there, there & shelf.also_in(here)))
    own, others = ((int(all_.sum()), int(both.sum()), int(shelf.bytes[both].sum())) for all_, both in sides)
    return SharedFolders(folder, other, *own, *others)


@dataclass(frozen=True, slots=True)
class _Counting:
    """`rows`: a row for each folder (`other`) right in which a picture (`one`) is; `homes`: per picture its
    rows; `places`: per picture the folders in which it is, with all that these lie in."""

    shelf: Shelf
    rows: _Table
    homes: Runs
    places: Runs

    @staticmethod
    def of(shelf: Shelf) -> _Counting:
        size, tree = len(shelf.tree), shelf.tree
        pictures = int(shelf.picture.max(initial=-1)) + 1
        each = _Table(shelf.picture, shelf.home, np.ones_like(shelf.home), shelf.bytes)
        rows = each.summed(size)
        at, owner = tree.above.of(rows.other)
        codes = np.unique(rows.one[owner] * size + tree.above.values[at])
        places = Runs(np.searchsorted(codes // size, np.arange(pictures + 1)), codes % size)
        return _Counting(shelf, rows, Runs.by(rows.one, pictures), places)

    def table(self) -> _Table:
        """Per folder with images right in it what these share with each folder apart from it."""
        parts = [self._part(links) for links in self._portions()]
        columns = (np.concatenate([getattr(part, name) for part in parts] or [np.zeros(0, np.int64)])
                   for name in ("one", "other", "count", "bytes"))  # fmt: skip
        return _Table(*columns).summed(len(self.shelf.tree))

    def _portions(self) -> Iterator[Numbers]:
        """The links within the budget, those of one picture always together."""
        first, second = self.shelf.first, self.shelf.second
        cost = self.homes.lengths[first] * self.places.lengths[second]
        cheap = np.argsort(cost, kind="stable")
        cheap = np.sort(cheap[(np.cumsum(cost[cheap]) <= _IN_ALL) & (cost[cheap] <= _A_PICTURE)])
        begun = np.cumsum(np.bincount(first[cheap], cost[cheap], len(self.homes.lengths)))
        portion = (begun // _AT_ONCE)[first[cheap]]
        yield from np.split(cheap, np.flatnonzero(np.diff(portion)) + 1) if len(cheap) else ()

    def _part(self, links: Numbers) -> _Table:
        """The table of some links."""
        shelf, size = self.shelf, len(self.shelf.tree)
        at, owner = self.places.of(shelf.second[links])
        codes = np.unique(shelf.first[links][owner] * size + self.places.values[at])
        at, owner = self.homes.of(shelf.second[links])
        right_in = np.isin(codes, shelf.first[links][owner] * size + self.rows.other[self.homes.values[at]])
        at, owner = self.homes.of(codes // size)
        row, other = self.homes.values[at], (codes % size)[owner]
        home, around = self.rows.other[row], right_in[owner]
        kept = np.flatnonzero(~shelf.tree.holds(home, other) & (around | ~shelf.tree.holds(other, home)))
        row = row[kept]
        return _Table(home[kept], other[kept], self.rows.count[row], self.rows.bytes[row]).summed(size)


def _rolled_up(tree: FolderTree, table: _Table) -> _Table:
    """The same for every folder with all below it."""
    at, owner = tree.above.of(table.one)
    outer, rows = tree.above.values[at], table.taken(owner)
    apart = np.flatnonzero(~tree.holds(outer, rows.other))
    return _Table(outer, rows.other, rows.count, rows.bytes).taken(apart).summed(len(tree))


def _chosen(shelf: Shelf, table: _Table) -> list[tuple[int, int]]:
    """The pairs that are told, by the numbers of the folders."""
    tree = shelf.tree
    images = tree.summed(np.bincount(shelf.home, minlength=len(tree)))
    worth = table.count.astype(float) ** 2 / images[table.one]
    best = np.argsort(-np.where(_loose(tree, table), -1, worth), kind="stable")[:_LOOKED_AT]
    left, pairs = table.taken(best[~_loose(tree, table)[best]]), list[tuple[int, int]]()
    while len(left.one) and len(pairs) < LISTED:
        one, other = left.one[:1], left.other[:1]
        told = tree.related(left.one, one) & tree.related(left.other, other)
        told |= tree.related(left.one, other) & tree.related(left.other, one)
        pairs.append((int(one[0]), int(other[0])))
        left = left.taken(np.flatnonzero(~told))
    return pairs


def _loose(tree: FolderTree, table: _Table) -> Flags:
    """bool (n,): of which rows a folder in `other` holds nearly all of what is shared."""
    codes = np.append(table.one * len(tree) + table.other, np.iinfo(np.int64).max)
    outer = table.one * len(tree) + tree.parent[table.other]
    at = np.searchsorted(codes, outer)
    count = np.append(table.count, 0)[at]
    found = np.zeros(len(table.one), bool)
    found[at[(codes[at] == outer) & (table.count >= NEARLY_ALL * count)]] = True
    return found
