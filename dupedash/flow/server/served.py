"""The collection that is served, under its name."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from dupedash.collection import WritableCollection
from dupedash.errors import ConfigError, UnknownImage
from dupedash.fetch import fetch
from dupedash.flow.server.settings import ServerSettings
from dupedash.flow.wire import replies_out
from dupedash.flow.wire.replies_out import Reply
from dupedash.model import ByData, ByUrl, FieldInfo, FieldType, ImageRecord, QueryImage
from dupedash.query import parse_all
from dupedash.query.restate import Reading, names_now, restated

_LISTINGS = 4  # lists of ids that are remembered: clients page through few at a time
_RECORDS_AT_ONCE = 500  # records read at a time: memory stays flat


class Desk:
    """One collection under its name, and the listings that paging clients ask for again and again."""

    OWN: ClassVar[Mapping[str, FieldInfo]] = {
        name: FieldInfo(name, FieldType.STRING) for name in ("id", "image")
    }
    """Fields that every document of the API has, whatever the collection knows."""

    def __init__(self, collection: WritableCollection, name: str, settings: ServerSettings) -> None:
        self.collection = collection
        self.name = name
        self.settings = settings
        self.writing = threading.Lock()
        self._began = datetime.now(UTC)
        self._clock = time.monotonic()
        self._listings: OrderedDict[tuple[str, tuple[str, ...]], list[str]] = OrderedDict()
        self._lock = threading.Lock()

    def fields(self) -> Mapping[str, FieldInfo]:
        """All fields of the documents."""
        return {**self.collection.fields(), **self.OWN}

    def field(self, name: str) -> FieldInfo:
        """One of them. Raises ConfigError."""
        if (info := self.fields().get(name)) is None:
            raise ConfigError(f"undefined field {name[:80]!r}")
        return info

    def filters(self, texts: Sequence[str], reading: Reading) -> tuple[str, ...]:
        """The filters as the collection takes them. Raises QueryError."""
        if reading.usual and not names_now(texts):
            return tuple(texts)
        parse_all(texts)  # bounded together
        if reading.field:
            self.field(reading.field)
        return restated(texts, reading, self.collection.fields())

    def ids(self, fq: tuple[str, ...]) -> list[str]:
        """The ids that all filters admit, sorted; remembered while the collection stays as it is."""
        key = (self.collection.state(), fq)
        with self._lock:
            known = self._listings.get(key)
        if known is None:
            known = self.collection.ids(fq)
            with self._lock:
                self._listings[key] = known
                while len(self._listings) > _LISTINGS:
                    self._listings.popitem(last=False)
        return known

    def records(self, ids: Sequence[str]) -> list[ImageRecord]:
        """Those of these images that are still there."""
        try:
            return self.collection.records(ids)
        except UnknownImage:
            return [record for image_id in ids for record in self._record(image_id)]

    def all_records(self, ids: Sequence[str]) -> Iterator[ImageRecord]:
        """The same, some hundred at a time."""
        for start in range(0, len(ids), _RECORDS_AT_ONCE):
            yield from self.records(ids[start : start + _RECORDS_AT_ONCE])

    def _record(self, image_id: str) -> list[ImageRecord]:
        try:
            return self.collection.records([image_id])
        except UnknownImage:
            return []

    def core(self) -> Reply:
        """The status of the core."""
        milliseconds = int((time.monotonic() - self._clock) * 1000)
        started = self._began.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        number, state = self.collection.count(), self.collection.state()
        return replies_out.core(self.name, number, state, started, milliseconds)

    def picture(self, image: QueryImage) -> QueryImage:
        """The query image, fetched where it is a URL. Raises UnreadableImage."""
        if isinstance(image, ByUrl):
            return ByData(fetch(image.url, self.settings.urls), image.url)
        return image
