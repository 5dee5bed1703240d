"""Compare two pictures: verify and score, and explain where somebody wants to know."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from dupedash.embedded.describe import Descriptor
from dupedash.embedded.explain import explain
from dupedash.embedded.score import score
from dupedash.embedded.verify import Evidence, seen_from_b, verify
from dupedash.model import ChangeKind, Explanation

SAME_FILE = (1.0, Explanation(kinds=(ChangeKind.IDENTICAL_FILE,)))
SAME_PIXELS = (1.0, Explanation(kinds=(ChangeKind.IDENTICAL_PIXELS,)))

Ways = tuple[bool, ...]
"""Whether to compare as they are (False), mirrored (True), or both; sorted."""

_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Two pictures compared, b seen as made from a."""

    score: float
    evidence: Evidence

    def reversed(self) -> Judged:
        """The same with a seen as made from b."""
        return Judged(self.score, seen_from_b(self.evidence))

    def explanation(self, a: Descriptor, b: Descriptor) -> Explanation:
        """Why they match; a and b are the pictures that were compared."""
        return explain(self.evidence, a, b)


def judge(a: Descriptor, b: Descriptor, ways: Ways) -> Judged:
    """Compare two pictures; of several ways the better counts."""
    best = max((verify(a, b, mirrored) for mirrored in ways), key=score)
    return Judged(score(best), best)


class Memory:
    """What was judged lately, by the pictures' hashes: a full scan asks for each pair from both sides."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._known: OrderedDict[tuple[str, str, Ways], Judged] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def get(self, a: str, b: str, ways: Ways, make: Callable[[], Judged]) -> Judged:
        """What is known of the pair, from either side, else what `make` gives."""
        with self._lock:
            known, other = self._known.get((a, b, ways)), self._known.get((b, a, ways))
        if known is not None:
            return known
        if other is not None:
            return other.reversed()
        made = make()
        with self._lock:
            self._known[a, b, ways] = made
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return made
