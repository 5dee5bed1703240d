"""Ask a collection about its images one by one, several at a time, answers in the order of the questions."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

from dupedash.collection import Collection, FoundMatch
from dupedash.errors import CollectionError, UnreadableImage
from dupedash.model import ById, ChangeKind, DuplicateQuery, Failure, Hits, IsCancelled

AHEAD = 4
"""So many questions for each worker are under way or waiting: one slow answer does not stop the others."""
MOST_ROWS = 10_000
"""Where not all hits were sent, it is asked once more for so many."""


@dataclass(frozen=True, slots=True)
class ImageAnswer:
    """What came back for one image. `failure`: refused for good; `trouble`: could not be asked just now."""

    id: str
    matches: tuple[FoundMatch, ...] = ()
    truncated: bool = False
    failure: Failure | None = None
    trouble: CollectionError | None = None


def ask_all(
    collection: Collection,
    ids: Sequence[str],
    how: DuplicateQuery,
    workers: int,
    cancelled: IsCancelled,
    without: Sequence[ChangeKind] = (),
) -> Generator[ImageAnswer]:
    """One answer per id, in order. When asked to stop it ends early: what is under way still comes."""
    waiting: deque[Future[ImageAnswer]] = deque()
    todo = iter(ids)
    with ThreadPoolExecutor(workers, thread_name_prefix="ask") as pool:
        try:
            while True:
                if cancelled():
                    waiting = deque(future for future in waiting if not future.cancel())
                else:
                    some = islice(todo, workers * AHEAD - len(waiting))
                    waiting.extend(pool.submit(ask, collection, image_id, how, without) for image_id in some)
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def ask(
    collection: Collection, image_id: str, how: DuplicateQuery, without: Sequence[ChangeKind] = ()
) -> ImageAnswer:
    """The duplicates of one image; no failure becomes an empty answer. Those that are told to match in a way
    of `without` are left out."""
    try:
        hits = collection.duplicates(ById(image_id), how)
        if hits.truncated and how.rows < MOST_ROWS:
            hits = collection.duplicates(ById(image_id), replace(how, rows=MOST_ROWS))
    except (UnreadableImage, CollectionError) as error:
        if isinstance(error, CollectionError) and error.may_pass:
            return ImageAnswer(image_id, trouble=error)
        return ImageAnswer(image_id, failure=Failure(image_id, str(error)))
    return ImageAnswer(image_id, _matches(image_id, _wanted(hits, without), how.threshold), hits.truncated)


def _wanted(hits: Hits, without: Sequence[ChangeKind]) -> Hits:
    """Those of which nothing is told stay."""
    kept = (h for h in hits.hits if h.explanation is None or not set(without) & set(h.explanation.kinds))
    return replace(hits, hits=tuple(kept)) if without else hits


def _matches(image_id: str, hits: Hits, floor: float) -> tuple[FoundMatch, ...]:
    """Approximate answers may fall below the floor. An explanation told the other way round is left out:
    the image's own answer tells it from the smaller id to the larger one."""
    return tuple(
        FoundMatch(image_id, hit.id, hit.score, hit.explanation)
        if image_id < hit.id
        else FoundMatch(hit.id, image_id, hit.score)
        for hit in hits.hits
        if hit.score >= floor and hit.id != image_id
    )
