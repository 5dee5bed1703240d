"""`scan --cluster`: the full scan on a Dask cluster, from places of images to a stored scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from dupedash.cli.shared.context import interruptible
from dupedash.cli.shared.progress import ProgressLine
from dupedash.cluster.job import Job, scan_on
from dupedash.dataset.places import Place
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
    """The finished scan. Raises as `scan_on`."""
    job = Job(asked.images, Place.of(asked.out or ""), config, name, asked.tables)
    with interruptible() as interrupt, ProgressLine() as line:
        return scan_on(asked.cluster or "", job, line, interrupt, _linked, _told)


def _linked(address: str) -> None:
    click.echo(f"Dask's dashboard: {address}", err=True)


def _told(estimate: Estimate) -> None:
    click.echo(f"Estimate: {estimate.words()}", err=True)
