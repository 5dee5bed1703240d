"""What a scan on a cluster is asked to do, and the way to it, which needs no Dask until it is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dupedash.dataset.places import EXTRA, Place
from dupedash.errors import ConfigError
from dupedash.model import IsCancelled, ReportProgress
from dupedash.scans.config import ScanConfig

if TYPE_CHECKING:
    from dupedash.cluster.estimate import Estimate
    from dupedash.scans.stored import StoredScan


@dataclass(frozen=True, slots=True)
class Job:
    """What is scanned and where to: folders and addresses of images, and tables that name some; `out` holds
    everything."""

    images: tuple[str, ...]
    out: Place
    config: ScanConfig
    name: str | None = None
    tables: tuple[str, ...] = ()


def scan_on(
    address: str, job: Job, progress: ReportProgress, cancelled: IsCancelled,
    linked: Callable[[str], None], told: Callable[[Estimate], None],
) -> StoredScan:  # fmt: skip
    """The finished scan, on the cluster at this address, `local` or `local:N`. `linked` hears where Dask's
    own dashboard is. Raises ConfigError where Dask is not installed, and as `run.run`."""
    try:
        from dupedash.cluster.connect import cluster
        from dupedash.cluster.run import run
    except ImportError as error:
        raise ConfigError(f"A scan on a cluster needs Dask, which is not installed: {EXTRA}.") from error
    with cluster(address) as client:
        linked(client.dashboard_link or "")
        return run(client, job, progress=progress, cancelled=cancelled, told=told)
