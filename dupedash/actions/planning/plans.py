"""Make a plan from groups: choose each keeper, respect what people decided, and say what would be done."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, compress
from pathlib import Path
from secrets import token_hex

import numpy as np
import numpy.typing as npt

from dupedash.actions.facts.drafting import told_of
from dupedash.actions.facts.merging import Rules
from dupedash.actions.files.companions import (
    Found,
    as_listed,
    found_beside,
    is_partner,
    look_again,
    owners,
)
from dupedash.actions.guard import check_plan, guarded
from dupedash.actions.plan import (
    KEEPS,
    TOUCHES_FILES,
    Companion,
    Description,
    FactChange,
    FieldChange,
    Member,
    Plan,
    PlannedGroup,
    Step,
    StepKind,
)
from dupedash.actions.planning.merge import MergeRule, merged
from dupedash.actions.planning.partners import Partners
from dupedash.actions.planning.swapping import Swap, swap_of
from dupedash.collection import Collection as ImageCollection
from dupedash.collection import Rooted
from dupedash.errors import ConfigError
from dupedash.groups.graph import Cut, DuplicateGraph, Matches, Strictness
from dupedash.images import path_of
from dupedash.keepers import PRESETS, UNSURE, Choice, Policy, choose, equal_pairs
from dupedash.keepers.originals import Explanations
from dupedash.model import Edits, FieldInfo, ImageRecord, Progress, ReportProgress, ignore
from dupedash.review import HELD, Decisions, Verdict, apply_decisions, image_key, spared, standing
from dupedash.scans import MatchEdits
from dupedash.wording import plural

Tell = Callable[[Matches], MatchEdits]
"""What tells the edited image of each match (`StoredScan.edits`)."""

# Fields that belong to one file and are not merged into another image's document.
_OF_THE_FILE = frozenset({"filename", "folder", "location", "format", "width", "height", "bytes", "modified",
                          "added", "image", "import"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants done.

    action      what happens to the images that are not kept (not MERGE)
    pinned      images kept by hand
    only        keys or member ids of groups; None: all groups
    merge       also merge their fields into the keeper, by these rules; None: do not
    facts       also write what only their files tell into a sidecar of the keeper, by these rules; or None
    best_pixels the image with the best pixels takes the place of the one that the policy prefers (QUARANTINE)
    partners    where given, raw file and JPEG of one shot go together (QUARANTINE)
    link_field  the field that LABEL writes the keeper's id into
    """

    action: StepKind = StepKind.QUARANTINE
    policy: Policy = field(default_factory=lambda: next(iter(PRESETS.values())))
    pinned: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    merge: Mapping[str, MergeRule] | None = None
    link_field: str = "duplicate_of"
    facts: Rules | None = None
    best_pixels: bool = False
    partners: Partners | None = None

    def __post_init__(self) -> None:
        if self.action in KEEPS:
            raise ConfigError(
                f"{self.action} goes with another action: quarantine, hardlink, symlink, remove or label."
            )


@dataclass(frozen=True, slots=True)
class Candidates:
    """One group before the choice.

    links   the pairs that match directly, `scores` theirs; None: all do, since somebody decided so
    equal   those of them that are equal in content; None: what is the better copy decides between all
    spared  id → why it stays, decided by people
    held    the decision for which nothing of the group is planned, or None
    open    nobody decided about it yet
    chosen  the images that people chose to stay, where they did
    weakest the lowest score of its matches; 0 where some show one moment only, and are no copies
    stands  where given, an image goes only where one of these stays for it
    apart   those of the pairs that show one moment and are no copies
    """

    key: str
    records: tuple[ImageRecord, ...]
    links: tuple[tuple[str, str], ...] | None
    equal: frozenset[tuple[str, str]] | None = None
    explanations: Explanations = field(default_factory=dict)
    spared: Mapping[str, str] = field(default_factory=dict)
    held: str | None = None
    open: bool = True
    chosen: frozenset[str] = frozenset()
    weakest: float = 1.0
    scores: tuple[float, ...] = ()
    stands: frozenset[str] | None = None
    apart: frozenset[tuple[str, str]] = frozenset()

    def of(self, records: Sequence[ImageRecord]) -> Candidates:
        """Some images of the group by themselves, whatever people decided about it."""
        if len(records) == len(self.records):
            return self
        ids = {record.id for record in records}
        links = None if self.links is None else tuple(pair for pair in self.links if ids.issuperset(pair))
        equal = None if self.equal is None else frozenset(p for p in self.equal if ids.issuperset(p))
        told = {pair: edits for pair, edits in self.explanations.items() if ids.issuperset(pair)}
        return Candidates(self.key, tuple(records), links, equal, told)

    def choose(self, policy: Policy, pinned: Collection[str] = ()) -> Choice:
        """The keeper of this group by a policy.

        `pinned` goes before the one that people chose when they decided; of several all stay, too.
        """
        here = {record.id for record in self.records}.intersection(pinned)
        by_hand = here | self.chosen if len(self.chosen) > 1 else here or self.chosen
        choice = choose(
            self.records,
            policy,
            links=self.links,
            equal=self.equal,
            explanations=self.explanations,
            pinned=by_hand,
            spared=self.spared,
            apart=self.apart,
        )
        return choice if self.stands is None else choice.only_for(self.stands)


@dataclass(frozen=True, slots=True)
class Head:
    """What a plan is about, besides its groups. `fields`: those the collection knows."""

    id: str
    created: datetime
    collection: str
    engine: str
    scan: str
    threshold: float
    roots: tuple[str, ...] = ()
    fields: Mapping[str, FieldInfo] = field(default_factory=dict)

    @staticmethod
    def now(collection: ImageCollection, scan: str, threshold: float) -> Head:
        """The head of a plan made now; its id sorts by time."""
        created = datetime.now(UTC)
        roots = tuple(str(root) for root in collection.roots()) if isinstance(collection, Rooted) else ()
        name = f"{created:%Y%m%d-%H%M%S-%f}-{token_hex(2)}"
        return Head(
            name, created, collection.name, collection.engine, scan, threshold, roots, collection.fields()
        )


def candidates(
    matches: Matches,
    threshold: float,
    collection: ImageCollection,
    decisions: Decisions,
    tell: Tell | None = None,
    strictness: Strictness = Strictness.COMPONENT,
) -> list[Candidates]:
    """The groups at a threshold as the collection and the decisions are now.

    Images that left the collection since the scan are left out, and with them groups of one.
    """
    there = set(collection.ids())
    records = {r.id: r for r in collection.records([i for i in matches.ids if i in there])}
    keys = {image_id: image_key(record, collection.name) for image_id, record in records.items()}
    cut = DuplicateGraph(among(apply_decisions(matches, keys, decisions), there)).cut(threshold, strictness)
    edits = tell(cut.graph.matches) if tell else None
    return candidates_of(cut, range(len(cut)), records, collection.name, decisions, edits)


def candidates_of(
    cut: Cut,
    numbers: Iterable[int],
    records: Mapping[str, ImageRecord],
    collection: str,
    decisions: Decisions,
    edits: MatchEdits | None = None,
) -> list[Candidates]:
    """Some groups of a cut. `records`: of all their members, as they are now; `collection`: its name; `edits`
    of the matches of its graph."""
    found = []
    for number in numbers:
        links = cut.links(number)
        pairs = _pairs(cut.graph.matches, links)
        copies = ~cut.graph.of_moment[links]
        known = _known(pairs, edits.at(links), copies) if edits else {}
        scores = tuple((cut.graph.matches.score[links] * copies).tolist())
        members = cut.members(number)
        images = {image_id: image_key(records[image_id], collection) for image_id in members}
        decision = decisions.of(list(images.values()))
        confirmed = decision is not None and decision.verdict is Verdict.DUPLICATE
        found.append(
            Candidates(
                members[0],
                tuple(records[image_id] for image_id in members),
                None if confirmed else pairs,
                None if confirmed else equal_pairs(zip(pairs, scores, strict=True), known),
                known,
                spared(images, decisions),
                f"{decision.verdict} ({decision.who})" if decision and decision.verdict in HELD else None,
                standing(list(images.values()), decisions) is None,
                decision.staying(images) if confirmed and decision else frozenset(),
                float(cut.weakest[number]) if copies.all() else 0.0,
                scores,
                apart=frozenset(pair for pair, copy in zip(pairs, copies.tolist(), strict=True) if not copy),
            )
        )
    return found


def _pairs(matches: Matches, links: npt.NDArray[np.int64]) -> tuple[tuple[str, str], ...]:
    """The ids of the matches with these numbers."""
    ends = zip(matches.a[links].tolist(), matches.b[links].tolist(), strict=True)
    return tuple((matches.ids[a], matches.ids[b]) for a, b in ends)


def _known(
    pairs: Sequence[tuple[str, str]], edits: Sequence[Edits | None], copies: npt.NDArray[np.bool_]
) -> dict[tuple[str, str], Edits]:
    """What tells the edited image of each pair of copies: of two frames of a burst neither is."""
    told = zip(pairs, edits, copies.tolist(), strict=True)
    return {pair: edit for pair, edit, copy in told if copy and edit is not None}


def draw_plan(
    groups: Sequence[Candidates], wish: Wish, head: Head, progress: ReportProgress = ignore
) -> Plan:
    """The plan; nothing is touched. Raises ActionError where it would break a rule of `guard`."""
    look_again()  # what was written beside an image a moment ago is in the plan, too
    only, started = wish.only, time.monotonic()
    wanted = [g for g in groups if only is None or only & {g.key, *(r.id for r in g.records)}]
    drafts = []
    for group in wanted:
        drafts.append(draft(group, wish, head))
        progress(Progress("plan", len(drafts), len(wanted), time.monotonic() - started))
    return plan_of(drafts, wish, head)


def plan_of(drafts: Sequence[GroupDraft], wish: Wish, head: Head) -> Plan:
    """The plan of groups that are drafted. Raises ActionError."""
    groups = [drafted.planned for drafted in drafts if drafted.planned]
    members = {member.id for group in groups for member in group.members}
    drawn = chain(*(drafted.others for drafted in drafts))
    others = [d for d in drawn if not d.partner or d.record.id not in members]  # that group tells of it
    partners: dict[str, list[ImageRecord]] = defaultdict(list)
    for d in others:
        if d.partner:
            partners[d.group].append(d.record)
    planned = tuple(_with_members(group, partners[group.key]) for group in groups)
    going = {as_listed(d.record.location) for d in others}
    along = taken_along(chain(*(d.found for d in others)), going)
    moving = going | along.keys()
    drawn = chain(*(d.merges for d in drafts), others, *(d.afterwards for d in drafts))
    steps = tuple(_step(number, drafted, along, moving) for number, drafted in enumerate(drawn))
    warnings = tuple(w for d in drafts for w in d.warnings) + _cautions(wish.action, planned)
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
    return replace(group, members=group.members + tuple(map(_member, partners)))


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


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What becomes of one group: `merges`, `others`, `afterwards` in turn. `planned`: None if nothing."""

    planned: PlannedGroup | None
    merges: Sequence[DraftStep] = ()
    others: Sequence[DraftStep] = ()
    warnings: Sequence[str] = ()
    afterwards: Sequence[DraftStep] = ()


def draft(group: Candidates, wish: Wish, head: Head) -> GroupDraft:
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


def among(matches: Matches, there: Collection[str]) -> Matches:
    """The matches between images that are still there."""
    kept = np.fromiter((image_id in there for image_id in matches.ids), bool, len(matches.ids))
    if kept.all():
        return matches
    pairs = matches.take(kept[matches.a] & kept[matches.b])
    place = (np.cumsum(kept) - 1).astype(np.int32)
    ids = tuple(compress(matches.ids, kept))
    sides = None if matches.sides is None else matches.sides[kept]
    return replace(pairs, ids=ids, a=place[pairs.a], b=place[pairs.b], sides=sides)


def _planned(group: Candidates, choice: Choice) -> PlannedGroup:
    members = tuple(map(_member, group.records))
    return PlannedGroup(
        group.key, members, choice.keeper, choice.why, choice.decided, dict(choice.kept), choice.protected
    )


def _member(record: ImageRecord) -> Member:
    return Member(record.id, record.location, record.content)


def _with_partners(
    group: Candidates, drafts: Sequence[DraftStep], wish: Wish, head: Head
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


def _drafts(
    group: Candidates, choice: Choice, wish: Wish, head: Head, warnings: list[str]
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


def _swap(group: Candidates, wish: Wish) -> Swap | None:
    if not wish.best_pixels or wish.action is not StepKind.QUARANTINE:
        return None

    def choose_among(records: Sequence[ImageRecord], policy: Policy, pinned: Collection[str]) -> Choice:
        return group.of(records).choose(policy, pinned)

    return swap_of(group.records, choose_among, wish.policy, wish.pinned)


def _taking(group: Candidates, swap: Swap | None, others: Sequence[DraftStep]) -> list[DraftStep]:
    """The step in which the best one takes its place, where the other really goes."""
    if swap is None or swap.other not in {draft.record.id for draft in others}:
        return []
    return [DraftStep(StepKind.TAKE_PLACE, swap.best, swap.best.id, group.key, swap.choice.why,
                      place=swap.place)]  # fmt: skip


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


def _merge(group: Candidates, drafts: Sequence[DraftStep], wish: Wish, head: Head) -> list[DraftStep]:
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
    group: Candidates, drafts: list[DraftStep], wish: Wish, head: Head, warnings: list[str]
) -> tuple[list[DraftStep], list[DraftStep]]:
    """The drafts of images that may go, and for each keeper a step where there is something to be written."""
    local = [d for d in drafts if d.record.content and _absolute(os.path.dirname(d.record.location))]
    if wish.facts is None or not local:
        return drafts, []
    records = {record.id: record for record in group.records}
    steps, hindered = [], dict[str, str]()
    for keeper in sorted({d.keeper for d in local}):
        others = [d.record for d in local if d.keeper == keeper]
        told = told_of(records[keeper], others, wish.facts, wish.policy, head.roots)
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
