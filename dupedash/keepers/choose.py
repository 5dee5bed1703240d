"""Choose what stays of a group, say why, and say what would go; and what that does to all groups.

An image goes only where one that stays goes before it by a verdict on these two: they are equal in content,
or what can be seen shows that it is the edited one. What nothing tells stays, and the choice says so.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dupedash.keepers.links import Pair, links_of, links_of_twins, shown_edited, twin_heads, twins_of
from dupedash.keepers.names import copies_by_name
from dupedash.keepers.originals import Explanations
from dupedash.keepers.policy import Policy
from dupedash.keepers.verdict import BY_ID, ComparedPair, Judge, Ruling
from dupedash.model import ImageRecord

BY_HAND = "chosen by hand"
PROTECTED = "protected"
UNSURE = "not sure"


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
    decided     the criterion that settled it (its label), or one of BY_HAND, PROTECTED, UNSURE, plain name,
                first id
    kept        the other members that stay, each with the reason
    protected   those of all members that the policy protects
    unsure      those that stay only because nothing shows which of two is the edited one
    """

    keeper: str
    why: str
    decided: str
    kept: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[Removal, ...] = ()
    protected: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    @property
    def sure(self) -> bool:
        """False where the group is left whole because nothing is sure."""
        return bool(self.removed) or not self.unsure

    def only_for(self, keepers: Collection[str]) -> Choice:
        """The same, where an image goes for one of these only; whatever would go for another one stays."""
        others = {r.id: f"it would go for {r.keeper}" for r in self.removed if r.keeper not in keepers}
        removed = tuple(removal for removal in self.removed if removal.keeper in keepers)
        return replace(self, kept={**self.kept, **others}, removed=removed)


def choose(
    members: Sequence[ImageRecord],
    policy: Policy,
    *,
    links: Collection[Pair] | None = None,
    equal: Collection[Pair] | None = None,
    explanations: Explanations | None = None,
    pinned: Collection[str] = (),
    spared: Mapping[str, str] | None = None,
    apart: Collection[Pair] = (),
) -> Choice:
    """What stays of `members` (at least one), and what may go.

    links         the pairs that match directly; None: all do. A member goes only where it matches one that
                  stays: of a chain A~B~C with keeper A, C stays too (unless `policy.indirect`). Files with
                  the same bytes or pixels always match
    equal         those of the pairs that are equal in content, the smaller id first; None: all
    pinned        ids kept by hand, before every rule
    spared        id → reason: further members that stay
    apart         those of the pairs that show one moment and are no copies, the smaller id first: nothing
                  tells that one of them is edited
    The same members in any order give the same choice.
    """
    records = {record.id: record for record in sorted(members, key=lambda record: record.id)}
    names = copies_by_name(record.filename for record in records.values())
    copies = {record.id for record in records.values() if record.filename in names}
    safe = _safe(records.values(), policy, pinned, spared or {})
    heads = twin_heads(records, _Bench(Judge(policy, copies, ()), safe, frozenset(pinned)).order)
    others = list(links_of(records, heads, safe, links, equal, explanations or {}, apart))
    bench = _Bench(Judge(policy, copies, shown_edited(others)), safe, frozenset(pinned))
    for link in (*twins_of(records, heads), *others):
        bench.judge_link(link)
    for link, head, twin in links_of_twins(records, heads, safe, others):
        bench.judge_twin(link, head, twin)
    return _Outcome(records, bench, _gone(records, bench, indirect=policy.indirect)).choice()


def _safe(
    records: Iterable[ImageRecord], policy: Policy, pinned: Collection[str], spared: Mapping[str, str]
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


@dataclass(slots=True)
class _Bench:
    """The verdicts on the pairs of one group. `ahead`: per loser its winners; `behind`: per winner its
    losers; `open`: per image those it matches without a verdict."""

    judge: Judge
    safe: Mapping[str, str]
    pinned: frozenset[str]
    ahead: dict[str, dict[str, Ruling]] = field(default_factory=lambda: defaultdict(dict))
    behind: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    open: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def judge_link(self, link: ComparedPair) -> None:
        """Add the verdict on these two."""
        found = self._by_safety(link) or self.judge.verdict(link)
        if found is None:
            self._leave_open(link.a, link.b)
        else:
            self._add(found)

    def judge_twin(self, link: ComparedPair, head: ImageRecord, twin: ImageRecord) -> None:
        """What goes before the head goes before its twin; a verdict of its own could contradict that, since
        the twin may be of a better format."""
        other = link.b if link.a.id == head.id else link.a
        found = self.ahead.get(head.id, {}).get(other.id)
        if found is not None:
            own = self.judge.verdict(replace(link, a=twin, b=other, said=_seen_from(link, head)))
            same = own is not None and own.winner == other.id
            words = own.words if own and same else f"{other.filename} goes before {head.filename}, its twin"
            self._add(replace(found, loser=twin.id, words=words))
        elif other.id in self.open.get(head.id, ()):
            self._leave_open(twin, other)

    def _add(self, found: Ruling) -> None:
        self.ahead[found.loser][found.winner] = found
        self.behind[found.winner].append(found.loser)

    def _leave_open(self, a: ImageRecord, b: ImageRecord) -> None:
        self.open[a.id].add(b.id)
        self.open[b.id].add(a.id)

    def order(self, link: ComparedPair) -> int:
        """Below 0 where a goes before b, of twins: what stays anyway first, then by the rules."""
        one, other = ((r.id not in self.pinned, r.id not in self.safe) for r in (link.a, link.b))
        if one != other:
            return -1 if one < other else 1
        found = self.judge.verdict(link)
        return -1 if found and found.winner == link.a.id else 1

    def _by_safety(self, link: ComparedPair) -> Ruling | None:
        """What was chosen by hand goes before all; what stays anyway before what is equal to it."""
        equal = link.equal or self.judge.policy.decide_unsure
        for one, other in ((link.a, link.b), (link.b, link.a)):
            if one.id in self.pinned and other.id not in self.safe:
                return Ruling(one.id, other.id, BY_HAND, f"{one.filename} was chosen by hand", -1)
            if one.id in self.safe and other.id not in self.safe and equal:
                return Ruling(one.id, other.id, PROTECTED, f"{one.filename} must stay", -1)
        return None


def _seen_from(link: ComparedPair, first: ImageRecord) -> tuple[Sequence[str], Sequence[str]]:
    return link.said if link.a.id == first.id else link.said[::-1]


def _gone(records: Mapping[str, ImageRecord], bench: _Bench, *, indirect: bool) -> set[str]:
    """Those that go: an image stays where nothing that stays goes before it (`indirect`: nothing at all).
    Where verdicts contradict each other in a circle, all of it stays."""
    waiting = {image_id: len(bench.ahead.get(image_id, ())) for image_id in records}
    goes: dict[str, bool] = {}
    ready = deque((i, False) for i in records if i in bench.safe or not waiting[i])
    while ready:
        image_id, going = ready.popleft()
        if image_id in goes:
            continue
        goes[image_id] = going
        for loser in bench.behind.get(image_id, ()):
            waiting[loser] -= 1
            if indirect or not going:
                ready.append((loser, True))
            elif not waiting[loser]:
                ready.append((loser, False))
    return {image_id for image_id, going in goes.items() if going}


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What stays and goes of a group, to be put into words."""

    records: Mapping[str, ImageRecord]
    bench: _Bench
    gone: Collection[str]

    def choice(self) -> Choice:
        staying = [image_id for image_id in self.records if image_id not in self.gone]
        keeper = min(staying, key=self._rank)
        stand_in = {image_id: self._stand_in(image_id) for image_id in sorted(self.gone)}
        unsure = {i for i in staying if i not in self.bench.safe and self._unsure(i)}
        removed = tuple(Removal(i, kept, self._why_gone(i, kept)) for i, kept in stand_in.items())
        steps, decided = self._why_kept(keeper, [i for i, kept in stand_in.items() if kept == keeper])
        protects = self.bench.judge.policy.protects
        return Choice(
            keeper, steps, decided,
            {i: self._why_too(i, keeper, unsure) for i in staying if i != keeper},
            removed,
            frozenset(i for i, record in self.records.items() if protects(record)),
            frozenset(unsure),
        )  # fmt: skip

    def _rank(self, image_id: str) -> tuple[object, ...]:
        """The best of those that stay goes first: chosen, protected, before most others, best by the
        rules."""
        bench = self.bench
        return (
            image_id not in bench.pinned, image_id not in bench.safe, -len(bench.behind.get(image_id, ())),
            bench.judge.rank(self.records[image_id]), image_id in bench.judge.copies, image_id,
        )  # fmt: skip

    def _stand_in(self, image_id: str) -> str:
        """The best of those that stay and go before it, if need be (`indirect`) through others."""
        seen: set[str] = {image_id}
        found: set[str] = set()
        ahead = [image_id]
        while ahead:
            winners = [w for i in ahead for w in self.bench.ahead.get(i, ()) if w not in seen]
            seen.update(winners)
            found.update(w for w in winners if w not in self.gone)
            if found:
                break
            ahead = winners
        return min(found, key=self._rank)

    def _unsure(self, image_id: str) -> list[str]:
        """Those that stay and may be the original of this one, or it theirs."""
        open_, ahead = self.bench.open.get(image_id, set()), self.bench.ahead.get(image_id, {})
        return sorted(i for i in {*open_, *ahead} if i not in self.gone)

    def _why_gone(self, image_id: str, keeper: str) -> str:
        found = self.bench.ahead[image_id].get(keeper)
        name = self.records[keeper].filename
        return found.words if found else f"a duplicate of {name}, which stays, through others"

    def _why_kept(self, keeper: str, behind: Sequence[str]) -> tuple[str, str]:
        """Why it stays, and the label of what settled it."""
        safe = self.bench.safe.get(keeper)
        if safe is not None:
            by_hand = keeper in self.bench.pinned
            words = "it was chosen by hand" if by_hand else safe
            return f"kept because {words}", BY_HAND if by_hand else PROTECTED
        found = sorted((v for i in behind if (v := self.bench.ahead[i].get(keeper))), key=self._of_best_loser)
        if not found:
            return self._why_alone(keeper)
        steps = list({v.place: v for v in reversed(found)}.values())[::-1]
        told: set[str] = set()
        said = []
        for step in steps:
            ties = [subject for subject in step.ties if subject not in told]
            told |= {*step.ties, self._subject(step)}
            said.append((f"tie on {', '.join(ties)} → " if ties else "") + step.words)
        return "kept because " + "; ".join(said), steps[-1].label

    def _why_alone(self, keeper: str) -> tuple[str, str]:
        if not self._unsure(keeper):
            return "kept because it is the only one left", BY_ID
        return "not sure: nothing shows which is the edited one", UNSURE

    def _of_best_loser(self, found: Ruling) -> tuple[object, ...]:
        return found.place, self.bench.judge.rank(self.records[found.loser]), found.loser

    def _subject(self, found: Ruling) -> str:
        criteria = self.bench.judge.policy.criteria
        return criteria[found.place].subject if 0 <= found.place < len(criteria) else found.label

    def _why_too(self, image_id: str, keeper: str, unsure: Collection[str]) -> str:
        safe = self.bench.safe.get(image_id)
        if safe is not None:
            return safe
        if (found := self.bench.ahead.get(keeper, {}).get(image_id)) is not None:
            return found.words
        if image_id not in unsure:
            return f"it does not match {self.records[keeper].filename} directly"
        others = self._unsure(image_id)
        other = self.records[keeper if keeper in others else others[0]].filename
        if self.bench.ahead.get(image_id, {}).keys() & set(others):
            return f"not sure: what shows an edit of it or of {other} contradicts itself"
        return f"not sure whether it or {other} is the edited one"
