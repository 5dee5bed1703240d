# ruff: noqa: ARG002 (FailingCollection looks at nothing)
"""Collections for tests: a small real one in memory, and one that always fails.

The end of the file makes mypy prove that both fit the protocol.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from dupedash import images
from dupedash.collection import WritableCollection
from dupedash.errors import (
    CollectionError,
    ConfigError,
    DocumentLimit,
    DupedashError,
    UnknownImage,
    UnreadableImage,
    Unsupported,
)
from dupedash.model import (
    ByAnalysis,
    ByData,
    ById,
    Document,
    DuplicateQuery,
    Failure,
    FieldInfo,
    Fields,
    FieldType,
    Hit,
    Hits,
    ImageRecord,
    QueryImage,
    ValueCount,
)
from dupedash.query import parse_all
from tests.query_match import matches

_GRID = 8
_BUILTIN = {
    name: FieldInfo(name, kind)
    for name, kind in (
        ("filename", FieldType.STRING),
        ("width", FieldType.LONG),
        ("height", FieldType.LONG),
        ("bytes", FieldType.LONG),
        ("format", FieldType.STRING),
    )
}
_KINDS = (
    (bool, FieldType.BOOLEAN),
    (int, FieldType.LONG),
    (float, FieldType.DOUBLE),
    (str, FieldType.STRING),
)


class FakeCollection:
    """Images compared by the mean colours of an 8×8 grid. Thread-safe. `analyses` counts them."""

    def __init__(self, name: str = "fake", limit: int = 5000) -> None:
        self.analyses = 0
        self.commits = 0
        self._name = name
        self._limit = limit
        self._version = 0
        self._records: dict[str, ImageRecord] = {}
        self._grids: dict[str, np.ndarray] = {}
        self._thumbnails: dict[str, bytes] = {}
        self._lock = threading.RLock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def engine(self) -> str:
        return "fake"

    @property
    def identity(self) -> str:
        return f"fake {self._name}"

    def state(self) -> str:
        return f"fake:{self._version}"

    def count(self, fq: Sequence[str] = ()) -> int:
        return len(self.ids(fq))

    def ids(self, fq: Sequence[str] = ()) -> list[str]:
        queries, known = parse_all(fq), self.fields() if fq else {}
        with self._lock:
            return sorted(
                image_id
                for image_id, record in self._records.items()
                if all(matches(query, _searched(record), known) for query in queries)
            )

    def records(self, ids: Sequence[str]) -> list[ImageRecord]:
        with self._lock:
            return [self._record(image_id) for image_id in ids]

    def fields(self) -> Mapping[str, FieldInfo]:
        found = dict(_BUILTIN)
        with self._lock:
            for record in self._records.values():
                found |= {name: _described(name, value) for name, value in record.fields.items()}
        return found

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[ValueCount]:
        counter: Counter[str] = Counter()
        with self._lock:
            for record in self._records.values():
                value = _searched(record).get(field, ())
                counter.update(_text(item) for item in (value if isinstance(value, tuple) else (value,)))
        found = [(text, n) for text, n in counter.items() if text.startswith(prefix)]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return [ValueCount(text, n) for text, n in found[:limit]]

    def duplicates(self, image: QueryImage, how: DuplicateQuery) -> Hits:
        grid, own = self._grid(image), image.id if isinstance(image, ById) else None
        with self._lock:
            hits = [Hit(i, _score(grid, self._grids[i])) for i in self.ids(how.fq) if i != own]
        hits = sorted((h for h in hits if h.score >= how.threshold), key=lambda h: (-h.score, h.id))
        return Hits(tuple(hits[: how.rows]), truncated=len(hits) > how.rows)

    def analyze(self, image: QueryImage) -> Any:
        match image:
            case ByAnalysis(analysis=analysis):
                return analysis
            case ByData(data=data, name=name):
                return self._analysis(data, name)
        raise Unsupported("The fake analyses uploads only.", self._name)

    def thumbnail(self, image_id: str) -> bytes | None:
        self._record(image_id)
        return self._thumbnails.get(image_id)

    def picture(self, image_id: str, long_side: int = 1600) -> bytes | None:
        location = Path(self._record(image_id).location)
        return images.render(location, long_side) if location.is_file() else None

    def close(self) -> None:
        pass

    def add(self, documents: Iterable[Document]) -> list[Failure]:
        failures = []
        for document in documents:
            try:
                self._add(document)
            except (UnreadableImage, ConfigError) as error:
                failures.append(Failure(document.id, str(error)))
        return failures

    def set_fields(self, changes: Mapping[str, Mapping[str, Any]]) -> list[Failure]:
        failures = []
        for image_id, given in changes.items():
            with self._lock:
                if image_id not in self._records:
                    failures.append(Failure(image_id, "no such image"))
                    continue
                old = self._records[image_id]
                fields = {k: v for k, v in {**old.fields, **given}.items() if v is not None}
                self._records[image_id] = _record(image_id, old.location, fields, self._facts(image_id))
                self._version += 1
        return failures

    def remove(self, ids: Sequence[str]) -> None:
        with self._lock:
            for image_id in ids:
                if self._records.pop(image_id, None):
                    self._version += 1

    def commit(self) -> None:
        self.commits += 1

    def _record(self, image_id: str) -> ImageRecord:
        if image_id not in self._records:
            raise UnknownImage(image_id, self._name)
        return self._records[image_id]

    def _facts(self, image_id: str) -> dict[str, Any]:
        record = self._records[image_id]
        return {name: getattr(record, name) for name in ("width", "height", "bytes", "format", "content")}

    def _add(self, document: Document) -> None:
        analysis = document.analysis
        if analysis is None:
            analysis = self._analysis(images.read_file(Path(document.location)), document.location)
        grid = _checked(analysis)
        with self._lock:
            if document.id not in self._records and len(self._records) >= self._limit:
                raise DocumentLimit("document limit of the fake", self._name, 403, "document limit")
            facts = {name: analysis[name] for name in ("width", "height", "bytes", "format", "content")}
            self._records[document.id] = _record(document.id, document.location, document.fields, facts)
            self._grids[document.id] = grid
            self._thumbnails[document.id] = images.thumbnail(grid.reshape(_GRID, _GRID, 3))
            self._version += 1

    def _grid(self, image: QueryImage) -> np.ndarray:
        if isinstance(image, ById):
            self._record(image.id)
            return self._grids[image.id]
        return _checked(self.analyze(image))

    def _analysis(self, data: bytes, name: str) -> dict[str, Any]:
        picture = images.decode(data, name=name)
        with self._lock:
            self.analyses += 1
        height, width = picture.pixels.shape[:2]
        rows, columns = np.linspace(0, height, _GRID + 1)[:-1], np.linspace(0, width, _GRID + 1)[:-1]
        sums = np.add.reduceat(picture.pixels.astype(float), rows.astype(int), axis=0)
        sums = np.add.reduceat(sums, columns.astype(int), axis=1)
        grid = np.clip(sums / (height * width / _GRID**2), 0, 255).astype(np.uint8)
        return {
            "fake": grid.ravel().tolist(),
            "width": picture.width,
            "height": picture.height,
            "bytes": len(data),
            "format": picture.format,
            "content": hashlib.sha256(data).hexdigest(),
        }


def _checked(analysis: Any) -> np.ndarray:
    grid = analysis.get("fake") if isinstance(analysis, dict) else None
    if not isinstance(grid, list) or len(grid) != 3 * _GRID**2:
        raise ConfigError("This is no analysis of the fake.")
    return np.array(grid, np.uint8)


def _score(a: np.ndarray, b: np.ndarray) -> float:
    return max(0.0, 1.0 - 4 * float(np.abs(a.astype(float) - b).mean()) / 255)


def _record(image_id: str, location: str, fields: Fields, facts: Mapping[str, Any]) -> ImageRecord:
    kept = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return ImageRecord(image_id, location, kept, **facts)


def _searched(record: ImageRecord) -> Fields:
    own = {name: getattr(record, name) for name in _BUILTIN}
    told = {name: value for name, value in own.items() if value is not None}
    return {**told, **record.fields, "id": record.id, "image": record.location}


def _described(name: str, value: Any) -> FieldInfo:
    first = value[0] if isinstance(value, tuple) else value
    kind = next((kind for python, kind in _KINDS if isinstance(first, python)), FieldType.DATE)
    return FieldInfo(name, kind, isinstance(value, tuple))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
    return str(value).lower() if isinstance(value, bool) else str(value)


class FailingCollection:
    """Every question ends in the same error."""

    def __init__(self, error: DupedashError | None = None) -> None:
        self.error = error or CollectionError("The collection does not answer.", "failing")

    @property
    def name(self) -> str:
        return "failing"

    @property
    def engine(self) -> str:
        return "failing"

    @property
    def identity(self) -> str:
        return "failing"

    def _fail(self) -> NoReturn:
        raise self.error

    def state(self) -> str:
        self._fail()

    def count(self, fq: Sequence[str] = ()) -> int:
        self._fail()

    def ids(self, fq: Sequence[str] = ()) -> list[str]:
        self._fail()

    def records(self, ids: Sequence[str]) -> list[ImageRecord]:
        self._fail()

    def fields(self) -> Mapping[str, FieldInfo]:
        self._fail()

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[ValueCount]:
        self._fail()

    def duplicates(self, image: QueryImage, how: DuplicateQuery) -> Hits:
        self._fail()

    def analyze(self, image: QueryImage) -> Any:
        self._fail()

    def thumbnail(self, image_id: str) -> bytes | None:
        self._fail()

    def picture(self, image_id: str, long_side: int = 1600) -> bytes | None:
        self._fail()

    def close(self) -> None:
        pass

    def add(self, documents: Iterable[Document]) -> list[Failure]:
        self._fail()

    def set_fields(self, changes: Mapping[str, Mapping[str, Any]]) -> list[Failure]:
        self._fail()

    def remove(self, ids: Sequence[str]) -> None:
        self._fail()

    def commit(self) -> None:
        self._fail()


if TYPE_CHECKING:
    _FITS: tuple[WritableCollection, ...] = (FakeCollection(), FailingCollection())
