"""How long a scan will take, by the pace of those that ran before, and how much memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from dupedash import wording
from dupedash.collection import BulkSearch, Collection
from dupedash.scans.config import ScanConfig
from dupedash.scans.modes import Effort
from dupedash.scans.store import ScanStore
from dupedash.scans.stored import StoredScan

GUESS = 50.0
"""Images a second before any scan ran: the embedded engine on two cores had 62 over 1,202 photos."""
START, FIRST = 3.0, 25.0
"""Seconds until processes are at work, and the same where the comparison is compiled before; on two cores."""
_ENOUGH = 200
"""Images of a scan whose whole time tells the pace: the start hardly counts."""

PROCESS, IMAGE = 280e6, 37e3
"""Bytes of memory: of this program and of every process of a scan, with the small pictures that it holds, and
of an image whose search arrays are mapped. Two processes over 1,543, 3,591 and 10,000 images had 0.6, 0.9 and
1.2 GB together, what they share counted once."""


def to_search(
    collection: Collection, store: ScanStore, config: ScanConfig, effort: Effort, images: int, partners: int
) -> int:
    """How many of the `images` in scope have to be searched: not those that an earlier scan covers, and where
    two parts are compared at once, the smaller one."""
    if not isinstance(collection, BulkSearch):
        return images
    whole = min(images, partners) if config.against else images
    known = (base.state for base in store.earlier(collection.name, config) if base.effort == effort)
    changed = next((some for state in known if (some := collection.changed_since(state)) is not None), None)
    return whole if changed is None else min(whole, len(changed))


def seconds(images: int, pace: float | None) -> float:
    """About how long it takes to search so many; a guess where the pace is not known."""
    if not images:
        return 0.0
    return START + images / pace if pace else FIRST + images / GUESS


def memory(collection: Collection, images: int) -> float:
    """Bytes that all processes of a scan take together, at most, where so many images are in the collection.
    A server's scan holds pairs only."""
    processes = (os.cpu_count() or 1) if isinstance(collection, BulkSearch) else 0
    return PROCESS * (1 + processes) + (IMAGE * images if processes else 0.0)


def memory_words(needed: float, usable: float) -> str:
    """As a sentence, with what to do where that is more than may be used, both in bytes."""
    told = f"Needs up to {wording.size(needed)} of memory."
    if needed <= usable:
        return told
    return (
        f"{told} This machine has {wording.size(usable)}: give it more, or index fewer folders into one "
        "collection."
    )


def pace(collection: Collection, scans: Iterable[StoredScan], effort: Effort) -> float | None:
    """Images a second of the newest scan like this one; None where none is known.

    Any scan of this machine tells it for a collection that is searched here, for a server only its own do.
    """
    known = list(_paces(collection, scans))
    same = (at for scan, at in known if scan.effort == effort)
    return next(same, known[0][1] if known else None)


def _paces(collection: Collection, scans: Iterable[StoredScan]) -> Iterator[tuple[StoredScan, float]]:
    here = isinstance(collection, BulkSearch)
    for scan in scans:
        stats = scan.stats
        if scan.engine == collection.engine and (here or scan.collection == collection.name):
            at = stats.pace or (stats.rate if stats.searched >= _ENOUGH else 0.0)
            if at > 0:
                yield scan, at
