"""Who is let in, and how much at a time."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from dupedash.flow.server.settings import ServerSettings
from dupedash.web.guesses import Guesses

FORM = "application/x-www-form-urlencoded"
_JSON = ("application/json", "text/json")
_XML = ("application/xml", "text/xml")


class Admission:
    """Counts what is inside; belongs to one event loop. Whatever it refuses is an HTTPException."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.inside = 0
        self.held = 0
        self._guesses = Guesses()

    @contextmanager
    def place(self) -> Iterator[Entrance]:
        """A place for one request, until it is answered."""
        if self.inside >= self.settings.queue:
            raise _busy("The server is busy: try again in a second.")
        self.inside += 1
        place = Entrance(self)
        try:
            yield place
        finally:
            self.inside -= 1
            self.held -= place.held

    def check(self, request: Request) -> None:
        """The name the server was called by, and the key."""
        hosts, key = self.settings.hosts, self.settings.api_key
        if hosts and _host(request) not in hosts:
            raise HTTPException(403, "This server is not called by that name.")
        if key and not self._is_right(request, key):
            raise HTTPException(
                401,
                "A key is needed: as the header X-Api-Key, or as the password of basic authentication.",
                {"WWW-Authenticate": 'Basic realm="dupedash", charset="UTF-8"'},
            )

    def _is_right(self, request: Request, key: str) -> bool:
        given, address = _key(request), request.client.host if request.client else ""
        if not given:
            return False
        if wait := self._guesses.wait(address, given):
            again = {"Retry-After": str(ceil(wait))}
            raise HTTPException(429, "Too many wrong keys: try again later.", again)
        right = secrets.compare_digest(given.encode("utf-8", "replace"), key.encode())
        self._guesses.note(address, given, right=right)
        return right


class Entrance:
    """One request inside, and the bytes of its body."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.held = 0

    async def body(self, request: Request) -> bytes:
        """The whole body. Raises HTTPException where it is too large or slow, or there is no room now."""
        settings = self._admission.settings
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > settings.most_body:
            raise _too_large(settings)
        data = bytearray()
        try:
            async with asyncio.timeout(settings.body_seconds):
                async for chunk in request.stream():
                    data += chunk
                    self._hold(len(chunk))
        except TimeoutError:
            raise HTTPException(408, "The request did not arrive in time.") from None
        return bytes(data)

    def _hold(self, size: int) -> None:
        self.held += size
        self._admission.held += size
        if self.held > self._admission.settings.most_body:
            raise _too_large(self._admission.settings)
        if self._admission.held > self._admission.settings.most_held:
            raise _busy("The server is busy with uploads: try again in a second.")


def _busy(message: str) -> HTTPException:
    return HTTPException(429, message, {"Retry-After": "1"})


def _too_large(settings: ServerSettings) -> HTTPException:
    return HTTPException(413, f"The request is larger than {settings.most_body:,} bytes.")


def _host(request: Request) -> str:
    """The name in the Host header; Starlette's own reading of it falls back on the server's address."""
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _key(request: Request) -> str:
    """The key that came with the request; empty if none did."""
    if given := request.headers.get("x-api-key"):
        return given
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:  # not Base64, or beyond ASCII, or no UTF-8
        return ""


def must_be_form(request: Request, body: bytes) -> None:
    """Questions are query strings, or forms where they are long."""
    _must_be(request, body, (FORM,), "A question is a query string or a form")


def must_be_update(request: Request, body: bytes, *, commands: bool) -> None:
    """Changes are JSON, commands also XML; this keeps other sites' web forms from posting them, too."""
    accepted = (*_JSON, *_XML) if commands else _JSON
    _must_be(request, body, accepted, "An update is JSON or XML" if commands else "An update is JSON")


def is_xml(request: Request) -> bool:
    """Whether the body says that it is XML."""
    return _type(request) in _XML


def _must_be(request: Request, body: bytes, accepted: tuple[str, ...], what: str) -> None:
    encoded = request.headers.get("content-encoding", "identity").lower() != "identity"
    if body and (_type(request) not in accepted or encoded):
        raise HTTPException(415, f"{what}, not compressed: use Content-Type {accepted[0]}.")


def _type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
