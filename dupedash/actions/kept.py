"""Files of images that a plan removed: where they wait in the quarantine, or still lie."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from dupedash.actions.files.displace import aside
from dupedash.actions.journal import Journal, StepMark, journals
from dupedash.actions.plan import REMOVES, Plan, Step
from dupedash.config import Workspace
from dupedash.images import path_of


def kept_file(workspace: Workspace, collection: str, image_id: str) -> Path | None:
    """The file of an image that a plan took out of this collection; None where no plan did, or it is gone."""
    for journal in journals(workspace):
        plan, steps = _removals(journal.folder)
        step = steps.get(image_id)
        if plan.collection == collection and step is not None:
            places = aside(workspace.quarantine, plan, step), path_of(step.location)
            if found := next((place for place in places if place.is_file()), None):
                return found
    return None


def plan_of(workspace: Workspace, collection: str, image_ids: Iterable[str]) -> str | None:
    """The last plan that took one of these images out of this collection."""
    wanted = set(image_ids)
    for journal in journals(workspace):
        plan, steps = _removals(journal.folder)
        if plan.collection == collection and wanted & steps.keys():
            last, taken = journal.last(), [steps[image_id].number for image_id in wanted & steps.keys()]
            if any(number in last and last[number].mark is StepMark.DONE for number in taken):
                return plan.id
    return None


@lru_cache(maxsize=8)  # a plan never changes; a page asks for many images of the same few plans
def _removals(folder: Path) -> tuple[Plan, dict[str, Step]]:
    plan = Journal(folder).plan()
    return plan, {step.id: step for step in plan.steps if step.kind in REMOVES}
