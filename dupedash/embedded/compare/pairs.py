"""Compare two pictures: verify and score, and explain where somebody wants to know."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dupedash.embedded.compare import further, veil
from dupedash.embedded.compare.edits.explain import explain
from dupedash.embedded.compare.register import Keypoints
from dupedash.embedded.compare.score import nearly_only_encoding_differs, only_encoding_differs, score
from dupedash.embedded.compare.verify import Evidence, as_they_are, looked_at_closely, seen_from_b, verify
from dupedash.embedded.describe import drawing
from dupedash.embedded.describe.descriptor import Descriptor, decode_thumb
from dupedash.model import EXACT, NEAR, ChangeKind, Explanation

SAME_FILE = (1.0, Explanation(kinds=(ChangeKind.IDENTICAL_FILE,)))
SAME_PIXELS = (1.0, Explanation(kinds=(ChangeKind.IDENTICAL_PIXELS,)))

_ONLY_SAVED = frozenset({ChangeKind.RE_ENCODED, ChangeKind.RESIZED})
"""What alone makes no copy an edited one."""

Ways = tuple[bool, ...]
"""Whether to compare as they are (False), mirrored (True), or both; sorted."""

_CLOSELY = 0.65
"""Drawings that match as far as this are looked at closely: what is found there only lowers a score."""
_REMEMBERED = 100_000
"""Pairs whose score is remembered; 300 bytes each."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Two pictures compared, b seen as made from a."""

    score: float
    evidence: Evidence
    other_frames: bool = False

    def reversed(self) -> Judged:
        """The same with a seen as made from b."""
        return Judged(self.score, seen_from_b(self.evidence), self.other_frames)

    def explanation(self, a: Descriptor, b: Descriptor) -> Explanation:
        """Why they match; a and b are the pictures that were compared."""
        found = explain(self.evidence, a, b)
        if self.score < EXACT and _ONLY_SAVED.issuperset(found.kinds):
            found = replace(found, kinds=(ChangeKind.SLIGHT,))
        return replace(found, kinds=(ChangeKind.FRAMES, *found.kinds)) if self.other_frames else found


def judge(a: Descriptor, b: Descriptor, ways: Ways, without: Sequence[ChangeKind] = ()) -> Judged:
    """Compare two pictures; of several ways the better counts. `without`: mirrored, turned ones that do not.

    The score is to the last bit the same from both sides, so a search may take either.
    """
    if _rank(a) > _rank(b):
        return judge(b, a, ways, without).reversed()
    if ChangeKind.MIRRORED in without:
        ways = (False,)
    upright = ChangeKind.TURNED in without
    tried = (_verified(a, b, mirrored, upright) for mirrored in ways)
    scored, best = max(tried, key=lambda one: one[0])
    found = further.judged(scored, best, a, b)
    return Judged(found.score, best, found.frames)


def forget() -> None:
    """Let go of what is kept at hand of pictures compared lately: up to 200 MB of their pixels."""
    for kept in (decode_thumb, drawing.decode, Keypoints.of):
        kept.cache_clear()


def _verified(a: Descriptor, b: Descriptor, mirrored: bool, upright: bool) -> tuple[float, Evidence]:
    """With its score, without a watermark where that lies all over one of them."""
    scored, found = _as_it_is(a, b, mirrored, upright)
    bare = veil.lifted(found, a, b) if scored < NEAR else None
    return max((scored, found), (score(bare), bare), key=lambda one: one[0]) if bare else (scored, found)


def _as_it_is(a: Descriptor, b: Descriptor, mirrored: bool, upright: bool) -> tuple[float, Evidence]:
    found = verify(a, b, mirrored, upright)
    scored = score(found)
    if scored < EXACT and nearly_only_encoding_differs(found):
        in_place = as_they_are(found, a, b)
        if only_encoding_differs(in_place):
            found, scored = in_place, score(in_place)
    if scored < _CLOSELY or not (a.drawing and b.drawing):
        return scored, found
    close = looked_at_closely(found, a, b)
    return score(close), close


def _rank(picture: Descriptor) -> tuple[bytes, ...]:
    return picture.pdq, picture.thumb, picture.beneath, *picture.sequence.thumbs, picture.drawing


class RecentScores:
    """The scores of pairs judged lately: a client that asks about every image asks for each pair from both
    sides. Pictures are known by the hash of their pixels, so that no change of the collection makes a score
    wrong. For any number of threads."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._known: OrderedDict[tuple[bytes, Ways], float] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def get(self, one: str, other: str, ways: Ways) -> float | None:
        """The score of two pictures, in whichever order, if it is known."""
        with self._lock:
            return self._known.get((_pair(one, other), ways))

    def put(self, one: str, other: str, ways: Ways, score: float) -> None:
        """Remember it; the oldest is forgotten where there are too many."""
        with self._lock:
            self._known[_pair(one, other), ways] = score
            if len(self._known) > self._most:
                self._known.popitem(last=False)


def _pair(one: str, other: str) -> bytes:
    """Half of both SHA-256 digests: enough to tell all pictures apart."""
    a, b = bytes.fromhex(one)[:16], bytes.fromhex(other)[:16]
    return a + b if a < b else b + a
