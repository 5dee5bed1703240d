"""Pairs that a model of the user's own finds near, to be compared beside those that share keypoints."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from dupedash.embedded.model import vectors
from dupedash.embedded.model.chosen import ChosenModel, chosen
from dupedash.embedded.model.network import Network, Pixels
from dupedash.embedded.model.vectors import NearPairs, Vectors
from dupedash.embedded.run.blocks import Numbering
from dupedash.embedded.store.store import Store
from dupedash.errors import Cancelled
from dupedash.model import IsCancelled, Progress, ReportProgress

_BATCH, _KEPT = 32, 3200
"""Pictures that the model is given at a time, and after so many their vectors are kept."""
_NO_PICTURE = np.zeros((8, 8, 3), np.uint8)


def near_pairs(
    store: Store, plan: Numbering, progress: ReportProgress, cancelled: IsCancelled
) -> NearPairs | None:
    """None where the collection uses no model. Raises ConfigError, Cancelled; what was made then is kept."""
    model = chosen(store.folder)
    if model is None:
        return None
    numbers = np.flatnonzero((plan.scope | plan.against) & (plan.rows >= 0))
    known = _completed(store, plan, model, numbers, progress, cancelled)
    if not known.pictures:
        return NearPairs(np.zeros(0, np.int64), np.zeros(0, np.int64))
    row_of = {picture: row for row, picture in enumerate(known.pictures)}
    rows = np.array([row_of[plan.pictures[n]] for n in numbers.tolist()], np.int64)
    progress(Progress("looking up near pictures", 0, None))
    one, other = vectors.near(known.values[rows], np.flatnonzero(plan.asked[numbers]))
    return _both_ways(plan, numbers[one], numbers[other])


def _both_ways(plan: Numbering, one: np.ndarray, other: np.ndarray) -> NearPairs:
    """Each pair once, from the side that is looked up first: near is nearest of either of the two."""
    first, second = np.r_[one, other], np.r_[other, one]
    kept = plan.asked[first] & plan.wanted(first, second)
    codes = np.unique(first[kept] * len(plan.pictures) + second[kept])
    return NearPairs(codes // len(plan.pictures), codes % len(plan.pictures))


def _completed(
    store: Store, plan: Numbering, model: ChosenModel, numbers: np.ndarray, progress: ReportProgress,
    cancelled: IsCancelled,
) -> Vectors:  # fmt: skip
    """The vectors of all these pictures, made where they are missing."""
    known = vectors.read(store.folder, model)
    there = set(known.pictures)
    missing = [number for number in numbers.tolist() if plan.pictures[number] not in there]
    if not missing:
        return known
    network, began = Network(model.path), time.monotonic()
    for start in range(0, len(missing), _KEPT):
        some, made = missing[start : start + _KEPT], list[np.ndarray]()
        for batch in _batches(some):
            made.append(network.vectors(_pictures(store, plan, batch)))
            done = start + sum(map(len, made))
            progress(Progress("describing by the model", done, len(missing), time.monotonic() - began))
            if cancelled():
                break
        names = [plan.pictures[number] for number in some][: sum(map(len, made))]
        known = known.joined(names, np.concatenate(made))
        vectors.write(store.folder, model, known)
        if cancelled():
            raise Cancelled("The search was stopped.")
    return known


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + _BATCH] for start in range(0, len(numbers), _BATCH))


def _pictures(store: Store, plan: Numbering, numbers: Sequence[int]) -> list[Pixels]:
    """Their thumbnails; what cannot be read is black."""
    rows = [int(plan.rows[number]) for number in numbers]
    found = dict(store.thumbnails(rows))
    return [_decoded(found.get(row, b"")) for row in rows]


def _decoded(data: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if data else None
    return _NO_PICTURE if pixels is None else np.asarray(pixels, np.uint8)
