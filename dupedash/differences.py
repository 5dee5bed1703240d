"""What changes between two groupings of images: of two thresholds, or of two scans. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dupedash.graph import Cut, Ints


class Kind(StrEnum):
    """What became of groups."""

    MERGED = "merged"
    SPLIT = "split"
    GREW = "grew"
    SHRANK = "shrank"
    NEW = "new"
    GONE = "gone"
    MIXED = "regrouped"


@dataclass(frozen=True, slots=True)
class Change:
    """Groups that changed together: their numbers before and after, and how many images are concerned."""

    kind: Kind
    before: tuple[int, ...]
    after: tuple[int, ...]
    images: int


@dataclass(frozen=True, slots=True)
class Differences:
    """All changes, most images first; `counts`: how many of each kind."""

    changes: tuple[Change, ...]
    counts: Mapping[Kind, int]


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
    olds, news = (np.bincount(part, minlength=count) for part in (label[:old], label[old:]))
    same = (olds == 1) & (news == 1) & (per[0] == shared) & (per[1] == shared)
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(count + 1))
    changes = [
        _change(order[starts[c] : starts[c + 1]], old, int(per[0][c]), int(per[1][c]), int(shared[c]))
        for c in np.flatnonzero(~same)
    ]
    changes.sort(key=lambda change: (-change.images, change.before, change.after))
    kinds = [change.kind for change in changes]
    return Differences(tuple(changes), {kind: kinds.count(kind) for kind in Kind})


def _change(
    nodes: npt.NDArray[np.int64], old: int, images_before: int, images_after: int, shared: int
) -> Change:
    before = tuple(int(n) for n in nodes if n < old)
    after = tuple(int(n) - old for n in nodes if n >= old)
    kind = _kind(len(before), len(after), images_before - shared, images_after - shared)
    return Change(kind, before, after, images_before + images_after - shared)


def _kind(before: int, after: int, left: int, came: int) -> Kind:
    """`left`: images that were in one of the groups and are in none now; `came`: the other way round."""
    if before == 0 or after == 0:
        return Kind.NEW if before == 0 else Kind.GONE
    if before == 1 and after == 1:
        if left and came:
            return Kind.MIXED
        return Kind.SHRANK if left else Kind.GREW
    if after == 1:
        return Kind.MERGED
    return Kind.SPLIT if before == 1 else Kind.MIXED
