"""Collections are found by name, servers are remembered, and secrets stay where they belong."""

from __future__ import annotations

import json
import os
import stat

import pytest

from dupedash.config import Workspace
from dupedash.connect import Connection, Connections, Engine, FlowOptions, connect, flow_connection
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.errors import ConfigError
from dupedash.flow.client import FlowCollection, FlowNames, ImageAccess


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def test_embedded_collections_are_made_on_first_use_and_listed(workspace):
    connections = Connections(workspace)
    assert connections.list() == []
    assert connections.newest() is None
    collection = connect(connections.get("holiday"), workspace)
    assert isinstance(collection, EmbeddedCollection)
    assert collection.count() == 0
    collection.close()
    assert connections.list() == [Connection("holiday")]
    assert connections.newest() == Connection("holiday")


def test_the_collection_changed_last_is_the_newest(workspace):
    for name in ("one", "two"):
        connect(Connection(name), workspace).close()
    for path in (workspace.collection("two")).iterdir():
        if path.is_file():
            os.utime(path, (1, 1))
    assert Connections(workspace).newest() == Connection("one")


def test_a_server_is_remembered_with_its_secrets_for_the_owner_only(workspace):
    options = FlowOptions(
        "k3y",
        "https://images.example/{sku}.jpg",
        ("Authorization: Bearer t0k3n",),
        ("rank.by.data=rank.image",),
        __file__,
    )
    server = flow_connection("https://me:pa55@flow.example:8983/solr/photos", "photos", options=options)
    Connections(workspace).add(server)
    again = Connections(workspace).get("photos")
    assert again == server
    assert (again.engine, again.where) == (Engine.FLOW, "https://flow.example:8983/api/cores/photos")
    assert stat.S_IMODE(workspace.connections.stat().st_mode) == 0o600
    assert not any(secret in repr(again) + again.where for secret in ("pa55", "k3y", "t0k3n"))
    assert isinstance(connect(again, workspace), FlowCollection)
    Connections(workspace).remove("photos")
    assert Connections(workspace).list() == []


def test_a_server_that_an_earlier_version_remembered_has_no_pictures_and_the_usual_names(workspace):
    row = {"base": "http://h:1", "collection": "c", "api": "solr", "user": "", "password": "", "api_key": "",
           "atomic_updates": False}  # fmt: skip
    workspace.connections.write_text(json.dumps({"old": row}), "utf-8")
    flow = Connections(workspace).get("old").flow
    assert flow is not None
    assert (flow.images, flow.names) == (ImageAccess(), FlowNames())


@pytest.mark.parametrize(
    "options",
    [
        FlowOptions(images="pictures"),
        FlowOptions(images="/"),
        FlowOptions(images="/{image}"),
        FlowOptions(images="ftp://h/"),
        FlowOptions(images="https://"),
        FlowOptions(images="https://{image}"),
        FlowOptions(images="https://h:80{image}"),
        FlowOptions(images="https://h.{image}/x"),
        FlowOptions(images="https://me:pw@h/"),
        FlowOptions(images="https://h/", image_headers=("no colon",)),
        FlowOptions(images="https://h/", image_headers=("A: b\r\nC: d",)),
        FlowOptions(images="{image}", image_headers=("A: b",)),
        FlowOptions(image_headers=("A: b",)),
        FlowOptions(names=("rank.by.data",)),
        FlowOptions(names=("rank.by.id=x",)),
        FlowOptions(names=("rank.by.data=a b",)),
        FlowOptions(certificates="/nowhere.pem"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options):
    with pytest.raises(ConfigError):
        flow_connection("http://localhost:8983", options=options)


def test_a_server_cannot_take_the_name_of_a_folder_collection(workspace):
    connect(Connection("holiday"), workspace).close()
    with pytest.raises(ConfigError, match="already"):
        Connections(workspace).add(flow_connection("http://localhost:8983", name="holiday"))


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden", "x" * 65, "a b", "a\x00"])
def test_names_that_are_no_safe_folder_are_refused(workspace, name):
    with pytest.raises(ConfigError, match="name of a collection"):
        Connections(workspace).get(name)


def test_a_damaged_file_is_reported_and_not_overwritten(workspace):
    workspace.connections.write_text("{half", "utf-8")
    with pytest.raises(ConfigError, match="damaged"):
        Connections(workspace).add(flow_connection("http://localhost:8983", name="x"))
    assert workspace.connections.read_text("utf-8") == "{half"
