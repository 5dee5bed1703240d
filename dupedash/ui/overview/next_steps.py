"""What to do next, by what is there: add images, scan, look at the groups, scan again."""

from __future__ import annotations

from dataclasses import dataclass

from dupedash import wording
from dupedash.scans import ScanStatus
from dupedash.ui.pagetable import has_page
from dupedash.ui.shared import kind_words
from dupedash.ui.shared.scan_words import changed_words, since
from dupedash.ui.state import View


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do: a sentence, and the page where it is done."""

    title: str
    text: str
    page: str
    label: str


def steps(view: View) -> list[NextStep]:
    """The most useful first."""
    return [step for step in _all(view) if has_page(step.page)]


def _all(view: View) -> list[NextStep]:
    if view.scan is None:
        images = wording.plural(view.count(), "image")
        return [
            NextStep(
                "Scan the collection", f"Compare all {images} and find the duplicates.", "scan", "Go to Scan"
            )
        ]
    return [*_unfinished(view), *_outdated(view), *_groups(view)]


def _unfinished(view: View) -> list[NextStep]:
    if view.scan is None or view.scan.status is ScanStatus.DONE:
        return []
    return [
        NextStep("Finish the scan", "It was stopped; what it found so far is shown.", "scan", "Go on with it")
    ]


def _outdated(view: View) -> list[NextStep]:
    found = None if view.scan is None else since(view, view.scan)
    if view.scan is None or (found is not None and not found.new):
        return []
    changed = changed_words(view, view.scan)
    text = f"{changed.capitalize()}: a new scan searches only what changed."
    return [NextStep("Scan again", text, "scan", "Go to Scan")]


def _groups(view: View) -> list[NextStep]:
    groups = len(view.cut)
    if groups:
        found = wording.plural(groups, "group")
        text = f"{found} at threshold {view.threshold:.2f}: look, and choose what stays."
        return [NextStep("Review the groups", text, "groups", "Open the groups")]
    text = f"No duplicates at threshold {view.threshold:.2f}."
    if limit := kind_words.limit_words(view.kinds):
        return [NextStep("No group of these kinds", text + limit, "groups", "Open the groups")]
    text += " A lower threshold finds edited copies, too."
    return [NextStep("Nothing to clear", text, "scan", "Earlier scans")]
