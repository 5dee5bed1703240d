"""What no plan may do, whoever made it: asked when a plan is made, and again before it is applied."""

from __future__ import annotations

import os
from collections import Counter

from dupedash.actions.files.companions import belongs
from dupedash.actions.plan import (
    KEEPS,
    REMOVES,
    TOUCHES_FILES,
    Companion,
    Plan,
    PlannedGroup,
    Step,
    StepKind,
)
from dupedash.errors import ActionError
from dupedash.keepers import Policy
from dupedash.model import ImageRecord


def check_plan(plan: Plan) -> None:
    """Raises ActionError, naming the group or step, where the plan would lose what must stay."""
    removed = plan.removed
    members = {group.key: {member.id for member in group.members} for group in plan.groups}
    if len(members) < len(plan.groups):
        raise ActionError(f"Plan {plan.id}: two groups have the same key.")
    for group in plan.groups:
        _check_group(group, members[group.key], removed)
    twice = [image for image, n in Counter(s.id for s in plan.steps if s.kind in REMOVES).items() if n > 1]
    if twice:
        raise ActionError(f"Plan {plan.id} removes {twice[0]} more than once.")
    staying = {m.location for group in plan.groups for m in group.members if m.id not in removed}
    for step in plan.steps:
        _check_step(step, members.get(step.group, set()), plan, removed)
        if step.kind in TOUCHES_FILES and step.location in staying:
            raise ActionError(
                f"Step {step.number} would move {step.location}, which belongs to a kept image too."
            )
        for companion in step.along:
            _check_companion(companion, step, staying)
        if step.kind is StepKind.DESCRIBE or step.writes:
            _check_description(step, plan)
        if step.kind is StepKind.TAKE_PLACE or step.place:
            _check_place(step, plan, staying)


def guarded(companion: Companion, policy: Policy) -> str | None:
    """Why this sidecar stays whatever becomes of its image, or None."""
    return guarded_place(companion.location, policy)


def guarded_place(location: str, policy: Policy) -> str | None:
    """Why nothing is changed at this place, or None."""
    return policy.protects(ImageRecord(location, location))


def _check_group(group: PlannedGroup, members: set[str], removed: frozenset[str]) -> None:
    if members <= removed:
        raise ActionError(f"Group {group.key} would lose its last copy: nothing was changed.")
    if group.keeper not in members or group.keeper in removed:
        raise ActionError(f"Group {group.key} would lose its keeper {group.keeper}: nothing was changed.")
    if lost := removed & (group.protected | group.kept.keys()):
        raise ActionError(f"Group {group.key} would lose {min(lost)}, which must stay: nothing was changed.")


def _check_step(step: Step, members: set[str], plan: Plan, removed: frozenset[str]) -> None:
    if step.id not in members or step.keeper not in members:
        raise ActionError(f"Step {step.number} names images that are not in its group {step.group}.")
    if step.keeper in removed:
        raise ActionError(
            f"Step {step.number}: {step.keeper} cannot stand in for {step.id}, it would go too."
        )
    if step.kind not in KEEPS and step.id == step.keeper:
        raise ActionError(f"Step {step.number} would replace {step.id} by itself.")
    if step.kind in TOUCHES_FILES and (not plan.roots or not step.content):
        raise ActionError(
            f"Step {step.number} would touch {step.location} without knowing its folder or content."
        )


def _check_companion(companion: Companion, step: Step, staying: set[str]) -> None:
    place = companion.location
    if step.kind is not StepKind.QUARANTINE or place in staying or not belongs(place, step.location):
        raise ActionError(f"Step {step.number} would move {place}, which is no sidecar of {step.location}.")


def _check_description(step: Step, plan: Plan) -> None:
    """Only the image that stays is written to, or a sidecar of it, under a name that says so."""
    place, before = (step.writes.location, step.writes.before) if step.writes else ("", None)
    own = step.kind is StepKind.DESCRIBE and step.id == step.keeper
    there = step.rewrites and before is not None
    beside = place.lower().endswith(".xmp") and belongs(place, step.location)
    if not own or not plan.roots or not step.content or not (there or beside):
        raise ActionError(f"Step {step.number} would write {place}, which is no sidecar of {step.location}.")
    if reason := guarded_place(place, plan.policy):
        raise ActionError(f"Step {step.number} would write {place}: {reason}.")


def _check_place(step: Step, plan: Plan, staying: set[str]) -> None:
    """Only the place of an image that goes is taken, but for the ending of its name."""
    own = step.kind is StepKind.TAKE_PLACE and step.id == step.keeper and plan.roots and step.content
    gone = {s.location for s in plan.steps if s.group == step.group and s.kind is StepKind.QUARANTINE}
    stem, ending = os.path.splitext(step.place)
    renamed = ending == os.path.splitext(step.location)[1] and stem in {os.path.splitext(g)[0] for g in gone}
    if not own or not (step.place in gone or renamed) or step.place in staying:
        raise ActionError(f"Step {step.number} would move {step.location} to {step.place}: that is not free.")
