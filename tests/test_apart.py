"""Pictures read apart: memory, time and number are bounded, and no process stays behind."""

from __future__ import annotations

import base64
import io
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest
from PIL import Image
from starlette.applications import Starlette

from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.describe.analysis import analyze
from dupedash.embedded.files.update import index
from dupedash.errors import UnreadableImage
from dupedash.flow.server import create_app
from dupedash.images import apart
from dupedash.ui.door import routes
from dupedash.workers import Pool
from tests.asking import Client

ROOT = Path(__file__).resolve().parent.parent


def drawn(kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.effect_noise((300, 200), 90).convert("RGB").save(file, kind)
    return file.getvalue()


def test_what_is_read_apart_is_what_is_read_here():
    data = drawn()
    assert apart.ask(partial(analyze, data, name="x"), "x") == analyze(data, name="x")
    assert Image.open(io.BytesIO(apart.render(data, 100))).size == (100, 67)
    assert Image.open(io.BytesIO(apart.thumbnail(data))).format == "JPEG"


def test_a_picture_that_cannot_be_read_says_why():
    with pytest.raises(UnreadableImage, match="not an image"):
        apart.render(b"no picture")
    with pytest.raises(UnreadableImage, match="no such file"):
        apart.render(Path("/no/such/file.png"))


def test_a_picture_that_ends_its_process_is_named_and_the_next_one_is_read():
    with pytest.raises(UnreadableImage, match=r"bad\.png: crashed"):
        apart.ask(end_yourself, "bad.png")
    assert apart.thumbnail(drawn())


def end_yourself() -> None:
    os.kill(os.getpid(), signal.SIGABRT)


def test_no_more_processes_than_pictures_that_are_read_at_once():
    assert 1 <= apart.at_once() <= (os.cpu_count() or 1)


def test_more_processes_than_may_wait_are_made_ready_as_far_as_they_may(monkeypatch):
    pool = Pool(str, 1, waiting=1)
    monkeypatch.setattr(apart, "_pool", lambda: pool)
    monkeypatch.setattr(apart, "at_once", lambda: 9)
    apart.prepare(partial(int, 1))
    pool.close()


def test_a_server_whose_readers_are_all_busy_says_so_and_when_to_ask_again(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(drawn())
    collection = EmbeddedCollection(tmp_path / "data" / "collections" / "c")
    index(collection.store, [tmp_path / "a.png"], jobs=1)
    monkeypatch.setattr(apart, "_WAITING", 0)
    monkeypatch.setattr(apart, "_pools", {})
    monkeypatch.setenv("DUPEDASH_DATA", str(tmp_path / "data"))
    api = Client(create_app(collection, name="c"), "http://localhost")
    picture = {"input.data": base64.b64encode(drawn()).decode()}
    assert api.post("/api/cores/c/analyze", data=picture).status_code == 503
    pages = Client(Starlette(routes=routes.ROUTES))
    reply = pages.get(f"/picture/c/{collection.ids()[0]}")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "2")
    assert "try again" in reply.text
    collection.close()


PROGRAM = """
import io, sys, time
from PIL import Image
from dupedash.images import apart
from tests.asking import Client
file = io.BytesIO(); Image.new("RGB", (60, 40)).save(file, "PNG"); apart.thumbnail(file.getvalue())
print("ready", flush=True)
time.sleep(float(sys.argv[1]))
"""


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_no_process_stays_when_the_program_ends(end):
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "0" if end == "by itself" else "60"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        children: list[psutil.Process] = []
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        if end == "killed":
            children = psutil.Process(program.pid).children(recursive=True)
            assert children
            program.kill()
        assert program.wait(120) in (0, -signal.SIGKILL)
    deadline = time.monotonic() + 60
    while any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)
