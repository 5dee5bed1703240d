"""A socket that never ends its headers is closed; whoever asks properly, also slowly or twice, is served.

Answers on kept connections do not wait for an acknowledgement.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from dupedash.web import protocol
from dupedash.web.protocol import HttpProtocol


async def _slow(request):
    body = b"".join([part async for part in request.stream()])
    return PlainTextResponse(f"got {len(body)}")


async def _talk(websocket):
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())
    await websocket.close()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(protocol, "SECONDS", 0.4)
    app = Starlette(routes=[Route("/", _slow, methods=["GET", "POST"]), WebSocketRoute("/ws", _talk)])
    running = uvicorn.Server(uvicorn.Config(app, http=HttpProtocol, log_level="critical"))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield running
    running.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture
def address(server):
    return server.servers[0].sockets[0].getsockname()


def connected(address) -> socket.socket:
    opened = socket.create_connection(address)
    opened.settimeout(10)
    return opened


def is_closed(opened: socket.socket) -> bool:
    with suppress(ConnectionError):
        while opened.recv(1000):
            pass
    return True


def answer(opened: socket.socket) -> bytes:
    """Until the body, which is five bytes."""
    told = b""
    while len(told.partition(b"\r\n\r\n")[2]) < 5:
        told += opened.recv(1000)
    return told


def test_no_part_of_an_answer_waits_until_the_part_before_is_acknowledged(server, address):
    with connected(address) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"got 0" in answer(opened)
        (connection,) = server.server_state.connections
        its_socket = connection.transport.get_extra_info("socket")
        assert its_socket.proto == 0  # a socket for which asyncio does not see to it
        assert its_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


BEGUN = [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n", b"\r\n"]


@pytest.mark.parametrize("begun", BEGUN)
def test_headers_that_never_end_end_the_connection(address, begun):
    with connected(address) as opened:
        opened.sendall(begun)
        assert is_closed(opened)


def test_a_byte_now_and_then_gains_no_time(address):
    with connected(address) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        with suppress(ConnectionError):
            while True:
                opened.sendall(b"x")
                time.sleep(0.05)
        assert is_closed(opened)


def test_the_second_request_of_a_connection_has_no_more_time(address):
    with connected(address) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"got 0" in answer(opened)
        opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert is_closed(opened)


def test_a_body_may_take_longer(address):
    with connected(address) as opened:
        opened.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
        for _ in range(3):
            time.sleep(0.3)
            opened.sendall(b"x")
        assert b"got 3" in answer(opened)


def test_a_websocket_stays_open(address):
    with connected(address) as opened:
        opened.sendall(
            b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert b"101" in opened.recv(1000)
        time.sleep(0.6)
        opened.sendall(bytes([0x81, 0x82, 0, 0, 0, 0]) + b"hi")
        assert opened.recv(1000)[:4] == b"\x81\x02hi"
