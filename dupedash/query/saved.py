"""Filters that people keep under a name, for every collection of the workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dupedash.config import Settings
from dupedash.errors import ConfigError
from dupedash.storage import atomic

LONGEST_NAME = 60  # characters: what a select box shows in a line


def saved(settings: Settings) -> Mapping[str, str]:
    """Name → filter query, by name. Raises ConfigError where the file is damaged."""
    path = settings.workspace.filters
    try:
        known = json.loads(path.read_text("utf-8"))
        return {str(name): str(known[name]) for name in sorted(known)}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{path} is damaged ({error}): mend it or delete it.") from error


def save(settings: Settings, name: str, text: str) -> None:
    """Keep a filter; one of the same name is replaced. Raises ConfigError, Forbidden."""
    settings.must_write()
    called = name.strip()
    if not called or len(called) > LONGEST_NAME:
        raise ConfigError(f"A filter's name has 1 to {LONGEST_NAME} characters; this one has {len(called)}.")
    _write(settings, {**saved(settings), called: text})


def forget(settings: Settings, name: str) -> None:
    """Remove a kept filter; one that is not there is no error. Raises Forbidden."""
    settings.must_write()
    _write(settings, {known: text for known, text in saved(settings).items() if known != name})


def _write(settings: Settings, known: Mapping[str, str]) -> None:
    path = settings.workspace.filters
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, json.dumps(known, indent=1, ensure_ascii=False))
