"""A Flow server over four images, called without a socket: for the tests of its addresses and doors."""

from __future__ import annotations

from functools import cache
from typing import Any

from dupedash.flow.server import ServerSettings, create_app
from dupedash.model import ByData, Document
from tests.asking import Client
from tests.fakes import FakeCollection
from tests.pictures import as_file, brighter, scene, smaller

API, SOLR = "/api/cores/c", "/solr/c"
PREFIXES = [API, SOLR, "/api/collections/c", "/api/c/c"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIELDS: dict[str, dict[str, Any]] = {
    "a1": {"project": "x", "rating": 3, "color_a": "red", "color_b": "blue", "labels": ("l", "m")},
    "a2": {"project": "y", "rating": 1, "labels": ("l",)},
    "a3": {"project": "x", "rating": 2},
    "b": {"project": "x"},
}


@cache
def analyses() -> dict[str, Any]:
    """By image: a1, a2 and a3 are copies of one picture, b is another."""
    one, maker = scene(1), FakeCollection()
    pictures = {"a1": one, "a2": smaller(one), "a3": brighter(one), "b": scene(2)}
    return {name: maker.analyze(ByData(as_file(picture))) for name, picture in pictures.items()}


def four_images() -> FakeCollection:
    """The images with their fields."""
    collection = FakeCollection()
    collection.add([Document(i, f"/p/{i}.png", FIELDS[i], analyses()[i]) for i in FIELDS])
    return collection


def client_of(collection: Any, **limits: Any) -> Client:
    """Calls a server over the collection with these settings."""
    app = create_app(collection, name="c", settings=ServerSettings(**limits))
    return Client(app, "http://localhost", raising=False)


def ids(reply: Any) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [document["id"] for document in reply.json()["response"]["docs"]]


def refused(reply: Any, status: int) -> str:
    """The message of an error in Solr's shape."""
    told = reply.json()
    assert reply.status_code == status == told["responseHeader"]["status"] == told["error"]["code"], told
    assert "Traceback" not in reply.text
    assert "trace" not in told["error"]
    return str(told["error"]["msg"])
