"""The descriptions of a chunk of images: those that are there and still hold, and the others anew."""

from __future__ import annotations

import atexit
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa

from dupedash import images
from dupedash.cluster import tables
from dupedash.cluster.progress import Meter
from dupedash.dataset.layout import DESCRIBED, DESCRIPTION, LISTED, ROWS
from dupedash.dataset.places import Place, file_system, is_address
from dupedash.embedded.describe import analysis, descriptor
from dupedash.embedded.describe.analysis import Analysis
from dupedash.errors import UnreadableImage
from dupedash.fieldjson import fields_to_json
from dupedash.images import LIMITS
from dupedash.images.files import checked
from dupedash.model import Fields
from dupedash.workers import Bounds, Pool, WorkerLost

STAGE = "describing images"
MISSING = "cannot be read: it was listed and is gone"
UNREACHED = "cannot be read: "
_AHEAD = 8
"""Objects that are fetched at a time: an answer from a store takes 10 to 100 ms, a description 10."""
_TRIES, _PAUSE = 3, 1.0  # of fetching an object; seconds before the second try, then twice as many


@dataclass(frozen=True, slots=True)
class ToDescribe:
    """One chunk: where its list is, and the chunks of earlier scans in which its images may be."""

    out: Place
    work: str
    chunk: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Described:
    """What became of a chunk. `anew`: images that were read."""

    chunk: str
    images: int
    anew: int


def describe(task: ToDescribe) -> Described:
    """Write the descriptions of a chunk. Raises OSError where it cannot be written."""
    rows = task.out.table(f"{task.work}/{LISTED}/{task.chunk}.parquet").to_pylist()
    known = _known(task, rows)
    with Meter(STAGE, task.chunk) as meter:
        fresh = [row for row in rows if row["id"] not in known]
        if fresh or not _is_there(task, rows):
            used = _children()
            read = {row["id"]: row for row in _read(fresh, meter, len(rows) - len(fresh))}
            table = _table([known.get(row["id"]) or read[row["id"]] for row in rows])
            meter.sent = task.out.put_table(f"{DESCRIBED}/{task.chunk}.parquet", table, ROWS)
            meter.others = _children() - used
        meter.done = len(rows)
    return Described(task.chunk, len(rows), len(fresh))


def _known(task: ToDescribe, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Descriptions of these images that still hold, by id."""
    stamps = {row["id"]: (row["stamp"], row["size"]) for row in rows}
    found: dict[str, dict[str, Any]] = {}
    for chunk in task.earlier:
        table = _earlier(task.out, chunk)
        head = zip(*(table[name].to_pylist() for name in ("id", "stamp", "size", "version")), strict=True)
        kept = [
            place
            for place, (image_id, stamp, size, version) in enumerate(head)
            if version == descriptor.VERSION and stamps.get(image_id) == (stamp, size)
        ]
        found.update((row["id"], row) for row in table.take(kept).to_pylist())
    given = {row["id"]: row for row in rows}
    return {image_id: _given_anew(row, given[image_id]) for image_id, row in found.items()}


def _given_anew(known: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """A description that holds, with what is said of the image now."""
    told = {name: value for name, value in json.loads(known["fields"]).items() if name in TOLD}
    return {**known, **row, "fields": json.dumps({**told, **json.loads(row["fields"])})}


def _earlier(out: Place, chunk: str) -> pa.Table:
    """The descriptions that are there; none where the file is damaged: they are made again."""
    try:
        return out.table(f"{DESCRIBED}/{chunk}.parquet", DESCRIPTION.names)
    except (OSError, pa.ArrowException):
        return DESCRIPTION.empty_table()


def _is_there(task: ToDescribe, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the chunk's own file holds these images and no others."""
    if task.chunk not in task.earlier:
        return False
    try:
        ids = task.out.table(f"{DESCRIBED}/{task.chunk}.parquet", ["id"])["id"].to_pylist()
    except (OSError, pa.ArrowException):
        return False
    return bool(ids == [row["id"] for row in rows])


def _read(rows: Sequence[Mapping[str, Any]], meter: Meter, done: int) -> Iterator[dict[str, Any]]:
    """Each image with its description, or why there is none. `done` of the chunk need none."""
    for row, fetched in zip(rows, _fetched(rows), strict=True):
        yield _row(row, fetched if isinstance(fetched, str) else _analyzed(row, fetched))
        done += 1
        meter.tell_done(done)


def _fetched(rows: Sequence[Mapping[str, Any]]) -> Iterator[Path | bytes | str]:
    """Per image its file, or its bytes where that is elsewhere; a text says why it cannot be had."""
    with ThreadPoolExecutor(_AHEAD) as pool:
        for start in range(0, len(rows), 2 * _AHEAD):  # few at a time: each may have 500 MB
            yield from pool.map(_fetch, [row["path"] for row in rows[start : start + 2 * _AHEAD]])


def _fetch(path: bytes) -> Path | bytes | str:
    text = os.fsdecode(path)
    if text.startswith(tables.IN_TABLE):
        return _in_table(text)
    if not is_address(text):
        return Path(text)
    for turn in range(_TRIES):
        try:
            system, place = file_system(text)
            return bytes(system.cat_file(place))
        except FileNotFoundError:
            return MISSING
        except Exception as error:  # whatever a store's client raises concerns this image only
            why = f"{UNREACHED}{str(error) or type(error).__name__}"[:300]
        if turn + 1 < _TRIES:
            time.sleep(_PAUSE * 2**turn)
    return why


def _in_table(path: str) -> bytes | str:
    try:
        return tables.bytes_of(path)
    except (OSError, ValueError, IndexError, pa.ArrowException) as error:
        return f"{UNREACHED}{error}"[:300]


def _analyzed(row: Mapping[str, Any], source: Path | bytes) -> Analysis | str:
    """In a process of its own: what a picture does to its reader concerns this picture only."""
    try:
        found: Analysis | str = _pool().ask((source, row["location"]))
    except WorkerLost as lost:
        return _by_bytes(row["location"], source, lost.reason)
    return found


@cache
def _pool() -> Pool:
    """The process of this worker that reads pictures: it stays for the next chunk."""
    bounds = Bounds.of(LIMITS.max_seconds, LIMITS.max_memory)
    pool = Pool(read, jobs=1, bounds=bounds)
    atexit.register(pool.close)
    return pool


def read(asked: tuple[Path | bytes, str]) -> Analysis | str:
    """A picture described, or at least its bytes; a text says why not even those can be read."""
    source, name = asked
    try:
        return analysis.analyze(source, name=name)
    except UnreadableImage as error:
        return _by_bytes(name, source, error.reason, final=error.reason != images.NO_MEMORY)


def _by_bytes(name: str, source: Path | bytes, reason: str, final: bool = False) -> Analysis | str:
    try:
        content, size = images.file_hash(source) if isinstance(source, Path) else _hash(source, name)
    except UnreadableImage as error:
        return MISSING if error.reason == "no such file" else f"{UNREACHED}{error.reason}"
    return analysis.of_bytes(name, reason, content, size, final=final)


def _hash(data: bytes, name: str) -> tuple[str, int]:
    return images.content_hash(checked(data, name, LIMITS)), len(data)


def _row(row: Mapping[str, Any], found: Analysis | str) -> dict[str, Any]:
    """A row of `layout.DESCRIPTION`; what could not be read is tried again by the next scan (version 0)."""
    if isinstance(found, str):
        nothing = dict.fromkeys(("width", "height", "bytes", "format", "content", "pixels"))
        return {**row, **nothing, "skipped": found, "version": 0, "descriptor": b"",
                "thumbnail": b""}  # fmt: skip
    return {
        **row,
        "fields": json.dumps({**fields_to_json(_fields(found)), **json.loads(row["fields"])}),
        "width": found.width or None,
        "height": found.height or None,
        "bytes": found.size,
        **{name: getattr(found, name) for name in _AS_THEY_ARE},
    }


_AS_THEY_ARE = ("format", "content", "pixels", "skipped", "version", "descriptor", "thumbnail")


TOLD = ("taken", "camera", "damage", "frame_count", "has_video")
"""What a picture tells of itself, by the names that an embedded collection has for it."""


def _fields(found: Analysis) -> Fields:
    frames = found.frame_count if found.frame_count > 1 else None
    told = zip(TOLD, (found.taken, found.camera, found.damage, frames, found.video or None), strict=True)
    return {name: value for name, value in told if value is not None}


def _table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], DESCRIPTION)


def _children() -> float:
    """Processor seconds of the processes that this one started."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(t.user + t.system for t in times)
