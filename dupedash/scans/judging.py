"""The matches of a scan as people judged them."""

from __future__ import annotations

from dupedash.groups.graph import Matches
from dupedash.review import Decisions, apply_decisions, image_key
from dupedash.scans.stored import StoredScan


def without_rejected(found: Matches, done: StoredScan, decisions: Decisions) -> Matches:
    """The matches that nobody rejected. Raises ScanError."""
    if not len(decisions):
        return found
    keys = {record.id: image_key(record, done.collection) for record in done.records(found.ids)}
    return apply_decisions(found, keys, decisions)
