"""The Flow API over any collection: addresses, methods, and every failure in Solr's shape."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dupedash.collection import WritableCollection
from dupedash.errors import DupedashError
from dupedash.flow.server.admission import Admission, is_xml, must_be_form, must_be_update
from dupedash.flow.server.answers import ANSWERS, PINGS
from dupedash.flow.server.changes import update
from dupedash.flow.server.served import Desk
from dupedash.flow.server.settings import ServerSettings
from dupedash.flow.wire import replies_out
from dupedash.flow.wire.parameters import Given
from dupedash.flow.wire.replies_out import Reply
from dupedash.flow.wire.solr import must_be_answerable

_log = logging.getLogger(__name__)

# Solr's second API and its first, which differ in what /update takes (see `wire.updates`).
_V2, _V1 = ("/api/cores", "/api/collections", "/api/c"), "/solr"
_DOCUMENTS_ONLY = ("update/json/docs",)
_UPDATES = ("update", "update/json", *_DOCUMENTS_ONLY)
_ASKING, _CHANGING = ("GET", "HEAD", "POST", "OPTIONS"), ("GET", "POST", "OPTIONS")
_METHODS = [*_ASKING, "PUT", "PATCH", "DELETE"]


def create_app(
    collection: WritableCollection, *, name: str, settings: ServerSettings | None = None
) -> Starlette:
    """An ASGI application that answers for `collection` under `name`. It does not close the collection."""
    served = _Server(Desk(collection, name, settings or ServerSettings()))
    routes = [
        Route("/solr/admin/cores", served.cores, methods=_METHODS),
        Route("/api/cores", served.cores, methods=_METHODS),
    ]
    for prefix in (*_V2, _V1):
        routes.append(Route(f"{prefix}/{{core}}", served.answer, methods=_METHODS))
        routes.append(Route(f"{prefix}/{{core}}/{{handler:path}}", served.answer, methods=_METHODS))
    return Starlette(
        routes=routes,
        lifespan=served.lifespan,
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )


class _Server:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._admission = Admission(desk.settings)
        self._workers = ThreadPoolExecutor(desk.settings.workers, "flow-server")
        self._pings = ThreadPoolExecutor(1, "flow-server-ping")  # whether it lives is told under any load

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """What has begun is finished, what waits is dropped."""
        yield
        self._workers.shutdown(cancel_futures=True)
        self._pings.shutdown(cancel_futures=True)

    async def cores(self, request: Request) -> Response:
        """The list of cores, which is this one."""
        return await self._serve(request, "")

    async def answer(self, request: Request) -> Response:
        """Any address of the one core."""
        self._admission.check(request)
        if request.path_params["core"] != self._desk.name:
            raise HTTPException(404, f"There is no collection {request.path_params['core'][:200]!r} here.")
        return await self._serve(request, request.path_params.get("handler", "").strip("/"))

    async def _serve(self, request: Request, handler: str) -> Response:
        self._admission.check(request)
        methods = _CHANGING if handler in _UPDATES else _ASKING
        if handler not in _UPDATES and handler not in ANSWERS:
            raise HTTPException(404, f"There is no handler /{handler[:200]} here.")
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(methods)})
        if request.method not in methods:
            allowed = {"Allow": ", ".join(methods)}
            raise HTTPException(405, f"/{handler} takes {' or '.join(methods[:-1])}.", allowed)
        with self._admission.place() as place:
            body = await place.body(request)
            work = self._work(request, handler, body)
            threads = self._pings if handler in PINGS else self._workers
            return await asyncio.get_running_loop().run_in_executor(threads, _answered, work)

    def _work(self, request: Request, handler: str, body: bytes) -> Callable[[], Reply]:
        """What is to be done, ready for a worker thread."""
        query = request.scope["query_string"].decode("utf-8", "replace")
        if handler in _UPDATES:
            commands = request.scope["path"].startswith(_V1) and handler not in _DOCUMENTS_ONLY
            must_be_update(request, body, commands=commands)
            xml = is_xml(request)
            return lambda: _updated(self._desk, Given(query), body, commands=commands, xml=xml)
        must_be_form(request, body)
        return lambda: _found(self._desk, handler, Given(query, body.decode("utf-8", "replace")))


def _found(desk: Desk, handler: str, given: Given) -> Reply:
    must_be_answerable(handler, given, desk.settings.names)
    return replies_out.headed(given, ANSWERS[handler](desk, given))


def _updated(desk: Desk, given: Given, body: bytes, *, commands: bool, xml: bool) -> Reply:
    must_be_answerable("update", given, desk.settings.names)
    plain = commands and given.flag("json.command", default=True)
    update(desk, given, body, commands=plain, xml=xml)
    return replies_out.headed(given, {})


def _answered(work: Callable[[], Reply]) -> Response:
    """The answer to one request, whatever happens."""
    began = time.monotonic()
    try:
        return _reply(200, replies_out.timed(work(), int((time.monotonic() - began) * 1000)))
    except DupedashError as error:
        return _reply(*replies_out.failed(error))
    except Exception:
        _log.exception("A request to the Flow server failed")
        return _internal()


def _internal() -> Response:
    return _reply(500, replies_out.failure(500, "Internal error; the server's log has the details."))


def _reply(status: int, reply: Reply, headers: dict[str, str] | None = None) -> Response:
    # Escaped to ASCII: file names may hold what UTF-8 cannot encode.
    body = json.dumps(reply, allow_nan=False).encode("ascii")
    return Response(body, status, headers, media_type="application/json")


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    reply = replies_out.failure(error.status_code, error.detail)
    return _reply(error.status_code, reply, dict(error.headers or {}))


async def _failed(_request: Request, _error: Exception) -> Response:
    """For what fails outside of `_answered`; Starlette raises it again, so that the log has it."""
    return _internal()
