"""Whether a plan by the default rules keeps the originals: the planted families say which they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dupedash.actions import GroupToClear, groups_to_clear
from dupedash.bench.pictures import FAMILY
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.keepers import PRESETS
from dupedash.model import ImageRecord
from dupedash.review import Decisions
from dupedash.scans import StoredScan

_EQUAL = 2
"""The first of a family and its copy in another size are equal in content; the third is edited."""


@dataclass(frozen=True, slots=True)
class KeeperFigures:
    """At one threshold: groups of which something would go, those of them of which every original has
    itself or an exact copy among what stays, and groups that are left whole."""

    threshold: float
    cleared: int
    kept: int
    left: int


def measure_keepers(collection: EmbeddedCollection, scan: StoredScan, threshold: float) -> KeeperFigures:
    """The figures of a plan by the default policy over all groups."""
    groups = groups_to_clear(scan.matches(), threshold, collection, Decisions(), scan.edits)
    kept = [_keeps_originals(group) for group in groups]
    return KeeperFigures(threshold, sum(k is not None for k in kept), kept.count(True), kept.count(None))


def _keeps_originals(group: GroupToClear) -> bool | None:
    """None where nothing goes."""
    gone = {removal.id for removal in group.choose(next(iter(PRESETS.values()))).removed}
    if not gone:
        return None
    lost = {_family(record)[0] for record in group.records if record.id in gone}
    found = (_family(record) for record in group.records if record.id not in gone)
    return lost <= {family for family, place in found if place < _EQUAL}


def _family(record: ImageRecord) -> tuple[tuple[str, int], int]:
    """The family of a drawn picture, and its place in it."""
    path = Path(record.location)
    family, place = divmod(int(path.stem), FAMILY)
    return (path.parent.name, family), place


def keeper_words(figures: KeeperFigures) -> str:
    """The figures in a line."""
    share = figures.kept / max(1, figures.cleared)
    unsure = figures.left / max(1, figures.cleared + figures.left)
    return (
        f"        keepers at {figures.threshold:.2f}: the original or an exact copy stays in {share:.3f} of "
        f"{figures.cleared:,} groups that are cleared, {unsure:.3f} are left whole"
    )
