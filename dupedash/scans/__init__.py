"""Stored scans: what was scanned, every match down to the floor, and what could not be compared.

A stored scan opens on its own: it holds the records of its images as they were, and does not care who made
it.

>>> done = run_scan(collection, ScanConfig(floor=0.5), ScanStore(workspace.scans))
>>> done.complete, len(done.matches())
(True, 9)
>>> len(DuplicateGraph(done.matches()).cut(0.7))
3
"""

from dupedash.scans.config import Gap, ScanConfig, ScanStats, ScanStatus
from dupedash.scans.owner import is_of, may_be_of, must_be_of
from dupedash.scans.store import ScanStore
from dupedash.scans.stored import StoredScan
from dupedash.scans.tables.rows import ImageRows, MatchEdits, MatchRows

__all__ = [
    "Gap",
    "ImageRows",
    "MatchEdits",
    "MatchRows",
    "ScanConfig",
    "ScanStats",
    "ScanStatus",
    "ScanStore",
    "StoredScan",
    "is_of",
    "may_be_of",
    "must_be_of",
]
