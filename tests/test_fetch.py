"""Images at URLs that strangers chose: fetched only where allowed, and never from our own network."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from dupedash import fetch
from dupedash.errors import UnreadableImage
from dupedash.fetch import UrlAccess, is_public
from tests.fakes import FakeCollection
from tests.flow_api import API, client_of, four_images, ids, refused
from tests.pictures import as_file, scene


@pytest.fixture
def fake() -> FakeCollection:
    return four_images()


class Web(BaseHTTPRequestHandler):
    picture = as_file(scene(1))
    hosts: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        if self.path == "/picture":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.picture)
        elif self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path[4:])
            self.end_headers()
        elif self.path == "/drip":
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Endless: ")
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            for _ in range(100_000):
                self.wfile.write(b"x" * 65536)
        else:
            self.send_error(404)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def web() -> Iterator[int]:
    """The port of a web server on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()


TRUSTING = UrlAccess(allowed=True, trusted=frozenset({"localhost"}), seconds=5, most=1 << 20)


def by_url(collection: Any, urls: UrlAccess, url: str) -> Any:
    return client_of(collection, urls=urls).get(f"{API}/duplicate", params={"rank.by.url": url, "fl": "id"})


def test_urls_are_not_fetched_unless_allowed(fake, web):
    before = len(Web.hosts)
    assert "switched off" in refused(by_url(fake, UrlAccess(), f"http://localhost:{web}/picture"), 400)
    assert len(Web.hosts) == before


def test_an_allowed_url_is_fetched_and_searched(fake, web):
    assert set(ids(by_url(fake, TRUSTING, f"http://localhost:{web}/picture"))) == {"a1", "a2", "a3"}
    assert Web.hosts[-1] == f"localhost:{web}"
    assert ids(by_url(fake, TRUSTING, f"http://localhost:{web}/to?/picture"))
    api = client_of(fake, urls=TRUSTING)
    fake.analyses = 0
    assert (
        "outputs" in api.get(f"{API}/analyze", params={"input.url": f"http://localhost:{web}/picture"}).json()
    )
    new = {"id": "web", "image": f"http://localhost:{web}/picture"}
    assert api.post(f"{API}/update?commit=true", json=new).status_code == 200
    assert fake.analyses == 2
    assert fake.records(["web"])[0].location == new["image"]


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/endless", "/to?/to?/to?/to?/to?/to?/to?/picture", "/to?file:///etc/passwd", "/to?http://127.0.0.1:{}/picture",
     "/to?//127.0.0.1:{}/picture", "/to?http://[::ffff:127.0.0.1]:{}/picture", "/to?gopher://localhost:{}/",
     "/to?http://[", "/to?//[::1", "/to?http://a]b/", "/to?http://localhost:99999/", "/to?http://x\x00y/"],
)  # fmt: skip
def test_an_answer_that_misleads_is_a_400(fake, web, path):
    refused(by_url(fake, TRUSTING, f"http://localhost:{web}{path.format(web)}"), 400)


def test_a_picture_that_is_too_large_is_told(web):
    with pytest.raises(UnreadableImage, match="larger than 1,000 bytes"):
        fetch.fetch(f"http://localhost:{web}/picture", replace(TRUSTING, most=1000))


def test_a_server_that_sends_byte_by_byte_is_hung_up_on(web):
    with pytest.raises(UnreadableImage):
        fetch.fetch(f"http://localhost:{web}/drip", replace(TRUSTING, seconds=0.5))


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://localhost/", "//localhost/", "http://", "localhost", "http://[::1", "http://x:99999/",
     "http://localhost:{}/picture", "http://127.0.0.1:{}/picture", "http://2130706433:{}/picture", "http://0x7f.1:{}/picture",
     "http://127.1:{}/picture", "http://0:{}/picture", "http://[::1]:{}/picture", "http://[::ffff:7f00:1]:{}/picture",
     "http://169.254.169.254/latest/meta-data", "http://user:pw@127.0.0.1:{}/picture", "http://no-such-host.invalid/"],
)  # fmt: skip
def test_private_addresses_and_other_schemes_are_refused_all_alike(fake, web, url):
    before = len(Web.hosts)
    message = refused(by_url(fake, UrlAccess(allowed=True, seconds=5), url.format(web)), 400)
    assert len(Web.hosts) == before
    assert "pw" not in message
    # Whether there is a server, or what it said, must not show.
    assert message.endswith((fetch.NOT_PUBLIC, "only http and https URLs are fetched", "is not a URL"))


def test_of_a_server_that_may_be_visited_it_is_said_what_went_wrong(web):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(UnreadableImage, match="does not take connections"):
            fetch.fetch(f"http://localhost:{free.getsockname()[1]}/x", TRUSTING)
        free.listen()  # and never answers
        with pytest.raises(UnreadableImage, match=r"did not answer within 0\.3 seconds"):
            fetch.fetch(f"http://localhost:{free.getsockname()[1]}/x", replace(TRUSTING, seconds=0.3))
    with pytest.raises(UnreadableImage, match="no secure connection"):
        fetch.fetch(f"https://localhost:{web}/x", TRUSTING)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("10.0.0.1", False), ("127.0.0.1", False),
        ("192.168.1.1", False), ("172.16.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("64:ff9b::5db8:d822", True),
        # Site-local, unique local, loopback and link-local networks; discard, documentation, benchmarking,
        # ORCHID, segment routing, multicast of every scope.
        ("fec0::1", False), ("feff::1", False), ("fc00::1", False), ("febf::1", False), ("100::1", False),
        ("2001:db8::1", False), ("3fff::1", False), ("2001:2::1", False), ("2001:10::1", False),
        ("2001:20::1", False), ("5f00::1", False), ("ff0e::1", False), ("4000::1", False),
        # An IPv4 address of a private network in each of the ways in which IPv6 hides one.
        ("::10.0.0.1", False), ("::ffff:0:10.0.0.1", False), ("64:ff9b:1::10.0.0.1", False),
        ("2002:c0a8:101::1", False), ("2001:0:a00:1::f5ff:fffe", False), ("2001:0:808:808::f5ff:fffe", False),
        ("2a00::5efe:10.0.0.1", False), ("2a00::200:5efe:192.168.0.1", False), ("::ffff:100.64.0.1", False),
        ("2002:808:808::1", True), ("2001:4860:4860::8888", True), ("::ffff:8.8.8.8", True),
        # Networks of IPv4 with a purpose.
        ("0.1.2.3", False), ("100.127.255.255", False), ("192.0.0.9", False), ("192.0.0.171", False),
        ("192.0.2.1", False), ("192.88.99.1", False), ("198.18.0.1", False), ("198.19.255.255", False),
        ("198.51.100.7", False), ("203.0.113.5", False), ("239.255.255.250", False), ("240.0.0.1", False),
        ("100.63.255.255", True), ("100.128.0.1", True), ("198.20.0.1", True), ("8.8.8.8", True),
    ],
)  # fmt: skip
def test_only_addresses_of_the_open_internet_are_public(address, public):
    assert is_public(address) is public


@contextmanager
def resolver(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[list[str]]]) -> Iterator[list[str]]:
    """A name service that gives these addresses, each time the next ones."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_how: Any, **_more: Any) -> list[Any]:
        asked.append(host)
        found = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    with monkeypatch.context() as patch:
        patch.setattr(fetch.socket, "getaddrinfo", resolve)
        yield asked


def test_a_server_is_found_at_whichever_address_of_its_name_it_listens(web, monkeypatch):
    alone = {address: [[address]] for address in ("127.0.0.1", "127.0.0.77")}
    with resolver(monkeypatch, {"localhost": [["127.0.0.77", "127.0.0.1"]], **alone}):
        assert fetch.fetch(f"http://localhost:{web}/picture", TRUSTING) == Web.picture


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address(fake, web, monkeypatch):
    trusting = UrlAccess(allowed=True, trusted=frozenset({"images.example"}), seconds=5)
    names = {"images.example": [["127.0.0.1"], ["127.0.0.77"]], "127.0.0.1": [["127.0.0.1"]]}
    with resolver(monkeypatch, names) as asked:
        reply = by_url(fake, trusting, f"http://images.example:{web}/picture")
    assert ids(reply)
    assert asked.count("images.example") == 1
    assert Web.hosts[-1] == f"images.example:{web}"


def test_one_private_address_among_public_ones_is_enough_to_refuse(fake, web, monkeypatch):
    before = len(Web.hosts)
    for found in (["127.0.0.1", "93.184.216.34"], ["93.184.216.34", "127.0.0.1"]):
        with resolver(monkeypatch, {"evil.example": [found]}):
            refused(by_url(fake, UrlAccess(allowed=True), f"http://evil.example:{web}/picture"), 400)
    assert len(Web.hosts) == before
