"""How many new images a second are checked: described, searched, and compared with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dupedash.check import GATES, check_images, compare_inside, of_sources
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.model import IsCancelled, ReportProgress

IMAGES = 1000
"""So many images at most are new."""
NAME = "checked"


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """A check of `images` against a collection of `among`; `analyses`: how often a picture was described."""

    images: int
    among: int
    seconds: float
    rate: float
    analyses: int


def measure_check(
    workspace: Workspace, paths: Sequence[Path], progress: ReportProgress, cancelled: IsCancelled
) -> CheckFigures:
    """Index half of these pictures (at least), check the others. Raises Cancelled."""
    count = min(IMAGES, len(paths) // 2)
    new, there = paths[:count], paths[count:]
    collection = EmbeddedCollection(workspace.collection(NAME), NAME)
    try:
        index(collection.store, there, progress=progress, cancelled=cancelled)
        before = collection.analyses
        report = check_images(
            collection,
            of_sources([str(path) for path in new]),
            GATES["look only"],
            inside=compare_inside,
            progress=progress,
            cancelled=cancelled,
        )
        return CheckFigures(
            images=len(report.checked),
            among=len(there),
            seconds=round(report.seconds, 2),
            rate=round(len(report.checked) / report.seconds, 1),
            analyses=collection.analyses - before,
        )
    finally:
        collection.close()


def check_words(figures: CheckFigures) -> str:
    """The figures in a line."""
    return (
        f"{figures.images:>7,} new images checked against {figures.among:,}: {figures.seconds:.1f} s = "
        f"{figures.rate:.0f}/s, {figures.analyses:,} analyses"
    )
