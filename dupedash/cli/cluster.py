"""`scan --cluster`: the full scan on a Dask cluster, from places of images to a stored scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from dupedash.cli.shared.context import interruptible
from dupedash.cli.shared.progress import ProgressLine
from dupedash.dataset.places import EXTRA, Place
from dupedash.errors import ConfigError
from dupedash.scans import ScanConfig

if TYPE_CHECKING:
    from dupedash.cluster.estimate import Estimate
    from dupedash.scans import StoredScan


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What was said of a scan on a cluster; `cluster` None: it is an ordinary one.
    `opened`: where a result is to be taken in from."""

    cluster: str | None
    images: tuple[str, ...]
    out: str | None
    opened: str | None = None
    tables: tuple[str, ...] = ()

    @property
    def given(self) -> tuple[str, ...]:
        """Everything that names images."""
        return (*self.images, *self.tables)

    def check(self) -> None:
        """Raises ConfigError where one thing is missing, or is said of an ordinary scan."""
        if self.opened is not None and (self.cluster or self.given or self.out):
            raise ConfigError("--open takes in a result that is there: leave out --cluster, --images, --out.")
        if self.cluster is None and (self.given or self.out):
            raise ConfigError("--images and --out say something of a scan on a cluster: add --cluster local.")
        if self.cluster is not None and not (self.given and self.out):
            raise ConfigError(
                "A scan on a cluster wants to know which images, and where its result goes: --images PATH "
                "--out PATH."
            )


def scan_elsewhere(asked: Elsewhere, config: ScanConfig, name: str | None) -> StoredScan:
    """The finished scan. Raises ConfigError where Dask is not installed, and as `cluster.run`."""
    try:
        from dupedash.cluster.connect import cluster
        from dupedash.cluster.run import Job, run
    except ImportError as error:
        raise ConfigError(f"A scan on a cluster needs Dask, which is not installed: {EXTRA}.") from error
    job = Job(asked.images, Place.of(asked.out or ""), config, name, asked.tables)
    with cluster(asked.cluster or "") as client, interruptible() as interrupt:
        click.echo(f"Dask's dashboard: {client.dashboard_link}", err=True)
        with ProgressLine() as line:
            return run(client, job, progress=line, cancelled=interrupt, told=_told)


def _told(estimate: Estimate) -> None:
    click.echo(f"Estimate: {estimate.words()}", err=True)
