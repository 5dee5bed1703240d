"""The loop: look, tell, wait; one watcher a collection, until somebody asks it to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from dupedash.collection import WritableCollection
from dupedash.config import Workspace
from dupedash.errors import Cancelled, Conflict, DupedashError, ScanError, system_words
from dupedash.model import NEAR, IsCancelled, ReportProgress, ignore, never
from dupedash.scans import ScanStore
from dupedash.storage import locks
from dupedash.watch.news import News
from dupedash.watch.rounds import Look, Round
from dupedash.watch.state import Unsaid, WatchState, lock_of, read_state, write_state
from dupedash.watch.tell import Channels, say_all

Open = Callable[[], AbstractContextManager[WritableCollection]]
"""Opens the collection for one look: between two nothing of it is held."""
Told = Callable[[str, News | None], object]
"""Takes a sentence about each look, and the news where there are some."""
SCANS = 2
"""Scans of its own that watching leaves: the last one, and the one before it, which somebody may look at."""
_STEP = 0.25  # seconds between two looks whether it shall end


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched and how. `name`: of the collection; `every`: seconds from look to look; 0: one look."""

    workspace: Workspace
    name: str
    open: Open
    every: float = 3600.0
    threshold: float = NEAR
    channels: Channels = field(default_factory=Channels)
    progress: ReportProgress = ignore
    cancelled: IsCancelled = never


def watch(how: Watch, told: Told) -> None:
    """Look once, or again and again until it is cancelled.

    What goes wrong in a look is told, and the next one tries again; of a single look it is raised. Raises
    Forbidden, and Conflict where somebody watches the collection already.
    """
    how.workspace.must_write()
    try:
        with locks.held(lock_of(how.workspace, how.name), patience=0):
            _loop(how, told)
    except locks.Taken:
        raise Conflict(f"{how.name} is watched already, by another process.") from None


def _loop(how: Watch, told: Told) -> None:
    while not how.cancelled():
        due = time.monotonic() + how.every
        _look(how, told)
        if not how.every:
            return
        while not how.cancelled() and time.monotonic() < due:
            time.sleep(_STEP)


def _look(how: Watch, told: Told) -> None:
    state = read_state(how.workspace, how.name)
    try:
        with how.open() as collection:
            found = Look(how.workspace, how.threshold, state.scan, how.progress, how.cancelled).at(collection)
    except Cancelled:
        return
    except (DupedashError, OSError) as error:
        _note_failure(how, state, error, told)
        return
    _take(how, state, found, told)


def _note_failure(how: Watch, state: WatchState, error: DupedashError | OSError, told: Told) -> None:
    if not how.every:
        raise error
    words = system_words(error) if isinstance(error, OSError) else str(error)
    with suppress(OSError):  # a full disk: it is told all the same
        write_state(how.workspace, how.name, replace(_looked(how, state), remark=words))
    told(words, None)


def _take(how: Watch, state: WatchState, found: Round, told: Told) -> None:
    """Keep what was found before anybody is told: what is not taken then waits for the next look."""
    if found.scan is None:
        return
    news = found.news if found.news and found.news.images else None
    state = replace(_looked(how, state), scan=found.scan.id, remark=found.remark)
    if found.made:
        state = replace(state, made=(*state.made, (found.scan.id, found.scan.name)))
    if news:
        waits = (Unsaid(news, how.channels.names),) if news.duplicates and how.channels.names else ()
        state = replace(state, news=(news, *state.news), unsaid=(*state.unsaid, *waits))
    write_state(how.workspace, how.name, state)
    told(" ".join(filter(None, [_words(found), found.remark])), news)
    _tidy(how, _say(how, state, told))


def _looked(how: Watch, state: WatchState) -> WatchState:
    return replace(state, looked=datetime.now(UTC), every=how.every)


def _words(found: Round) -> str:
    if found.scan is None:
        return ""
    if found.news is None:
        return f"{found.scan.stats.images:,} images are known from now on."
    return f"{found.news.words}." if found.news.images else "Nothing new."


def _say(how: Watch, state: WatchState, told: Told) -> WatchState:
    """Tell those that are to be told, and what did not work."""
    if not state.unsaid:
        return state
    left, failed = say_all(state.unsaid, how.channels)
    remark = " ".join(filter(None, [state.remark, *failed]))
    state = replace(state, unsaid=left, remark=remark)
    write_state(how.workspace, how.name, state)
    for words in failed:
        told(f"{words} It is told again at the next look.", None)
    return state


def _tidy(how: Watch, state: WatchState) -> None:
    """Forget earlier scans that watching made, unless somebody gave one another name."""
    store, gone = ScanStore(how.workspace.scans), state.made[:-SCANS]
    if not gone:
        return
    for scan, name in gone:
        with suppress(ScanError):  # deleted by somebody, or damaged: then it stays for them to see
            if store.get(scan).name == name:
                store.delete(scan)
    write_state(how.workspace, how.name, replace(state, made=state.made[-SCANS:]))
