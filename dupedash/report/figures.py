"""What a report says of a scan as a whole: figures, how it was made, what it reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from dupedash.groups.graph import Cut
from dupedash.groups.table import gains
from dupedash.model import ImageRecord
from dupedash.scans import StoredScan
from dupedash.wording import duration, size


def records_of(scan: StoredScan, cut: Cut) -> dict[str, ImageRecord]:
    """id → record, of all images in groups. Raises ScanError."""
    ids = [i for number in range(len(cut)) for i in cut.members(number)]
    return dict(zip(ids, scan.records(ids), strict=True))


def figures(scan: StoredScan, cut: Cut, records: Mapping[str, ImageRecord]) -> Sequence[tuple[str, str]]:
    """(what, how many)."""
    sizes = [records[i].bytes or 0 if i in records else 0 for i in cut.graph.matches.ids]
    gain = int(gains(cut, np.array(sizes, np.int64)).sum())
    return (
        ("images scanned", f"{scan.stats.images:,}"),
        ("groups", f"{len(cut):,}"),
        ("images in groups", f"{cut.images:,}"),
        ("could go", f"{cut.surplus:,}"),
        ("to gain", size(gain) if gain else "–"),
    )


def settings(scan: StoredScan, cut: Cut) -> Sequence[tuple[str, str]]:
    """(what, how)."""
    return [
        ("Collection", f"{scan.collection} ({scan.engine})"),
        ("Scan", f"{scan.name} · {scan.started:%Y-%m-%d %H:%M} UTC · took {duration(scan.stats.seconds)}"),
        ("Mode", f"{scan.config.mode}: {scan.effort.words()}"),
        ("Threshold", f"{cut.threshold:.2f} (scanned down to {scan.config.floor:.2f})"),
        ("Scanned", "; ".join(scan.config.fq) or "all images"),
        ("Compared with", "; ".join(scan.config.against) or "the scanned images themselves"),
        *([("Left out", f"matches only {' or '.join(scan.config.without)}")] if scan.config.without else []),
        ("Made by", f"dupedash {scan.version}, report of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
    ]


def reached(scan: StoredScan) -> str:
    """Whether everything was compared."""
    if scan.complete and not scan.coverage:
        return "Every image of the scan was compared."
    if scan.complete:
        return "Not everything could be compared as a picture:"
    return f"This scan is not complete ({scan.status}): {scan.message or 'it can go on where it stopped'}."
