"""Bring a collection up to date with folders: read what is new or changed, notice what moved or is gone.

Everything is committed in batches, so that it may be stopped or killed at any moment: the next run goes on
from there and ends in the same state.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from dupedash import images
from dupedash.embedded.describe import analysis, descriptor
from dupedash.embedded.describe.analysis import UNREAD, Analysis
from dupedash.embedded.files import leaveout
from dupedash.embedded.files.folder import Found, absolute, walk, within
from dupedash.embedded.files.leaveout import LeaveOut
from dupedash.embedded.files.placing import GONE, Placed, is_gone, owners_of, place
from dupedash.embedded.store.documents import LEFT_OUT, Entry, FileStamp
from dupedash.embedded.store.store import KnownFile, Store
from dupedash.errors import Cancelled, ConfigError, UnreadableImage
from dupedash.images import LIMITS, Limits
from dupedash.images.files import printable
from dupedash.model import Failure, IsCancelled, Progress, ReportProgress, ignore, never
from dupedash.workers import Bounds, Done, WorkerLost, Workers

FieldsFor = Callable[[Path], Mapping[str, Any]]
"""The fields that a file shall have, beside the built-in ones."""

_BATCH = 64  # documents a commit …
_PAUSE = 2.0  # … or seconds between two


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What became of the files. `updated` counts changed files and changed fields.

    moved      files that were indexed under another path: their documents go on here
    vanished   files that are gone: their documents are kept, but not searched, until the files return
    unreadable with the reason each; also what lies in the folder and is no readable file or folder. Files
               that are no readable pictures are compared by their bytes only, and count nowhere else
    undated    files whose time of change lies outside the years that can be kept: they have no date
    other_names  paths of files that are indexed under another path already
    left_out   pattern → number of folders and files that it leaves out
    taken_out  images of the collection that are left out from now on
    damaged    files that were read now although they are damaged, with what is wrong
    renewed    of the updated ones, those that an earlier version of dupedash had described
    ignored    files that are no pictures, hidden ones, and links to pictures that are indexed anyway
    endings    how many of them have which ending, the most frequent first
    stopped    it was stopped: files may be missing
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    moved: int = 0
    vanished: tuple[str, ...] = ()
    unreadable: tuple[Failure, ...] = ()
    undated: tuple[str, ...] = ()
    other_names: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    taken_out: int = 0
    damaged: tuple[Failure, ...] = ()
    renewed: int = 0
    ignored: int = 0
    endings: tuple[tuple[str, int], ...] = ()
    seconds: float = 0.0
    stopped: bool = False


class IndexOptions(TypedDict, total=False):
    """How to index, as `index` takes it: whoever only passes it on says it in one word."""

    recursive: bool
    reread: bool
    exclude: Sequence[str]
    include: Sequence[str]
    fields_for: FieldsFor
    jobs: int | None
    progress: ReportProgress
    cancelled: IsCancelled


def no_fields(_path: Path) -> Mapping[str, Any]:
    """For files without fields of their own."""
    return {}


def index(
    store: Store,
    paths: Sequence[Path],
    *,
    recursive: bool = True,
    reread: bool = False,
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
    fields_for: FieldsFor = no_fields,
    jobs: int | None = None,
    limits: Limits = LIMITS,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> IndexReport:
    """Index these folders and files in `jobs` processes (default: one a core).

    Dupedash's own data folder is passed over unless a path lies in it. `exclude`: patterns (see `leaveout`)
    that the collection leaves out from now on, `include`: those that it no longer does. `reread`: also read
    files whose size and time are as they were. Raises ConfigError for a path where there is nothing and a bad
    pattern; then nothing was done.
    """
    roots = [absolute(path) for path in paths]
    if exclude or include:
        store.leave_out(leaveout.changed(store.left_out(), exclude, include))
    leave_out = LeaveOut(store.left_out())
    workforce = _Workforce(jobs or os.cpu_count() or 1, limits, cancelled)
    run = _Run(store, fields_for, progress, cancelled, workforce)
    for root in roots:
        store.add_root(root)
    found = walk(roots, recursive, [store.folder.parents[1]], cancelled, leave_out)
    if not cancelled():
        run.place(found, reread)
    if not cancelled():
        run.take_out(leave_out)
        run.notice_absent(found, [os.fsencode(root) for root in roots], recursive)
        run.read()
    return run.report(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The work of one worker process: a file as a picture, else as bytes."""

    limits: Limits

    def __call__(self, path: bytes) -> Analysis:
        file = Path(os.fsdecode(path))
        try:
            return analysis.analyze(file, self.limits)
        except UnreadableImage as error:
            content, size = images.file_hash(file)
            final = error.reason != images.NO_MEMORY
            return analysis.of_bytes(printable(file), error.reason, content, size, final=final)


def _content(path: bytes) -> str:
    return images.file_hash(Path(os.fsdecode(path)))[0]


@dataclass(frozen=True, slots=True)
class _Workforce:
    """The worker processes of a run."""

    jobs: int
    limits: Limits
    cancelled: IsCancelled

    def contents(self, paths: Sequence[bytes]) -> dict[bytes, str]:
        """SHA-256 (hex) of each file that can be read."""
        if not paths:
            return {}
        workers = Workers(_content, min(self.jobs, len(paths)))
        outcomes = workers.run(paths, cancelled=self.cancelled)
        return {outcome.task: outcome.result for outcome in outcomes if outcome.error is None}

    def read(self, paths: Sequence[bytes]) -> Iterable[Done]:
        """An analysis of each, or why there is none; a file that hangs or crashes its reader is hashed."""
        bounds = Bounds.of(self.limits.max_seconds, self.limits.max_memory)
        workers = Workers(
            _Reader(self.limits), min(self.jobs, len(paths)), bounds=bounds, warm_up=descriptor.WARM_UP
        )
        for outcome in workers.run(paths, cancelled=self.cancelled):
            yield self._hashed(outcome) if isinstance(outcome.error, WorkerLost) else outcome

    def _hashed(self, lost: Done) -> Done:
        path = Path(os.fsdecode(lost.task))
        try:
            content, size = images.file_hash(path, self.cancelled)
        except (UnreadableImage, Cancelled):
            return lost
        reason = str(lost.error)
        return Done(lost.task, analysis.of_bytes(printable(path), reason, content, size, final=False))


@dataclass(slots=True)
class _Run:
    """One call of `index`."""

    store: Store
    fields_for: FieldsFor
    progress: ReportProgress
    cancelled: IsCancelled
    workforce: _Workforce
    started: float = field(default_factory=time.monotonic)
    known: dict[bytes, KnownFile] = field(default_factory=dict)
    placed: Placed = field(default_factory=Placed)
    total: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    moved: int = 0
    taken_out: int = 0
    vanished: list[str] = field(default_factory=list)
    unreadable: dict[bytes, str] = field(default_factory=dict)
    damaged: list[Failure] = field(default_factory=list)
    renewed: int = 0
    _entries: list[Entry] = field(default_factory=list)
    _failures: dict[bytes, str] = field(default_factory=dict)
    _committed: float = field(default_factory=time.monotonic)

    def place(self, found: Found, reread: bool) -> None:
        """Part the files into those to read and those that are as they were or moved."""
        placed = place(found, self.store.known_files(), self.workforce.contents, reread)
        if self.cancelled():
            return
        self.placed = placed
        if placed.moved or placed.hidden:
            self.store.relocate({one.id: file for one, file in placed.moved}, placed.hidden)
            self.store.forget_empty_roots()
        self.store.hide({one.id: None for one in placed.same if one.hidden})
        self.known = owners_of(self.store.known_files())
        self._count(found)

    def _count(self, found: Found) -> None:
        placed, reading = self.placed, {stamp.path for stamp in self.placed.to_read}
        settled = [(one, one.stamp) for one in placed.same]
        settled += [(one, file) for one, file in placed.moved if file.path not in reading]
        renewed = self._renew_fields({one.id: _path(file) for one, file in settled})
        for one, file in settled:
            if one.unread:
                self.unreadable[file.path] = one.unread.removeprefix(UNREAD)
            elif one.stamp.path != file.path:
                self.moved += 1
            elif one.stamp != file or one.id in renewed:
                self.updated += 1
            else:
                self.unchanged += 1
        self.total = len(found.files) - len(placed.other_names) + len(found.refused)

    def take_out(self, leave_out: LeaveOut) -> None:
        """Hide the documents of files that no walk comes across any more."""
        roots = [os.fsencode(root) for root in self.store.roots()]
        reasons = leave_out.reasons(roots, [p for p, file in self.known.items() if file.hidden is None])
        self.store.hide({self.known[path].id: f"{LEFT_OUT}{why}" for path, why in reasons.items()})
        self.taken_out = len(reasons)
        self.known = {path: file for path, file in self.known.items() if path not in reasons}

    def notice_absent(self, found: Found, roots: Sequence[bytes], recursive: bool) -> None:
        """Hide the documents of files that were here and are not any more; list what is refused."""
        present = {stamp.path for stamp in found.files}
        own = [os.fsencode(root) for root in self.store.roots()]

        def looked_at(path: bytes) -> bool:
            """A link leads to files that lie in no folder of the collection."""
            return _covered(path, roots, recursive) or not within(path, own)

        gone = {}
        for path, file in self.known.items():
            seen = path in present or path in found.refused or within(path, found.unseen)
            if file.hidden is None and not seen and looked_at(path) and is_gone(path):
                gone[path] = file
        self.store.hide({file.id: GONE for file in gone.values()})
        self.vanished = sorted(printable(os.fsdecode(path)) for path in gone)
        self.unreadable.update(found.refused)
        self.store.note_failures(found.refused)
        self.store.forget_failures(
            path
            for path in self.store.failed_paths()
            if _covered(path, roots, recursive) and path not in present and path not in found.refused
        )

    def read(self) -> None:
        """Read what is to be read, in processes, and store it batch by batch."""
        self._tell()
        stamps = {stamp.path: stamp for stamp in self.placed.to_read}
        if not stamps:
            return
        for outcome in self.workforce.read(list(stamps)):
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
            moved=self.moved,
            vanished=tuple(self.vanished),
            unreadable=tuple(
                Failure(printable(os.fsdecode(path)), reason)
                for path, reason in sorted(self.unreadable.items())
            ),
            undated=tuple(printable(os.fsdecode(f.path)) for f in found.files if f.modified is None),
            other_names=len(self.placed.other_names),
            left_out=dict(found.left_out),
            taken_out=self.taken_out,
            damaged=tuple(sorted(self.damaged, key=lambda failure: failure.what)),
            renewed=self.renewed,
            ignored=found.ignored,
            endings=tuple(found.endings.most_common()),
            seconds=time.monotonic() - self.started,
            stopped=self.cancelled(),
        )

    def _renew_fields(self, files: Mapping[str, Path]) -> set[str]:
        """Give unchanged files (by id) the fields that are asked for now; the ids of those that changed."""
        wanted = {image_id: self.fields_for(path) for image_id, path in files.items()}
        changes = {image_id: fields for image_id, fields in wanted.items() if fields}
        if not changes:
            return set()
        before = self.store.sequence()
        failures = self.store.set_fields(changes)
        if failures:
            raise ConfigError(failures[0].reason)
        return set(self.store.changed_since(before) & changes.keys())

    def _take(self, stamp: FileStamp, outcome: Done) -> None:
        error = outcome.error
        if error is not None:
            reason = error.reason if isinstance(error, UnreadableImage) else str(error)
            self._failures[stamp.path] = reason
            return
        path, image_id = _path(stamp), self.placed.ids[stamp.path]
        entry = Entry(image_id, printable(path), outcome.result, self.fields_for(path), stamp)
        if self._is_as_before(entry):
            self._count_unread(entry)
        else:
            self._note(entry)
            self._entries.append(entry)

    def _note(self, entry: Entry) -> None:
        """What a person shall know of a picture that was read: damage, and that it was known otherwise."""
        before, damage = self.known.get(_stamp(entry).path), entry.analysis.damage
        if damage:
            self.damaged.append(Failure(entry.location, damage))
        unread = before is None or before.unread is not None
        if before is not None and not unread and before.version != descriptor.VERSION:
            self.renewed += 1

    def _is_as_before(self, entry: Entry) -> bool:
        """Whether another try to read a file as a picture gave nothing new."""
        found, file = entry.analysis, _stamp(entry)
        now = KnownFile(entry.id, file, found.version, found.content, None, found.skipped)
        return not found.readable and not entry.fields and now == self.known.get(file.path)

    def _count_unread(self, entry: Entry) -> None:
        self.unreadable[_stamp(entry).path] = (entry.analysis.skipped or "").removeprefix(UNREAD)

    def _commit(self) -> None:
        by_id = {entry.id: entry for entry in self._entries}
        for failure in self.store.put(self._entries):
            self._failures[_stamp(by_id.pop(failure.what)).path] = failure.reason
        there = {file.id for file in self.known.values()}
        for entry in by_id.values():
            if not entry.analysis.readable:
                self._count_unread(entry)
            elif entry.id in there:
                self.updated += 1
            else:
                self.added += 1
        self.store.note_failures(self._failures)
        self.unreadable.update(self._failures)
        self._entries, self._failures = [], {}
        self._committed = time.monotonic()
        self._tell()

    def _tell(self) -> None:
        failed = len(self.unreadable)
        ready = self.unchanged + self.moved
        self.progress(
            Progress(
                stage="reading images",
                done=ready + self.added + self.updated + failed,
                total=self.total,
                seconds=time.monotonic() - self.started,
                skipped=ready,
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
