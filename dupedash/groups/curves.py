"""What every threshold would give: groups, images, bytes to gain, largest group. One sweep for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dupedash.groups.graph import DuplicateGraph, Floats, Ints

EXPLODES, WITHIN = 3.0, 0.05
"""The largest group explodes where so small a change of the threshold makes it so many times as large …"""
NOTICED = 20
"""… and at least so many images large."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """What every threshold would give; all arrays are of the length of `threshold` (rising).

    surplus  images to gain: all members but one of each group
    gain     bytes to gain where only the largest file of each group stays
    """

    threshold: Floats
    groups: Ints
    images: Ints
    surplus: Ints
    largest: Ints
    gain: npt.NDArray[np.int64]


def curves(
    graph: DuplicateGraph, floor: float, steps: int = 101, sizes: npt.NDArray[np.int64] | None = None
) -> Curves:
    """At `steps` thresholds, floor to 1. `sizes`: bytes of the file per image, 0 where unknown.

    One sweep over the forest from its best link down: each link joins two components.
    """
    at = np.linspace(floor, 1.0, steps, dtype=np.float32)
    after = _sweep(graph, np.zeros(len(graph.matches.ids), np.int64) if sizes is None else sizes)
    score = graph.strength[graph.forest]
    kept = np.searchsorted(-score, -at, side="right")
    groups, images, largest = (after[:, column][kept].astype(np.int32) for column in range(3))
    return Curves(at, groups, images, images - groups, largest, after[:, 3][kept])


def explosion(found: Curves) -> float | None:
    """The threshold at and below which the groups run together into one; None where they do not.

    It is where the largest group grows by the most images within a change of WITHIN, as long as it grows by
    the factor EXPLODES. (In a large scan no single step of 0.01 may do that.)
    """
    if len(found.threshold) < 2:
        return None
    steps = max(1, round(WITHIN / float(found.threshold[1] - found.threshold[0])))
    largest = np.r_[found.largest, np.full(steps, found.largest[-1])].astype(float)
    below, above = largest[:-steps], np.maximum(largest[steps:], 2)
    growth = np.where((below >= NOTICED) & (below >= EXPLODES * above), below - above, 0.0)
    step = len(growth) - 1 - int(growth[::-1].argmax())  # of equal ones the highest threshold
    return float(found.threshold[step]) if growth[step] > 0 else None


def _sweep(graph: DuplicateGraph, sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Row k: (groups, images in groups, largest group, bytes to gain) after the k best links."""
    m, parent = graph.matches, list(range(len(graph.matches.ids)))
    size, groups, images, largest = [1] * len(parent), 0, 0, 0
    file, gain = sizes.tolist(), 0  # of each component its largest file

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    rows = [(0, 0, 0, 0)]
    forest = graph.forest
    for a, b in zip(m.a[forest].tolist(), m.b[forest].tolist(), strict=True):
        left, right = root(a), root(b)
        if size[left] < size[right]:
            left, right = right, left
        alone = (size[left] == 1) + (size[right] == 1)
        groups, images = groups + alone - 1, images + alone
        gain += min(file[left], file[right])  # of two files that stayed, the smaller one goes
        file[left] = max(file[left], file[right])
        parent[right], size[left] = left, size[left] + size[right]
        largest = max(largest, size[left])
        rows.append((groups, images, largest, gain))
    return np.array(rows, np.int64)
