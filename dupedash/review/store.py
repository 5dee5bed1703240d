"""Where decisions are kept: one SQLite file, never overwritten behind somebody's back, nothing forgotten."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dupedash.config import Workspace
from dupedash.errors import ConfigError, Conflict
from dupedash.review.decisions import Decision, Decisions, ImageKey, Kept, Verdict
from dupedash.storage import wal

_FORMAT = "dupedash decisions"
_EXPORTED = 1  # counts changes of the export
_VERSION = 3  # counts changes of the tables
_BUSY_SECONDS = 30.0  # that a writer waits for others; each needs milliseconds
_SCHEMA = """
CREATE TABLE IF NOT EXISTS subjects (
    id INTEGER PRIMARY KEY, by_content TEXT NOT NULL UNIQUE, by_pixels TEXT NOT NULL, images TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS subjects_by_pixels ON subjects (by_pixels);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, subject INTEGER NOT NULL REFERENCES subjects, verdict TEXT NOT NULL,
    who TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL, UNIQUE (subject, at, who, verdict, note));
"""
# Which images shall stay, as JSON [[content, pixels, id], …], or ""; in version 2 one, as [content, pixels].
_WITH_KEEPER = "ALTER TABLE events ADD COLUMN keeper TEXT NOT NULL DEFAULT ''"
# The latest event of each subject, with the number of its events.
_CURRENT = """
SELECT s.id, s.images, e.verdict, e.who, e.at, e.note, e.keeper, COUNT(*), MAX(e.at || printf('%020d', e.id))
FROM subjects s JOIN events e ON e.subject = s.id {where} GROUP BY s.id ORDER BY s.id
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One decision of the history, as it was made."""

    images: tuple[ImageKey, ...]
    verdict: Verdict
    who: str
    when: datetime
    note: str
    keepers: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision to be made; `revision`, `keepers`: see `ReviewStore.decide`."""

    images: Sequence[ImageKey]
    verdict: Verdict
    revision: int
    keepers: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of many: the decisions that were made, and those left out as somebody else was faster."""

    made: tuple[Decision, ...]
    missed: tuple[Wanted, ...]


class ReviewStore:
    """Decisions in the SQLite file at `path`. Any number of threads and processes may use it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Decisions:
        """All current decisions."""
        with self._open() as db:
            return Decisions(_decision(row) for row in db.execute(_CURRENT.format(where="")))

    def version(self) -> str:
        """Changes with every new decision: a key for caches of `load`."""
        with self._open() as db:
            return str(db.execute("SELECT COUNT(*) FROM events").fetchone()[0])

    def decide(
        self,
        images: Sequence[ImageKey],
        verdict: Verdict,
        *,
        who: str,
        expected_revision: int,
        note: str = "",
        keepers: Sequence[Kept] = (),
        when: datetime | None = None,
    ) -> Decision:
        """Keep a decision about these images (two or more); `keepers`: those of them that shall stay.

        `expected_revision` is the `revision` that the person saw (0: no decision yet). Raises Conflict, and
        keeps nothing, where somebody else decided meanwhile.
        """
        wanted = Wanted(images, verdict, expected_revision, tuple(keepers))
        _must_be_sound(wanted)
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            decided = _decide(db, wanted, who, note, when)
            db.commit()
        return decided

    def decide_all(self, wanted: Sequence[Wanted], *, who: str, note: str = "") -> Decided:
        """Keep many decisions at once: all are made together, save those where somebody else decided
        meanwhile. Raises ConfigError for what `decide` refuses, and then keeps none."""
        made, missed = [], []
        for one in wanted:
            _must_be_sound(one)
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            for one in wanted:
                try:
                    made.append(_decide(db, one, who, note))
                except Conflict:
                    missed.append(one)
            db.commit()
        return Decided(tuple(made), tuple(missed))

    def history(self, images: Sequence[ImageKey]) -> list[Event]:
        """Every decision ever made about exactly these images, oldest first."""
        by_content, by_pixels = _names(images)
        where = "WHERE s.by_content = ? OR s.by_pixels = ?"
        with self._open() as db:
            return _events(db, where, (by_content, by_pixels))

    def export(self) -> dict[str, Any]:
        """Everything, with its history, as JSON for `merge`."""
        with self._open() as db:
            events = _events(db, "", ())
        return {
            "format": _FORMAT,
            "version": _EXPORTED,
            "decisions": [
                {
                    "images": [_key_to_json(image) for image in event.images],
                    "verdict": str(event.verdict),
                    "who": event.who,
                    "when": event.when.isoformat(),
                    "note": event.note,
                    "keepers": [_key_to_json(kept.image) | {"id": kept.id} for kept in event.keepers],
                }
                for event in events
            ],
        }

    def merge(self, data: Any) -> int:
        """Take in what another store exported; returns how many decisions were new.

        Nothing is lost on either side; where both decided, the later one holds. Raises ConfigError for
        anything that is not such an export, and then takes in nothing.
        """
        events = _parse(data)
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            new = sum(_insert(db, _subject(db, event.images), event) for event in events)
            db.commit()
        return new

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)) as db:
                if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                    _prepare(db, self.path)
                yield db
        except sqlite3.Error as error:
            raise ConfigError(f"The decisions in {self.path} cannot be used: {error}.") from error


def decisions_of(workspace: Workspace) -> Decisions:
    """All current decisions of a workspace; a look at one without any writes nothing. Raises ConfigError."""
    return ReviewStore(workspace.reviews).load() if workspace.reviews.exists() else Decisions()


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("PRAGMA user_version").fetchone()[0] > _VERSION:
        raise ConfigError(
            f"{path} was written by a newer version of dupedash: update, or use another --data."
        )
    wal.switch_on(db, _BUSY_SECONDS)
    db.execute("BEGIN IMMEDIATE")  # from here on alone: another process may have done it meanwhile
    for statement in filter(str.strip, _SCHEMA.split(";")):
        db.execute(statement)
    if not any(column[1] == "keeper" for column in db.execute("PRAGMA table_info(events)")):
        db.execute(_WITH_KEEPER)
    db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute("COMMIT")


def _names(images: Sequence[ImageKey]) -> tuple[str, str]:
    """What these images are found by, whatever their order: by content, and by pixels where known."""
    content = sorted(image.content for image in images)
    pixels = sorted(image.pixels or image.content for image in images)
    return _digest(content), _digest(pixels)


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _subject(db: sqlite3.Connection, images: Sequence[ImageKey]) -> int:
    """The number of these images; new where they were never decided."""
    by_content, by_pixels = _names(images)
    found = db.execute(
        "SELECT id FROM subjects WHERE by_content = ? OR by_pixels = ? ORDER BY by_content = ? DESC, id",
        (by_content, by_pixels, by_content),
    ).fetchone()
    if found:
        return int(found[0])
    listed = json.dumps([[image.content, image.pixels] for image in sorted(images)])
    row = db.execute(
        "INSERT INTO subjects (by_content, by_pixels, images) VALUES (?, ?, ?)",
        (by_content, by_pixels, listed),
    )
    return int(row.lastrowid or 0)


def _must_be_sound(wanted: Wanted) -> None:
    if len(wanted.images) < 2:
        raise ConfigError("A decision is about two or more images.")
    if any(kept.image not in wanted.images for kept in wanted.keepers):
        raise ConfigError("An image that shall stay is not one of those that are decided about.")


def _decide(
    db: sqlite3.Connection, wanted: Wanted, who: str, note: str, when: datetime | None = None
) -> Decision:
    """Within a transaction. Raises Conflict where somebody else was faster, and then changes nothing."""
    subject = _subject(db, wanted.images)
    last = _current(db, subject)
    if (last.revision if last else 0) != wanted.revision:
        raise Conflict(_conflict(last))
    at = when or datetime.now(UTC)
    if last and when is None:  # a clock that was set back must not make the new decision the older one
        at = max(at, last.when + timedelta(microseconds=1))
    _insert(db, subject, Event(tuple(wanted.images), wanted.verdict, who, at, note, wanted.keepers))
    decided = _current(db, subject)
    assert decided is not None
    return decided


def _insert(db: sqlite3.Connection, subject: int, event: Event) -> int:
    """1 where the event is new, 0 where it was there."""
    at = event.when.astimezone(UTC).isoformat(timespec="microseconds")
    return db.execute(
        "INSERT OR IGNORE INTO events (subject, verdict, who, at, note, keeper) VALUES (?, ?, ?, ?, ?, ?)",
        (subject, str(event.verdict), event.who, at, event.note, _keepers_text(event.keepers)),
    ).rowcount


def _current(db: sqlite3.Connection, subject: int) -> Decision | None:
    row = db.execute(_CURRENT.format(where="WHERE s.id = ?"), (subject,)).fetchone()
    return _decision(row) if row else None


def _decision(row: tuple[Any, ...]) -> Decision:
    subject, images, verdict, who, at, note, keepers, revision, _ = row
    when = datetime.fromisoformat(at)
    return Decision(subject, _images(images), Verdict(verdict), who, when, note, revision, _keepers(keepers))


def _images(text: str) -> tuple[ImageKey, ...]:
    return tuple(ImageKey(content, pixels) for content, pixels in json.loads(text))


def _keepers_text(keepers: Sequence[Kept]) -> str:
    return json.dumps([[k.image.content, k.image.pixels, k.id] for k in keepers]) if keepers else ""


def _keepers(text: str) -> tuple[Kept, ...]:
    known = json.loads(text) if text else []
    if known and isinstance(known[0], str):
        return (Kept(ImageKey(*known)),)
    return tuple(Kept(ImageKey(content, pixels), image_id) for content, pixels, image_id in known)


def _key_to_json(image: ImageKey) -> dict[str, str]:
    return {"content": image.content, "pixels": image.pixels}


def _events(db: sqlite3.Connection, where: str, values: Sequence[str]) -> list[Event]:
    rows = db.execute(
        "SELECT s.images, e.verdict, e.who, e.at, e.note, e.keeper "
        f"FROM subjects s JOIN events e ON e.subject = s.id {where} ORDER BY e.at, e.id",
        values,
    )
    return [
        Event(_images(i), Verdict(v), who, datetime.fromisoformat(at), note, _keepers(keepers))
        for i, v, who, at, note, keepers in rows
    ]


def _conflict(last: Decision | None) -> str:
    if last is None:
        return "The decision that you saw is no longer there: look at the group again."
    return (
        f"{last.who or 'Somebody'} decided “{last.verdict}” on {last.when:%Y-%m-%d %H:%M} UTC, after you "
        "opened this: look at it again, then decide."
    )


def _parse(data: Any) -> list[Event]:
    if not isinstance(data, Mapping) or data.get("format") != _FORMAT or data.get("version") != _EXPORTED:
        raise ConfigError(f"This is not an export of decisions (format “{_FORMAT}”, version {_EXPORTED}).")
    try:
        return [_parse_event(item) for item in data["decisions"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"The export of decisions is damaged: {error!r}. Nothing was taken in.") from error


def _parse_event(item: Mapping[str, Any]) -> Event:
    images = tuple(map(_key_of_json, item["images"]))
    one = [item["keeper"]] if item.get("keeper") else []  # as version 0.1 exported it
    keepers = tuple(Kept(_key_of_json(k), _text(k.get("id", ""))) for k in item.get("keepers", one))
    when = datetime.fromisoformat(item["when"])
    if len(images) < 2 or when.tzinfo is None or not all(image.content for image in images):
        raise ValueError(f"not a decision: {item}")
    if any(kept.image not in images for kept in keepers):
        raise ValueError(f"it keeps an image that it is not about: {item}")
    return Event(images, Verdict(item["verdict"]), _text(item["who"]), when, _text(item["note"]), keepers)


def _key_of_json(item: Mapping[str, Any]) -> ImageKey:
    return ImageKey(_text(item["content"]), _text(item["pixels"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
