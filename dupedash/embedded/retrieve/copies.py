"""Identical descriptors: a group of 5,000 copies is 12.5 million pairs. One of them is searched for all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dupedash.embedded.describe.descriptor import Descriptor, digest


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """`representative` (n,) int32: the first place with the same descriptor as each place."""

    representative: np.ndarray

    @staticmethod
    def of(descriptors: Sequence[Descriptor]) -> "Copies":
        first: dict[bytes, int] = {}
        return Copies(np.array([first.setdefault(digest(d), i) for i, d in enumerate(descriptors)], np.int32))

    def groups(self) -> list[np.ndarray]:
        """The places of identical descriptors, for every group of at least two."""
        order = np.argsort(self.representative, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(self.representative[order])) + 1)
        return [part for part in parts if len(part) > 1]

    def within(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of identical descriptors: all of a group up to `most`; of a larger one each with the first,
        which keeps it whole."""
        parts = [
            np.array(
                [(g[i], g[j]) for i in range(len(g) if len(g) <= most else 1) for j in range(i + 1, len(g))]
            )
            for g in self.groups()
        ]
        pairs = np.concatenate(parts) if parts else np.zeros((0, 2), int)
        return pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32)

    def expand(self, a: np.ndarray, b: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pairs of representatives, given to the copies of both: places a < b and the row of the pair that
        each came from. Of a group larger than `most` only the representative stands for all."""
        members = {int(g[0]): g if len(g) <= most else g[:1] for g in self.groups()}
        rows = [
            (min(x, y), max(x, y), row)
            for row, (one, other) in enumerate(zip(a.tolist(), b.tolist(), strict=True))
            for x in members.get(one, (one,))
            for y in members.get(other, (other,))
        ]
        found = np.array(rows, np.int32).reshape(-1, 3)
        return found[:, 0], found[:, 1], found[:, 2]
