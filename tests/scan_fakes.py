# ruff: noqa: ARG002  (a fake keeps the parameters of what it stands for)
"""Collections made of a table of scores, for tests of the scan: one is asked, one joins, both can fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from dupedash.collection import Collection, FoundMatch, JoinPart, JoinRequest
from dupedash.errors import Cancelled, CollectionError, QueryError, UnknownImage
from dupedash.model import (
    ById,
    DuplicateQuery,
    Explanation,
    Hit,
    Hits,
    ImageRecord,
    IsCancelled,
    Progress,
    QueryImage,
    ReportProgress,
)

Pairs = dict[tuple[str, str], float]


class TableCollection:
    """Images by id with the scores between them. A filter `x:y` admits the ids that begin with y."""

    name = "table"
    engine = "fake"
    identity = "the table"

    def __init__(self, ids: str | list[str], pairs: Pairs, version: int = 1) -> None:
        self.images = {i: ImageRecord(i, f"/pictures/{i}.jpg") for i in ids}
        self.pairs = pairs
        self.version = version
        self.asked: list[str] = []
        self.trouble: Callable[[str], CollectionError | None] = lambda _id: None
        self.gone: CollectionError | None = None
        self.delay = 0.0
        self.cap = 10_000
        self._lock = threading.Lock()

    def state(self) -> str:
        return f"v{self.version}"

    def count(self, fq: Any = ()) -> int:
        return len(self.ids(fq))

    def ids(self, fq: Any = ()) -> list[str]:
        if self.gone:
            raise self.gone
        if any(":" not in f for f in fq):
            raise QueryError("A filter needs a colon.")
        return sorted(i for i in self.images if all(i.startswith(f.split(":")[1]) for f in fq))

    def records(self, ids: Any) -> list[ImageRecord]:
        for image_id in ids:
            if image_id not in self.images:
                raise UnknownImage(image_id, self.name)
        return [self.images[i] for i in ids]

    def score(self, a: str, b: str) -> float:
        return self.pairs.get((min(a, b), max(a, b)), 0.0)

    def duplicates(self, image: QueryImage, how: DuplicateQuery) -> Hits:
        assert isinstance(image, ById)
        time.sleep(self.delay)
        with self._lock:
            self.asked.append(image.id)
        error = self.gone or self.trouble(image.id)
        if error:
            raise error
        found = [(self.score(image.id, other), other) for other in self.ids(how.fq) if other != image.id]
        slack = 0.2 if how.approximate else 0.0  # as Flow does: too many, the client has to filter
        hits = sorted((-s, i) for s, i in found if s >= how.threshold - slack and s > 0)
        rows = min(how.rows, self.cap)
        return Hits(tuple(Hit(i, -s) for s, i in hits[:rows]), truncated=len(hits) > rows)

    def fields(self) -> Any:
        return {}

    def values(self, field: str, prefix: str = "", limit: int = 50) -> Any:
        return []

    def analyze(self, image: QueryImage) -> Any:
        raise NotImplementedError

    def thumbnail(self, image_id: str) -> bytes | None:
        return None

    def picture(self, image_id: str, long_side: int = 1600) -> bytes | None:
        return None

    def close(self) -> None:
        pass


class JoiningCollection(TableCollection):
    """The same with a bulk search in parts of `part_size` images; it knows what changed."""

    part_size = 3

    def __init__(self, ids: str | list[str], pairs: Pairs, version: int = 1) -> None:
        super().__init__(ids, pairs, version)
        self.changes: dict[str, int] = {}
        self.requests: list[JoinRequest] = []
        self.compared: list[tuple[str, str]] = []
        self.break_at: int | None = None

    def change(self, *ids: str) -> None:
        """These images are new or changed: another state."""
        self.version += 1
        for image_id in ids:
            self.images.setdefault(image_id, ImageRecord(image_id, f"/pictures/{image_id}.jpg"))
            self.changes[image_id] = self.version

    def join(
        self, request: JoinRequest, *, progress: ReportProgress, cancelled: IsCancelled
    ) -> Iterator[JoinPart]:
        self.requests.append(request)
        against = request.against or request.scope
        starts = range(0, len(request.scope), self.part_size)
        for number, start in enumerate(starts):
            if number <= request.after:
                continue
            if cancelled():
                raise Cancelled("stop")
            if number == self.break_at:
                raise RuntimeError("as if killed")
            done = min(start + self.part_size, len(request.scope))
            matches = []
            for a in request.scope[start:done]:
                for b in against:
                    if a != b and (request.fresh is None or {a, b} & request.fresh):
                        self.compared.append((a, b))
                        if self.score(a, b) >= request.floor:
                            matches.append(FoundMatch(min(a, b), max(a, b), self.score(a, b), Explanation()))
            progress(Progress("comparing", done, len(request.scope)))
            yield JoinPart(number, len(starts), done, tuple(matches))

    def changed_since(self, state: str) -> frozenset[str] | None:
        version = int(state[1:])
        return frozenset(i for i, at in self.changes.items() if at > version)


_asked: Collection = TableCollection("", {})
_joins: Collection = JoiningCollection("", {})
