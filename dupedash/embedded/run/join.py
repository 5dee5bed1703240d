"""Compare many pictures at once: blocks of pictures are looked up and verified in worker processes.

The work is cut by pictures, in an order that depends on nothing but the pictures themselves (the digests of
their descriptors), so that a search that was stopped goes on after any part.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain

from dupedash.collection import FoundMatch, JoinPart, JoinRequest
from dupedash.compiled import to_compile
from dupedash.embedded.compare import pairs
from dupedash.embedded.run.blocks import Block, BlockSearch, Numbering, PictureMatch, Searched, search_alone
from dupedash.embedded.run.near import near_pairs
from dupedash.embedded.run.warm import WARM_UP
from dupedash.embedded.store.documents import Searchable
from dupedash.embedded.store.snapshot import DAMAGED, Snapshot
from dupedash.embedded.store.store import Store
from dupedash.errors import Cancelled, CollectionError, DupedashError, UnknownImage
from dupedash.model import Failure, IsCancelled, Progress, ReportProgress
from dupedash.workers import Done, NotStarted, Pool, WorkerLost, Workers

BLOCK = 64
"""Pictures in a part: to look 64 up at once costs a seventh less each than 32, and 128 cost hardly less."""
FEW = 1
"""So few blocks are searched by the helper: they take less time than worker processes need to start."""
CRASHED = "crashed the program that compares it"
ALL_PAIRS = 50
"""Of groups of identical images up to this size every pair is told; larger ones are told as a star."""


@dataclass(frozen=True)
class Sides:
    """Which documents of each picture are on which side of the comparison."""

    scope: Mapping[str, tuple[Searchable, ...]]
    against: Mapping[str, tuple[Searchable, ...]]
    fresh: frozenset[str] | None

    @cached_property
    def asked(self) -> set[str]:
        """The pictures to look up: the smaller side, or those with fresh documents."""
        if self.fresh is not None:
            fresh = self.fresh
            sides = (self.scope, self.against)
            return {p for side in sides for p, some in side.items() if any(m.id in fresh for m in some)}
        return set(self.scope if len(self.scope) <= len(self.against) else self.against)

    def members_of(self, picture: str) -> list[Searchable]:
        """The documents that show it, on either side."""
        some = {m.id: m for side in (self.scope, self.against) for m in side.get(picture, ())}
        return [some[image_id] for image_id in sorted(some)]

    def pairs_of(self, one: str, other: str) -> set[tuple[Searchable, Searchable]]:
        """The pairs of documents to be told for two matching pictures, the smaller id first."""
        return {
            (a, b) if a.id < b.id else (b, a)
            for left, right in ((one, other), (other, one))
            for a, b in _some(self.scope.get(left, ()), self.against.get(right, ()))
            if a.id != b.id and (self.fresh is None or a.id in self.fresh or b.id in self.fresh)
        }


def _some(left: Sequence[Searchable], right: Sequence[Searchable]) -> Iterable[tuple[Searchable, Searchable]]:
    """All pairs; of very many only those with the first of a side, which link as many documents."""
    if len(left) * len(right) <= ALL_PAIRS * ALL_PAIRS:
        return ((a, b) for a in left for b in right)
    return [(left[0], b) for b in right] + [(a, right[0]) for a in left]


def join(
    store: Store, snapshot: Snapshot, request: JoinRequest, progress: ReportProgress, cancelled: IsCancelled
) -> Iterator[JoinPart]:
    """The parts after `request.after`. Part 0: identical images; each other one: a block of pictures.

    Raises Cancelled, UnknownImage, CollectionError where no worker process can be had, ConfigError where the
    model of the collection cannot be used.
    """
    sides = _sides(store, snapshot, request)
    plan = _plan(snapshot, sides, request.series)
    blocks = plan.blocks(BLOCK)
    done = _done_images(blocks, sides)
    total = len(blocks) + 1
    if request.after < 0:
        failures = _failures(dict.fromkeys(snapshot.damaged, DAMAGED), sides)
        yield JoinPart(0, total, 0, tuple(identical(snapshot.pictures, sides)), failures)
    left = blocks[max(0, request.after) :]
    near = near_pairs(store, plan, progress, cancelled) if left else None
    search = BlockSearch(
        store.folder, plan, request.floor, request.approximate, request.smartfilter, request.without, near
    )
    number = total - len(left)
    if left and to_compile():
        progress(Progress("compiling the comparison once for this machine,", 0, None))
    for place, found in enumerate(_searched(search, left, cancelled)):
        if place == 0:  # until now processes started, and code may have been compiled: no measure of the rest
            started, skipped = time.monotonic(), done[number]
        progress(Progress("searching", done[number], done[-1], time.monotonic() - started, skipped))
        failures = _failures({plan.pictures[n]: reason for n, reason in found.failed.items()}, sides)
        matches = documents(found.matches, plan.pictures, sides)
        yield JoinPart(number, total, done[number], tuple(matches), failures)
        number += 1
    if number < total:
        raise Cancelled("The search was stopped.")


def _searched(search: BlockSearch, blocks: Sequence[Block], cancelled: IsCancelled) -> Iterator[Searched]:
    """What came of each block, in order; ends early when `cancelled`. None is searched here: it may crash."""
    alone = len(blocks) if len(blocks) <= FEW else int(to_compile())
    helped, left = _by_helper(search, blocks[:alone], cancelled), blocks[alone:]
    for outcome in chain(helped, _in_workers(search, left, min(os.cpu_count() or 1, len(left)), cancelled)):
        yield outcome.result if outcome.error is None else _one_by_one(search, outcome.task, cancelled)


@cache
def _helper() -> Pool:
    """One process that stays for the next search: starting another takes half a second."""
    pool = Pool(search_alone, jobs=1, warm_up=WARM_UP)
    atexit.register(pool.close)  # a thread that still waits for the process may abort the interpreter's end
    return pool


def _by_helper(search: BlockSearch, blocks: Sequence[Block], cancelled: IsCancelled) -> Iterator[Done]:
    for block in blocks:
        if cancelled():
            return
        try:
            yield Done(block, result=_helper().ask((search, block)))
        except DupedashError as error:
            yield _only_lost(Done(block, error=error), search)


def _one_by_one(search: BlockSearch, block: Block, cancelled: IsCancelled) -> Searched:
    """What came of a block whose process ended: each picture by itself, and one that ends it again fails."""
    alone = [Block((n,), (p,)) for n, p in zip(block.numbers, block.pictures, strict=True)]
    matches: list[PictureMatch] = []
    failed: dict[int, str] = {}
    for outcome in _in_workers(search, alone, 1, cancelled):
        if outcome.error is None:
            matches += outcome.result.matches
            failed |= outcome.result.failed
        else:
            failed[outcome.task.numbers[0]] = CRASHED
    if cancelled():
        raise Cancelled("The search was stopped.")
    return Searched(tuple(matches), failed)


def _in_workers(
    search: BlockSearch, blocks: Sequence[Block], jobs: int, cancelled: IsCancelled
) -> Iterator[Done]:
    """Each block in a worker process, in order; only a process that ended meanwhile is an outcome's error."""
    workers = Workers(BlockSearch.run, jobs, prepare=search.ready, warm_up=WARM_UP)
    for outcome in workers.run(blocks, ordered=True, cancelled=cancelled):
        yield _only_lost(outcome, search)


def _only_lost(outcome: Done, search: BlockSearch) -> Done:
    """The outcome, where it is a result or the process ended meanwhile. Raises CollectionError otherwise."""
    lost = isinstance(outcome.error, WorkerLost) and not isinstance(outcome.error, NotStarted)
    if outcome.error is not None and not lost:
        raise CollectionError(f"The search broke off: {outcome.error}.", search.store.name)
    return outcome


def _sides(store: Store, snapshot: Snapshot, request: JoinRequest) -> Sides:
    scope = _by_picture(store, snapshot, request.scope)
    against = scope if request.against is None else _by_picture(store, snapshot, request.against)
    return Sides(scope, against, request.fresh)


def _by_picture(store: Store, snapshot: Snapshot, ids: Sequence[str]) -> dict[str, tuple[Searchable, ...]]:
    grouped: dict[str, list[Searchable]] = {}
    for image_id in sorted(ids):
        member = snapshot.members.get(image_id)
        if member is None:
            raise UnknownImage(image_id, store.name)
        grouped.setdefault(member.pixels, []).append(member)
    return {picture: tuple(some) for picture, some in grouped.items()}


def _plan(snapshot: Snapshot, sides: Sides, series: Mapping[str, int]) -> Numbering:
    return Numbering.of(
        snapshot.segments,
        members=snapshot.pictures,
        scope=set(sides.scope),
        against=set(sides.against),
        asked=sides.asked,
        series=series,
    )


def _done_images(blocks: Sequence[Block], sides: Sides) -> list[int]:
    """Documents done after each part. What cannot be compared is done from the start."""
    members = {**sides.against, **sides.scope}
    counts = [sum(len(members[picture]) for picture in block.pictures) for block in blocks]
    done = [sum(len(some) for picture, some in members.items() if picture in sides.asked) - sum(counts)]
    for count in counts:
        done.append(done[-1] + count)
    return done


def identical(pictures: Mapping[str, tuple[Searchable, ...]], sides: Sides) -> Iterator[FoundMatch]:
    """The pairs of documents that show one picture, of those that are on both sides."""
    for picture in sorted(sides.scope.keys() & sides.against.keys()):
        if len(pictures[picture]) > 1:
            for a, b in sorted(sides.pairs_of(picture, picture), key=lambda pair: (pair[0].id, pair[1].id)):
                score, explanation = pairs.SAME_FILE if a.content == b.content else pairs.SAME_PIXELS
                yield FoundMatch(a.id, b.id, score, explanation)


def _failures(reasons: Mapping[str, str], sides: Sides) -> tuple[Failure, ...]:
    """The documents of the scan that show these pictures, which could not be compared."""
    shown = ((m, reasons[p]) for p in sorted(reasons) for m in sides.members_of(p))
    return tuple(Failure(member.id, reason) for member, reason in shown)


def documents(
    matches: Sequence[PictureMatch], pictures: Sequence[str] | Mapping[int, str], sides: Sides
) -> list[FoundMatch]:
    """The pairs of documents that show these pairs of pictures (numbers), in the order of their ids."""
    found = []
    for match in matches:
        one, other = pictures[match.one], pictures[match.other]
        for a, b in sides.pairs_of(one, other):
            explanation = match.forth if a.pixels == one else match.back
            found.append(FoundMatch(a.id, b.id, match.score, explanation))
    return sorted(found, key=lambda match: (match.a, match.b))
