"""Writes one scan: the images first, then part after part, then the whole. A kill leaves only whole parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dupedash.collection import FoundMatch
from dupedash.model import ChangeKind, Explanation, Failure
from dupedash.scans.config import Gap, ScanStats, ScanStatus
from dupedash.scans.stored import IMAGES_FILE, MATCHES_FILE, StoredScan, save
from dupedash.scans.tables.columns import (
    IMAGES,
    PART,
    PARTS,
    encode_matches,
    read_table,
    replacing,
    write_table,
)
from dupedash.scans.tables.merge import merge, pairs_of_equals
from dupedash.scans.tables.parts import CARRIED, Account, part_files, read_account, write_part
from dupedash.storage import atomic

if TYPE_CHECKING:
    import pandas as pd

FEW_PARTS = 8  # of 32 images; on two cores each second part comes with the one before
MOST_FAILURES = 1000  # that are kept by name; all are counted
FIRST = 20  # images that are named for each reason
TRUNCATED = "more hits than could be sent: some matches may be missing"


@dataclass(slots=True)
class ScanWriter:
    """The one writer of a scan; see `ScanStore.writing`. `unasked` images are asked about by the next run."""

    scan: StoredScan
    accounts: list[Account] = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = [read_account(path) for path in self._parts()]

    @property
    def listed(self) -> bool:
        """Whether the images are written."""
        return (self.scan.folder / IMAGES_FILE).exists()

    @property
    def after(self) -> int:
        """The number of the last part, -1 where there is none."""
        return max((account.number for account in self.accounts), default=CARRIED)

    def begin(self) -> None:
        """Running from now on; parts count, a result from an incomplete run does not."""
        (self.scan.folder / MATCHES_FILE).unlink(missing_ok=True)
        for left in self.scan.folder.rglob(f"*{atomic.ENDING}"):
            left.unlink()
        self._save(status=ScanStatus.RUNNING, message="", finished=None)

    def write_images(self, batches: Iterable[pa.Table]) -> None:
        """The images of scope and against (tables of `tables.IMAGES`), sorted by id over all batches."""
        with (
            replacing(self.scan.folder / IMAGES_FILE) as file,
            pq.ParquetWriter(file, IMAGES, compression="zstd") as writer,
        ):
            for batch in batches:
                writer.write_table(batch)

    def images(self, columns: Sequence[str]) -> pa.Table:
        """Columns of the images table."""
        return read_table(self.scan.folder / IMAGES_FILE, IMAGES, columns)

    def carry(self, matches: pa.Table, base: str) -> None:
        """Take over matches (a table of `tables.PART`) of the earlier scan `base`."""
        self._write_part(matches, Account(CARRIED))
        self._save(base=base)

    def write_part(self, matches: Iterable[FoundMatch], account: Account) -> None:
        """One more whole part."""
        self._write_part(encode_matches(matches), account)

    def _parts(self) -> Sequence[Path]:
        return part_files(self.scan.folder / PARTS)

    def _write_part(self, table: pa.Table, account: Account) -> None:
        write_part(self.scan.folder / PARTS, table, account)
        self.accounts.append(account)

    def stop(self, status: ScanStatus, message: str, unasked: Sequence[Failure] = ()) -> StoredScan:
        """End unfinished; what was found is kept."""
        matches = self._matches(self.scan.merged()) if self.listed else 0
        return self._end(status, message, unasked, matches)

    def finish(self, message: str = "", unasked: Sequence[Failure] = ()) -> StoredScan:
        """Make one table of all parts, with the pairs of equal files and equal pixels, and end."""
        parts = [read_table(path, PART) for path in self._parts()]
        images = self.images(["id", "content", "pixels", "in_scope", "in_against"])
        table = merge([*parts, *equals(images)], images["id"])
        write_table(table, self.scan.folder / MATCHES_FILE)
        ended = self._end(ScanStatus.DONE, message, unasked, self._matches(table))
        if ended.complete:
            for part in (self.scan.folder / PARTS).iterdir():
                part.unlink()
        return ended

    def _matches(self, table: pa.Table) -> int:
        """How many reach the floor: frames of a burst are kept below it."""
        return int((table["score"].to_numpy() >= np.float32(self.scan.config.floor)).sum())

    def _end(self, status: ScanStatus, message: str, unasked: Sequence[Failure], matches: int) -> StoredScan:
        failures = [*(f for account in self.accounts for f in account.failures), *unasked]
        coverage, stats = self._coverage(failures) if self.listed else ((), ScanStats())
        self._save(
            status=status,
            message=message,
            finished=datetime.now(UTC),
            coverage=coverage,
            failures=tuple(failures[:MOST_FAILURES]),
            stats=replace(stats, matches=matches, unasked=len(unasked)),
        )
        return self.scan

    def _coverage(self, failures: Sequence[Failure]) -> tuple[tuple[Gap, ...], ScanStats]:
        images = self.images(["id", "location", "skipped", "in_scope", "in_against", "fresh"]).to_pandas()
        scope = images[images["in_scope"]]
        truncated = {i for account in self.accounts for i in account.truncated}
        reasons = _reasons(scope, failures)
        gaps = _gaps(scope, reasons)
        if truncated:
            gaps.append(_gap(TRUNCATED, scope["location"][scope["id"].isin(truncated)]))
        return tuple(gaps), ScanStats(
            images=len(scope),
            against=int(images["in_against"].sum()),
            searched=sum(account.images for account in self.accounts),
            compared=int(reasons.isna().sum()),
            carried=self._carried(),
            failures=len(failures),
            truncated=len(truncated),
            seconds=round(sum(account.seconds for account in self.accounts), 3),
            pace=round(pace(self.accounts), 3),
        )

    def _carried(self) -> int:
        part = self.scan.folder / PARTS / f"{CARRIED + 1:06}.parquet"
        return len(read_table(part, PART, ["a"])) if part.exists() else 0

    def _save(self, **changes: Any) -> None:
        self.scan = save(replace(self.scan, **changes))


def pace(accounts: Sequence[Account]) -> float:
    """Images a second without the first part that was searched: it waits for processes to start, and on the
    first run for code to be compiled. 0 where too few came after it: several come at the same moment."""
    searched = [account for account in accounts if account.images][1:]
    seconds = sum(account.seconds for account in searched)
    if len(searched) < FEW_PARTS or seconds <= 0:
        return 0.0
    return sum(account.images for account in searched) / seconds


def _reasons(scope: pd.DataFrame, failures: Sequence[Failure]) -> pd.Series[str]:
    """Per image of the scope why it was not compared, or NA."""
    failed = {failure.what: failure.reason for failure in failures}
    skipped = scope["skipped"].astype("str")
    return skipped.where(skipped.notna(), scope["id"].map(failed).astype("str"))


def _gaps(scope: pd.DataFrame, reasons: pd.Series[str]) -> list[Gap]:
    counts = Counter(reasons.dropna())
    return [_gap(reason, scope["location"][reasons == reason]) for reason, _ in counts.most_common()]


def _gap(reason: str, locations: pd.Series[str]) -> Gap:
    return Gap(reason, len(locations), tuple(locations.head(FIRST)))


def equals(images: pa.Table) -> list[pa.Table]:
    """Matches of score 1 for equal files and equal pixels, whether they could be compared or not."""
    kinds = (("content", ChangeKind.IDENTICAL_FILE), ("pixels", ChangeKind.IDENTICAL_PIXELS))
    return [_equal(images, column, kind) for column, kind in kinds]


def _equal(images: pa.Table, column: str, kind: ChangeKind) -> pa.Table:
    a, b = pairs_of_equals(images[column])
    scope, against = (images[name].to_numpy() for name in ("in_scope", "in_against"))
    wanted = np.flatnonzero((scope[a] & against[b]) | (scope[b] & against[a]))
    ids = images["id"]
    first, second = ids.take(pa.array(a[wanted])), ids.take(pa.array(b[wanted]))
    one = encode_matches([FoundMatch("", "", 1.0, Explanation(kinds=(kind,)))])
    why = one.take(pa.array(np.zeros(len(wanted), np.int64)))
    columns = [first, second, *(why[name] for name in PART.names[2:])]
    return pa.table(columns, schema=PART)
