"""What stands before every page, WebSocket, picture and file of the dashboard: host, access, headers."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from math import ceil
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from dupedash.ui.door import shell
from dupedash.ui.door.access import Access, Role, current, is_local
from dupedash.ui.door.origins import is_own, place
from dupedash.web.guesses import Guesses

HEALTH = "/_stcore/health"
"""Says "ok" to anyone: process supervisors have no token, and it tells nothing else."""
_OPEN = frozenset({HEALTH, shell.PICTURE})

_MONTH = 30 * 24 * 3600
# blob: Streamlit imports the script of a component from a blob URL. The WebSocket is named beside 'self',
# which does not hold for it in older browsers.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'{sockets}; worker-src 'self' blob:; frame-src 'self' blob: data:; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'self'; form-action 'self'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """Puts the headers on every answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        policy = _policy(HTTPConnection(scope).headers.get("host", ""))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {"Content-Security-Policy": policy, **_HEADERS}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _policy(host: str) -> str:
    """The content security policy of an answer: what may be connected to is this very address."""
    sockets = f" ws://{host} wss://{host}" if place(host) else ""
    return _POLICY.format(sockets=sockets)


class Guard:
    """Admits nobody without a role, and no other site's pages; exchanges a link's token for a cookie."""

    def __init__(self, app: ASGIApp, rule: Callable[[], Access] = current) -> None:
        self.app = app
        self.rule = rule
        self.guesses = Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(HTTPConnection(scope))
        if refusal is None:
            await self.app(_for_streamlit(scope), receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            await refusal(scope, receive, send)

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        """What to answer instead of passing on, or None: come in."""
        access = self.rule()
        if not access.admits_host(connection.headers.get("host", "")):
            foreign = "This address is not one of this dashboard's names."
            return _page(connection, "Unknown host", foreign, 421)
        if not _from_here(connection, access):
            return _page(
                connection,
                "Another site's page",
                "This request came from a page of another address. Behind a proxy, name the address that "
                "people use in DUPEDASH_HOSTS.",
                403,
            )
        given = connection.query_params.get("token")
        if given is not None and connection.scope["type"] == "http":
            return self._exchange(connection, access, given)
        if connection.scope["path"] in _OPEN:
            return None
        role, wait = self._look_at(connection, access, connection.cookies.get(access.cookie))
        if wait:
            return _later(connection, wait)
        if role is None:
            return _page(
                connection,
                "Access by link only",
                "Ask whoever runs this dashboard for a link; it ends in ?token=…",
                401,
            )
        return None

    def _look_at(
        self, connection: HTTPConnection, access: Access, token: str | None
    ) -> tuple[Role | None, float]:
        """The role of whoever shows this token, and for how many seconds it is not looked at."""
        local = arrived_locally(connection.scope)
        if token is None or (local and not access.required):
            return access.role(token, local=local), 0.0
        address = connection.client.host if connection.client else ""
        if wait := self.guesses.wait(address, token):
            return None, wait
        role = access.role(token, local=local)
        self.guesses.note(address, token, right=role is not None)
        return role, 0.0

    def _exchange(self, connection: HTTPConnection, access: Access, token: str) -> Response:
        """To the same URL without the token, with a cookie instead; all other parameters stay."""
        local = arrived_locally(connection.scope)
        role, wait = self._look_at(connection, access, token)
        if wait:
            return _later(connection, wait)
        if role is None:
            unknown = "Its token is unknown here. Ask for a new link."
            return _page(connection, "This link is not valid", unknown, 401)
        # Not `connection.url`, which the Host header can bend. A path that begins with two slashes would
        # lead the browser to another host.
        query = connection.scope["query_string"].decode("latin-1")
        kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k != "token"]
        path = "/" + connection.scope["path"].lstrip("/")
        response = RedirectResponse(path + ("?" + urlencode(kept) if kept else ""), status_code=303)
        if access.required or not local:
            response.set_cookie(
                access.cookie,
                token,
                max_age=_MONTH,
                httponly=True,
                samesite="lax",
                secure=connection.scope["scheme"] == "https",
            )
        return response


def _from_here(connection: HTTPConnection, access: Access) -> bool:
    """Whether the page that asks is one of ours; programs and plain links send no Origin."""
    headers, scheme = connection.headers, connection.scope["scheme"]
    host = headers.get("host", "")
    return all(is_own(origin, host, scheme, access.named) for origin in headers.getlist("origin"))


def _for_streamlit(scope: Scope) -> Scope:
    """With the host that the origin names: only where they differ, Streamlit goes its own ways.

    It takes pages from any port of this machine, and asks an outside host for our address.
    """
    origin = HTTPConnection(scope).headers.get("origin")
    if scope["type"] != "websocket" or origin is None:
        return scope
    host = origin.partition("://")[2].encode("ascii")
    return {**scope, "headers": [*((n, v) for n, v in scope["headers"] if n != b"host"), (b"host", host)]}


def arrived_locally(scope: Scope) -> bool:
    """Whether the connection was made to a loopback address of this machine."""
    server = scope.get("server")
    return server is not None and is_local(str(server[0]))


def _later(connection: HTTPConnection, seconds: float) -> HTMLResponse:
    whole = ceil(seconds)
    refusal = _page(connection, "Too many wrong links", f"Try again in {whole} seconds.", 429)
    refusal.headers["Retry-After"] = str(whole)
    return refusal


def _page(connection: HTTPConnection, title: str, text: str, status: int) -> HTMLResponse:
    style = "font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem"
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8">{shell.head(connection, shell.title(title))}'
        f'<body style="{style}"><h1 style="font-size:1.5rem">{escape(title)}</h1><p>{escape(text)}</p>'
    )
    return HTMLResponse(body, status, {"Cache-Control": "no-store"})
