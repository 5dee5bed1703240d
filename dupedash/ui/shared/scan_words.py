"""A scan in words: its name, how it was made, and what happened to the collection since."""

from __future__ import annotations

from dupedash import wording
from dupedash.collection import BulkSearch
from dupedash.scans import ScanConfig, StoredScan
from dupedash.ui import cached
from dupedash.ui.cached import Since
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
    found = since(view, scan)
    if found is None:
        return "the collection changed since"
    if found.new:
        return f"{wording.plural(found.new, 'image')} added or changed since"
    return f"{wording.plural(found.gone, 'image')} removed since" if found.gone else "up to date"


def since(view: View, scan: StoredScan) -> Since | None:
    """The same in numbers; None where the collection cannot say. Raises CollectionError, ScanError."""
    collection = view.collection
    if collection.state() == scan.state:
        return Since(0, 0)
    changed = collection.changed_since(scan.state) if isinstance(collection, BulkSearch) else None
    if changed is None:
        return None
    if scan.config.fq or scan.config.against:  # which images it was about may depend on any field
        return Since(len(changed), 0)
    return cached.since(scan, view.now, changed)
