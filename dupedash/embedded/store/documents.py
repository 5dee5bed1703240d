"""Documents and their fields as rows; every function works within a connection that somebody else opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from dupedash.embedded.describe import descriptor as describe
from dupedash.embedded.describe.analysis import UNREAD, Analysis
from dupedash.embedded.store.database import Transaction, chunks
from dupedash.embedded.store.fields import BUILTIN, IN_RECORD, typed
from dupedash.images.files import printable
from dupedash.model import FieldInfo, Fields, FieldType, FieldValue, ImageRecord
from dupedash.query.schema import INSERT_VALUE, INSERT_WORD, value_rows, word_rows
from dupedash.query.syntax.dates import EPOCH, milliseconds
from dupedash.query.syntax.literals import storable
from dupedash.system.paths import slashed

SAME_FILE_AS = "the same file as "
"""So the reason begins for which a document is hidden whose file has another document."""
LEFT_OUT = "left out by "
"""So the reason begins for which a document is hidden whose file is not read any more."""
OUTDATED = "described by another version of dupedash: index it again"

SEARCHED = "d.hidden IS NULL"
"""The condition that a document (as `d`) is part of the collection now."""

PICTURE = f"CASE described WHEN {describe.VERSION} THEN coalesce(pixels, content) ELSE content END"
"""SQL for what tells pictures apart. Other versions hashed other pixels: theirs make no claim."""


_PLACE = "rtrim(replace(d.location, char(92), '/'), '/')"
_OF_RECORD = {
    "location": "s IS d.location",
    "folder": f"substr({_PLACE}, 1, length(s)) IS s",
    "filename": f"(substr({_PLACE}, -length(s)) IS s OR s IS d.id)",
    "format": "s IS d.format",
    "width": "n IS d.width",
    "height": "n IS d.height",
    "bytes": "n IS d.bytes",
    "modified": "n IS d.modified",
}
"""SQL that a value is the one that the store filled in, and none that the document brought itself."""
_NOT_IN_RECORD = "CASE field {} ELSE 1 END".format(
    " ".join(f"WHEN '{name}' THEN NOT {same}" for name, same in _OF_RECORD.items())
)

_NUMBER_TEXT = "CAST(n AS TEXT)"
TEXT_OF = {
    FieldType.STRING: "s",
    FieldType.TEXT: "s",
    FieldType.LONG: _NUMBER_TEXT,
    FieldType.DOUBLE: _NUMBER_TEXT,
    FieldType.BOOLEAN: "CASE n WHEN 0 THEN 'false' ELSE 'true' END",
    FieldType.DATE: "strftime('%Y-%m-%dT%H:%M:%fZ', n / 1000.0, 'unixepoch')",
}
"""SQL that gives a value as a filter would write it."""


FARTHEST_NS = 2**63 - 1
"""SQLite's largest whole number: in nanoseconds it ends in the year 2262, and below zero in 1677."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file as the file system tells it without reading; `path` are the bytes of its absolute path.

    mtime_ns  when it was changed, ±FARTHEST_NS for any time beyond that
    inode     device and number of the file, which all its names share; None where the system has none
    """

    path: bytes
    bytes: int
    mtime_ns: int
    inode: tuple[int, int] | None = field(default=None, compare=False)

    @property
    def modified(self) -> datetime | None:
        """When the file was changed; None for a time that cannot be kept."""
        return from_milliseconds(self.mtime_ns // 1_000_000) if abs(self.mtime_ns) < FARTHEST_NS else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to be written; `file` is None where it has no file of ours (uploads, URLs)."""

    id: str
    location: str
    analysis: Analysis
    fields: Mapping[str, Any]
    file: FileStamp | None = None


@dataclass(frozen=True, slots=True)
class Searchable:
    """A searchable document: `row` finds its descriptor, equal `pixels` mean equal pictures.

    `changed` is the commit that last touched it.
    """

    row: int
    id: str
    content: str
    pixels: str
    comparable: bool
    changed: int


def put(transaction: Transaction, entry: Entry) -> None:
    """Add or replace a document by id; fields that it had and that are not given stay. Raises ConfigError."""
    connection = transaction.connection
    entry = replace(entry, analysis=_best_known(connection, entry.analysis))
    earlier = _row_of(connection, entry.id)
    kept = {} if earlier is None else _user_fields(connection, earlier)
    added = datetime.now(UTC) if earlier is None else _added(connection, earlier)
    fields = _learn(connection, {**_builtin(entry, added), **kept, **entry.fields})
    doc = _put_row(transaction, entry)
    _replace_blobs(connection, doc, entry.analysis)
    put_values = _put_values if earlier is None else _replace_values
    put_values(connection, doc, fields)
    transaction.touched = True


def set_fields(transaction: Transaction, image_id: str, changes: Mapping[str, Any]) -> bool:
    """Change some fields; None removes one. False where there is no such document. Raises ConfigError."""
    connection = transaction.connection
    doc = _row_of(connection, image_id)
    if doc is None:
        return False
    before = _all_fields(connection, [doc]).get(doc, {})
    after = _learn(connection, {**before, **changes})
    if after != before:
        _replace_values(connection, doc, after)
        _touch(transaction, doc)
    return True


def remove(transaction: Transaction, ids: Sequence[str]) -> None:
    """Forget these documents, but for what `known_file` tells; unknown ids are no error."""
    for part in chunks(len(ids)):
        some = list(ids[part])
        these = f"FROM documents WHERE id IN ({','.join('?' * len(some))})"
        transaction.connection.execute(
            "INSERT OR REPLACE INTO removed (path, bytes, mtime_ns, content)"
            f" SELECT path, bytes, mtime_ns, content {these} AND path IS NOT NULL",
            some,
        )
        done = transaction.connection.execute(f"DELETE {these}", some)
        _took_out(transaction, done.rowcount)


def hide(transaction: Transaction, image_id: str, reason: str | None) -> None:
    """Take a document out of the collection without forgetting it; None brings it back."""
    done = transaction.connection.execute(
        "UPDATE documents SET hidden = ?, changed = ? WHERE id = ? AND hidden IS NOT ?",
        (reason, transaction.number, image_id, reason),
    )
    _took_out(transaction, done.rowcount)


def hide_file(transaction: Transaction, path: bytes, reason: str) -> None:
    """Take the documents of a file out of the collection, but for those that are out already."""
    done = transaction.connection.execute(
        "UPDATE documents SET hidden = ?, changed = ? WHERE path = ? AND hidden IS NULL",
        (reason, transaction.number, path),
    )
    _took_out(transaction, done.rowcount)


def relocate(transaction: Transaction, image_id: str, location: str, file: FileStamp) -> None:
    """The file of a document is elsewhere now, or has another time; what it holds is the same."""
    connection = transaction.connection
    doc = _row_of(connection, image_id)
    if doc is None:
        return
    modified = None if file.modified is None else milliseconds(file.modified)
    fields = {**_all_fields(connection, [doc]).get(doc, {}), **_of_place(image_id, location, file)}
    fields |= _brought(connection, doc)
    connection.execute(
        "UPDATE documents SET location = ?, path = ?, modified = ?, mtime_ns = ?, hidden = NULL, changed = ?"
        " WHERE rowid = ?",
        (storable(location), file.path, modified, file.mtime_ns, transaction.number, doc),
    )
    _replace_values(connection, doc, {name: value for name, value in fields.items() if value is not None})
    transaction.touched = True


def clear(transaction: Transaction) -> None:
    """Forget all documents and files; the fields stay known."""
    transaction.connection.execute("DELETE FROM removed")
    _took_out(transaction, transaction.connection.execute("DELETE FROM documents").rowcount)


def records(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, ImageRecord]:
    """The documents with these ids, hidden ones included (`skipped` says why they are)."""
    found: dict[int, tuple[Any, ...]] = {}
    for part in chunks(len(ids)):
        some = list(ids[part])
        rows = connection.execute(
            "SELECT rowid, id, location, width, height, bytes, format, modified, content, pixels, skipped, "
            f"hidden, described FROM documents WHERE id IN ({','.join('?' * len(some))})",
            some,
        )
        found.update((row[0], row[1:]) for row in rows)
    fields = _all_fields(connection, list(found), condition=_NOT_IN_RECORD)
    return {row[0]: _record(row, fields.get(doc, {})) for doc, row in found.items()}


def members(connection: sqlite3.Connection, after: int = -1) -> list[Searchable]:
    """The documents to be searched, by id; only those touched after a commit."""
    rows = connection.execute(
        f"SELECT rowid, id, content, {PICTURE}, skipped, described, changed FROM documents d"
        f" WHERE changed > ? AND {SEARCHED} ORDER BY id",
        (after,),
    )
    return [
        Searchable(row, image_id, content, pixels, skip_reason(skipped, None, version) is None, changed)
        for row, image_id, content, pixels, skipped, version, changed in rows
    ]


def analysis_of(connection: sqlite3.Connection, image_id: str) -> Analysis | None:
    """The analysis that a document was made of."""
    row = connection.execute(
        "SELECT rowid, width, height, bytes, format, content, pixels, skipped, described,"
        " coalesce(descriptor, x''), crc, coalesce(webp, x'')"
        " FROM documents d LEFT JOIN descriptors ON descriptors.doc = d.rowid"
        " LEFT JOIN thumbnails ON thumbnails.doc = d.rowid WHERE id = ?",
        (image_id,),
    ).fetchone()
    if row is None:
        return None
    doc, width, height, size, kind, content, pixels, skipped, version, descriptor, crc, webp = row
    fields = _all_fields(connection, [doc]).get(doc, {})
    names = "taken", "camera", "damage", "frame_count"
    taken, camera, damage, frames = (fields.get(name) for name in names)
    return Analysis(
        width=width,
        height=height,
        size=size,
        format=kind,
        content=content,
        pixels=pixels,
        taken=taken if isinstance(taken, datetime) else None,
        camera=camera if isinstance(camera, str) else None,
        damage=damage if isinstance(damage, str) else None,
        skipped=skipped,
        version=version,
        descriptor=whole(descriptor, crc),
        thumbnail=webp,
        frame_count=frames if isinstance(frames, int) else 1,
        video=fields.get("has_video") is True,
    )


def known_fields(connection: sqlite3.Connection) -> dict[str, FieldInfo]:
    """All fields, built-in ones first."""
    rows = connection.execute("SELECT name, type, multi FROM fields ORDER BY name")
    return {**BUILTIN, **{name: FieldInfo(name, FieldType(kind), bool(multi)) for name, kind, multi in rows}}


def skip_reason(skipped: str | None, hidden: str | None, version: int) -> str | None:
    """Why a document is not compared, or None."""
    unread = skipped is not None and skipped.startswith(UNREAD)
    return hidden or (skipped if unread or version == describe.VERSION else OUTDATED)


def from_milliseconds(value: float) -> datetime:
    """The moment, UTC."""
    return EPOCH + timedelta(milliseconds=value)


def _record(row: tuple[Any, ...], fields: Fields) -> ImageRecord:
    image_id, location, width, height, size, kind, modified, content, pixels, skipped, hidden, version = row
    return ImageRecord(
        id=image_id,
        location=location,
        fields=fields,
        width=width or None,
        height=height or None,
        bytes=size,
        format=kind,
        modified=None if modified is None else from_milliseconds(modified),
        content=content,
        pixels=pixels if version == describe.VERSION else None,
        skipped=skip_reason(skipped, hidden, version),
    )


def _row_of(connection: sqlite3.Connection, image_id: str) -> int | None:
    row = connection.execute("SELECT rowid FROM documents WHERE id = ?", (image_id,)).fetchone()
    return None if row is None else int(row[0])


def _put_row(transaction: Transaction, entry: Entry) -> int:
    a, file = entry.analysis, entry.file
    modified = None if file is None or file.modified is None else milliseconds(file.modified)
    row = transaction.connection.execute(
        "INSERT INTO documents (id, location, path, changed, width, height, bytes, format, modified,"
        " mtime_ns, content, pixels, described, skipped) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET location = excluded.location, path = excluded.path,"
        " changed = excluded.changed, width = excluded.width, height = excluded.height,"
        " bytes = excluded.bytes, format = excluded.format, modified = excluded.modified,"
        " mtime_ns = excluded.mtime_ns, content = excluded.content, pixels = excluded.pixels,"
        " described = excluded.described, skipped = excluded.skipped, hidden = NULL RETURNING rowid",
        (
            *(entry.id, storable(entry.location), file.path if file else None, transaction.number),
            *(a.width, a.height, a.size, a.format, modified, file.mtime_ns if file else None),
            *(a.content, a.pixels, a.version, a.skipped),
        ),
    ).fetchone()
    return int(row[0])


def _replace_blobs(connection: sqlite3.Connection, doc: int, analysis: Analysis) -> None:
    """What cannot be read has neither, and loses what it had."""
    if not analysis.readable:
        for table in ("descriptors", "thumbnails"):
            connection.execute(f"DELETE FROM {table} WHERE doc = ?", (doc,))
        return
    row = doc, analysis.descriptor, crc32(analysis.descriptor)
    connection.execute("INSERT OR REPLACE INTO descriptors (doc, descriptor, crc) VALUES (?, ?, ?)", row)
    connection.execute("INSERT OR REPLACE INTO thumbnails VALUES (?, ?)", (doc, analysis.thumbnail))


def whole(descriptor: bytes, crc: int | None) -> bytes:
    """A descriptor as it was stored; empty, so that nothing can be read from it, where a byte changed.

    `crc`: its CRC-32 as it was noted; None: by an earlier version, which noted none.
    """
    return descriptor if crc in (None, crc32(descriptor)) else b""


def _replace_values(connection: sqlite3.Connection, doc: int, fields: Fields) -> None:
    connection.execute("DELETE FROM values_ WHERE doc = ?", (doc,))
    connection.execute("DELETE FROM words WHERE doc = ?", (doc,))
    _put_values(connection, doc, fields)


def _put_values(connection: sqlite3.Connection, doc: int, fields: Fields) -> None:
    connection.executemany(INSERT_VALUE, value_rows(doc, fields))
    connection.executemany(INSERT_WORD, word_rows(doc, fields))


def _learn(connection: sqlite3.Connection, given: Mapping[str, Any]) -> Fields:
    values, learned = typed(given, known_fields(connection))
    connection.executemany(
        "INSERT OR REPLACE INTO fields VALUES (?, ?, ?)",
        [(info.name, info.type, info.multi) for info in learned.values()],
    )
    return values


def _took_out(transaction: Transaction, count: int) -> None:
    transaction.touched |= count > 0
    transaction.removed |= count > 0


def _touch(transaction: Transaction, doc: int) -> None:
    transaction.connection.execute(
        "UPDATE documents SET changed = ? WHERE rowid = ?", (transaction.number, doc)
    )
    transaction.touched = True


def _builtin(entry: Entry, added: datetime) -> dict[str, Any]:
    a = entry.analysis
    return {
        **_of_place(entry.id, entry.location, entry.file),
        "format": a.format,
        "width": a.width or None,
        "height": a.height or None,
        "bytes": a.size,
        "added": added,
        "taken": a.taken,
        "camera": a.camera,
        "damage": a.damage,
        "frame_count": a.frame_count if a.frame_count > 1 else None,
        "has_video": a.video or None,
    }


def _of_place(image_id: str, location: str, file: FileStamp | None) -> dict[str, Any]:
    """The built-in fields that say where a document's file is; None for what is not known."""
    path = location.replace("\\", "/") if file is None else slashed(printable(os.fsdecode(file.path)))
    folder, _, filename = path.rstrip("/").rpartition("/")
    return {
        "filename": filename or image_id,
        "folder": folder or None,
        "location": location,
        "modified": None if file is None else file.modified,
    }


def _best_known(connection: sqlite3.Connection, analysis: Analysis) -> Analysis:
    """The analysis, or that of an equal file which could be read."""
    if analysis.readable:
        return analysis
    row = connection.execute(
        "SELECT id FROM documents WHERE content = ? AND width > 0 AND described = ?",
        (analysis.content, describe.VERSION),
    ).fetchone()
    return (row and analysis_of(connection, row[0])) or analysis


def _added(connection: sqlite3.Connection, doc: int) -> datetime:
    """When the document came in: the time of the first `put`."""
    row = connection.execute("SELECT n FROM values_ WHERE doc = ? AND field = 'added'", (doc,)).fetchone()
    return datetime.now(UTC) if row is None else from_milliseconds(row[0])


def _user_fields(connection: sqlite3.Connection, doc: int) -> dict[str, Any]:
    """What the document has beside what was found out about its file."""
    fields = _all_fields(connection, [doc], condition=_NOT_IN_RECORD).get(doc, {})
    return {name: value for name, value in fields.items() if name not in BUILTIN or name in IN_RECORD}


def _brought(connection: sqlite3.Connection, doc: int) -> dict[str, Any]:
    """The values that the document brought itself under names of the record."""
    return {name: v for name, v in _user_fields(connection, doc).items() if name in IN_RECORD}


def _all_fields(
    connection: sqlite3.Connection, docs: Sequence[int], condition: str = "1"
) -> dict[int, Fields]:
    """The fields of these documents, as they were given (strings as `storable` left them).

    `condition` is one on `values_` (as `v`) and `documents` (as `d`).
    """
    known = known_fields(connection)
    gathered: dict[int, dict[str, list[FieldValue]]] = {}
    for part in chunks(len(docs)):
        some = list(docs[part])
        rows = connection.execute(
            "SELECT doc, field, s, n FROM values_ v JOIN documents d ON d.rowid = v.doc"
            f" WHERE doc IN ({','.join('?' * len(some))}) AND {condition} ORDER BY doc, field, ord",
            some,
        )
        for doc, name, text, number in rows:
            value = _value(known[name].type, text, number)
            gathered.setdefault(doc, {}).setdefault(name, []).append(value)
    return {
        doc: {name: tuple(some) if known[name].multi else some[0] for name, some in values.items()}
        for doc, values in gathered.items()
    }


def _value(kind: FieldType, text: str | None, number: float | None) -> FieldValue:
    if text is not None:
        return text
    if number is None:
        return ""
    match kind:
        case FieldType.BOOLEAN:
            return bool(number)
        case FieldType.DATE:
            return from_milliseconds(number)
        case FieldType.DOUBLE:
            return float(number)
    return int(number)


def stamp(path: bytes, status: os.stat_result) -> FileStamp:
    """What the file system says of a file."""
    changed = max(-FARTHEST_NS, min(status.st_mtime_ns, FARTHEST_NS))
    return FileStamp(path, status.st_size, changed, (status.st_dev, status.st_ino) if status.st_ino else None)
