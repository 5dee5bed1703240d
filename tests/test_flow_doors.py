# ruff: noqa: ARG002 (fakes keep the parameters of what they stand for)
"""Who the Flow server lets in, how much, and what it tells where something is wrong."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

import pytest

from dupedash.errors import (
    CollectionError,
    ConfigError,
    DocumentLimit,
    DupedashError,
    QueryError,
    Rejected,
    Unreachable,
    UnreadableImage,
    Unsupported,
)
from dupedash.flow.server import serve
from dupedash.model import Document
from tests.fakes import FailingCollection, FakeCollection
from tests.flow_api import API, FORM, SOLR, analyses, client_of, four_images, ids, refused


@pytest.fixture
def fake() -> FakeCollection:
    return four_images()


def test_a_body_that_is_too_large_is_a_413_announced_or_not(fake):
    api = client_of(fake, most_body=1000)
    refused(api.post(f"{API}/analyze", content=b"x" * 1001, headers=FORM), 413)
    refused(api.post(f"{API}/analyze", content=iter([b"x" * 600] * 2), headers=FORM), 413)


def test_uploads_together_have_a_limit_too(fake):
    api = client_of(fake, most_body=1000, most_held=500)
    refused(api.post(f"{API}/analyze", content=b"x" * 501, headers=FORM), 429)
    refused(api.post(f"{API}/analyze", content=b"x" * 499, headers=FORM), 400)


class SlowCollection(FakeCollection):
    """Counts slowly: until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = threading.Semaphore(0)
        self.go = threading.Event()

    def count(self, fq: Any = ()) -> int:
        self.waiting.release()
        assert self.go.wait(120)
        return super().count(fq)


def test_a_full_queue_says_come_back_and_who_is_inside_is_served():
    slow = SlowCollection()
    with client_of(slow, workers=2, queue=3) as api, ThreadPoolExecutor(4) as pool:
        inside = [pool.submit(api.get, f"{API}/select?rows=0") for _ in range(2)]
        for _ in inside:
            assert slow.waiting.acquire(timeout=120)
        two_more = [pool.submit(api.get, f"{API}/schema/fields") for _ in range(2)]
        sent_back, waiting = wait(two_more, timeout=120, return_when=FIRST_COMPLETED)
        reply = sent_back.pop().result()
        refused(reply, 429)
        assert reply.headers["retry-after"] == "1"
        slow.go.set()
        assert {future.result().status_code for future in [*inside, *waiting]} == {200}


def test_a_key_is_needed_where_one_is_set(fake):
    api = client_of(fake, api_key="s3cret")
    for headers in (
        {},
        {"X-Api-Key": "wrong"},
        {"X-Api-Key": "é"},
        {"Authorization": "Basic !"},
        {"Authorization": "Bearer s3cret"},
    ):
        for path in (API, f"{API}/select", f"{SOLR}/nohandler", "/api/cores", "/api/cores/other"):
            reply = api.get(path, headers={k: v.encode() for k, v in headers.items()})
            refused(reply, 401)
            assert "Basic" in reply.headers["www-authenticate"]
            assert "s3cret" not in reply.text
    assert api.get(API, headers={"X-Api-Key": "s3cret"}).status_code == 200
    assert api.get(API, auth=("anyone", "s3cret")).status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        b"Basic \xff",
        b"Basic \xc3\xa9",
        b"Basic /w==",
        b"Basic a",
        b"Basic ====",
        b"basic",
        b"",
        b"\xff",
        b"Basic a b",
    ],
)
def test_an_odd_authorization_is_a_401(fake, value):
    refused(client_of(fake, api_key="s3cret").get(f"{API}/select", headers={"Authorization": value}), 401)


@pytest.mark.parametrize(
    "name",
    ["Host", "X-Api-Key", "Content-Type", "Content-Encoding", "Content-Length", "Cookie", "Expect", "Origin"],
)
@pytest.mark.parametrize("value", [b"\xff", b"\xc3\xa9", b"[", b"localhost:x", b"-1", b";;=", b"9" * 400])
def test_odd_headers_are_no_server_error(fake, name, value):
    api = client_of(fake, api_key="s3cret", hosts=frozenset({"localhost"}))
    for method in ("GET", "POST"):
        headers = {"X-Api-Key": b"s3cret", name: value}
        assert api.request(method, f"{API}/select", headers=headers, content=b"").status_code < 500


def test_whoever_guesses_keys_has_to_wait(fake):
    api = client_of(fake, api_key="s3cret")
    answers = [api.get(API, headers={"X-Api-Key": f"guess-{n}"}).status_code for n in range(15)]
    assert answers[:10] == [401] * 10
    assert answers[-1] == 429
    refused(api.get(API, headers={"X-Api-Key": "s3cret"}), 429)


def test_a_read_only_server_answers_and_changes_nothing(fake):
    api = client_of(fake, read_only=True)
    new = {"id": "n", "image": "/n", "import": analyses()["b"]}
    for prefix, body in (
        (API, new),
        (SOLR, {"delete": {"query": "*:*"}}),
        (SOLR, [{"id": "b", "x": {"set": 1}}]),
    ):
        assert "read-only" in refused(api.post(f"{prefix}/update?commit=true", json=body), 403)
    assert fake.count() == 4
    assert ids(api.get(f"{API}/duplicate?rank.by.id=b")) == ["b"]


def test_a_server_on_localhost_answers_to_its_own_names_only(fake):
    api = client_of(fake, hosts=frozenset({"localhost", "127.0.0.1", "::1"}))
    for host in ("localhost:8983", "127.0.0.1", "[::1]:8983", "LOCALHOST"):
        assert api.get(API, headers={"Host": host}).status_code == 200
    for host in (
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8983",
        "evil_.example",
        "",
    ):
        refused(api.get(API, headers={"Host": host}), 403)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryError("no such field"), 400),
        (ConfigError("odd"), 400),
        (UnreadableImage("x", "is no picture"), 400),
        (Unsupported("cannot do that"), 400),
        (DocumentLimit("full"), 403),
        (Rejected("busy", status=503), 503),
        (Unreachable("gone"), 502),
        (CollectionError("broken"), 502),
        (DupedashError("odd"), 500),
    ],
)
@pytest.mark.parametrize(
    "path", ["/select", "/duplicate?rank.by.id=1", "/terms?terms.fl=a", "/schema/fields", ""]
)
def test_errors_of_the_collection_have_solrs_shape(error, status, path):
    assert str(error) in refused(client_of(FailingCollection(error)).get(API + path), status)


class BrokenCollection(FakeCollection):
    """Has a bug."""

    def ids(self, fq: Any = ()) -> list[str]:
        raise RuntimeError("secret detail at line 5")


def test_a_bug_is_a_500_without_details(caplog):
    reply = client_of(BrokenCollection()).get(f"{API}/select")
    assert "secret" not in refused(reply, 500)
    assert "secret detail" in caplog.text


def test_names_that_utf_8_cannot_hold_are_sent():
    collection = FakeCollection()
    collection.add([Document("x", "/p/\udcff.png", {"label": "\ud800"}, analyses()["b"])])
    document = client_of(collection).get(f"{API}/select").json()["response"]["docs"][0]
    assert (document["image"], document["label"]) == ("/p/\udcff.png", "\ud800")


def test_a_server_that_others_could_change_needs_a_key(fake):
    with pytest.raises(ConfigError, match="key"):
        serve(fake, "0.0.0.0", 0)


def test_a_port_that_is_taken_is_told(fake):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigError, match="Cannot listen"):
        serve(fake, "127.0.0.1", taken.getsockname()[1])
