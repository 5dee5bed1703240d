"""The collection as a search sees it: one commit, pictures apart from the documents that show them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from dupedash.embedded.describe.soundness import sound
from dupedash.embedded.retrieve.index import Indexable
from dupedash.embedded.store.cache import Cache, Segment
from dupedash.embedded.store.documents import Searchable
from dupedash.embedded.store.store import Store
from dupedash.errors import CollectionError


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One state of the collection. Documents with equal pixels are one picture, known by the pixels' hash.

    `pictures` has the members of every picture by id, `segments` the pictures that can be compared,
    `damaged` those that could be if their descriptors were whole.
    """

    sequence: int
    members: Mapping[str, Searchable]
    pictures: Mapping[str, tuple[Searchable, ...]]
    segments: tuple[Segment, ...]
    damaged: frozenset[str]


DAMAGED = "its description is damaged: index it again with --reread"


class Snapshots:
    """The newest snapshot. For any number of threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache = Cache(store.folder / "cache")
        self._view: Snapshot | None = None
        self._lock = threading.Lock()

    def now(self) -> Snapshot:
        """The snapshot of the last commit."""
        with self._lock:
            if self._view is None or self._view.sequence != self._store.sequence():
                self._view = self._made(self._view)
            return self._view

    def _made(self, old: Snapshot | None) -> Snapshot:
        news = None if old is None else self._store.members_since(old.sequence)
        if old is None or news is None:
            sequence, members = self._store.members()
            known, pictures = {m.id: m for m in members}, _grouped(members)
        else:
            (sequence, members), known, pictures = news, dict(old.members), dict(old.pictures)
            for member in members:
                _place(member, known, pictures)
        self._cache.look_again(member.pixels for member in members)
        wanted = {picture for picture, some in pictures.items() if any(m.comparable for m in some)}
        segments = self._cache.segments(wanted, partial(load, self._store, pictures))
        damaged = frozenset(wanted.difference(*(segment.pictures for segment in segments)))
        return Snapshot(sequence, known, pictures, segments, damaged)


def _grouped(members: Iterable[Searchable]) -> dict[str, tuple[Searchable, ...]]:
    grouped: dict[str, list[Searchable]] = {}
    for member in members:
        grouped.setdefault(member.pixels, []).append(member)
    return {picture: tuple(some) for picture, some in grouped.items()}


def _place(
    member: Searchable, known: dict[str, Searchable], pictures: dict[str, tuple[Searchable, ...]]
) -> None:
    """Put a new or changed document in its place, and take it away from where it was."""
    before = known.get(member.id)
    if before is not None:
        others = tuple(m for m in pictures.pop(before.pixels) if m.id != member.id)
        if others:
            pictures[before.pixels] = others
    known[member.id] = member
    some = (*pictures.get(member.pixels, ()), member)
    pictures[member.pixels] = tuple(sorted(some, key=lambda m: m.id))


def load(
    store: Store, members: Mapping[str, tuple[Searchable, ...]], pictures: Sequence[str]
) -> dict[str, Indexable]:
    """What is indexed of these pictures, without those that are damaged. Raises CollectionError where one is
    gone."""
    rows = {comparable_row(members[picture]): picture for picture in pictures}
    found, number = {}, 0
    for row, data in store.descriptors(list(rows)):
        number += 1
        with suppress(ValueError):
            found[rows[row]] = Indexable.of(sound(data))
    if number < len(rows):
        raise CollectionError(
            f"The collection {store.name} was changed during the search: try again.", store.name
        )
    return found


def comparable_row(members: Sequence[Searchable]) -> int:
    """The row of the first member that can be compared, else of the first."""
    return next((m.row for m in members if m.comparable), members[0].row)
