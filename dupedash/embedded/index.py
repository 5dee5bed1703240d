"""Bring a collection up to date with folders: read what is new or changed, notice what is gone.

Everything is committed in batches, so that it may be stopped or killed at any moment: the next run goes on
from there and ends in the same state.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dupedash.embedded import analysis, describe
from dupedash.embedded.documents import Entry, FileStamp
from dupedash.embedded.folder import Found, absolute, walk, within
from dupedash.embedded.store import KnownFile, Store, file_id
from dupedash.errors import ConfigError, UnreadableImage
from dupedash.images import LIMITS, Limits
from dupedash.images.files import printable
from dupedash.model import Failure, IsCancelled, Progress, ReportProgress, ignore, never
from dupedash.workers import Bounds, Outcome, Workers

FieldsFor = Callable[[Path], Mapping[str, Any]]
"""The fields that a file shall have, beside the built-in ones."""

_BATCH = 64  # documents a commit …
_PAUSE = 2.0  # … or seconds between two


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What became of the files. `updated` counts changed files and changed fields.

    vanished   files that are gone: their documents are kept, but not searched, until the files return
    unreadable with the reason each; also what lies in the folder and is no readable file or folder
    undated    files whose time of change lies outside the years that can be kept: they have no date
    ignored    files that are no pictures, hidden ones, and links to pictures that are indexed anyway
    stopped    it was stopped: files may be missing
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    vanished: tuple[str, ...] = ()
    unreadable: tuple[Failure, ...] = ()
    undated: tuple[str, ...] = ()
    ignored: int = 0
    seconds: float = 0.0
    stopped: bool = False


def no_fields(_path: Path) -> Mapping[str, Any]:
    """For files without fields of their own."""
    return {}


def index(
    store: Store,
    paths: Sequence[Path],
    *,
    recursive: bool = True,
    fields_for: FieldsFor = no_fields,
    jobs: int | None = None,
    limits: Limits = LIMITS,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> IndexReport:
    """Index these folders and files in `jobs` processes (default: one a core).

    Dupedash's own data folder is passed over unless a path lies in it. Raises ConfigError for a path where
    there is nothing; then nothing was done.
    """
    roots = [absolute(path) for path in paths]
    run = _Run(store, fields_for, progress, cancelled)
    for root in roots:
        store.add_root(root)
    found = walk(roots, recursive, [store.folder.parents[1]], cancelled)
    run.plan(found)
    if not cancelled():
        run.notice_absent(found, [os.fsencode(root) for root in roots], recursive)
    run.read(jobs or os.cpu_count() or 1, limits)
    return run.report(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The work of one worker process."""

    limits: Limits

    def __call__(self, path: bytes) -> analysis.Analysis:
        return analysis.analyze(Path(os.fsdecode(path)), self.limits)


@dataclass(slots=True)
class _Run:
    """One call of `index`."""

    store: Store
    fields_for: FieldsFor
    progress: ReportProgress
    cancelled: IsCancelled
    started: float = field(default_factory=time.monotonic)
    known: dict[bytes, KnownFile] = field(default_factory=dict)
    to_read: list[FileStamp] = field(default_factory=list)
    total: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    vanished: list[str] = field(default_factory=list)
    unreadable: dict[bytes, str] = field(default_factory=dict)
    _entries: list[Entry] = field(default_factory=list)
    _failures: dict[bytes, str] = field(default_factory=dict)
    _committed: float = field(default_factory=time.monotonic)

    def plan(self, found: Found) -> None:
        """Part the files into those to read and those that are as they were."""
        self.known = self.store.known_files()
        same = []
        for stamp in found.files:
            before = self.known.get(stamp.path)
            if before is None or before.stamp != stamp or before.version != describe.VERSION:
                self.to_read.append(stamp)
            else:
                same.append(before)
        back = [file for file in same if file.hidden]
        self.store.hide({file.stamp.path: None for file in back})
        self._renew_fields(same)
        self.unchanged = len(same) - self.updated
        self.total = len(found.files) + len(found.refused)

    def notice_absent(self, found: Found, roots: Sequence[bytes], recursive: bool) -> None:
        """Hide the documents of files that were here and are not any more; list what is refused."""
        present = {stamp.path for stamp in found.files}
        gone = {}
        for path, file in self.known.items():
            seen = path in present or path in found.refused or within(path, found.unseen)
            if (
                not file.hidden
                and not seen
                and _covered(path, roots, recursive)
                and not os.path.lexists(path)
            ):
                gone[path] = "the file is gone"
        self.store.hide(gone)
        self.vanished = sorted(printable(os.fsdecode(path)) for path in gone)
        self.unreadable.update(found.refused)
        self.store.note_failures(found.refused)
        self.store.forget_failures(
            path
            for path in self.store.failed_paths()
            if _covered(path, roots, recursive) and path not in present and path not in found.refused
        )

    def read(self, jobs: int, limits: Limits) -> None:
        """Read what is to be read, in processes, and store it batch by batch."""
        self._tell()
        if not self.to_read:
            return
        stamps = {stamp.path: stamp for stamp in self.to_read}
        bounds = Bounds.of(limits.max_seconds, limits.max_memory)
        workers = Workers(_Reader(limits), min(jobs, len(stamps)), bounds=bounds)
        for outcome in workers.run(stamps, cancelled=self.cancelled):
            self._take(stamps[outcome.task], outcome)
            if len(self._entries) >= _BATCH or time.monotonic() - self._committed > _PAUSE:
                self._commit()
        self._commit()

    def report(self, found: Found) -> IndexReport:
        """What was done."""
        return IndexReport(
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            vanished=tuple(self.vanished),
            unreadable=tuple(
                Failure(printable(os.fsdecode(path)), reason)
                for path, reason in sorted(self.unreadable.items())
            ),
            undated=tuple(printable(os.fsdecode(f.path)) for f in found.files if f.modified is None),
            ignored=found.ignored,
            seconds=time.monotonic() - self.started,
            stopped=self.cancelled(),
        )

    def _renew_fields(self, files: Iterable[KnownFile]) -> None:
        """Give unchanged files the fields that are asked for now."""
        wanted = {file.id: self.fields_for(_path(file.stamp)) for file in files}
        changes = {image_id: fields for image_id, fields in wanted.items() if fields}
        if not changes:
            return
        before = self.store.sequence()
        failures = self.store.set_fields(changes)
        if failures:
            raise ConfigError(failures[0].reason)
        self.updated = len(self.store.changed_since(before) & changes.keys())

    def _take(self, stamp: FileStamp, outcome: Outcome) -> None:
        error = outcome.error
        if error is not None:
            reason = error.reason if isinstance(error, UnreadableImage) else str(error)
            self._failures[stamp.path] = reason
            return
        path = _path(stamp)
        before = self.known.get(stamp.path)
        image_id = before.id if before else file_id(path)
        self._entries.append(Entry(image_id, printable(path), outcome.result, self.fields_for(path), stamp))

    def _commit(self) -> None:
        by_id = {entry.id: entry for entry in self._entries}
        for failure in self.store.put(self._entries):
            self._failures[_stamp(by_id.pop(failure.what)).path] = failure.reason
        again = sum(_stamp(entry).path in self.known for entry in by_id.values())
        self.updated += again
        self.added += len(by_id) - again
        self.store.note_failures(self._failures)
        self.unreadable.update(self._failures)
        self._entries, self._failures = [], {}
        self._committed = time.monotonic()
        self._tell()

    def _tell(self) -> None:
        failed = len(self.unreadable)
        self.progress(
            Progress(
                stage="reading images",
                done=self.unchanged + self.added + self.updated + failed,
                total=self.total,
                seconds=time.monotonic() - self.started,
                skipped=self.unchanged,
                failures=failed,
            )
        )


def _covered(path: bytes, roots: Sequence[bytes], recursive: bool) -> bool:
    """Whether a walk of these roots would have come across the path."""
    return within(path, roots) and (recursive or path in roots or os.path.dirname(path) in roots)


def _path(stamp: FileStamp) -> Path:
    return Path(os.fsdecode(stamp.path))


def _stamp(entry: Entry) -> FileStamp:
    if entry.file is None:
        raise ValueError(f"{entry.id} was made of no file")
    return entry.file
