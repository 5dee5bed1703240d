"""The images of a scan that was made elsewhere, read from its dataset: nothing can be changed or searched."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dupedash.dataset import scan
from dupedash.dataset.filters import admitted, fields_of
from dupedash.dataset.layout import DESCRIBED, SCANS
from dupedash.dataset.places import Place, file_system, is_address
from dupedash.dataset.records import COLUMNS, record_of
from dupedash.embedded.store.fields import BUILTIN, typed
from dupedash.errors import CollectionError, ScanError, UnknownImage, UnreadableImage, Unsupported
from dupedash.images import apart
from dupedash.images.files import path_of, printable
from dupedash.model import (
    Document,
    DuplicateQuery,
    Failure,
    FieldInfo,
    Hits,
    ImageRecord,
    QueryImage,
    ValueCount,
)

ENGINE = "elsewhere"
NOT_HERE = (
    "This collection was scanned elsewhere and can only be looked at here: {} on the machines where its "
    "images are."
)


class DatasetCollection:
    """A Collection over a dataset, for any number of threads."""

    engine = ENGINE

    def __init__(self, place: Place, name: str) -> None:
        """Reads what scan it is. Raises CollectionError."""
        self.place = place
        self.name = name
        self._lock = threading.Lock()
        try:
            self._made = scan.newest(place)
        except (OSError, ScanError) as error:
            raise CollectionError(f"{name} cannot be read: {error}", name) from error

    @property
    def identity(self) -> str:
        """See Collection."""
        return self._made.identity

    def state(self) -> str:
        """See Collection."""
        return self._made.state

    def count(self, fq: Sequence[str] = ()) -> int:
        """See Collection. With filters every chunk is read."""
        return len(self.ids(fq)) if fq else int(sum(count for _, count in self._chunks))

    def ids(self, fq: Sequence[str] = ()) -> list[str]:
        """See Collection."""
        found: list[str] = []
        for chunk, _ in self._chunks:
            if not fq:
                found += self._table(chunk, ["id"])["id"].to_pylist()
                continue
            records = [record_of(row) for row in self._table(chunk, COLUMNS).to_pylist()]
            kept = admitted(records, fq)
            found += [record.id for record, keep in zip(records, kept, strict=True) if keep]
        return sorted(found)

    def records(self, ids: Sequence[str]) -> list[ImageRecord]:
        """See Collection."""
        wanted: dict[str, set[int]] = {}
        places = {image_id: self._place(image_id) for image_id in ids}
        for chunk, row in places.values():
            wanted.setdefault(chunk, set()).add(row)
        found = {}
        for chunk, rows in wanted.items():
            table = self._table(chunk, COLUMNS).take(pa.array(sorted(rows)))
            found.update({row["id"]: record_of(row) for row in table.to_pylist()})
        return [found[image_id] for image_id in ids]

    def fields(self) -> Mapping[str, FieldInfo]:
        """See Collection. Those that were given stand with the first images, as with all others."""
        return self._fields

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[ValueCount]:  # noqa: ARG002
        """See Collection: it cannot say."""
        return []

    def duplicates(self, image: QueryImage, how: DuplicateQuery) -> Hits:  # noqa: ARG002
        """Raises Unsupported."""
        self._refuse("search and check")

    def analyze(self, image: QueryImage) -> Any:  # noqa: ARG002
        """Raises Unsupported."""
        self._refuse("search and check")

    def thumbnail(self, image_id: str) -> bytes | None:
        """See Collection. One row group is read."""
        try:
            chunk, row = self._place(image_id)
            with self.place.files.open(f"{DESCRIBED}/{chunk}.parquet") as file:
                parquet = pq.ParquetFile(file, page_checksum_verification=True)
                group, begin = _group_of(parquet.metadata, row)
                data = parquet.read_row_group(group, ["thumbnail"])["thumbnail"][row - begin].as_py()
        except UnknownImage:
            return None
        except (OSError, pa.ArrowException) as error:
            raise CollectionError(f"{self.name} cannot be read: {error}", self.name) from error
        return data or None

    def picture(self, image_id: str, long_side: int = 1600) -> bytes | None:
        """See Collection. Only where the image can be reached from here as well."""
        try:
            location = self.records([image_id])[0].location
            if not is_address(location):
                return apart.render(path_of(location), long_side)
            system, place = file_system(location)
            return apart.render(system.cat_file(place), long_side, printable(location))
        except (UnknownImage, UnreadableImage):
            return None
        except Exception as error:  # whatever a store's client raises
            raise CollectionError(f"{printable(location)} cannot be read: {error}", self.name) from error

    def close(self) -> None:
        """See Collection: nothing is held open."""

    def add(self, documents: Iterable[Document]) -> list[Failure]:  # noqa: ARG002
        """Raises Unsupported."""
        self._refuse("add images")

    def set_fields(self, changes: Mapping[str, Mapping[str, Any]]) -> list[Failure]:  # noqa: ARG002
        """Raises Unsupported."""
        self._refuse("set fields")

    def remove(self, ids: Sequence[str]) -> None:  # noqa: ARG002
        """Raises Unsupported."""
        self._refuse("clear images")

    def commit(self) -> None:
        """See WritableCollection: there is nothing to make durable."""

    def _refuse(self, what: str) -> NoReturn:
        raise Unsupported(NOT_HERE.format(what), self.name)

    def _table(self, chunk: str, columns: Sequence[str]) -> pa.Table:
        try:
            return self.place.table(f"{DESCRIBED}/{chunk}.parquet", columns)
        except (OSError, pa.ArrowException) as error:
            raise CollectionError(f"{self.name} cannot be read: {error}", self.name) from error

    @cached_property
    def _fields(self) -> Mapping[str, FieldInfo]:
        known = dict(BUILTIN)
        for chunk, _ in self._chunks[:1]:
            for row in self._table(chunk, COLUMNS).to_pylist():
                known |= typed(fields_of(record_of(row)), known)[1]
        return known

    @cached_property
    def _chunks(self) -> list[tuple[str, int]]:
        """The chunks that were scanned, and how many images each has."""
        table = self.place.table(f"{SCANS}/{self._made.id}/{scan.CHUNKS}")
        return list(zip(table["chunk"].to_pylist(), table["images"].to_pylist(), strict=True))

    def _place(self, image_id: str) -> tuple[str, int]:
        """Chunk and row of an image; of those that match nothing the chunks are searched once."""
        found = self._matched.find(image_id)
        if found is None:
            with self._lock:
                found = self._everything.find(image_id)
        if found is None:
            raise UnknownImage(image_id, self.name)
        return found

    @cached_property
    def _matched(self) -> _Index:
        return _Index.of(self.place.table(f"{SCANS}/{self._made.id}/{scan.PLACES}"))

    @cached_property
    def _everything(self) -> _Index:
        parts = []
        for chunk, count in self._chunks:
            ids = self._table(chunk, ["id"])["id"]
            parts.append(pa.table({"id": ids, "chunk": [chunk] * count, "row": range(count)}))
        return _Index.of(pa.concat_tables(parts).sort_by("id"))


class _Index:
    """Where images are, found by their ids without a Python object for each."""

    def __init__(self, ids: pa.ChunkedArray, chunks: pa.ChunkedArray, rows: np.ndarray) -> None:
        self._ids, self._chunks, self._rows = ids, chunks, rows

    @staticmethod
    def of(table: pa.Table) -> _Index:
        """From a table with id, chunk and row, sorted by id."""
        whole = table.combine_chunks()
        return _Index(whole["id"], whole["chunk"].dictionary_encode(), whole["row"].to_numpy())

    def find(self, image_id: str) -> tuple[str, int] | None:
        """Chunk and row, None for an image that is not here."""
        begin, end = 0, len(self._ids)
        while begin < end:
            middle = (begin + end) // 2
            if self._ids[middle].as_py() < image_id:
                begin = middle + 1
            else:
                end = middle
        if begin == len(self._ids) or self._ids[begin].as_py() != image_id:
            return None
        return str(self._chunks[begin].as_py()), int(self._rows[begin])


def _group_of(metadata: Any, row: int) -> tuple[int, int]:
    """The row group in which a row is, and its first row."""
    begin = 0
    for group in range(metadata.num_row_groups):
        count = metadata.row_group(group).num_rows
        if row < begin + count:
            return group, begin
        begin += count
    raise OSError(f"it has no row {row}")
