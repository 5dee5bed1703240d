"""Fetch a picture from a URL that a stranger chose, without being led into our own network.

Off unless allowed. Then: http and https only; the host is resolved once, every address of it is checked, and
the connection goes to the checked address itself, so that a name that resolves differently a second time
(DNS rebinding) gains nothing; each redirect is checked the same way; size and time are bounded as a whole.
Proxies are not used, because a proxy would resolve the name itself.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urljoin, urlsplit

import certifi
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError, SSLError

from dupedash.errors import ConfigError, NotTold, UnreadableImage

_HEADERS = {"User-Agent": "dupedash", "Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"}
# What IANA's registries of special-purpose addresses (RFC 6890) keep out of the Internet, also where Python's
# `is_global` lets it pass; and multicast and reserved addresses, which are no place of a picture either.
_SPECIAL_4 = tuple(
    map(
        ipaddress.IPv4Network,
        ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
         "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
         "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)  # fmt: skip
_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out as global unicast (RFC 4291)
_SPECIAL_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# Addresses that end in an IPv4 address: NAT64 (RFC 6052), IPv4-compatible (RFC 4291), translated (RFC 2765).
_LAST_32 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
_ISATAP, _ISATAP_BITS = 0x5EFE, 0xFCFFFFFF  # RFC 5214: 0000:5efe or 0200:5efe before the IPv4 address
NOT_PUBLIC = "its host has no public address; addresses of this machine and its network are not visited"
"""Said of names that are not known, too: nobody shall learn so which names this network has."""
_CHUNK = 1 << 16  # bytes read at a time, between two looks at the clock


@dataclass(frozen=True, slots=True)
class UrlAccess:
    """Which URLs may be fetched.

    allowed   at all
    trusted   host names that may also have private addresses (the company's own image server)
    seconds   for one picture, redirects included
    most      bytes of one picture
    headers   names and values that are sent with it, wherever a redirect leads on the same server only
    certificates  a file of the certificates that are trusted; empty: the public ones
    """

    allowed: bool = False
    trusted: frozenset[str] = frozenset()
    seconds: float = 20.0
    most: int = 32 << 20
    redirects: int = 5
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    certificates: str = ""


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def server(self) -> tuple[str, str, int]:
        """What must be the same for secrets to be sent on."""
        return self.scheme, self.host, self.port


def fetch(url: str, access: UrlAccess) -> bytes:
    """The bytes behind the URL. Raises UnreadableImage, whose reason tells nothing about our network."""
    if not access.allowed:
        raise UnreadableImage(_shown(url), "fetching images from URLs is switched off here")
    deadline = time.monotonic() + access.seconds
    here, first = url, _target(url)
    for _ in range(access.redirects + 1):
        target = _target(here)
        headers = dict(access.headers) if target.server == first.server else {}
        try:
            answer = _get(target, access, deadline, headers)
        except (HTTPError, HTTPException, OSError, UnicodeError) as error:
            raise UnreadableImage(_shown(url), _why(error, access, deadline)) from error
        if isinstance(answer, bytes):
            return answer
        here = _led_to(here, answer, url)
    raise UnreadableImage(_shown(url), f"more than {access.redirects} redirects")


def _why(error: Exception, access: UrlAccess, deadline: float) -> str:
    """What went wrong with a server that may be visited: whether there is one was asked before."""
    if isinstance(error, NewConnectionError | ConnectionRefusedError):  # urllib3's is a timeout as well
        return "the server does not take connections"
    waited = isinstance(error, ConnectTimeoutError | ReadTimeoutError | TimeoutError)
    if waited or time.monotonic() >= deadline:  # `_ends` hung up
        return f"the server did not answer within {access.seconds:g} seconds"
    if isinstance(error, SSLError | ssl.SSLError):
        return "no secure connection: its certificate is not trusted, or it speaks no https"
    return "the server broke off"


def post(url: str, data: bytes, kind: str, access: UrlAccess) -> None:
    """Send data of this MIME type to an address under the same guard; redirects are not followed.

    Raises NotTold, unless the server answers with a status of 200 to 299.
    """
    target, deadline = server_of(url), time.monotonic() + access.seconds
    headers = _headers(target, {**dict(access.headers), "Content-Type": kind, "Accept": "*/*"})
    try:
        with closing(_connected(target, access, access.seconds)) as connection, _ends(connection, deadline):
            connection.request("POST", target.path, data, headers, preload_content=False)
            status = connection.getresponse().status
    except UnreadableImage as error:
        raise NotTold(f"{_shown(url)} was not told: {error.reason}.") from error
    except (HTTPError, HTTPException, OSError, UnicodeError) as error:
        raise NotTold(f"{_shown(url)} was not told: {_why(error, access, deadline)}.") from error
    if not 200 <= status < 300:
        raise NotTold(f"{_shown(url)} was not told: the server answered {status}.")


def server_of(url: str) -> _Target:
    """What an address leads to. Raises ConfigError where it is none of http or https."""
    try:
        return _target(url)
    except UnreadableImage as error:
        raise ConfigError(f"{_shown(url)} cannot be told anything: {error.reason}.") from error


def _led_to(here: str, location: str, asked: str) -> str:
    try:
        return urljoin(here, location)
    except ValueError:  # "http://[", for one
        raise UnreadableImage(_shown(asked), "is redirected to what is no URL") from None


def _target(url: str) -> _Target:
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise UnreadableImage(_shown(url), "is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UnreadableImage(_shown(url), "only http and https URLs are fetched")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def _get(target: _Target, access: UrlAccess, deadline: float, extra: dict[str, str]) -> bytes | str:
    """The picture, or where a redirect leads."""
    left = max(0.1, deadline - time.monotonic())
    with closing(_connected(target, access, left)) as connection, _ends(connection, deadline):
        connection.request("GET", target.path, headers=_headers(target, extra), preload_content=False)
        return _read(target, connection.getresponse(), access, deadline)


def _headers(target: _Target, extra: dict[str, str]) -> dict[str, str]:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = target.port == (443 if target.scheme == "https" else 80)
    return {**_HEADERS, **extra, "Host": host if usual else f"{host}:{target.port}"}


def _connected(target: _Target, access: UrlAccess, left: float) -> HTTPConnection:
    """To the first address that takes connections: many a server of `localhost` listens at one of its two."""
    *others, last = _checked_addresses(target, access)
    for address in others:
        with suppress(NewConnectionError):
            return _opened(_connection(target, address, left, access.certificates))
    return _opened(_connection(target, last, left, access.certificates))


def _opened(connection: HTTPConnection) -> HTTPConnection:
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    return connection


def _connection(target: _Target, address: str, left: float, certificates: str) -> HTTPConnection:
    """Not yet open: to the address, which has to prove that it is `target.host` where it is https."""
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=left)
    return HTTPSConnection(
        address,
        target.port,
        timeout=left,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certificates or certifi.where(),
        server_hostname=target.host,
        assert_hostname=target.host,
    )


@contextmanager
def _ends(connection: HTTPConnection, deadline: float) -> Iterator[None]:
    """Hangs up at the deadline, also on a server that sends its headers byte by byte."""
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), _hang_up, [connection.sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(sock: socket.socket | None) -> None:
    with suppress(OSError):
        if sock is not None:
            sock.shutdown(socket.SHUT_RDWR)


def _read(target: _Target, response: HTTPResponse, access: UrlAccess, deadline: float) -> bytes | str:
    location = response.headers.get("Location")
    if 300 <= response.status < 400 and location:
        return location
    if response.status != 200:
        raise UnreadableImage(target.host, f"the server answered {response.status}")
    data = bytearray()
    for chunk in response.stream(_CHUNK):
        data += chunk
        if len(data) > access.most:
            raise UnreadableImage(target.host, f"is larger than {access.most:,} bytes")
    if time.monotonic() >= deadline:  # `_ends` hung up, which looks like a regular end
        raise UnreadableImage(target.host, f"took longer than {access.seconds:g} seconds")
    return bytes(data)


def _checked_addresses(target: _Target, access: UrlAccess) -> list[str]:
    """The addresses of the host, in the order of the system, where all of them may be visited."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or (target.host.lower() not in access.trusted and not all(map(is_public, addresses))):
        raise UnreadableImage(target.host, NOT_PUBLIC)
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open Internet; an IPv4 address hidden in an IPv6 one counts."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inner(ip)
        if inner:
            return all(is_public(str(one)) for one in inner)
        return ip in _UNICAST and not any(ip in network for network in _SPECIAL_6) and ip.is_global
    return ip.is_global and not any(ip in network for network in _SPECIAL_4)


def _inner(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses to which something on the way may translate or tunnel this address."""
    if ip.ipv4_mapped or ip.sixtofour:
        return [found for found in (ip.ipv4_mapped, ip.sixtofour) if found]
    if ip.teredo:
        return list(ip.teredo)
    if any(ip in network for network in _LAST_32) or int(ip) >> 32 & _ISATAP_BITS == _ISATAP:
        return [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    return []


def _shown(url: str) -> str:
    """The URL without what may be secret in it."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"[:200]
    except ValueError:
        return "URL"
