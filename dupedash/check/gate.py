"""What a score means for a new image, and what is then done with it: the rules of the gate, pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dupedash.errors import ConfigError
from dupedash.model import EXACT, NEAR, ChangeKind, Hit


class Finding(StrEnum):
    """What an image is, compared with what is there."""

    NEW = "new"
    UNSURE = "unsure"
    NEAR = "near copy"
    EXACT = "exact copy"
    SAME_FILE = "same file"


DUPLICATES = frozenset({Finding.NEAR, Finding.EXACT, Finding.SAME_FILE})


class Answer(StrEnum):
    """What is done with a checked image.

    ADD        it becomes a document
    LINK       the same, and its fields name the images it duplicates
    OVERWRITE  it takes the place of the best hit's document, which keeps its id and fields
    REJECT     nothing is added
    ASK        a person decides
    """

    ADD = "add"
    LINK = "link"
    OVERWRITE = "overwrite"
    REJECT = "reject"
    ASK = "ask"

    @property
    def adds(self) -> bool:
        """Whether the image becomes a document."""
        return self in (Answer.ADD, Answer.LINK, Answer.OVERWRITE)


@dataclass(frozen=True, slots=True)
class Bands:
    """Scores from which on a hit means exact, near or unsure, falling. Raises ConfigError."""

    exact: float = EXACT
    near: float = NEAR
    unsure: float = 0.6

    def __post_init__(self) -> None:
        if not 1.0 >= self.exact >= self.near >= self.unsure >= 0.0:
            raise ConfigError(
                f"The bands exact {self.exact}, near {self.near}, unsure {self.unsure} must fall from 1 to 0."
            )

    @staticmethod
    def from_threshold(threshold: float) -> Bands:
        """Hits at or above `threshold` are duplicates; the other bands move with it where they must."""
        usual = Bands()
        return Bands(max(usual.exact, threshold), threshold, min(usual.unsure, threshold))

    def finding(self, best: Hit | None) -> Finding:
        """What the best hit means."""
        if best is None or best.score < self.unsure:
            return Finding.NEW
        if best.explanation and ChangeKind.IDENTICAL_FILE in best.explanation.kinds:
            return Finding.SAME_FILE
        if best.score >= self.exact:
            return Finding.EXACT
        return Finding.NEAR if best.score >= self.near else Finding.UNSURE


_CAREFUL = {
    Finding.NEW: Answer.ADD,
    Finding.UNSURE: Answer.ASK,
    Finding.NEAR: Answer.ASK,
    Finding.EXACT: Answer.REJECT,
    Finding.SAME_FILE: Answer.REJECT,
}


@dataclass(frozen=True, slots=True)
class Gate:
    """Bands and what is done in each. What `answers` does not name is asked."""

    name: str = "careful"
    bands: Bands = field(default_factory=Bands)
    answers: Mapping[Finding, Answer] = field(default_factory=lambda: dict(_CAREFUL))

    def __post_init__(self) -> None:
        if self.answers.get(Finding.NEW) is Answer.OVERWRITE:
            raise ConfigError("A new image has nothing to overwrite: use add, reject or ask.")

    def answer(self, finding: Finding) -> Answer:
        """What is done with such an image."""
        return self.answers.get(finding, Answer.ASK)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `of_json` reads it back equal."""
        bands = {"exact": self.bands.exact, "near": self.bands.near, "unsure": self.bands.unsure}
        return {
            "name": self.name,
            "bands": bands,
            "answers": {str(finding): str(answer) for finding, answer in self.answers.items()},
        }

    @staticmethod
    def of_json(data: Any) -> Gate:
        """Raises ConfigError, naming what is wrong."""
        try:
            answers = {Finding(f): Answer(a) for f, a in data["answers"].items()}
            return Gate(str(data["name"]), Bands(**{k: float(v) for k, v in data["bands"].items()}), answers)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(f"This is no gate: {error}.") from error


GATES: Mapping[str, Gate] = {
    gate.name: gate
    for gate in (
        Gate(),
        Gate("reject duplicates", answers={**_CAREFUL, Finding.NEAR: Answer.REJECT}),
        Gate("link versions", answers={**_CAREFUL, Finding.NEAR: Answer.LINK, Finding.EXACT: Answer.LINK}),
        Gate("add only", answers=dict.fromkeys(Finding, Answer.REJECT) | {Finding.NEW: Answer.ADD}),
        Gate("look only", answers=dict.fromkeys(Finding, Answer.ASK)),
    )
}
"""The gates that are there from the start, by name; the first is the default."""
