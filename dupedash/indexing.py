"""Bring a collection up to date with folders, whichever kind of collection it is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Unpack

from dupedash.collection import WritableCollection
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.folder import Found, absolute, walk
from dupedash.embedded.files.leaveout import DEFAULTS, LeaveOut, changed
from dupedash.embedded.files.update import FieldsFor, IndexOptions, IndexReport, index, no_fields
from dupedash.embedded.store.store import file_id
from dupedash.example import make
from dupedash.formats import format_of
from dupedash.images import not_decoded
from dupedash.model import Document, Failure, IsCancelled, Progress, ReportProgress, ignore, never

DOCUMENTS_AT_ONCE = 50  # documents in a request to a server
UNFINISHED = "unfinished"


def index_paths(
    collection: WritableCollection, paths: Sequence[Path], **options: Unpack[IndexOptions]
) -> IndexReport:
    """Index folders and files; the options are those of `index`.

    A server is sent what it does not have yet; what changed, moved or vanished is only noticed for
    collections of this machine, and only they remember what is left out. Raises ConfigError where there is
    no such path, CollectionError.
    """
    if isinstance(collection, EmbeddedCollection):
        return index(collection.store, paths, **options)
    leave_out = LeaveOut(changed(DEFAULTS, options.get("exclude", ()), options.get("include", ())))
    cancelled = options.get("cancelled", never)
    found = walk([absolute(p) for p in paths], options.get("recursive", True), [], cancelled, leave_out)
    fields_for, progress = options.get("fields_for", no_fields), options.get("progress", ignore)
    return _send(collection, found, fields_for, progress, cancelled)


def index_example(
    collection: WritableCollection,
    workspace: Workspace,
    *,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> IndexReport:
    """Make the example pictures where they are missing, and index them with their fields.

    Raises Cancelled when stopped while they are made.
    """
    home = workspace.example
    home.mkdir(parents=True, exist_ok=True)
    (home / UNFINISHED).touch()
    manifest = make(home, progress=progress, cancelled=cancelled)
    fields = {home / file.path: file.fields for file in manifest.files}
    report = index_paths(
        collection,
        [home],
        fields_for=lambda path: fields.get(path, {}),
        progress=progress,
        cancelled=cancelled,
    )
    if not report.stopped:
        (home / UNFINISHED).unlink()
    return report


def example_unfinished(workspace: Workspace) -> bool:
    """Whether making or indexing the example began and did not come to its end."""
    return (workspace.example / UNFINISHED).exists()


def report_words(report: IndexReport) -> str:
    """The report in a line, without the lists."""
    read = report.added + report.updated
    rate = f" ({read / report.seconds:.0f} images/s)" if read and report.seconds else ""
    seldom = ((report.moved, "moved"), (report.taken_out, "left out"))
    told = "".join(f"{count:,} {what}, " for count, what in seldom if count)
    names = f", {report.other_names:,} other names of these files" if report.other_names else ""
    return (
        f"{report.added:,} added, {report.updated:,} updated, {report.unchanged:,} unchanged, {told}"
        f"{len(report.vanished):,} vanished, {len(report.unreadable):,} not readable, "
        f"{report.ignored:,} other files ignored{names} in {report.seconds:.1f} s{rate}"
    )


def _send(
    collection: WritableCollection,
    found: Found,
    fields_for: FieldsFor,
    progress: ReportProgress,
    cancelled: IsCancelled,
) -> IndexReport:
    """Add the files whose ids the server does not have, some at a time."""
    began = monotonic()
    failures = [Failure(os.fsdecode(path), reason) for path, reason in found.refused.items()]
    paths = [Path(os.fsdecode(stamp.path)) for stamp in found.files]
    pictures = [path for path in paths if _may_be_sent(path)]
    documents = [_document(path, fields_for) for path in pictures]
    there = set(collection.ids())
    new = [document for document in documents if document.id not in there]
    done = len(documents) - len(new)
    unchanged = done
    for start in range(0, len(new), DOCUMENTS_AT_ONCE):
        if cancelled():
            break
        some = new[start : start + DOCUMENTS_AT_ONCE]
        failures += _located(collection.add(some), some)
        done += len(some)
        seconds = monotonic() - began
        progress(Progress("sending images", done, len(documents), seconds, unchanged, failures=len(failures)))
    collection.commit()
    refused = len(failures) - len(found.refused)
    return IndexReport(
        added=done - unchanged - refused,
        unchanged=unchanged,
        unreadable=tuple(failures),
        left_out=dict(found.left_out),
        ignored=found.ignored + len(paths) - len(pictures),
        endings=tuple(found.endings.most_common()),
        seconds=monotonic() - began,
        stopped=cancelled(),
    )


def _may_be_sent(path: Path) -> bool:
    """Whether a server may be able to read it: what is read here by an extra, or has layers, it is spared."""
    known = format_of(path.suffix[1:])
    return not_decoded(path.name) is None and not (known and (known.needs or known.layered))


def _document(path: Path, fields_for: FieldsFor) -> Document:
    return Document(file_id(path), str(path), fields_for(path))


def _located(failures: Sequence[Failure], documents: Sequence[Document]) -> list[Failure]:
    """A person knows files, not ids."""
    places = {document.id: document.location for document in documents}
    return [Failure(places.get(failure.what, failure.what), failure.reason) for failure in failures]
