"""What two scans say about the same pairs: found by one only, or scored differently. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dupedash.groups.graph import Floats, Matches

NOTED = 0.005
"""Scores that differ by less are the same to a person."""

Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ScanDifference:
    """Pairs at or above the threshold in at least one of two scans.

    ids              of all images; the pairs (n, 2) point into them
    first, second    pairs that only the one scan has at the threshold, best score first, with their scores
    changed          pairs that both have, with another score; largest difference first
    changed_scores   (n, 2): their scores in the first and the second scan
    same             how many pairs both have with the same score
    """

    ids: tuple[str, ...]
    first: Pairs
    first_scores: Floats
    second: Pairs
    second_scores: Floats
    changed: Pairs
    changed_scores: Floats
    same: int


def compare(one: Matches, other: Matches, threshold: float) -> ScanDifference:
    """The differences from scan `one` to scan `other` at a threshold (0…1, inclusive)."""
    ids = tuple(sorted(set(one.ids) | set(other.ids)))
    left, left_scores = _coded(one, ids, threshold)
    right, right_scores = _coded(other, ids, threshold)
    _, in_one, in_other = np.intersect1d(left, right, assume_unique=True, return_indices=True)
    both = np.stack([left_scores[in_one], right_scores[in_other]], axis=1)
    gap = np.abs(both[:, 0] - both[:, 1])
    noted = np.flatnonzero(gap >= NOTED)
    noted = noted[np.argsort(-gap[noted], kind="stable")]
    first, first_scores = _only(left, left_scores, in_one)
    second, second_scores = _only(right, right_scores, in_other)
    return ScanDifference(
        ids, _pairs(first, len(ids)), first_scores, _pairs(second, len(ids)), second_scores,
        _pairs(left[in_one][noted], len(ids)), both[noted], len(gap) - len(noted),
    )  # fmt: skip


def _coded(matches: Matches, ids: tuple[str, ...], threshold: float) -> tuple[Pairs, Floats]:
    """One number per pair, the same in both scans, and its score."""
    place = {image_id: index for index, image_id in enumerate(ids)}
    where = np.array([place[i] for i in matches.ids], np.int64)
    kept = matches.strength >= np.float32(threshold)
    return where[matches.a[kept]] * len(ids) + where[matches.b[kept]], matches.score[kept]


def _only(codes: Pairs, scores: Floats, shared: Pairs) -> tuple[Pairs, Floats]:
    alone = np.delete(np.arange(len(codes)), shared)
    alone = alone[np.argsort(-scores[alone], kind="stable")]
    return codes[alone], scores[alone]


def _pairs(codes: Pairs, count: int) -> Pairs:
    return np.stack([codes // max(count, 1), codes % max(count, 1)], axis=1)
