"""Matches → maximum spanning forest → groups at any threshold. Pure, and fast enough for a slider.

The connected components of a graph at a threshold are those of its maximum spanning forest cut at that
threshold. So the forest is built once per scan and every threshold is only a view of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy

from dupedash.model import EXACT, NEAR, ONE_MOMENT, PairKind

Ints = npt.NDArray[np.int32]
Positions = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Sides = npt.NDArray[np.uint8]
SCOPE, AGAINST = np.uint8(1), np.uint8(2)
"""On which side of a scan of one part against another an image was; both bits: on both."""
Codes = npt.NDArray[np.uint8]
_KINDS = tuple(PairKind)
_CODE = {kind: place for place, kind in enumerate(_KINDS)}


class Strictness(StrEnum):
    """When images form a group.

    component   each is linked to another one of the group (chains are possible, and shown)
    complete    each matches every other one
    """

    COMPONENT = "component"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """All matches of a scan: `ids` sorted; `a`, `b` (int32, a < b) point into them; `score` 0…1 (float32).

    sides   per id SCOPE, AGAINST or both, where one part was compared with another; None: all with all
    kind    per match its place in PairKind; None where nobody asked: then all are duplicates
    """

    ids: tuple[str, ...]
    a: Ints
    b: Ints
    score: Floats
    sides: Sides | None = None
    kind: Codes | None = None

    def __len__(self) -> int:
        return len(self.score)

    def compared(self, a: int, b: int) -> bool:
        """Whether the scan compared these two images."""
        return self.sides is None or self.sides[a] | self.sides[b] == SCOPE | AGAINST

    @property
    def strength(self) -> Floats:
        """The threshold up to which each links its images: its score, or 1 where another thing than likeness
        tells that they belong together (`ONE_MOMENT`)."""
        return self.score if self.kind is None else np.where(self.of_moment, np.float32(1), self.score)

    @property
    def codes(self) -> Codes:
        """The place in PairKind of each; where nobody asked, what its score says."""
        if self.kind is not None:
            return self.kind
        cases = [self.score >= np.float32(least) for least in (EXACT, NEAR)]
        said = [_CODE[kind] for kind in (PairKind.RE_ENCODED, PairKind.EDITED)]
        found: Codes = np.select(cases, said, _CODE[PairKind.ALIKE]).astype(np.uint8)
        return found

    @property
    def of_moment(self) -> Flags:
        """Which of them show one moment and are no duplicates."""
        if self.kind is None:
            return np.zeros(len(self), bool)
        found: Flags = np.isin(self.kind, [_CODE[kind] for kind in ONE_MOMENT])
        return found

    def counts(self) -> Mapping[PairKind, int]:
        """How many there are of each kind; all 0 where the kinds are not known."""
        codes = np.zeros(0, np.uint8) if self.kind is None else self.kind
        found = np.bincount(codes, minlength=len(PairKind)).tolist()
        return dict(zip(PairKind, found, strict=True))

    def take(self, which: Flags | Positions) -> Matches:
        """Only these matches, bool (n,); or those at these positions, in their order."""
        kind = None if self.kind is None else self.kind[which]
        return Matches(self.ids, self.a[which], self.b[which], self.score[which], self.sides, kind)

    def only(self, kinds: Collection[PairKind]) -> Matches:
        """Those of these kinds. Where no kinds are known, all are taken for duplicates."""
        if self.kind is None or len(set(kinds)) == len(PairKind):
            return self
        return self.take(np.isin(self.kind, [_CODE[kind] for kind in kinds]))

    @staticmethod
    def of(pairs: Sequence[tuple[str, str, float]]) -> Matches:
        """From (id, id, score) in any order; a pair's best score counts, self-matches are dropped."""
        best: dict[tuple[str, str], float] = {}
        for first, second, score in pairs:
            if first != second:
                key = (first, second) if first < second else (second, first)
                best[key] = max(score, best.get(key, 0.0))
        ids = tuple(sorted({i for key in best for i in key}))
        place = {image_id: index for index, image_id in enumerate(ids)}
        keys = sorted(best)
        return Matches(
            ids,
            np.array([place[k[0]] for k in keys], np.int32),
            np.array([place[k[1]] for k in keys], np.int32),
            np.array([best[k] for k in keys], np.float32),
        )


@dataclass(frozen=True, slots=True)
class Link:
    """One match inside a group. `bridge`: without it the group falls apart; `kind`: what the two are to each
    other."""

    a: str
    b: str
    score: float
    bridge: bool = False
    kind: PairKind = PairKind.EDITED


@dataclass(frozen=True, slots=True)
class Group:
    """Images that belong together at a threshold.

    key       the first member's id: names the group in links (any member's id finds it)
    members   ids, sorted
    links     its matches at or above the threshold, best first
    weakest   the lowest score of its links
    holding   that of the link that holds it together: a threshold above it splits the group
    mean      mean score of its links
    missing   pairs of members that were compared and do not match: 0 where every pair matches
    kind      what it is: the least close of the kinds of its links
    """

    key: str
    members: tuple[str, ...]
    links: tuple[Link, ...]
    weakest: float
    holding: float
    mean: float
    missing: int
    kind: PairKind = PairKind.EDITED

    @property
    def chained(self) -> bool:
        """Some members are only linked through others."""
        return self.missing > 0


class Cut:
    """The groups at one threshold, as arrays; a `Group` value is made only for those that are looked at.

    Groups are ordered by size (largest first), then by key. `threshold` 0…1, inclusive.
    """

    def __init__(self, graph: DuplicateGraph, threshold: float, labels: Ints) -> None:
        """`labels`: a component number per image, -1 for images without a match."""
        self.graph = graph
        self.threshold = threshold
        counts = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.zeros(0, np.int64)
        wanted = np.flatnonzero(counts >= 2)
        grouped = np.flatnonzero((labels >= 0) & np.isin(labels, wanted))
        first = np.full(len(counts), len(labels), np.int64)
        np.minimum.at(first, labels[grouped], grouped)
        order = wanted[np.lexsort((first[wanted], -counts[wanted]))]
        rank = np.full(len(counts) + 1, -1, np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        self.label: Ints = np.where(labels >= 0, rank[labels], -1).astype(np.int32)
        self.sizes: Ints = counts[order].astype(np.int32)
        by_group = np.argsort(self.label[grouped], kind="stable")
        self._members = grouped[by_group]
        self._starts = np.r_[0, np.cumsum(self.sizes)]

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def images(self) -> int:
        """How many images are in groups."""
        return int(self.sizes.sum())

    @property
    def surplus(self) -> int:
        """Images to gain: all members but one of each group."""
        return self.images - len(self)

    @cached_property
    def pairs(self) -> Positions:
        """Per group how many pairs of its members the scan compared."""
        alone = [self.sizes.astype(np.int64)]
        if (sides := self.graph.matches.sides) is not None:
            grouped = self.label >= 0
            for side in (SCOPE, AGAINST):
                alone.append(np.bincount(self.label[grouped & (sides == side)], minlength=len(self)))
        every, *same = (count * (count - 1) // 2 for count in alone)
        return every - np.sum(same, axis=0, dtype=np.int64) if same else every

    @cached_property
    def weakest(self) -> Floats:
        """Per group the lowest score of its matches."""
        return self._lowest(self._inside(np.arange(len(self.graph.matches))))

    @cached_property
    def holding(self) -> Floats:
        """Per group the score of the link that holds it together: a threshold above it splits the group."""
        kept = self._inside(self.graph.forest)
        if len(kept) < self.surplus:  # in a strict grouping its links lead outside: the groups get their own
            kept = self.graph.spanning(self._inside(np.arange(len(self.graph.matches))))
        return self._lowest(kept)

    def _lowest(self, kept: Positions) -> Floats:
        """Per group the lowest score of these matches, each within a group."""
        m, low = self.graph.matches, np.ones(len(self), np.float32)
        np.minimum.at(low, self.label[m.a[kept]], m.score[kept])
        return low

    def _inside(self, matches: Positions) -> Positions:
        """Those of these matches at or above the threshold whose both images are in one group."""
        m = self.graph.matches
        a, b = self.label[m.a[matches]], self.label[m.b[matches]]
        strong = self.graph.strength[matches] >= np.float32(self.threshold)
        found: Positions = matches[(a >= 0) & (a == b) & strong]
        return found

    @cached_property
    def inside(self) -> Flags:
        """Per match of the graph whether it links two images of one group."""
        found = np.zeros(len(self.graph.matches), bool)
        found[self._inside(np.arange(len(found)))] = True
        return found

    @cached_property
    def kinds(self) -> Codes:
        """Per group the place in PairKind of what it is: that of its matches which is the least close."""
        m, found = self.graph.matches, np.zeros(len(self), np.uint8)
        np.maximum.at(found, self.label[m.a[self.inside]], m.codes[self.inside])
        return found

    def kind(self, number: int) -> PairKind:
        """What the group is: the least close of the kinds of its matches."""
        return _KINDS[int(self.kinds[number])]

    def indices(self, number: int) -> Positions:
        """The members of group `number` as sorted indices into `matches.ids`."""
        members: Positions = self._members[self._starts[number] : self._starts[number + 1]]
        return members

    def members(self, number: int) -> tuple[str, ...]:
        """The ids of group `number`, sorted."""
        return tuple(self.graph.matches.ids[i] for i in self.indices(number))

    def key(self, number: int) -> str:
        """The name of group `number` in links: its first member's id."""
        return self.graph.matches.ids[int(self.indices(number)[0])]

    def find(self, image_id: str) -> int | None:
        """The number of the group that holds this image, or None."""
        index = self.graph.index.get(image_id)
        number = -1 if index is None else int(self.label[index])
        return None if number < 0 else number

    def links(self, number: int) -> Positions:
        """Positions in `matches` of the group's matches at or above the threshold, best first."""
        inside = self.graph.touching(self.indices(number))
        strong = self.graph.strength[inside] >= np.float32(self.threshold)
        same = self.label[self.graph.matches.a[inside]] == self.label[self.graph.matches.b[inside]]
        kept: Positions = inside[same & strong]
        return kept[np.argsort(-self.graph.matches.score[kept], kind="stable")]

    def bridges(self, number: int) -> Flags:
        """Per match of `links(number)` whether the group falls apart without it; of a pair it is not asked.

        A match of a spanning tree is a bridge where no other match leads around it. Each of the others gets
        a random number and puts it on the tree's path between its ends (by xor): what stays zero was led
        around by none. Unlike a walk from image to image this is quick for a group of any size.
        """
        m, members, positions = self.graph.matches, self.indices(number), self.links(number)
        found = np.zeros(len(positions), bool)
        if len(members) <= 2:
            return found
        ends = np.searchsorted(members, np.stack([m.a[positions], m.b[positions]]))
        size, (a, b) = len(members), ends
        tree = scipy.sparse.coo_array((np.ones(len(a), np.int8), (a, b)), shape=(size, size)).tocsr()
        order, parent = scipy.sparse.csgraph.breadth_first_order(tree, 0, directed=False)
        in_tree = (parent[a] == b) | (parent[b] == a)
        mark = np.random.default_rng(1).integers(1, 2**63, len(a))
        around = np.zeros(size, np.int64)
        for side in (a, b):
            np.bitwise_xor.at(around, side[~in_tree], mark[~in_tree])
        below, up = around.tolist(), parent.tolist()
        for image in order[:0:-1].tolist():
            below[up[image]] ^= below[image]
        child = np.where(parent[a] == b, a, b)
        found[in_tree] = np.array(below, np.int64)[child[in_tree]] == 0
        return found

    def group(self, number: int) -> Group:
        """The whole group, its bridges marked."""
        matches, members, positions = self.graph.matches, self.members(number), self.links(number)
        columns = (matches.a, matches.b, matches.score, matches.codes)
        rows = zip(*(c[positions].tolist() for c in columns), self.bridges(number).tolist(), strict=True)
        links = tuple(
            Link(matches.ids[a], matches.ids[b], score, bridge, _KINDS[kind])
            for a, b, score, kind, bridge in rows
        )
        mean = float(matches.score[positions].mean(dtype=np.float64)) if len(positions) else 0.0
        missing = int(self.pairs[number]) - len(links)
        weakest, holding = float(self.weakest[number]), float(self.holding[number])
        return Group(members[0], members, links, weakest, holding, mean, missing, self.kind(number))


class DuplicateGraph:
    """All matches of a scan with their maximum spanning forest."""

    def __init__(self, matches: Matches) -> None:
        self.matches = matches

    @cached_property
    def strength(self) -> Floats:
        """See `Matches.strength`."""
        return self.matches.strength

    @cached_property
    def of_moment(self) -> Flags:
        """See `Matches.of_moment`."""
        return self.matches.of_moment

    @cached_property
    def index(self) -> dict[str, int]:
        """id → index into `matches.ids`."""
        return {image_id: number for number, image_id in enumerate(self.matches.ids)}

    @cached_property
    def forest(self) -> Positions:
        """Positions in `matches` of the maximum spanning forest, best score first."""
        return self.spanning(np.arange(len(self.matches)))

    def spanning(self, among: Positions) -> Positions:
        """The maximum spanning forest of the matches at these positions, best score first."""
        m, size = self.matches, len(self.matches.ids)
        if not len(among):
            return among
        # scipy takes a zero weight for "no edge" and loses ties: so the weights are ranks from 1, best first.
        order = among[np.argsort(-self.strength[among], kind="stable")]
        weight = np.arange(1, len(order) + 1, dtype=np.float64)
        edges = scipy.sparse.coo_array((weight, (m.a[order], m.b[order])), shape=(size, size))
        tree = scipy.sparse.csgraph.minimum_spanning_tree(edges.tocsr())
        ranks: Positions = np.sort(tree.data).astype(np.int64) - 1
        return order[ranks]

    @cached_property
    def _touching(self) -> tuple[Positions, Positions]:
        """Matches by their first image: (positions, start of each image's run)."""
        order = np.argsort(self.matches.a, kind="stable")
        starts = np.searchsorted(self.matches.a[order], np.arange(len(self.matches.ids) + 1))
        return order, starts

    def touching(self, indices: Positions) -> Positions:
        """Positions of the matches whose first image is one of these."""
        order, starts = self._touching
        runs = [order[starts[i] : starts[i + 1]] for i in indices]
        return np.concatenate(runs) if runs else np.zeros(0, np.int64)

    def neighbours(self, image_id: str, threshold: float = 0.0) -> list[tuple[str, float]]:
        """Everything that matches this image at or above the threshold, best first."""
        index, m = self.index.get(image_id), self.matches
        if index is None:
            return []
        near = np.flatnonzero(((m.a == index) | (m.b == index)) & (self.strength >= threshold))
        other = np.where(m.a[near] == index, m.b[near], m.a[near])
        pairs = [(m.ids[o], float(s)) for o, s in zip(other, m.score[near], strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def cut(self, threshold: float, strictness: Strictness = Strictness.COMPONENT) -> Cut:
        """The groups at this threshold (0…1, inclusive)."""
        labels = self._components(threshold)
        if strictness is Strictness.COMPLETE:
            labels = self._complete(threshold, labels)
        return Cut(self, threshold, labels)

    def _components(self, threshold: float) -> Ints:
        m, size = self.matches, len(self.matches.ids)
        kept = self.forest[self.strength[self.forest] >= np.float32(threshold)]
        if not size:
            return np.zeros(0, np.int32)
        edges = np.ones(len(kept), np.int8), (m.a[kept], m.b[kept])
        graph = scipy.sparse.coo_array(edges, shape=(size, size)).tocsr()
        labels: Ints = scipy.sparse.csgraph.connected_components(graph, directed=False)[1].astype(np.int32)
        return labels

    def _complete(self, threshold: float, components: Ints) -> Ints:
        """Complete linkage: best matches first, two groups join where every pair matches."""
        m = self.matches
        order = np.argsort(-self.strength, kind="stable")
        strong = order[self.strength[order] >= np.float32(threshold)]
        neighbours: dict[int, set[int]] = {}
        for a, b in zip(m.a[strong].tolist(), m.b[strong].tolist(), strict=True):
            neighbours.setdefault(a, set()).add(b)
            neighbours.setdefault(b, set()).add(a)
        home = np.arange(len(components), dtype=np.int32)
        inside: dict[int, set[int]] = {}
        for a, b in zip(m.a[strong].tolist(), m.b[strong].tolist(), strict=True):
            left, right = int(home[a]), int(home[b])
            if left == right:
                continue
            ours, theirs = inside.get(left, {left}), inside.get(right, {right})
            if len(ours) < len(theirs):
                left, right, ours, theirs = right, left, theirs, ours
            if all(self._matches_all(image, ours, neighbours[image]) for image in theirs):
                inside[left] = ours | theirs
                home[list(theirs)] = left
        return home

    def _matches_all(self, image: int, others: set[int], matching: set[int]) -> bool:
        """Whether an image matches all the others with which it was compared."""
        left = others - matching
        return not left or (self.matches.sides is not None and not any(
            self.matches.compared(image, other) for other in left
        ))  # fmt: skip
