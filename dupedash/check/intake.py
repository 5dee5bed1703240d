"""The images to be checked: from ids, files, folders, zip archives, URLs and uploads, read one at a time."""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import urlsplit

from dupedash.errors import UnreadableImage
from dupedash.fetch import UrlAccess, fetch
from dupedash.images import LIMITS, Limits, looks_like_image, read_file
from dupedash.images.files import printable, reason_of
from dupedash.model import Failure

# What an archive may claim to hold: more is refused before anything of it is unpacked.
MOST_ENTRIES = 20_000
MOST_BYTES = 32 << 30  # a full card of a camera
_MOST_DIRECTORY = 16 << 20
"""Bytes of an archive's list of entries, which is read as a whole: 20,000 long names are a few megabytes."""

_END, _END64, _LOCATOR64 = b"PK\5\6", b"PK\6\6", b"PK\6\7"  # records of the zip format, APPNOTE 4.3.14–16
_SUPPORTED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
# Methods of APPNOTE 4.4.5 that Python does not unpack.
_OTHERS = {9: "deflate64", 93: "zstd", 95: "xz", 98: "ppmd", 99: "AES"}
_PIECE = 4096
"""Compressed bytes that are unpacked at once: bzip2 makes up to 80 MB of them, the others less."""
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # the flags of an entry: encrypted, strongly, its name as well
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")


@dataclass(frozen=True, slots=True)
class Item:
    """One image to be checked.

    name      for people: a path, a URL, "archive.zip: entry"
    read      its bytes; raises UnreadableImage. None: the image `id` of the collection
    location  where it is, an absolute path or URL; "" where it has no place of its own (uploads, archives)
    size      bytes, as far as known before it is read
    origin    what `of_origin` reads it from again: a file; an archive and its entry; a URL; () for neither
    """

    name: str
    read: Callable[[], bytes] | None
    location: str = ""
    id: str = ""
    origin: tuple[str, ...] = ()
    size: int = 0


def of_ids(ids: Sequence[str]) -> Iterator[Item]:
    """Images of the collection."""
    return (Item(image_id, None, id=image_id) for image_id in ids)


def of_sources(
    sources: Sequence[str], *, limits: Limits = LIMITS, urls: UrlAccess | None = None
) -> Iterator[Item | Failure]:
    """From files, folders, archives and URLs, as typed by the user; what cannot be opened is a Failure.

    A URL is fetched only where `urls` allows it. Hidden files and files that are no pictures are passed over
    in folders and archives.
    """
    for source in sources:
        try:
            yield from _of_source(source, limits, urls or UrlAccess())
        except UnreadableImage as error:
            yield Failure(error.path, error.reason)


def of_kept(name: str, path: Path, *, limits: Limits = LIMITS) -> Iterator[Item | Failure]:
    """A picture or archive that was uploaded and waits in a file, which is not its place."""
    try:
        with path.open("rb") as file:
            archive = _is_archive(file)
        if archive:
            yield from _of_archive(path, name, limits)
        else:
            yield Item(name, partial(read_file, path, limits), origin=(str(path),))
    except UnreadableImage as error:
        yield Failure(name, error.reason)
    except OSError as error:
        yield Failure(name, reason_of(error))


def of_origin(
    name: str, location: str, origin: Sequence[str], *, limits: Limits = LIMITS, urls: UrlAccess | None = None
) -> Item:
    """The image again, some time later: its bytes may be others by then, or no longer there."""
    read: Callable[[], bytes]
    if len(origin) == 2:
        read = partial(_unpacked_again, Path(origin[0]), origin[1], name, limits)
    elif _is_url(origin[0]):
        read = partial(fetch, origin[0], urls or UrlAccess())
    else:
        read = partial(read_file, Path(origin[0]), limits)
    return Item(name, read, location, origin=tuple(origin))


def _is_url(source: str) -> bool:
    return urlsplit(source).scheme in ("http", "https")


def of_upload(name: str, data: bytes, *, limits: Limits = LIMITS) -> Iterator[Item | Failure]:
    """An uploaded picture, or an archive of pictures. Its name is never used as a path."""
    try:
        if _is_archive(io.BytesIO(data)):
            yield from _of_archive(io.BytesIO(data), name, limits)
        else:
            yield Item(name, lambda: data, size=len(data))
    except UnreadableImage as error:
        yield Failure(error.path, error.reason)


def _is_archive(file: IO[bytes]) -> bool:
    """A zip archive, or one that is cut off: what begins like one is no picture."""
    try:
        whole = zipfile.is_zipfile(file)
    except ValueError:  # in Python 3.14, where the list of entries would begin before the file
        whole = True
    file.seek(0)
    return whole or file.read(4) == b"PK\3\4"


def _of_source(source: str, limits: Limits, urls: UrlAccess) -> Iterator[Item | Failure]:
    if _is_url(source):
        yield Item(source, partial(fetch, source, urls), source, origin=(source,))
        return
    path = Path(source).expanduser().resolve()  # as the index keeps it
    if path.is_dir():
        yield from (_of_file(file, limits) for file in _pictures(path))
    elif path.suffix.lower() == ".zip":
        yield from _of_archive(path, printable(path), limits)
    else:
        yield _of_file(path, limits)


def _of_file(path: Path, limits: Limits) -> Item:
    place = printable(path)
    try:
        status = path.stat()
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
    except (OSError, ValueError):  # reading it says why
        size = 0
    return Item(place, partial(read_file, path, limits), place, origin=(str(path),), size=size)


def _pictures(folder: Path) -> Iterator[Path]:
    """Picture files below the folder, in order; hidden ones and links to folders are passed over."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if looks_like_image(name) and not name.startswith("."):
                yield Path(place, name)


def _of_archive(source: Path | io.BytesIO, name: str, limits: Limits) -> Iterator[Item | Failure]:
    """Nothing is unpacked to the disk, and no entry beyond the size that it claims."""
    archive = _opened(source, name)
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise UnreadableImage(name, f"more than {MOST_ENTRIES:,} entries or {MOST_BYTES >> 30} GB")
    for entry in entries:
        shown = f"{name}: {entry.filename}"
        if _is_picture(entry):
            origin = (str(source), entry.filename) if isinstance(source, Path) else ()
            read = partial(_unpacked, archive, entry, shown, limits)
            yield Item(shown, read, origin=origin, size=entry.file_size)
        elif not entry.is_dir() and entry.filename.lower().endswith(_ARCHIVES):
            yield Failure(shown, "an archive inside an archive: unpack it first")


def _opened(source: Path | io.BytesIO, name: str) -> zipfile.ZipFile:
    try:
        with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
            size = _directory_size(file)
        if size > _MOST_DIRECTORY:
            raise UnreadableImage(name, f"its list of entries has more than {_MOST_DIRECTORY >> 20} MB")
        return zipfile.ZipFile(source)
    except UnreadableImage:
        raise
    # zipfile raises nearly every built-in exception on damaged archives: this is the rim of one archive.
    except Exception as error:
        raise UnreadableImage(name, f"not a readable zip archive ({error})") from error


def _directory_size(file: IO[bytes]) -> int:
    """Bytes of the list of entries, as the end of the archive claims it; 0 where there is no end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 22 - 65_535 - 76))  # the record with its comment, and those of zip64 before it
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or place + 22 > len(tail):
        return 0
    if place >= 76 and tail[place - 20 :][:4] == _LOCATOR64 and tail[place - 76 :][:4] == _END64:
        return int(struct.unpack_from("<Q", tail, place - 76 + 40)[0])
    return int(struct.unpack_from("<I", tail, place + 12)[0])


def _is_picture(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in path.parts)
    return not entry.is_dir() and not hidden and looks_like_image(path.name)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str, limits: Limits) -> bytes:
    if entry.file_size > limits.max_bytes:
        raise UnreadableImage(shown, f"more than {limits.max_bytes // 2**20} MB")
    if entry.flag_bits & _ENCRYPTED:
        raise UnreadableImage(shown, "it is encrypted")
    if entry.compress_type not in _SUPPORTED:
        method = _OTHERS.get(entry.compress_type, f"number {entry.compress_type}")
        raise UnreadableImage(shown, f"its compression ({method}) is not supported")
    try:
        return _in_pieces(archive, entry, shown, limits)
    except UnreadableImage:
        raise
    except Exception as error:  # as in `_opened`: the rim of one entry
        raise UnreadableImage(shown, f"cannot be unpacked ({str(error) or type(error).__name__})") from error


def _in_pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str, limits: Limits) -> bytes:
    """All bytes of an entry. A piece at a time, for what a piece makes is not bounded by what it claims."""
    data, end = bytearray(), time.thread_time() + limits.max_seconds
    with archive.open(entry) as file:
        while piece := file.read(_PIECE):
            data += piece
            if time.thread_time() > end:
                raise UnreadableImage(shown, f"takes longer than {limits.max_seconds:g} s to be unpacked")
    return bytes(data)


def _unpacked_again(path: Path, entry: str, shown: str, limits: Limits) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpacked(archive, archive.getinfo(entry), shown, limits)
    except UnreadableImage:
        raise
    except Exception as error:  # as in `_opened`
        raise UnreadableImage(shown, f"no longer in its archive ({error})") from error
