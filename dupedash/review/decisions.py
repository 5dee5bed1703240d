"""Decisions of people about pairs and groups, kept by the images' content.

A decision is about two or more images. Each is known by the SHA-256 of its file and, as a second key, that of
its pixels: so a decision survives renaming, moving, rescans, other thresholds, and new metadata in the file.
Byte-identical copies count one by one: of "keep both" a third copy is not part, so it is asked about again.
An image of a Flow server has neither hash, so there its collection and id stand in: decisions about such
images last as long as their ids do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import combinations, product

import numpy as np

from dupedash.groups.graph import Cut, Matches
from dupedash.model import ImageRecord


class Verdict(StrEnum):
    """What somebody decided about a pair or group. OPEN takes an earlier decision back."""

    DUPLICATE = "duplicate"
    NOT_DUPLICATE = "not a duplicate"
    KEEP_ALL = "keep all"
    SERIES = "series"
    OPEN = "open"


HELD = frozenset({Verdict.KEEP_ALL, Verdict.SERIES})
"""Groups of which nothing is ever removed."""


@dataclass(frozen=True, slots=True, order=True)
class ImageKey:
    """What an image is known by.

    content  SHA-256 of the file, or "id:COLLECTION:ID"
    pixels   SHA-256 of the upright pixels, or ""
    """

    content: str
    pixels: str = ""


def image_key(record: ImageRecord, collection: str) -> ImageKey:
    """The key of an image; `collection` is the collection's name."""
    if record.content is None:
        return ImageKey(f"id:{collection}:{record.id}")
    return ImageKey(record.content, record.pixels or "")


@dataclass(frozen=True, slots=True)
class Kept:
    """An image that was chosen to stay. `id` tells it from others of the same content, while it is there."""

    image: ImageKey
    id: str = ""

    def may_be(self, image: ImageKey) -> bool:
        """The same file, else the same pixels."""
        same = self.image.pixels != "" and self.image.pixels == image.pixels
        return same or self.image.content == image.content


@dataclass(frozen=True, slots=True)
class Decision:
    """The latest decision about one pair or group of images.

    subject    its number in the store
    images     sorted
    when       UTC
    revision   how often these images were decided: what `ReviewStore.decide` wants to be told
    keepers    those of `images` that shall stay, where somebody chose them
    """

    subject: int
    images: tuple[ImageKey, ...]
    verdict: Verdict
    who: str
    when: datetime
    note: str = ""
    revision: int = 1
    keepers: tuple[Kept, ...] = ()

    def staying(self, images: Mapping[str, ImageKey]) -> frozenset[str]:
        """Those of these images (id → key) that were chosen to stay: one for each that was chosen.

        The same image where it is there, else one with the same bytes, else one with the same pixels.
        """
        taken = {k.id for k in self.keepers if k.id in images and k.may_be(images[k.id])}
        left = [kept for kept in self.keepers if kept.id not in taken]
        for name in (_content, _pixels):
            homes: dict[str, list[str]] = {}
            for image_id in sorted(images.keys() - taken, reverse=True):
                homes.setdefault(name(images[image_id]), []).append(image_id)
            homes.pop("", None)
            left = [kept for kept in left if not _take(homes.get(name(kept.image)), taken)]
        return frozenset(taken)


def _take(home: list[str] | None, taken: set[str]) -> bool:
    """Take the last one; False where there is none."""
    if not home:
        return False
    taken.add(home.pop())
    return True


def _content(image: ImageKey) -> str:
    return image.content


def _pixels(image: ImageKey) -> str:
    return image.pixels


class Decisions:
    """All current decisions, indexed: a snapshot that answers without asking the store."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._all = {decision.subject: decision for decision in decisions}

    def __len__(self) -> int:
        return sum(decision.verdict is not Verdict.OPEN for decision in self._all.values())

    def __iter__(self) -> Iterator[Decision]:
        return iter(self._all.values())

    @cached_property
    def _by_key(self) -> dict[str, set[int]]:
        """Content or pixels → subjects with such an image."""
        found: dict[str, set[int]] = {}
        for decision in self._all.values():
            for image in decision.images:
                for key in (image.content, image.pixels):
                    if key:
                        found.setdefault(key, set()).add(decision.subject)
        return found

    def touching(self, image: ImageKey) -> set[int]:
        """The subjects in which this image is."""
        return self._by_key.get(image.content, set()) | self._by_key.get(image.pixels, set())

    def covering(self, images: Sequence[ImageKey]) -> list[Decision]:
        """The decisions about all of these images (and perhaps more), latest first."""
        common = self.touching(images[0]) if images else set()
        for image in images[1:]:
            if not common:
                break
            common &= self.touching(image)
        fitting = [self._all[s] for s in common if _fits(images, self._all[s].images)]
        return sorted(fitting, key=lambda d: (d.when, d.subject), reverse=True)

    def of(self, images: Sequence[ImageKey]) -> Decision | None:
        """What holds for this pair or group: the latest decision that covers it and was not taken back."""
        return next((d for d in self.covering(images) if d.verdict is not Verdict.OPEN), None)

    def about(self, images: Sequence[ImageKey]) -> Decision | None:
        """The decision about exactly this set, taken back or not: its revision is needed to decide anew."""
        return next((d for d in self.covering(images) if len(d.images) == len(images)), None)

    def revision(self, images: Sequence[ImageKey]) -> int:
        """How often exactly this set was decided; 0: never."""
        decision = self.about(images)
        return decision.revision if decision else 0

    def with_verdict(self, *verdicts: Verdict) -> list[Decision]:
        """The current decisions of these kinds."""
        return [decision for decision in self._all.values() if decision.verdict in verdicts]


def _fits(images: Sequence[ImageKey], among: Sequence[ImageKey]) -> bool:
    """Each image has its own one of `among`: the same file, else the same pixels."""
    if len(images) > len(among):
        return False
    left = list(among)
    unplaced = []
    for image in images:
        same = next((n for n, other in enumerate(left) if other.content == image.content), None)
        if same is None:
            unplaced.append(image)
        else:
            del left[same]
    pixels = Counter(other.pixels for other in left)
    wanted = Counter(image.pixels for image in unplaced)
    return "" not in wanted and wanted <= pixels


def apply_decisions(matches: Matches, keys: Mapping[str, ImageKey], decisions: Decisions) -> Matches:
    """The matches without the pairs that were decided not to be duplicates. `keys`: id → key of its image.

    A later decision "duplicate" (or "series" …) about a set with the same pair brings the pair back.
    """
    at: dict[str, list[int]] = {}
    for index, image_id in enumerate(matches.ids):
        if key := keys.get(image_id):
            for part in {key.content, key.pixels} - {""}:
                at.setdefault(part, []).append(index)
    rejected: set[tuple[int, int]] = set()
    for decision in decisions.with_verdict(Verdict.NOT_DUPLICATE):
        for first, second in combinations(decision.images, 2):
            both = product(_indices(first, at), _indices(second, at))
            rejected |= {(min(a, b), max(a, b)) for a, b in both if a != b}
    ids = matches.ids
    pairs = [(a, b) for a, b in rejected if _rejected([keys[ids[a]], keys[ids[b]]], decisions)]
    if not pairs:
        return matches
    size = np.int64(len(matches.ids))
    code = matches.a.astype(np.int64) * size + matches.b
    kept = ~np.isin(code, np.array([a * size + b for a, b in pairs], np.int64))
    return matches.take(kept)


def _indices(image: ImageKey, at: Mapping[str, list[int]]) -> set[int]:
    return {*at.get(image.content, ()), *(at.get(image.pixels, ()) if image.pixels else ())}


def _rejected(pair: Sequence[ImageKey], decisions: Decisions) -> bool:
    decision = decisions.of(pair)
    return decision is not None and decision.verdict is Verdict.NOT_DUPLICATE


PAIR_BY_PAIR = "pair by pair"


def standing(images: Sequence[ImageKey], decisions: Decisions) -> str | None:
    """What was decided about a group: a verdict, or PAIR_BY_PAIR; None where it is open."""
    if not all(decisions.touching(image) for image in images):
        return None
    decision = decisions.of(images)
    if decision is not None:
        return str(decision.verdict)
    return PAIR_BY_PAIR if _joined(images, decisions) else None


def group_standings(cut: Cut, keys: Mapping[str, ImageKey], decisions: Decisions) -> dict[int, str]:
    """Group number → what was decided, of those groups that are decided.

    `keys`: id → key, at least of the images that some decision is about.
    """
    homes = Counter(number for number in map(cut.find, keys) if number is not None)
    whole = sorted(number for number, count in homes.items() if count == cut.sizes[number])
    found = {n: standing([keys[i] for i in cut.members(n)], decisions) for n in whole}
    return {number: said for number, said in found.items() if said is not None}


def _joined(images: Sequence[ImageKey], decisions: Decisions) -> bool:
    """Decided pairs link all the images together."""
    left, reached = set(range(1, len(images))), [0]
    while reached and left:
        here = images[reached.pop()]
        near = {n for n in left if decisions.of([here, images[n]])}
        left -= near
        reached += near
    return not left


def spared(images: Mapping[str, ImageKey], decisions: Decisions) -> dict[str, str]:
    """id → reason, for those of a group that stay: they were decided "keep all" or "series" together."""
    members: dict[int, list[str]] = {}
    for image_id, image in images.items():
        for subject in decisions.touching(image):
            members.setdefault(subject, []).append(image_id)
    reasons: dict[str, str] = {}
    for decision in decisions.with_verdict(*HELD):
        together = members.get(decision.subject, [])
        holds = decisions.of([images[i] for i in together]) if len(together) > 1 else None
        if holds and holds.verdict in HELD:
            reasons |= dict.fromkeys(together, f"decided: {holds.verdict} ({holds.who})")
    return reasons
