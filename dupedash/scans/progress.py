"""Progress of a scan: matches and groups so far, counted as they come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from time import monotonic

from networkx.utils import UnionFind

from dupedash.groups.graph import Matches
from dupedash.model import NEAR, Progress, ReportProgress


@dataclass(slots=True)
class Watch:
    """Adds what was found so far to every report; a pair that is found in both directions counts once."""

    receiver: ReportProgress
    failures: int = 0
    groups: int = 0
    _pairs: set[int] = field(default_factory=set)  # hashes: millions of pairs fit
    _sets: UnionFind = field(default_factory=UnionFind)
    _laps: float = field(default_factory=monotonic)

    def report(self, progress: Progress) -> None:
        """Pass on, with what was found."""
        matches, groups, failures = len(self._pairs), self.groups, self.failures
        self.receiver(replace(progress, matches=matches, groups=groups, failures=failures))

    def lap(self) -> float:
        """Seconds since the last lap."""
        before, self._laps = self._laps, monotonic()
        return self._laps - before

    def add(self, pairs: Iterable[tuple[str, str, float]]) -> None:
        """Count these matches."""
        for a, b, score in pairs:
            self._pairs.add(hash((a, b) if a < b else (b, a)))
            if score >= NEAR:
                self._link(a, b)

    def add_stored(self, matches: Matches) -> None:
        """Count those of an earlier run."""
        for a, b, score in zip(matches.a.tolist(), matches.b.tolist(), matches.score.tolist(), strict=True):
            self.add([(matches.ids[a], matches.ids[b], score)])

    def _link(self, a: str, b: str) -> None:
        one, other = self._sets[a], self._sets[b]
        if one != other:
            singles = (self._sets.weights[one] == 1) + (self._sets.weights[other] == 1)
            self.groups += singles - 1
            self._sets.union(one, other)
