"""Search arrays on disk, derived from the store: segments of pictures, built once and mapped into memory.

A picture is known by its hash (of its pixels), not by its documents: changed fields, removed and returned
files do not make a segment stale. New pictures make a new segment; small ones are merged, so that there are
few. The folder may be deleted at any time.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from dupedash.embedded.describe import descriptor
from dupedash.embedded.retrieve.index import Index, Indexable
from dupedash.storage import atomic, sums

FORMAT = 3
"""Counts changes of the arrays' layout."""

LoadPictures = Callable[[Sequence[str]], Mapping[str, Indexable]]
"""What is indexed of pictures, as far as it can be used."""

_MOST = 50_000
"""Pictures of a segment: to make one takes 50 kB a picture, 2.5 GB at the most, however many there are."""

_MERGED_WITH = 2.0  # a segment is merged into new ones that have at least half its size
_MOST_DEAD = 0.3  # share of removed pictures at which a segment is made anew
_ABANDONED = 3600.0  # seconds after which folders that no list names are deleted
_LIST = "segments.json"
_NAME = re.compile("[0-9a-f]{12}")  # as `_build` calls its folders
_VERSIONS = re.compile(r"v[0-9]+\.[0-9]+")  # as `Cache` calls its folder
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Pictures and their search arrays: number n of the index is the picture with the hash `pictures[n]`.

    `digests` are those of the descriptors, in the order of the index.
    """

    folder: Path
    pictures: tuple[str, ...]
    digests: tuple[bytes, ...]
    index: Index

    def in_places(self) -> Iterator[tuple[int, str]]:
        """The places of the index and the picture at each."""
        return ((place, self.pictures[number]) for place, number in enumerate(self.index.numbers.tolist()))


class Cache:
    """The segments of one collection. Several processes may use it: their list is replaced in one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"v{descriptor.VERSION}.{FORMAT}"
        self._loaded: dict[str, Segment] = {}
        self._unusable: set[str] = set()

    def segments(self, wanted: Collection[str], load: LoadPictures) -> tuple[Segment, ...]:
        """Segments that hold all these pictures (and perhaps some that are not wanted), the largest first.

        Pictures whose descriptors cannot be used are in none.
        """
        wanted = set(wanted) - self._unusable
        segments = self._listed()
        missing, stale = _outdated(segments, wanted)
        if missing or stale:
            fresh = sorted(missing.union(*(set(s.pictures) for s in stale)) & wanted)
            segments = [s for s in segments if s not in stale]
            for part in _parts(fresh):
                known = load(part)
                self._unusable |= set(part) - known.keys()
                if known:
                    segments.append(self._build(known))
            self._write_list(segments)
        self._loaded = {s.folder.name: s for s in segments}
        return tuple(sorted(segments, key=lambda s: (-len(s.pictures), s.folder.name)))

    def look_again(self, pictures: Iterable[str]) -> None:
        """The descriptors of these pictures may be others by now, and can be used."""
        self._unusable.difference_update(pictures)

    def _listed(self) -> list[Segment]:
        """The segments on disk; damaged ones are left out, so they are made anew."""
        found = []
        for name in self._names():
            try:
                found.append(self._loaded.get(name) or load_segment(self._folder / name, checked=True))
            except (OSError, ValueError):
                _log.warning("Search arrays in %s are damaged or gone: they are made anew.", self._folder)
        return found

    def _names(self) -> list[str]:
        """The folders of the segments; none where their list is damaged."""
        try:
            names = json.loads((self._folder / _LIST).read_text("utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError):
            names = None
        if not isinstance(names, list) or not all(isinstance(n, str) and _NAME.fullmatch(n) for n in names):
            _log.warning("The list of search arrays in %s is damaged: they are made anew.", self._folder)
            return []
        return list(dict.fromkeys(names))

    def _build(self, pictures: Mapping[str, Indexable]) -> Segment:
        if not self._folder.is_dir() and self._earlier():
            _log.warning("Search arrays of another version in %s: made anew once.", self._folder.parent)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        folder = self._folder / uuid.uuid4().hex[:12]
        unfinished = Path(tempfile.mkdtemp(dir=self._folder, prefix="new-"))
        Index.build(list(pictures.values())).save(unfinished)
        (unfinished / "digests.bin").write_bytes(b"".join(sorted(p.digest for p in pictures.values())))
        (unfinished / "pictures.txt").write_text("\n".join(pictures), "ascii")
        sums.note_folder(unfinished)
        unfinished.replace(folder)
        return load_segment(folder)

    def _write_list(self, segments: Sequence[Segment]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if (self._folder / _LIST).is_dir():
            shutil.rmtree(self._folder / _LIST)
        atomic.write(self._folder / _LIST, json.dumps([s.folder.name for s in segments]))

    def _earlier(self) -> list[Path]:
        """The folders of other versions."""
        found = self._folder.parent.iterdir() if self._folder.parent.is_dir() else ()
        return [path for path in found if _VERSIONS.fullmatch(path.name) and path != self._folder]

    def _sweep(self) -> None:
        """Delete what nothing uses any more; arrays that are still mapped live on until they are let go."""
        listed = {*self._names(), _LIST}
        unlisted = (path for path in self._folder.iterdir() if path.name not in listed)
        for path in (*unlisted, *self._earlier()):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def load_segment(folder: Path, *, checked: bool = False) -> Segment:
    """Map a segment into memory. Raises OSError or ValueError where it is missing or damaged.

    `checked`: every byte is compared with the checksums, once in the process that opens the collection: for
    the 1.8 GB of 100,000 images that takes .4 s of processor time (measured, 4.5 GB/s).
    """
    if checked:
        sums.check_folder(folder, ("pictures.txt", "digests.bin", *Index.files()))
    pictures = tuple((folder / "pictures.txt").read_text("ascii").split("\n"))
    data = (folder / "digests.bin").read_bytes()
    size = len(data) // len(pictures)
    digests = tuple(data[start : start + size] for start in range(0, len(data), size))
    index = Index.load(folder)
    if not len(index.numbers) == len(pictures) == len(digests):
        raise ValueError(f"{folder} is damaged")
    return Segment(folder, pictures, digests, index)


def _outdated(segments: Sequence[Segment], wanted: Collection[str]) -> tuple[set[str], list[Segment]]:
    """Pictures in no segment, and segments to be replaced: those with many removed pictures, small ones."""
    alive: Mapping[str, int] = {s.folder.name: len(set(s.pictures) & set(wanted)) for s in segments}
    missing = set(wanted).difference(*(s.pictures for s in segments))
    stale = [s for s in segments if alive[s.folder.name] < (1 - _MOST_DEAD) * len(s.pictures)]
    size = len(missing) + sum(alive[s.folder.name] for s in stale)
    for segment in sorted(segments, key=lambda s: alive[s.folder.name]):
        alike = alive[segment.folder.name] <= min(_MERGED_WITH * size, _MOST / 2)
        if segment not in stale and size and alike:
            stale.append(segment)
            size += alive[segment.folder.name]
    return missing, stale


def _parts(pictures: Sequence[str]) -> Iterator[Sequence[str]]:
    """The pictures in as few segments as hold them, all of about one size."""
    count = -(-len(pictures) // _MOST)
    bounds = [len(pictures) * part // count for part in range(count + 1)] if count else []
    return (pictures[begin:end] for begin, end in pairwise(bounds))
