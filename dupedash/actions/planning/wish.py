"""What the user wants done, and what a plan is about besides its groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex

from dupedash.actions.facts.merging import Rules
from dupedash.actions.plan import (
    KEEPS,
    StepKind,
)
from dupedash.actions.planning.merge import MergeRule
from dupedash.actions.planning.partners import Partners
from dupedash.collection import Collection as ImageCollection
from dupedash.collection import Rooted
from dupedash.errors import ConfigError
from dupedash.keepers import PRESETS, Policy
from dupedash.model import FieldInfo


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants done.

    action      what happens to the images that are not kept (not MERGE)
    pinned      images kept by hand
    only        keys or member ids of groups; None: all groups
    merge       also merge their fields into the keeper, by these rules; None: do not
    facts       also write what only their files tell into a sidecar of the keeper, by these rules; or None
    into_file   … into the file of the keeper, where its format and name allow it
    best_pixels the image with the best pixels takes the place of the one that the policy prefers (QUARANTINE)
    partners    where given, raw file and JPEG of one shot go together (QUARANTINE)
    link_field  the field that LABEL writes the keeper's id into
    """

    action: StepKind = StepKind.QUARANTINE
    policy: Policy = field(default_factory=lambda: next(iter(PRESETS.values())))
    pinned: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    merge: Mapping[str, MergeRule] | None = None
    link_field: str = "duplicate_of"
    facts: Rules | None = None
    best_pixels: bool = False
    partners: Partners | None = None
    into_file: bool = False

    def __post_init__(self) -> None:
        if self.action in KEEPS:
            raise ConfigError(
                f"{self.action} goes with another action: quarantine, hardlink, symlink, remove or label."
            )


@dataclass(frozen=True, slots=True)
class Head:
    """What a plan is about, besides its groups. `fields`: those the collection knows."""

    id: str
    created: datetime
    collection: str
    engine: str
    scan: str
    threshold: float
    roots: tuple[str, ...] = ()
    fields: Mapping[str, FieldInfo] = field(default_factory=dict)

    @staticmethod
    def now(collection: ImageCollection, scan: str, threshold: float) -> Head:
        """The head of a plan made now; its id sorts by time."""
        created = datetime.now(UTC)
        roots = tuple(str(root) for root in collection.roots()) if isinstance(collection, Rooted) else ()
        name = f"{created:%Y%m%d-%H%M%S-%f}-{token_hex(2)}"
        return Head(
            name, created, collection.name, collection.engine, scan, threshold, roots, collection.fields()
        )
