"""Where the tasks run: a cluster that is there already, or worker processes of this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dask
from distributed import Client, LocalCluster

from dupedash.errors import ConfigError, Unreachable

_LOCAL = re.compile(r"local(?::([1-9][0-9]{0,3}))?")
_SECONDS = 20  # until a scheduler counts as unreachable, and as one without workers
_SETTINGS = {
    # A worker that dies takes the tasks with it that it runs: three times, then the task is to blame.
    "distributed.scheduler.allowed-failures": 3,
    "distributed.worker.memory.spill": 0.7,
    # Of what waits to be sent to other workers a process holds so much, not 1 GiB.
    "distributed.p2p.comm.buffer": "100 MiB",
    "dataframe.convert-string": False,
}


@contextmanager
def cluster(address: str) -> Iterator[Client]:
    """A client of `local`, `local:N` (so many processes of this machine) or of the scheduler at an address.

    Raises ConfigError, Unreachable.
    """
    local = _LOCAL.fullmatch(address)
    with dask.config.set(_SETTINGS), ExitStack() as held:
        if local:
            here = LocalCluster(
                n_workers=int(local[1]) if local[1] else None,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                silence_logs=50,
            )
            yield held.enter_context(Client(held.enter_context(here)))
        else:
            yield held.enter_context(_client(address))


def _client(address: str) -> Client:
    try:
        client = Client(address, timeout=_SECONDS)
    except ValueError as error:
        raise ConfigError(
            f"{address!r} is no address of a Dask scheduler: use tcp://host:8786, local or local:3."
        ) from error
    except (OSError, TimeoutError) as error:
        raise Unreachable(f"No Dask scheduler answers at {address}: {error}.", address) from error
    try:
        client.wait_for_workers(1, timeout=_SECONDS)
    except TimeoutError as error:
        client.close()
        raise Unreachable(f"The Dask scheduler at {address} has no workers: start some.", address) from error
    return client
