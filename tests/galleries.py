"""Servers of pictures on loopback, and a Flow server whose images are there."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dupedash.flow.server import create_app
from dupedash.model import ByData, Document
from tests.fakes import FakeCollection
from tests.pictures import as_file, scene
from tests.serving import serving


class Gallery(BaseHTTPRequestHandler):
    """Pictures for those who bring the key; elsewhere it sends on to another server."""

    picture = as_file(scene(1))
    asked: list[tuple[str, str | None]]
    elsewhere: str

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["X-Key"]))
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.elsewhere + self.path.removeprefix("/moved"))
            self.end_headers()
        elif self.headers["X-Key"] == "s3cret" or self.path.startswith("/open/"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.picture)
        else:
            self.send_error(403)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@contextmanager
def gallery(elsewhere: str = "", context: ssl.SSLContext | None = None) -> Iterator[tuple[str, Any]]:
    """A web server of pictures: its URL, and what it was asked."""
    handler = type("Handler", (Gallery,), {"asked": [], "elsewhere": elsewhere})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}", handler.asked
    server.shutdown()
    thread.join(10)
    server.server_close()


@contextmanager
def shop(url: str) -> Iterator[str]:
    """A Flow server of two equal pictures and one whose address leads out."""
    collection = FakeCollection()
    analysis = collection.analyze(ByData(Gallery.picture))
    addresses = {"a": "open/a.png", "b": "open/b.png", "c": f"{url}/../secret"}
    collection.add([Document(name, place, analysis=analysis) for name, place in addresses.items()])
    with serving(create_app(collection, name="c")) as server:
        yield f"{server}/api/cores/c"
