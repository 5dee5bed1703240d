"""The search of a collection that is asked image by image: answers become parts, an outage is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from dupedash.collection import Collection
from dupedash.errors import Cancelled
from dupedash.model import DuplicateQuery, Failure, IsCancelled, Progress
from dupedash.scans.ask import ImageAnswer, ask_all
from dupedash.scans.progress import Watch
from dupedash.scans.tables.parts import Account
from dupedash.scans.writer import ScanWriter

PART_IMAGES = 100  # see PART_SECONDS
PART_SECONDS = 5.0
"""A part is written after so many images or seconds, whichever is first: a kill loses no more than that."""
IN_A_ROW = 5
"""After so many images in a row that cannot be asked about we see whether the collection is there at all."""


@dataclass(slots=True)
class Questions:
    """Asks about every image of the scan that was not answered in an earlier run.

    `admitted`: filters on what it is compared with.
    """

    collection: Collection
    writer: ScanWriter
    watch: Watch
    cancelled: IsCancelled
    workers: int
    admitted: tuple[str, ...]
    _done: int = 0
    _total: int = 0
    _began: float = field(default_factory=monotonic)
    _pending: list[ImageAnswer] = field(default_factory=list)
    _written: float = field(default_factory=monotonic)

    def ask(self) -> list[Failure]:
        """Those that could not be asked about, each tried twice.

        Raises CollectionError where the collection cannot be reached, Cancelled when asked to stop.
        """
        wanted = self._wanted()
        asked = {image_id for account in self.writer.accounts for image_id in account.asked}
        todo = [image_id for image_id in wanted if image_id not in asked]
        self._total, self._done = len(wanted), len(wanted) - len(todo)
        left = self._round(todo, self._done)
        if left:
            left = self._round([failure.what for failure in left], self._done)
        if left:
            self.collection.count()  # raises where it is gone: "could not ask" is no result
        return left

    def _wanted(self) -> list[str]:
        """The images to be searched, without those that the collection cannot compare."""
        columns = self.writer.images(["id", "skipped", "in_scope", "fresh"]).columns
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return [image_id for image_id, skipped, scope, fresh in rows if scope and fresh and skipped is None]

    def _round(self, ids: Sequence[str], skipped: int) -> list[Failure]:
        scan, left, in_a_row = self.writer.scan, list[Failure](), 0
        how = DuplicateQuery(
            threshold=scan.config.floor,
            approximate=scan.effort.approximate,
            smartfilter=scan.effort.smartfilter,
            fq=self.admitted,
        )
        answers = ask_all(
            self.collection, ids, how, self.workers, self.cancelled, scan.config.without
        )
        try:
            for answer in answers:
                if answer.trouble is None:
                    in_a_row = 0
                    self._keep(answer)
                else:
                    in_a_row += 1
                    left.append(Failure(answer.id, str(answer.trouble)))
                    if in_a_row % IN_A_ROW == 0:
                        self.collection.count()
                seconds = monotonic() - self._began
                self.watch.report(Progress("searching", self._done, self._total, seconds, skipped))
        finally:
            answers.close()
            self._write()
        if self.cancelled():
            raise Cancelled("Stopped.")
        return left

    def _keep(self, answer: ImageAnswer) -> None:
        self._done += 1
        self._pending.append(answer)
        self.watch.failures += answer.failure is not None
        self.watch.add((m.a, m.b, m.score) for m in answer.matches)
        if len(self._pending) >= PART_IMAGES or monotonic() - self._written > PART_SECONDS:
            self._write()

    def _write(self) -> None:
        answers, self._pending, self._written = self._pending, [], monotonic()
        if not answers:
            return
        account = Account(
            number=self.writer.after + 1,
            images=len(answers),
            seconds=self.watch.lap(),
            asked=tuple(answer.id for answer in answers),
            truncated=tuple(answer.id for answer in answers if answer.truncated),
            failures=tuple(answer.failure for answer in answers if answer.failure is not None),
        )
        self.writer.write_part((match for answer in answers for match in answer.matches), account)
