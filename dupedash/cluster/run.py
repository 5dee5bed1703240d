"""A scan on a cluster from beginning to end: its stages, and going on from what an earlier run wrote."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from distributed import Client

from dupedash.cluster import records, result
from dupedash.cluster.estimate import Estimate
from dupedash.cluster.job import Job
from dupedash.cluster.listing import Listing
from dupedash.cluster.progress import Figures, Watcher
from dupedash.cluster.scope import Scope
from dupedash.cluster.stages import candidates, compare, describe, identical, pictures, series
from dupedash.cluster.stages.candidates import Candidates
from dupedash.cluster.stages.compare import Compare
from dupedash.cluster.stages.exchange import Exchange, gathered
from dupedash.cluster.stages.identical import Counts, Identical
from dupedash.cluster.stages.pictures import Pictures, Placed
from dupedash.cluster.stages.series import Series
from dupedash.dataset import scan as scan_files
from dupedash.dataset.collection import ENGINE
from dupedash.dataset.layout import (
    CANDIDATES,
    DESCRIBED,
    IDENTICAL,
    LISTED,
    MATCHES,
    PICTURES,
    SCANS,
    SERIES,
    WORK,
)
from dupedash.dataset.places import Place
from dupedash.embedded import compare as engine
from dupedash.embedded.describe import descriptor
from dupedash.embedded.store.fields import BUILTIN
from dupedash.errors import Cancelled, ConfigError
from dupedash.model import Failure, IsCancelled, Progress, ReportProgress, Smartfilter, ignore, never
from dupedash.query.restate import at, names_now
from dupedash.scans.config import ScanStatus
from dupedash.scans.modes import Effort, resolve
from dupedash.scans.stored import StoredScan, decoded

STOPPED = "Stopped. What was written is kept; the same command again goes on."
BLOCK = 256
"""Pictures of a block: with the others that they are compared with 50 MB. With twice as many, a task that
counts votes over 10,000 pictures held 1 GB, the program included."""
WORDS = 1920
"""Words of a picture: six tables of 320 keypoints, which nearly all pictures have."""
BUCKET = 500_000
"""Words of a bucket: with all that meet in it 200 MB. Twice as many where a smartfilter leaves less to meet:
where none does, a process held 920 MB then."""
ROUND, ROUNDS = 128, 4
"""Blocks that are compared together at the least: what was compared before is not done again after a stop.
And rounds at the most, in each of which all pictures are read."""


def run(
    client: Client,
    job: Job,
    *,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
    told: Callable[[Estimate], None] = lambda _estimate: None,
) -> StoredScan:
    """The finished scan, in `job.out`; `told` hears what it will cost, once the images are listed.

    Raises Cancelled, ConfigError, QueryError, OSError; Unreachable where the scheduler goes, ScanError where
    tasks end their workers again and again. What was written is kept, and the same again goes on.
    """
    with Watcher(client, progress) as watcher:
        one = _Run(client, job, watcher, cancelled, told)
        try:
            return one.to_the_end()
        finally:
            with suppress(Exception):  # the disk may be full, the store gone: why it ends counts more
                one.note_time()


@dataclass(slots=True)
class _Run:
    client: Client
    job: Job
    watcher: Watcher
    cancelled: IsCancelled
    told: Callable[[Estimate], None]
    sizes: dict[str, int] = field(default_factory=dict)
    images: int = 0
    refused: list[Failure] = field(default_factory=list)
    entered: float = field(default_factory=time.monotonic)

    @property
    def out(self) -> Place:
        return self.job.out

    @property
    def chunks(self) -> list[str]:
        return list(self.sizes)

    @property
    def work(self) -> str:
        """The folder of this scan as long as it is not finished."""
        asked = json.dumps([self.job.images, self.job.tables, asdict(self.job.config)], default=str)
        return f"{WORK}/{hashlib.sha256(asked.encode()).hexdigest()[:16]}"

    @property
    def scope(self) -> Scope:
        """The filters; NOW is when the scan was begun, for every task and after every stop."""
        fq, against = self.job.config.fq, self.job.config.against
        if not names_now((*fq, *against)):
            return Scope(fq, against)
        began = datetime.fromisoformat(self._noted("begun")["started"])
        return Scope(at(began, fq, BUILTIN), at(began, against, BUILTIN))

    def to_the_end(self) -> StoredScan:
        state = self._list()
        if known := self._finished(state):
            self.out.files.remove(self.work)
            return known
        if not self.images:
            raise ConfigError(f"There are no pictures in {', '.join((*self.job.images, *self.job.tables))}.")
        self.told(Estimate(self.images, self._workers()))
        effort = resolve(self.job.config.mode, self.images)
        scan = self._begun(state, effort)
        self._describe()
        self._series()
        counts = self._identical()
        starts, damaged = self._pictures()
        self._candidates(starts, counts, effort)
        self._compare(starts)
        done = self._finish(scan, damaged)
        self.out.files.remove(self.work)
        return done

    def note_time(self) -> None:
        """Write down how long it ran so far, for the run that goes on from here."""
        if begun := self._noted("begun"):
            self._note("begun", begun | {"seconds": self._seconds(begun)})

    def _seconds(self, begun: dict[str, Any]) -> float:
        """How long it ran until now, those runs that were stopped included, without the time between them."""
        return round(float(begun.get("seconds", 0)) + time.monotonic() - self.entered, 3)

    def _list(self) -> str:
        """Write the chunks; what the images are, in short."""
        seen = hashlib.sha256(f"{descriptor.VERSION}.{engine.VERSION}".encode())
        listing = Listing(self.job.images, self.cancelled, self.refused, self.job.tables)
        self.out.files.remove(f"{self.work}/{LISTED}")
        for chunk in listing.chunks():
            if self.cancelled():
                raise Cancelled(STOPPED)
            self.out.put_table(f"{self.work}/{LISTED}/{chunk.name}.parquet", chunk.table)
            self.sizes[chunk.name] = len(chunk.sources)
            self.images += len(chunk.sources)
            for source in chunk.sources:
                seen.update(f"{source.id} {source.stamp} {source.size} {source.fields}\n".encode())
            self.watcher.receiver(Progress("listing images", self.images, None))
        return seen.hexdigest()[:32]

    def _finished(self, state: str) -> StoredScan | None:
        """The scan of exactly these images and this configuration, where it is there; not with NOW in it."""
        config = self.job.config
        if names_now((*config.fq, *config.against)):
            return None
        same = (made for made in scan_files.finished(self.out) if made.state == state)
        found = (decoded(self.out.local or Path(), made.told) for made in same)
        return next((scan for scan in found if scan.config == config), None)

    def _begun(self, state: str, effort: Effort) -> StoredScan:
        """The scan; what an earlier run wrote of the same images stays, of others it is done again."""
        known = self._noted("begun")
        if known is None or known["state"] != state:
            for folder in (SERIES, IDENTICAL, PICTURES, CANDIDATES, MATCHES, "done"):
                self.out.files.remove(f"{self.work}/{folder}")
            now = datetime.now(UTC)
            known = {"state": state, "started": now.isoformat()}
            self._note("begun", known)
        started = datetime.fromisoformat(known["started"])
        collection = self.out.url.rpartition("/")[2] or "cluster"
        name = self.job.name or f"{collection} {started.astimezone():%Y-%m-%d %H:%M}"
        home = self.out.local or Path()
        return StoredScan(
            home, self._new_id(started), name, collection, ENGINE, state, self.job.config, effort,
            ScanStatus.RUNNING, started, identity=self._identity(),
        )  # fmt: skip

    def _new_id(self, started: datetime) -> str:
        """One that no finished scan has: others may have ended since this one began."""
        ids = (f"{started:%Y-%m-%d}-{number}" for number in itertools.count(1))
        return next(one for one in ids if not self.out.files.exists(f"{SCANS}/{one}/{scan_files.META}"))

    def _identity(self) -> str:
        """What tells this dataset from others: made once."""
        if not self.out.files.exists("dataset.json"):
            self.out.files.put("dataset.json", json.dumps({"identity": uuid.uuid4().hex}).encode())
        with self.out.files.open("dataset.json") as file:
            return str(json.loads(file.read())["identity"])

    def _note(self, name: str, what: Any) -> None:
        folder = "" if name == "begun" else "done/"
        self.out.files.put(f"{self.work}/{folder}{name}.json", json.dumps(what).encode())

    def _noted(self, name: str) -> Any:
        path = f"{self.work}/{'' if name == 'begun' else 'done/'}{name}.json"
        if not self.out.files.exists(path):
            return None
        with self.out.files.open(path) as file:
            return json.loads(file.read())

    def _describe(self) -> None:
        there = {name.removesuffix(".parquet") for name in self.out.files.names(DESCRIBED)}
        tasks = [
            describe.ToDescribe(self.out, self.work, chunk, (chunk,) if chunk in there else ())
            for chunk in self.chunks
        ]
        futures = self.client.map(describe.describe, tasks, retries=3, pure=False)
        with self.watcher.stage(describe.STAGE, self.images):
            self._all(gathered(self.client, futures, self.cancelled), len(tasks))

    def _all(self, results: Iterable[Any], count: int) -> list[Any]:
        """All of them. Raises Cancelled where there are fewer."""
        done = list(results)
        if len(done) < count:
            raise Cancelled(STOPPED)
        return done

    def _exchange(self, exchange: Exchange) -> list[Any]:
        with self.watcher.stage(exchange.stage, self.images, tasks=exchange.tasks) as figures:
            return self._exchanged(exchange, figures)

    def _exchanged(self, exchange: Exchange, figures: Figures) -> list[Any]:
        return self._all(exchange.results(self.client, self.cancelled, figures), exchange.count)

    def _numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.chunks))

    def _series(self) -> None:
        if self._noted("series") is None:
            stage = Series(self.out, self.work, self.scope, len(self.chunks))
            count = len(self.chunks)
            found = self._exchange(
                Exchange(series.STAGE, stage.start, self._numbered(), [(count, stage.meet)], count, stage.end)
            )
            self._note("series", sum(found))

    def _identical(self) -> Counts:
        known = self._noted("identical")
        if known is None:
            stage = Identical(self.out, self.work, self.scope, len(self.chunks))
            count = len(self.chunks)
            found = self._exchange(
                Exchange(
                    identical.STAGE, stage.start, self._numbered(), [(count, stage.meet)], count, stage.end
                )
            )
            known = {"scope": sum(c.scope for c in found), "against": sum(c.against for c in found)}
            self._note("identical", known)
        return Counts(**known)

    def _blocks(self) -> int:
        """Enough for the memory of a task, and for all workers to have some."""
        return max(1, -(-self.images // BLOCK), min(2 * self._workers(), self.images // 32))

    def _workers(self) -> int:
        return len(self.client.scheduler_info(n_workers=-1)["workers"])

    def _pictures(self) -> tuple[np.ndarray, list[Failure]]:
        known = self._noted("pictures")
        if known is None:
            stage = Pictures(self.out, self.work, self.scope, self._blocks())
            placed: list[Placed] = self._exchange(
                Exchange(pictures.STAGE, stage.start, self._numbered(), [], stage.blocks, stage.end)
            )
            placed.sort(key=lambda one: one.block)
            failures = [[f.what, f.reason] for one in placed for f in one.failures]
            known = {"pictures": [one.pictures for one in placed], "failures": failures}
            self._note("pictures", known)
        starts = np.cumsum([0, *known["pictures"]], dtype=np.int64)
        return starts, [Failure(*one) for one in known["failures"]]

    def _candidates(self, starts: np.ndarray, counts: Counts, effort: Effort) -> None:
        if self._noted("candidates") is not None:
            return
        blocks = len(starts) - 1
        size = BUCKET if effort.smartfilter is Smartfilter.OFF else 2 * BUCKET
        buckets = max(1, -(-int(starts[-1]) * WORDS // size))
        stage = Candidates(
            self.out, self.work, starts, buckets, counts.scope <= counts.against, effort.approximate,
            effort.smartfilter,
        )  # fmt: skip
        found = self._exchange(
            Exchange(candidates.STAGE, stage.start, range(blocks), [(buckets, stage.meet)], blocks, stage.end)
        )
        self._note("candidates", {"candidates": sum(found)})

    def _compare(self, starts: np.ndarray) -> None:
        blocks = len(starts) - 1
        there = set(self.out.files.names(f"{self.work}/{MATCHES}"))
        left = [block for block in range(blocks) if f"{block}.parquet" not in there]
        stage = Compare(self.out, self.work, starts, self.job.config.floor, self.job.config.without)
        skipped = int(starts[-1] - np.diff(starts)[left].sum())
        together = max(ROUND, -(-len(left) // ROUNDS))
        with self.watcher.stage(compare.STAGE, int(starts[-1]), skipped) as figures:
            for begin in range(0, len(left), together):
                some = left[begin : begin + together]
                turn = replace(stage, turn=tuple(some))
                self._exchanged(
                    Exchange(
                        compare.STAGE, turn.start, some, [(blocks, turn.fetch)], len(some), turn.end, begin
                    ),
                    figures,
                )

    def _finish(self, scan: StoredScan, damaged: Sequence[Failure]) -> StoredScan:
        parts, failures = result.found(self.out, self.work)
        failures = [*damaged, *failures]
        result.note_matched(self.out, self.work, parts)
        failed = {failure.what: failure.reason for failure in failures}
        tasks = [records.Gather(self.out, self.work, chunk, self.scope, failed) for chunk in self.chunks]
        tally, tables = records.Tally(), [records.FOUND.empty_table()]
        with self.watcher.stage(records.STAGE, self.images):
            futures = self.client.map(records.gather, tasks, retries=3, pure=False)
            for table, some in self._all(gathered(self.client, futures, self.cancelled), len(tasks)):
                tables.append(table)
                tally.add(some)
        scan = replace(scan, id=self._new_id(scan.started))
        result.note_chunks(self.out, scan.id, self.sizes)
        seconds = self._seconds(self._noted("begun"))
        return result.store(self.out, scan, seconds, parts, pa.concat_tables(tables), tally, failures)
