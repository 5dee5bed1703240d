"""The result as a stored scan: its matches, the images that match, and where their thumbnails are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from dupedash.cluster.records import MATCHED, Tally
from dupedash.dataset.layout import MATCHES, SCANS
from dupedash.dataset.places import Place
from dupedash.dataset.scan import CHUNKS, META, PLACES
from dupedash.model import Failure
from dupedash.scans.config import Gap, ScanStats, ScanStatus
from dupedash.scans.stored import IMAGES_FILE, MATCHES_FILE, StoredScan, save
from dupedash.scans.tables.columns import IMAGES, PART, write_table
from dupedash.scans.tables.merge import merge
from dupedash.scans.tables.parts import account_of
from dupedash.scans.writer import MOST_FAILURES, equals


def found(out: Place, work: str) -> tuple[list[pa.Table], list[Failure]]:
    """The matches that the tasks wrote, in parts, and the images that could not be compared."""
    parts: list[pa.Table] = []
    failures: list[Failure] = []
    for name in out.files.names(f"{work}/{MATCHES}"):
        table = out.table(f"{work}/{MATCHES}/{name}")
        if not name.startswith("same-"):
            failures += account_of(table.schema).failures
        if len(table):
            parts.append(table.replace_schema_metadata(None).cast(PART))
    return parts, failures


def note_matched(out: Place, work: str, parts: Sequence[pa.Table]) -> None:
    """Write down the ids of all images that match, for the tasks that gather their records."""
    table = pa.concat_tables(parts) if parts else PART.empty_table()
    ids = pa.chunked_array([*table["a"].chunks, *table["b"].chunks], pa.string()).unique()
    out.put_table(f"{work}/{MATCHED}", pa.table({"id": ids}))


def note_chunks(out: Place, scan_id: str, sizes: Mapping[str, int]) -> None:
    """Write down which chunks were scanned, and how many images each has."""
    table = pa.table({"chunk": list(sizes), "images": pa.array(sizes.values(), pa.int64())})
    out.put_table(f"{SCANS}/{scan_id}/{CHUNKS}", table)


def store(
    out: Place, scan: StoredScan, seconds: float, parts: Sequence[pa.Table], records: pa.Table, tally: Tally,
    failures: Sequence[Failure],
) -> StoredScan:  # fmt: skip
    """Write the finished scan. `records`: rows of `records.FOUND`; `seconds` that it took."""
    ordered = records.sort_by("id")
    images = ordered.select(IMAGES.names).cast(IMAGES)
    matches = merge([*parts, *equals(images)], images["id"])
    coverage = tuple(
        Gap(r, n, tuple(place for _, place in tally.first[r])) for r, n in tally.reasons.most_common()
    )
    missing = tally.reasons.total()
    done = replace(
        scan,
        status=ScanStatus.DONE,
        finished=datetime.now(UTC),
        coverage=coverage,
        failures=tuple(failures[:MOST_FAILURES]),
        stats=ScanStats(
            images=tally.images, against=tally.against, searched=tally.images,
            compared=tally.images - missing, matches=_at_floor(matches, scan.config.floor),
            failures=len(failures), seconds=seconds,
        ),
    )  # fmt: skip
    places = ordered.select(["id", "chunk", "row"])
    return _put(out, done, {IMAGES_FILE: images, MATCHES_FILE: matches, PLACES: places})


def _at_floor(matches: pa.Table, floor: float) -> int:
    """How many reach the floor: frames of a burst are kept below it."""
    return int((matches["score"].to_numpy() >= np.float32(floor)).sum())


def _put(out: Place, scan: StoredScan, tables: dict[str, pa.Table]) -> StoredScan:
    """Made in a folder of this machine first: META comes last, so that a scan is there as a whole."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, table in tables.items():
            write_table(table, folder / file)
        save(replace(scan, folder=folder))
        written = sorted(folder.iterdir(), key=lambda path: path.name == META)
        for path in written:
            out.files.put(f"{SCANS}/{scan.id}/{path.name}", path.read_bytes())
    return scan
