"""Stored scans made up for tests: any matches, with records of any kind."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from dupedash.collection import FoundMatch
from dupedash.model import ImageRecord, ScanMode
from dupedash.scans import ScanConfig, ScanStore, StoredScan
from dupedash.scans.modes import resolve
from dupedash.scans.tables.columns import IMAGES, encode_records
from dupedash.scans.tables.parts import Account


def stored_scan(
    store: ScanStore, records: Sequence[ImageRecord], matches: Sequence[FoundMatch], name: str = "Made up"
) -> StoredScan:
    """A finished scan of these images (all of them in scope) with these matches."""
    ordered = sorted(records, key=lambda record: record.id)
    columns = encode_records(ordered) | dict.fromkeys(
        ("in_scope", "in_against", "fresh"), [True] * len(ordered)
    )
    config, effort = ScanConfig(), resolve(ScanMode.BALANCED, len(ordered))
    scan = store.create("made-up", "embedded", "state-1", config, effort, name)
    with store.writing(scan) as writer:
        writer.begin()
        writer.write_images([pa.table([columns[f.name] for f in IMAGES], schema=IMAGES)])
        writer.write_part(matches, Account(0, images=len(ordered), seconds=1.0))
        return writer.finish()
