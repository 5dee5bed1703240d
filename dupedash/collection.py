"""What a scan, a check and an action may ask of a collection, whoever keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from dupedash.model import (
    ChangeKind,
    Document,
    DuplicateQuery,
    Explanation,
    Failure,
    FieldInfo,
    Hits,
    ImageRecord,
    IsCancelled,
    QueryImage,
    ReportProgress,
    Smartfilter,
    ValueCount,
)


class Collection(Protocol):
    """The read side. Every method raises CollectionError (or a child) where it cannot answer."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    @property
    def engine(self) -> str:
        """In a word or two: "embedded", "Flow at http://…"."""

    @property
    def identity(self) -> str:
        """What it is, whatever it is called: of one collection on one server only; holds no secret."""

    def state(self) -> str:
        """Changes whenever an image or field changed; part of every scan's cache key."""

    def count(self, fq: Sequence[str] = ()) -> int:
        """How many images all filters admit. Raises QueryError."""

    def ids(self, fq: Sequence[str] = ()) -> list[str]:
        """Their ids, sorted. Raises QueryError."""

    def records(self, ids: Sequence[str]) -> list[ImageRecord]:
        """The records in the order asked for. Raises UnknownImage."""

    def fields(self) -> Mapping[str, FieldInfo]:
        """The fields that a filter may name."""

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[ValueCount]:
        """The most frequent values of a field, for suggestions; empty where the backend cannot say."""

    def duplicates(self, image: QueryImage, how: DuplicateQuery) -> Hits:
        """What is at or above the threshold, without the query image itself.

        Raises UnknownImage, UnreadableImage.
        """

    def analyze(self, image: QueryImage) -> Any:
        """JSON to be reused in `ByAnalysis` and `Document.analysis`; not to be looked into."""

    def thumbnail(self, image_id: str) -> bytes | None:
        """A small WebP of the image, long side 320 px at most; None where there is none."""

    def picture(self, image_id: str, long_side: int = 1600) -> bytes | None:
        """The upright picture as WebP or JPEG, long side bounded; None where it cannot be had."""

    def close(self) -> None:
        """Give back connections and files."""


class WritableCollection(Collection, Protocol):
    """The write side: only indexing and actions ask for it. Nothing is promised visible before `commit`."""

    def add(self, documents: Iterable[Document]) -> list[Failure]:
        """Add or replace by id; what failed comes back, the rest is added. Raises DocumentLimit."""

    def set_fields(self, changes: Mapping[str, Mapping[str, Any]]) -> list[Failure]:
        """Per id: field → new value (None removes the field). The pictures are not touched."""

    def remove(self, ids: Sequence[str]) -> None:
        """Forget these images; ids that are not there are no error. Files are never touched."""

    def commit(self) -> None:
        """Make everything so far durable and visible."""


@runtime_checkable
class Rooted(Protocol):
    """A collection of local files: an action touches no file outside these folders."""

    def roots(self) -> list[Path]:
        """The folders that were indexed, absolute."""


@runtime_checkable
class WithFiles(Protocol):
    """A collection whose images are files here."""

    def path(self, image_id: str) -> Path | None:
        """The file of an image, exactly; None where it has none or the id is unknown."""


@runtime_checkable
class Preparable(Protocol):
    """A collection that loads what it needs for the first question, unless that was done before."""

    def prepare(self) -> None:
        """Load it now, so that the first question takes no longer than the next."""


@runtime_checkable
class Noticing(Protocol):
    """A collection of local files that can be told of files that went or returned without it."""

    def notice(self, files: Iterable[Path]) -> None:
        """Hide the documents of those that are gone, until the files are back; show those that are back."""


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """An unordered pair (a < b) of a scan with its score and, where known, why."""

    a: str
    b: str
    score: float
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class JoinPart:
    """One finished piece of a bulk search.

    Parts come in a fixed order, so that a scan can go on after `number`.
    """

    number: int
    total: int
    done_images: int
    matches: tuple[FoundMatch, ...]
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What a bulk search shall compare: every image of `scope` with every one of `against`.

    scope, against  sorted ids; `against` None means the scope itself
    fresh           only pairs with at least one of these (new since an earlier scan); None means all pairs
    after           parts up to this number are done already (-1: none)
    without         mirrored, turned: pairs that match only so are left out
    series          id → number of its series of frames, taken within seconds: those of one are told from
                    `groups.kinds.LEAST_ALIKE` on, below the floor
    """

    scope: tuple[str, ...]
    against: tuple[str, ...] | None
    floor: float
    approximate: bool
    smartfilter: Smartfilter
    fresh: frozenset[str] | None = None
    after: int = -1
    without: tuple[ChangeKind, ...] = ()
    series: Mapping[str, int] = field(default_factory=dict)


@runtime_checkable
class BulkSearch(Protocol):
    """A collection that can compare all images at once, faster than one query each."""

    def join(
        self, request: JoinRequest, *, progress: ReportProgress, cancelled: IsCancelled
    ) -> Iterator[JoinPart]:
        """The parts after `request.after`, in order. For the same state and request the parts are the same.

        Raises Cancelled when asked to stop; parts given before are complete.
        """

    def changed_since(self, state: str) -> frozenset[str] | None:
        """Ids added or changed since `state`; None where that is no longer known."""
