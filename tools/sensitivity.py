"""What hangs on a figure of the engine: `python -m tools.sensitivity FOLDER MODULE:NAME …`.

FOLDER as for `tools.calibrate`; MODULE below `dupedash.embedded`, as compare.agreement:_GOOD. Each figure
is made a fifth smaller and a quarter larger; what is printed is how many scores of copies fall below NEAR and
EXACT or rise to them, and how many of look-alikes do. Figures inside compiled functions do not change so.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dupedash.embedded.compare import score
from dupedash.model import EXACT, NEAR
from tools.calibrate import Couple, compared, stored_couples

_LESS, _MORE = 0.8, 1.25
"""Equal steps on a logarithmic scale, small enough that nobody would tell the figures apart."""


def scores(couples: Sequence[Couple]) -> np.ndarray:
    """The score of each: float64 (n,)."""
    return np.array([score.score(compared(couple).evidence) for couple in couples])


def main(folder: Path, figures: list[str]) -> None:
    """Print a line for each figure and step."""
    couples = [couple for couple in stored_couples(folder) if couple.copy == couple.one_original]
    usual = scores(couples)
    for figure in figures:
        place, _, name = figure.partition(":")
        module = importlib.import_module(f"dupedash.embedded.{place}")
        value = getattr(module, name)
        for step in (_LESS, _MORE):
            setattr(module, name, type(value)(round(value * step, 6)))
            print(f"{figure} {value:g} → {value * step:g}: {moved(couples, usual, scores(couples))}")
        setattr(module, name, value)


def moved(couples: Sequence[Couple], usual: np.ndarray, now: np.ndarray) -> str:
    """Which scores, float64 (n,), are on the other side of a limit."""
    copy = np.array([couple.copy for couple in couples])
    words = []
    for limit in (NEAR, EXACT):
        lost, won = (usual >= limit) & (now < limit), (usual < limit) & (now >= limit)
        counts = lost[copy].sum(), won[copy].sum(), won[~copy].sum()
        words.append("{:g}: {} copies lost, {} won, {} look-alikes won".format(limit, *counts))
    return "; ".join(words)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
