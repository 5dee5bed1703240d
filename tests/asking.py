"""Asks an ASGI application without a socket.

Starlette's TestClient hands each step of a request to the loop in another thread, this one the whole request:
that takes a third of the time.
"""

from __future__ import annotations

import asyncio
import threading
from functools import cache

import httpx2
from starlette.types import ASGIApp


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One for all clients of this process, in a thread of its own: that of the tests has the browser's."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="asked applications", daemon=True).start()
    return loop


class _InProcess(httpx2.BaseTransport):
    def __init__(self, app: ASGIApp, raising: bool) -> None:
        self._asgi = httpx2.ASGITransport(app=app, raise_app_exceptions=raising)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        return asyncio.run_coroutine_threadsafe(self._whole(request), _loop()).result()

    async def _whole(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._asgi.handle_async_request(request)
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(body))


class Client(httpx2.Client):
    """A client of one application. What the application raises is raised here, or, not `raising`, is the
    error 500 that a client would see."""

    def __init__(self, app: ASGIApp, base_url: str = "http://testserver", *, raising: bool = True) -> None:
        super().__init__(transport=_InProcess(app, raising), base_url=base_url, follow_redirects=True)
        self.app = app
