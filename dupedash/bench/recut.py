"""How long a new threshold takes on matches of a given size."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np

from dupedash.groups.graph import DuplicateGraph, Matches

# Images and matches: the sizes that the README promises, and ten times fewer.
SIZES = ((10_000, 200_000), (100_000, 300_000))


@dataclass(frozen=True, slots=True)
class RecutFigures:
    """Milliseconds: `first` once when a scan is opened, `again` for every further threshold (median)."""

    images: int
    matches: int
    first: float
    again: float


def recut(images: int, matches: int) -> RecutFigures:
    """Cut random matches in families of 4 to 80 at fifty thresholds."""
    graph = DuplicateGraph(random_matches(images, matches))
    first, *again = (_milliseconds(graph, threshold) for threshold in np.linspace(0.5, 1, 51))
    return RecutFigures(images, len(graph.matches), round(first, 1), round(median(again), 2))


def random_matches(images: int, matches: int) -> Matches:
    """So many different matches between neighbours; they form small groups and, at low scores, large ones."""
    rng = np.random.default_rng(1)
    reach = max(2, 4 * matches // images)
    drawn = rng.integers(0, images - reach, 2 * matches)
    keys = drawn * images + drawn + rng.integers(1, reach + 1, 2 * matches)
    chosen = np.unique(keys)
    chosen = np.sort(rng.permutation(chosen)[:matches])
    a, b = np.divmod(chosen, images)
    ids = tuple(f"{number:08}" for number in range(images))
    score = rng.uniform(0.5, 1, len(chosen)).astype(np.float32)
    return Matches(ids, a.astype(np.int32), b.astype(np.int32), score)


def _milliseconds(graph: DuplicateGraph, threshold: float) -> float:
    began = perf_counter()
    cut = graph.cut(float(threshold))
    assert cut.images >= 0
    return (perf_counter() - began) * 1000
