"""What people decided about pairs and groups: kept by content, respected everywhere.

>>> store, pair = ReviewStore(workspace.reviews), [ImageKey("aa"), ImageKey("bb")]
>>> store.decide(pair, Verdict.KEEP_ALL, who="Ann", expected_revision=0).revision
1
>>> str(store.load().of(pair).verdict)
'keep all'
"""

from dupedash.review.decisions import (
    HELD,
    PAIR_BY_PAIR,
    Decision,
    Decisions,
    ImageKey,
    Kept,
    Verdict,
    apply_decisions,
    group_standings,
    image_key,
    spared,
    standing,
)
from dupedash.review.store import Decided, Event, ReviewStore, Wanted, decisions_of

__all__ = [
    "HELD",
    "PAIR_BY_PAIR",
    "Decided",
    "Decision",
    "Decisions",
    "Event",
    "ImageKey",
    "Kept",
    "ReviewStore",
    "Verdict",
    "Wanted",
    "apply_decisions",
    "decisions_of",
    "group_standings",
    "image_key",
    "spared",
    "standing",
]
