"""Connection → Collection: the only place that picks a backend, and where connections are remembered.

Each engine is imported when it is used: commands without one start without its libraries.
Embedded collections are the folders of the workspace. Flow servers stand in one JSON file that only its
owner may read, because it may hold their secrets.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dupedash.collection import WritableCollection
from dupedash.config import Workspace, collection_name
from dupedash.errors import ConfigError
from dupedash.storage import atomic
from dupedash.workers import processes

if TYPE_CHECKING:
    from dupedash.flow.client import FlowSettings

# What is remembered of a server as it is, beside its pictures and names (see `_row`).
REMEMBERED = ("base", "collection", "api", "user", "password", "api_key", "atomic_updates", "certificates")
DATABASE = "*/collection.sqlite"
_LARGE = 8 << 20
"""Bytes of a collection of a few hundred images (25 kB each); of fewer a single process searches."""


class Engine(StrEnum):
    """The kinds of collection."""

    EMBEDDED = "embedded"
    FLOW = "flow"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach the collection called `name`: on a Flow server, in the dataset of a scan that was made
    elsewhere (`place`, its folder or address), or embedded where there is neither."""

    name: str
    flow: FlowSettings | None = None
    place: str = ""

    @property
    def engine(self) -> Engine:
        """Its kind."""
        if self.place:
            return Engine.ELSEWHERE
        return Engine.EMBEDDED if self.flow is None else Engine.FLOW

    @property
    def where(self) -> str:
        """The address for screens and logs, without any secret."""
        return self.place or ("this machine" if self.flow is None else self.flow.root)


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """What a user may say of a Flow server beside its address, as it is typed.

    images         where its pictures are, see `ImageAccess`; image_headers: `Name: value`
    names          `rank.by.url=name on the server`, for parameters whose names no documentation gives
    certificates   a file of the certificates to be trusted
    """

    api_key: str = field(default="", repr=False)
    images: str = ""
    image_headers: tuple[str, ...] = field(default=(), repr=False)
    names: tuple[str, ...] = ()
    certificates: str = ""

    def applied(self, flow: FlowSettings) -> FlowSettings:
        """The settings with these options. Raises ConfigError."""
        from dupedash.flow.client import flow_names, image_access

        if self.certificates and not Path(self.certificates).is_file():
            raise ConfigError(f"There is no file of certificates {self.certificates!r}.")
        return replace(
            flow,
            api_key=self.api_key or flow.api_key,
            names=flow_names(self.names),
            images=image_access(self.images, self.image_headers, self.certificates),
            certificates=self.certificates,
        )


def flow_connection(
    url: str, name: str = "", collection: str = "", options: FlowOptions | None = None
) -> Connection:
    """From what a user types; called as on the server where no name is given. Raises ConfigError."""
    from dupedash.flow.client import flow_settings

    flow = (options or FlowOptions()).applied(flow_settings(url, collection))
    called = collection_name(name or flow.collection)
    return Connection(called, replace(flow, name=called))


def changed(connection: Connection, options: FlowOptions) -> Connection:
    """A server with other options. A key, and headers for the same host, stay where none are given.

    Raises ConfigError.
    """
    if connection.flow is None:
        raise ConfigError(f"{connection.name} is a collection of this machine, which has no options.")
    before, flow = connection.flow.images, options.applied(connection.flow)
    if not options.image_headers and before.urls.trusted == flow.images.urls.trusted:
        flow = replace(flow, images=replace(flow.images, headers=before.headers))
    return replace(connection, flow=flow)


def connect(connection: Connection, workspace: Workspace, processes: int = 0) -> WritableCollection:
    """The collection behind a connection; a server is not asked anything yet.

    With `processes` an embedded one answers single queries in so many worker processes, which pays where
    many come at once. Raises CollectionError, ConfigError.
    """
    if connection.flow is not None:
        from dupedash.flow.client import FlowCollection

        return FlowCollection(connection.flow)
    if connection.place:
        from dupedash.dataset.collection import DatasetCollection
        from dupedash.dataset.places import Place

        return DatasetCollection(Place(connection.place), connection.name)
    from dupedash.embedded.collection import EmbeddedCollection

    return EmbeddedCollection(workspace.collection(connection.name), connection.name, processes)


def get_ready(connection: Connection, workspace: Workspace) -> None:
    """Let worker processes start for a search of all images, where it is worth it: they need a second, in
    which this process imports what it needs itself."""
    path = workspace.collection(connection.name) / "collection.sqlite"
    if connection.engine is Engine.EMBEDDED and path.exists() and path.stat().st_size > _LARGE:
        processes.start_ahead(os.cpu_count() or 1, "dupedash.embedded.run.warm:warm_up")


@dataclass(frozen=True, slots=True)
class Connections:
    """All collections that a workspace knows: its embedded ones, and what was added: Flow servers, and scans
    made elsewhere."""

    workspace: Workspace

    def list(self) -> Sequence[Connection]:
        """Embedded collections by name, then the servers. Raises ConfigError where the file is damaged."""
        embedded = sorted(path.parent.name for path in self.workspace.collections.glob(DATABASE))
        return [*map(Connection, embedded), *sorted(self._servers().values(), key=lambda c: c.name)]

    def get(self, name: str) -> Connection:
        """By name; one that is not known is an embedded collection, made on its first use."""
        return self._servers().get(name) or Connection(collection_name(name))

    def newest(self) -> Connection | None:
        """The embedded collection changed last, else the first server, else None."""
        databases = list(self.workspace.collections.glob(DATABASE))
        if databases:
            return Connection(max(databases, key=_last_change).parent.name)
        return next(iter(self.list()), None)

    def add(self, connection: Connection) -> None:
        """Remember a Flow server, or a scan made elsewhere; one of the same name is replaced.

        Raises ConfigError, Forbidden.
        """
        self.workspace.must_write()
        if (self.workspace.collection(connection.name) / "collection.sqlite").exists():
            raise ConfigError(f"There is a folder collection {connection.name!r} already: use another name.")
        self._write({**self._servers(), connection.name: connection})

    def remove(self, name: str) -> None:
        """Forget what was added; it is not touched itself. Raises Forbidden."""
        self.workspace.must_write()
        self._write({key: value for key, value in self._servers().items() if key != name})

    def _servers(self) -> dict[str, Connection]:
        path = self.workspace.connections
        if not path.exists():
            return {}
        try:
            rows: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
            return {name: _added(name, row) for name, row in rows.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise ConfigError(f"{path} is damaged ({error}): mend it or delete it.") from error

    def _write(self, servers: dict[str, Connection]) -> None:
        rows = {name: _row(server) for name, server in servers.items()}
        self.workspace.connections.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(self.workspace.connections, json.dumps(rows, indent=1))  # keys and passwords


def _row(added: Connection) -> dict[str, Any]:
    """What was added, as JSON."""
    if added.flow is None:
        return {"place": added.place}
    return _server_row(added.flow)


def _added(name: str, row: dict[str, Any]) -> Connection:
    """The inverse."""
    return Connection(name, place=row["place"]) if "place" in row else Connection(name, _settings(name, row))


def _server_row(flow: FlowSettings) -> dict[str, Any]:
    """A server as JSON."""
    from dupedash.flow.client import changed_names

    plain = {key: getattr(flow, key) for key in REMEMBERED}
    images = {"where": flow.images.where, "headers": flow.images.headers}
    return {**plain, "images": images, "names": changed_names(flow.names)}


def _settings(name: str, row: dict[str, Any]) -> FlowSettings:
    """The inverse; earlier versions wrote neither pictures nor names."""
    from dupedash.flow.client import FlowSettings, ImageAccess, flow_names

    known = {key: value for key, value in row.items() if key not in ("images", "names")}
    images = row.get("images", {})
    headers = tuple((str(key), str(value)) for key, value in images.get("headers", ()))
    access = ImageAccess(images.get("where", ""), headers, row.get("certificates", ""))
    return FlowSettings(name=name, **known, images=access, names=flow_names(row.get("names", ())))


def _last_change(path: Path) -> float:
    journal = path.with_name(path.name + "-wal")  # SQLite writes there first
    return max(p.stat().st_mtime for p in (path, journal) if p.exists())
