"""Where things are kept and how an instance behaves; resolved once at the edge, then passed on."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dupedash.errors import ConfigError, Forbidden
from dupedash.system.home import data_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})
_READONLY = "This instance is read-only (DUPEDASH_READONLY is set): nothing can be changed."
_VIEWER = "You came with a viewer's link: you see everything, but only an editor can change something."


def collection_name(text: str) -> str:
    """`text` where it is a name that is safe as a folder and in a URL. Raises ConfigError."""
    if not _NAME.fullmatch(text):
        raise ConfigError(
            f"{text!r} cannot be the name of a collection: use 1–64 letters, digits, '.', '_' or '-', "
            "and begin with a letter or digit."
        )
    return text


def as_collection_name(text: str) -> str:
    """The name of a collection that is nearest to any text: "My photos, 2024" → "My-photos-2024"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_IN_NAMES.sub("-", plain).strip("-._")[:64] or "collection"


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that holds everything dupedash writes. Deleting `compiled` or `jobs` loses no work.

    denied  why whoever holds this value may not change anything; "" where they may. Every service that
            changes something asks `must_write` first, so that no screen can forget to.
    """

    root: Path
    denied: str = ""

    def must_write(self) -> None:
        """Raises Forbidden where it may only be looked at."""
        if self.denied:
            raise Forbidden(self.denied)

    def places(self) -> list[Path]:
        """Everything that lies in the folder, by the properties below."""
        found = [getattr(self, name) for name, what in vars(Workspace).items() if isinstance(what, property)]
        return [place for place in found if place.parent == self.root]

    @property
    def access(self) -> Path:
        """The access tokens that were made here (JSON, readable by the owner only)."""
        return self.root / "access.json"

    @property
    def collections(self) -> Path:
        """A folder per embedded collection: collection.sqlite (the truth) and cache/ (derived)."""
        return self.root / "collections"

    @property
    def scans(self) -> Path:
        """A folder per stored scan."""
        return self.root / "scans"

    @property
    def jobs(self) -> Path:
        """State of background work: a JSON file per job."""
        return self.root / "jobs"

    @property
    def reviews(self) -> Path:
        """Decisions by content, for all collections (SQLite)."""
        return self.root / "reviews.sqlite"

    @property
    def journals(self) -> Path:
        """A folder per applied plan: what was done and how to take it back."""
        return self.root / "journals"

    @property
    def quarantine(self) -> Path:
        """Where removed files wait, out of the collection, until someone empties it."""
        return self.root / "quarantine"

    @property
    def connections(self) -> Path:
        """Flow servers the user added (JSON, readable by the owner only)."""
        return self.root / "connections.json"

    @property
    def filters(self) -> Path:
        """Saved filters (JSON)."""
        return self.root / "filters.json"

    @property
    def uploads(self) -> Path:
        """Files that came through the browser, a folder per collection."""
        return self.root / "uploads"

    @property
    def checks(self) -> Path:
        """A folder per check of many images: what was found so far, and what was uploaded for it."""
        return self.root / "checks"

    @property
    def watches(self) -> Path:
        """Per watched collection what was seen so far (JSON), and the lock of its watcher."""
        return self.root / "watches"

    @property
    def selftests(self) -> Path:
        """The last self-test of each collection (JSON)."""
        return self.root / "selftests"

    @property
    def example(self) -> Path:
        """The pictures of the example collection."""
        return self.root / "example"

    @property
    def compiled(self) -> Path:
        """The engine as machine code, of an installed package; made anew where it is not there."""
        return self.root / "compiled"

    def collection(self, name: str) -> Path:
        """The folder of one embedded collection. Raises ConfigError for an unsafe name."""
        return self.collections / collection_name(name)


@dataclass(frozen=True, slots=True)
class Settings:
    """How this instance behaves.

    readonly         nobody changes anything, whatever their access
    editor_token, viewer_token   access tokens; where both are None only localhost is served
    """

    workspace: Workspace
    readonly: bool = False
    editor_token: str | None = None
    viewer_token: str | None = None

    def must_write(self) -> None:
        """Raises Forbidden on a read-only instance, and for a viewer."""
        if self.readonly:
            raise Forbidden(_READONLY)
        self.workspace.must_write()

    def for_viewer(self) -> Settings:
        """The same instance as a viewer may use it."""
        denied = self.workspace.denied or (_READONLY if self.readonly else _VIEWER)
        return replace(self, workspace=replace(self.workspace, denied=denied))


def flag(name: str, environment: Mapping[str, str]) -> bool:
    """A yes/no setting of the environment. Raises ConfigError for anything else."""
    text = environment.get(name, "").strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ConfigError(f"{name}={environment[name]!r} is neither yes nor no: use 1 or 0.")


def settings(data: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Command line (`data`) over environment (DUPEDASH_DATA …) over the default.

    The default is `home.data_folder`. Raises ConfigError.
    """
    env = os.environ if environment is None else environment
    root = data or Path(env.get("DUPEDASH_DATA") or data_folder())
    readonly = flag("DUPEDASH_READONLY", env)
    return Settings(
        workspace=Workspace(root.expanduser().resolve(), _READONLY if readonly else ""),
        readonly=readonly,
        editor_token=env.get("DUPEDASH_EDITOR_TOKEN") or None,
        viewer_token=env.get("DUPEDASH_VIEWER_TOKEN") or None,
    )
