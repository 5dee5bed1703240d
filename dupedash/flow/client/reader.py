"""Ask a Flow server: count, list, describe, search. All that goes out and comes in passes through `wire`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from dupedash.errors import (
    BadReply,
    QueryError,
    Rejected,
    UnknownImage,
    UnreadableImage,
    Unsupported,
)
from dupedash.flow.client.pictures import read_picture
from dupedash.flow.client.settings import FlowSettings
from dupedash.flow.client.transport import Transport, mapped
from dupedash.flow.wire import documents, replies_in, requests_out
from dupedash.flow.wire.parameters import START_MARK, Pairs
from dupedash.images import apart
from dupedash.model import (
    ByAnalysis,
    ByData,
    ById,
    ByUrl,
    DuplicateQuery,
    FieldInfo,
    Hit,
    Hits,
    ImageRecord,
    QueryImage,
    ValueCount,
)

IDS_AT_ONCE = 200  # Solr refuses more than 1,024 clauses in one query
_SAMPLE = 100  # documents that are looked at for fields that the schema does not name
_ABSENT = frozenset({400, 403, 404, 405, 501})  # how servers say that they lack or hide a handler
_TRIED = 3  # pictures that a test of the connection reads: one may be missing for reasons of its own
_LARGEST_UPLOAD = 8 << 20  # bytes; of larger pictures a version of 1,600 px is sent

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FlowStatus:
    """What a connection check found. `finds_duplicates` False: it is Solr, but without Flow."""

    images: int
    finds_duplicates: bool


@dataclass(frozen=True, slots=True)
class PictureTrial:
    """What came of reading some pictures, in a sentence; `well` False: one that should be there was not."""

    well: bool
    words: str


class FlowReader:
    """A Collection over HTTP; threads may share it, `workers` of them at the same time.

    What Flow cannot do: it keeps no pictures and no thumbnails (they are read from the image's address where
    the settings allow that), no checksums and no explanations; it knows nothing of what changed since when.
    """

    def __init__(self, settings: FlowSettings) -> None:
        self.settings = settings
        self._transport = Transport(settings)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.settings.root!r})"

    @property
    def name(self) -> str:
        """What the user calls it; else the collection's name on the server."""
        return self.settings.name or self.settings.collection

    @property
    def engine(self) -> str:
        """Flow and where."""
        return f"Flow at {self.settings.base}"

    @property
    def identity(self) -> str:
        """The address of the collection on its server."""
        return self.settings.root

    def check(self) -> FlowStatus:
        """Whether the collection is really there; asked once only. Raises CollectionError.

        The core's own address does not count: Solr answers it with 200 for cores that do not exist.
        """
        with mapped(self.label):
            nothing = requests_out.select((), rows=0)
            found = replies_in.page(self._transport.ask("select", nothing, again=False))
        try:
            self._transport.ask("duplicate", [("rows", "0")], again=False)
        except Rejected as error:  # a 400 is right: there is no query image
            return FlowStatus(found.number, finds_duplicates=error.status == 400)
        return FlowStatus(found.number, finds_duplicates=True)

    def state(self) -> str:
        """From the number of images and the index's version, where the server shows it.

        A server behind SolrCloud or a proxy may hide the version: then a change that leaves the number of
        images as it was goes unseen.
        """
        core = self._perhaps("", []) or {}
        return f"flow:{self.count()}:{replies_in.index_signature(core, self.settings.collection)}"

    def count(self, fq: Sequence[str] = ()) -> int:
        """How many images all filters admit. Raises QueryError."""
        return self._select(requests_out.select(fq, rows=0)).number

    def ids(self, fq: Sequence[str] = ()) -> list[str]:
        """Their ids, sorted. Raises QueryError; BadReply where the listing ends before it is complete."""
        found: set[str] = set()
        mark, least = START_MARK, None
        while True:
            page = self._select(requests_out.listing(fq, mark))
            with mapped(self.label):
                found.update(map(replies_in.image_id, page.documents))
            least = page.number if least is None else min(least, page.number)
            if page.mark is None:
                raise BadReply(f"{self.label}: the list of ids has no nextCursorMark.", self.label)
            if page.mark == mark or not page.documents:
                break
            mark = page.mark
        if len(found) < least:
            told_so = f"{self.label} counts {least} images and lists {len(found)}: try again."
            raise BadReply(told_so, self.label)
        return sorted(found)

    def records(self, ids: Sequence[str]) -> list[ImageRecord]:
        """The records in the order asked for. Raises UnknownImage."""
        found: dict[str, ImageRecord] = {}
        for part in parts(dict.fromkeys(ids), IDS_AT_ONCE):
            page = self._select(requests_out.select([requests_out.any_of(part)], rows=len(part), fl="*"))
            with mapped(self.label):
                found |= {record.id: record for record in map(documents.record, page.documents)}
        if missing := next((image_id for image_id in ids if image_id not in found), None):
            raise UnknownImage(missing, self.label)
        return [found[image_id] for image_id in ids]

    def fields(self) -> Mapping[str, FieldInfo]:
        """From the schema, else from the index's own description, else from some documents."""
        for handler, pairs, read in (
            ("schema/fields", Pairs(), replies_in.schema_fields),
            ("admin/luke", [("numTerms", "0")], replies_in.luke_fields),
        ):
            if (reply := self._perhaps(handler, pairs)) is not None:
                with mapped(self.label):
                    return read(reply)
        page = self._select(requests_out.select((), rows=_SAMPLE, fl="*"))
        with mapped(self.label):
            return replies_in.guessed_fields(map(documents.record, page.documents))

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[ValueCount]:
        """The most frequent values; from /terms, else from a facet, else none."""
        ways = (
            ("terms", requests_out.terms(field, prefix, limit), replies_in.term_counts),
            ("select", requests_out.facet(field, prefix, limit), replies_in.facet_counts),
        )
        for handler, pairs, read in ways:
            reply = self._perhaps(handler, pairs)
            with mapped(self.label):
                if reply is not None and (found := read(reply, field)):
                    return found[:limit]
        return []

    def duplicates(self, image: QueryImage, how: DuplicateQuery) -> Hits:
        """What is at or above the threshold, without the query image. Raises UnknownImage, UnreadableImage.

        Under approximate search Flow sends hits below the threshold too: they are dropped here.
        """
        own = image.id if isinstance(image, ById) else None
        with mapped(self.label):
            scores, more = self._scores(image, how)
        if own is not None and own not in scores:
            self._must_exist(own)
        hits = [Hit(i, score) for i, score in scores.items() if i != own and score >= how.threshold]
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return Hits(tuple(hits[: how.rows]), truncated=more or len(hits) > how.rows)

    def analyze(self, image: QueryImage) -> Any:
        """Flow's analysis, opaque. Raises Unsupported for an indexed image, whose picture Flow does not keep;
        BadReply, CollectionError, UnreadableImage."""
        match image:
            case ByAnalysis(analysis=analysis):
                return analysis
            case ById():
                raise Unsupported(f"{self.label} cannot analyse an indexed image: send its file.", self.label)
        with _named(image):
            reply = self._transport.ask("analyze", requests_out.analyze(_small(image), self.settings.names))
        if "outputs" not in reply:
            raise BadReply(f"{self.label}: the analysis has no outputs.", self.label)
        return reply["outputs"]

    def thumbnail(self, image_id: str) -> bytes | None:
        """A small WebP, made from the picture where that may be read."""
        return self._made(image_id, apart.thumbnail)

    def picture(self, image_id: str, long_side: int = 1600) -> bytes | None:
        """The upright picture, read from the image's address where the settings allow that."""
        return self._made(image_id, partial(apart.render, long_side=long_side))

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    @property
    def label(self) -> str:
        """What the collection is called in messages."""
        return self.settings.label

    def _select(self, pairs: Pairs) -> replies_in.Page:
        with mapped(self.label):
            return replies_in.page(self._transport.ask("select", pairs))

    def _scores(self, image: QueryImage, how: DuplicateQuery) -> tuple[dict[str, float], bool]:
        """Scores by id, and whether there are more; asked page by page, since servers cap the rows."""
        sent = _small(image)
        page = self._found(sent, how, 0)
        hits = [replies_in.hit(document) for document in page.documents]
        if page.number and not hits:
            raise BadReply(f"{page.number} hits were found, none was sent.")
        wanted = how.rows + isinstance(image, ById)
        while page.documents and len(hits) < min(page.number, wanted):
            page = self._found(sent, how, len(hits))
            hits += [replies_in.hit(document) for document in page.documents]
        return {hit.id: hit.score for hit in hits}, page.number > len(hits) or not page.exact

    def _found(self, image: QueryImage, how: DuplicateQuery, start: int) -> replies_in.Page:
        """One answer of /duplicate. A server may also say 400 to an id that it does not know."""
        pairs = requests_out.duplicate(image, how, self.settings.names, start)
        try:
            with _named(image):
                return replies_in.page(self._transport.ask("duplicate", pairs))
        except Rejected as error:
            if isinstance(image, ById) and error.status in (400, 404):
                self._must_exist(image.id)
            raise

    def _must_exist(self, image_id: str) -> None:
        if not self.count([requests_out.any_of([image_id])]):
            raise UnknownImage(image_id, self.label)

    def _perhaps(self, handler: str, pairs: Pairs) -> Mapping[str, Any] | None:
        """The answer of a handler that not every server has or shows; None where this one does not."""
        try:
            return self._transport.ask(handler, pairs)
        except QueryError:
            return None
        except Rejected as error:
            if error.status in _ABSENT:
                return None
            raise

    def try_pictures(self) -> PictureTrial:
        """Reads the pictures of some images as the settings say."""
        if not self.settings.images.where:
            return PictureTrial(True, "No pictures are shown, because it is not set where they are.")
        page = self._select(requests_out.select((), rows=_TRIED, fl="*"))
        with mapped(self.label):
            records = [documents.record(document) for document in page.documents]
        troubles = [trouble for record in records if (trouble := self._trouble(record))]
        if troubles:
            words = f"{len(troubles)} of {len(records)} pictures tried cannot be read: {troubles[0]}."
            return PictureTrial(False, words)
        return PictureTrial(True, f"Its pictures can be read: {len(records)} were tried.")

    def _trouble(self, record: ImageRecord) -> str:
        """Why the picture of an image cannot be read; empty where it can."""
        try:
            data = read_picture(record, self.settings.images)
            apart.thumbnail(data or b"", name=record.location)
        except UnreadableImage as error:
            return f"{record.location}: {error.reason}"
        return ""

    def _made(self, image_id: str, make: Callable[[bytes], bytes]) -> bytes | None:
        record = self.records([image_id])[0]
        try:
            data = read_picture(record, self.settings.images)
            return None if data is None else make(data)
        except UnreadableImage:
            return None


def parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    left = iter(items)
    while part := list(islice(left, size)):
        yield part


def _small(image: T) -> T | ByData:
    """A picture that is not too large to send: beyond 8 MB a version of 1,600 px goes in its place."""
    if isinstance(image, ByData) and len(image.data) > _LARGEST_UPLOAD:
        return ByData(apart.render(image.data, name=image.name), image.name)
    return image


@contextmanager
def _named(image: QueryImage) -> Iterator[None]:
    """Puts the name of an upload into the server's complaint about it."""
    try:
        yield
    except UnreadableImage as error:
        what = image.name if isinstance(image, ByData) else image.url if isinstance(image, ByUrl) else "image"
        raise UnreadableImage(what, error.reason) from error
