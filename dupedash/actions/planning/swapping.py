"""The best pixels at the other's place and name: which image of a group takes the place of which."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from dupedash.images import path_of
from dupedash.keepers import PRESETS, Choice, Policy
from dupedash.keepers.choose import Removal
from dupedash.keepers.criteria import Rule
from dupedash.keepers.verdict import BY_ID
from dupedash.model import ImageRecord

BEST = "best pixels"
"""What decides that an image stays at another's place."""

Choose = Callable[[Sequence[ImageRecord], Policy, Collection[str]], Choice]
"""What stays of these images by a policy, with those that are pinned."""


@dataclass(frozen=True, slots=True)
class Swap:
    """`best` stays, moves to `place`, and the image that the policy preferred goes (`other`, its id)."""

    choice: Choice
    best: ImageRecord
    place: str
    other: str


def swap_of(
    records: Sequence[ImageRecord], choose: Choose, policy: Policy, pinned: Collection[str]
) -> Swap | None:
    """The swap in this group, or None where the preferred image is the best one, or must stay."""
    by_id = {record.id: record for record in records}
    choice = choose(records, policy, pinned)
    preferred = by_id[choice.keeper]
    best = preferred
    for removal in choice.removed:
        if removal.keeper == preferred.id and _is_better(by_id[removal.id], best, choose, policy):
            best = by_id[removal.id]
    place = place_of_other(best, preferred)
    if best is preferred or (place != preferred.location and os.path.lexists(path_of(place))):
        return None
    new = choose(records, policy, {*pinned, best.id} - {preferred.id})
    if new.keeper != best.id or preferred.id not in {removal.id for removal in new.removed}:
        return None
    why = f"it has the {BEST}, and takes the place of {preferred.filename}"
    removed = tuple(_for_best(removal, best) for removal in new.removed)
    return Swap(replace(new, why=why, decided=BEST, removed=removed), best, place, preferred.id)


def _for_best(removal: Removal, best: ImageRecord) -> Removal:
    ours = removal.keeper == best.id
    return replace(removal, why=f"{best.filename} has the {BEST}") if ours else removal


def place_of_other(best: ImageRecord, preferred: ImageRecord) -> str:
    """The other's path; where the formats differ, with the ending of its own."""
    if best.format == preferred.format:
        return preferred.location
    return os.path.splitext(preferred.location)[0] + os.path.splitext(best.location)[1]


def _is_better(one: ImageRecord, other: ImageRecord, choose: Choose, policy: Policy) -> bool:
    """Whether its pixels are, and not only its age or id."""
    quality = next(iter(PRESETS.values())).criteria
    rules = tuple(criterion for criterion in quality if criterion.rule is not Rule.OLDEST)
    if one.pixels and one.pixels == other.pixels:
        return False
    # The policy lets one of both go in any case: so where nothing shows an edit, pixels decide.
    choice = choose((one, other), replace(policy, criteria=rules, decide_unsure=True), ())
    return choice.keeper == one.id and bool(choice.removed) and choice.decided not in (BY_ID, "plain name")
