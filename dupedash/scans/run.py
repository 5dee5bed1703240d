"""One scan from beginning to end, whichever way the collection can be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from dupedash.collection import BulkSearch, Collection
from dupedash.errors import Cancelled, CollectionError, DupedashError
from dupedash.model import (
    Failure,
    ImageRecord,
    IsCancelled,
    Progress,
    ReportProgress,
    ignore,
    never,
)
from dupedash.scans import ScanConfig, ScanStatus, ScanStore, StoredScan, is_of
from dupedash.scans.modes import resolve
from dupedash.scans.progress import Watch
from dupedash.scans.questions import Questions
from dupedash.scans.scope import REQUESTED, Extent, batches, filters_of, has_moved_on, plan, request
from dupedash.scans.tables.parts import Account
from dupedash.scans.writer import ScanWriter

STOPPED = "Stopped. What was found is kept; scan again to go on."
DAMAGED = "Earlier scans are damaged, so that nothing was taken from them: {}."
CHANGED = "The collection changed while it was scanned; scan again to include the changes."


def run_scan(
    collection: Collection,
    config: ScanConfig,
    store: ScanStore,
    *,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
    workers: int = 4,
    name: str | None = None,
    resume: bool = True,
    started: Callable[[StoredScan], None] = lambda _scan: None,
) -> StoredScan:
    """Scan the collection, or return what is there: a complete scan of the same state and configuration.

    A stopped or killed one goes on after its last whole part; an earlier one of another state is extended
    where the collection knows what changed. `resume=False` uses nothing of these, but goes on with a scan
    that was begun so and did not end. When `cancelled` the scan that comes back is `stopped`. `workers`:
    questions at a time, where images are asked about one by one. `started` is told which stored scan it is,
    before the search.

    Raises QueryError before anything is stored; CollectionError when the collection cannot be asked (what
    was found is kept, the scan is `stopped`); ScanError where the same scan runs in another process.
    """
    state = collection.state()
    engine, identity = collection.engine, collection.identity
    known = store.find if resume else store.begun_anew
    scan = known(collection.name, state, config, engine, identity)
    if scan is None or not is_of(scan, collection) or has_moved_on(scan, collection):
        for filters in (config.fq, config.against):
            collection.count(filters)
        effort = resolve(config.mode, collection.count())
        scan = store.create(collection.name, engine, state, config, effort, name, identity, anew=not resume)
    started(scan)
    if scan.complete:
        return scan
    with store.writing(scan) as writer:
        if writer.scan.complete:  # by another process, while we waited
            return writer.scan
        run = _Run(collection, store, writer, Watch(progress), cancelled, workers, extend=resume)
        return run.to_the_end()


@dataclass(slots=True)
class _Run:
    collection: Collection
    store: ScanStore
    writer: ScanWriter
    watch: Watch
    cancelled: IsCancelled
    workers: int
    extend: bool
    damaged: tuple[str, ...] = ()

    def to_the_end(self) -> StoredScan:
        """Raises what ended it, after it is stored."""
        try:
            self.writer.begin()
            if not self.writer.listed:
                self._list()
            self.watch.add_stored(self.writer.scan.matches())
            unasked = self._search()
            return self.writer.finish(self._remark(unasked), unasked)
        except Cancelled:
            return self.writer.stop(ScanStatus.STOPPED, STOPPED)
        except CollectionError as error:
            self.writer.stop(ScanStatus.STOPPED, f"{error} What was found is kept; scan again to go on.")
            raise
        except DupedashError as error:
            self.writer.stop(ScanStatus.FAILED, str(error))
            raise

    def _remark(self, unasked: Sequence[Failure]) -> str:
        left = [f"{len(unasked)} images could not be asked about; scan again to ask."] if unasked else []
        changed = [CHANGED] if self.collection.state() != self.writer.scan.state else []
        unused = [DAMAGED.format(", ".join(self.damaged))] if self.damaged else []
        return " ".join(left + changed + unused)

    def _list(self) -> None:
        scan = self.writer.scan
        self.watch.report(Progress("listing images", 0, None))
        planned = plan(self.collection, scan, self.store, self.extend)
        self.damaged = planned.damaged
        # Before the images, which say that everything before the search is done.
        if planned.base is not None:
            self.writer.carry(planned.carried(), planned.base.id)
        self.writer.write_images(planned.images(records) for records in self._records(planned))

    def _records(self, planned: Extent) -> Iterator[list[ImageRecord]]:
        ids, done, began = planned.ids, 0, monotonic()
        for records in batches(self.collection, ids):
            yield records
            done += len(records)
            self.watch.report(Progress("reading records", done, len(ids), monotonic() - began))
            if self.cancelled():
                raise Cancelled(STOPPED)

    def _search(self) -> list[Failure]:
        self.watch.lap()
        if isinstance(self.collection, BulkSearch):
            self._join(self.collection)
            return []
        fq, against = filters_of(self.writer.scan, self.collection)
        admitted = against or fq
        questions = Questions(
            self.collection, self.writer, self.watch, self.cancelled, self.workers, admitted
        )
        return questions.ask()

    def _join(self, collection: BulkSearch) -> None:
        scan = self.writer.scan
        images = self.writer.images(list(REQUESTED))
        wanted = request(images, scan.config, scan.effort, self.writer.after)
        done = sum(account.images for account in self.writer.accounts)
        for part in collection.join(wanted, progress=self.watch.report, cancelled=self.cancelled):
            images_of_part = max(0, part.done_images - done)
            account = Account(part.number, images_of_part, self.watch.lap(), failures=part.failures)
            self.writer.write_part(part.matches, account)
            done += images_of_part
            self.watch.failures += len(part.failures)
            self.watch.add((m.a, m.b, m.score) for m in part.matches)
