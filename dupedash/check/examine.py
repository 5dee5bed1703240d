"""Check images against a collection and against each other; each is analysed once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from dupedash.check.gate import Answer, Finding, Gate
from dupedash.check.intake import Item
from dupedash.collection import Collection
from dupedash.errors import Cancelled, CollectionError, UnknownImage, UnreadableImage
from dupedash.model import (
    ByAnalysis,
    ByData,
    ById,
    ChangeKind,
    DuplicateQuery,
    Explanation,
    Failure,
    Hit,
    IsCancelled,
    Progress,
    ReportProgress,
    ignore,
    never,
)
from dupedash.review import Decisions, ImageKey, Verdict, image_key

_LARGE = 64 << 20  # bytes: as many of these as there are threads fit into the memory of any machine
_large = threading.Lock()
_IDENTICAL = Explanation(kinds=(ChangeKind.IDENTICAL_FILE,))


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one image.

    finding    against the collection and the earlier images of the batch
    answer     what the gate does with it
    hits       images of the collection, best first
    inside     earlier images of the batch, best first; a hit's id is their `item.name`
    truncated  there are more hits than were asked for
    analysis   to be reused when it is added; None for images of the collection
    content    SHA-256 (hex) of the file; "" for images of the collection
    known_as   id of the document that is this very file, where it is in the collection already
    left_out   hits that people decided not to be duplicates of this image
    """

    item: Item
    finding: Finding
    answer: Answer
    hits: tuple[Hit, ...] = ()
    inside: tuple[Hit, ...] = ()
    truncated: bool = False
    analysis: Any = field(default=None, repr=False)
    content: str = ""
    known_as: str | None = None
    left_out: int = 0

    @property
    def best(self) -> Hit | None:
        """The hit that decided: an identical file, else the best score."""
        return max((*self.hits, *self.inside), key=lambda hit: (_same_file(hit), hit.score), default=None)

    def words(self, called: Callable[[str], str] = str) -> str:
        """ "near copy of 17 (score 0.83, cropped to 72 %)". `called`: an image's id → what people call it."""
        best = self.best
        if best is None or self.finding is Finding.NEW:
            return str(self.finding)
        why = f", {best.explanation.words()}" if best.explanation else ""
        link = (
            "like" if self.finding is Finding.UNSURE else "as" if self.finding is Finding.SAME_FILE else "of"
        )
        return f"{self.finding} {link} {called(best.id)} (score {best.score:.2f}{why})"


@dataclass(frozen=True, slots=True)
class Report:
    """A checked batch, in the order it came. `inside` says how images of the batch were compared."""

    checked: tuple[Checked, ...]
    failures: tuple[Failure, ...]
    inside: str
    seconds: float

    def count(self, finding: Finding) -> int:
        """How many images are so."""
        return sum(one.finding is finding for one in self.checked)

    def judged(self, gate: Gate) -> Report:
        """The same hits by other rules. Nothing is searched again: what was not found stays away."""
        return replace(
            self, checked=tuple(_judged(_above(one, gate.bands.unsure), gate) for one in self.checked)
        )


CompareInside = Callable[[Sequence[Checked], float], dict[tuple[int, int], Hit] | None]
"""Analysed images and a floor → (later, earlier) → the hit; None where these analyses cannot be compared."""


def check_images(
    collection: Collection,
    items: Iterable[Item | Failure],
    gate: Gate,
    *,
    fq: Sequence[str] = (),
    how: DuplicateQuery | None = None,
    decisions: Decisions | None = None,
    inside: CompareInside | None = None,
    workers: int = 2,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> Report:
    """Check every image: against what `fq` admits of the collection, and against the images before it.

    Pairs that were decided not to be duplicates (`decisions`) are left out. Unreadable images are failures of
    the report. `workers` threads read and ask at the same time; an image's bytes are let go once it is
    analysed. Raises CollectionError, QueryError, Cancelled.
    """
    started = time.monotonic()
    checked: list[Checked] = []
    failures: list[Failure] = []
    total = len(items) if isinstance(items, Sized) else None
    for outcome in check_each(collection, items, gate, fq=fq, how=how, decisions=decisions, workers=workers):
        if cancelled():
            raise Cancelled("The check was stopped; nothing was added.")
        if isinstance(outcome, Failure):
            failures.append(outcome)
        else:
            checked.append(outcome)
        done, seconds = len(checked) + len(failures), time.monotonic() - started
        progress(Progress("check", done, total, seconds, failures=len(failures)))
    compared, how_compared = check_inside(checked, gate, inside)
    return Report(tuple(compared), tuple(failures), how_compared, time.monotonic() - started)


def check_each(
    collection: Collection,
    items: Iterable[Item | Failure],
    gate: Gate,
    *,
    fq: Sequence[str] = (),
    how: DuplicateQuery | None = None,
    decisions: Decisions | None = None,
    workers: int = 2,
) -> Iterator[Checked | Failure]:
    """One after the other, in their order, each against the collection alone. Raises as `check_images`."""
    query = replace(how or DuplicateQuery(), threshold=gate.bands.unsure, fq=tuple(fq))
    rejected = _Rejected(collection, decisions or Decisions())
    for outcome in _in_order(items, lambda item: _checked(collection, item, query), workers):
        if isinstance(outcome, Failure):
            yield outcome
        else:
            yield _judged(rejected.taken_out(outcome), gate)


def _in_order(
    items: Iterable[Item | Failure], work: Callable[[Item], Checked | Failure], workers: int
) -> Iterator[Checked | Failure]:
    waiting: deque[Future[Checked | Failure]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(lambda one: one if isinstance(one, Failure) else work(one), item))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class _Rejected:
    """Takes the hits out that people decided not to be duplicates of the image."""

    def __init__(self, collection: Collection, decisions: Decisions) -> None:
        self.collection = collection
        self.decisions = decisions

    def taken_out(self, one: Checked) -> Checked:
        """An upload is known by its file, an image of the collection by its pixels, too."""
        if not len(self.decisions) or not one.hits:
            return one
        key = self._keys([one.item.id])[0] if one.item.id else ImageKey(one.content)
        try:
            keys = self._keys([hit.id for hit in one.hits])
        except UnknownImage:  # one was removed meanwhile
            return one
        kept = tuple(hit for hit, other in zip(one.hits, keys, strict=True) if not self._says(key, other))
        return replace(one, hits=kept, left_out=len(one.hits) - len(kept))

    def _keys(self, ids: Sequence[str]) -> list[ImageKey]:
        return [image_key(record, self.collection.name) for record in self.collection.records(ids)]

    def _says(self, one: ImageKey, other: ImageKey) -> bool:
        decision = self.decisions.of([one, other])
        return decision is not None and decision.verdict is Verdict.NOT_DUPLICATE


@contextmanager
def _one_large_at_a_time(size: int) -> Iterator[None]:
    """An image of hundreds of megabytes is held twice while it is sent to be read; of small ones many are."""
    with _large if size > _LARGE else nullcontext():
        yield


def _checked(collection: Collection, item: Item, query: DuplicateQuery) -> Checked | Failure:
    try:
        if item.read is None:
            found = collection.duplicates(ById(item.id), query)
            return Checked(item, Finding.NEW, Answer.ASK, found.hits, truncated=found.truncated)
        with _one_large_at_a_time(item.size):
            data = item.read()
            content = hashlib.sha256(data).hexdigest()
            analysis = collection.analyze(ByData(data, item.name))
            del data
        found = collection.duplicates(ByAnalysis(analysis), query)
    except UnreadableImage as error:
        return Failure(item.name, error.reason)
    except UnknownImage as error:
        return Failure(item.name, str(error))
    hits, known_as = _without_itself(collection, found.hits, item.location, content)
    return Checked(item, Finding.NEW, Answer.ASK, hits, (), found.truncated, analysis, content, known_as)


def _without_itself(
    collection: Collection, hits: Sequence[Hit], location: str, content: str
) -> tuple[tuple[Hit, ...], str | None]:
    """The hits without the image itself, identical files marked; and its id, where it is there already."""
    try:
        records = collection.records([hit.id for hit in hits])
    except UnknownImage:  # one was removed meanwhile
        return tuple(hits), None
    others: list[Hit] = []
    known_as = None
    for hit, record in zip(hits, records, strict=True):
        if location and record.location == location and known_as is None:
            known_as = hit.id
        elif record.content == content and hit.explanation is None:
            others.append(replace(hit, explanation=_IDENTICAL))
        else:
            others.append(hit)
    return tuple(others), known_as


def _judged(one: Checked, gate: Gate) -> Checked:
    finding = gate.bands.finding(one.best)
    answer = gate.answer(finding)
    if one.known_as is not None and answer in (Answer.ADD, Answer.LINK):
        answer = Answer.REJECT  # it is in the collection already
    return replace(one, finding=finding, answer=answer)


def _above(one: Checked, floor: float) -> Checked:
    """Without the hits below the floor."""
    hits, inside = (tuple(hit for hit in hits if hit.score >= floor) for hits in (one.hits, one.inside))
    return replace(one, hits=hits, inside=inside)


def _same_file(hit: Hit) -> bool:
    return hit.explanation is not None and ChangeKind.IDENTICAL_FILE in hit.explanation.kinds


def check_inside(
    checked: Sequence[Checked], gate: Gate, compare: CompareInside | None
) -> tuple[list[Checked], str]:
    """With the hits among earlier images of the batch, and how they were found."""
    places = [n for n, one in enumerate(checked) if one.analysis is not None]
    if len(places) < 2:
        return list(checked), "one image"
    hits = _same_files(checked, places)
    how_compared = "identical files only: these analyses cannot be compared here"
    try:
        found = compare([checked[n] for n in places], gate.bands.unsure) if compare else None
    except CollectionError as error:
        found, how_compared = None, f"identical files only: {error}"
    if found is not None:
        how_compared = "compared with each other"
        for (later, earlier), hit in found.items():
            hits.setdefault((places[later], places[earlier]), hit)
    by_place: dict[int, list[Hit]] = {}
    for (later, _earlier), hit in hits.items():
        by_place.setdefault(later, []).append(hit)
    for place, some in by_place.items():
        some.sort(key=lambda hit: (-hit.score, hit.id))
        by_place[place] = some
    return [
        _judged(replace(one, inside=tuple(by_place[n])), gate) if n in by_place else one
        for n, one in enumerate(checked)
    ], how_compared


def _same_files(checked: Sequence[Checked], places: Sequence[int]) -> dict[tuple[int, int], Hit]:
    first: dict[str, int] = {}
    hits = {}
    for place in places:
        earlier = first.setdefault(checked[place].content, place)
        if earlier != place:
            hits[place, earlier] = Hit(checked[earlier].item.name, 1.0, _IDENTICAL)
    return hits
