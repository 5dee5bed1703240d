"""Choose the keeper of a group, say why, and say what would go; and what that does to all groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dupedash.keepers.criteria import Criterion, Standing, beats, standings
from dupedash.keepers.originals import Explanations
from dupedash.keepers.policy import Policy
from dupedash.model import ImageRecord

BY_HAND = "chosen by hand"
PROTECTED = "protected"
BY_ID = "first id"


@dataclass(frozen=True, slots=True)
class Removal:
    """A member that may go, the one it is a duplicate of (which stays), and why not the other way round."""

    id: str
    keeper: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one group. `keeper`, `kept` and `removed` are its members, each once.

    why         the reason for the keeper, in words
    decided     the criterion that settled it (its label), or one of BY_HAND, PROTECTED, BY_ID
    kept        the other members that stay, each with the reason
    protected   those of all members that the policy protects
    """

    keeper: str
    why: str
    decided: str
    kept: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[Removal, ...] = ()
    protected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a policy does to all groups: counts, bytes that go, and how often each criterion decided."""

    groups: int
    kept: int
    removed: int
    protected: int
    bytes: int
    decided: Mapping[str, int]


def choose(
    members: Sequence[ImageRecord],
    policy: Policy,
    *,
    links: Collection[tuple[str, str]] | None = None,
    explanations: Explanations | None = None,
    pinned: Collection[str] = (),
    spared: Mapping[str, str] | None = None,
) -> Choice:
    """The keeper of `members` (at least one), and what may go.

    links         the pairs that match directly; None: all do. A member goes only where it matches one that
                  stays: of a chain A~B~C with keeper A, C stays too (unless `policy.indirect`)
    pinned        ids kept by hand, before every rule
    spared        id → reason: further members that stay
    The same members in any order give the same choice.
    """
    records = sorted(members, key=lambda record: record.id)
    why = explanations or {}
    safe = _safe(records, policy, pinned, spared or {})
    first = _rank(_first_among(records, pinned, safe), records, policy, why, pinned, safe)
    linked = _linked(records, links, policy)
    kept = {record.id: safe[record.id] for record in records if record.id in safe and record.id != first.id}
    removed: list[Removal] = []
    left = {record.id: record for record in records if record.id != first.id and record.id not in kept}

    def take(keeper: str) -> None:
        """What matches this keeper goes."""
        near = left.keys() if linked is None else left.keys() & linked[keeper]
        removed.extend(Removal(i, keeper, first.against(left.pop(i), keeper)) for i in list(near))

    for keeper in (first.id, *kept):
        take(keeper)
    for extra in _best_first(list(left.values()), policy, why) if left else ():
        if left.pop(extra, None) is not None:
            kept[extra] = f"it does not match {first.id} directly"
            take(extra)
    gone = tuple(sorted(removed, key=lambda removal: removal.id))
    protected = frozenset(record.id for record in records if policy.protects(record))
    return Choice(first.id, first.words(), first.decided, kept, gone, protected)


def effect(choices: Iterable[tuple[Choice, Mapping[str, ImageRecord]]]) -> Effect:
    """The sum over all groups; each choice comes with the records of its members."""
    groups = kept = removed = guarded = freed = 0
    decided: Counter[str] = Counter()
    for choice, records in choices:
        groups += 1
        kept += 1 + len(choice.kept)
        removed += len(choice.removed)
        guarded += len(choice.protected)
        freed += sum(records[r.id].bytes or 0 for r in choice.removed)
        decided[choice.decided] += 1
    return Effect(groups, kept, removed, guarded, freed, dict(decided.most_common()))


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The winner, how it won, and what each loser lost on."""

    id: str
    decided: str
    steps: tuple[str, ...]
    lost: Mapping[str, str]

    def words(self) -> str:
        return "kept because " + "; ".join(self.steps)

    def against(self, loser: ImageRecord, keeper: str) -> str:
        if keeper != self.id:
            return f"a duplicate of {keeper}, which stays"
        return self.lost.get(loser.id, f"a duplicate of {keeper}")


def _safe(
    records: Sequence[ImageRecord], policy: Policy, pinned: Collection[str], spared: Mapping[str, str]
) -> dict[str, str]:
    """id → why it must stay."""
    safe: dict[str, str] = {}
    for record in records:
        if record.id in pinned:
            safe[record.id] = BY_HAND
        elif reason := policy.protects(record):
            safe[record.id] = reason
        elif record.id in spared:
            safe[record.id] = spared[record.id]
    return safe


def _first_among(
    records: Sequence[ImageRecord], pinned: Collection[str], safe: Mapping[str, str]
) -> Sequence[ImageRecord]:
    """Those the keeper is taken from: by hand, else those that stay anyway, else all."""
    by_hand = [record for record in records if record.id in pinned]
    staying = [record for record in records if record.id in safe]
    return by_hand or staying or records


def _rank(
    candidates: Sequence[ImageRecord],
    records: Sequence[ImageRecord],
    policy: Policy,
    why: Explanations,
    pinned: Collection[str],
    safe: Mapping[str, str],
) -> _Ranking:
    steps: list[str] = []
    lost: dict[str, str] = {}
    left = list(candidates)
    decided = BY_ID
    if len(left) < len(records):
        by_hand = left[0].id in pinned
        decided = BY_HAND if by_hand else PROTECTED
        steps.append("it was chosen by hand" if by_hand else safe[left[0].id])
        lost = {r.id: f"another one {'was chosen by hand' if by_hand else 'must stay'}" for r in records}
    ties: list[str] = []
    for criterion in policy.criteria:
        if len(left) == 1:
            break
        left, said = _narrow(criterion, left, records, why, lost)
        if not said:
            ties.append(criterion.subject)
            continue
        steps.append((f"tie on {', '.join(ties)} → " if ties else "") + said)
        ties, decided = [], criterion.label
    if len(left) > 1:
        decided = BY_ID
        steps.append("all criteria tie → first id")
        lost |= {r.id: f"the same by all criteria; {left[0].id} comes first" for r in left[1:]}
    return _Ranking(left[0].id, decided, tuple(steps or ["it is the only one left"]), lost)


def _narrow(
    criterion: Criterion,
    left: list[ImageRecord],
    records: Sequence[ImageRecord],
    why: Explanations,
    lost: dict[str, str],
) -> tuple[list[ImageRecord], str]:
    """Those at the top, and the sentence about the best of those that are not; "" where all tie."""
    found = dict(zip((r.id for r in records), standings(criterion, records, why), strict=True))
    best = max((found[r.id] for r in left), key=lambda standing: standing.rank)
    top = [r for r in left if found[r.id].rank == best.rank]
    beaten: list[Standing] = []
    for record in left:
        if found[record.id].rank < best.rank:
            beaten.append(found[record.id])
            lost[record.id] = beats(criterion, best, found[record.id])
    if not beaten:
        return top, ""
    return top, beats(criterion, best, max(beaten, key=lambda standing: standing.rank))


def _linked(
    records: Sequence[ImageRecord], links: Collection[tuple[str, str]] | None, policy: Policy
) -> Mapping[str, set[str]] | None:
    """Per id the ids that match it directly; None: every one matches every other."""
    if links is None or policy.indirect:
        return None
    near: dict[str, set[str]] = {record.id: set() for record in records}
    for a, b in links:
        if a in near and b in near:
            near[a].add(b)
            near[b].add(a)
    return near


def _best_first(records: Sequence[ImageRecord], policy: Policy, why: Explanations) -> list[str]:
    """Ids in the order of the policy. One sort for all: a long chain keeps hundreds of its members."""
    found = [standings(criterion, records, why) for criterion in policy.criteria]
    ranks = zip(*([-standing.rank for standing in column] for column in found), strict=True)
    keys = list(ranks) or [()] * len(records)
    return [records[n].id for n in sorted(range(len(records)), key=lambda n: (keys[n], records[n].id))]
