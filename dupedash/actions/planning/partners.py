"""Raw file and JPEG of one shot: where somebody wishes it, the one goes with the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from dupedash.actions.files.companions import as_listed, is_partner
from dupedash.collection import Collection
from dupedash.model import ImageRecord


class Partners:
    """The images of a collection that may be one half of a shot, by location."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def at(self, locations: Iterable[str]) -> list[ImageRecord]:
        """Those at these locations that the collection has."""
        return [self._by_location[place] for place in locations if place in self._by_location]

    @cached_property
    def _by_location(self) -> Mapping[str, ImageRecord]:
        records = self._collection.records(self._collection.ids())
        return {as_listed(record.location): record for record in records if is_partner(record.location)}
