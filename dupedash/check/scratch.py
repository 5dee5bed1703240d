"""Compare the images of a batch with each other, in an embedded collection that lives only for that."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from dupedash.check.examine import Checked
from dupedash.collection import JoinRequest
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.errors import ConfigError
from dupedash.model import Document, Hit, Smartfilter, ignore, never


def compare_inside(checked: Sequence[Checked], floor: float) -> dict[tuple[int, int], Hit] | None:
    """(later, earlier) → hit, from the analyses alone; None where they were not made by our engine."""
    with tempfile.TemporaryDirectory(prefix="dupedash-batch-") as folder:
        scratch = EmbeddedCollection(Path(folder) / "collections" / "batch", "batch")
        try:
            return _compared(scratch, checked, floor)
        finally:
            scratch.close()


def _compared(
    scratch: EmbeddedCollection, checked: Sequence[Checked], floor: float
) -> dict[tuple[int, int], Hit] | None:
    names = [f"{number:08}" for number in range(len(checked))]
    try:
        documents = [
            Document(name, f"batch:{name}", {}, one.analysis)
            for name, one in zip(names, checked, strict=True)
        ]
        if scratch.add(documents):
            return None
    except ConfigError:
        return None
    request = JoinRequest(tuple(names), None, floor, False, Smartfilter.OFF)
    found = {}
    for part in scratch.join(request, progress=ignore, cancelled=never):
        for match in part.matches:
            earlier, later = int(match.a), int(match.b)
            found[later, earlier] = Hit(checked[earlier].item.name, match.score, match.explanation)
    return found
