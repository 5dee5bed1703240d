"""From a path to the bytes of a file, with limits, and which files are pictures at all."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from dupedash.errors import UnreadableImage

EXTENSIONS = frozenset(
    f".{ending}"
    for ending in (
        *("jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "tif", "tiff", "bmp", "dib"),
        *("avif", "heic", "heif", "jp2", "ppm", "pgm", "pbm"),
    )
)
"""Files with these endings (lower case) are taken for pictures; reading them shows what they hold."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may cost.

    max_pixels   width × height as the file claims it, checked before anything is decoded
    max_bytes    size of the file
    max_seconds  of processor time, for reading and decoding
    max_memory   bytes: 200 megapixels of RGB take 2.7 GB while they are read and described

    Time and memory are bounded where pictures are read in worker processes.
    """

    max_pixels: int = 200_000_000
    max_bytes: int = 512 * 1024 * 1024
    max_seconds: float = 20.0
    max_memory: int = 11 << 28


LIMITS = Limits()

_NO_TEXT = re.compile("[\udc80-\udcff\ufffd]")  # as surrogateescape stands for single bytes, and the mark
_BYTES = re.compile("(?:\ufffd[0-9A-F]{2})+")
_EARLIER = re.compile("%([89A-F][0-9A-F])")  # as version 0.1 wrote these bytes


def looks_like_image(name: str) -> bool:
    """Whether the file name has the ending of a picture."""
    return os.path.splitext(name)[1].lower() in EXTENSIONS


def printable(path: Path | str) -> str:
    """The path as text that can be stored and shown: a byte that is no UTF-8 becomes "�" and two hex digits.

    No two paths have one text: a "�" that a name really has is written by its own bytes, too.
    """
    text = os.fsencode(path).decode("utf-8", "surrogateescape")
    return _NO_TEXT.sub(lambda match: _marked(match[0]), text)


def _marked(character: str) -> str:
    return "".join(f"\ufffd{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))


def path_of(location: str) -> Path:
    """The file of a location that `printable` wrote, now or in version 0.1."""
    if "\ufffd" in location:
        return Path(os.fsdecode(_unmarked(location)))
    path = Path(os.fsdecode(location.encode("utf-8", "surrogateescape")))
    if "%" in location and not os.path.lexists(path):
        earlier = _EARLIER.sub(lambda match: chr(0xDC00 + int(match[1], 16)), location)
        real = Path(os.fsdecode(earlier.encode("utf-8", "surrogateescape")))
        return real if os.path.lexists(real) else path
    return path


def _unmarked(location: str) -> bytes:
    text = _BYTES.sub(lambda match: _from_hex(match[0].replace("\ufffd", "")), location)
    return text.encode("utf-8", "surrogateescape")


def _from_hex(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-8", "surrogateescape")


def read_file(path: Path, limits: Limits = LIMITS) -> bytes:
    """All bytes of a regular file. Raises UnreadableImage."""
    try:
        # O_NONBLOCK: opening a FIFO that nobody writes to must not wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            _check_size(path, status, limits)
            data = file.read(status.st_size + 1)  # as much memory as that is taken beforehand
            if len(data) > status.st_size:  # it grows while it is read
                data += file.read(limits.max_bytes + 1 - len(data))
    except UnreadableImage:
        raise
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UnreadableImage(printable(path), reason_of(error)) from error
    return checked(data, printable(path), limits)


def checked(data: bytes, name: str, limits: Limits) -> bytes:
    """The same bytes. Raises UnreadableImage where there are none or too many."""
    if not data:
        raise UnreadableImage(name, "empty file")
    if len(data) > limits.max_bytes:
        raise UnreadableImage(name, f"more than {limits.max_bytes // 2**20} MB")
    return data


def _check_size(path: Path, status: os.stat_result, limits: Limits) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableImage(printable(path), "not a regular file")
    if status.st_size > limits.max_bytes:
        raise UnreadableImage(printable(path), f"more than {limits.max_bytes // 2**20} MB")


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
