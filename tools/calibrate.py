"""Fit the weights of the score: `python -m tools.calibrate FOLDER`.

FOLDER holds pictures and a `truth.csv` with a line for each: `path` and `original` (paths relative to FOLDER,
an original is its own), `class` (original, exact, near, or what no score is promised for) and `family` (what
was done to it). Originals must all show something else. Beside them it draws pairs of one layout with other
content, and edits of each (`tools.drawings`, `tools.edits`).

Two logistic regressions, by Newton's method with a ridge about what the code holds: of `replaced.log_odds`
over drawings that differ somewhere, and of `score.certainty` over all pairs. Both sides weigh the same. What
comes out is printed as the code holds it, with how far it is from that.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations, starmap
from pathlib import Path

import numpy as np

from dupedash.embedded.compare import score
from dupedash.embedded.compare.drawings import replaced
from dupedash.embedded.compare.verify import Evidence, looked_at_closely, verify
from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.embedded.describe.hashes import distance
from dupedash.images.decode import decode
from tools.drawings import KINDS, Drawing
from tools.edits import EDITS, saved_again

_CONTENTS, _EDITED = 5, 3
"""Drawings of a kind: ten pairs of other content, and as many saved again; those of them that are edited."""
_LOOK_ALIKES = 2
"""Originals that are compared with each: those with the nearest hashes."""
_CLOSELY = 0.65
"""As in `pairs`: only drawings that match as far are looked at closely."""
_RIDGE = 3.0
"""So few pairs as speak for some of the terms must not turn their weights over."""
_ROUNDS = 30
"""Newton's method needs ten."""
_LEAST_STEP = 1e-6
"""A smaller one changes no digit that is printed."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two pictures compared, and whether one is a `copy` of the other."""

    copy: bool
    evidence: Evidence


def compared(copy: bool, a: Descriptor, b: Descriptor) -> Pair:
    """What the engine finds."""
    evidence = verify(a, b)
    return Pair(copy, looked_at_closely(evidence, a, b) if score.score(evidence) >= _CLOSELY else evidence)


def drawn_pairs(seed: int = 1) -> Iterator[Pair]:
    """Drawings of one kind with other content, as they are and saved again, and with every edit."""
    for number, draw in enumerate(KINDS.values()):
        random = np.random.default_rng([seed, number])
        pictures = _different(partial(draw, random))
        as_drawn = [_described(picture) for picture in pictures]
        again = [_described(saved_again(picture, random)) for picture in pictures]
        for i, j in combinations(range(_CONTENTS), 2):
            yield compared(False, as_drawn[i], as_drawn[j])
            yield compared(False, as_drawn[i], again[j])
        for picture, whole in zip(pictures[:_EDITED], as_drawn, strict=False):
            for edit in EDITS.values():
                edited = edit(picture, random)
                yield compared(True, whole, _described(edited))
                yield compared(True, whole, _described(saved_again(edited, random)))


def _different(draw: Callable[[], Drawing]) -> list[Drawing]:
    found: dict[bytes, Drawing] = {}
    while len(found) < _CONTENTS:
        picture = draw()
        found[picture.tobytes()] = picture
    return list(found.values())


def _described(picture: Drawing) -> Descriptor:
    return describe(np.asarray(picture))


def stored_couples(folder: Path) -> Iterator[tuple[bool, Descriptor, Descriptor]]:
    """Copies (True) with their originals, and originals with those that look most like them (False)."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    originals = {row["path"]: _read(folder / row["path"]) for row in rows if row["class"] == "original"}
    for row in rows:
        if row["class"] in ("exact", "near"):
            yield True, originals[row["original"]], _read(folder / row["path"])
    known = list(originals.values())
    hashes = np.stack([np.frombuffer(picture.pdq, np.uint8) for picture in known])
    for number, one in enumerate(known):
        far = distance(np.broadcast_to(hashes[number], hashes.shape), hashes)
        for other in far.argsort(kind="stable")[1 : 1 + _LOOK_ALIKES]:
            yield False, one, known[other]


def _read(path: Path) -> Descriptor:
    return describe(decode(path).pixels)


def fitted(terms: np.ndarray, holds: np.ndarray, held: np.ndarray) -> np.ndarray:
    """The weights, float64 (k,), with which `terms`, float64 (n, k), tell where `holds`, bool (n,): near
    those `held`, float64 (k,)."""
    share = max(holds.mean(), 1e-6), max(1 - holds.mean(), 1e-6)
    weight = np.where(holds, 0.5 / share[0], 0.5 / share[1])
    sign = np.where(holds, 1.0, -1.0)

    def loss(weights: np.ndarray) -> float:
        far = _RIDGE / 2 * float(np.square(weights - held).sum())
        return far + float(weight @ np.logaddexp(0, -sign * (terms @ weights)))

    weights = held.astype(float)
    for _ in range(_ROUNDS):
        told = 1 / (1 + np.exp(-np.clip(terms @ weights, -30, 30)))
        slope = terms.T @ (weight * (holds - told)) - _RIDGE * (weights - held)
        curvature = (terms.T * (weight * told * (1 - told))) @ terms + _RIDGE * np.eye(len(held))
        step = np.linalg.solve(curvature, slope)
        while np.abs(step).max() > _LEAST_STEP and loss(weights + step) > loss(weights):
            step /= 2
        weights = weights + step
    return weights


def report(name: str, terms: list[tuple[float, ...]], holds: list[bool], held: tuple[float, ...]) -> str:
    """The weights as the code holds them, and how far those are from what it does hold."""
    found = fitted(np.array(terms), np.array(holds), np.array(held))
    figures = ", ".join(f"{weight:.1f}" for weight in found)
    off = np.abs(found - held).max()
    return f"{name} = ({figures})  # {len(holds)} pairs; at most {off:.1f} from what the code holds"


def main(folder: Path) -> None:
    """Fit both, and print them."""
    drawn = list(drawn_pairs())
    pairs = [*drawn, *starmap(compared, stored_couples(folder))]
    differing = [pair for pair in pairs if pair.evidence.replaced.changed]
    told = [replaced.terms(pair.evidence.replaced, bool(pair.evidence.inliers)) for pair in differing]
    print(report("replaced.WEIGHTS", told, [not pair.copy for pair in differing], replaced.WEIGHTS))
    told = [score.terms(pair.evidence) for pair in pairs]
    print(report("score.WEIGHTS", told, [pair.copy for pair in pairs], score.WEIGHTS))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
