"""The curves over the threshold as small charts in one component; a click picks a threshold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dupedash.ui.component import component


@dataclass(frozen=True, slots=True)
class Chart:
    """One small chart: evenly spaced values from `low` to 1, and each of them in words."""

    name: str
    low: float
    values: tuple[float, ...]
    words: tuple[str, ...]
    bars: bool = False


@dataclass(frozen=True, slots=True)
class ThresholdMark:
    """A vertical line: kind is now, preset or explosion."""

    at: float
    name: str
    kind: str


def draw(charts: Sequence[Chart], marks: Sequence[ThresholdMark], label: str) -> float | None:
    """Draw them, the first mark being the current threshold; the one picked just now comes back."""
    drawn = [asdict(chart) for chart in charts]
    version = hashlib.sha256(repr(drawn).encode()).hexdigest()[:16]
    data = {
        "charts": drawn, "marks": [asdict(m) for m in marks], "low": charts[0].low, "label": label,
        "version": version,
    }  # fmt: skip
    picked = component("curves")(data=data, key="curves", on_picked_change=lambda: None).picked
    return float(picked) if picked is not None else None
