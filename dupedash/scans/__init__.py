"""Stored scans: what was scanned, every match down to the floor, and what could not be compared.

A stored scan opens on its own: it holds the records of its images as they were, and does not care who made
it.
"""

from dupedash.scans.config import Gap, ScanConfig, ScanStats, ScanStatus
from dupedash.scans.owner import is_of, may_be_of, must_be_of
from dupedash.scans.rows import ImageRows, MatchEdits, MatchRows
from dupedash.scans.store import ScanStore
from dupedash.scans.stored import StoredScan

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
