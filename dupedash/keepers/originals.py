"""Which of two images that match is the original: read from why they match, nothing is looked at again.

A pair says it by what can be seen (a border, text, a view cut off, lost colours, noise), by a shape that no
camera makes, by what a camera wrote into one of them only. Mirrored and turned pictures, and shapes of which
either is usual, say it only in company: the one that differs so from most of the others is the edited one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain

from dupedash.formats import format_of
from dupedash.model import EXACT, ChangeKind, Edits, Explanation, ImageRecord

Explanations = Mapping[tuple[str, str], Explanation | Edits]
"""(id a, id b) → why they match; b is seen as made from a."""

Pair = tuple[str, str]
Kinds = tuple[ChangeKind, ...]
Unlike = Mapping[str, Kinds]
"""id → the ways in which it differs from most of those that it matches."""

_EITHER_WAY = (ChangeKind.MIRRORED, ChangeKind.TURNED, ChangeKind.ROTATED, ChangeKind.STRETCHED)
# Of cameras, screens, prints and paper, long side over short one.
_USUAL_SHAPES = (1, 5 / 4, 4 / 3, 7 / 5, 3 / 2, 16 / 10, 16 / 9, 2, 21 / 9, math.sqrt(2))
_AS_USUAL, _UNUSUAL = 0.012, 0.02
"""How far a shape is from a usual one, as a logarithm, to count as such, and not to."""
_WORDS = {ChangeKind.BORDERED: "border or frame added"}
_EXACT = EXACT - 1e-6
"""Scores are kept in single precision."""
_SAME_CONTENT = frozenset(
    {
        ChangeKind.IDENTICAL_FILE,
        ChangeKind.IDENTICAL_PIXELS,
        ChangeKind.RE_ENCODED,
        ChangeKind.RESIZED,
        ChangeKind.UPSCALED,
    }
)
_SAVED_AGAIN = frozenset({ChangeKind.UPSCALED, ChangeKind.CONVERTED, ChangeKind.COMPRESSED})
"""Signs of a copy that shows no other content."""
_OF_EITHER = frozenset({ChangeKind.SLIGHT})
"""One of two pictures was edited, and it cannot be seen which."""


def same_content(why: Explanation | Edits) -> bool:
    """Whether two images differ in size, format and compression only, as far as can be seen."""
    return _SAME_CONTENT.issuperset(why.kinds) and _SAVED_AGAIN.issuperset(why.edited_a + why.edited_b)


def equal_pairs(scored: Iterable[tuple[Pair, float]], why: Explanations) -> frozenset[Pair]:
    """Those that the engine holds for equal in content and that show no sign of an edit. `scored`: each with
    its score."""
    told = ((pair, why.get(pair)) for pair, score in scored if score >= _EXACT)
    return frozenset(pair for pair, edits in told if edits is None or same_content(edits))


def tells(edits: Edits | None, *, exact: bool) -> bool:
    """Whether a match shows by itself which of the two may go: either of equal ones, or the one that is
    edited."""
    if edits is None or (exact and same_content(edits)):
        return exact
    shown = without_saving(edits)
    return bool(shown.edited_a) != bool(shown.edited_b)


def without_saving(why: Explanation | Edits) -> Edits:
    """Without the signs that a copy was only saved in another way: of an edited picture and such a copy they
    do not tell which is nearer to the original."""
    no_signs = _SAVED_AGAIN | _OF_EITHER
    of_a, of_b = (tuple(k for k in kinds if k not in no_signs) for kinds in (why.edited_a, why.edited_b))
    return Edits(why.kinds, of_a, of_b)


def edited(
    a: ImageRecord, b: ImageRecord, why: Explanation | Edits, odd_a: Kinds = (), odd_b: Kinds = ()
) -> tuple[list[str], list[str]]:
    """What was done to a, and to b, in words; empty where it is not the edited one, or where that is open.

    odd_a, odd_b  the ways in which each is unlike most of those that it matches
    """
    found = [_words(record, kinds) for record, kinds in ((a, why.edited_a), (b, why.edited_b))]
    if ChangeKind.STRETCHED in why.kinds and (side := _odd_shape(a, b)) is not None:
        found[side].append(str(ChangeKind.STRETCHED))
    for said, own, others in ((found[0], odd_a, odd_b), (found[1], odd_b, odd_a)):
        odd = [str(kind) for kind in own if kind in why.kinds and kind not in others]
        said += [word for word in odd if word not in said]
    for side, word in _lacking(a, b):
        found[side].append(word)
    return found[0], found[1]


def made_of(a: ImageRecord, b: ImageRecord) -> tuple[list[str], list[str]]:
    """The same of two files with the same pixels: what a camera wrote is lost in a copy, and a lossless
    format may hold a lossy one's pixels, never the other way round."""
    said: tuple[list[str], list[str]] = ([], [])
    for side, word in _lacking(a, b):
        said[side].append(word)
    if any(said):
        return said
    if (lossless := [_is_lossless(record) for record in (a, b)]) in ([True, False], [False, True]):
        side = lossless.index(True)
        said[side].append(f"made from the {(b if side == 0 else a).format}")
    return said


def _words(record: ImageRecord, kinds: Kinds) -> list[str]:
    """The signs of one image. Files with the same pixels are told as one, so what was seen in a lossless copy
    may be told of the compressed file that it was made from: that one was not saved without loss."""
    no_signs = _OF_EITHER if _is_lossless(record) else _OF_EITHER | {ChangeKind.CONVERTED}
    return [_WORDS.get(kind, str(kind)) for kind in kinds if kind not in no_signs]


def _lacking(a: ImageRecord, b: ImageRecord) -> Iterator[tuple[int, str]]:
    """What one of the two files lacks and the other has, with the side that lacks it: 0 for a."""
    for lacks, word in _LACKS:
        if lacks(a, b) != lacks(b, a):
            yield (0 if lacks(a, b) else 1), word


def _damaged(one: ImageRecord, other: ImageRecord) -> bool:
    return bool(one.fields.get("damage")) and not other.fields.get("damage")


def _without(field: str, one: ImageRecord, other: ImageRecord) -> bool:
    return bool(other.fields.get(field)) and not one.fields.get(field)


def _fewer_frames(one: ImageRecord, other: ImageRecord) -> bool:
    """Of two animations or documents, or a view of a picture for two eyes; a still beside an animation is a
    picture of its own."""
    few, many = (_number(record.fields.get("frame_count")) for record in (one, other))
    return few < many and (few > 1 or one.format == other.format == "JPEG")


def _number(value: object) -> int:
    return value if isinstance(value, int) else 1


def _is_lossless(record: ImageRecord) -> bool:
    known = format_of(record.format)
    return known is not None and known.lossless


_LACKS = (
    (_damaged, "damaged"),
    (partial(_without, "has_video"), "without its video"),
    (_fewer_frames, "fewer frames or pages"),
    (partial(_without, "camera"), "no camera data"),
)
"""What tells a copy from its original in the files themselves."""


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


def unlike_the_others(pairs: Explanations) -> Unlike:
    """Per image the ways in which it differs from most of those that it matches (two at least)."""
    matches = Counter(chain.from_iterable(pairs))
    differing: Counter[tuple[str, ChangeKind]] = Counter()
    for pair, explanation in pairs.items():
        for kind in _either_way(explanation.kinds):
            differing.update((image_id, kind) for image_id in pair)
    found: dict[str, Kinds] = {}
    for (image_id, kind), count in sorted(differing.items()):
        if matches[image_id] > 1 and count * 2 > matches[image_id]:
            found[image_id] = (*found.get(image_id, ()), kind)
    return found


@lru_cache(maxsize=10_000)
def _either_way(kinds: Kinds) -> Kinds:
    return tuple(kind for kind in _EITHER_WAY if kind in kinds)
