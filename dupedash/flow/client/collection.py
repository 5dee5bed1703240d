"""A collection that a Flow server keeps: what `reader` asks, and the changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from dupedash import images
from dupedash.errors import DocumentLimit, QueryError, Rejected, UnreadableImage, Unsupported
from dupedash.flow.client.reader import IDS_AT_ONCE, FlowReader, parts
from dupedash.flow.wire import updates
from dupedash.model import ByData, Document, Failure

_DOCUMENTS_AT_ONCE = 50  # documents in a request: one body stays below a server's limit


class FlowCollection(FlowReader):
    """A WritableCollection over HTTP; threads may share it."""

    def add(self, documents: Iterable[Document]) -> list[Failure]:
        """Add or replace by id. A local file is analysed first, since the server cannot read it."""
        failures: list[Failure] = []
        with ThreadPoolExecutor(self.settings.workers) as pool:
            for part in parts(documents, _DOCUMENTS_AT_ONCE):
                ready = list(pool.map(self._analysed, part))
                failures += [item for item in ready if isinstance(item, Failure)]
                failures += self._sent([item for item in ready if isinstance(item, Document)])
        return failures

    def set_fields(self, changes: Mapping[str, Mapping[str, Any]]) -> list[Failure]:
        """Raises Unsupported unless the settings say that partial updates are safe on this server."""
        if not self.settings.atomic_updates:
            raise Unsupported(
                f"{self.label}: fields cannot be changed, because a partial update may lose Flow's analysis "
                "of the image. Post the whole document again, or set atomic_updates if your server is known "
                "to keep it.",
                self.label,
            )
        failures = []
        for image_id, fields in changes.items():
            try:
                self._change(updates.replacements({image_id: fields}))
            except (Rejected, QueryError) as error:
                failures.append(Failure(image_id, str(error)))
        return failures

    def remove(self, ids: Sequence[str]) -> None:
        """Forget these images; ids that are not there are no error."""
        for part in parts(ids, IDS_AT_ONCE):
            self._change(updates.deletion(part))

    def commit(self) -> None:
        """Make everything so far durable and visible."""
        pairs = [("commit", "true"), ("openSearcher", "true"), ("waitSearcher", "true")]
        self._transport.tell(f"{self.settings.commands}/update", None, pairs)

    def _analysed(self, document: Document) -> Document | Failure:
        """With its analysis, or as it is where the server can fetch the image itself."""
        if document.analysis is not None or document.location.startswith(("http://", "https://")):
            return document
        try:
            data = images.read_file(images.path_of(document.location))
            return replace(document, analysis=self.analyze(ByData(data, document.location)))
        except (UnreadableImage, QueryError, Rejected) as error:
            if isinstance(error, Rejected) and error.status != 400:
                raise
            return Failure(document.id, str(error))

    def _sent(self, documents: Sequence[Document]) -> list[Failure]:
        """Together, and where the server refuses that, one by one to find those that it refuses."""
        if not documents:
            return []
        try:
            self._transport.tell(f"{self.settings.root}/update", updates.additions(documents), [])
        except DocumentLimit:
            raise
        except (Rejected, QueryError, UnreadableImage, Unsupported) as error:
            if isinstance(error, Rejected) and error.status != 400:
                raise
            if len(documents) == 1:
                return [Failure(documents[0].id, str(error))]
            return [failure for document in documents for failure in self._sent([document])]
        return []

    def _change(self, body: object) -> None:
        self._transport.tell(f"{self.settings.commands}/update", body, [])
