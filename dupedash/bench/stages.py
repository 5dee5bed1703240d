"""What one image costs in each step of the engine, in one process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time
from typing import TypeVar

import cv2
import numpy as np

from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.compare.verify import verify
from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.embedded.retrieve.index import MIN_VOTES, Index, Indexable, search
from dupedash.embedded.run.join import BLOCK
from dupedash.model import Smartfilter

SAMPLE = 256  # pictures that are measured stage by stage, spread over all
MOST_VERIFIED = 400  # pairs, spread over all: enough for a mean

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class StageFigures:
    """Milliseconds of CPU time an image: other programs do not count. `join`: building the lists and looking
    up; `verify`: of its candidate pairs."""

    describe: float
    join: float
    verify: float
    pairs: float

    @property
    def total(self) -> float:
        """All steps."""
        return self.describe + self.join + self.verify


def measure_stages(collection: EmbeddedCollection) -> StageFigures:
    """Measure on a sample of the indexed images, looked up among all of them."""
    cv2.setNumThreads(1)  # as in the engine's worker processes
    _, members = collection.store.members()
    known = [
        Descriptor.from_bytes(data) for _, data in collection.store.descriptors([m.row for m in members])
    ]
    places = np.linspace(0, len(known) - 1, min(SAMPLE, len(known))).astype(int)
    built, index = _timed(lambda: Index.build([Indexable.of(picture) for picture in known]))
    looked_up, pairs = _timed(lambda: _candidates(index, [known[i] for i in places]))
    queries = [known[i] for i in places]
    some = pairs[:: max(1, len(pairs) // MOST_VERIFIED)]
    verified, _ = _timed(lambda: [verify(queries[q], known[p], bool(m)) for q, p, m in some])
    # A pair comes up from both of its sides and is verified once.
    per_image = len(pairs) / len(places) / 2
    each = verified / max(1, len(some))
    return StageFigures(
        describe=round(_describe(collection, [members[i].id for i in places[:64]]), 2),
        join=round((built / len(known) + looked_up / len(places)) * 1000, 2),
        verify=round(each * per_image * 1000, 2),
        pairs=round(per_image, 1),
    )


def _candidates(index: Index, queries: Sequence[Descriptor]) -> list[tuple[int, int, bool]]:
    """(place of the query, number of the other, mirrored), without the query itself."""
    found = []
    for start in range(0, len(queries), BLOCK):
        hits = search(index, queries[start : start + BLOCK], MIN_VOTES[Smartfilter.OFF])
        numbers = index.numbers[hits.picture]
        found += list(
            zip((hits.query + start).tolist(), numbers.tolist(), hits.mirrored.tolist(), strict=True)
        )
    return found


def _describe(collection: EmbeddedCollection, ids: Sequence[str]) -> float:
    pictures = [cv2.imread(record.location, cv2.IMREAD_COLOR_RGB) for record in collection.records(ids)]
    seconds, _ = _timed(lambda: [describe(pixels) for pixels in pictures if pixels is not None])
    return seconds / len(pictures) * 1000


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = process_time()
    result = work()
    return process_time() - began, result
