"""Which model a collection uses: a small file in its folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dupedash.errors import ConfigError
from dupedash.images.files import printable
from dupedash.storage import atomic

_FILE = "model.json"


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """The file of a model, and the SHA-256 (hex) of what is in it; as it was last where it is away now."""

    path: Path
    digest: str

    @property
    def short(self) -> str:
        """What tells its vectors from those of another model."""
        return self.digest[:12]


def chosen(folder: Path) -> ChosenModel | None:
    """The model of the collection in this folder, None without one. Raises ConfigError."""
    try:
        known = json.loads((folder / _FILE).read_text("utf-8"))
        path = Path(known["path"])
        return ChosenModel(path, _digest(path) or str(known["digest"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{printable(folder / _FILE)} is damaged ({error}): delete it, or choose the model again."
        ) from error


def choose(folder: Path, path: Path) -> ChosenModel:
    """Use this model from now on. Raises ConfigError where the file cannot be read, OSError."""
    place = path.expanduser().absolute()
    digest = _digest(place)
    if digest is None:
        raise ConfigError(f"The model {printable(place)} cannot be read.")
    atomic.write(folder / _FILE, json.dumps({"path": str(place), "digest": digest}))
    return ChosenModel(place, digest)


def forget(folder: Path) -> None:
    """Use none from now on; its vectors are kept, for the case that it comes back."""
    (folder / _FILE).unlink(missing_ok=True)


def _digest(path: Path) -> str | None:
    """None where the file is away."""
    try:
        status = path.stat()
        return _digest_of(path, status.st_size, status.st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=8)
def _digest_of(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001  (so that it is read again)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
