"""What a self-test found: every copy with the score of its original, and what else it matched."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from dupedash.model import NEAR

WRONG_WEIGHS = 0.5
"""The beta of the F-measure (van Rijsbergen, Information Retrieval, 1979): below 1 a wrong match weighs more
than a missed one; with .5, the usual value, twice as much."""
_LOWEST, _HIGHEST, _STEP = 0.6, 0.95, 0.01
_CLEARLY = 0.005  # gain of the F-measure below which the usual threshold stays: a copy or two of a thousand


@dataclass(frozen=True, slots=True)
class Trial:
    """One copy.

    image    id of the original, `location` where it is; `change`: what was done to it
    score    of the original or of a duplicate of it that the collection has, 0…1; 0: not found at all
    wrong    (id, location, score) of matches that do not match the original, best first
    picture  a small JPEG of the copy, where something failed at 0.7; b"" elsewhere
    """

    image: str
    location: str
    change: str
    score: float
    wrong: tuple[tuple[str, str, float], ...] = ()
    picture: bytes = b""

    def missed(self, threshold: float) -> bool:
        """Whether the original is not found at this threshold."""
        return self.score < threshold

    def mistaken(self, threshold: float) -> bool:
        """Whether something else is, at this threshold."""
        return any(score >= threshold for _, _, score in self.wrong)


@dataclass(frozen=True, slots=True)
class SelfTest:
    """All copies of one self-test. `images`: originals; `unread`: images whose pictures cannot be had."""

    collection: str
    when: datetime
    images: int
    unread: int
    seconds: float
    trials: tuple[Trial, ...]

    def by_change(self) -> Mapping[str, Sequence[Trial]]:
        """The copies of each kind of change, in the order of the table."""
        kinds: dict[str, list[Trial]] = {}
        for trial in self.trials:
            kinds.setdefault(trial.change, []).append(trial)
        return kinds

    def found(self, threshold: float) -> int:
        """How many copies are found at a threshold."""
        return sum(not trial.missed(threshold) for trial in self.trials)

    def wrong(self, threshold: float) -> int:
        """How many matches are wrong there."""
        return sum(score >= threshold for trial in self.trials for _, _, score in trial.wrong)

    def failed(self, threshold: float) -> list[Trial]:
        """What was missed or mistaken there, of which there are pictures."""
        bad = [t for t in self.trials if t.picture and (t.missed(threshold) or t.mistaken(threshold))]
        return sorted(bad, key=lambda trial: (not trial.mistaken(threshold), trial.score))

    def suggestion(self) -> float:
        """The threshold that serves these images best: the usual one, unless another is clearly better."""
        steps = np.arange(_LOWEST, _HIGHEST + _STEP / 2, _STEP).round(2)
        worth = np.array([self._worth(float(step)) for step in steps])
        usual = self._worth(NEAR)
        if worth.max(initial=0.0) - usual < _CLEARLY:
            return NEAR
        best = steps[worth >= worth.max() - _CLEARLY / 5]
        return float(best[np.abs(best - NEAR).argmin()])

    def _worth(self, threshold: float) -> float:
        """The F-measure."""
        found, wrong, beta = self.found(threshold), self.wrong(threshold), WRONG_WEIGHS**2
        missed = len(self.trials) - found
        total = (1 + beta) * found + beta * missed + wrong
        return (1 + beta) * found / total if total else 0.0

    @property
    def words(self) -> str:
        """Why this threshold is suggested, as a sentence."""
        best = self.suggestion()
        if best == NEAR:
            return f"{NEAR:.2f}, the usual one: no other is clearly better for these images."
        fewer, lost = self.wrong(NEAR) - self.wrong(best), self.found(NEAR) - self.found(best)
        if best > NEAR:
            return f"{best:.2f}: {fewer:,} wrong matches fewer than at {NEAR:.2f}, {lost:,} copies lost."
        return f"{best:.2f}: {-lost:,} more copies than at {NEAR:.2f}, {-fewer:,} more wrong matches."

    def to_json(self) -> dict[str, Any]:
        """For `json`; `of_json` reads it back equal."""
        trials = [asdict(t) | {"picture": b64encode(t.picture).decode()} for t in self.trials]
        return asdict(replace(self, trials=())) | {"when": self.when.isoformat(), "trials": trials}

    @staticmethod
    def of_json(data: Mapping[str, Any]) -> SelfTest:
        """Raises KeyError, TypeError, ValueError."""
        trials = tuple(
            Trial(**{
                **trial,
                "wrong": tuple((i, place, score) for i, place, score in trial["wrong"]),
                "picture": b64decode(trial["picture"]),
            })
            for trial in data["trials"]
        )  # fmt: skip
        return SelfTest(**{**data, "when": datetime.fromisoformat(data["when"]), "trials": trials})


def mean_score(trials: Sequence[Trial]) -> float:
    """Of the copies that were found at all; 0 where none was."""
    scores: npt.NDArray[np.float64] = np.array([trial.score for trial in trials if trial.score])
    return float(scores.mean()) if len(scores) else 0.0
