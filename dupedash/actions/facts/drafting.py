"""What is written about the images of a group that stay, before the others go; which of those stay for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dupedash.actions.facts.gather import facts_of, place_for
from dupedash.actions.facts.merging import changes_of
from dupedash.actions.guard import guarded_place
from dupedash.actions.plan import Description, FactChange
from dupedash.actions.planning.wish import Wish
from dupedash.errors import UnreadableImage
from dupedash.images import path_of
from dupedash.images.metadata.facts import Facts
from dupedash.model import ImageRecord


@dataclass(frozen=True, slots=True)
class Told:
    """What is written about one image that stays.

    description  None where nothing is
    hindered     location of an image → why it must stay: what it tells cannot be read or written
    differing    what others tell that is not taken, where nothing is written
    """

    description: Description | None
    hindered: Mapping[str, str]
    differing: tuple[FactChange, ...] = ()


def told_of(keeper: ImageRecord, others: Sequence[ImageRecord], wish: Wish, roots: Collection[str]) -> Told:
    """What the others tell and the keeper does not. Raises Busy."""
    try:
        own = facts_of(keeper)
    except UnreadableImage as error:
        return Told(None, dict.fromkeys((o.location for o in others), f"{keeper.filename}: {error.reason}"))
    read, hindered = _read(others)
    changes = changes_of(own, read, wish.facts or {})
    if all(change.new == change.old for change in changes):
        return Told(None, hindered, changes)
    place, before = place_for(keeper, into_file=wish.into_file)
    reason = guarded_place(place, wish.policy) or _outside(place, roots)
    if reason:
        reason = f"what it tells would be written into {place}, and {reason}"
        return Told(None, hindered | dict.fromkeys((location for location, _ in read), reason))
    return Told(Description(place, before, changes), hindered)


def _read(others: Sequence[ImageRecord]) -> tuple[list[tuple[str, Facts]], dict[str, str]]:
    read, hindered = [], {}
    for record in others:
        try:
            read.append((record.location, facts_of(record)))
        except UnreadableImage as error:
            hindered[record.location] = error.reason
    return read, hindered


def _outside(place: str, roots: Collection[str]) -> str | None:
    folder = Path(path_of(place)).parent
    inside = any(folder.is_relative_to(root) for root in roots)
    return None if inside else "that lies outside the folders of the collection"
