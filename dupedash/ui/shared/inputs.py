"""What a visitor typed or uploaded, read; ConfigError says what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

from dupedash.errors import ConfigError


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
    place = Path(path.strip()).expanduser()
    if not place.is_absolute():
        raise ConfigError(f"{path.strip()} is not a whole path: begin it with / (or ~ for your home folder).")
    try:
        found = place.exists()
    except OSError as error:
        raise ConfigError(f"{place} cannot be looked at: {error.strerror}.") from error
    if not found:
        raise ConfigError(f"There is nothing at {place} on the machine that runs dupedash.")
    return place
