"""Watching a collection: its folders are read and scanned again and again, and what is new is told.

Nothing is cleared by itself.
"""

from dupedash.watch.news import NewGroup, News
from dupedash.watch.rounds import Round
from dupedash.watch.state import WatchState, is_watched, mark_seen, read_state, seen_until
from dupedash.watch.tell import Channels, channels
from dupedash.watch.watcher import Watch, watch

__all__ = [
    "Channels",
    "NewGroup",
    "News",
    "Round",
    "Watch",
    "WatchState",
    "channels",
    "is_watched",
    "mark_seen",
    "read_state",
    "seen_until",
    "watch",
]
