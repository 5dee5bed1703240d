"""The columns of a stored scan: records, matches and explanations to and from Arrow tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from dupedash.collection import FoundMatch
from dupedash.errors import ScanError
from dupedash.fieldjson import fields_of_json, fields_to_json
from dupedash.images.files import printable
from dupedash.model import ChangeKind, Edits, Explanation, Fields, ImageRecord
from dupedash.storage import atomic, sums, tables

PARTS = "parts"
"""The folder of the parts of an unfinished scan."""

# The bits of `kinds`, by place. Appending is safe; the order must never change: it is in stored files.
KIND_BITS = tuple(ChangeKind)
_BIT = {kind: 1 << place for place, kind in enumerate(KIND_BITS)}  # kind → its bit

# in_scope, in_against: its part in the scan; fresh: to be searched (the rest comes from an earlier scan)
IMAGES = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("location", pa.string(), nullable=False),
        pa.field("fields", pa.string(), nullable=False),
        pa.field("width", pa.int32()),
        pa.field("height", pa.int32()),
        pa.field("bytes", pa.int64()),
        pa.field("format", pa.string()),
        pa.field("modified", pa.timestamp("us", tz="UTC")),
        pa.field("content", pa.string()),
        pa.field("pixels", pa.string()),
        pa.field("skipped", pa.string()),
        pa.field("in_scope", pa.bool_(), nullable=False),
        pa.field("in_against", pa.bool_(), nullable=False),
        pa.field("fresh", pa.bool_(), nullable=False),
    ]
)

_WHY = [
    pa.field("explained", pa.bool_(), nullable=False),
    pa.field("kinds", pa.uint32(), nullable=False),
    pa.field("affine", pa.list_(pa.float32())),
    pa.field("mirrored", pa.bool_(), nullable=False),
    pa.field("overlap_a", pa.float32(), nullable=False),
    pa.field("overlap_b", pa.float32(), nullable=False),
    pa.field("rotation", pa.float32(), nullable=False),
    pa.field("scale", pa.float32(), nullable=False),
    pa.field("aspect", pa.float32(), nullable=False),
    pa.field("inliers", pa.int32(), nullable=False),
    pa.field("residual", pa.list_(pa.float32())),
    pa.field("edited_a", pa.uint32(), nullable=False),
    pa.field("edited_b", pa.uint32(), nullable=False),
]
_ADDED = {"edited_a": 0, "edited_b": 0}
"""Columns that scans of earlier versions lack, and what they count as there."""
_SCORE = pa.field("score", pa.float32(), nullable=False)

# While a scan runs: by id. When it is finished: by row number in the images table, a < b, sorted.
PART = pa.schema([pa.field("a", pa.string()), pa.field("b", pa.string()), _SCORE, *_WHY])
MATCHES = pa.schema([pa.field("a", pa.int32()), pa.field("b", pa.int32()), _SCORE, *_WHY])
WHY = tuple(field.name for field in _WHY)
_AS_THEY_ARE = ("mirrored", "overlap_a", "overlap_b", "rotation", "scale", "aspect", "inliers")


def write_table(table: pa.Table, path: Path) -> None:
    """Write a Parquet file so that it is there wholly or not at all, its checksum beside it."""
    with replacing(path) as file:
        pq.write_table(table, file, compression="zstd", row_group_size=65_536)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which becomes `path` when all is in it, its checksum beside it. Raises OSError.

    A file and no name: pyarrow takes that for UTF-8, which it need not be.
    """
    with atomic.replacing(path) as temporary:
        with temporary.open("wb") as file:
            yield file
        sums.note(path, temporary)


def read_table(path: Path, schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file of ours. Raises ScanError for a missing or damaged one."""
    try:
        with opened(path) as file:
            table = pq.read_table(file, columns=_present(file, columns))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise damaged(path, str(error)) from error
    wanted = schema.names if columns is None else list(columns)
    table = _completed(table, schema, wanted)
    if table.column_names != wanted:
        raise damaged(path, "columns are missing")
    return table


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A Parquet file of ours, compared with its checksum. Raises OSError, ValueError."""
    sums.check(path)
    with tables.opened(path) as file:
        yield file


def damaged(path: Path, why: str) -> ScanError:
    """What to say of a file of a stored scan that cannot be used, and what to do."""
    home = path.parent.parent if path.parent.name == PARTS else path.parent
    return ScanError(
        f"The stored scan {home.name} is damaged: {path.name} cannot be used ({why}). Scan again with "
        "`scan --again`; deleting the folder "
        f"{printable(home)} forgets it."
    )


def _present(file: BinaryIO, columns: Sequence[str] | None) -> Sequence[str] | None:
    """The columns to read: without those that a scan of an earlier version does not have."""
    if columns is None or not _ADDED.keys() & set(columns):
        return columns
    there = set(pq.read_schema(file).names)
    return [name for name in columns if name in there or name not in _ADDED]


def _completed(table: pa.Table, schema: pa.Schema, wanted: Sequence[str]) -> pa.Table:
    """With the columns that a scan of an earlier version does not have."""
    for name, usual in _ADDED.items():
        if name in wanted and name not in table.column_names:
            table = table.append_column(schema.field(name), pa.array([usual] * len(table), pa.uint32()))
    return table.select(wanted) if set(table.column_names) == set(wanted) else table


def encode_records(records: Iterable[ImageRecord]) -> dict[str, list[Any]]:
    """The record columns of the images table."""
    columns: dict[str, list[Any]] = {name: [] for name in IMAGES.names[:11]}
    for r in records:
        sizes = _whole(r.width, 31), _whole(r.height, 31), _whole(r.bytes, 63)
        fields = json.dumps(fields_to_json(r.fields))
        row = (r.id, _text(r.location), fields, *sizes, r.format and _text(r.format), r.modified,
               r.content, r.pixels, r.skipped)  # fmt: skip
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    return columns


def _whole(number: int | None, bits: int) -> int | None:
    """The number where the table has room for it; others are sizes of no picture."""
    return number if number is not None and abs(number) < 2**bits else None


def decode_record(row: Mapping[str, Any]) -> ImageRecord:
    """A record from a row of the images table."""
    known = {name: row[name] for name in IMAGES.names[:11] if name != "fields"}
    return ImageRecord(**known, fields=fields_of(row["fields"]))


def encode_matches(matches: Iterable[FoundMatch]) -> pa.Table:
    """A part's table."""
    rows = [(m.a, m.b, m.score, *_encode(m.explanation)) for m in matches]
    columns = zip(*rows, strict=True) if rows else ([] for _ in PART.names)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, PART, strict=True)], schema=PART)


def _encode(why: Explanation | None) -> tuple[Any, ...]:
    if why is None:
        return (False, 0, None, False, 1.0, 1.0, 0.0, 1.0, 1.0, 0, None, 0, 0)
    residual = [number for box in why.residual for number in box]
    return (True, bits_of(why.kinds), why.affine, why.mirrored, why.overlap_a, why.overlap_b, why.rotation,
            why.scale, why.aspect, why.inliers, residual, bits_of(why.edited_a),
            bits_of(why.edited_b))  # fmt: skip


def bits_of(kinds: Iterable[ChangeKind]) -> int:
    """Kinds as a number: a bit for each."""
    return sum({_BIT[kind] for kind in kinds})


@cache
def kinds_of(bits: int) -> tuple[ChangeKind, ...]:
    """The kinds that a number of the table stands for."""
    return tuple(kind for kind in ChangeKind if bits & _BIT[kind])


def decode_explanation(row: Mapping[str, Any]) -> Explanation | None:
    """What `encode_matches` stored: numbers in single precision, kinds in the order of ChangeKind."""
    if not row["explained"]:
        return None
    affine, boxes = row.get("affine"), row.get("residual") or []
    return Explanation(
        kinds=kinds_of(row["kinds"]),
        affine=None if affine is None else tuple(affine),
        **{name: row[name] for name in _AS_THEY_ARE},
        residual=tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in zip(*[iter(boxes)] * 4, strict=True)),
        edited_a=kinds_of(row["edited_a"]),
        edited_b=kinds_of(row["edited_b"]),
    )


EDITS = ("kinds", "edited_a", "edited_b")
"""The columns of `decode_edits`."""


@cache
def decode_edits(kinds: int, edited_a: int, edited_b: int) -> Edits:
    """That part of an explanation; there are few different ones."""
    return Edits(kinds_of(kinds), kinds_of(edited_a), kinds_of(edited_b))


def _text(text: str) -> str:
    """File names that are not valid text keep a readable form: Parquet holds UTF-8 only."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def fields_of(text: str) -> Fields:
    """The fields of one image from the `fields` column."""
    return fields_of_json(json.loads(text))
