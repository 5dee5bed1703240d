"""The pairs of a group that are to be judged, with what is known of each.

Files with the same bytes or pixels always match, whether the scan lists the pair or not: of 900 identical
files it lists no 404,550 pairs. One of them, the head, stands for the others beside images of other pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cmp_to_key
from itertools import combinations, product

from dupedash.keepers.originals import Explanations, edited, made_of, unlike_the_others, without_saving
from dupedash.keepers.verdict import ComparedPair
from dupedash.model import Edits, ImageRecord

Pair = tuple[str, str]
Records = Mapping[str, ImageRecord]
Heads = Mapping[str, str]
"""id → the first of the files with its bytes or pixels."""


def twin_heads(records: Records, order: Callable[[ComparedPair], int]) -> Heads:
    """The heads. `order` of two twins: below 0 where the first goes before the second."""
    heads = {image_id: image_id for image_id in records}
    alike: dict[str, list[ImageRecord]] = defaultdict(list)
    for record in records.values():
        if key := record.pixels or record.content:
            alike[key].append(record)

    def in_order(a: ImageRecord, b: ImageRecord) -> int:
        return order(_twins(a, b))

    for twins in alike.values():
        if len(twins) > 1:
            first = min(twins, key=cmp_to_key(in_order))
            heads |= {twin.id: first.id for twin in twins}
    return heads


def twins_of(records: Records, heads: Heads) -> Iterator[ComparedPair]:
    """Each head with each of its twins."""
    return (_twins(records[head], records[i]) for i, head in heads.items() if i != head)


def _twins(a: ImageRecord, b: ImageRecord) -> ComparedPair:
    return ComparedPair(a, b, equal=True, twins=True, said=made_of(a, b))


def links_of(
    records: Records, heads: Heads, safe: Collection[str], links: Collection[Pair] | None,
    equal: Collection[Pair] | None, explanations: Explanations, apart: Collection[Pair] = (),
) -> Iterator[ComparedPair]:  # fmt: skip
    """The pairs of images with other pixels: of their heads, and of those that stay anyway.

    links  the pairs that match; None: all. What is known of a twin's pair counts for that of its head
    equal  those of them that are equal in content; None: all
    apart  those of which neither is an edited copy of the other
    """
    why = {pair: told for pair, told in explanations.items() if records.keys() >= set(pair)}
    unlike = unlike_the_others(why)
    matching = combinations(records, 2) if links is None else sorted({(min(p), max(p)) for p in links})
    found: dict[Pair, Pair] = {}
    for pair in matching:
        if pair[0] in records and pair[1] in records and heads[pair[0]] != heads[pair[1]]:
            for stands in _standing_for(pair, heads, safe):
                if stands == pair or stands not in found:
                    found[stands] = pair
    for (a, b), source in sorted(found.items()):
        one, other = source if heads[source[0]] == heads[a] else source[::-1]
        same = equal is None or source in equal
        told = _told(one, other, why) if same else without_saving(_told(one, other, why))
        said = edited(records[a], records[b], told, unlike.get(one, ()), unlike.get(other, ()))
        yield ComparedPair(records[a], records[b], same, said=((), ()) if source in apart else said)


def links_of_twins(
    records: Records, heads: Heads, safe: Collection[str], links: Iterable[ComparedPair]
) -> Iterator[tuple[ComparedPair, ImageRecord, ImageRecord]]:
    """Each pair of a head with its head and a twin of that."""
    twins: dict[str, list[ImageRecord]] = defaultdict(list)
    for image_id, head in heads.items():
        if image_id != head and image_id not in safe:
            twins[head].append(records[image_id])
    for link in links:
        for one in (link.a, link.b):
            yield from ((link, one, twin) for twin in twins.get(one.id, ()))


def shown_edited(links: Iterable[ComparedPair]) -> set[str]:
    """The images that some pair shows to be the edited one of the two."""
    sides = [
        (side, said) for link in links for side, said in ((link.a, link.said), (link.b, link.said[::-1]))
    ]
    return {side.id for side, (own, others) in sides if own and not others}


def _standing_for(pair: Pair, heads: Heads, safe: Collection[str]) -> Iterator[Pair]:
    """The pairs that are judged by this match, the smaller id first."""
    sides = ({heads[image_id], *({image_id} & set(safe))} for image_id in pair)
    return ((min(a, b), max(a, b)) for a, b in product(*sides))


def _told(a: str, b: str, why: Explanations) -> Edits:
    """What tells which of the two is edited, seen from a."""
    if (there := why.get((a, b))) is not None:
        return Edits(there.kinds, there.edited_a, there.edited_b)
    back = why.get((b, a))
    return Edits(back.kinds, back.edited_b, back.edited_a) if back else Edits()
