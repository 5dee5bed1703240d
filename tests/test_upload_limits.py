"""Uploads into the dashboard's memory: bounded by visitor and together, freed when the page is closed."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parent.parent
MB = 1 << 20
# The real dashboard, but for the figures: pages are known to be left at once.
PROGRAM = f"""
import runpy
from dupedash.ui.door import uploadlimits as limits
limits._GRACE, limits._ROUND = 0.2, 0.1
limits.ALLOWANCES = {{role: limits.Allowance(5, 3 * {MB}, 4 * {MB}) for role in limits.ALLOWANCES}}
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    env = {**os.environ, "DUPEDASH_DATA": str(tmp_path_factory.mktemp("data")), "DUPEDASH_PORT": str(number)}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as app:
        try:
            until(lambda: asked(number, "GET", "/_stcore/health")[0] == 200)
            yield number
        finally:
            app.terminate()


def until(holds) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if holds():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


def asked(
    port: int, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, str, str]:
    """Status, text and cookie of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    told = answer.status, answer.read().decode(), answer.getheader("set-cookie") or ""
    connection.close()
    return told


class Page:
    """An open page of the dashboard."""

    def __init__(self, port: int) -> None:
        self.port = port
        cookie = asked(port, "GET", "/_stcore/health")[2]
        self.xsrf = cookie.partition("_streamlit_xsrf=")[2].partition(";")[0]
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.context = connect(
            address, subprotocols=["streamlit"], max_size=None, proxy=None, close_timeout=0.5
        )
        self.socket = self.context.__enter__()
        first = BackMsg()
        first.rerun_script.query_string = ""
        self.socket.send(first.SerializeToString())
        told = ForwardMsg()
        while told.WhichOneof("type") != "new_session":
            told.ParseFromString(self.socket.recv(60))
        self.session = told.new_session.initialize.session_id

    def upload(self, name: str, size: int) -> tuple[int, str]:
        head = b'--B\r\nContent-Disposition: form-data; name="f"; filename="x.jpg"\r\n\r\n'
        status, text, _ = asked(
            self.port,
            "PUT",
            f"/_stcore/upload_file/{self.session}/{name}",
            head + bytes(size) + b"\r\n--B--\r\n",
            **{
                "Content-Type": "multipart/form-data; boundary=B",
                "Cookie": f"_streamlit_xsrf={self.xsrf}",
                "X-Xsrftoken": self.xsrf,
            },
        )
        return status, text

    def leave(self) -> None:
        self.socket.close()


def test_a_page_has_room_for_so_many_bytes_and_files(port):
    page = Page(port)
    assert page.upload("a", 2 * MB)[0] == 204
    status, text = page.upload("b", 2 * MB)
    assert (status, text) == (413, "At most 3 MB can be uploaded at once: remove some files first.")
    assert [page.upload(f"small {n}".replace(" ", "-"), 10)[0] for n in range(5)] == [204] * 4 + [413]
    page.leave()


def test_all_pages_together_have_room_for_so_many_bytes_until_their_visitors_leave(port):
    one, other = Page(port), Page(port)
    until(lambda: one.upload("a", 5 * MB // 2)[0] == 204)
    status, text = other.upload("a", 5 * MB // 2)
    assert status == 413
    assert text.startswith("Others have uploaded much")
    one.leave()
    until(lambda: other.upload("a", 5 * MB // 2)[0] == 204)
    other.leave()


def test_an_upload_that_does_not_say_how_large_it_is_is_refused(port):
    page = Page(port)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    parts = iter([b"x" * 10])
    connection.request("PUT", f"/_stcore/upload_file/{page.session}/x", parts, encode_chunked=True)
    assert connection.getresponse().status == 411
    connection.close()
    page.leave()
