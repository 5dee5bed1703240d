"""What a scan has to search: its scope, and where an earlier scan of the same kind can be extended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from dupedash.collection import BulkSearch, Collection, JoinRequest
from dupedash.errors import ScanError, UnknownImage
from dupedash.groups.kinds import series
from dupedash.model import ImageRecord
from dupedash.query.restate import at, names_now
from dupedash.scans import ScanConfig, ScanStore, StoredScan, may_be_of
from dupedash.scans.modes import Effort
from dupedash.scans.stored import MATCHES_FILE
from dupedash.scans.tables.columns import IMAGES, MATCHES, PART, encode_records, read_table
from dupedash.scans.tables.facts import COLUMNS, facts_of

REQUESTED = ("id", "in_scope", "in_against", "fresh", *COLUMNS)
RECORDS_AT_ONCE = 1000  # records read at a time: memory stays flat, progress is told


@dataclass(frozen=True, slots=True)
class Extent:
    """What is compared with what. `against` is the scope itself unless other images were asked for.

    fresh   images to be searched; everything else is as in `base`
    damaged the earlier scans that would have been extended, had they been whole
    """

    scope: frozenset[str]
    against: frozenset[str]
    fresh: frozenset[str]
    base: StoredScan | None = None
    damaged: tuple[str, ...] = ()

    @property
    def ids(self) -> list[str]:
        """All images of the scan, sorted."""
        return sorted(self.scope | self.against)

    def images(self, records: Sequence[ImageRecord]) -> pa.Table:
        """Their rows of the images table."""
        columns = encode_records(records)
        for name, part in (("in_scope", self.scope), ("in_against", self.against), ("fresh", self.fresh)):
            columns[name] = [record.id in part for record in records]
        return pa.table([pa.array(columns[field.name], field.type) for field in IMAGES], schema=IMAGES)

    def carried(self) -> pa.Table:
        """The matches of `base` that still hold: both images are here and neither is fresh."""
        if self.base is None:
            return PART.empty_table()
        ids = read_table(self.base.folder / "images.parquet", IMAGES, ["id"])["id"]
        table = read_table(self.base.folder / MATCHES_FILE, MATCHES)
        kept = (self.scope | self.against) - self.fresh
        same = np.array([i in kept for i in ids.to_pylist()], bool)
        both = same[table["a"].to_numpy()] & same[table["b"].to_numpy()]
        table = table.filter(pa.array(both))
        columns = [ids.take(table["a"]), ids.take(table["b"]), *table.columns[2:]]
        return pa.table(columns, schema=PART)


def filters_of(scan: StoredScan, collection: Collection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Its filters, of the scope and of what it is compared with; NOW is when it was started."""
    both = scan.config.fq, scan.config.against
    if not names_now((*scan.config.fq, *scan.config.against)):
        return both
    fields = collection.fields()
    return at(scan.started, both[0], fields), at(scan.started, both[1], fields)


def has_moved_on(scan: StoredScan, collection: Collection) -> bool:
    """Whether its filters, of which NOW is one, admit other images now than when it was started."""
    config = scan.config
    if not names_now((*config.fq, *config.against)):
        return False
    scope = set(collection.ids(config.fq))
    against = set(collection.ids(config.against)) if config.against else scope
    rows = scan.images()
    return (set(rows["id"][rows["in_scope"]]), set(rows["id"][rows["in_against"]])) != (scope, against)


def plan(collection: Collection, scan: StoredScan, store: ScanStore, extend: bool = True) -> Extent:
    """List the images and see which of them an earlier scan has covered. Raises QueryError."""
    fq, others = filters_of(scan, collection)
    scope = frozenset(collection.ids(fq))
    against = frozenset(collection.ids(others)) if others else scope
    whole = Extent(scope, against, scope | against)
    earlier = store.earlier(collection.name, scan.config) if extend else []
    damaged: list[str] = []
    for base in earlier:
        if may_be_of(base, collection) and base.effort == scan.effort:
            changed = _changed(collection, base)
            if changed is not None:
                try:
                    return replace(_extended(whole, base, changed), damaged=tuple(damaged))
                except ScanError:
                    damaged.append(base.id)
    return replace(whole, damaged=tuple(damaged))


def _changed(collection: Collection, base: StoredScan) -> frozenset[str] | None:
    return collection.changed_since(base.state) if isinstance(collection, BulkSearch) else None


def _extended(whole: Extent, base: StoredScan, changed: frozenset[str]) -> Extent:
    """Fresh is what changed, what failed then, and what had another part in the scan. Raises ScanError."""
    read_table(base.folder / MATCHES_FILE, MATCHES)
    old = read_table(base.folder / "images.parquet", IMAGES, ["id", "in_scope", "in_against"])
    then = zip(old["id"].to_pylist(), old["in_scope"].to_pylist(), old["in_against"].to_pylist(), strict=True)
    now = {i: (i in whole.scope, i in whole.against) for i in whole.scope | whole.against}
    covered = {i for i, in_scope, in_against in then if now.get(i) == (in_scope, in_against)}
    covered -= changed | {failure.what for failure in base.failures}
    return Extent(whole.scope, whole.against, frozenset(now) - covered, base)


def batches(collection: Collection, ids: Sequence[str]) -> Iterator[list[ImageRecord]]:
    """The records of these images; those that were removed meanwhile are left out."""
    for start in range(0, len(ids), RECORDS_AT_ONCE):
        wanted = list(ids[start : start + RECORDS_AT_ONCE])
        yield _records(collection, wanted)


def _records(collection: Collection, wanted: list[str]) -> list[ImageRecord]:
    while wanted:
        try:
            return collection.records(wanted)
        except UnknownImage as gone:
            if gone.image_id not in wanted:
                raise
            wanted.remove(gone.image_id)
    return []


def request(images: pa.Table, config: ScanConfig, effort: Effort, after: int) -> JoinRequest:
    """What a bulk search has to do, from the columns REQUESTED of the images."""
    run = series(facts_of(images))
    ids = np.array(images["id"].to_pylist(), object)
    scope, against, fresh = (images[name].to_numpy() for name in ("in_scope", "in_against", "fresh"))
    return JoinRequest(
        scope=tuple(ids[scope]),
        against=tuple(ids[against]) if config.against else None,
        floor=config.floor,
        approximate=effort.approximate,
        smartfilter=effort.smartfilter,
        fresh=None if fresh.all() else frozenset(ids[fresh]),
        after=after,
        without=config.without,
        series=dict(zip(ids[run >= 0].tolist(), run[run >= 0].tolist(), strict=True)),
    )
