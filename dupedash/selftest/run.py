"""A self-test: copies of some images of a collection are made in memory and looked up in it, all as uploads
are checked. Nothing is added."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import cv2
import numpy as np

from dupedash.collection import Collection
from dupedash.errors import Cancelled, ConfigError, UnreadableImage
from dupedash.model import (
    FLOOR,
    NEAR,
    ByData,
    ById,
    DuplicateQuery,
    Hit,
    ImageRecord,
    IsCancelled,
    Progress,
    ReportProgress,
    ignore,
    never,
)
from dupedash.selftest.changed import CHANGES, Change, Pixels, as_jpeg, from_file
from dupedash.selftest.result import SelfTest, Trial

IMAGES = 50
SIDE, SMALL = 1024, 160
"""Long side in pixels of the pictures that are changed (what messengers and web sites send is about so
large), and of those that are shown."""
SHOWN = 60
"""Failed copies whose pictures are kept: what a person looks through."""
_SEED = 5
_AT_ONCE = 200  # records that are asked for at a time
_HOW = DuplicateQuery(threshold=FLOOR, explain=False)


@dataclass(frozen=True, slots=True)
class Original:
    """An image, its picture, and the ids of what matches it in the collection, itself included. `number`: in
    the order in which they were chosen."""

    number: int
    record: ImageRecord
    pixels: Pixels
    known: frozenset[str]


def run_selftest(
    collection: Collection,
    images: int = IMAGES,
    *,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> SelfTest:
    """Try copies of so many images. The same images are chosen as long as the collection is the same.

    Raises CollectionError, ConfigError where no image can be compared or its picture be had, Cancelled.
    """
    began = time.monotonic()
    originals, unread = _originals(collection, images, progress, cancelled)
    if not originals:
        raise ConfigError(
            f"No picture of {collection.name} can be tried: there is none that can be compared and read. "
            "Of a Flow server, say where its pictures are (--images)."
        )
    trials = _with_few_pictures(list(_trials(collection, originals, progress, cancelled)))
    seconds = round(time.monotonic() - began, 1)
    return SelfTest(collection.name, datetime.now(UTC), len(originals), unread, seconds, trials)


def chosen(collection: Collection) -> Iterator[ImageRecord]:
    """The images that can be compared in an order of chance, of each picture one."""
    ids, seen = np.array(collection.ids(), object), set[str]()
    np.random.default_rng(_SEED).shuffle(ids)
    for start in range(0, len(ids), _AT_ONCE):
        for record in collection.records(ids[start : start + _AT_ONCE].tolist()):
            picture = record.pixels or record.id
            if record.skipped is None and picture not in seen:
                seen.add(picture)
                yield record


def _originals(
    collection: Collection, images: int, progress: ReportProgress, cancelled: IsCancelled
) -> tuple[list[Original], int]:
    """So many images, and how many were passed over since their pictures cannot be had."""
    began, found, unread = time.monotonic(), list[Original](), 0
    for record in chosen(collection):
        if len(found) == images or unread > 2 * images:
            break
        if cancelled():
            raise Cancelled("The self-test was stopped.")
        original = _original(collection, len(found), record)
        found += [] if original is None else [original]
        unread += original is None
        progress(Progress("choosing images", len(found), images, time.monotonic() - began))
    return found, unread


def _original(collection: Collection, number: int, record: ImageRecord) -> Original | None:
    """None where its picture cannot be had."""
    data = collection.picture(record.id, SIDE)
    pixels = None if data is None else from_file(data)
    if pixels is None or pixels.ndim != 3:
        return None
    known = collection.duplicates(ById(record.id), _HOW).hits
    return Original(number, record, pixels, frozenset({record.id, *(hit.id for hit in known)}))


def _trials(
    collection: Collection, originals: Sequence[Original], progress: ReportProgress, cancelled: IsCancelled
) -> Iterator[Trial]:
    """Every copy, some at a time: while one is looked up others are made."""
    work = [(original, place) for original in originals for place in range(len(CHANGES))]
    began, workers = time.monotonic(), os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, len(work), 4 * workers):
            if cancelled():
                raise Cancelled("The self-test was stopped.")
            yield from pool.map(lambda one: _trial(collection, *one), work[start : start + 4 * workers])
            done = min(len(work), start + 4 * workers)
            progress(Progress("trying copies", done, len(work), time.monotonic() - began))


def _trial(collection: Collection, original: Original, place: int) -> Trial:
    change = CHANGES[place]
    copy = change.make(original.pixels, np.random.default_rng([_SEED, place, original.number])).pixels
    try:
        hits = collection.duplicates(ByData(as_jpeg(copy), f"{change.name}.jpg"), _HOW).hits
    except UnreadableImage:  # a copy that nothing can be seen of: it is not found
        hits = ()
    return _judged(collection, original, change, hits, copy)


def _judged(
    collection: Collection, original: Original, change: Change, hits: Sequence[Hit], copy: Pixels
) -> Trial:
    record = original.record
    right = max((hit.score for hit in hits if hit.id in original.known), default=0.0)
    wrong = [hit for hit in hits if hit.id not in original.known]
    places = {r.id: r.location for r in collection.records([hit.id for hit in wrong])} if wrong else {}
    told = tuple((hit.id, places[hit.id], round(hit.score, 4)) for hit in wrong)
    trial = Trial(record.id, record.location, change.name, round(right, 4), told)
    failed = trial.missed(NEAR) or trial.mistaken(NEAR)
    return replace(trial, picture=_small(copy)) if failed else trial


def _small(pixels: Pixels) -> bytes:
    scale = SMALL / max(pixels.shape[:2])
    size = tuple(max(1, round(side * scale)) for side in pixels.shape[1::-1])
    return as_jpeg(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))


def _with_few_pictures(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Those of wrong matches first, then those that were missed most."""
    order = sorted(
        (n for n, trial in enumerate(trials) if trial.picture),
        key=lambda n: (not trials[n].mistaken(NEAR), trials[n].score),
    )
    kept = set(order[:SHOWN])
    return tuple(t if n in kept else replace(t, picture=b"") for n, t in enumerate(trials))
