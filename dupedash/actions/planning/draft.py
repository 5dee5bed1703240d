"""What becomes of one group: its keeper, the steps of the others, what goes along, what is merged."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from dupedash.actions.facts.drafting import told_of
from dupedash.actions.facts.gather import read_ahead
from dupedash.actions.files.companions import (
    Found,
    as_listed,
    found_beside,
    is_partner,
    owners,
)
from dupedash.actions.guard import guarded
from dupedash.actions.plan import (
    TOUCHES_FILES,
    Description,
    FactChange,
    FieldChange,
    Member,
    PlannedGroup,
    StepKind,
)
from dupedash.actions.planning.group import GroupToClear
from dupedash.actions.planning.merge import merged
from dupedash.actions.planning.swapping import Swap, swap_of
from dupedash.actions.planning.wish import Head, Wish
from dupedash.images import path_of
from dupedash.keepers import Choice, Policy
from dupedash.model import ImageRecord
from dupedash.wording import plural

# Fields that belong to one file and are not merged into another image's document.
_OF_THE_FILE = frozenset({"filename", "folder", "location", "format", "width", "height", "bytes", "modified",
                          "added", "image", "import"})  # fmt: skip


_AHEAD = 50
"""Groups whose files are read at once: enough for every processor, and few enough for progress to be seen."""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What becomes of one group: `merges`, `others`, `afterwards` in turn. `planned`: None if nothing."""

    planned: PlannedGroup | None
    merges: Sequence[DraftStep] = ()
    others: Sequence[DraftStep] = ()
    warnings: Sequence[str] = ()
    afterwards: Sequence[DraftStep] = ()


@dataclass(frozen=True, slots=True)
class DraftStep:
    """A step without its number. `found`: what lies beside the image."""

    kind: StepKind
    record: ImageRecord
    keeper: str
    group: str
    reason: str
    changes: tuple[FieldChange, ...] = ()
    found: tuple[Found, ...] = ()
    writes: Description | None = None
    place: str = ""
    partner: bool = False


def drafts(groups: Sequence[GroupToClear], wish: Wish, head: Head) -> Iterator[GroupDraft]:
    """The steps of each group; where files are read for them, those of several groups at once."""
    for start in range(0, len(groups), _AHEAD):
        some = groups[start : start + _AHEAD]
        if wish.facts is not None:
            read_ahead(record for group in some for record in group.records)
        yield from (draft(group, wish, head) for group in some)


def draft(group: GroupToClear, wish: Wish, head: Head) -> GroupDraft:
    """The steps of one group, whatever `wish.only` says."""
    if group.held:
        return GroupDraft(None, warnings=[f"Group {group.key} is left alone: decided {group.held}."])
    warnings: list[str] = []
    swap = _swap(group, wish)
    choice = swap.choice if swap else group.choose(wish.policy, wish.pinned)
    others = _drafts(group, choice, wish, head, warnings)
    if not others and choice.sure:
        return GroupDraft(None, warnings=warnings)
    others, described = _described(group, others, wish, head, warnings)
    if not others and choice.sure:
        return GroupDraft(None, warnings=warnings)
    merges = [*_merge(group, others, wish, head), *described]
    taking = _taking(group, swap, others)
    others = [*others, *_with_partners(group, others, wish, head)]
    return GroupDraft(_planned(group, choice), merges, others, warnings, taking)


def _planned(group: GroupToClear, choice: Choice) -> PlannedGroup:
    members = tuple(map(member_of, group.records))
    return PlannedGroup(
        group.key, members, choice.keeper, choice.why, choice.decided, dict(choice.kept), choice.protected
    )


def member_of(record: ImageRecord) -> Member:
    return Member(record.id, record.location, record.content)


def _drafts(
    group: GroupToClear, choice: Choice, wish: Wish, head: Head, warnings: list[str]
) -> list[DraftStep]:
    records = {record.id: record for record in group.records}
    drafts = []
    for removal in choice.removed:
        record, keeper = records[removal.id], records[removal.keeper]
        if hindrance := _hindrance(record, keeper, wish, head):
            warnings.append(f"{record.location} is left alone: {hindrance}.")
            continue
        changes: tuple[FieldChange, ...] = ()
        if wish.action is StepKind.LABEL:
            changes = (FieldChange(wish.link_field, record.fields.get(wish.link_field), keeper.id),)
            if changes[0].old == keeper.id:
                continue
        found = _found(record, wish.policy) if wish.action is StepKind.QUARANTINE else ()
        drafts.append(DraftStep(wish.action, record, keeper.id, group.key, removal.why, changes, found))
        if wish.action in (StepKind.HARDLINK, StepKind.SYMLINK) and record.format != keeper.format:
            warnings.append(f"{record.location} would hold {keeper.format} data under its old name.")
    return drafts


def _found(record: ImageRecord, policy: Policy) -> tuple[Found, ...]:
    """What lies beside an image that goes; a place that is protected holds for sidecars, too."""
    found = found_beside(record.location)
    return tuple(replace(f, travels=f.travels and not guarded(f.companion, policy)) for f in found)


def _hindrance(record: ImageRecord, keeper: ImageRecord, wish: Wish, head: Head) -> str | None:
    """Why this action cannot be done with this image, or None."""
    if wish.action not in TOUCHES_FILES:
        return None
    for image in (record, keeper):
        if not _absolute(os.path.dirname(image.location)) or not image.content:
            return f"{wish.action} works on local files of known content only; use remove or label"
    is_root = str(path_of(record.location)) in head.roots
    if not is_root and not _inside(os.path.dirname(record.location), head.roots):
        return "it lies outside the folders of the collection"
    if record.location == keeper.location:
        return "it is the same file as the one that stays"
    return None


# Of many files few folders: taking a path apart costs more than all the rest of a step.
@lru_cache(maxsize=10_000)
def _absolute(folder: str) -> bool:
    return Path(folder).is_absolute()


@lru_cache(maxsize=10_000)
def _inside(folder: str, roots: tuple[str, ...]) -> bool:
    return any(path_of(folder).is_relative_to(root) for root in roots)


def _swap(group: GroupToClear, wish: Wish) -> Swap | None:
    if not wish.best_pixels or wish.action is not StepKind.QUARANTINE:
        return None

    def choose_among(records: Sequence[ImageRecord], policy: Policy, pinned: Collection[str]) -> Choice:
        return group.of(records).choose(policy, pinned)

    return swap_of(group.records, choose_among, wish.policy, wish.pinned)


def _taking(group: GroupToClear, swap: Swap | None, others: Sequence[DraftStep]) -> list[DraftStep]:
    """The step in which the best one takes its place, where the other really goes."""
    if swap is None or swap.other not in {draft.record.id for draft in others}:
        return []
    return [DraftStep(StepKind.TAKE_PLACE, swap.best, swap.best.id, group.key, swap.choice.why,
                      place=swap.place)]  # fmt: skip


def _with_partners(
    group: GroupToClear, drafts: Sequence[DraftStep], wish: Wish, head: Head
) -> Iterator[DraftStep]:
    """The other halves of shots of which all that is beside them in this group goes."""
    if wish.partners is None or wish.action is not StepKind.QUARANTINE:
        return
    going = {as_listed(draft.record.location) for draft in drafts}
    safe = {record.id for record in group.records} | wish.pinned
    for draft in drafts:
        beside = [f.companion.location for f in draft.found if is_partner(f.companion.location)]
        for record in wish.partners.at(place for place in beside if owners(place) <= going):
            free = not wish.policy.protects(record) and record.content and record.id not in safe
            if free and not _hindrance(record, draft.record, wish, head):
                safe.add(record.id)
                yield DraftStep(StepKind.QUARANTINE, record, draft.keeper, group.key,
                                f"shot together with {draft.record.filename}",
                                found=_found(record, wish.policy), partner=True)  # fmt: skip


def _merge(group: GroupToClear, drafts: Sequence[DraftStep], wish: Wish, head: Head) -> list[DraftStep]:
    """For each keeper one step, where its fields would change."""
    if wish.merge is None:
        return []
    records = {record.id: record for record in group.records}
    steps = []
    for keeper in sorted({draft.keeper for draft in drafts}):
        others = [draft.record for draft in drafts if draft.keeper == keeper]
        changes = merged(records[keeper], others, head.fields, wish.merge, _OF_THE_FILE | {wish.link_field})
        if changes:
            reason = f"fields of {plural(len(others), 'image')} merged"
            steps.append(DraftStep(StepKind.MERGE, records[keeper], keeper, group.key, reason, changes))
    return steps


def _described(
    group: GroupToClear, drafts: list[DraftStep], wish: Wish, head: Head, warnings: list[str]
) -> tuple[list[DraftStep], list[DraftStep]]:
    """The drafts of images that may go, and for each keeper a step where there is something to be written."""
    local = [d for d in drafts if d.record.content and _absolute(os.path.dirname(d.record.location))]
    if wish.facts is None or not local:
        return drafts, []
    records = {record.id: record for record in group.records}
    steps, hindered = [], dict[str, str]()
    for keeper in sorted({d.keeper for d in local}):
        others = [d.record for d in local if d.keeper == keeper]
        told = told_of(records[keeper], others, wish, head.roots)
        hindered |= told.hindered
        warnings += [differing_words(change, records[keeper].filename) for change in told.differing]
        if told.description:
            reason = f"what only {plural(len(others), 'other file')} told is kept"
            steps.append(DraftStep(StepKind.DESCRIBE, records[keeper], keeper, group.key, reason,
                                   writes=told.description))  # fmt: skip
    warnings += [f"{location} is left alone: {why}." for location, why in sorted(hindered.items())]
    return [d for d in drafts if d.record.location not in hindered], steps


def differing_words(change: FactChange, keeper: str) -> str:
    """What others say of a fact and is not taken, as a sentence."""
    told = ((os.path.basename(place), ", ".join(values)) for place, values in change.differing)
    others = "; ".join(f"{name} says {values}" for name, values in told)
    return f"The {change.fact} of {keeper} stays {', '.join(change.new) or 'unknown'}: {others}."
