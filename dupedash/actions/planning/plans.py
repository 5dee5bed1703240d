"""Make a plan from groups: choose each keeper, respect what people decided, and say what would be done."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from dupedash.actions.files.companions import (
    Found,
    as_listed,
    look_again,
)
from dupedash.actions.guard import check_plan
from dupedash.actions.plan import (
    Companion,
    Plan,
    PlannedGroup,
    Step,
    StepKind,
)
from dupedash.actions.planning.draft import DraftStep, GroupDraft, drafts, member_of
from dupedash.actions.planning.group import GroupToClear
from dupedash.actions.planning.wish import Head, Wish
from dupedash.keepers import UNSURE
from dupedash.model import ImageRecord, Progress, ReportProgress, ignore


def draw_plan(
    groups: Sequence[GroupToClear], wish: Wish, head: Head, progress: ReportProgress = ignore
) -> Plan:
    """The plan; nothing is touched. Raises ActionError where it would break a rule of `guard`."""
    look_again()  # what was written beside an image a moment ago is in the plan, too
    only, started = wish.only, time.monotonic()
    wanted = [g for g in groups if only is None or only & {g.key, *(r.id for r in g.records)}]
    drawn = []
    for drafted in drafts(wanted, wish, head):
        drawn.append(drafted)
        progress(Progress("plan", len(drawn), len(wanted), time.monotonic() - started))
    return plan_of(drawn, wish, head)


def plan_of(drafted: Sequence[GroupDraft], wish: Wish, head: Head) -> Plan:
    """The plan of groups that are drafted. Raises ActionError."""
    groups = [d.planned for d in drafted if d.planned]
    members = {member.id for group in groups for member in group.members}
    drawn = chain(*(d.others for d in drafted))
    others = [d for d in drawn if not d.partner or d.record.id not in members]  # that group tells of it
    partners: dict[str, list[ImageRecord]] = defaultdict(list)
    for d in others:
        if d.partner:
            partners[d.group].append(d.record)
    planned = tuple(_with_members(group, partners[group.key]) for group in groups)
    going = {as_listed(d.record.location) for d in others}
    along = taken_along(chain(*(d.found for d in others)), going)
    moving = going | along.keys()
    drawn = chain(*(d.merges for d in drafted), others, *(d.afterwards for d in drafted))
    steps = tuple(_step(number, one, along, moving) for number, one in enumerate(drawn))
    warnings = tuple(w for d in drafted for w in d.warnings) + _cautions(wish.action, planned)
    plan = Plan(
        head.id, head.created, head.collection, head.engine, head.scan, head.threshold, wish.action,
        wish.policy, head.roots, planned, steps, warnings,
    )  # fmt: skip
    check_plan(plan)
    return plan


def _step(number: int, d: DraftStep, along: Mapping[str, Companion], moving: Collection[str]) -> Step:
    """`along`: the companions that go by the whole plan; `moving`: every file that does."""
    places = [found.companion.location for found in d.found]
    return Step(
        number, d.kind, d.record.id, d.keeper, d.group, d.record.location, d.record.content, d.record.bytes,
        d.reason, d.changes, tuple(place for place in places if place not in moving),
        tuple(along[place] for place in places if place in along), d.writes, d.place, d.partner,
    )  # fmt: skip


def _with_members(group: PlannedGroup, partners: Sequence[ImageRecord]) -> PlannedGroup:
    return replace(group, members=group.members + tuple(map(member_of, partners)))


def taken_along(found: Iterable[Found], going: Collection[str]) -> dict[str, Companion]:
    """Location → companion, for those that travel and whose owners all go, by themselves or as companions."""
    apart = [one for one in found if one.travels]
    gone = set(going)
    gone |= {one.companion.location for one in apart if one.owners <= gone}
    return {one.companion.location: one.companion for one in apart if one.owners <= gone}


def _cautions(action: StepKind, planned: Sequence[PlannedGroup]) -> tuple[str, ...]:
    """What the user must know of this plan."""
    unsure = sum(group.decided == UNSURE for group in planned)
    cautions = (_unsure_words(unsure),) if unsure else ()
    return cautions + _of_action(action, [group for group in planned if group.decided != UNSURE])


def _unsure_words(count: int) -> str:
    groups = "1 group is" if count == 1 else f"{count:,} groups are"
    return (
        f"{groups} left whole: nothing shows which image is the edited one. Review them and choose what "
        "stays, or let the rules decide where it is not sure."
    )


def _of_action(action: StepKind, planned: Sequence[PlannedGroup]) -> tuple[str, ...]:
    if not planned:
        return ()
    local = any(member.content for group in planned for member in group.members)
    if action is StepKind.REMOVE and local:
        return ("The files stay: indexing their folder again adds them again.",)
    if action is StepKind.REMOVE:
        return ("Undo adds the images again from their addresses; the server then analyses them anew.",)
    return ()
