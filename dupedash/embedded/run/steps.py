"""The steps of a query that cost time, looking up and comparing: plain tasks that can be run here
or in a worker process.

Whoever runs them keeps at hand what they need again (`Shelf`); what they say depends on the task alone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2

from dupedash.embedded.compare import pairs
from dupedash.embedded.compare.pairs import Ways
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.describe.soundness import check_thumbs, sound
from dupedash.embedded.retrieve.index import CandidateRows, Index, search
from dupedash.embedded.run.warm import make_ready
from dupedash.embedded.store.store import Store
from dupedash.errors import CollectionError
from dupedash.model import Explanation

_REMEMBERED = 2000  # descriptors, of 20 kB each


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture of the collection and the row of its descriptor."""

    row: int
    picture: str


Source = Stored | bytes
"""Where the descriptor of a picture comes from: the store, or the request itself."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Which pictures of each segment may be duplicates."""

    segments: tuple[Path, ...]
    source: Source
    min_votes: float

    def run(self, shelf: Shelf) -> list[CandidateRows]:
        """For each segment, in places of its index."""
        descriptors = shelf.descriptors([self.source])
        return [search(shelf.index(folder), descriptors, self.min_votes) for folder in self.segments]


@dataclass(frozen=True, slots=True)
class Compare:
    """How alike a picture and others are. Scores from `explained` on are explained; None: none is."""

    source: Source
    others: tuple[tuple[Stored, Ways], ...]
    explained: float | None

    def run(self, shelf: Shelf) -> list[tuple[float | None, Explanation | None]]:
        """For each of the others; they are seen as made from the one. None: that one is damaged."""
        (one,) = shelf.descriptors([self.source])
        shelf.must_be_whole(one)
        with suppress(Damaged):  # all at once; then they are at hand
            shelf.descriptors([stored for stored, _ in self.others])
        return [self._judged(one, stored, ways, shelf) for stored, ways in self.others]

    def _judged(
        self, one: Descriptor, stored: Stored, ways: Ways, shelf: Shelf
    ) -> tuple[float | None, Explanation | None]:
        try:
            (other,) = shelf.descriptors([stored])
            judged = pairs.judge(one, other, ways)
        except (Damaged, cv2.error):
            return None, None
        explained = self.explained is not None and judged.score >= self.explained
        return judged.score, judged.explanation(one, other) if explained else None


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have at hand what the others need."""

    segments: tuple[Path, ...]

    def run(self, shelf: Shelf) -> None:
        """Map the segments and load the compiled code."""
        for folder in self.segments:
            shelf.index(folder)
        make_ready()


SearchStep = LookUp | Compare | Prepare


class Shelf:
    """The search arrays and descriptors of one collection that were needed last. For any number of
    threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._indices: dict[Path, Index] = {}
        self._descriptors: OrderedDict[str, Descriptor] = OrderedDict()
        self._lock = threading.Lock()

    def hold(self, indices: Mapping[Path, Index]) -> None:
        """Keep these arrays at hand, and no others."""
        self._indices = dict(indices)

    def index(self, folder: Path) -> Index:
        """The arrays of a segment. Raises CollectionError where they are gone."""
        known = self._indices.get(folder)
        if known is None:
            try:
                known = Index.load(folder)
            except (OSError, ValueError) as error:
                raise self._changed() from error
            # Segments are replaced by others: only those that are still there are worth keeping.
            self.hold({**{f: i for f, i in self._indices.items() if f.exists()}, folder: known})
        return known

    def descriptors(self, sources: Sequence[Source]) -> list[Descriptor]:
        """The descriptors of these pictures, in their order. Raises CollectionError where one is gone."""
        stored = {source.picture: source.row for source in sources if isinstance(source, Stored)}
        with self._lock:
            found = {p: self._descriptors[p] for p in stored if p in self._descriptors}
        missing = {row: picture for picture, row in stored.items() if picture not in found}
        if missing:
            found |= self._load(missing)
        with self._lock:
            for picture in stored:
                self._descriptors[picture] = found[picture]
                self._descriptors.move_to_end(picture)
            while len(self._descriptors) > _REMEMBERED:
                self._descriptors.popitem(last=False)
        return [found[s.picture] if isinstance(s, Stored) else sound(s) for s in sources]

    def must_be_whole(self, descriptor: Descriptor) -> None:
        """Raises Damaged where its small picture cannot be used: else it would be like no other."""
        try:
            check_thumbs(descriptor)
        except ValueError as error:
            raise _damaged(self._store.name, error) from error

    def _load(self, pictures: Mapping[int, str]) -> dict[str, Descriptor]:
        found = {}
        for row, picture, data in self._store.pictures(list(pictures)):
            if pictures[row] == picture:  # else the document shows another picture by now
                found[picture] = read(data, self._store.name)
        if len(found) < len(pictures):
            raise self._changed()
        return found

    def _changed(self) -> CollectionError:
        name = self._store.name
        return CollectionError(f"The collection {name} was changed during the search: try again.", name)


class Damaged(CollectionError):
    """The description of one picture cannot be used."""


def read(data: bytes, name: str) -> Descriptor:
    """A descriptor from the collection `name`. Raises Damaged."""
    try:
        return sound(data)
    except ValueError as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: ValueError) -> Damaged:
    return Damaged(f"The collection {name} holds a damaged description: {error}.", name)
