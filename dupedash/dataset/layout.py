"""What lies where in the folder of a scan on a cluster, and the columns of its files.

described/CHUNK.parquet   descriptions and thumbnails of images that lie together; kept for the next scan
scans/ID/                 a finished scan, as `dupedash.scans` stores one
work/ID/…                 of a scan that is not finished: what each of its stages wrote
"""

from __future__ import annotations

import pyarrow as pa

DESCRIBED, SCANS, WORK = "described", "scans", "work"
LISTED, SERIES, IDENTICAL, PICTURES = "listed", "series", "identical", "pictures"
CANDIDATES, MATCHES = "candidates", "matches"
"""Folders of a scan that is not finished."""

SOURCE = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("location", pa.string(), nullable=False),
        pa.field("path", pa.binary(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("stamp", pa.string(), nullable=False),
        pa.field("modified", pa.timestamp("us", tz="UTC")),
        pa.field("fields", pa.string(), nullable=False),
    ]
)
"""An image before it is read: `path` exactly, as bytes; `stamp` changes when the file does; `fields` were
given for it, as JSON."""

RECORD = pa.schema(
    [
        *SOURCE,
        pa.field("width", pa.int32()),
        pa.field("height", pa.int32()),
        pa.field("bytes", pa.int64()),
        pa.field("format", pa.string()),
        pa.field("content", pa.string()),
        pa.field("pixels", pa.string()),
        pa.field("skipped", pa.string()),
        pa.field("version", pa.int16(), nullable=False),
    ]
)
"""What is known of an image; `fields` also has what it tells of itself. `content` null: it could not be
read at all."""

DESCRIPTION = pa.schema(
    [
        *RECORD,
        pa.field("descriptor", pa.large_binary(), nullable=False),
        pa.field("thumbnail", pa.large_binary(), nullable=False),
    ]
)
ROWS = 32
"""Images of a row group: 10 kB of thumbnail each, so that one is shown after reading 300 kB."""
