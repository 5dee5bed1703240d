"""What people decided about pairs and groups: kept by content, respected everywhere."""

from dupedash.review.decisions import (
    HELD,
    Decision,
    Decisions,
    ImageKey,
    Queue,
    Verdict,
    apply_decisions,
    image_key,
    queue,
    spared,
)
from dupedash.review.store import Event, ReviewStore

__all__ = [
    "HELD",
    "Decision",
    "Decisions",
    "Event",
    "ImageKey",
    "Queue",
    "ReviewStore",
    "Verdict",
    "apply_decisions",
    "image_key",
    "queue",
    "spared",
]
