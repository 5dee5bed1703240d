"""A scan in words: its name, how it was made, and what happened to the collection since."""

from __future__ import annotations

from dupedash import wording
from dupedash.collection import BulkSearch
from dupedash.scans import ScanConfig, StoredScan
from dupedash.ui.shared.scan_modes import MODES
from dupedash.ui.state import View


def scan_label(scan: StoredScan) -> str:
    """Its name and id: names need not differ."""
    return f"{scan.name} · {scan.id}"


def config_words(config: ScanConfig) -> str:
    """A configuration in a line: mode, what was scanned, what it was compared with, floor."""
    parts = [MODES[config.mode].name, " and ".join(config.fq) or "all images"]
    if config.against:
        parts.append(f"against {' and '.join(config.against)}")
    if config.without:
        parts.append(f"without {' and '.join(config.without)}")
    return " · ".join([*parts, f"from {config.floor:.2f}"])


def changed_words(view: View, scan: StoredScan) -> str:
    """What happened to the collection since the scan."""
    collection = view.collection
    if collection.state() == scan.state:
        return "up to date"
    changed = collection.changed_since(scan.state) if isinstance(collection, BulkSearch) else None
    if changed is None:
        return "the collection changed since"
    if not changed:
        return "images removed since"
    return f"{wording.plural(len(changed), 'image')} added or changed since"
