"""The stored scan that a command is about, its matches without the rejected ones, and its folders."""

from __future__ import annotations

import os

from dupedash.cli.shared.context import Context
from dupedash.collection import Collection
from dupedash.errors import ConfigError, ScanError
from dupedash.folders import Shelf
from dupedash.groups.graph import DuplicateGraph
from dupedash.images.files import printable
from dupedash.model import USUAL
from dupedash.review import decisions_of
from dupedash.scans import ScanStatus, StoredScan, may_be_of, must_be_of
from dupedash.scans.judging import without_rejected


def newest_scan(context: Context, collection: Collection) -> StoredScan:
    """The newest scan of a collection that ended, else the newest. Raises ScanError."""
    scans = [scan for scan in context.scans.list() if may_be_of(scan, collection)]
    if not scans:
        raise ScanError(f"There is no scan of {collection.name} ({collection.engine}) yet: `scan` makes one.")
    return max(scans, key=lambda scan: (scan.status is ScanStatus.DONE, scan.started))


def scan_of(context: Context, collection: Collection, scan_id: str | None, threshold: float) -> StoredScan:
    """The scan asked for, else the newest, to be cut at a threshold. Raises ConfigError, ScanError."""
    found = context.scans.get(scan_id) if scan_id else newest_scan(context, collection)
    must_be_of(found, collection)
    if threshold < found.config.floor:
        raise ConfigError(f"The threshold {threshold} is below the floor {found.config.floor} of the scan.")
    return found


def shelf_of(context: Context, collection: Collection, done: StoredScan, threshold: float) -> Shelf:
    """The images of a scan that are still there in their folders. Raises CollectionError, ScanError."""
    judged = without_rejected(done.pairs().only(USUAL), done, decisions_of(context.settings.workspace))
    return done.shelf(DuplicateGraph(judged).cut(threshold), set(collection.ids()))


def typed_folder(shelf: Shelf, text: str) -> str:
    """A folder as somebody types it, as the locations have it: whole, a part of a path, with links."""
    plain = os.path.expanduser(text)
    ways = (text, printable(os.path.abspath(plain)), printable(os.path.realpath(plain)))
    return next((way for way in ways if shelf.inside(way).any()), ways[-1])
