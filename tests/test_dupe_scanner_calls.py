"""pixolution's own dupe-scanner finds the planted groups on our server.

Its requests, as they were recorded on the wire, are sent here byte for byte: malformed parameters, blanks as
%20 and nothing else encoded, Python's True and False, a new connection each time.
"""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from urllib.parse import quote_plus, urlsplit

import networkx as nx
import pytest

from dupedash.flow.server import create_app
from tests.backends import LOCAL
from tests.fakes import FakeCollection
from tests.pictures import as_file, brighter, scene, smaller
from tests.serving import serving

HEADERS = (
    "User-Agent: python-requests/2.31.0\r\nAccept-Encoding: gzip, deflate\r\n"
    "Accept: */*\r\nConnection: keep-alive\r\n"
)
API, SOLR = "/api/cores/my-collection", "/solr/my-collection"
COMMIT = "softCommit=true&openSearcher=true&waitSearcher=true"


class Scanner:
    """Sends what dupe-scanner sends."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)

    def send(self, method: str, target: str, body: bytes | None = None, kind: str = "") -> dict:
        head = f"{method} {target} HTTP/1.1\r\nHost: {self.address.netloc}\r\n{HEADERS}"
        if method == "POST":
            head += f"Content-Length: {len(body or b'')}\r\n"
        if kind:
            head += f"Content-Type: {kind}\r\n"
        with socket.create_connection((self.address.hostname, self.address.port), timeout=120) as connection:
            connection.sendall(head.encode("ascii") + b"\r\n" + (body or b""))
            response = HTTPResponse(connection)
            response.begin()
            text = response.read()
            self.status = response.status
        return json.loads(text)

    def ping(self) -> int:
        self.send("GET", API)
        return self.status

    def count(self) -> int:
        return self.send("GET", f"{API}/select?rows=0&q*:*")["response"]["numFound"]

    def analyze(self, png: bytes, extension: str) -> object:
        uri = f"data:image/{extension};base64,{base64.b64encode(png).decode()}"
        body = f"input.data={quote_plus(uri)}".encode("ascii")
        target = f"{API}/analyze?modules.apply=duplicate&logParamsList="
        return self.send("POST", target, body, "application/x-www-form-urlencoded")["outputs"]

    def add(self, image_id: str, path: str, png: bytes) -> dict:
        document = {"id": image_id, "image": path, "filename": path.rpartition("/")[2]}
        document["import"] = self.analyze(png, path.rpartition(".")[2])
        return self.send("POST", f"{API}/update", json.dumps(document).encode(), "application/json")

    def commit(self) -> dict:
        return self.send("POST", f"{API}/update?{COMMIT}")

    def ids(self) -> list[str]:
        ids, mark = [], "*"
        while True:
            reply = self.send("GET", f"{API}/select?rows=1000&fl=id&sort=id%20asc&cursorMark={mark}")
            ids += [document["id"] for document in reply["response"]["docs"]]
            if reply["nextCursorMark"] == mark:
                return ids
            mark = reply["nextCursorMark"]

    def duplicates(self, image_id: str) -> list[dict]:
        target = (
            f"{API}/duplicate?rank.by.id={image_id}&fl=id,score,filename,image&rows=10"
            "&rank.threshold=0.6&rank.approximate=False&rank.smartfilter=off"
        )
        return [d for d in self.send("GET", target)["response"]["docs"] if d["score"] >= 0.6]

    def clear(self) -> dict:
        body = json.dumps({"delete": {"query": "*:*"}}).encode()
        return self.send("POST", f"{SOLR}/update?commit=true&openSearcher=true", body, "application/json")

    def groups(self) -> set[frozenset[str]]:
        """As its graph is built: results of one document are dropped, edges need the query node."""
        graph = nx.Graph()
        for image_id in self.ids():
            found = self.duplicates(image_id)
            if len(found) > 1:
                assert image_id in {document["id"] for document in found}
                graph.add_nodes_from((document["id"], {"path": document["image"]}) for document in found)
                graph.add_edges_from((image_id, d["id"]) for d in found if d["id"] != image_id)
        return {frozenset(graph.nodes[i]["path"] for i in part) for part in nx.connected_components(graph)}


@pytest.fixture(params=LOCAL, ids=lambda backend: backend.__name__)
def scanner(request, tmp_path) -> Iterator[Scanner]:
    with request.param(tmp_path) as collection, serving(create_app(collection, name="my-collection")) as url:
        yield Scanner(url)


def test_status_of_an_empty_collection(scanner):
    assert scanner.ping() == 200
    assert scanner.count() == 0
    assert scanner.ids() == []


def test_index_scan_and_clear_find_the_planted_groups(scanner):
    one, two = scene(1), scene(2)
    pictures = {
        "/p/a1.png": one,
        "/p/a2.jpg": smaller(one),
        "/p/a3.WEBP": brighter(one),
        "/p/b1.tif": two,
        "/p/b2 copy.jpeg": smaller(two),
        "/p/alone.png": scene(3),
    }
    for number, (path, picture) in enumerate(pictures.items()):
        reply = scanner.add(f"4ac7c08d0fb30d1{number}", path, as_file(picture))
        assert reply["responseHeader"]["status"] == 0
    scanner.commit()
    assert scanner.count() == len(pictures)
    assert scanner.groups() == {
        frozenset({"/p/a1.png", "/p/a2.jpg", "/p/a3.WEBP"}),
        frozenset({"/p/b1.tif", "/p/b2 copy.jpeg"}),
    }
    assert scanner.clear()["responseHeader"]["status"] == 0
    assert scanner.count() == 0
    assert scanner.ids() == []


def test_the_query_image_comes_first_with_its_name_and_score(scanner):
    scanner.add("4ac7c08d0fb30d13", "/abs/a1.jpg", as_file(scene(1)))
    scanner.commit()
    assert scanner.duplicates("4ac7c08d0fb30d13") == [
        {"id": "4ac7c08d0fb30d13", "image": "/abs/a1.jpg", "filename": "a1.jpg", "score": 1.0}
    ]


def test_a_listing_of_several_pages_is_complete_though_marks_are_sent_unencoded():
    collection = FakeCollection()
    with serving(create_app(collection, name="my-collection")) as url:
        scanner = Scanner(url)
        analysis = scanner.analyze(as_file(scene(1)), "png")
        ids = [f"id>{n}?~é" for n in range(2500)]
        documents = [{"id": i, "image": f"/{i}", "import": analysis} for i in ids]
        scanner.send("POST", f"{API}/update", json.dumps(documents).encode(), "application/json")
        assert scanner.ids() == sorted(ids)


def test_the_document_limit_is_told_in_the_words_it_looks_for():
    with serving(create_app(FakeCollection(limit=1), name="my-collection")) as url:
        scanner = Scanner(url)
        scanner.add("1", "/1.png", as_file(scene(1)))
        reply = scanner.add("2", "/2.png", as_file(scene(2)))
    assert reply["responseHeader"]["status"] != 0
    assert "document limit" in reply["error"]["msg"].lower()
