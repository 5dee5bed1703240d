"""The truth of an embedded collection: one SQLite file with documents, fields, descriptors, thumbnails.

Everything else (search arrays, graphs) is derived and may be deleted.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dupedash.config import collection_name
from dupedash.embedded.describe import descriptor
from dupedash.embedded.describe.analysis import UNREAD, Analysis
from dupedash.embedded.files import leaveout
from dupedash.embedded.store import documents
from dupedash.embedded.store.database import Database, chunks, ended_after, last_removal, sequence
from dupedash.embedded.store.documents import (
    LEFT_OUT,
    PICTURE,
    SAME_FILE_AS,
    SEARCHED,
    Entry,
    FileStamp,
    Searchable,
)
from dupedash.errors import ConfigError, DamagedCollection, QueryError, UnknownImage
from dupedash.images.files import printable
from dupedash.model import Failure, FieldInfo, ImageRecord, ValueCount
from dupedash.query.sql import to_sql
from dupedash.query.syntax.dates import milliseconds
from dupedash.query.syntax.parse import parse_all

_LONGEST_FILTER = 10.0
"""Seconds of processor time for the filters of one question; those of a form take less than one, of 100,000
images."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that was read before.

    version  of its description
    content  SHA-256 (hex) of its bytes
    hidden   why its document is not searched, or None
    unread   why it was not read as a picture, or None
    """

    id: str
    stamp: FileStamp
    version: int
    content: str
    hidden: str | None = None
    unread: str | None = None


class Store:
    """A collection in the folder `data/collections/NAME`; it is made where there is none."""

    def __init__(self, folder: Path) -> None:
        self.name = collection_name(folder.name)
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._database = Database(folder / "collection.sqlite", self.name)
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = 'uuid'").fetchone()
        if row is None:
            message = f"The collection {self.name} ({self._database.file}) has lost its name."
            raise DamagedCollection(f"{message} {self._database.mending}", self.name)
        self.uuid = str(row[0])

    def close(self) -> None:
        """Give back all files."""
        self._database.close()

    def sequence(self) -> int:
        """The number of the last commit that changed a document."""
        with self._database.reading() as connection:
            return sequence(connection)

    def changed_since(self, number: int) -> frozenset[str]:
        """Ids of documents added or changed after that commit."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT id FROM documents d WHERE changed > ? AND {SEARCHED}", (number,)
            )
            return frozenset(row[0] for row in rows)

    def sync(self) -> None:
        """Bring all commits into the main file and to the disk."""
        self._database.checkpoint()

    def ids(self, fq: Sequence[str] = ()) -> list[str]:
        """Ids of the documents that all filters admit, sorted. Raises QueryError."""
        return [row[0] for row in self._select("d.id", fq, "ORDER BY d.id")]

    def count(self, fq: Sequence[str] = ()) -> int:
        """How many documents all filters admit. Raises QueryError."""
        return int(self._select("count(*)", fq)[0][0])

    def members(self) -> tuple[int, list[Searchable]]:
        """The documents to be searched, by id, and the sequence number at which they are so."""
        with self._database.snapshot() as connection:
            return sequence(connection), documents.members(connection)

    def members_since(self, number: int) -> tuple[int, list[Searchable]] | None:
        """As `members`, only those added or changed after that commit; None if something was removed, too."""
        with self._database.snapshot() as connection:
            if last_removal(connection) > number:
                return None
            return sequence(connection), documents.members(connection, number)

    def records(self, ids: Sequence[str]) -> list[ImageRecord]:
        """The records in that order, hidden ones too. Raises UnknownImage."""
        with self._database.snapshot() as connection:
            found = documents.records(connection, ids)
        try:
            return [found[image_id] for image_id in ids]
        except KeyError as error:
            raise UnknownImage(str(error.args[0]), self.name) from error

    def fields(self) -> dict[str, FieldInfo]:
        """All fields that a filter may name."""
        with self._database.reading() as connection:
            return documents.known_fields(connection)

    def values(self, field: str, prefix: str, limit: int) -> list[ValueCount]:
        """The most frequent values of a field that begin with `prefix` (upper or lower case), as text."""
        info = self.fields().get(field)
        if info is None:
            return []
        text = documents.TEXT_OF[info.type]
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {text} AS text, count(DISTINCT doc) AS images FROM values_ v"
                f" JOIN documents d ON d.rowid = v.doc WHERE field = ?1 AND {SEARCHED}"
                " AND substr(lower(text), 1, length(?2)) = lower(?2)"
                " GROUP BY text ORDER BY images DESC, text LIMIT ?3",
                (field, prefix, limit),
            )
            return [ValueCount(value, images) for value, images in rows]

    def thumbnail(self, image_id: str) -> bytes | None:
        """The WebP of a document, or None for an unknown id."""
        return self._one(
            "SELECT webp FROM thumbnails JOIN documents d ON d.rowid = doc WHERE d.id = ?", image_id
        )

    def path(self, image_id: str) -> Path | None:
        """The file of a document, exactly; None where it has none of ours or the id is unknown."""
        path = self._one("SELECT path FROM documents WHERE id = ?", image_id)
        return None if path is None else Path(os.fsdecode(path))

    def descriptors(self, rows: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Descriptors by row, in ascending order of the rows; a damaged one is empty."""
        ordered = sorted(rows)
        for part in chunks(len(ordered)):
            some = ordered[part]
            with self._database.reading() as connection:
                marks = ",".join("?" * len(some))
                found = connection.execute(
                    f"SELECT doc, descriptor, crc FROM descriptors WHERE doc IN ({marks}) ORDER BY doc", some
                ).fetchall()
            yield from ((row, documents.whole(data, crc)) for row, data, crc in found)

    def thumbnails(self, rows: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Thumbnails by row, of those that have one."""
        for part in chunks(len(rows)):
            some = list(rows[part])
            with self._database.reading() as connection:
                marks = ",".join("?" * len(some))
                yield from connection.execute(
                    f"SELECT doc, webp FROM thumbnails WHERE doc IN ({marks})", some
                ).fetchall()

    def pictures(self, rows: Sequence[int]) -> Iterator[tuple[int, str, bytes]]:
        """The hash and the descriptor of the picture that each row shows now; a damaged one is empty."""
        for part in chunks(len(rows)):
            some = list(rows[part])
            marks = ",".join("?" * len(some))
            with self._database.reading() as connection:
                found = connection.execute(
                    f"SELECT doc, {PICTURE}, descriptor, crc FROM descriptors"
                    f" JOIN documents d ON d.rowid = doc WHERE doc IN ({marks})",
                    some,
                ).fetchall()
            yield from ((row, picture, documents.whole(data, crc)) for row, picture, data, crc in found)

    def analysis(self, image_id: str) -> Analysis:
        """What was found out about a document's picture. Raises UnknownImage."""
        with self._database.snapshot() as connection:
            found = documents.analysis_of(connection, image_id)
        if found is None:
            raise UnknownImage(image_id, self.name)
        return found

    def roots(self) -> list[Path]:
        """The folders and files that were indexed. Actions never leave them."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT path FROM roots ORDER BY path").fetchall()
        return [Path(os.fsdecode(row[0])) for row in rows]

    def add_root(self, path: Path) -> None:
        """Remember that this folder or file belongs to the collection."""
        with self._database.writing() as transaction:
            transaction.connection.execute("INSERT OR IGNORE INTO roots VALUES (?)", (os.fsencode(path),))

    def forget_empty_roots(self) -> None:
        """Forget the folders that are gone and of whose files no document is left."""
        gone = [os.fsencode(root) for root in self.roots() if not os.path.lexists(root)]
        with self._database.writing() as transaction:
            transaction.connection.executemany(
                "DELETE FROM roots WHERE path = ?1 AND NOT EXISTS"
                " (SELECT 1 FROM documents WHERE path = ?1 OR substr(path, 1, length(?1) + 1) = ?1 || x'2f')",
                [(path,) for path in gone],
            )

    def left_out(self) -> tuple[str, ...]:
        """The patterns of folders and files that are not read (see `leaveout`)."""
        with self._database.reading() as connection:
            return tuple(row[0] for row in connection.execute("SELECT pattern FROM left_out ORDER BY place"))

    def leave_out(self, patterns: Iterable[str]) -> None:
        """Remember these patterns and no others. Raises ConfigError."""
        numbered = list(enumerate(leaveout.checked(patterns)))
        with self._database.writing() as transaction:
            transaction.connection.execute("DELETE FROM left_out")
            transaction.connection.executemany("INSERT INTO left_out VALUES (?, ?)", numbered)

    def known_files(self) -> list[KnownFile]:
        """All files that were read. Of several documents with one path the files of all but one are gone."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT path, id, bytes, mtime_ns, described, content, hidden, iif(width = 0, skipped, NULL)"
                " FROM documents WHERE path IS NOT NULL ORDER BY rowid"
            )
            return [
                KnownFile(image_id, FileStamp(path, size, mtime_ns), version, content, hidden, unread)
                for path, image_id, size, mtime_ns, version, content, hidden, unread in rows
            ]

    def analysis_of_content(self, content: str) -> Analysis | None:
        """What is known of the file with this SHA-256, where there is one in the collection."""
        with self._database.snapshot() as connection:
            row = connection.execute(
                f"SELECT id FROM documents d WHERE content = ? AND {SEARCHED} ORDER BY width DESC", (content,)
            ).fetchone()
            return None if row is None else documents.analysis_of(connection, row[0])

    def known_file(self, path: bytes, content: str) -> FileStamp | None:
        """The file at this path as it was when it was read with that content, also where its document is
        removed since."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT bytes, mtime_ns FROM documents WHERE path = ?1 AND content = ?2"
                " UNION ALL SELECT bytes, mtime_ns FROM removed WHERE path = ?1 AND content = ?2",
                (path, content),
            ).fetchone()
            return None if row is None else FileStamp(path, *row)

    def hidden(self) -> list[Failure]:
        """Documents that are kept but not searched (their file is gone or broken), with the reason.

        Not those that are left out, and other names of files that have a document.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT location, hidden FROM documents WHERE hidden IS NOT NULL ORDER BY location"
            )
            return [Failure(*row) for row in rows if not row[1].startswith((LEFT_OUT, SAME_FILE_AS))]

    def hidden_at(self, paths: Sequence[bytes]) -> dict[str, tuple[bytes, str | None]]:
        """Ids of the documents of these files: path, and why they are not searched (None: they are)."""
        found: dict[str, tuple[bytes, str | None]] = {}
        with self._database.reading() as connection:
            for path in paths:
                rows = connection.execute("SELECT id, path, hidden FROM documents WHERE path = ?", (path,))
                found |= {image_id: (path, hidden) for image_id, path, hidden in rows}
        return found

    def damaged(self) -> list[Failure]:
        """Documents of damaged files that are compared all the same, with what is wrong."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT d.location, v.s FROM values_ v JOIN documents d ON d.rowid = v.doc"
                f" WHERE v.field = 'damage' AND {SEARCHED} ORDER BY d.location"
            )
            return [Failure(*row) for row in rows]

    def outdated(self) -> int:
        """How many documents another version described: they are not compared."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT count(*) FROM documents d WHERE described != ? AND width > 0 AND {SEARCHED}",
                (descriptor.VERSION,),
            ).fetchone()
            return int(row[0])

    def failures(self) -> list[Failure]:
        """Files that could not be read as pictures when they were last tried."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT path, location, reason FROM failures UNION ALL"
                f" SELECT path, location, skipped FROM documents d WHERE width = 0 AND {SEARCHED} ORDER BY 1"
            )
            return [Failure(location, reason.removeprefix(UNREAD)) for _, location, reason in rows]

    def put(self, entries: Iterable[Entry]) -> list[Failure]:
        """Add or replace documents in one commit; those that do not fit the tables come back."""
        failures = []
        with self._database.writing() as transaction:
            for entry in entries:
                try:
                    with transaction.attempt():
                        documents.put(transaction, entry)
                except ConfigError as error:
                    failures.append(Failure(entry.id, str(error)))
                    continue
                except (ValueError, OverflowError, sqlite3.DataError) as error:
                    failures.append(Failure(entry.id, f"cannot be stored: {error}"))
                    continue
                if entry.file is not None:
                    for table in ("failures", "removed"):
                        transaction.connection.execute(
                            f"DELETE FROM {table} WHERE path = ?", (entry.file.path,)
                        )
        return failures

    def set_fields(self, changes: Mapping[str, Mapping[str, Any]]) -> list[Failure]:
        """Per id: field → new value, None removes it; what could not be done comes back."""
        failures = []
        with self._database.writing() as transaction:
            for image_id, change in changes.items():
                try:
                    if not documents.set_fields(transaction, image_id, change):
                        failures.append(Failure(image_id, "no such image"))
                except ConfigError as error:
                    failures.append(Failure(image_id, str(error)))
        return failures

    def remove(self, ids: Sequence[str]) -> None:
        """Forget these documents."""
        with self._database.writing() as transaction:
            documents.remove(transaction, ids)

    def clear(self) -> None:
        """Forget all documents, folders and failures; the fields stay known."""
        with self._database.writing() as transaction:
            documents.clear(transaction)
            transaction.connection.execute("DELETE FROM roots")
            transaction.connection.execute("DELETE FROM failures")

    def hide(self, reasons: Mapping[str, str | None]) -> None:
        """Per document: why it is not searched for now; None brings it back."""
        with self._database.writing() as transaction:
            for image_id, reason in reasons.items():
                documents.hide(transaction, image_id, reason)

    def relocate(self, files: Mapping[str, FileStamp], hidden: Mapping[str, str]) -> None:
        """Per document: where its file is now; and which documents have lost theirs, with the reason."""
        with self._database.writing() as transaction:
            for image_id, reason in hidden.items():
                documents.hide(transaction, image_id, reason)
            for image_id, file in files.items():
                documents.relocate(transaction, image_id, printable(os.fsdecode(file.path)), file)

    def note_failures(self, reasons: Mapping[bytes, str]) -> None:
        """Files that cannot be read: they are listed, and documents made of them earlier are hidden."""
        now = milliseconds(datetime.now(UTC))
        with self._database.writing() as transaction:
            for path, reason in reasons.items():
                documents.hide_file(transaction, path, reason)
                transaction.connection.execute(
                    "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)",
                    (path, printable(os.fsdecode(path)), reason, now),
                )

    def forget_failures(self, paths: Iterable[bytes]) -> None:
        """These files are gone or readable again."""
        with self._database.writing() as transaction:
            transaction.connection.executemany("DELETE FROM failures WHERE path = ?", [(p,) for p in paths])

    def failed_paths(self) -> set[bytes]:
        """The paths of `failures`, exactly."""
        with self._database.reading() as connection:
            return {row[0] for row in connection.execute("SELECT path FROM failures")}

    def _select(self, what: str, fq: Sequence[str], end: str = "") -> list[Any]:
        queries = parse_all(fq)
        with self._database.snapshot() as connection:
            where, parameters = to_sql(queries, documents.known_fields(connection))
            statement = f"SELECT {what} FROM documents d WHERE {SEARCHED} AND ({where}) {end}"
            try:
                with ended_after(connection, _LONGEST_FILTER):
                    return connection.execute(statement, parameters).fetchall()
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_INTERRUPT:
                    raise
                raise QueryError(
                    f"These filters take more than {_LONGEST_FILTER:.0f} s over the collection {self.name}: "
                    "use fewer values, and fewer wildcards at their beginnings."
                ) from error

    def _one(self, statement: str, image_id: str) -> bytes | None:
        with self._database.reading() as connection:
            row = connection.execute(statement, (image_id,)).fetchone()
        return None if row is None else row[0]


def file_id(path: Path) -> str:
    """The id of a file: 16 hex digits of the SHA-256 of its absolute path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
