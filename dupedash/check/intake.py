"""The images to be checked: from ids, files, folders, zip archives, URLs and uploads, read one at a time."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from dupedash.errors import UnreadableImage
from dupedash.fetch import UrlAccess, fetch
from dupedash.images import LIMITS, Limits, looks_like_image, read_file
from dupedash.images.files import printable
from dupedash.model import Failure

# What an archive may claim to hold: more is refused before anything of it is unpacked.
MOST_ENTRIES = 20_000
MOST_BYTES = 32 << 30


@dataclass(frozen=True, slots=True)
class Item:
    """One image to be checked.

    name      for people: a path, a URL, "archive.zip: entry"
    read      its bytes; raises UnreadableImage. None: the image `id` of the collection
    location  where it is, an absolute path or URL; "" where it has no place of its own (uploads, archives)
    origin    what `of_origin` reads it from again: a file; an archive and its entry; a URL; () for neither
    """

    name: str
    read: Callable[[], bytes] | None
    location: str = ""
    id: str = ""
    origin: tuple[str, ...] = ()


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
        if zipfile.is_zipfile(path):
            yield from _of_archive(path, name, limits)
        else:
            yield Item(name, partial(read_file, path, limits), origin=(str(path),))
    except UnreadableImage as error:
        yield Failure(name, error.reason)


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
        if zipfile.is_zipfile(io.BytesIO(data)):
            yield from _of_archive(io.BytesIO(data), name, limits)
        else:
            yield Item(name, lambda: data)
    except UnreadableImage as error:
        yield Failure(error.path, error.reason)


def _of_source(source: str, limits: Limits, urls: UrlAccess) -> Iterator[Item]:
    if _is_url(source):
        yield Item(source, partial(fetch, source, urls), source, origin=(source,))
        return
    path = _placed(Path(source).expanduser())
    if path.is_dir():
        yield from (_of_file(file, limits) for file in _pictures(path))
    elif path.suffix.lower() == ".zip":
        yield from _of_archive(path, printable(path), limits)
    else:
        yield _of_file(path, limits)


def _placed(path: Path) -> Path:
    """Absolute, links resolved: as the index keeps it."""
    return path.resolve()


def _of_file(path: Path, limits: Limits) -> Item:
    place = printable(path)
    return Item(place, partial(read_file, path, limits), place, origin=(str(path),))


def _pictures(folder: Path) -> Iterator[Path]:
    """Picture files below the folder, in order; hidden ones and links to folders are passed over."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if looks_like_image(name) and not name.startswith("."):
                yield Path(place, name)


def _of_archive(source: Path | io.BytesIO, name: str, limits: Limits) -> Iterator[Item]:
    """Nothing is unpacked to the disk, and no entry beyond the size that it claims."""
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise UnreadableImage(name, f"not a readable zip archive ({error})") from error
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise UnreadableImage(name, f"more than {MOST_ENTRIES:,} entries or {MOST_BYTES >> 30} GB")
    for entry in entries:
        if _is_picture(entry):
            shown = f"{name}: {entry.filename}"
            origin = (str(source), entry.filename) if isinstance(source, Path) else ()
            yield Item(shown, partial(_unpacked, archive, entry, shown, limits), origin=origin)


def _is_picture(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in path.parts)
    return not entry.is_dir() and not hidden and looks_like_image(path.name)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str, limits: Limits) -> bytes:
    if entry.file_size > limits.max_bytes:
        raise UnreadableImage(shown, f"more than {limits.max_bytes // 2**20} MB")
    try:
        return archive.read(entry)
    except RuntimeError as error:  # zipfile has no class of its own for this
        raise UnreadableImage(shown, "it is encrypted") from error
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, zlib.error) as error:
        raise UnreadableImage(shown, f"cannot be unpacked ({error})") from error


def _unpacked_again(path: Path, entry: str, shown: str, limits: Limits) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpacked(archive, archive.getinfo(entry), shown, limits)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableImage(shown, f"no longer in its archive ({error})") from error
