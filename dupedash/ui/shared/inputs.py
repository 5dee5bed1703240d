"""What a visitor typed or uploaded, read; ConfigError says what is wrong with it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from dupedash.errors import ConfigError, system_words
from dupedash.images.files import path_of, printable

_QUOTES = {('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("«", "»")}


def lines(text: str) -> tuple[str, ...]:
    """The lines with something in them, without the blanks around them.

    Only a line feed ends a line: ids and addresses may hold the other characters that Unicode counts as ends.
    """
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def read_json(data: bytes, name: str) -> object:
    """An uploaded JSON file. Raises ConfigError."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{name} is not a JSON file: {error}") from error


def existing(path: str) -> Path:
    """The absolute path of a folder or file that is there. Raises ConfigError."""
    if not path.strip():
        raise ConfigError("Say which folder: its whole path, as /home/me/Pictures.")
    place = as_place(path)
    if not place.is_absolute():
        raise ConfigError(f"{path.strip()} is not a whole path: begin it with / (or ~ for your home folder).")
    try:
        found = place.exists()
    except OSError as error:
        raise ConfigError(f"{printable(place)} cannot be looked at: {system_words(error)}.") from error
    if not found:
        raise ConfigError(f"There is nothing at {printable(place)} on the machine that runs dupedash.")
    return place


def as_place(text: str) -> Path:
    """The path that a person means: as it stands, in quotation marks as file managers copy it, or as an
    address that begins with file://."""
    if path_of(text).is_absolute() and os.path.lexists(path_of(text)):  # a name may end in a blank
        return path_of(text)
    bare = text.strip()
    if len(bare) > 1 and (bare[0], bare[-1]) in _QUOTES:
        bare = bare[1:-1].strip()
    if bare.casefold().startswith("file:"):
        bare = url2pathname(urlsplit(bare).path)
    return path_of(bare).expanduser()
