"""Whose a stored scan is: one collection on one server, whatever either is called."""

from __future__ import annotations

from collections.abc import Sequence

from dupedash.collection import Collection
from dupedash.errors import ScanError, UnknownImage
from dupedash.model import ImageRecord
from dupedash.scans.stored import StoredScan

LOOKED_AT = 20
"""Images by which a scan of an earlier version is known: ids of another collection rarely fit even one."""


def may_be_of(scan: StoredScan, collection: Collection) -> bool:
    """Whether the scan is, or can be, one of this collection; nothing is asked."""
    same = (scan.collection, scan.engine) == (collection.name, collection.engine)
    return same and scan.is_of(collection.identity) is not False


def is_of(scan: StoredScan, collection: Collection) -> bool:
    """Whether it is one of this collection; where it does not say so, their images are compared."""
    same = scan.is_of(collection.identity)
    return may_be_of(scan, collection) and (same is not None or _fits(scan, collection))


def must_be_of(scan: StoredScan, collection: Collection) -> None:
    """Raises ScanError where it `is_of` another one."""
    if not may_be_of(scan, collection):
        raise ScanError(
            f"The scan {scan.id} is of {scan.collection} ({scan.engine}), and not of this "
            f"{collection.name} ({collection.engine}): `scan` makes a new one."
        )
    if not is_of(scan, collection):
        raise ScanError(
            f"The scan {scan.id} was made by an earlier version, and its images are not those of "
            f"{collection.name} ({collection.engine}): `scan` makes a new one."
        )


def _fits(scan: StoredScan, collection: Collection) -> bool:
    """Of the images that are still there, most are where the scan saw them."""
    ids = scan.image_ids()
    chosen = ids[:: max(1, len(ids) // LOOKED_AT)][:LOOKED_AT]
    then = scan.records(chosen)
    now = [_record(collection, image_id) for image_id in chosen]
    return not chosen or _mostly_same(then, now)


def _mostly_same(then: Sequence[ImageRecord], now: Sequence[ImageRecord | None]) -> bool:
    same = [old.location == new.location for old, new in zip(then, now, strict=True) if new is not None]
    return 2 * sum(same) > len(same)


def _record(collection: Collection, image_id: str) -> ImageRecord | None:
    try:
        return collection.records([image_id])[0]
    except UnknownImage:
        return None
