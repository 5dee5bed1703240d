"""A scan through HTTP: our server in a process of its own, our client here, the loopback between them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dupedash
from dupedash.config import Workspace
from dupedash.connect import connect, flow_connection
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.errors import ConfigError
from dupedash.model import IsCancelled, ReportProgress
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan

IMAGES = 1562
"""As many as in the page's own example of a full scan."""
NAME = "served"
WORKERS = 8  # questions at a time, as many as `scan --workers` of a busy user


@dataclass(frozen=True, slots=True)
class ServedFigures:
    """A full scan through HTTP."""

    images: int
    scan_seconds: float
    scan_rate: float


def measure_served(
    workspace: Workspace, paths: Sequence[Path], progress: ReportProgress, cancelled: IsCancelled
) -> ServedFigures:
    """Index these pictures, serve them and scan them as a client."""
    collection = EmbeddedCollection(workspace.collection(NAME), NAME)
    try:
        index(collection.store, paths, progress=progress, cancelled=cancelled)
    finally:
        collection.close()
    with _served(workspace) as address:
        client = connect(flow_connection(address), workspace)
        try:
            store = ScanStore(workspace.scans)
            scan = run_scan(
                client, ScanConfig(), store, progress=progress, cancelled=cancelled, workers=WORKERS
            )
        finally:
            client.close()
    return ServedFigures(scan.stats.images, scan.stats.seconds, round(scan.stats.rate, 1))


@contextmanager
def _served(workspace: Workspace) -> Iterator[str]:
    """The address of a server on a free port; it ends with the block."""
    command = [sys.executable, "-m", "dupedash", "--data", str(workspace.root), "--collection", NAME,
               "serve", "--port", "0"]  # fmt: skip
    home = Path(dupedash.__file__).resolve().parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=home) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline().split()
            if len(line) != 2:
                raise ConfigError("The server for the bench did not start: see what it said above.")
            yield line[1]
        finally:
            server.terminate()
