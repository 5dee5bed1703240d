"""Collections are found by name, servers are remembered, and secrets stay where they belong."""

from __future__ import annotations

import os
import stat

import pytest

from dupedash.config import Workspace
from dupedash.connect import Connection, Connections, Engine, connect, flow_connection
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.errors import ConfigError
from dupedash.flow.client import FlowCollection


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
    server = flow_connection("https://me:pa55@flow.example:8983/solr/photos", name="photos", api_key="k3y")
    Connections(workspace).add(server)
    again = Connections(workspace).get("photos")
    assert again == server
    assert (again.engine, again.where) == (Engine.FLOW, "https://flow.example:8983/api/cores/photos")
    assert stat.S_IMODE(workspace.connections.stat().st_mode) == 0o600
    assert not any(secret in repr(again) + again.where for secret in ("pa55", "k3y"))
    assert isinstance(connect(again, workspace), FlowCollection)
    Connections(workspace).remove("photos")
    assert Connections(workspace).list() == []


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
