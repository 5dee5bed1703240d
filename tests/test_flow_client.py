"""The Flow client: every failure is told and none becomes "nothing there"; secrets stay secret."""

from __future__ import annotations

import base64
import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dupedash.errors import (
    BadReply,
    CollectionError,
    ConfigError,
    DocumentLimit,
    DupedashError,
    QueryError,
    Rejected,
    Unreachable,
    Unsupported,
)
from dupedash.flow.client import FlowCollection, FlowSettings, FlowStatus, flow_settings, image_access
from dupedash.flow.client.transport import translated
from dupedash.flow.server import ServerSettings, create_app
from dupedash.flow.wire.parameters import FlowNames
from dupedash.model import ByAnalysis, ByData, ById, ByUrl, Document, DuplicateQuery, ValueCount
from tests.fakes import FakeCollection
from tests.faulty_proxy import Fault, FaultyProxy, faulty_proxy
from tests.pictures import as_file, scene, smaller
from tests.serving import serving

OK = {"responseHeader": {"status": 0, "QTime": 1}}
NOTHING = {**OK, "response": {"numFound": 0, "start": 0, "docs": []}}
LOST = [fault for fault in Fault if fault is not Fault.DELAY]


def quick(url: str, retries: int = 0) -> FlowSettings:
    return replace(flow_settings(url, "c"), retries=retries, pause=0.0001, read=20.0)


@contextmanager
def client(settings: FlowSettings) -> Iterator[FlowCollection]:
    collection = FlowCollection(settings)
    yield collection
    collection.close()


@pytest.fixture(scope="module")
def analysis() -> object:
    return FakeCollection().analyze(ByData(as_file(scene(1))))


def three_images(analysis: object) -> FakeCollection:
    """Images a, b, c that are all the same picture."""
    collection = FakeCollection()
    collection.add([Document(i, f"/{i}.png", {"project": "p"}, analysis) for i in "abc"])
    return collection


@pytest.fixture
def fake(analysis) -> FakeCollection:
    return three_images(analysis)


@pytest.fixture(scope="module")
def running_proxy(analysis) -> Iterator[FaultyProxy]:
    with serving(create_app(three_images(analysis), name="c")) as url, faulty_proxy(url) as running:
        yield running


@pytest.fixture
def proxy(running_proxy) -> FaultyProxy:
    """Before a server of three images, which tests leave as they are; no faults yet."""
    running_proxy.requests.clear()
    running_proxy.first()
    return running_proxy


QUESTIONS: dict[str, Callable[[FlowCollection], object]] = {
    "count": lambda c: c.count(),
    "ids": lambda c: c.ids(),
    "records": lambda c: c.records(["a", "b"]),
    "fields": lambda c: c.fields(),
    "values": lambda c: c.values("project"),
    "duplicates": lambda c: c.duplicates(ById("a"), DuplicateQuery()),
    "state": lambda c: c.state(),
    "analyze": lambda c: c.analyze(ByData(as_file(scene(1)))),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_fault_now_and_then_changes_no_answer(proxy, question):
    with client(quick(proxy.url, retries=len(LOST))) as collection:
        expected = QUESTIONS[question](collection)
        proxy.first(*LOST)
        assert QUESTIONS[question](collection) == expected


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_lasting_fault_is_an_error_and_never_an_empty_answer(proxy, question, fault):
    proxy.always(fault)
    with client(quick(proxy.url)) as collection, pytest.raises(CollectionError) as raised:
        QUESTIONS[question](collection)
    assert proxy.url in str(raised.value)
    assert isinstance(raised.value, Unreachable | BadReply | Rejected)


def test_an_answer_that_comes_too_late_is_unreachable(proxy):
    proxy.always(Fault.DELAY)
    with (
        client(replace(quick(proxy.url), read=0.2)) as collection,
        pytest.raises(Unreachable, match="in time"),
    ):
        collection.count()


def test_nobody_there_is_unreachable_with_advice():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    settings = quick(f"http://127.0.0.1:{port}")
    with client(settings) as collection, pytest.raises(Unreachable, match="see that it runs"):
        collection.count()


def test_an_unknown_host_is_unreachable():
    with client(quick("http://no-such-host.invalid:1")) as collection, pytest.raises(Unreachable):
        collection.count()


def test_an_update_is_sent_once_only_because_the_first_may_have_arrived(fake, analysis):
    with serving(create_app(fake, name="c")) as url, faulty_proxy(url) as proxy:
        proxy.always(Fault.DROP, only="/update")
        with client(quick(proxy.url, retries=3)) as collection, pytest.raises(Unreachable):
            collection.add([Document("d", "/d.png", analysis=analysis)])
    assert sum("/update" in line for line in proxy.requests) == 1
    assert fake.ids() == ["a", "b", "c", "d"]


def test_an_update_that_arrives_is_sent_once(fake, analysis):
    with serving(create_app(fake, name="c")) as url, faulty_proxy(url) as proxy:
        with client(quick(proxy.url, retries=3)) as collection:
            assert collection.add([Document("d", "/d.png", analysis=analysis)]) == []
            collection.commit()
        assert sum("/update" in line for line in proxy.requests) == 2
    assert fake.commits == 1


def test_closing_ends_the_wait_for_another_attempt(proxy):
    proxy.always(Fault.BUSY_429)
    collection = FlowCollection(replace(quick(proxy.url, retries=5), pause=600.0))
    collection.close()
    with pytest.raises(Rejected):
        collection.count()
    assert len(proxy.requests) == 1


def every_subclass(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*(every_subclass(child) for child in kind.__subclasses__()))


def test_every_error_of_requests_has_a_place_in_our_tree():
    kinds = {
        kind
        for kind in vars(requests.exceptions).values()
        if isinstance(kind, type) and issubclass(kind, requests.RequestException)
    } | every_subclass(requests.RequestException)
    assert len(kinds) > 20
    for kind in kinds:
        error = kind("x", "y", 0) if issubclass(kind, requests.JSONDecodeError) else kind("secret")
        ours = translated(error, "http://server")
        assert isinstance(ours, DupedashError)
        assert str(ours).startswith("http://server: ")
        assert "secret" not in str(ours)
        expected = {
            requests.ConnectionError: Unreachable,
            requests.Timeout: Unreachable,
            requests.exceptions.ChunkedEncodingError: BadReply,
            requests.exceptions.InvalidURL: ConfigError,
        }
        for theirs, our_kind in expected.items():
            assert not issubclass(kind, theirs) or isinstance(ours, our_kind)


# ── servers that answer from a table ──────────────────────────────────────────────────────────────────


class Canned:
    """Answers by path; an entry is (status, JSON or bytes). Keeps what it was asked."""

    def __init__(self, table: dict[str, object]) -> None:
        self.table = table
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        self.asked.append((request.method, str(request.url), dict(request.headers), body))
        found = self.table.get(request.path_params["path"], (404, b"<html>Jetty: not found</html>"))
        entry = found(request, body) if callable(found) else found
        status, content = entry if isinstance(entry, tuple) else (200, entry)
        if isinstance(content, bytes):
            return Response(content, status, media_type="text/html")
        return Response(json.dumps(content), status, media_type="application/json")

    @contextmanager
    def running(self) -> Iterator[str]:
        with serving(Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])) as url:
            yield url


@contextmanager
def canned(table: dict[str, object], **changes: object) -> Iterator[tuple[FlowCollection, Canned]]:
    server = Canned(table)
    with server.running() as url, client(replace(quick(url), **changes)) as collection:
        yield collection, server


EMPTY_CORE = {"responseHeader": {"status": 0}, "initFailures": {}, "status": {"c": {}}}


def test_a_core_that_answers_with_an_empty_object_does_not_fool_the_check():
    with (
        canned({"api/cores/c": EMPTY_CORE}) as (collection, _),
        pytest.raises(Rejected, match="no such collection"),
    ):
        collection.check()


def test_the_check_says_how_many_images_there_are_and_whether_flow_is_there(fake):
    with serving(create_app(fake, name="c")) as url, client(quick(url)) as collection:
        assert collection.check() == FlowStatus(3, finds_duplicates=True)
    with canned({"api/cores/c/select": NOTHING}) as (collection, _):
        assert collection.check() == FlowStatus(0, finds_duplicates=False)


@pytest.mark.parametrize(
    ("status", "times"), [(400, 1), (404, 1), (408, 3), (429, 3), (500, 3), (501, 1), (503, 3), (520, 3)]
)
def test_what_a_server_says_for_good_is_asked_once_and_what_may_pass_again(status, times):
    refusal = {"responseHeader": {"status": status}, "error": {"msg": "no"}}
    with canned({"api/cores/c/select": (status, refusal)}, retries=2) as (collection, server):
        with pytest.raises(CollectionError):
            collection.count()
        assert len(server.asked) == times


def test_the_check_does_not_wait_for_a_server_that_is_not_there(proxy):
    proxy.always(Fault.BUSY_429)
    with client(replace(quick(proxy.url, retries=9), pause=600.0)) as collection, pytest.raises(Rejected):
        collection.check()


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        ((200, b"<html>hello</html>"), BadReply, "web page"),
        ((404, b"<html>not found</html>"), Rejected, "no such collection"),
        ((401, b""), Rejected, "user name and password"),
        ((302, b""), Rejected, "leads elsewhere"),
        ((400, {"responseHeader": {}, "error": {"msg": "sort is odd"}}), Rejected, "sort is odd"),
        ((400, {"error": {"msg": "undefined field foo", "code": 400}}), QueryError, "undefined field foo"),
        ((200, {**OK, "response": {"numFound": 5}}), BadReply, "neither"),
        ((200, {**NOTHING, "responseHeader": {"status": 0, "partialResults": True}}), BadReply, "part"),
    ],
)  # fmt: skip
def test_refusals_and_broken_answers_are_told_in_words(reply, kind, words):
    with canned({"api/cores/c/select": reply}) as (collection, _), pytest.raises(kind, match=words):
        collection.count()


def test_a_redirect_is_not_followed_so_that_no_key_goes_elsewhere():
    elsewhere = Canned({})
    with elsewhere.running() as other:
        moved = Starlette(
            routes=[Route("/{path:path}", lambda _r: Response(status_code=302, headers={"Location": other}))]
        )
        with (
            serving(moved) as url,
            client(replace(quick(url), api_key="s3cret")) as collection,
            pytest.raises(Rejected, match="elsewhere"),
        ):
            collection.count()
    assert elsewhere.asked == []


def test_a_long_filter_goes_as_a_form_and_a_short_one_in_the_url():
    with canned({"api/cores/c/select": NOTHING}) as (collection, server):
        collection.count(["project:a"])
        collection.count(["project:(" + " OR ".join(f"p{n}" for n in range(1000)) + ")"])
    (method, url, _, _), (long_method, long_url, headers, body) = server.asked
    assert (method, long_method) == ("GET", "POST")
    assert "fq=project%3Aa" in url
    assert "?" not in long_url
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert b"p999" in body


def listing(pages: dict[str, tuple[list[str], str | None]], number: int) -> Callable[..., object]:
    def answer(request: Request, _body: bytes) -> object:
        ids, mark = pages[request.query_params["cursorMark"]]
        reply: dict[str, object] = {**OK, "response": {"numFound": number, "docs": [{"id": i} for i in ids]}}
        return {**reply, "nextCursorMark": mark} if mark else reply

    return answer


def test_ids_are_listed_to_the_end_with_marks_that_need_encoding():
    pages = {"*": (["a", "b"], "A+/=&"), "A+/=&": (["c"], "B"), "B": ([], "B")}
    with canned({"api/cores/c/select": listing(pages, 3)}) as (collection, _):
        assert collection.ids() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("pages", "number"),
    [
        ({"*": (["a", "b"], "A"), "A": ([], "A")}, 3),  # a server that stops early
        ({"*": (["a", "b"], None)}, 2),  # one without cursors
        ({"*": (["a", "b"], "*")}, 7),  # one that ignores them
    ],
)
def test_a_listing_that_ends_early_is_an_error_not_a_shorter_list(pages, number):
    with canned({"api/cores/c/select": listing(pages, number)}) as (collection, _), pytest.raises(BadReply):
        collection.ids()


def hits(*scores: float, number: int | None = None, start: int = 0) -> dict[str, object]:
    documents = [{"id": f"h{start + n}", "score": score} for n, score in enumerate(scores)]
    return {**OK, "response": {"numFound": number or len(scores), "start": start, "docs": documents}}


def test_hits_below_the_threshold_are_dropped_as_approximate_search_wants_it():
    with canned({"api/cores/c/duplicate": hits(1.0, 0.9, 0.69, 0.2)}) as (collection, server):
        found = collection.duplicates(ByUrl("http://x/y.jpg"), DuplicateQuery(0.7, approximate=True))
    assert [hit.score for hit in found.hits] == [1.0, 0.9]
    assert not found.truncated
    assert "rank.approximate=true" in server.asked[0][1]
    assert "rank.by.url=http%3A%2F%2Fx%2Fy.jpg" in server.asked[0][1]


def test_more_hits_than_a_server_sends_at_once_are_asked_for_page_by_page():
    def answer(request: Request, _body: bytes) -> object:
        start, rows = int(request.query_params.get("start", 0)), int(request.query_params["rows"])
        assert rows <= 1000
        return hits(*[0.8] * min(rows, 400, 2500 - start), number=2500, start=start)

    with canned({"api/cores/c/duplicate": answer}) as (collection, _):
        found = collection.duplicates(ByUrl("http://x"), DuplicateQuery(rows=2000))
        assert (len(found.hits), found.truncated) == (2000, True)
        found = collection.duplicates(ByUrl("http://x"), DuplicateQuery(rows=3000))
        assert (len(found.hits), found.truncated) == (2500, False)


def test_hits_that_are_counted_but_not_sent_are_an_error():
    reply = {**OK, "response": {"numFound": 5, "start": 0, "docs": []}}
    with canned({"api/cores/c/duplicate": reply}) as (collection, _), pytest.raises(BadReply):
        collection.duplicates(ByUrl("http://x"), DuplicateQuery())


def test_unconfirmed_names_are_settings(fake):
    names = FlowNames("rank.image.url", "rank.image.data", "rank.analysis", "image.url", "image.data")
    app = create_app(fake, name="c", settings=ServerSettings(names=names))
    data = as_file(smaller(scene(1)))
    with serving(app) as url:
        with client(replace(quick(url), names=names)) as collection:
            made = collection.analyze(ByData(data))
            for image in (ByData(data), ByAnalysis(made)):
                assert len(collection.duplicates(image, DuplicateQuery()).hits) == 3
        with client(quick(url)) as collection, pytest.raises(Rejected, match=r"rank\.image\.data"):
            collection.duplicates(ByData(data), DuplicateQuery())


def test_fields_come_from_luke_or_from_documents_where_there_is_no_schema():
    luke = {**OK, "fields": {"project": {"type": "string", "schema": "ITS"}}}
    documents = {**OK, "response": {"numFound": 1, "docs": [{"id": "1", "image": "/1", "rating": 5}]}}
    with canned({"api/cores/c/admin/luke": luke}) as (collection, _):
        assert list(collection.fields()) == ["project"]
    with canned({"api/cores/c/select": documents}) as (collection, _):
        assert list(collection.fields()) == ["rating"]


def test_values_come_from_facets_where_there_are_no_terms_and_else_there_are_none():
    facets = {**NOTHING, "facet_counts": {"facet_fields": {"labels": ["red", 2]}}}
    with canned({"api/cores/c/select": facets}) as (collection, _):
        assert collection.values("labels") == [ValueCount("red", 2)]
    with canned({}) as (collection, _):
        assert collection.values("labels") == []
    broken = {"api/cores/c/terms": (500, {"error": {"msg": "boom"}})}
    with canned(broken) as (collection, _), pytest.raises(Rejected, match="boom"):
        collection.values("labels")


def test_the_state_is_told_without_the_version_where_a_server_hides_it():
    with canned({"api/cores/c/select": hits(number=7)}) as (collection, _):
        assert collection.state() == "flow:7:"


def test_a_full_server_is_recognised_and_what_was_added_stays(analysis):
    with serving(create_app(FakeCollection(limit=2), name="c")) as url, client(quick(url)) as collection:
        with pytest.raises(DocumentLimit, match="5,000"):
            collection.add([Document(i, f"/{i}", analysis=analysis) for i in "abcd"])
        assert collection.count() == 2


def test_a_full_foreign_server_is_recognised_by_its_words(analysis):
    full = (400, {"responseHeader": {"status": 400}, "error": {"msg": "Document limit (5000) reached"}})
    with canned({"api/cores/c/update": full}) as (collection, server):
        with pytest.raises(DocumentLimit):
            collection.add([Document(i, f"/{i}", analysis=analysis) for i in "abcd"])
        assert len(server.asked) == 1


def test_fields_are_not_changed_where_that_may_lose_the_analysis(fake):
    with serving(create_app(fake, name="c")) as url, client(quick(url)) as collection:
        with pytest.raises(Unsupported, match="Post the whole document again"):
            collection.set_fields({"a": {"project": "q"}})
        with pytest.raises(Unsupported):
            collection.analyze(ById("a"))


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────────


def test_secrets_are_sent_and_shown_nowhere(caplog):
    caplog.set_level(logging.DEBUG)
    with Canned({}).running() as url:
        given = url.replace("http://", "http://me:p%40ssw0rd@") + "/solr/c?api_key=k3y"
        settings = replace(flow_settings(given), retries=0)
        with client(settings) as collection:
            with pytest.raises(Rejected) as raised:
                collection.count()
            shown = [repr(settings), str(settings), repr(collection), str(raised.value), collection.engine,
                     collection.name, settings.root, settings.label, caplog.text]  # fmt: skip
    for text in shown:
        for secret in ("p@ssw0rd", "p%40ssw0rd", "k3y", base64.b64encode(b"me:p@ssw0rd").decode()):
            assert secret not in text


def test_a_key_and_a_password_open_a_locked_server(fake):
    app = create_app(fake, name="c", settings=ServerSettings(api_key="kéy&1"))
    with serving(app) as url:
        for settings in (
            replace(quick(url), user="anyone", password="kéy&1"),
            quick(url.replace("//", "//anyone:k%C3%A9y&1@")),
        ):
            with client(settings) as collection:
                assert collection.count() == 3
        with client(replace(quick(url), api_key="wrong")) as collection, pytest.raises(Rejected) as raised:
            collection.count()
        assert raised.value.status == 401
    app = create_app(fake, name="c", settings=ServerSettings(api_key="k3y"))
    with serving(app) as url, client(replace(quick(url), api_key="k3y")) as collection:
        assert collection.count() == 3


@pytest.mark.parametrize(
    ("typed", "root", "commands"),
    [
        ("localhost:8983", "http://localhost:8983/api/cores/my-collection", "http://localhost:8983/solr/my-collection"),
        ("https://h/flow/", "https://h/flow/api/cores/my-collection", "https://h/flow/solr/my-collection"),
        ("http://h:1/api/collections/x/select?q=1", "http://h:1/api/collections/x", "http://h:1/solr/x"),
        ("http://h:1/solr/#/x/query", "http://h:1/api/cores/x", "http://h:1/solr/x"),
        *((f"http://h:1{end}", "http://h:1/api/cores/my-collection", "http://h:1/solr/my-collection")
          for end in ("/solr", "/solr/", "/solr/#/", "/", "//", "/api", "/api/cores/", "/api/collections")),
        ("http://h/p/solr", "http://h/p/api/cores/my-collection", "http://h/p/solr/my-collection"),
        ("http://[::1]:9/api/c/x", "http://[::1]:9/api/c/x", "http://[::1]:9/solr/x"),
    ],
)  # fmt: skip
def test_an_address_is_understood_in_all_its_spellings(typed, root, commands):
    settings = flow_settings(typed)
    assert (settings.root, settings.commands) == (root, commands)


@pytest.mark.parametrize(
    "typed", ["", "ftp://h", "http://", "http://h:port", "http://[::1", "http://me:pw@:1"]
)
def test_what_is_no_address_is_refused_without_repeating_it(typed):
    with pytest.raises(ConfigError) as raised:
        flow_settings(typed)
    assert "pw" not in str(raised.value)


def test_an_unsafe_collection_name_is_refused():
    with pytest.raises(ConfigError):
        flow_settings("http://h", "../admin")


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def gallery(fake, analysis, tmp_path) -> Iterator[tuple[str, Path]]:
    """Images whose pictures lie inside and outside of a folder, and at a URL."""
    inside, outside = tmp_path / "inside", tmp_path / "outside.png"
    inside.mkdir()
    (inside / "a.png").write_bytes(as_file(scene(1)))
    outside.write_bytes(as_file(scene(1)))
    (inside / "link.png").symlink_to(outside)
    picture = Canned({"p.png": (200, as_file(scene(1)))})
    with serving(create_app(fake, name="c")) as url, picture.running() as web:
        places = {
            "inside": str(inside / "a.png"),
            "outside": str(outside),
            "link": str(inside / "link.png"),
            "dots": str(inside / ".." / "outside.png"),
            "relative": "a.png",
            "web": f"{web}/p.png",
            "gone": str(inside / "gone.png"),
        }
        fake.add([Document(name, place, analysis=analysis) for name, place in places.items()])
        yield url, inside


def test_no_picture_is_read_unless_that_is_allowed(gallery):
    with client(quick(gallery[0])) as collection:
        for image_id in ("inside", "outside", "web"):
            assert collection.thumbnail(image_id) is None
            assert collection.picture(image_id) is None


def test_local_pictures_are_read_below_the_allowed_folder_only(gallery):
    url, folder = gallery
    with client(replace(quick(url), images=image_access(str(folder)))) as collection:
        for image_id in ("inside", "relative"):
            assert (collection.thumbnail(image_id) or b"")[:3] == b"\xff\xd8\xff"
        for image_id in ("outside", "link", "dots", "gone", "web"):
            assert collection.picture(image_id) is None


def test_pictures_at_urls_are_fetched_below_the_url_that_is_set(gallery):
    url, _ = gallery
    with client(quick(url)) as collection:
        web = collection.records(["web"])[0].location
    with client(replace(quick(url), images=image_access(web.removesuffix("p.png")))) as collection:
        assert collection.picture("web")


def test_addresses_that_are_taken_as_they_are_lead_to_no_private_address(gallery):
    url, _ = gallery
    with client(replace(quick(url), images=image_access("{image}"))) as collection:
        assert collection.picture("web") is None
        assert collection.picture("inside") is None
