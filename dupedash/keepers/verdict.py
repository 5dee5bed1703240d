"""Which of two images that match goes before the other, and why; or that it is not sure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from dupedash.keepers.criteria import OF_THE_FILE, Criterion, Rule, Standing, beats, standing
from dupedash.keepers.policy import Policy
from dupedash.model import ImageRecord

NAME, BY_ID = "plain name", "first id"
ORIGINAL = "original over edited"


@dataclass(frozen=True, slots=True)
class Ruling:
    """`winner` goes before `loser`: by `label`, said in `words`, after the criteria `ties` did not tell.

    place  of what decided among the criteria; it orders the reasons
    """

    winner: str
    loser: str
    label: str
    words: str
    place: int
    ties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """Two images of a group and what is known of them.

    equal   the engine holds them for equal in content
    twins   they have the same bytes or pixels
    said    what shows that a, and that b, is the edited one, in words
    """

    a: ImageRecord
    b: ImageRecord
    equal: bool
    twins: bool = False
    said: tuple[Sequence[str], Sequence[str]] = ((), ())


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges pairs of one group by a policy.

    copies  the images whose names say that they are copies
    edited  those that some pair of the group shows to be edited
    """

    policy: Policy
    copies: Collection[str]
    edited: Collection[str]
    _standings: dict[str, tuple[Standing | None, ...]] = field(default_factory=dict)

    def verdict(self, link: ComparedPair) -> Ruling | None:
        """Which of the two goes before the other; None: not sure."""
        equal = link.equal or self.policy.decide_unsure
        ties: list[str] = []
        for place, criterion in enumerate(self.policy.criteria):
            if criterion.rule in OF_THE_FILE and not equal:
                return None
            found = (
                self._by_edits(link, place)
                if criterion.rule is Rule.ORIGINAL
                else self._by_standing(link.a, link.b, place, criterion)
            )
            if found is not None:
                return replace(found, ties=tuple(ties))
            ties.append(criterion.subject)
        return replace(self._by_name(link.a, link.b), ties=tuple(ties)) if equal else None

    def rank(self, record: ImageRecord) -> tuple[float, ...]:
        """The place of an image by all criteria that look at it alone; the lower goes first."""
        return tuple(-found.rank for found in self._of(record) if found is not None)

    def _of(self, record: ImageRecord) -> tuple[Standing | None, ...]:
        known = self._standings.get(record.id)
        if known is None:
            known = tuple(
                None if c.rule is Rule.ORIGINAL else standing(c, record) for c in self.policy.criteria
            )
            self._standings[record.id] = known
        return known

    def _by_standing(
        self, a: ImageRecord, b: ImageRecord, place: int, criterion: Criterion
    ) -> Ruling | None:
        one, other = self._of(a)[place], self._of(b)[place]
        if one is None or other is None or one.rank == other.rank:
            return None
        if one.rank < other.rank:
            a, b, one, other = b, a, other, one
        return Ruling(a.id, b.id, criterion.label, beats(criterion, one, other), place)

    def _by_edits(self, link: ComparedPair, place: int) -> Ruling | None:
        of_a, of_b = link.said
        if not of_a and not of_b and link.equal and not link.twins:
            of_a, of_b = (["of another one"] if r.id in self.edited else [] for r in (link.a, link.b))
        if bool(of_a) == bool(of_b):
            return None
        winner, loser, said = (link.a, link.b, of_b) if of_b else (link.b, link.a, of_a)
        copy = "a copy" if link.twins else "an edited copy"
        words = f"{loser.filename} is {copy} ({', '.join(said[:2])})"
        return Ruling(winner.id, loser.id, ORIGINAL, words, place)

    def _by_name(self, a: ImageRecord, b: ImageRecord) -> Ruling:
        """Where all else is equal: plain names before those of copies, then the first id."""
        place = len(self.policy.criteria)
        first, second = sorted((a, b), key=lambda record: (record.id in self.copies, record.id))
        if second.id in self.copies and first.id not in self.copies:
            return Ruling(first.id, second.id, NAME, f"{second.filename} is named as a copy", place)
        words = f"the same by all criteria; {first.filename} comes first"
        return Ruling(first.id, second.id, BY_ID, words, place + 1)
