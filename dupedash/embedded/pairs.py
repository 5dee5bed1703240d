"""Compare two pictures: verify, score and explain, remembered for the pairs that were asked about lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from dupedash.embedded.describe import Descriptor
from dupedash.embedded.explain import explain
from dupedash.embedded.score import score
from dupedash.embedded.verify import verify
from dupedash.model import ChangeKind, Explanation

Compared = tuple[float, Explanation]

SAME_FILE = (1.0, Explanation(kinds=(ChangeKind.IDENTICAL_FILE,)))
SAME_PIXELS = (1.0, Explanation(kinds=(ChangeKind.IDENTICAL_PIXELS,)))

_REMEMBERED = 100_000


def compare(a: Descriptor, b: Descriptor, ways: Sequence[bool]) -> Compared:
    """Score and explanation of b seen as made from a; `ways`: try it mirrored, as it is, or both."""
    best = max((verify(a, b, mirrored) for mirrored in sorted(ways)), key=score)
    return score(best), explain(best, a, b)


class Memory:
    """Answers of `compare` by the hashes of the two pictures. A full scan asks for each pair twice."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._known: OrderedDict[tuple[str, str], Compared] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def get(self, a: str, b: str, make: Callable[[], Compared]) -> Compared:
        """What is known of the pair, else what `make` gives."""
        with self._lock:
            known = self._known.get((a, b))
            if known is not None:
                self._known.move_to_end((a, b))
                return known
        made = make()
        with self._lock:
            self._known[a, b] = made
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return made
