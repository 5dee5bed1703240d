"""Images that a Parquet table names: by a URI, or with their bytes in it; its other columns are fields.

Columns: `id`, and `bytes` or `uri`; `stamp`, where there is one, says by its change that an image changed. An
image whose bytes are in the table is read again where the table changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dupedash.cluster.source import Source
from dupedash.dataset.places import Place
from dupedash.embedded.store.fields import typed
from dupedash.errors import ConfigError
from dupedash.fieldjson import fields_to_json
from dupedash.images.files import printable

IN_TABLE = "table:"
"""So the path begins of an image whose bytes are in a table: then row group, row, and the table's address."""
_OWN = ("id", "uri", "bytes", "stamp")
_ENDING = ".parquet"


def images_of(text: str) -> Iterator[Source]:
    """The images of a table, a file or a folder of files. Raises ConfigError, OSError."""
    place, names = _files(text)
    for name in names:
        yield from _of_file(place, name)


def _files(text: str) -> tuple[Place, list[str]]:
    place = Place.of(text)
    if not place.url.endswith(_ENDING):
        return place, [name for name in place.files.names("") if name.endswith(_ENDING)]
    folder, _, name = place.url.rpartition("/")
    return Place(folder), [name]


def _of_file(place: Place, name: str) -> Iterator[Source]:
    try:
        with place.files.open(name) as file:
            parquet = pq.ParquetFile(file)
            columns = parquet.schema_arrow.names
            _check(name, columns)
            state = f"{parquet.metadata.num_rows}.{file.seek(0, 2)}"
            wanted = [column for column in columns if column != "bytes"]
            for group in range(parquet.metadata.num_row_groups):
                rows = parquet.read_row_group(group, wanted).to_pylist()
                inside = "bytes" in columns
                for number, row in enumerate(rows):
                    path = f"{IN_TABLE}{group}:{number}:{place.url}/{name}" if inside else str(row["uri"])
                    yield _source(row, path, state if inside else "")
    except (OSError, pa.ArrowException) as error:
        raise ConfigError(f"The table {printable(name)} cannot be read: {error}.") from error


def _check(name: str, columns: Sequence[str]) -> None:
    if "id" not in columns or not {"uri", "bytes"} & set(columns):
        raise ConfigError(
            f"The table {printable(name)} has {', '.join(columns)}: it needs id, and uri or bytes."
        )


def _source(row: Mapping[str, Any], path: str, state: str) -> Source:
    given = {key: value for key, value in row.items() if key not in _OWN and value is not None}
    fields, _ = typed(given, {})
    modified = fields.get("modified")
    return Source(
        id=str(row["id"]),
        location=str(row.get("uri") or row["id"]),
        path=path.encode(),
        size=0,
        stamp=f"{state}{row.get('stamp') or ''}",
        modified=modified if isinstance(modified, datetime) else None,
        fields=json.dumps(fields_to_json(fields)),
    )


def bytes_of(path: str) -> bytes:
    """Those of an image in a table. Raises OSError, ArrowException."""
    _, group, row, table = path.split(":", 3)
    data = _group(table, int(group))[int(row)].as_py()
    return bytes(data or b"")


@lru_cache(1)
def _group(table: str, group: int) -> pa.ChunkedArray:
    """The bytes of a row group: its images are asked for one after the other."""
    folder, _, name = table.rpartition("/")
    with Place(folder).files.open(name) as file:
        return pq.ParquetFile(file).read_row_group(group, ["bytes"])["bytes"]
