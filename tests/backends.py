"""Every kind of collection, empty, ready for a test. Each takes a folder that it may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from dupedash.collection import WritableCollection
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.flow.client import FlowCollection, ImageAccess, flow_settings
from dupedash.flow.server import create_app
from tests.fakes import FakeCollection
from tests.serving import serving

Backend = Callable[[Path], AbstractContextManager[WritableCollection]]


@contextmanager
def over_http(served: WritableCollection, folder: Path) -> Iterator[FlowCollection]:
    with serving(create_app(served, name="c")) as url:
        settings = replace(
            flow_settings(url, "c"),
            atomic_updates=True,
            retries=0,
            images=ImageAccess(str(folder)),
        )
        client = FlowCollection(settings)
        yield client
        client.close()


@contextmanager
def fake(_folder: Path) -> Iterator[WritableCollection]:
    yield FakeCollection()


@contextmanager
def flow_before_fake(folder: Path) -> Iterator[WritableCollection]:
    with over_http(FakeCollection(), folder) as client:
        yield client


@contextmanager
def embedded(folder: Path) -> Iterator[EmbeddedCollection]:
    collection = EmbeddedCollection(folder / "data" / "collections" / "c")
    yield collection
    collection.close()


@contextmanager
def flow_before_embedded(folder: Path) -> Iterator[WritableCollection]:
    with embedded(folder) as served, over_http(served, folder) as client:
        yield client


LOCAL: list[Backend] = [fake, embedded]
"""Collections in this process; what is served must be one of them."""
BACKENDS: list[Backend] = [*LOCAL, flow_before_fake, flow_before_embedded]
"""Every kind of collection."""
