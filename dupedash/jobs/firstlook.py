"""The example from nothing to groups: made, indexed and scanned, so that a first look shows results."""

from __future__ import annotations

from dupedash.collection import WritableCollection
from dupedash.config import Workspace
from dupedash.embedded.files.update import IndexReport
from dupedash.indexing import index_example
from dupedash.model import IsCancelled, ReportProgress, ignore, never
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan


def prepare_example(
    collection: WritableCollection,
    workspace: Workspace,
    *,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> IndexReport:
    """What is missing is made up; a scan of an unchanged collection costs nothing. Raises Cancelled."""
    report = index_example(collection, workspace, progress=progress, cancelled=cancelled)
    if not report.stopped:
        store = ScanStore(workspace.scans)
        run_scan(collection, ScanConfig(), store, name="First scan", progress=progress, cancelled=cancelled)
    return report
