"""Which images there are, in chunks: each is read by one task, and described again only where it changed.

A chunk ends at an image whose id says so, and not after so many images: a new file in a folder moves the
borders of its own chunk and of no other (content-defined chunking, as in Muthitacharoen and others, "A
low-bandwidth network file system", 2001).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from dupedash.cluster import tables
from dupedash.cluster.source import Source
from dupedash.dataset.layout import SOURCE
from dupedash.dataset.places import file_system, is_address
from dupedash.embedded.files.folder import absolute, walk
from dupedash.embedded.files.leaveout import DEFAULTS, LeaveOut
from dupedash.embedded.store.documents import FileStamp
from dupedash.embedded.store.store import file_id
from dupedash.errors import ConfigError
from dupedash.images import looks_like_image
from dupedash.images.files import printable
from dupedash.model import Failure, IsCancelled

USUAL, SMALLEST, LARGEST = 512, 64, 2048
"""Images of a chunk, on the average and at the least and most: 40 kB each make files of 20 MB."""
_ETAGS = ("ETag", "etag", "md5", "content_md5", "LastModified", "last_modified", "mtime", "updated")
"""What tells a changed object from an unchanged one, by the names that file systems give to it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Images that lie together, in their order; `name` is that of its file."""

    sources: tuple[Source, ...]

    @property
    def name(self) -> str:
        """By its first image, and so the same as before where nothing came or went before that one."""
        return hashlib.sha256(self.sources[0].id.encode()).hexdigest()[:16]

    @property
    def table(self) -> pa.Table:
        """A row an image."""
        rows = [{name: getattr(source, name) for name in SOURCE.names} for source in self.sources]
        return pa.Table.from_pylist(rows, SOURCE)


@dataclass(slots=True)
class Listing:
    """The images of some folders and addresses, and those that `tables` name, one after the other; afterwards
    `refused` is known."""

    roots: Sequence[str]
    cancelled: IsCancelled
    refused: list[Failure]
    tables: Sequence[str] = ()

    def chunks(self) -> Iterator[Chunk]:
        """Raises ConfigError where there is nothing."""
        walked = (source for root in self.roots for source in self._of(root))
        named = (source for table in self.tables for source in tables.images_of(table))
        alone = len(self.roots) + len(self.tables) == 1
        return cut(walked if alone and self.roots else _once(chain(walked, named)))

    def _of(self, root: str) -> Iterator[Source]:
        if is_address(root):
            yield from _objects(root)
            return
        found = walk([absolute(Path(root))], True, [], self.cancelled, LeaveOut(DEFAULTS))
        self.refused += [Failure(printable(os.fsdecode(p)), why) for p, why in found.refused.items()]
        yield from map(_of_file, found.files)


def _once(sources: Iterable[Source]) -> Iterator[Source]:
    """Folders may lie in one another. Raises ConfigError where two images have one id."""
    seen: dict[bytes, bytes] = {}
    for source in sources:
        key, path = (hashlib.blake2b(t, digest_size=8).digest() for t in (source.id.encode(), source.path))
        if key not in seen:
            seen[key] = path
            yield source
        elif seen[key] != path:
            raise ConfigError(f"Two images have the id {source.id!r}: {source.location} is one of them.")


def cut(sources: Iterable[Source]) -> Iterator[Chunk]:
    """The images in chunks; files of one name, such as a raw file and its JPEG, stay together."""
    some: list[Source] = []
    for source in sources:
        full = len(some) >= LARGEST or (len(some) >= SMALLEST and _is_last(some[-1]))
        if full and _stem(source) != _stem(some[-1]):
            yield Chunk(tuple(some))
            some = []
        some.append(source)
    if some:
        yield Chunk(tuple(some))


def _stem(source: Source) -> str:
    return source.location.rpartition(".")[0].lower()


def _is_last(source: Source) -> bool:
    return int.from_bytes(hashlib.blake2b(source.path, digest_size=4).digest(), "big") % USUAL == 0


def _of_file(stamp: FileStamp) -> Source:
    path = Path(os.fsdecode(stamp.path))
    return Source(
        file_id(path), printable(path), stamp.path, stamp.bytes, f"{stamp.mtime_ns}", stamp.modified
    )


def _objects(root: str) -> Iterator[Source]:
    """Every picture below an address, by the order of the names. One folder is listed at a time."""
    system, path = file_system(root)
    for folder, _, files in system.walk(path, detail=True, on_error="raise"):
        for name in sorted(files):
            if looks_like_image(name) and not name.startswith("."):
                yield _of_object(system.unstrip_protocol(f"{folder}/{name}"), files[name])


def _of_object(url: str, told: dict[str, Any]) -> Source:
    changed = next((told[name] for name in _ETAGS if told.get(name)), "")
    at = next((value for value in told.values() if isinstance(value, datetime)), None)
    return Source(
        hashlib.sha256(url.encode()).hexdigest()[:32], url, url.encode(), int(told.get("size") or 0),
        str(changed), at and at.astimezone(UTC),
    )  # fmt: skip
