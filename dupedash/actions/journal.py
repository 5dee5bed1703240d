"""The journal of a plan: the plan itself, then what was about to be done and what came of it, step by step.

One SQLite file in a folder of its own. Rows are only added, and each is on the disk before the next thing
happens: so after a kill -9 the journal says how far it came, and apply and undo go on from there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from dupedash.actions.fieldjson import document_of_json, document_to_json
from dupedash.actions.plan import Plan
from dupedash.config import Workspace
from dupedash.errors import ActionError
from dupedash.model import Document

_FILE = "journal.sqlite"
_VERSION = 1
_SCHEMA = """
CREATE TABLE plan (summary TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY, at TEXT NOT NULL, step INTEGER NOT NULL, mark TEXT NOT NULL,
                     info TEXT NOT NULL);
CREATE INDEX events_by_step ON events (step, id);
CREATE TABLE documents (step INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""


class Mark(StrEnum):
    """What a row says about its step. Only INTENT and MOVED leave open how the step ended."""

    INTENT = "intent"
    MOVED = "moved"
    DONE = "done"
    FAILED = "failed"
    UNDO_INTENT = "undo intent"
    UNDONE = "undone"
    UNDO_FAILED = "undo failed"


class Status(StrEnum):
    """How far a plan is."""

    PLANNED = "planned"
    INTERRUPTED = "interrupted"
    PARTLY = "applied, some steps failed"
    APPLIED = "applied"
    PARTLY_UNDONE = "undone, some steps failed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `info`: FAILED and UNDO_FAILED have a "reason", INTENT the state of the file, and so on."""

    at: datetime
    step: int
    mark: Mark
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
        """Keep a new plan. Raises ActionError where one of its id exists, Forbidden."""
        workspace.must_write()
        journal = Journal(workspace.journals / plan.id)
        journal.folder.mkdir(parents=True, exist_ok=True)
        with journal._open(new=True) as db:
            db.execute("BEGIN IMMEDIATE")
            if db.execute("PRAGMA user_version").fetchone()[0]:
                raise ActionError(f"There is a plan {plan.id} already.")
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            summary = json.dumps(_summary(plan))
            db.execute("INSERT INTO plan VALUES (?, ?)", (summary, json.dumps(plan.to_json())))
            db.execute(f"PRAGMA user_version = {_VERSION}")
            db.execute("COMMIT")
        return journal

    def plan(self) -> Plan:
        """The plan, as it was made."""
        with self._open() as db:
            return Plan.of_json(json.loads(db.execute("SELECT body FROM plan").fetchone()[0]))

    def record(self, step: int, mark: Mark, **info: Any) -> None:
        """Add a row; it is on the disk when this returns."""
        with self._open() as db:
            _add(db, step, mark, info)

    def record_all(self, steps: list[int], mark: Mark) -> None:
        """Add one row a step, all or none."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            for step in steps:
                _add(db, step, mark, {})
            db.execute("COMMIT")

    def keep_document(self, step: int, document: Document) -> None:
        """Keep what leaves the collection at this step."""
        body = json.dumps(document_to_json(document))
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (step, body))

    def document(self, step: int) -> Document | None:
        """What left the collection at this step."""
        with self._open() as db:
            row = db.execute("SELECT body FROM documents WHERE step = ?", (step,)).fetchone()
        return document_of_json(json.loads(row[0])) if row else None

    def last(self) -> dict[int, Entry]:
        """Step → its last row. Steps without one were never begun."""
        sql = "SELECT at, step, mark, info FROM events WHERE id IN (SELECT MAX(id) FROM events GROUP BY step)"
        with self._open() as db:
            return {entry.step: entry for entry in map(_entry, db.execute(sql))}

    def info(self, step: int, mark: Mark) -> Mapping[str, Any]:
        """What the latest row of this mark says about a step; empty where there is none."""
        sql = "SELECT info FROM events WHERE step = ? AND mark = ? ORDER BY id DESC LIMIT 1"
        with self._open() as db:
            row = db.execute(sql, (step, str(mark))).fetchone()
        return dict(json.loads(row[0])) if row else {}

    def entries(self) -> list[Entry]:
        """Every row, oldest first: for the log that is shown and exported."""
        with self._open() as db:
            return [_entry(row) for row in db.execute("SELECT at, step, mark, info FROM events ORDER BY id")]

    def summary(self) -> JournalSummary:
        """What a list shows; reads neither steps nor documents."""
        with self._open() as db:
            head = json.loads(db.execute("SELECT summary FROM plan").fetchone()[0])
        marks = [entry.mark for entry in self.last().values()]
        head["created"] = datetime.fromisoformat(head["created"])
        done, failed = marks.count(Mark.DONE), marks.count(Mark.FAILED) + marks.count(Mark.UNDO_FAILED)
        return JournalSummary(**head, status=_status(marks, head["steps"]), done=done, failed=failed)

    @contextmanager
    def _open(self, new: bool = False) -> Iterator[sqlite3.Connection]:
        path = self.folder / _FILE
        if not new and not path.exists():
            raise ActionError(f"There is no plan {self.folder.name!r}: `plan` makes one.")
        try:
            with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous = FULL")
                found = db.execute("PRAGMA user_version").fetchone()[0]
                if found != _VERSION and not (new and found == 0):
                    raise ActionError(
                        f"The journal in {self.folder} has another version or was never finished."
                    )
                yield db
        except (sqlite3.Error, ValueError) as error:
            raise ActionError(f"The journal in {self.folder} cannot be used: {error}.") from error


def journals(workspace: Workspace) -> list[Journal]:
    """All journals, the newest plan first."""
    folders = workspace.journals.iterdir() if workspace.journals.is_dir() else ()
    return [Journal(f) for f in sorted(folders, reverse=True) if (f / _FILE).is_file()]


def find_journal(workspace: Workspace, plan_id: str = "", *among: Status) -> Journal:
    """The journal of this plan, or else the newest one with one of these states. Raises ActionError."""
    if plan_id:
        found = Journal(workspace.journals / Path(plan_id).name)
        found.summary()
        return found
    for journal in journals(workspace):
        if journal.summary().status in among:
            return journal
    wanted = " or ".join(f"“{status}”" for status in among)
    raise ActionError(f"There is no plan that is {wanted}: `plan` makes one.")


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


def _status(marks: list[Mark], steps: int) -> Status:
    if not marks:
        return Status.PLANNED
    if {Mark.INTENT, Mark.MOVED, Mark.UNDO_INTENT} & set(marks):
        return Status.INTERRUPTED
    if Mark.UNDO_FAILED in marks:
        return Status.PARTLY_UNDONE
    if Mark.DONE not in marks and Mark.UNDONE in marks:
        return Status.UNDONE
    if Mark.FAILED in marks:
        return Status.PARTLY
    return Status.APPLIED if len(marks) == steps else Status.INTERRUPTED


def _add(db: sqlite3.Connection, step: int, mark: Mark, info: Mapping[str, Any]) -> None:
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    row = (now, step, str(mark), json.dumps(info))
    db.execute("INSERT INTO events (at, step, mark, info) VALUES (?, ?, ?, ?)", row)


def _entry(row: tuple[str, int, str, str]) -> Entry:
    return Entry(datetime.fromisoformat(row[0]), row[1], Mark(row[2]), json.loads(row[3]))
