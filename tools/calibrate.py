"""Fit the weights of the score: `python -m tools.calibrate FOLDER …`.

Each FOLDER holds pictures and a `truth.csv` with a line for each: `path` and `original` (paths relative to
FOLDER, an original is its own), `class` (original, exact, near, strong; pictures of another class are not
read) and `family` (what was done to it: two collages or insets of different originals may share a background
and are not counted). Originals must all show something else. Of these pictures all pairs are compared that a
scan would compare. Beside them it draws pairs of one layout with other content, and edits of each
(`tools.drawings`, `tools.edits`).

Two logistic regressions, by Newton's method with a ridge about earlier weights: of `replaced.log_odds` over
drawings that differ somewhere, then of `score.certainty` over all pairs, where what a replacement costs is
given. Both sides weigh the same. The constant of the second is then set so that `score.EVEN` is the limit at
which next to none of the pairs that are told is wrong. What comes out is printed as the code holds it, with
how far it is from that.
"""

from __future__ import annotations

import csv
import hashlib
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np

from dupedash.embedded.compare import pairs, score
from dupedash.embedded.compare.drawings import replaced
from dupedash.embedded.compare.verify import Evidence, looked_at_closely, verify
from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.embedded.retrieve.index import MIN_VOTES, Index, Indexable, search
from dupedash.images.decode import decode
from dupedash.model import Smartfilter
from tools.drawings import KINDS, Drawing
from tools.edits import EDITS, saved_again

_CONTENTS, _EDITED = 5, 3
"""Drawings of a kind: ten pairs of other content, and as many saved again; those of them that are edited."""
_COPIES, _APART = ("exact", "near", "strong"), ("collage", "inset")
"""Classes of copies, and families whose pictures show another one as well."""
_EARLIER_REPLACED = (-0.6, 1.6, 2.5, -1.3, -1.7, -3.5, 7.5, 1.8, -0.2, 0.9, -0.8, 1.6, 1.3, 1.3)
_EARLIER = (-2.4, 4.0, 2.2, -5.5, -355, -10.9, -20, -16.2, 3.0, -9.2, 1.5, -10.0, 0.3, -3.6)
"""Of fits to pictures that are not at hand: public photos of shops, flags, the frames of bursts. What is
unlike counts half as much again there as the fit alone gave it: the frames of a burst lie over each other as
exactly as copies do, and no other term tells them apart."""
_CLOSELY = score.EVEN - 0.43
"""Certainty of a score of 0.65: as in `pairs`, only drawings that match as far are looked at closely."""
_RIDGE = 10.0
"""So few pairs as speak for some of the terms must not turn their weights over: with 1 the weight of the
colours halves, and with it what keeps two shades of one garment apart."""
_TOLD = 2000
"""Of so many pairs that are told one is wrong, at most."""
_ROUNDS = 30
"""Newton's method needs ten."""
_LEAST_STEP = 1e-6
"""A smaller one changes no digit that is printed."""


@dataclass(frozen=True, slots=True, eq=False)
class Couple:
    """Two pictures and the ways to compare them; whether one is a `copy` of the other, or both are of one
    `original`."""

    copy: bool
    one_original: bool
    a: Descriptor
    b: Descriptor
    ways: pairs.Ways = (False,)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """What the engine finds of a couple."""

    copy: bool
    one_original: bool
    evidence: Evidence

    @property
    def plain(self) -> bool:
        """Two crops of one original may share nothing."""
        return self.copy == self.one_original

    @property
    def possible(self) -> bool:
        """What no edit can have made needs no weights."""
        return not self.evidence.inliers or score.possible(self.evidence)


def compared(couple: Couple) -> Pair:
    """Compare them as a scan with the earlier weights would: what comes out must not hang on those that are
    held."""
    tried = [verify(couple.a, couple.b, mirrored) for mirrored in couple.ways]
    closely = [
        looked_at_closely(found, couple.a, couple.b) if _earlier(found) >= _CLOSELY else found
        for found in tried
    ]
    return Pair(couple.copy, couple.one_original, max(closely, key=_earlier))


def _earlier(found: Evidence) -> float:
    return score.certainty(found, _EARLIER, _EARLIER_REPLACED)


def drawn_couples(seed: int = 1) -> Iterator[Couple]:
    """Drawings of one kind with other content, as they are and saved again, and with every edit."""
    for number, draw in enumerate(KINDS.values()):
        random = np.random.default_rng([seed, number])
        pictures = _different(partial(draw, random))
        as_drawn = [_described(picture) for picture in pictures]
        again = [_described(saved_again(picture, random)) for picture in pictures]
        for i, j in combinations(range(_CONTENTS), 2):
            yield Couple(False, False, as_drawn[i], as_drawn[j])
            yield Couple(False, False, as_drawn[i], again[j])
        for picture, whole in zip(pictures[:_EDITED], as_drawn, strict=False):
            for edit in EDITS.values():
                edited = edit(picture, random)
                yield Couple(True, True, whole, _described(edited))
                yield Couple(True, True, whole, _described(saved_again(edited, random)))


def _different(draw: Callable[[], Drawing]) -> list[Drawing]:
    found: dict[bytes, Drawing] = {}
    while len(found) < _CONTENTS:
        picture = draw()
        found[picture.tobytes()] = picture
    return list(found.values())


def _described(picture: Drawing) -> Descriptor:
    return describe(np.asarray(picture))


def stored_couples(folder: Path) -> Iterator[Couple]:
    """The pictures of the folder that a scan would compare, each two once; of identical ones the first."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file) if row["class"] in ("original", *_COPIES)]
    listed.sort(key=lambda row: row["class"] != "original")
    read: dict[bytes, tuple[dict[str, str], Descriptor]] = {}
    for row in listed:
        pixels = decode(folder / row["path"]).pixels
        shown = hashlib.sha256(str(pixels.shape).encode() + pixels.tobytes()).digest()
        if shown not in read:
            read[shown] = row, describe(pixels)
    rows, pictures = [row for row, _ in read.values()], [picture for _, picture in read.values()]
    for (i, j), ways in sorted(_candidates(pictures).items()):
        one, other = rows[i], rows[j]
        one_original = one["original"] == other["original"]
        if one_original or not {one["family"], other["family"]}.issubset(_APART):
            copy = one_original and one["original"] in (one["path"], other["path"])
            yield Couple(copy, one_original, pictures[i], pictures[j], tuple(sorted(ways)))


def _candidates(pictures: Sequence[Descriptor]) -> dict[tuple[int, int], set[bool]]:
    """Which of the pictures are compared (places, the smaller first), and in which ways."""
    index = Index.build([Indexable.of(picture) for picture in pictures])
    found: dict[tuple[int, int], set[bool]] = {}
    for place, picture in enumerate(pictures):
        hits = search(index, [picture], MIN_VOTES[Smartfilter.OFF])
        others = index.numbers[hits.picture].tolist()
        for other, mirrored in zip(others, hits.mirrored.tolist(), strict=True):
            if other != place:
                found.setdefault((min(place, other), max(place, other)), set()).add(mirrored)
    return found


def fitted(terms: np.ndarray, holds: np.ndarray, near: np.ndarray, given: np.ndarray) -> np.ndarray:
    """The weights, float64 (k,), with which `terms`, float64 (n, k), tell where `holds`, bool (n,), beside
    what is `given` of the log-odds, float64 (n,): near the weights `near`, float64 (k,)."""
    share = max(holds.mean(), 1e-6), max(1 - holds.mean(), 1e-6)
    weight = np.where(holds, 0.5 / share[0], 0.5 / share[1])
    sign = np.where(holds, 1.0, -1.0)

    def loss(weights: np.ndarray) -> float:
        far = _RIDGE / 2 * float(np.square(weights - near).sum())
        return far + float(weight @ np.logaddexp(0, -sign * (terms @ weights + given)))

    weights = near.astype(float)
    for _ in range(_ROUNDS):
        told = 1 / (1 + np.exp(-np.clip(terms @ weights + given, -30, 30)))
        slope = terms.T @ (weight * (holds - told)) - _RIDGE * (weights - near)
        curvature = (terms.T * (weight * told * (1 - told))) @ terms + _RIDGE * np.eye(len(near))
        step = np.linalg.solve(curvature, slope)
        while np.abs(step).max() > _LEAST_STEP and loss(weights + step) > loss(weights):
            step /= 2
        weights = weights + step
    return weights


def limit(certainty: np.ndarray, right: np.ndarray) -> float:
    """The lowest of these certainties, float64 (n,), from which on at most one pair in 2,000 is not `right`,
    bool (n,)."""
    order = np.argsort(-certainty, kind="stable")
    wrong = np.cumsum(~right[order])
    enough = np.flatnonzero(wrong * _TOLD <= np.arange(1, len(order) + 1))
    return float(certainty[order[enough[-1]]])


def report(name: str, found: np.ndarray, held: Sequence[float], count: int) -> str:
    """The weights as the code holds them, and how far those are from what it does hold."""
    figures = ", ".join(f"{weight:.1f}" for weight in found)
    off = np.abs(found - held).max()
    return f"{name} = ({figures})  # {count} pairs; at most {off:.1f} from what the code holds"


def of_replacement(judged: Sequence[Pair]) -> tuple[np.ndarray, int]:
    """The weights of `replaced.log_odds`, float64 (k,), to a digit, and of how many pairs."""
    differing = [pair for pair in judged if pair.evidence.replaced.changed and pair.plain]
    terms = [replaced.terms(pair.evidence.replaced, bool(pair.evidence.inliers)) for pair in differing]
    other = np.array([not pair.copy for pair in differing])
    near = np.array(_EARLIER_REPLACED)
    return fitted(np.array(terms), other, near, np.zeros(len(terms))).round(1), len(terms)


def of_certainty(
    judged: Sequence[Pair], stored: Sequence[Pair], weights: np.ndarray
) -> tuple[np.ndarray, int]:
    """The weights of `score.certainty`, float64 (k,), to a digit, and of how many pairs; those `stored` set
    the constant. `weights`: of a replacement, float64 (k,)."""
    chosen = [pair for pair in judged if pair.plain and pair.possible]
    terms, given = _terms(chosen, weights)
    found = fitted(terms, np.array([pair.copy for pair in chosen]), np.array(_EARLIER), given).round(1)
    certainty = [score.certainty(pair.evidence, tuple(found), tuple(weights)) for pair in stored]
    even = limit(np.array(certainty), np.array([pair.one_original for pair in stored]))
    found[0] -= math.ceil(10 * (even - score.EVEN)) / 10
    return found, len(chosen)


def _terms(judged: Sequence[Pair], weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those of each, float64 (n, k), and what a replacement takes, float64 (n,), at most 0."""
    terms = np.array([score.terms(pair.evidence) for pair in judged], np.float64)
    return terms, np.array([-score.of_replacement(pair.evidence, tuple(weights)) for pair in judged])


def main(folders: Sequence[Path]) -> None:
    """Fit both, and print them."""
    stored = [compared(couple) for folder in folders for couple in stored_couples(folder)]
    judged = stored + [compared(couple) for couple in drawn_couples()]
    of_drawings, count = of_replacement(judged)
    print(report("replaced.WEIGHTS", of_drawings, replaced.WEIGHTS, count))
    of_all, count = of_certainty(judged, stored, of_drawings)
    print(report("score.WEIGHTS", of_all, score.WEIGHTS, count))


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
