"""What changes between two groupings of images: of two thresholds, or of two scans. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dupedash.groups.graph import Cut, Ints


class Regrouping(StrEnum):
    """What became of groups."""

    MERGED = "merged"
    SPLIT = "split"
    GREW = "grew"
    SHRANK = "shrank"
    NEW = "new"
    GONE = "gone"
    MIXED = "regrouped"


@dataclass(frozen=True, slots=True)
class GroupChange:
    """Groups that changed together: their numbers before and after, and how many images are concerned."""

    kind: Regrouping
    before: tuple[int, ...]
    after: tuple[int, ...]
    images: int


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """All changes, most images first, as arrays; a `GroupChange` is made only for those that are looked at.

    kinds   place in `Regrouping` per change, images: how many are concerned
    nodes   group numbers of all changes one after the other, those after counted on from `old`
    starts  where each change begins in `nodes`, and the end
    """

    kinds: Ints
    images: Ints
    nodes: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    old: int

    @property
    def counts(self) -> Mapping[Regrouping, int]:
        """How many changes of each kind."""
        found = np.bincount(self.kinds, minlength=len(_KINDS))
        return {kind: int(count) for kind, count in zip(_KINDS, found, strict=True)}

    @property
    def changes(self) -> tuple[GroupChange, ...]:
        """All of them."""
        return tuple(map(self.change, range(len(self.kinds))))

    def numbers(self, kind: Regrouping | None) -> list[int]:
        """The places of the changes of a kind; None: of all."""
        wanted = np.arange(len(self.kinds))
        if kind is not None:
            wanted = np.flatnonzero(self.kinds == _KINDS.index(kind))
        places: list[int] = wanted.tolist()
        return places

    def change(self, place: int) -> GroupChange:
        """One of them."""
        nodes = self.nodes[self.starts[place] : self.starts[place + 1]].tolist()
        before = tuple(n for n in nodes if n < self.old)
        after = tuple(n - self.old for n in nodes if n >= self.old)
        return GroupChange(_KINDS[self.kinds[place]], before, after, int(self.images[place]))


_KINDS = tuple(Regrouping)


def between(before: Cut, after: Cut) -> Differences:
    """The changes from one cut to another, of the same scan or of two."""
    if before.graph is after.graph or before.graph.matches.ids == after.graph.matches.ids:
        return compare(before.label, after.label)
    ids = sorted(set(before.graph.matches.ids) | set(after.graph.matches.ids))
    return compare(_labels(before, ids), _labels(after, ids))


def _labels(cut: Cut, ids: Sequence[str]) -> Ints:
    index = cut.graph.index
    places = np.array([index.get(i, -1) for i in ids], np.int64)
    padded = np.r_[cut.label, np.int32(-1)]  # the last one is for images that this cut does not know
    labels: Ints = padded[places]
    return labels


def compare(before: Ints, after: Ints) -> Differences:
    """A group number per image each, -1 for images in no group; both of the same length."""
    old, new = int(before.max(initial=-1)) + 1, int(after.max(initial=-1)) + 1
    both = (before >= 0) & (after >= 0)
    pairs = np.unique(np.stack([before[both], after[both]], axis=1), axis=0)
    edges = coo_array(
        (np.ones(len(pairs), np.int8), (pairs[:, 0], old + pairs[:, 1])), (old + new, old + new)
    )
    label = connected_components(edges.tocsr(), directed=False)[1] if old + new else np.zeros(0, np.int32)
    homes = [np.where(before >= 0, before, 0), np.where(after >= 0, old + after, 0)]
    count = int(label.max(initial=-1)) + 1
    per = [
        np.bincount(label[home[flag]], minlength=count)
        for home, flag in zip(homes, (before >= 0, after >= 0), strict=True)
    ]
    shared = np.bincount(label[homes[0][both]], minlength=count)
    parts = label[:old], label[old:]
    olds, news = (np.bincount(part, minlength=count).astype(np.int32) for part in parts)
    same = (olds == 1) & (news == 1) & (per[0] == shared) & (per[1] == shared)
    kinds = _kinds(olds, news, *(p.astype(np.int32) - shared.astype(np.int32) for p in per))
    images = per[0] + per[1] - shared
    changed = np.flatnonzero(~same)
    changed = changed[np.argsort(-images[changed], kind="stable")]
    nodes, starts = _members(label, changed)
    return Differences(kinds[changed], images[changed].astype(np.int32), nodes, starts, old)


def _members(
    label: Ints, wanted: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The nodes of the wanted components one after the other, and where each begins."""
    rank = np.full(int(label.max(initial=-1)) + 1, len(wanted), np.int64)
    rank[wanted] = np.arange(len(wanted))
    order = np.argsort(rank[label], kind="stable") if len(label) else np.zeros(0, np.int64)
    starts = np.searchsorted(rank[label][order], np.arange(len(wanted) + 1))
    return order[: starts[-1]], starts


def _kinds(before: Ints, after: Ints, left: Ints, came: Ints) -> Ints:
    """Of components with so many groups before and after.

    `left`: images that were in one of the groups and are in none now; `came`: the other way round.
    """
    one = (before == 1) & (after == 1)
    cases = (
        (before == 0, Regrouping.NEW), (after == 0, Regrouping.GONE),
        (one & (left > 0) & (came > 0), Regrouping.MIXED), (one & (left > 0), Regrouping.SHRANK),
        (one, Regrouping.GREW), (after == 1, Regrouping.MERGED), (before == 1, Regrouping.SPLIT),
    )  # fmt: skip
    found: Ints = np.select(
        [case for case, _ in cases], [_KINDS.index(kind) for _, kind in cases], _KINDS.index(Regrouping.MIXED)
    ).astype(np.int32)
    return found
