"""From a path to the bytes of a file, with limits, and which files are pictures at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from dupedash.errors import Cancelled, UnreadableImage
from dupedash.formats import ENDINGS, LIVE_VIDEO, NOT_DECODED, VECTOR, format_of
from dupedash.model import IsCancelled, never

# As browsers save pictures of services that name the size behind the ending: photo.jpg_large, photo.png-orig
_SIZED = re.compile(r"(\.[a-z]{3,4})[_-](?:large|orig|original|medium|small|thumb)")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may cost.

    max_pixels   width × height as the file claims it, checked before anything is decoded
    max_bytes    size of the file
    max_seconds  of processor time, for reading and decoding
    max_memory   bytes: 200 megapixels take up to 5 GB while they are read and described

    Time and memory are bounded where pictures are read in worker processes.
    """

    max_pixels: int = 200_000_000
    max_bytes: int = 512 * 1024 * 1024
    max_seconds: float = 20.0
    max_memory: int = 6 << 30


LIMITS = Limits()
EMPTY = "empty file"
UNDECODED = "files are not decoded"
"""In the reason of a file that was not tried as a picture."""
_PIECE = 1 << 20  # bytes read at a time where a file is hashed: more is no faster

_NO_TEXT = re.compile("[\udc80-\udcff\ufffd]")  # as surrogateescape stands for single bytes, and the mark
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # halves of letters that stand for nothing
_BYTES = re.compile("(?:\ufffd[0-9A-F]{2})+")
_EARLIER = re.compile("%([89A-F][0-9A-F])")  # as version 0.1 wrote these bytes


def looks_like_image(name: str) -> bool:
    """Whether a file of that name is taken for a picture, one that is not decoded included."""
    return _ending(name) in ENDINGS | NOT_DECODED


def not_decoded(name: str) -> str | None:
    """Why a file of that name is not even tried as a picture, or None."""
    ending = _ending(name)
    known = format_of(ending[1:])
    if known is not None and known.needs and not _installed(known.needs):
        way = f"pip install {known.needs}, or 'dupedash[{known.extra}]'"
        return f"{ending[1:].upper()} {UNDECODED}: install {known.needs} ({way})"
    if ending in LIVE_VIDEO:
        return f"{ending[1:].upper()} {UNDECODED}: the video of a Live photo"
    if ending not in NOT_DECODED:
        return None
    why = ": they hold instructions for drawing, no pixels" if ending in VECTOR else ""
    return f"{ending[1:].upper()} {UNDECODED}{why}"


@cache
def _installed(module: str) -> bool:
    return find_spec(module) is not None


def _ending(name: str) -> str:
    """The ending in lower case, without the size that some programs write behind it."""
    ending = os.path.splitext(name)[1].lower()
    sized = _SIZED.fullmatch(ending)
    return sized[1] if sized else ending


def printable(path: Path | str) -> str:
    """The path as text that can be stored and shown: a byte that is no UTF-8 becomes "�" and two hex digits.

    No two paths have one text: a "�" that a name really has is written by its own bytes, too.
    """
    text = os.fsencode(path).decode("utf-8", "surrogateescape")
    return _NO_TEXT.sub(_marked, text)


def _marked(character: re.Match[str]) -> str:
    return "".join(f"\ufffd{byte:02X}" for byte in character[0].encode("utf-8", "surrogateescape"))


def path_of(location: str) -> Path:
    """The file of a location that `printable` wrote, now or in version 0.1; any text names a path."""
    if "\ufffd" in location:
        return Path(os.fsdecode(_encoded(_BYTES.sub(_from_hex, location))))
    path = Path(os.fsdecode(_encoded(location)))
    if "%" in location and not os.path.lexists(path):
        earlier = _EARLIER.sub(lambda match: chr(0xDC00 + int(match[1], 16)), location)
        real = Path(os.fsdecode(_encoded(earlier)))
        return real if os.path.lexists(real) else path
    return path


def _encoded(text: str) -> bytes:
    return _NO_BYTE.sub("\ufffd", text).encode("utf-8", "surrogateescape")


def _from_hex(marked: re.Match[str]) -> str:
    return bytes.fromhex(marked[0].replace("\ufffd", "")).decode("utf-8", "surrogateescape")


def read_file(path: Path, limits: Limits = LIMITS) -> bytes:
    """All bytes of a regular file. Raises UnreadableImage."""
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.max_bytes:
            raise UnreadableImage(printable(path), f"more than {limits.max_bytes // 2**20} MB")
        data = file.read(size + 1)  # as much memory as that is taken beforehand
        if len(data) > size:  # it grows while it is read
            data += file.read(limits.max_bytes + 1 - len(data))
    return checked(data, printable(path), limits)


def file_hash(path: Path, cancelled: IsCancelled = never) -> tuple[str, int]:
    """SHA-256 (hex) and size of a regular file that is not empty, read piece by piece, however large.

    Raises UnreadableImage, Cancelled.
    """
    digest, size = hashlib.sha256(), 0
    with _opened(path) as file:
        while piece := file.read(_PIECE):
            if cancelled():
                raise Cancelled("Stopped.")
            digest.update(piece)
            size += len(piece)
    if not size:
        raise UnreadableImage(printable(path), EMPTY)
    return digest.hexdigest(), size


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A regular file; whatever goes wrong while it is open is an UnreadableImage."""
    try:
        # O_NONBLOCK: opening a FIFO that nobody writes to must not wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableImage(printable(path), "not a regular file")
            yield file
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UnreadableImage(printable(path), reason_of(error)) from error


def checked(data: bytes, name: str, limits: Limits) -> bytes:
    """The same bytes. Raises UnreadableImage where there are none or too many."""
    if not data:
        raise UnreadableImage(name, EMPTY)
    if len(data) > limits.max_bytes:
        raise UnreadableImage(name, f"more than {limits.max_bytes // 2**20} MB")
    return data


def reason_of(error: Exception) -> str:
    """A failure of the file system in a few plain words."""
    match error:
        case PermissionError():
            return "no read permission"
        case FileNotFoundError():
            return "no such file"
        case IsADirectoryError():
            return "a folder"
        case OSError(strerror=str(text)):
            return text.lower()
    return str(error)
