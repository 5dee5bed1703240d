"""Whether a request comes from a page of the dashboard itself: its Origin against the address that was asked.

A browser sends the Origin of the page with every WebSocket and every request that may change something.
Cookies do not tell ports apart, so another server on the same machine must not be taken for the dashboard.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::([0-9]{1,5}))?", re.IGNORECASE)
_ORIGIN = re.compile(r"(https?)://(.+)", re.IGNORECASE)
_USUAL = {"http": 80, "https": 443}
_SECURE = {"http": "http", "ws": "http", "https": "https", "wss": "https"}


@dataclass(frozen=True, slots=True)
class HostPort:
    """A host name in lower case, without brackets; the port where one was written."""

    name: str
    port: int | None = None


def place(text: str) -> HostPort | None:
    """What stands in a Host header; None for what cannot stand there."""
    found = _HOST.fullmatch(text)
    if found is None:
        return None
    name = (found[1] or found[2]).lower().rstrip(".")
    port = int(found[3]) if found[3] else None
    return HostPort(name, port) if name and (port is None or 0 < port <= 65535) else None


def is_own(origin: str, host: str, scheme: str, named: Collection[HostPort]) -> bool:
    """Whether a page of this origin is one of the dashboard's own.

    `host`, `scheme`: as the request came; `named`: further addresses under which a proxy shows the dashboard.
    """
    given = _ORIGIN.fullmatch(origin)
    page = place(given[2]) if given else None
    if given is None or page is None:
        return False
    secure, here = given[1].lower(), place(host)
    usual = _USUAL[secure]
    page = HostPort(page.name, page.port or usual)
    if secure == _SECURE.get(scheme) and here is not None and page == HostPort(here.name, here.port or usual):
        return True
    return any(_shows(name, page, here, usual) for name in named)


def _shows(named: HostPort, page: HostPort, here: HostPort | None, usual: int) -> bool:
    """Whether `page` is what a proxy shows under that name; a port that the proxy passed on must agree."""
    if named.name != page.name:
        return False
    if here is not None and here.name == page.name and here.port is not None:
        return page.port == here.port
    return page.port == (named.port or usual)
