"""Run the server until it is told to stop."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

import uvicorn

from dupedash.collection import WritableCollection
from dupedash.errors import ConfigError
from dupedash.flow.server.app import create_app
from dupedash.flow.server.settings import ServerSettings
from dupedash.system import signals
from dupedash.web.protocol import HttpProtocol

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_GRACE = 10  # seconds for answers under way when the server is stopped
_BACKLOG = 2048  # as uvicorn's own


def serve(
    collection: WritableCollection,
    host: str = "127.0.0.1",
    port: int = 8983,
    settings: ServerSettings | None = None,
    *,
    name: str = "",
    started: Callable[[str], None] = print,
) -> None:
    """Serve `collection` under `name`; returns after Ctrl-C or SIGTERM, when running requests are done.

    `started` is given the address once it can be called; port 0 takes a free one. Raises ConfigError where
    the port cannot be had, and for a server that others could reach and change without a key.
    """
    settings = _safe(host, settings or ServerSettings())
    listener = _listener(host, port)
    shown = f"[{host}]" if ":" in host else host
    name = name or collection.name
    app = create_app(collection, name=name, settings=settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=HttpProtocol,
            access_log=False,  # addresses hold what people search for
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
    )
    started(f"http://{shown}:{listener.getsockname()[1]}/api/cores/{name}")
    with _signals_end_here():
        server.run(sockets=[listener])


@contextmanager
def _signals_end_here() -> Iterator[None]:
    """uvicorn stops gracefully and then raises the signal again, which would end our caller too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with signals.heeded(_ignore):
        yield


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """A handler, not SIG_IGN, which child processes would inherit."""


def _safe(host: str, settings: ServerSettings) -> ServerSettings:
    if is_loopback(host):
        return replace(settings, hosts=settings.hosts or LOOPBACK)
    if not settings.api_key and not settings.read_only:
        raise ConfigError(
            f"--host {host} lets others reach this server, and without a key anyone could change the "
            "collection: set an API key, or make it read-only."
        )
    return settings


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)  # before anybody is told the address
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigError(f"Cannot listen on {host}:{port}: {error}. Choose another --port.") from error
    return listener
