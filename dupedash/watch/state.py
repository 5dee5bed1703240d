"""What is kept between two looks at a collection: a JSON file that the watcher alone writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dupedash.config import Workspace
from dupedash.errors import ConfigError
from dupedash.storage import atomic, locks
from dupedash.watch.news import News

KEPT = 50
"""News that are shown, and messages that wait for whoever did not take them."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """News that still have to be told by these channels ("run", "notify")."""

    news: News
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchState:
    """How far a collection is watched.

    scan     the one whose images are known; "": none yet
    made     the scans that watching made, with their names, oldest first
    looked   when it was looked at last, `every` how many seconds lie between two looks, 0: it was once
    remark   what went wrong, or which folders were away; a sentence or ""
    news     latest first
    unsaid   what was not taken by whom, oldest first
    """

    scan: str = ""
    made: tuple[tuple[str, str], ...] = ()
    looked: datetime | None = None
    every: float = 0.0
    remark: str = ""
    news: tuple[News, ...] = ()
    unsaid: tuple[Unsaid, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For `json`; `of_json` reads it back equal."""
        return {
            "scan": self.scan,
            "made": [list(one) for one in self.made],
            "looked": self.looked and self.looked.isoformat(),
            "every": self.every,
            "remark": self.remark,
            "news": [news.to_json() for news in self.news[:KEPT]],
            "unsaid": [{"news": one.news.to_json(), "to": list(one.to)} for one in self.unsaid[-KEPT:]],
        }

    @staticmethod
    def of_json(data: Mapping[str, Any]) -> WatchState:
        """Raises KeyError, TypeError, ValueError."""
        return WatchState(
            scan=str(data["scan"]),
            made=tuple((str(scan), str(name)) for scan, name in data["made"]),
            looked=datetime.fromisoformat(data["looked"]) if data["looked"] else None,
            every=float(data["every"]),
            remark=str(data["remark"]),
            news=tuple(News.of_json(one) for one in data["news"]),
            unsaid=tuple(Unsaid(News.of_json(one["news"]), tuple(one["to"])) for one in data["unsaid"]),
        )


def read_state(workspace: Workspace, collection: str) -> WatchState:
    """Raises ConfigError where the file is damaged."""
    path = _file(workspace, collection, "json")
    try:
        return WatchState.of_json(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return WatchState()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{path} is damaged ({error}): delete it. The next look then begins with what is there."
        ) from error


def write_state(workspace: Workspace, collection: str, state: WatchState) -> None:
    """Replace it in one step. Raises OSError."""
    path = _file(workspace, collection, "json")
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, json.dumps(state.to_json(), indent=1))


def lock_of(workspace: Workspace, collection: str) -> Path:
    """What a watcher of the collection holds; its folder is made."""
    path = _file(workspace, collection, "lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def is_watched(workspace: Workspace, collection: str) -> bool:
    """Whether somebody watches it just now."""
    path = _file(workspace, collection, "lock")
    return path.exists() and locks.is_held(path)


def mark_seen(workspace: Workspace, collection: str) -> None:
    """Somebody has seen all news so far. Raises Forbidden."""
    workspace.must_write()
    atomic.write(_file(workspace, collection, "seen"), datetime.now(UTC).isoformat())


def seen_until(workspace: Workspace, collection: str) -> datetime | None:
    """When somebody said so last."""
    try:
        return datetime.fromisoformat(_file(workspace, collection, "seen").read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _file(workspace: Workspace, collection: str, ending: str) -> Path:
    return workspace.watches / f"{collection}.{ending}"
