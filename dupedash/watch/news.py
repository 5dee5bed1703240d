"""What is new since the last look: images that were not there, and the groups that they belong to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dupedash.groups.graph import Cut
from dupedash.scans import StoredScan
from dupedash.wording import plural

GROUPS, IMAGES = 100, 20
"""Groups that are told one by one, and images of each: a message is read by a person."""


@dataclass(frozen=True, slots=True)
class NewGroup:
    """One group with something new in it.

    key    the id of a new image of it, which names the group in links
    new    the locations of what is new, `known` those of what was there before; the first ones of many
    score  the best of its matches, 0…1
    """

    key: str
    new: tuple[str, ...]
    known: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class News:
    """What one look found.

    images      that are new, `duplicates`: those of them that are in a group at `threshold`
    groups      the first ones, `more` further ones
    """

    collection: str
    scan: str
    when: datetime
    threshold: float
    images: int
    duplicates: int
    groups: tuple[NewGroup, ...] = ()
    more: int = 0

    @property
    def words(self) -> str:
        """ "12 new images, 3 of them duplicates, in 2 groups"."""
        said = plural(self.images, "new image")
        if not self.duplicates:
            return f"{said}, none of them a duplicate"
        found = len(self.groups) + self.more
        return f"{said}, {self.duplicates:,} of them duplicates, in {plural(found, 'group')}"

    def to_json(self) -> dict[str, Any]:
        """For commands, webhooks and the state on disk; `of_json` reads it back equal."""
        return asdict(self) | {"when": self.when.isoformat()}

    @staticmethod
    def of_json(data: Mapping[str, Any]) -> News:
        """Raises KeyError, TypeError, ValueError."""
        groups = tuple(
            NewGroup(g["key"], tuple(g["new"]), tuple(g["known"]), g["score"]) for g in data["groups"]
        )
        return replace(News(**{**data, "groups": groups}), when=datetime.fromisoformat(data["when"]))


def new_images(before: StoredScan, now: StoredScan) -> frozenset[str]:
    """The ids of images that were not in the earlier scan, or had another content. Raises ScanError."""
    known = before.contents()
    return frozenset(i for i, content in now.contents().items() if i not in known or known[i] != content)


def news_of(scan: StoredScan, cut: Cut, new: Collection[str]) -> News:
    """What a scan found with these images, which are new. Raises ScanError."""
    grouped = {image_id: number for image_id in new if (number := cut.find(image_id)) is not None}
    numbers = sorted(set(grouped.values()))
    members = {number: cut.members(number) for number in numbers[:GROUPS]}
    ids = [image_id for some in members.values() for image_id in some]
    places = {record.id: record.location for record in scan.records(ids)}
    groups = tuple(_group(cut, number, some, places, new) for number, some in members.items())
    more = len(numbers) - len(groups)
    return News(
        scan.collection, scan.id, datetime.now(UTC), cut.threshold, len(new), len(grouped), groups, more
    )


def _group(
    cut: Cut, number: int, members: Sequence[str], places: Mapping[str, str], new: Collection[str]
) -> NewGroup:
    fresh = [image_id for image_id in members if image_id in new]
    known = [places[image_id] for image_id in members if image_id not in new]
    best = float(cut.graph.matches.score[cut.links(number)].max())
    shown = tuple(places[image_id] for image_id in fresh[:IMAGES])
    return NewGroup(fresh[0], shown, tuple(known[:IMAGES]), round(best, 6))
