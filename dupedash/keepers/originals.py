"""Which image of a group the others were made from: read from why they match, nothing is looked at again.

A pair says it by what can be seen (a border, text, a view cut off, lost colours), or by a shape that no
camera makes. Mirrored and turned pictures, and shapes of which either is usual, say it only in company: the
one that differs so from most of the others is the edited one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain

from dupedash.model import ChangeKind, Edits, Explanation, ImageRecord

Explanations = Mapping[tuple[str, str], Explanation | Edits]
"""(id a, id b) → why they match; b is seen as made from a."""

Kinds = tuple[ChangeKind, ...]

ORIGINAL = "the likely original"

_EITHER_WAY = (ChangeKind.MIRRORED, ChangeKind.TURNED, ChangeKind.ROTATED, ChangeKind.STRETCHED)
_USUAL_SHAPES = (1, 5 / 4, 4 / 3, 7 / 5, 3 / 2, 16 / 10, 16 / 9, 2, 21 / 9, math.sqrt(2))
_AS_USUAL, _UNUSUAL = 0.012, 0.02
"""How far a shape is from a usual one, as a logarithm, to count as such, and not to."""
_WORDS = {ChangeKind.BORDERED: "border or frame added"}


def originals(members: Sequence[ImageRecord], why: Explanations) -> list[tuple[float, str]]:
    """Rank and words of every member, in their order.

    The rank goes from 0, where none of its matches says that it is edited, down to -1, where every one does.
    """
    records = {member.id: member for member in members}
    pairs = {pair: e for pair, e in why.items() if pair[0] in records and pair[1] in records}
    matches = Counter(chain.from_iterable(pairs))
    unlike = _unlike_the_others(pairs, matches)
    edits: dict[str, int] = Counter()
    words: dict[str, dict[str, None]] = {image_id: {} for image_id in records}
    for (a, b), explanation in pairs.items():
        if not unlike and not _tells(explanation.kinds, explanation.edited_a, explanation.edited_b):
            continue  # of large groups most pairs are so
        for image_id, said in zip((a, b), edited(records[a], records[b], explanation), strict=True):
            odd = [str(kind) for kind in unlike.get(image_id, ()) if kind in explanation.kinds]
            said = [*said, *(word for word in odd if word not in said)]
            edits[image_id] += bool(said)
            words[image_id] |= dict.fromkeys(said)
    return [_standing(list(words[m.id]), edits[m.id], matches[m.id]) for m in members]


@lru_cache(maxsize=10_000)
def _tells(kinds: Kinds, edited_a: Kinds, edited_b: Kinds) -> bool:
    """Whether an explanation with these may say that one of the two is edited."""
    return bool(edited_a or edited_b or ChangeKind.STRETCHED in kinds)


def edited(a: ImageRecord, b: ImageRecord, why: Explanation | Edits) -> tuple[list[str], list[str]]:
    """What was done to a, and to b, in words; empty where it is not the edited one, or where that is open."""
    found = [[_WORDS.get(kind, str(kind)) for kind in kinds] for kinds in (why.edited_a, why.edited_b)]
    if ChangeKind.STRETCHED in why.kinds and (side := _odd_shape(a, b)) is not None:
        found[side].append(str(ChangeKind.STRETCHED))
    return found[0], found[1]


def _odd_shape(a: ImageRecord, b: ImageRecord) -> int | None:
    """0: a has a shape that is not usual, and b one that is; 1: the other way round."""
    off = [_from_usual(record) for record in (a, b)]
    for side in (0, 1):
        if off[side] > _UNUSUAL and off[1 - side] < _AS_USUAL:
            return side
    return None


def _from_usual(record: ImageRecord) -> float:
    if not record.width or not record.height:
        return (_AS_USUAL + _UNUSUAL) / 2  # says nothing either way
    shape = abs(math.log(record.width / record.height))
    return min(abs(shape - math.log(usual)) for usual in _USUAL_SHAPES)


def _unlike_the_others(pairs: Explanations, matches: Mapping[str, int]) -> dict[str, list[ChangeKind]]:
    """Per image the ways in which it differs from most of those that it matches (two at least)."""
    differing: Counter[tuple[str, ChangeKind]] = Counter()
    for pair, explanation in pairs.items():
        for kind in _either_way(explanation.kinds):
            differing.update((image_id, kind) for image_id in pair)
    found: dict[str, list[ChangeKind]] = {}
    for (image_id, kind), count in sorted(differing.items()):
        if matches[image_id] > 1 and count * 2 > matches[image_id]:
            found.setdefault(image_id, []).append(kind)
    return found


@lru_cache(maxsize=10_000)
def _either_way(kinds: Kinds) -> Kinds:
    return tuple(kind for kind in _EITHER_WAY if kind in kinds)


def _standing(words: Sequence[str], edits: int, matches: int) -> tuple[float, str]:
    if not edits:
        return 0.0, ORIGINAL
    return -edits / matches, f"an edited copy ({', '.join(words[:2])})"
