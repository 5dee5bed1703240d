"""uvicorn's HTTP protocol with an end to waiting for the headers of a request, and no wait before an answer.

uvicorn itself waits for ever for headers: some thousand sockets on which they never end, and nobody else is
let in. And asyncio switches Nagle's algorithm off only for sockets that were made with the protocol number of
TCP: on all others the body of an answer waits until the client has acknowledged its headers, which a client
that keeps its connection does after 40 ms.
"""

from __future__ import annotations

import asyncio
import socket

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 20.0
"""For the headers of one request: as Apache's mod_reqtimeout, whose default is 20 to 40."""


class HttpProtocol(H11Protocol):
    """Answers at once, and closes a connection whose request has not begun wholly in time."""

    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """asyncio.Protocol."""
        answer_at_once(transport)
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        """asyncio.Protocol."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._start()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio.Protocol."""
        self._stop()
        super().connection_lost(exc)

    def _start(self) -> None:
        if self._clock is None:
            self._clock = self.loop.call_later(SECONDS, self._hang_up)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def answer_at_once(transport: asyncio.BaseTransport) -> None:
    """Nothing that is written waits for an acknowledgement. Sockets that are not of TCP stay as they are."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
