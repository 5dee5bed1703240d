# ruff: noqa: E501 (tables are easier to read in long lines)
"""Every handler × every parameter that it reads × hostile values, and hostile bodies, over both kinds of
collection: the answer is a result or a refusal in Solr's shape, and the collection is as it was.

`test_flow_fuzz` draws at random; this is the table of what is known to break servers.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from dupedash.embedded.collection import EmbeddedCollection
from dupedash.flow.server import create_app
from dupedash.model import ByData, Document
from tests.asking import Client
from tests.flow_api import API, FIELDS, FORM, PREFIXES, SOLR, client_of, four_images
from tests.pictures import as_file, scene, smaller
from tests.test_flow_fuzz import never_a_server_error

IDS = ["a1", "a2", "a3", "b"]
JSON_BODY = {"Content-Type": "application/json"}


@pytest.fixture(scope="module", params=["fake", "embedded"])
def api(request, tmp_path_factory) -> Iterator[Client]:
    if request.param == "fake":
        yield client_of(four_images())
        return
    collection = EmbeddedCollection(tmp_path_factory.mktemp("c") / "c")
    pictures = {"a1": scene(1), "a2": smaller(scene(1)), "a3": scene(1, 300, 200), "b": scene(2)}
    analyses = {name: collection.analyze(ByData(as_file(picture))) for name, picture in pictures.items()}
    assert collection.add([Document(i, f"/p/{i}.png", FIELDS[i], analyses[i]) for i in IDS]) == []
    yield Client(create_app(collection, name="c"), "http://localhost", raising=False)
    collection.close()


@pytest.fixture(autouse=True)
def nothing_is_lost(api):
    yield
    found = api.get(f"{API}/select?fl=id&rows=1000").json()["response"]["docs"]
    assert {document["id"] for document in found} >= set(IDS)


def png(width: int, height: int, body: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


BOMB = png(60_000, 60_000, zlib.compress(b"\0" * 1_000_000))
HALF = as_file(scene(3))[:2000]

# fmt: off
# As they stand in the query string: what a client cannot write in another way is escaped already.
NUMBERS = [
    "-1", "-0", "+1", "0", "1e3", "1e999", "NaN", "-inf", "0x10", "1_000", "1.5", "1,5", "²", "１２", " 3 ", "3.",
    "9" * 12, "9" * 13, "9" * 400, "9" * 5000, "-" + "9" * 30, "2147483648", "9223372036854775808",
    "18446744073709551616",
]
BYTES = [
    "%00", "%0d%0aX:%201", "%ff%fe", "%c3%28", "%ed%a0%80", "%f0%9f%92%a9", "%e2%80%ae", "%", "%zz", "%u0041", "%1b[31m",
    "%27%20OR%201=1--", "%22", "%5c", "%5c%5c%27", "+", "%26fq=id:a1", "%3b", "%23", "../../../etc/passwd",
    "file:///etc/passwd", "$%7bjndi:ldap://x%7d", "%7b!func%7d", "_query_:%22x%22", "<script>", "x" * 3000,
]
NESTED = ["(" * 600, "(" * 600 + "id:a1" + ")" * 600, "NOT " * 800 + "id:a1", "-" * 500 + "id:a1", "[" * 2000,
          "%7b%22a%22:" * 600]
QUERIES = [
    *BYTES, *NESTED,
    "*", "*:*", "**", "?", "id:", ":", ":a", "id::a", "a:b:c", "nofield:x", "id:*", "-id:*", "*:a", "id:a*", "id:?*?*?*",
    "id:%22", "id:%22a", "id:(", "id:)", "(a", "a)", "[", "]", "rating:[", "rating:[1", "rating:[1 TO", "rating:[1 TO 2",
    "rating:[1 TO 2)", "rating:%7b1 TO 2]", "rating:[* TO *]", "rating:[z TO a]", "rating:[3 TO 1]", "rating:1e999",
    f"rating:{'9' * 400}", f"rating:[-{'9' * 30} TO {'9' * 30}]", "rating:NaN", "rating:>3", "width:[NOW TO *]",
    "modified:NOW", "modified:[NOW-99999999999999YEARS TO *]", "modified:[NOW/WEEK TO *]", "modified:[NOW%2B1 TO *]",
    "modified:[0000-00-00T00:00:00Z TO *]", "modified:[99999-01-01T00:00:00Z TO *]", "modified:2023", "modified:%22x%22",
    "AND", "OR", "NOT", "a AND", "AND a", "a AND AND b", "a OR NOT", "+-a", "!", "%26%26", "||", "a^", "a^-1", "a^1e99",
    "id:a1~", "id:a1~99999999999", "%22a b%22~999999999999", "a\\", "\\", "\\u12", "/(a+)+$/", "id:/[/", "id:/a/",
    "%7b!lucene%7dx", "_val_:x", "id:(" + " OR ".join(["x"] * 2000) + ")",
    "id:(" + " AND ".join(f"-x{n}" for n in range(1500)) + ")", " ".join(["project:x"] * 1200),
]
LISTS = [*BYTES, *NESTED[:1], ",", ",,,", "*", "*,*", "**", "[*]", "a:b", "id,,score", "score", "*a*b*c*d*e*f*g*h*i*j*k*",
         "?" * 150, ",".join(["*"] * 1000), "id id id", "max(id,1)", "[docid]", "id:score", "-id"]
WORDS = [*BYTES, "maybe", "TRUE", "tRuE", "null", "none", "2", "-1", "[]", "%7b%7d", "true,false"]
PICTURES = [*BYTES, "", "data:", "data:,", "data:image/png;base64,", "data:image/png;base64,=", "====", "A", "AA=A",
            quote(encoded(b"GIF89a")), quote(encoded(b"\xff\xd8\xff")), quote(encoded(HALF)), quote(encoded(BOMB)),
            quote(encoded(b"<svg xmlns='http://www.w3.org/2000/svg'/>")), quote(encoded(b"%!PS-Adobe")),
            "data:text/html," + quote("<b>"), "%2f%2f%2f%2f", "data:image/png;base64," + quote(encoded(BOMB))]
ADDRESSES = [*BYTES, "http://", "http:///x", "http://127.0.0.1:1/x", "http://[::1", "http://[::1]/", "http://localhost/",
             "http://169.254.169.254/latest/", "gopher://x/", "ftp://x/", "//x/y", "http://a:99999/", "http://%00/",
             "http://x@127.0.0.1/", "http://0x7f.1/", "javascript:1", "data:image/png;base64,AAAA"]
VALUES = [*BYTES, "{", "[", "nul", "[1,", "{}", "[]", "1", "%22x%22", "null", "NaN", '{"kind":"x"}', "[" * 3000,
          '{"a":' * 900 + "1" + "}" * 900, '{"kind":"dupedash analysis","version":1}', "9" * 5000]
MARKS = [*BYTES, "**", "*a", "AAAA", "_____w", "-", "=", "A", "AA", "AAA", "w6k", "gICA", "7aCA", "x" * 50]
SORTS = [*BYTES, "id", "id up", "id asc desc", "asc", ",", "id asc,", "id asc,id asc", "nofield asc", "score asc",
         "rating asc,labels desc,id asc", "rand() asc", "sum(id,1) asc", "random_1 asc", "id  ASC", "labels asc"]

ASKED = {  # handler: what else is needed, then each parameter with its values
    "": ("", {"action": WORDS, "core": WORDS}),
    "select": ("", {
        "q": QUERIES, "fq": QUERIES, "fl": LISTS, "rows": NUMBERS, "start": NUMBERS, "sort": SORTS, "wt": WORDS,
        "facet": WORDS, "rank.mode": WORDS, "rows=0&facet=true&facet.field": LISTS, "cursorMark": MARKS,
        "sort=id%20asc&cursorMark": MARKS, "sort=id%20desc&cursorMark": MARKS,
        "rows=0&facet=true&facet.field=labels&facet.limit": NUMBERS, "facet=true&facet.field=rating&facet.sort": WORDS,
        "rows=0&facet=true&facet.field=labels&facet.mincount": NUMBERS,
        "rows=0&facet=true&facet.field=labels&facet.prefix": BYTES,
    }),
    "duplicate": ("rank.by.id=a1", {
        "fq": QUERIES, "q": QUERIES[:30], "fl": LISTS, "rows": NUMBERS, "start": NUMBERS, "rank.threshold": NUMBERS,
        "rank.treshold": NUMBERS[:8], "rank.approximate": WORDS, "rank.smartfilter": WORDS, "rank.mode": WORDS,
        "cursorMark": MARKS[:4], "sort": SORTS,
    }),
    "duplicate ": ("", {
        "rank.by.id": [*BYTES, *NUMBERS, *NESTED], "rank.by.url": ADDRESSES, "rank.by.data": PICTURES,
        "rank.by.preprocessed": VALUES, "rank.by.hex": WORDS,
    }),
    "analyze": ("", {"input.url": ADDRESSES, "input.data": PICTURES, "modules.apply": LISTS,
                     "input.data=AAAA&modules.apply": LISTS, "logParamsList": LISTS}),
    "terms": ("terms.fl=labels", {"terms.fl": LISTS, "terms.limit": NUMBERS, "terms.prefix": BYTES, "terms.sort": WORDS}),
    "schema/fields": ("", {"showDefaults": WORDS}),
    "admin/luke": ("", {"numTerms": NUMBERS}),
    "admin/ping": ("", {"wt": WORDS}),
    "pixolution": ("", {"wt": WORDS}),
}
# fmt: on


@pytest.mark.parametrize("handler", ASKED)
def test_no_value_of_any_parameter_is_a_server_error(api, handler):
    before, parameters = ASKED[handler]
    for number, (name, value) in enumerate((n, v) for n, values in parameters.items() for v in values):
        url = f"{PREFIXES[number % 4]}/{handler.strip()}"
        query = f"{before}&{name}={value}"
        if number % 3 == 2 or len(query) > 60_000:
            reply = api.post(url, content=query.encode(), headers=FORM)
        else:
            reply = api.get(f"{url}?{query}")
        never_a_server_error(reply)


def test_repeated_missing_and_thousands_of_parameters_are_no_server_error(api):
    for handler, (before, parameters) in ASKED.items():
        for name in parameters:
            for query in (
                f"{name}=&{name}=",
                f"{name}&{name}",
                f"{name}=1&{name}=x&{name}=%00",
                f"&&{name}==&;",
            ):
                never_a_server_error(api.get(f"{API}/{handler.strip()}?{before}&{query}"))
    for count in (4999, 5000, 20_000):
        never_a_server_error(api.post(f"{API}/select", content=b"fq=id:a1&" * count, headers=FORM))


DEEP = [1, 50, 200, 400, 900, 3000]
TEXTS = [
    "",
    " ",
    "\x00",
    "\ud800",
    "a\nb",
    "\u202e",
    "x" * 10_000,
    "é",
    "💩",
    "_version_",
    "id",
    "*",
    "a b",
    "-",
    "\x7f",
]
NUMBERS_IN_JSON = [
    "-0",
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "9" * 30,
    "9" * 5000,
    "1.5e-400",
    str(2**63),
    str(-(2**63) - 1),
]


def documents() -> Iterator[str]:
    """Bodies of /update, as text: JSON libraries refuse to write some of them."""
    for depth in DEEP:
        for one in ("[" * depth + "]" * depth, '{"set":' * depth + "1" + "}" * depth):
            yield f'{{"id":"x","image":"http://127.0.0.1:1/","f":{one}}}'
            yield f'{{"id":"x","image":"/x","import":{one}}}'
            yield f'{{"delete":{one}}}'
            yield f'[{{"id":"b","f":{{"add":{one}}}}}]'
        yield "[" * depth
    for text in TEXTS:
        yield json.dumps({"delete": {"query": f"project:nobody AND {text}"}})
    for text in map(json.dumps, TEXTS):
        yield f'{{"id":{text},"image":"/x"}}'
        yield f'{{"id":"x","image":{text},"import":{{}}}}'
        yield f'[{{"id":"b",{text}:{{"set":1}}}}]'
        yield f'[{{"id":"b","tag":{{"set":{text}}}}}]'
        yield f'[{{"id":"b","tag":{{"add":[{text},1,null]}}}}]'
        yield f'[{{"id":"b",{text}:{{{text}:{text}}}}}]'
        yield f"{{{text}:{text}}}"
    for number in NUMBERS_IN_JSON:
        yield f'{{"id":{number},"image":"/x"}}'
        yield f'[{{"id":"b","rating":{{"set":{number}}}}}]'
        yield f'[{{"id":"b","new_{len(number)}":{{"set":{number}}}}}]'
        yield f'[{{"id":"b","labels":{{"remove":{number}}}}}]'
        yield f'{{"id":"x","image":"/x","import":{number}}}'
    yield from ("", " ", "null", "true", "1", '"x"', "[", "{", "[]", "{}", "[[]]", "[null]", "[1]", "\ufeff[]", "'a'",
                '{"a":1,}', '{"id":"x"} {"id":"y"}', "[]" * 2, '{"commit":{}}', '{"optimize":[]}', '{"rollback":{}}',
                '{"add":{"doc":[]}}', '{"add":[]}', '{"add":{"doc":{"id":"x"}},"add":{"doc":{}}}', '{"delete":null}',
                '{"delete":{}}', '{"delete":{"id":1}}', '{"delete":[1]}', '{"delete":{"query":1}}')  # fmt: skip


@pytest.mark.parametrize("prefix", [API, SOLR])
def test_no_body_of_an_update_is_a_server_error(api, prefix):
    for body in documents():
        content = body.encode("utf-8", "surrogatepass")
        never_a_server_error(api.post(f"{prefix}/update?commit=true", content=content, headers=JSON_BODY))
    for field in ("*", "*,score", "new*", "tag"):
        never_a_server_error(api.get(f"{API}/select", params={"fl": field, "sort": "rating asc"}))


@pytest.mark.parametrize(
    "content", [b"\xff\xfe[\x00]\x00", b"\xff", b"[\xff]", b'"\x00"', b"\x1f\x8b\x08", b"\x00" * 100, b"[" * 100_000]
)  # fmt: skip
def test_no_bytes_of_an_update_are_a_server_error(api, content):
    for kind in (
        "application/json",
        "text/json; charset=utf-16",
        "Application/JSON;x",
        "application/json\x00",
    ):
        reply = api.post(f"{SOLR}/update", content=content, headers={"Content-Type": kind})
        never_a_server_error(reply)
        assert reply.status_code in (400, 415) or json.loads(content) == []


HEADERS: list[dict[str, str | bytes]] = [
    {"Content-Length": "x"},
    {"Content-Length": "-5"},
    {"Content-Length": "9" * 30},
    {"Content-Encoding": "gzip"},
    {"Content-Type": b"\xff\xfe"},
    {"Content-Type": ";;;"},
    {"Host": "["},
    {"Host": "[::1"},
    {"Host": "a:b:c"},
    {"Host": b"\xff"},
    {"Authorization": "Basic " + "A" * 5000},
    {"X-Api-Key": b"\xff\xfe"},
    {"Transfer-Encoding": "magic"},
    {"Range": "bytes=5-1"},
    {"Accept": "x" * 5000},
    {"X-HTTP-Method-Override": "DELETE"},
]


@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_no_header_is_a_server_error(api, headers: dict[str, Any]):
    never_a_server_error(api.get(f"{API}/select?fl=id", headers=headers))
    for handler, content in (("analyze", b"input.data=AAAA"), ("update", b"[]"), ("update?commit=true", b"")):
        kinds = {} if "Content-Type" in headers else {"update": JSON_BODY}.get(handler, FORM)
        never_a_server_error(api.post(f"{SOLR}/{handler}", content=content, headers={**kinds, **headers}))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X" * 200])
def test_no_method_is_a_server_error(api, method):
    for path in (API, f"{API}/select", f"{API}/duplicate", f"{SOLR}/update", "/api/cores", "/nowhere"):
        reply = api.request(method, path, content=b'{"delete":{"query":"*:*"}}', headers=JSON_BODY)
        never_a_server_error(reply)
        assert reply.status_code in (404, 405)


@pytest.mark.parametrize(
    "path",
    ["//", "/api/cores//select", "/api/cores/c//select", "/api/cores/c/select/", "/api/cores/c/select/../update",
     "/api/cores/%00", "/api/cores/%ff/select", "/api/cores/c/%2e%2e/%2e%2e", "/solr/c;x=1/select", "/solr/c/" + "x" * 5000,
     "/solr/" + "é" * 300, "/solr/c/select%00", "/solr/c/select%0d%0aX:1", "/solr/c/admin/cores", "/solr/admin/cores/x"],
)  # fmt: skip
def test_no_path_is_a_server_error(api, path):
    never_a_server_error(api.get(path))
