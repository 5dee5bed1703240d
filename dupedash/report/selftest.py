"""A self-test as one HTML file: its figures, and the copies that failed beside what they are copies of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dupedash.images.encode import inline
from dupedash.report.html import environment
from dupedash.report.pictures import Thumbnail
from dupedash.selftest import SelfTest, Trial, mean_score
from dupedash.wording import share


@dataclass(frozen=True, slots=True)
class FailedCopy:
    """A copy as the report shows it: what it is, its picture, that of its original, and of what it was taken
    for, if anything; as addresses that hold them, or None."""

    words: str
    where: str
    copy: str
    original: str | None
    taken_for: str | None


def selftest_html(result: SelfTest, threshold: float, thumbnail: Thumbnail) -> str:
    """The file. Every name in it is hostile: the template escapes all."""
    return environment().get_template("selftest.html").render(
        result=result,
        threshold=threshold,
        found=result.found(threshold),
        wrong=result.wrong(threshold),
        rows=[_row(change, trials, threshold) for change, trials in result.by_change().items()],
        failed=[_failed(trial, threshold, thumbnail) for trial in result.failed(threshold)],
    )  # fmt: skip


def failed_words(trial: Trial, threshold: float) -> str:
    """ "cropped: not found", "noise: taken for another image (0.74)"."""
    if trial.mistaken(threshold):
        return f"{trial.change}: taken for another image ({trial.wrong[0][2]:.2f})"
    return f"{trial.change}: " + (f"scored {trial.score:.2f}" if trial.score else "not found")


def _row(change: str, trials: Sequence[Trial], threshold: float) -> tuple[str, str, str, str]:
    found = sum(not trial.missed(threshold) for trial in trials)
    return change, f"{found} of {len(trials)}", share(found, len(trials)), f"{mean_score(trials):.2f}"


def _failed(trial: Trial, threshold: float, thumbnail: Thumbnail) -> FailedCopy:
    other = trial.wrong[0][0] if trial.mistaken(threshold) else None
    pictures = [thumbnail(image_id) if image_id else None for image_id in (trial.image, other)]
    addresses = [inline(data) if data else None for data in pictures]
    return FailedCopy(failed_words(trial, threshold), trial.location, inline(trial.picture), *addresses)
