"""A collection of files on this machine: the embedded store and engine behind the Collection protocols."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dupedash import images
from dupedash.collection import JoinPart, JoinRequest
from dupedash.embedded import compare
from dupedash.embedded.describe import analysis, descriptor
from dupedash.embedded.describe.analysis import Analysis
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.files.placing import GONE, is_gone
from dupedash.embedded.model.chosen import chosen
from dupedash.embedded.store.documents import Entry, FileStamp, stamp
from dupedash.embedded.store.store import Store
from dupedash.errors import ConfigError, UnknownImage, UnreadableImage, Unsupported
from dupedash.images import apart
from dupedash.model import (
    ByAnalysis,
    ByData,
    ById,
    ByUrl,
    Document,
    DuplicateQuery,
    Failure,
    FieldInfo,
    Hits,
    ImageRecord,
    IsCancelled,
    QueryImage,
    ReportProgress,
    ValueCount,
    ignore,
    never,
)

if TYPE_CHECKING:
    from dupedash.embedded.run.search import Asked, Searcher
    from dupedash.embedded.store.snapshot import Snapshots

_LARGEST_PICTURE = 4096  # pixels of the long side: 4K screens show no more
_LONGEST_ID = 500  # characters, far more than a hash or a path needs


class EmbeddedCollection:
    """The collection in a folder `data/collections/NAME`, for any number of threads and processes at once.

    `analyses` counts the pictures that this object decoded and described.
    """

    engine = "embedded"

    def __init__(self, folder: Path, name: str | None = None, processes: int = 0) -> None:
        """With `processes` single queries are answered in so many worker processes; pictures are read apart
        (`images.apart`) in any case."""
        self.store = Store(folder)
        self.name = name or self.store.name
        self.analyses = 0
        self._processes = processes
        self._lock = threading.Lock()
        self._made: tuple[Snapshots, Searcher] | None = None

    @property
    def identity(self) -> str:
        """See Collection."""
        return self.store.uuid

    def state(self) -> str:
        """See Collection. A new version of the engine is a new state, too: it scores differently."""
        return f"{self._head()}-{self.store.sequence()}"

    def count(self, fq: Sequence[str] = ()) -> int:
        """See Collection."""
        return self.store.count(fq)

    def ids(self, fq: Sequence[str] = ()) -> list[str]:
        """See Collection."""
        return self.store.ids(fq)

    def records(self, ids: Sequence[str]) -> list[ImageRecord]:
        """See Collection. Documents whose file is gone have records still; `skipped` says so."""
        return self.store.records(ids)

    def fields(self) -> Mapping[str, FieldInfo]:
        """See Collection."""
        return self.store.fields()

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[ValueCount]:
        """See Collection."""
        return self.store.values(field, prefix, limit)

    def duplicates(self, image: QueryImage, how: DuplicateQuery) -> Hits:
        """See Collection."""
        asked = self._asked(image)
        allowed = frozenset(self.store.ids(how.fq)) if how.fq else None
        return self._engine()[1].duplicates(asked, how, allowed)

    def prepare(self) -> None:
        """See Preparable: the search, and the processes that read uploads."""
        from dupedash.embedded.run.warm import sample

        self._engine()[1].prepare()
        apart.prepare(partial(analysis.analyze, sample()))

    def analyze(self, image: QueryImage) -> Any:
        """See Collection. An image of the collection is not read again."""
        return analysis.to_json(self._analysis(image))

    def thumbnail(self, image_id: str) -> bytes | None:
        """See Collection."""
        return self.store.thumbnail(image_id)

    def picture(self, image_id: str, long_side: int = 1600) -> bytes | None:
        """See Collection. It is made from the file; None where there is none any more.

        What could not be read when it was indexed is not tried again here: it may have crashed its reader.
        """
        path = self.store.path(image_id)
        if path is None or self.store.thumbnail(image_id) is None:
            return None
        try:
            return apart.render(path, max(1, min(long_side, _LARGEST_PICTURE)))
        except UnreadableImage:
            return None

    def roots(self) -> list[Path]:
        """See Rooted."""
        return self.store.roots()

    def path(self, image_id: str) -> Path | None:
        """The file of an image, exactly: a location is text, and some file names are none."""
        return self.store.path(image_id)

    def notice(self, files: Iterable[Path]) -> None:
        """See Noticing."""
        hidden = self.store.hidden_at([os.fsencode(file) for file in files])
        gone = {image_id: GONE for image_id, (path, why) in hidden.items() if why is None and is_gone(path)}
        back = [i for i, (path, why) in hidden.items() if why == GONE and not is_gone(path)]
        self.store.hide(gone | dict.fromkeys(back))

    def close(self) -> None:
        """See Collection."""
        if self._made is not None:
            self._made[1].close()
        self.store.close()

    def add(self, documents: Iterable[Document]) -> list[Failure]:
        """See Collection. Each document is a commit of its own.

        Without an analysis the file at `location` is read, whatever it is: whoever takes documents from the
        network must give one. With one, the file is shown only if its bytes are those that were analysed; of
        a foreign document only if this collection has read that file itself.
        """
        failures = []
        for document in documents:
            try:
                failures += self.store.put([self._entry(document)])
            except (UnreadableImage, Unsupported) as error:
                reason = error.reason if isinstance(error, UnreadableImage) else str(error)
                failures.append(Failure(document.id, reason))
            except ConfigError as error:
                failures.append(Failure(document.id, str(error)))
        return failures

    def set_fields(self, changes: Mapping[str, Mapping[str, Any]]) -> list[Failure]:
        """See WritableCollection."""
        return self.store.set_fields(changes)

    def remove(self, ids: Sequence[str]) -> None:
        """See WritableCollection."""
        self.store.remove(ids)

    def commit(self) -> None:
        """See WritableCollection. Everything is visible already; this brings it to the disk."""
        self.store.sync()

    def join(
        self, request: JoinRequest, *, progress: ReportProgress = ignore, cancelled: IsCancelled = never
    ) -> Iterator[JoinPart]:
        """See BulkSearch."""
        from dupedash.embedded.run.join import join

        return join(self.store, self._snapshots.now(), request, progress, cancelled)

    def changed_since(self, state: str) -> frozenset[str] | None:
        """See BulkSearch."""
        head, _, number = state.rpartition("-")
        if head != self._head() or not number.isdecimal():
            return None
        return self.store.changed_since(int(number)) if int(number) <= self.store.sequence() else None

    def _head(self) -> str:
        """What a state begins with: one of another engine, or model, has nothing to go on from."""
        model = chosen(self.store.folder)
        own = f".{model.short}" if model else ""
        return f"{self.store.uuid}-{descriptor.VERSION}.{compare.VERSION}{own}"

    @property
    def _snapshots(self) -> Snapshots:
        return self._engine()[0]

    def _engine(self) -> tuple[Snapshots, Searcher]:
        """Made for the first search: until then nobody waits for the compiled part of the engine."""
        with self._lock:
            if self._made is None:
                from dupedash.embedded.run.search import Searcher
                from dupedash.embedded.store.snapshot import Snapshots

                snapshots = Snapshots(self.store)
                self._made = snapshots, Searcher(self.store, snapshots, self._processes)
            return self._made

    def _asked(self, image: QueryImage) -> Asked:
        from dupedash.embedded.run.search import Asked, stored_picture

        if isinstance(image, ById):
            snapshot = self._snapshots.now()
            member = snapshot.members.get(image.id)
            if member is None:
                raise UnknownImage(image.id, self.name)
            some = snapshot.pictures[member.pixels]
            comparable = any(m.comparable for m in some)
            return Asked(member.pixels, member.content, comparable, stored_picture(some), image.id)
        found = self._analysis(image)
        comparable = found.readable and Descriptor.from_bytes(found.descriptor).comparable
        return Asked(found.pixels or found.content, found.content, comparable, found.descriptor)

    def _analysis(self, image: QueryImage) -> Analysis:
        match image:
            case ById(image_id):
                return self.store.analysis(image_id)
            case ByData(data, name):
                return self._analyzed(data, name)
            case ByAnalysis(given):
                return analysis.from_json(given)
            case ByUrl(url):
                raise Unsupported(
                    f"This collection fetches nothing: download {url} and pass on its data.", self.name
                )

    def _analyzed(self, source: Path | bytes, name: str = "upload") -> Analysis:
        self.analyses += 1
        shown = name if isinstance(source, bytes) else images.printable(source)
        try:
            return apart.ask(partial(analysis.analyze, source, name=name), shown)
        except UnreadableImage:
            content = images.content_hash(source) if isinstance(source, bytes) else ""
            if content and (known := self.store.analysis_of_content(content)):
                return known  # the very same file is here
            raise

    def _known_file(self, path: Path, content: str) -> FileStamp | None:
        """The file, if this collection read it before, with that content, and it is as it was."""
        try:
            known = self.store.known_file(os.fsencode(path), content)
            return known if known is not None and known == stamp(known.path, path.stat()) else None
        except (OSError, ValueError):
            return None

    def _entry(self, document: Document) -> Entry:
        if not 0 < len(document.id) <= _LONGEST_ID or not document.id.isprintable():
            raise ConfigError(f"{document.id[:60]!r} is no id: use 1 to {_LONGEST_ID} printable characters.")
        path = images.path_of(document.location)
        if document.analysis is not None:
            found = analysis.from_json(document.analysis)
            same = self._known_file if document.foreign else _same_file
            file = same(path, found.content)
        elif path.is_absolute():
            found = self._analyzed(path)
            file = stamp(os.fsencode(path), path.stat())
        else:
            raise Unsupported(
                f"{document.location!r} is no absolute path of a file: analyze the image, add the analysis.",
                self.name,
            )
        return Entry(document.id, document.location, found, document.fields, file)


def _same_file(path: Path, content: str) -> FileStamp | None:
    """The file, if it has that content: only then may it be shown for a document that came from outside."""
    if not path.is_absolute():
        return None
    try:
        status = path.stat()
        same = images.content_hash(images.read_file(path)) == content
    except (OSError, ValueError, UnreadableImage):
        return None
    return stamp(os.fsencode(path), status) if same else None
