"""What every command needs: the settings, the collection meant, and a polite end on Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from dupedash.collection import WritableCollection
from dupedash.config import Settings, settings
from dupedash.connect import Connection, Connections, FlowOptions, connect, flow_connection
from dupedash.errors import CollectionError, ConfigError
from dupedash.storage import folder
from dupedash.system import signals
from dupedash.system.home import compile_into

if TYPE_CHECKING:
    from dupedash.scans import ScanStore

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Context:
    """The global options, resolved."""

    settings: Settings
    collection: str | None = None
    url: str | None = None
    flow: FlowOptions = field(default_factory=FlowOptions)
    debug: bool = False

    @staticmethod
    def of(
        data: Path | None, collection: str | None, url: str | None, flow: FlowOptions, debug: bool
    ) -> Context:
        """Raises ConfigError."""
        if url is None and (flow.images or flow.image_headers or flow.certificates):
            raise ConfigError("--images, --image-header and --ca-file say something of the server of --url.")
        instance = settings(data)
        compile_into(instance.workspace.compiled)
        if not instance.readonly:
            folder.tighten(instance.workspace)
        return Context(instance, collection, url, flow, debug)

    @property
    def scans(self) -> ScanStore:
        """The stored scans of the workspace."""
        from dupedash.scans import ScanStore

        return ScanStore(self.settings.workspace.scans)

    def existing(self) -> Connection:
        """The collection to read: the one named, else the one changed last.

        Raises CollectionError where there is none of that name, or none at all.
        """
        if self.url:
            return self._server(self.url)
        known = Connections(self.settings.workspace)
        names = [connection.name for connection in known.list()]
        if self.collection is None:
            newest = known.newest()
            if newest is None:
                raise CollectionError(
                    f"There is no collection in {self.settings.workspace.root} yet: "
                    "index a folder, or make the example collection."
                )
            return newest
        if self.collection not in names:
            there = f"there are {', '.join(names)}" if names else "there is none"
            raise CollectionError(f"There is no collection {self.collection!r}: {there}.", self.collection)
        return known.get(self.collection)

    def only(self) -> Connection:
        """The collection to change for good, named or the only one. Raises ConfigError, CollectionError."""
        names = [connection.name for connection in Connections(self.settings.workspace).list()]
        if self.collection is None and self.url is None and len(names) > 1:
            raise ConfigError(f"Say which collection with --collection: {', '.join(names)}.")
        return self.existing()

    def to_fill(self, default: str = DEFAULT) -> Connection:
        """The collection to add to; made where there is none. Raises ConfigError."""
        self.settings.must_write()
        if self.url:
            return self._server(self.url)
        return Connections(self.settings.workspace).get(self.collection or default)

    @contextmanager
    def opened(self, connection: Connection, processes: int = 0) -> Iterator[WritableCollection]:
        """The collection, closed afterwards; `processes` as in `connect`. Raises ConfigError."""
        if not self.settings.readonly:
            folder.make(self.settings.workspace)
        collection = connect(connection, self.settings.workspace, processes)
        try:
            yield collection
        finally:
            collection.close()

    def _server(self, url: str) -> Connection:
        given = flow_connection(url, collection=self.collection or "", options=self.flow)
        # Without a name of its own it is called by its address in messages.
        return given if given.flow is None else replace(given, flow=replace(given.flow, name=""))


@contextmanager
def interruptible() -> Iterator[Interrupt]:
    """Ctrl-C or SIGTERM inside asks to stop; a second one ends at once, as usual."""
    interrupt = Interrupt()
    with signals.heeded(interrupt.ask):
        yield interrupt


@dataclass(slots=True)
class Interrupt:
    """Whether somebody asked to stop."""

    asked: bool = False

    def __call__(self) -> bool:
        return self.asked

    def ask(self, _number: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        click.echo("\nStopping; what is finished is kept. Once more to end at once.", err=True)


pass_context = click.make_pass_decorator(Context)
