"""A check of many images on disk: what was asked for, and what was found so far, image by image.

Results are only added, a line each, so that a stopped or killed check goes on where it was and analyses
nothing twice, and everybody sees what is there already. Analyses are kept apart, for those that are added.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from dupedash.check.examine import Checked, Report
from dupedash.check.gate import Answer, Finding
from dupedash.check.intake import Item, of_ids, of_kept, of_origin, of_sources
from dupedash.config import Workspace
from dupedash.errors import ConfigError
from dupedash.fetch import UrlAccess
from dupedash.model import FLOOR, ChangeKind, Explanation, Failure, Hit
from dupedash.storage import atomic

_ORDER, _RESULTS, _ANALYSES, _INSIDE, _ADDED, _ANSWERS = (
    "check.json", "results.jsonl", "analyses.jsonl", "inside.json", "added.json", "answers.json"
)  # fmt: skip
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-f]{4}")
KEPT = 20
"""So many checks are kept in a workspace, with what was uploaded for them."""
UNFINISHED = "not compared with each other yet"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be checked: `sources` as `of_sources` takes them, ids, and uploads as (name, file kept).

    fq      what is searched
    floor   hits are kept from this score on, so that the rules can be changed afterwards
    """

    collection: str
    sources: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    uploads: tuple[tuple[str, str], ...] = ()
    fq: tuple[str, ...] = ()
    floor: float = FLOOR

    def items(self) -> Iterator[Item | Failure]:
        """The images, always in the same order."""
        for name, path in self.uploads:
            yield from of_kept(name, Path(path))
        yield from of_sources(self.sources, urls=UrlAccess(allowed=True))
        yield from of_ids(self.ids)


@dataclass(frozen=True, slots=True)
class KeptAnalysis:
    """Stands for an analysis that is on disk."""

    path: Path
    start: int
    length: int

    def load(self) -> Any:
        """Raises ConfigError where the file is no longer there or another."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                return json.loads(file.read(self.length))
        except (OSError, ValueError) as error:
            raise ConfigError(f"The check's analyses in {self.path} cannot be read: {error}.") from error


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """One check in its folder."""

    folder: Path
    wanted: Wanted
    created: datetime

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def complete(self) -> bool:
        """Whether every image was checked, also against those before it."""
        return (self.folder / _INSIDE).exists()

    def version(self) -> str:
        """Changes whenever there is more to see."""
        path = self.folder / _RESULTS
        return f"{path.stat().st_size if path.exists() else 0}-{self.complete}"

    def outcomes(self) -> list[Checked | Failure]:
        """What came of the images so far, in their order, not judged; analyses stay on disk."""
        return [self._outcome(line) for line in _whole_lines(self.folder / _RESULTS)]

    def report(self) -> Report:
        """The same as a report, to be judged by a gate."""
        found = self.outcomes()
        checked = [one for one in found if isinstance(one, Checked)]
        inside = _read_json(self.folder / _INSIDE) if self.complete else {}
        for later, hits in inside.get("hits", {}).items():
            checked[int(later)] = replace(checked[int(later)], inside=tuple(map(_hit, hits)))
        failures = tuple(one for one in found if isinstance(one, Failure))
        return Report(tuple(checked), failures, inside.get("said", UNFINISHED), self.seconds())

    def seconds(self) -> float:
        """How long it took, over all its runs."""
        total = before = 0.0
        for line in _whole_lines(self.folder / _RESULTS):
            if line["t"] < before:
                total += before
            before = line["t"]
        return total + before

    def writer(self) -> Writer:
        """To add results. Only one at a time."""
        return Writer(self)

    def finish(self, said: str, checked: Sequence[Checked]) -> None:
        """Keep what the images are to each other."""
        hits = {n: [_hit_to_json(hit) for hit in one.inside] for n, one in enumerate(checked) if one.inside}
        atomic.write(self.folder / _INSIDE, json.dumps({"said": said, "hits": hits}))

    @property
    def answers(self) -> dict[int, Answer]:
        """Place in the report → the answer that a person chose for it."""
        path = self.folder / _ANSWERS
        known = _read_json(path) if path.exists() else {}
        return {int(place): Answer(answer) for place, answer in known.items()}

    def keep_answers(self, chosen: Mapping[int, Answer]) -> None:
        """Remember them, whatever the rules will be."""
        atomic.write(self.folder / _ANSWERS, json.dumps(chosen))

    @property
    def added(self) -> Path | None:
        """The record of what was added of it (see `adding`), where that was not taken back."""
        path = self.folder / _ADDED
        return Path(_read_json(path)["record"]) if path.exists() else None

    def keep_added(self, record: Path | None) -> None:
        """Remember what was added; None: it was taken back."""
        if record is None:
            (self.folder / _ADDED).unlink(missing_ok=True)
        else:
            atomic.write(self.folder / _ADDED, json.dumps({"record": str(record)}))

    def _outcome(self, line: Mapping[str, Any]) -> Checked | Failure:
        if "reason" in line:
            return Failure(line["name"], line["reason"])
        at = line["analysis"]
        if line["id"]:
            item = Item(line["name"], None, id=line["id"])
        else:
            item = of_origin(line["name"], line["location"], line["origin"], urls=UrlAccess(allowed=True))
        return Checked(
            item, Finding.NEW, Answer.ASK, tuple(map(_hit, line["hits"])), (), line["truncated"],
            KeptAnalysis(self.folder / _ANALYSES, *at) if at else None, line["content"], line["known_as"],
            line["left_out"],
        )  # fmt: skip


class Writer:
    """Adds results to a check. A line that a crash cut off is forgotten first."""

    def __init__(self, stored: StoredCheck) -> None:
        results = stored.folder / _RESULTS
        good = sum(len(line) for line in _lines(results))
        self._results = results.open("ab")
        self._results.truncate(good)
        self._analyses = (stored.folder / _ANALYSES).open("ab")

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._results.close()
        self._analyses.close()

    def add(self, outcome: Checked | Failure, seconds: float) -> None:
        """One more, after so many seconds of this run."""
        if isinstance(outcome, Failure):
            self._write({"name": outcome.what, "reason": outcome.reason, "t": seconds})
            return
        at = None
        if outcome.analysis is not None:
            data = json.dumps(outcome.analysis).encode()
            at = [self._analyses.seek(0, 2), len(data)]
            self._analyses.write(data)
            self._analyses.flush()
        self._write(
            {
                "name": outcome.item.name,
                "location": outcome.item.location,
                "id": outcome.item.id,
                "origin": list(outcome.item.origin),
                "hits": [_hit_to_json(hit) for hit in outcome.hits],
                "truncated": outcome.truncated,
                "content": outcome.content,
                "known_as": outcome.known_as,
                "left_out": outcome.left_out,
                "analysis": at,
                "t": seconds,
            }
        )

    def _write(self, line: Mapping[str, Any]) -> None:
        self._results.write(json.dumps(line).encode() + b"\n")
        self._results.flush()


class CheckStore:
    """The checks of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def create(self, wanted: Wanted, uploads: Sequence[tuple[str, bytes]] = ()) -> StoredCheck:
        """Keep a new one, with what was uploaded for it; the oldest go. Raises Forbidden, ConfigError."""
        self.workspace.must_write()
        for old in self._folders()[KEPT - 1 :]:
            shutil.rmtree(old, ignore_errors=True)
        now = datetime.now(UTC)
        folder = self.workspace.checks / f"{now:%Y%m%d-%H%M%S-%f}-{token_hex(2)}"
        kept = []
        try:
            (folder / "uploads").mkdir(parents=True)
            for number, (name, data) in enumerate(uploads):
                path = folder / "uploads" / f"{number:06}"
                path.write_bytes(data)
                kept.append((name, str(path)))
            wanted = replace(wanted, uploads=(*wanted.uploads, *kept))
            atomic.write(folder / _ORDER, json.dumps({"wanted": asdict(wanted), "created": now.isoformat()}))
        except OSError as error:
            raise ConfigError(f"The check cannot be kept in {folder}: {error.strerror}.") from error
        return StoredCheck(folder, wanted, now)

    def get(self, identifier: str) -> StoredCheck:
        """Raises ConfigError where there is none of this id."""
        folder = self.workspace.checks / identifier
        if not _ID.fullmatch(identifier) or not (folder / _ORDER).exists():
            raise ConfigError(f"There is no check {identifier!r}.")
        order = _read_json(folder / _ORDER)
        try:
            known = {name: _tuple(value) for name, value in order["wanted"].items()}
            return StoredCheck(folder, Wanted(**known), datetime.fromisoformat(order["created"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"The check in {folder} is damaged ({error!r}): delete it.") from error

    def newest(self, collection: str) -> StoredCheck | None:
        """The newest one of a collection."""
        found = (self.get(folder.name) for folder in self._folders())
        return next((check for check in found if check.wanted.collection == collection), None)

    def _folders(self) -> list[Path]:
        """The newest first."""
        return sorted((path.parent for path in self.workspace.checks.glob(f"*/{_ORDER}")), reverse=True)


def _tuple(value: Any) -> Any:
    return tuple(_tuple(item) for item in value) if isinstance(value, list) else value


def _hit_to_json(hit: Hit) -> dict[str, Any]:
    why = asdict(hit.explanation) if hit.explanation else None
    return {"id": hit.id, "score": hit.score, "why": why}


def _hit(data: Mapping[str, Any]) -> Hit:
    why = data["why"]
    if why is not None:
        kinds = {name: tuple(map(ChangeKind, why[name])) for name in ("kinds", "edited_a", "edited_b")}
        why = Explanation(**{name: _tuple(value) for name, value in why.items()} | kinds)
    return Hit(data["id"], data["score"], why)


def _lines(path: Path) -> Iterator[bytes]:
    """The whole lines, up to one that was cut off."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            yield line


def _whole_lines(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in _lines(path))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read ({error}): delete {path.parent}.") from error
    return value
