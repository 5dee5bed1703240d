"""`python -m dupedash serve` as a process: what it serves, and that nothing of it stays behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from dupedash.flow.client import FlowCollection, flow_settings
from dupedash.model import ById, Document, DuplicateQuery
from tests.galleries import gallery
from tests.pictures import as_file, scene, smaller

SECONDS = 60


@contextmanager
def served(
    data: Path, *options: str, before: Sequence[str] = ()
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running server and its address; `before`: options of every command."""
    command = [sys.executable, "-m", "dupedash", "--data", str(data), "--collection", "new", *before]
    with subprocess.Popen([*command, "serve", "--port", "0", *options], stdout=-1, text=True) as server:
        try:
            yield server, server.stdout.readline().removeprefix("Serving ").strip()
        finally:
            server.kill()


@pytest.mark.parametrize("signal", ["terminate", "kill"])
def test_a_new_collection_is_served_filled_and_searched_and_the_worker_processes_end(tmp_path, signal):
    pictures = {"a": scene(1), "b": smaller(scene(1)), "c": scene(2)}
    for name, picture in pictures.items():
        (tmp_path / f"{name}.png").write_bytes(as_file(picture))
    with served(tmp_path / "data", "--processes", "2") as (server, address):
        client = FlowCollection(flow_settings(address))
        assert client.count() == 0
        assert client.add([Document(name, str(tmp_path / f"{name}.png")) for name in pictures]) == []
        client.commit()
        assert [hit.id for hit in client.duplicates(ById("a"), DuplicateQuery()).hits] == ["b"]
        client.close()
        workers = psutil.Process(server.pid).children(recursive=True)
        assert workers
        getattr(server, signal)()
        server.wait(SECONDS)
        _, alive = psutil.wait_procs(workers, SECONDS)
        assert alive == []


def test_a_read_only_instance_makes_no_collection(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    with served(tmp_path / "data") as (server, address):
        assert address == ""
        assert server.wait(SECONDS) != 0
    assert "There is no collection 'new': there is none." in capfd.readouterr().err
    assert not (tmp_path / "data" / "collections").exists()


def test_clients_may_name_urls_where_that_is_allowed_and_parameters_have_the_names_that_are_set(tmp_path):
    with gallery() as (web, _asked):
        url = f"{web}/open/p.png"
        renamed = ["--param", "rank.by.url=rank.image"]
        for allowing, status in (["--allow-urls"], 400), (["--allow-host", "127.0.0.1"], 200):
            with served(tmp_path / "data", "--processes", "0", *allowing, before=renamed) as (_, address):
                reply = requests.get(f"{address}/duplicate", params={"rank.image": url}, timeout=SECONDS)
                assert reply.status_code == status, reply.text
                reply = requests.get(f"{address}/duplicate", params={"rank.by.url": url}, timeout=SECONDS)
                assert "rank.by.url is not supported" in reply.json()["error"]["msg"]
