"""Clusters on this machine whose workers start fast: as forks of a process that has loaded all they need."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

import dask
from distributed import Client
from distributed.utils import get_mp_context

from dupedash.cluster.connect import cluster

_FORKED = {"distributed.worker.multiprocessing-method": "forkserver"}
_LOADED = ["distributed", "dask.dataframe", "dupedash.cluster.run"]


@contextmanager
def workers(count: int, environment: dict[str, str] | None = None) -> Iterator[Client]:
    """So many workers. `environment`: variables that they have beside those of the tests."""
    forked = _FORKED if "forkserver" in multiprocessing.get_all_start_methods() else {}
    told = {f"distributed.nanny.environ.{name}": value for name, value in (environment or {}).items()}
    with dask.config.set(forked | told):
        if forked:
            get_mp_context().set_forkserver_preload(_LOADED)
        with cluster(f"local:{count}") as client:
            yield client
