"""Pieces of data from every task of one step to the tasks of the next: Dask's peer-to-peer shuffle.

A row of the shuffled table is a whole piece, compressed, and not a single word or pair: what Dask moves are
few large rows, and what is in them stays arrays.
"""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dask
import numpy as np
import pandas as pd
import pyarrow as pa
from dask import dataframe
from distributed import CancelledError, Client, KilledWorker, as_completed
from distributed.comm import CommClosedError

from dupedash.cluster.progress import Figures, Meter
from dupedash.errors import ScanError, Unreachable

if TYPE_CHECKING:
    from dupedash.model import IsCancelled

Pieces = Iterable[tuple[int, Any]]
"""Which task of the next step gets what."""
Start = Callable[[Any], Pieces]
Step = Callable[[int, Sequence[Any]], Pieces]
End = Callable[[int, Sequence[Any]], Any]

_BYTES = pd.ArrowDtype(pa.large_binary())
_SCHEMA = pa.schema([("to", pa.int64()), ("source", pa.int64()), ("data", pa.large_binary())])
_CODEC = pa.Codec("zstd", 1)
GONE = (
    "The scheduler of the cluster is gone. What was written is kept: start it, and the same command goes on."
)
KILLED = (
    "Four workers ended one after the other while they did {}: look into their logs (often they have "
    "too little memory). What was written is kept, and the same command goes on."
)
_PAUSE = 0.1  # seconds between two looks at what is done, and whether to stop
_QUIET = 90.0
"""Seconds without a sign of life at the least until a shuffle counts as stuck: in the tests a task takes one
or two, on a machine that does twenty other things twenty times as long."""


class Stuck(Exception):
    """Nothing happens any more."""


@dataclass(slots=True)
class Patience:
    """How long no task may tell anything new: as long as it took until then (where a worker was lost all may
    have to be done again), times `factor`."""

    figures: Figures
    factor: float
    _began: float = field(default_factory=time.monotonic)
    _seen: int = -1
    _last: float = 0.0

    def __post_init__(self) -> None:
        self.figures.news.clear()

    def wait(self) -> None:
        """Raises Stuck where it has an end."""
        now, seen = time.monotonic(), len(self.figures.news)
        if seen != self._seen:
            self._seen, self._last = seen, now
        if now - self._last > self.factor * max(_QUIET, self._last - self._began):
            raise Stuck


@dataclass(frozen=True, slots=True)
class Exchange:
    """What runs from inputs through steps to an end, each task of which gives one result.

    `steps`: how many tasks each has and what they do with the pieces that they get, in the order of the
    tasks that sent them. The stage's name is that of its progress; `turn` tells this exchange from others of
    the stage.
    """

    stage: str
    start: Start
    inputs: Sequence[Any]
    steps: Sequence[tuple[int, Step]]
    count: int
    end: End
    turn: int = 0

    @property
    def tasks(self) -> int:
        """All that tell what they did."""
        return len(self.inputs) + self.count + sum(count for count, _ in self.steps)

    def results(self, client: Client, cancelled: IsCancelled, figures: Figures) -> list[Any]:
        """What the tasks of the end give, in any order; fewer when `cancelled`. `figures`: of the stage.

        Dask's shuffle may wait for ever for a worker that was lost while another one joined
        (https://github.com/dask/distributed/issues/8411): where nothing happens any more it is begun anew.
        """
        attempt = 0
        while True:
            patience = Patience(figures, 2.0**attempt)
            futures = client.compute(self._table(attempt).to_delayed(optimize_graph=True), retries=3)
            try:
                return list(gathered(client, futures, cancelled, patience))
            except Stuck:
                attempt += 1

    def _table(self, attempt: int) -> Any:
        """The whole way as a table of Dask, a row an end; its tasks have other names in each attempt."""
        with dask.config.set({"dataframe.convert-string": False}):
            numbered = list(enumerate(self.inputs))
            started = _Started(self.start, self.stage, f"{self.turn}.0", attempt)
            table = dataframe.from_map(started, numbered, meta=_META)
            for number, (count, step) in enumerate(self.steps, 1):
                stepped = _Stepped(step, self.stage, f"{self.turn}.{number}")
                table = _sent(table, count).map_partitions(stepped, meta=_META, enforce_metadata=False)
            ended = _Ended(self.end, self.stage, f"{self.turn}.end")
            return _sent(table, self.count).map_partitions(ended, meta=_META, enforce_metadata=False)


def _sent(table: Any, count: int) -> Any:
    """Each piece where it belongs: partition n holds what is for n."""
    return table.set_index("to", divisions=[*range(count), count], shuffle_method="p2p", sort=True)


def gathered(
    client: Client, futures: Sequence[Any], cancelled: IsCancelled, patience: Patience | None = None
) -> Iterator[Any]:
    """The results of tasks as they come; ends early when `cancelled`, and the rest is not done.

    Raises what a task raised after it was tried again, ScanError where it ends every worker that does it,
    Unreachable where the scheduler is gone, Stuck where `patience` ends.
    """
    waiting = as_completed(futures)
    try:
        while not waiting.is_empty():
            if cancelled():
                return
            some = waiting.next_batch(block=False)
            if not some:
                _must_be_there(client)
                if patience:
                    patience.wait()
                time.sleep(_PAUSE)
            for future in some:
                yield _result(client, future)
    finally:
        for future in futures:
            future.cancel()


def _must_be_there(client: Client) -> None:
    if client.status != "running":
        raise Unreachable(GONE, str(client.scheduler and client.scheduler.address))


def _result(client: Client, future: Any) -> Any:
    try:
        result = future.result()
    except KilledWorker as error:
        raise ScanError(KILLED.format(error.task)) from error
    except (CommClosedError, CancelledError) as error:
        raise Unreachable(GONE, str(client.scheduler and client.scheduler.address)) from error
    future.release()
    return _unpacked(result["data"].iloc[0]) if isinstance(result, pd.DataFrame) else result


@dataclass(frozen=True, slots=True)
class _Started:
    start: Start
    stage: str
    part: str
    attempt: int

    def __call__(self, numbered: tuple[int, Any]) -> pd.DataFrame:
        number, given = numbered
        with Meter(self.stage, f"{self.part}.{number}") as meter:
            return _frame(self.start(given), number, meter)


@dataclass(frozen=True, slots=True)
class _Stepped:
    step: Step
    stage: str
    part: str

    def __call__(self, table: pd.DataFrame, partition_info: Any = None) -> pd.DataFrame:
        here = partition_info["number"] if partition_info else 0
        with Meter(self.stage, f"{self.part}.{here}") as meter:
            return _frame(self.step(here, _received(table)), here, meter)


@dataclass(frozen=True, slots=True)
class _Ended:
    end: End
    stage: str
    part: str

    def __call__(self, table: pd.DataFrame, partition_info: Any = None) -> pd.DataFrame:
        here = partition_info["number"] if partition_info else 0
        with Meter(self.stage, f"{self.part}.{here}") as meter:
            return _frame([(0, self.end(here, _received(table)))], here, meter)


def _frame(pieces: Pieces, source: int, meter: Meter) -> pd.DataFrame:
    rows = [(to, _packed(piece)) for to, piece in pieces]
    meter.sent += sum(len(data) for _, data in rows)
    return _table([(to, source, data) for to, data in rows])


def _table(rows: Sequence[tuple[int, int, bytes]]) -> pd.DataFrame:
    """Rows of _SCHEMA, bytes as Arrow has them: Dask sends and spills these without looking into them."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in _SCHEMA)
    arrays = [pa.array(some, field.type) for some, field in zip(columns, _SCHEMA, strict=True)]
    table = pa.table(arrays, schema=_SCHEMA)
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.large_binary(): _BYTES}.get)
    return frame


_META = _table([])


def _received(table: pd.DataFrame) -> list[Any]:
    """The pieces, in the order of who sent them: the order in which they arrive changes nothing."""
    ordered = table.sort_values("source", kind="stable")
    return [_unpacked(data) for data in ordered["data"]]


class _Pickler(pickle.Pickler):
    """Rows of several columns go byte by byte, all first bytes before the second ones: what is alike lies
    together, and is compressed to an eighth less."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.dtype.fields is None:
            return NotImplemented
        by_row = np.ascontiguousarray(value).view(np.uint8).reshape(len(value), value.itemsize)
        return _rows, (value.dtype, np.ascontiguousarray(by_row.T))


def _rows(kind: np.dtype, columns: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(columns.T).view(kind).ravel()


def _packed(piece: Any) -> bytes:
    file = io.BytesIO()
    _Pickler(file, 5).dump(piece)
    data = file.getbuffer()
    return len(data).to_bytes(8, "little") + bytes(_CODEC.compress(data, asbytes=True))


def _unpacked(data: bytes) -> Any:
    size = int.from_bytes(data[:8], "little")
    return pickle.loads(_CODEC.decompress(data[8:], size, asbytes=True))
