"""`make cluster-demo`: a scheduler and three workers here, the example scanned on them, and opened."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from dupedash.cluster.connect import cluster
from dupedash.cluster.job import Job
from dupedash.cluster.processes import started
from dupedash.cluster.run import run
from dupedash.config import Workspace, settings
from dupedash.dataset.places import Place
from dupedash.example import make
from dupedash.model import Progress
from dupedash.scans import ScanConfig, StoredScan
from dupedash.scans.elsewhere import open_elsewhere
from dupedash.storage import folder

WORKERS = 3
NAME = "cluster-demo"


def main() -> int:
    """Do all of it in the usual workspace; the dashboard that is opened next shows it."""
    workspace = settings().workspace
    folder.make(workspace)
    done = demonstrate(workspace)
    print(
        f"{done.stats.images:,} images, {done.stats.matches:,} matches in {done.stats.seconds:.0f} s: "
        f"opened as the collection {done.collection}."
    )
    return 0


def demonstrate(workspace: Workspace) -> StoredScan:
    """The example, scanned on processes of its own and taken in. Raises DupedashError."""
    print("Making the example pictures …", flush=True)
    make(workspace.example)
    out = workspace.root / NAME
    job = Job((str(workspace.example),), Place.of(str(out)), ScanConfig(), "Scanned on a cluster")
    with (
        tempfile.TemporaryDirectory() as name,
        started(Path(name), WORKERS) as (address, _),
        cluster(address) as client,
    ):
        client.wait_for_workers(WORKERS)
        print(f"A scheduler with {WORKERS} workers: {client.dashboard_link}", flush=True)
        run(client, job, progress=_Stages())
    return open_elsewhere(workspace, str(out), NAME)


class _Stages:
    """Tells each stage once."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, progress: Progress) -> None:
        if progress.stage != self._last:
            self._last = progress.stage
            print(f"  {progress.stage} …", flush=True)


if __name__ == "__main__":
    sys.exit(main())
