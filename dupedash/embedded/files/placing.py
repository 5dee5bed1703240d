"""Which document belongs to which file: nothing of it is read but the content of files that may have moved.

One file may have several names (hard links, links, folders that are mounted twice): it is one document. A
document whose file is gone or changed goes on at the file that has its content now; only where there is none
does the path decide.
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dupedash.embedded.describe import descriptor
from dupedash.embedded.files.folder import Found
from dupedash.embedded.store.documents import SAME_FILE_AS, FileStamp, stamp
from dupedash.embedded.store.store import KnownFile, file_id
from dupedash.images.files import UNDECODED, not_decoded, printable
from dupedash.system.paths import parts
from dupedash.system.spelling import as_on_disk, folded

GONE = "the file is gone"

Contents = Callable[[Sequence[bytes]], Mapping[bytes, str]]
"""Paths → SHA-256 (hex) of each file that can be read."""

_Pair = tuple[KnownFile, FileStamp]


@dataclass(slots=True)
class Placed:
    """What is to be done with the files that were found.

    same         files that are as they were
    moved        documents and the files in which their content is now: elsewhere, or with another time
    other_names  path → the path under which that file is indexed
    to_read      new and changed files
    ids          path → id of its document, for each of `to_read`
    hidden       id → why the document is not searched any more
    """

    same: list[KnownFile] = field(default_factory=list)
    moved: list[_Pair] = field(default_factory=list)
    other_names: dict[bytes, bytes] = field(default_factory=dict)
    to_read: list[FileStamp] = field(default_factory=list)
    ids: dict[bytes, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


def place(found: Found, known: Sequence[KnownFile], contents: Contents, reread: bool = False) -> Placed:
    """Sort the files in. `reread`: of no file it is believed that it is as it was."""
    owners = owners_of(known)
    respelled = _respelled(found.files, owners)
    before = {then: owners.pop(then) for then in respelled}
    placed = Placed(other_names=_other_names(found.files, owners))
    owners |= {now: before[then] for then, now in respelled.items() if _is_free(now, owners)}
    twice = {then: now for then, now in respelled.items() if owners[now] is not before[then]}
    ours = [file for file in found.files if file.path not in placed.other_names]
    unsure = [f for f in ours if reread or f.path not in owners or owners[f.path].stamp != f]
    pairs = _moved(unsure, known, owners, placed.other_names, contents)
    _sort_in(ours, {f.path for f in unsure}, owners, pairs, placed, reread)
    _hide_other_names({**found.links, **placed.other_names, **twice}, {**owners, **before}, placed)
    _name(placed, known)
    return placed


def _respelled(files: Sequence[FileStamp], owners: Mapping[bytes, KnownFile]) -> dict[bytes, bytes]:
    """Path of a document → how the disk spells it now, where it ignores case and still finds the old name."""
    here = {file.path for file in files}
    absent = [path for path, one in owners.items() if one.hidden is None and path not in here]
    if not absent:
        return {}
    spelled = {folded(path): path for path in here}
    alike = {path: spelled[folded(path)] for path in absent if folded(path) in spelled}
    return {path: now for path, now in alike.items() if as_on_disk(path) == now}


def _is_free(path: bytes, owners: Mapping[bytes, KnownFile]) -> bool:
    return path not in owners or owners[path].hidden is not None


def _hide_other_names(
    names: Mapping[bytes, bytes], owners: Mapping[bytes, KnownFile], placed: Placed
) -> None:
    """Earlier versions made a document of each name of a file."""
    moved = {one.id for one, _ in placed.moved}
    for path, primary in names.items():
        owner = owners.get(path)
        if owner is not None and owner.hidden is None and owner.id not in moved:
            placed.hidden[owner.id] = f"{SAME_FILE_AS}{printable(os.fsdecode(primary))}"


def is_gone(path: bytes) -> bool:
    """Whether nothing has that name; of a folder that cannot be looked into that is not known."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def owners_of(known: Iterable[KnownFile]) -> dict[bytes, KnownFile]:
    """Path → its document. Of several the one that is searched: the files of the others are gone."""
    owners: dict[bytes, KnownFile] = {}
    for one in known:
        before = owners.get(one.stamp.path)
        if before is None or (before.hidden is not None and one.hidden is None):
            owners[one.stamp.path] = one
    return owners


def _other_names(files: Sequence[FileStamp], owners: Mapping[bytes, KnownFile]) -> dict[bytes, bytes]:
    """Of each file with several names all but one, and that one."""
    by_inode: dict[tuple[object, ...], list[FileStamp]] = defaultdict(list)
    for file in [*files, *_elsewhere(files, owners)]:
        if file.inode is not None:
            by_inode[file.inode, file.bytes, file.mtime_ns].append(file)

    def rank(file: FileStamp) -> tuple[bool, bool, bytes]:
        owner = owners.get(file.path)
        return owner is None or owner.hidden is not None, owner is None, file.path

    others: dict[bytes, bytes] = {}
    for names in by_inode.values():
        first = min(names, key=rank)
        others |= {file.path: first.path for file in names if file.path != first.path}
    return others


def _elsewhere(files: Sequence[FileStamp], owners: Mapping[bytes, KnownFile]) -> list[FileStamp]:
    """Indexed files that were not come across now and that may be the same as some of these: they agree in
    size and time. Links are none: a file itself goes before a link to it."""
    here, alike = {f.path for f in files}, {(f.bytes, f.mtime_ns) for f in files}
    found = []
    for path, owner in owners.items():
        if path in here or owner.hidden is not None or (owner.stamp.bytes, owner.stamp.mtime_ns) not in alike:
            continue
        try:
            now = stamp(path, os.stat(path))
        except OSError:
            continue
        if now == owner.stamp and os.path.realpath(path) == path:
            found.append(now)
    return found


def _moved(
    unsure: Sequence[FileStamp],
    known: Sequence[KnownFile],
    owners: Mapping[bytes, KnownFile],
    other_names: Mapping[bytes, bytes],
    contents: Contents,
) -> list[_Pair]:
    """Documents without a file of their own, and the unsure files that have their content."""
    sizes, paths = {f.bytes for f in unsure}, {f.path for f in unsure}

    def is_loose(one: KnownFile) -> bool:
        path = one.stamp.path
        if path in other_names:
            return False
        own = owners.get(path) is one
        return (own and path in paths) or not own or is_gone(path) or os.path.realpath(path) != path

    loose = [one for one in known if one.stamp.bytes in sizes and is_loose(one)]
    wanted = {one.stamp.bytes for one in loose}
    read = contents([f.path for f in unsure if f.bytes in wanted])
    documents: dict[str, list[KnownFile]] = defaultdict(list)
    for one in loose:
        documents[one.content].append(one)
    files: dict[str, list[FileStamp]] = defaultdict(list)
    for file in unsure:
        if file.path in read:
            files[read[file.path]].append(file)
    return [pair for content in files for pair in _paired(documents.get(content, []), files[content])]


def _paired(documents: Sequence[KnownFile], files: Sequence[FileStamp]) -> list[_Pair]:
    """Which of several documents of one content went to which of several files: the same path first, then as
    many last parts of the path in common as there are, then the same time, then any."""
    if len(documents) == len(files) == 1:
        return [(documents[0], files[0])]
    pairs: list[_Pair] = []
    depth = max((len(parts(f.path)) - 1 for f in files), default=0)
    tails = (_tail(length) for length in range(depth, 0, -1))
    keys: list[Callable[[FileStamp], object]] = [
        lambda f: f.path, *tails, lambda f: f.mtime_ns, lambda _: True
    ]  # fmt: skip
    left = list(documents), sorted(files, key=lambda f: f.path)
    for key in keys:
        if not left[0] or not left[1]:
            break
        left = _met(left[0], left[1], key, pairs)
    return pairs


def _tail(length: int) -> Callable[[FileStamp], object]:
    """So many last parts of the path, None where it has fewer."""

    def tail(file: FileStamp) -> object:
        names = parts(file.path)
        return names[-length:] if len(names) > length else None

    return tail


def _met(
    documents: list[KnownFile],
    files: list[FileStamp],
    key: Callable[[FileStamp], object],
    pairs: list[_Pair],
) -> tuple[list[KnownFile], list[FileStamp]]:
    """Pair those with an equal key; what is left comes back. Documents that are searched go before hidden
    ones."""
    waiting: dict[str, deque[KnownFile]] = defaultdict(deque)
    for one in sorted(documents, key=lambda one: (one.hidden is not None, one.id)):
        waiting[repr(key(one.stamp))].append(one)
    rest = []
    taken: set[str] = set()
    for file in files:
        name = key(file)
        if name is not None and waiting.get(repr(name)):
            one = waiting[repr(name)].popleft()
            taken.add(one.id)
            pairs.append((one, file))
        else:
            rest.append(file)
    return [one for one in documents if one.id not in taken], rest


def _sort_in(
    ours: Sequence[FileStamp],
    unsure: set[bytes],
    owners: Mapping[bytes, KnownFile],
    pairs: Sequence[_Pair],
    placed: Placed,
    reread: bool,
) -> None:
    by_path = {file.path: one for one, file in pairs}
    away = {one.id for one, file in pairs if file.path != one.stamp.path}
    for file in ours:
        one = by_path.get(file.path) or owners.get(file.path)
        if file.path in by_path and one is not None:
            _place_known(one, file, owners, away, placed)
        if one is None or (one.id in away and file.path not in by_path):
            placed.to_read.append(file)
        elif (file.path in unsure and file.path not in by_path) or _needs_reading(one, reread):
            placed.to_read.append(file)
            placed.ids[file.path] = one.id
        elif one.stamp == file:
            placed.same.append(one)


def _place_known(
    one: KnownFile, file: FileStamp, owners: Mapping[bytes, KnownFile], away: set[str], placed: Placed
) -> None:
    """A document goes on at this file; the one that had the path before has lost its own."""
    before = owners.get(file.path)
    if before is not None and before.id != one.id and before.id not in away and before.hidden is None:
        placed.hidden[before.id] = GONE
    if one.stamp != file:
        placed.moved.append((one, file))


def _needs_reading(one: KnownFile, reread: bool) -> bool:
    """Also where its format was not decoded then, and is now."""
    if one.version != descriptor.VERSION or one.unread is None:
        return one.version != descriptor.VERSION
    return reread or (UNDECODED in one.unread and not_decoded(os.fsdecode(one.stamp.path)) is None)


def _name(placed: Placed, known: Sequence[KnownFile]) -> None:
    """Give ids to new documents: by the path, unless a document has that id that came from there."""
    used = {one.id for one in known}
    for file in placed.to_read:
        if file.path not in placed.ids:
            placed.ids[file.path] = image_id = new_id(file.path, used)
            used.add(image_id)


def new_id(path: bytes, used: set[str]) -> str:
    """An id that no document has."""
    number = 0
    image_id = file_id(Path(os.fsdecode(path)))
    while image_id in used:
        number += 1
        image_id = file_id(Path(os.fsdecode(path + b"/%d" % number)))
    return image_id
