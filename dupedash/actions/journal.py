"""The journal of a plan: the plan itself, then what was about to be done and what came of it, step by step.

One SQLite file in a folder of its own. Rows are only added, and each is on the disk before the next thing
happens: so after a kill -9 the journal says how far it came, and apply and undo go on from there. A new one
is made under a passing name: it is there wholly or not at all. Journals are numbered as they are made, and
again as they are applied, since a clock may be set back.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from dupedash.actions.plan import Plan
from dupedash.config import Workspace
from dupedash.errors import ActionError
from dupedash.fieldjson import document_of_json, document_to_json
from dupedash.model import Document, Failure
from dupedash.storage import atomic, locks, sums

_FILE, _LOCK, _PASSING = "journal.sqlite", "making.lock", ".new-"
_VERSION = 1  # counts changes of the journal's tables: another version's is not opened
_SCHEMA = """
CREATE TABLE plan (summary TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY, at TEXT NOT NULL, step INTEGER NOT NULL, mark TEXT NOT NULL,
                     info TEXT NOT NULL);
CREATE INDEX events_by_step ON events (step, id);
CREATE TABLE documents (step INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""
# Not in _SCHEMA: journals of earlier versions have no such table, and get it when they are applied.
_TURNS = "CREATE TABLE IF NOT EXISTS turns (what TEXT NOT NULL, number INTEGER NOT NULL)"
_MADE, _APPLIED = "made", "applied"
_BODY = "body"
"""In the summary: the checksum of the plan's text."""


class StepMark(StrEnum):
    """What a row says about its step. Only INTENT, ALONG and MOVED leave open how the step ended."""

    INTENT = "intent"
    ALONG = "sidecar intent"
    MOVED = "moved"
    DONE = "done"
    FAILED = "failed"
    UNDO_INTENT = "undo intent"
    UNDONE = "undone"
    UNDO_FAILED = "undo failed"


OPEN = (StepMark.INTENT, StepMark.ALONG, StepMark.MOVED)
"""The marks of a step that was begun and did not end."""


class Status(StrEnum):
    """How far a plan is."""

    PLANNED = "planned"
    INTERRUPTED = "interrupted"
    PARTLY = "applied, some steps failed"
    APPLIED = "applied"
    PARTLY_TAKEN_BACK = "applied, some steps taken back"
    PARTLY_UNDONE = "undone, some steps failed"
    UNDONE = "undone"


WAITING = (Status.PLANNED, Status.INTERRUPTED, Status.PARTLY)
UNDOABLE = (Status.APPLIED, Status.PARTLY, Status.INTERRUPTED, Status.PARTLY_TAKEN_BACK,
            Status.PARTLY_UNDONE)  # fmt: skip
"""What `apply` goes on with, and what `undo` can take back."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One row. `info`: FAILED and UNDO_FAILED have a "reason", INTENT and ALONG the state of the file …"""

    at: datetime
    step: int
    mark: StepMark
    info: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JournalSummary:
    """What a list of journals shows."""

    plan: str
    created: datetime
    collection: str
    scan: str
    threshold: float
    action: str
    policy: str
    steps: int
    removed: int
    bytes: int
    status: Status
    done: int
    failed: int


class Journal:
    """The journal in `folder`. Its methods raise ActionError where the file cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def create(workspace: Workspace, plan: Plan) -> Journal:
        """Keep a new plan. Raises ActionError where one of its id exists, Forbidden, OSError."""
        workspace.must_write()
        home = workspace.journals
        home.mkdir(parents=True, exist_ok=True)
        with locks.held(home / _LOCK):
            for left in home.glob(f"{_PASSING}*"):  # whoever made it was killed: the lock is ours
                shutil.rmtree(left)
            if (home / plan.id).exists():
                raise ActionError(f"There is a plan {plan.id} already.")
            number = 1 + max((journal.turn(_MADE) for journal in journals(workspace)), default=0)
            new = Journal(home / f"{_PASSING}{plan.id}")
            new._write(plan, number)
            new.folder.rename(home / plan.id)
            atomic.sync_folder(home)
        return Journal(home / plan.id)

    def _write(self, plan: Plan, number: int) -> None:
        self.folder.mkdir()
        with self._connected() as db:
            db.execute("BEGIN IMMEDIATE")
            for statement in (*_SCHEMA.split(";"), _TURNS):
                db.execute(statement)
            body = json.dumps(plan.to_json())
            summary = json.dumps(sums.sealed({**_summary(plan), _BODY: sums.sum_of_text(body)}))
            db.execute("INSERT INTO plan VALUES (?, ?)", (summary, body))
            db.execute("INSERT INTO turns VALUES (?, ?)", (_MADE, number))
            db.execute(f"PRAGMA user_version = {_VERSION}")
            db.execute("COMMIT")

    def turn(self, what: str) -> int:
        """When it was made or last applied, as a number; 0: never, or by an earlier version."""
        with self._open() as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'turns'").fetchone():
                return 0
            sql = "SELECT COALESCE(MAX(number), 0) FROM turns WHERE what = ?"
            return int(db.execute(sql, (what,)).fetchone()[0])

    def begin(self) -> None:
        """It is applied now, after all others. Only whoever holds the lock of `exclusive` may say so."""
        others = map(Journal, _folders(self.folder.parent))
        number = 1 + max((j.turn(_APPLIED) for j in others if j.trouble() is None), default=0)
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute(_TURNS)
            db.execute("INSERT INTO turns VALUES (?, ?)", (_APPLIED, number))
            db.execute("COMMIT")

    def trouble(self) -> str | None:
        """Why it cannot be used, or None."""
        try:
            self.summary()
        except ActionError as error:
            return str(error)
        return None

    def plan(self) -> Plan:
        """The plan, as it was made."""
        with self._open() as db:
            return _plan(db, _head(db))

    def record(self, step: int, mark: StepMark, **info: Any) -> None:
        """Add a row; it is on the disk when this returns."""
        with self._open() as db:
            _add(db, step, mark, info)

    def record_all(self, steps: list[int], mark: StepMark) -> None:
        """Add one row a step, all or none."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            for step in steps:
                _add(db, step, mark, {})
            db.execute("COMMIT")

    def keep_document(self, step: int, document: Document) -> None:
        """Keep what leaves the collection at this step."""
        body = json.dumps(sums.sealed(document_to_json(document), step))
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (step, body))

    def document(self, step: int) -> Document | None:
        """What left the collection at this step."""
        with self._open() as db:
            row = db.execute("SELECT body FROM documents WHERE step = ?", (step,)).fetchone()
            return document_of_json(sums.unsealed(json.loads(row[0]), step)) if row else None

    def last(self) -> dict[int, JournalEntry]:
        """Step → its last row. Steps without one were never begun."""
        sql = "SELECT at, step, mark, info FROM events WHERE id IN (SELECT MAX(id) FROM events GROUP BY step)"
        with self._open() as db:
            return {entry.step: entry for entry in map(_entry, db.execute(sql))}

    def info(self, step: int, mark: StepMark) -> Mapping[str, Any]:
        """What the latest row of this mark says about a step; empty where there is none."""
        sql = "SELECT info FROM events WHERE step = ? AND mark = ? ORDER BY id DESC LIMIT 1"
        with self._open() as db:
            row = db.execute(sql, (step, str(mark))).fetchone()
            return sums.unsealed(json.loads(row[0]), step, str(mark)) if row else {}

    def all_info(self, mark: StepMark) -> list[Mapping[str, Any]]:
        """What every row of this mark says, the newest first."""
        sql = "SELECT step, mark, info FROM events WHERE mark = ? ORDER BY id DESC"
        with self._open() as db:
            rows = db.execute(sql, (str(mark),))
            return [sums.unsealed(json.loads(info), step, found) for step, found, info in rows]

    def entries(self) -> list[JournalEntry]:
        """Every row, oldest first: for the log that is shown and exported."""
        with self._open() as db:
            return [_entry(row) for row in db.execute("SELECT at, step, mark, info FROM events ORDER BY id")]

    def summary(self) -> JournalSummary:
        """What a list shows; reads neither steps nor documents, unless the sums of the plan are damaged."""
        marks = [entry.mark for entry in self.last().values()]
        failed = marks.count(StepMark.FAILED) + marks.count(StepMark.UNDO_FAILED)
        with self._open() as db:
            head = _head(db) or _summary(_plan(db, None))
            sums_ = {name: value for name, value in head.items() if name not in (_BODY, "created")}
            created, status = datetime.fromisoformat(head["created"]), _status(marks, head["steps"])
            return JournalSummary(**sums_, created=created, status=status, done=marks.count(StepMark.DONE),
                                  failed=failed)  # fmt: skip

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not (self.folder / _FILE).exists():
            raise ActionError(f"There is no plan {self.folder.name!r}: `plan` makes one.")
        with self._connected() as db:
            found = db.execute("PRAGMA user_version").fetchone()[0]
            if found > _VERSION:
                raise ActionError(
                    f"The journal in {self.folder} was written by a newer version of dupedash: use that one."
                )
            if found != _VERSION:
                raise ActionError(
                    f"The journal in {self.folder} was never finished, and nothing was done by it: "
                    "make the plan again."
                )
            yield db

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.folder / _FILE, timeout=30, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous = FULL")
                yield db
        except (sqlite3.Error, ValueError, TypeError, LookupError) as error:
            raise ActionError(
                f"The journal in {self.folder} cannot be used: {error}. Files that it moved wait in "
                f"quarantine/{self.folder.name} of the data folder, numbered by step."
            ) from error


def journals(workspace: Workspace) -> list[Journal]:
    """All journals that can be used, the plan that was made last first; see `unusable` for the others."""
    found = [journal for journal in map(Journal, _folders(workspace.journals)) if journal.trouble() is None]
    return sorted(found, key=lambda journal: (journal.turn(_MADE), journal.folder.name), reverse=True)


def unusable(workspace: Workspace) -> list[Failure]:
    """The journals that cannot be used, with the reason: unfinished, damaged, or of a newer version."""
    told = ((folder.name, Journal(folder).trouble()) for folder in _folders(workspace.journals))
    return [Failure(name, trouble) for name, trouble in told if trouble is not None]


def _folders(home: Path) -> Sequence[Path]:
    found = home.iterdir() if home.is_dir() else ()
    return [f for f in sorted(found) if not f.name.startswith(_PASSING) and (f / _FILE).is_file()]


def find_journal(workspace: Workspace, plan_id: str) -> Journal:
    """The journal of this plan. Raises ActionError."""
    found = Journal(workspace.journals / Path(plan_id).name)
    found.summary()
    return found


def waiting_journal(workspace: Workspace) -> Journal:
    """The plan that was made last, where it waits to be applied; an older one is never meant.

    Raises ActionError where nothing waits.
    """
    newest = next(iter(journals(workspace)), None)
    if newest is None:
        raise ActionError("There is no plan yet: `plan` makes one.")
    status = newest.summary().status
    if status not in WAITING:
        raise ActionError(
            f"Nothing waits to be applied: the newest plan, {newest.folder.name}, is {status}. "
            "`plan` makes a new one; `apply PLAN` applies an older one (`undo --list` names them)."
        )
    return newest


def applied_journal(workspace: Workspace) -> Journal:
    """The plan that was applied last of those that can be undone. Raises ActionError where there is none."""
    done = [journal for journal in journals(workspace) if journal.summary().status in UNDOABLE]
    if not done:
        raise ActionError("There is no plan that was applied and can be undone.")
    return max(done, key=lambda journal: (journal.turn(_APPLIED), journal.turn(_MADE), journal.folder.name))


def _summary(plan: Plan) -> dict[str, Any]:
    return {
        "plan": plan.id,
        "created": plan.created.isoformat(),
        "collection": plan.collection,
        "scan": plan.scan,
        "threshold": plan.threshold,
        "action": str(plan.action),
        "policy": plan.policy.name,
        "steps": len(plan.steps),
        "removed": len(plan.removed),
        "bytes": plan.bytes,
    }


def _status(marks: list[StepMark], steps: int) -> Status:
    if not marks:
        return Status.PLANNED
    if {*OPEN, StepMark.UNDO_INTENT} & set(marks):
        return Status.INTERRUPTED
    if StepMark.UNDO_FAILED in marks:
        return Status.PARTLY_UNDONE
    if StepMark.DONE not in marks and StepMark.UNDONE in marks:
        return Status.UNDONE
    if {StepMark.DONE, StepMark.UNDONE} <= set(marks):
        return Status.PARTLY_TAKEN_BACK
    if StepMark.FAILED in marks:
        return Status.PARTLY
    return Status.APPLIED if len(marks) == steps else Status.INTERRUPTED


def _head(db: sqlite3.Connection) -> dict[str, Any] | None:
    """The sums of the plan, or None where they are damaged: they are derived from it."""
    try:
        return sums.unsealed(json.loads(_only(db, "SELECT summary FROM plan")))
    except ValueError:
        return None


def _plan(db: sqlite3.Connection, head: Mapping[str, Any] | None) -> Plan:
    body = _only(db, "SELECT body FROM plan")
    if head and head.get(_BODY) not in (None, sums.sum_of_text(body)):  # version 0.1 noted no sum
        raise ValueError("a byte of its plan changed")
    return Plan.of_json(json.loads(body))


def _only(db: sqlite3.Connection, sql: str) -> str:
    """The text of a single row. Raises ValueError where there is none."""
    row = db.execute(sql).fetchone()
    if row is None or not isinstance(row[0], str):
        raise ValueError("its plan is gone")
    return row[0]


def _add(db: sqlite3.Connection, step: int, mark: StepMark, info: Mapping[str, Any]) -> None:
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    row = (now, step, str(mark), json.dumps(sums.sealed(info, step, str(mark))))
    db.execute("INSERT INTO events (at, step, mark, info) VALUES (?, ?, ?, ?)", row)


def _entry(row: tuple[str, int, str, str]) -> JournalEntry:
    at, step, mark, info = row
    known = sums.unsealed(json.loads(info), step, mark)
    return JournalEntry(datetime.fromisoformat(at), step, StepMark(mark), known)
