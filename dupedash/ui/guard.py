"""What stands before every page, WebSocket, picture and file of the dashboard: host, access, headers."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from dupedash.ui.access import Access, current, is_local

HEALTH = "/_stcore/health"
"""Says "ok" to anyone: process supervisors have no token, and it tells nothing else."""

_MONTH = 30 * 24 * 3600
_HEADERS = {
    # blob: Streamlit imports the script of a component from a blob URL.
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-src 'self' blob: data:; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'self'; form-action 'self'",
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

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Guard:
    """Admits nobody without a role; exchanges a link's token for a cookie."""

    def __init__(self, app: ASGIApp, rule: Callable[[], Access] = current) -> None:
        self.app = app
        self.rule = rule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(HTTPConnection(scope))
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            await refusal(scope, receive, send)

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        """What to answer instead of passing on, or None: come in."""
        access = self.rule()
        if not access.admits_host(connection.headers.get("host", "")):
            return _page("Unknown host", "This address is not one of this dashboard's names.", 421)
        given = connection.query_params.get("token")
        if given is not None and connection.scope["type"] == "http":
            return self._exchange(connection, access, given)
        if connection.url.path == HEALTH:
            return None
        token = connection.cookies.get(access.cookie)
        if access.role(token, local=arrived_locally(connection.scope)) is None:
            return _page(
                "Access by link only",
                "Ask whoever runs this dashboard for a link; it ends in ?token=…",
                401,
            )
        return None

    def _exchange(self, connection: HTTPConnection, access: Access, token: str) -> Response:
        """To the same URL without the token, with a cookie instead; all other parameters stay."""
        local = arrived_locally(connection.scope)
        if access.role(token, local=local) is None:
            return _page("This link is not valid", "Its token is unknown here. Ask for a new link.", 401)
        kept = [(k, v) for k, v in parse_qsl(connection.url.query, keep_blank_values=True) if k != "token"]
        # A path that begins with two slashes would lead the browser to another host.
        path = "/" + connection.url.path.lstrip("/")
        response = RedirectResponse(path + ("?" + urlencode(kept) if kept else ""), status_code=303)
        if access.required or not local:
            response.set_cookie(
                access.cookie,
                token,
                max_age=_MONTH,
                httponly=True,
                samesite="lax",
                secure=connection.url.scheme == "https",
            )
        return response


def arrived_locally(scope: Scope) -> bool:
    """Whether the connection was made to a loopback address of this machine."""
    server = scope.get("server")
    return server is not None and is_local(str(server[0]))


def _page(title: str, text: str, status: int) -> HTMLResponse:
    style = "font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem"
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<body style="{style}"><h1 style="font-size:1.5rem">{escape(title)}</h1><p>{escape(text)}</p>'
    )
    return HTMLResponse(body, status, {"Cache-Control": "no-store"})
