"""A proxy on loopback that spoils the answers of a good server, as networks and tired servers do."""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Fault(StrEnum):
    """What goes wrong with one answer."""

    REFUSE = "hang up before the question is passed on"
    DROP = "hang up after the question was answered"
    RESET = "reset the connection half way"
    DELAY = "answer too late"
    TRUNCATE = "send half of the promised bytes"
    HALF_JSON = "send half of the JSON as if it were all"
    GARBLE = "change bytes in the middle"
    EMPTY = "send 200 with nothing"
    HTML = "send 200 with a web page"
    HTML_502 = "send 502 with a web page"
    ERROR_500 = "send 500 in Solr's shape"
    BUSY_429 = "send 429"


_CANNED = {
    Fault.EMPTY: (200, "application/json", b""),
    Fault.HTML: (200, "text/html", b"<html><body>Welcome to nginx!</body></html>"),
    Fault.HTML_502: (502, "text/html", b"<html><body>502 Bad Gateway</body></html>"),
    Fault.ERROR_500: (
        500,
        "application/json",
        b'{"responseHeader":{"status":500},"error":{"msg":"java.lang.OutOfMemoryError","code":500}}',
    ),
    Fault.BUSY_429: (429, "text/plain", b"Too many requests"),
}


class FaultyProxy:
    """Stands in front of `target`. `choose` gives the fault for each request line, or None."""

    def __init__(self, target: str, delay: float) -> None:
        self.target = urlsplit(target)
        self.delay = delay
        self.choose: Callable[[str], Fault | None] = lambda _line: None
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def first(self, *faults: Fault) -> None:
        """These faults for the next requests, then none."""
        left = deque(faults)
        self.choose = lambda _line: left.popleft() if left else None

    def always(self, fault: Fault, only: str = "") -> None:
        """This fault for every request whose line holds `only`."""
        self.choose = lambda line: fault if only in line else None

    def some(self, share: float, seed: int = 0, only: str = "") -> None:
        """Any fault for a share of the requests."""
        chance = random.Random(seed)
        faults = [fault for fault in Fault if fault is not Fault.DELAY]
        self.choose = lambda line: chance.choice(faults) if only in line and chance.random() < share else None

    @contextmanager
    def running(self) -> Iterator[FaultyProxy]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def ask(self, handler: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        """The good server's answer: status, type, body."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection(self.target.hostname or "", self.target.port, timeout=30)
        headers = {k: v for k, v in handler.headers.items() if k.lower() not in ("connection", "host")}
        connection.request(handler.command, handler.path, body or None, headers)
        response = connection.getresponse()
        answer = response.status, response.getheader("Content-Type") or "", response.read()
        connection.close()
        return answer

    def _handler(proxy) -> type[BaseHTTPRequestHandler]:  # noqa: N805  (the handler has a self of its own)
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy.requests.append(self.requestline)
                fault = proxy.choose(self.requestline)
                if fault is Fault.REFUSE:
                    return self.hang_up()
                status, kind, body = proxy.ask(self)
                return self.send_spoilt(fault, status, kind, body)

            do_POST = do_GET  # noqa: N815

            def send_spoilt(self, fault: Fault | None, status: int, kind: str, body: bytes) -> None:
                if fault is None:
                    return self.send_all(status, kind, body)
                if fault in _CANNED:
                    return self.send_all(*_CANNED[fault])
                if fault is Fault.DELAY:
                    time.sleep(proxy.delay)
                    return self.send_all(status, kind, body)
                if fault is Fault.GARBLE:
                    middle = len(body) // 2
                    return self.send_all(status, kind, body[:middle] + b"\xff\x00{" + body[middle + 3 :])
                if fault is Fault.HALF_JSON:
                    return self.send_all(status, kind, body[: len(body) // 2])
                if fault is Fault.DROP:
                    return self.hang_up()
                return self.break_off(fault, status, kind, body)

            def break_off(self, fault: Fault, status: int, kind: str, body: bytes) -> None:
                self.send_head(status, kind, len(body))
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                if fault is Fault.RESET:  # closing with a linger time of zero sends RST
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.hang_up()

            def send_all(self, status: int, kind: str, body: bytes) -> None:
                self.send_head(status, kind, len(body))
                self.wfile.write(body)

            def send_head(self, status: int, kind: str, length: int) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(length))
                self.end_headers()

            def hang_up(self) -> None:
                self.close_connection = True
                self.connection.close()

            def finish(self) -> None:
                if not self.wfile.closed and self.connection.fileno() >= 0:
                    super().finish()

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        return Handler


@contextmanager
def faulty_proxy(target: str, delay: float = 1.0) -> Iterator[FaultyProxy]:
    """A running proxy in front of the server at `target`."""
    with FaultyProxy(target, delay).running() as proxy:
        yield proxy
