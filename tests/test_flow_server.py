"""The Flow server: Solr's addresses, shapes and rules over any collection."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest

from dupedash.model import ByData, Document
from tests.asking import Client
from tests.backends import LOCAL
from tests.fakes import FakeCollection
from tests.flow_api import API, FORM, PREFIXES, SOLR, analyses, client_of, four_images, ids, refused
from tests.pictures import as_file, scene, smaller


@pytest.fixture
def fake() -> FakeCollection:
    return four_images()


@pytest.fixture
def api(fake) -> Client:
    return client_of(fake)


# ── addresses and methods ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "handler",
    ["", "/", "/select", "/duplicate?rank.by.id=b", "/terms", "/schema/fields", "/admin/ping", "/admin/luke"],
)
def test_every_handler_answers_under_every_prefix(api, prefix, handler):
    reply = api.get(prefix + handler)
    assert reply.status_code == 200
    assert reply.json()["responseHeader"]["status"] == 0
    assert reply.json()["responseHeader"]["QTime"] >= 0


@pytest.mark.parametrize("prefix", ["/api/cores", "/solr", "/api/collections", "/api/c"])
def test_an_unknown_collection_is_a_404_in_json(api, prefix):
    assert "other" in refused(api.get(f"{prefix}/other/select"), 404)
    assert "other" in refused(api.get(f"{prefix}/other"), 404)
    refused(api.post(f"{prefix}/other/update?commit=true"), 404)


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/cores/c/nohandler", "/solr/c/../../etc", "/api"])
def test_an_unknown_address_is_a_404_in_json(api, path):
    refused(api.get(path), 404)


def test_the_core_tells_real_numbers(api, fake):
    core = api.get(API).json()["status"]["c"]
    assert core["index"]["numDocs"] == 4
    assert core["uptime"] >= 0
    fake.remove(["b"])
    after = api.get("/solr/admin/cores?action=STATUS&core=c").json()["status"]["c"]
    assert after["index"]["numDocs"] == 3
    assert after["index"]["version"] != core["index"]["version"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_wrong_method_is_a_405_that_names_the_right_ones(api, method):
    reply = api.request(method, f"{API}/select")
    refused(reply, 405)
    assert "GET" in reply.headers["allow"]
    reply = api.request(method, f"{API}/update?commit=true")
    refused(reply, 405)
    assert reply.headers["allow"] == "GET, POST, OPTIONS"


def test_options_and_head_are_answered(api):
    reply = api.options(f"{API}/select")
    assert (reply.status_code, reply.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert api.head(f"{API}/select").status_code == 200


def test_a_question_may_be_a_form(api):
    form = {"q": "*:*", "fq": "project:x", "rows": "2", "fl": "id"}
    assert (
        ids(api.post(f"{API}/select", data=form))
        == ids(api.get(f"{API}/select", params=form))
        == ["a1", "a3"]
    )


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_question_in_another_form_is_a_415(api, kind):
    refused(api.post(f"{API}/select", content=b"q=*:*", headers={"Content-Type": kind}), 415)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]
)
def test_an_update_that_is_not_json_is_a_415_so_that_no_web_form_can_send_it(api, kind):
    body = json.dumps({"delete": {"query": "*:*"}}).encode()
    refused(api.post(f"{SOLR}/update?commit=true", content=body, headers={"Content-Type": kind}), 415)
    assert ids(api.get(f"{API}/select?fl=id")) != []


# ── select ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["a1", "a2", "a3", "b"]),
        ("q=*:*", ["a1", "a2", "a3", "b"]),
        ("q=project:y", ["a2"]),
        ("fq=project:x&fq=-id:b", ["a1", "a3"]),
        ("rows=2", ["a1", "a2"]),
        ("start=3", ["b"]),
        ("start=9", []),
        ("sort=id desc", ["b", "a3", "a2", "a1"]),
        ("sort=rating asc", ["a2", "a3", "a1", "b"]),
        ("sort=rating DESC", ["a1", "a3", "a2", "b"]),
        ("sort=project asc,id desc", ["b", "a3", "a1", "a2"]),
        ("sort=score desc", ["a1", "a2", "a3", "b"]),
        ("fq=rating:[2 TO *]&sort=labels asc", ["a1", "a3"]),
    ],
)
def test_select_filters_sorts_and_pages(api, query, expected):
    reply = api.get(f"{API}/select?{query}")
    assert ids(reply) == expected
    assert reply.json()["response"]["numFoundExact"] is True


def test_counting_sends_no_documents(api):
    response = api.get(f"{API}/select?rows=0&q*:*").json()["response"]
    assert (response["numFound"], response["docs"]) == (4, [])


def test_documents_hold_what_is_known_and_what_is_asked_for(api):
    whole = api.get(f"{API}/select?fq=id:a1").json()["response"]["docs"][0]
    assert whole["image"] == "/p/a1.png"
    assert (whole["filename"], whole["rating"], whole["labels"], whole["width"]) == (
        "a1.png",
        3,
        ["l", "m"],
        480,
    )
    assert "score" not in whole
    some = api.get(f"{API}/select?fq=id:a1&fl=color_*,score").json()["response"]
    assert some["docs"] == [{"color_a": "red", "color_b": "blue", "score": 1.0}]
    assert some["maxScore"] == 1.0


def test_a_cursor_walks_through_all_both_ways(api):
    for way, expected in (("asc", ["a1", "a2", "a3", "b"]), ("desc", ["b", "a3", "a2", "a1"])):
        found, mark = [], "*"
        while True:
            reply = api.get(f"{API}/select?rows=3&fl=id&sort=id {way}&cursorMark={mark}")
            found += ids(reply)
            if reply.json()["nextCursorMark"] == mark:
                break
            mark = reply.json()["nextCursorMark"]
        assert found == expected


def test_a_cursor_goes_on_where_images_come_and_go(api, fake):
    first = api.get(f"{API}/select?rows=2&fl=id&sort=id asc&cursorMark=*").json()
    fake.remove(["a2"])
    fake.add(
        [Document("a0", "/a0", analysis=analyses()["b"]), Document("a9", "/a9", analysis=analyses()["b"])]
    )
    rest = api.get(f"{API}/select?fl=id&sort=id asc&cursorMark={first['nextCursorMark']}")
    assert ids(rest) == ["a3", "a9", "b"]


class Forgetful(FakeCollection):
    """Lists an image that somebody removes before it is described."""

    def ids(self, fq: Sequence[str] = ()) -> list[str]:
        return [*super().ids(fq), "removed meanwhile"]


def test_an_image_that_goes_while_it_is_listed_is_left_out():
    collection = Forgetful()
    collection.add([Document("b", "/b.png", analysis=analyses()["b"])])
    assert ids(client_of(collection).get(f"{API}/select")) == ["b"]


@pytest.mark.parametrize(
    "query",
    ["rows=x", "rows=-1", "rows=20000", "start=-1", "fq=project:(", "fq=nofield:x", "sort=id", "sort=id up",
     "sort=nofield asc", "cursorMark=*", "cursorMark=*&sort=rating asc", "cursorMark=*&sort=id asc&start=1",
     "cursorMark=%2B&sort=id asc", "fl=a(b)", "facet=true&facet.field=nofield",
     "facet=perhaps&facet.field=id"],
)  # fmt: skip
def test_a_bad_select_is_a_400_that_says_why(api, query):
    assert refused(api.get(f"{API}/select?{query}"), 400)


def test_facets_count_values_within_the_filters(api):
    def facet(query: str) -> Any:
        reply = api.get(f"{API}/select?rows=0&facet=true&{query}").json()
        return reply["facet_counts"]["facet_fields"]

    assert facet("facet.field=project&facet.field=labels") == {
        "project": ["x", 3, "y", 1],
        "labels": ["l", 2, "m", 1],
    }
    assert facet("facet.field=labels&fq=project:y") == {"labels": ["l", 1, "m", 0]}
    assert facet("facet.field=labels&fq=project:y&facet.mincount=1") == {"labels": ["l", 1]}
    assert facet("facet.field=project&facet.prefix=y") == {"project": ["y", 1]}
    assert facet("facet.field=project&facet.limit=1") == {"project": ["x", 3]}
    assert facet("facet.field=project&facet.mincount=2") == {"project": ["x", 3]}
    assert facet("facet.field=rating&facet.sort=index&facet.limit=-1") == {"rating": ["1", 1, "2", 1, "3", 1]}


def test_terms_are_the_values_of_the_whole_collection(api):
    terms = api.get(f"{API}/terms?terms.fl=labels&terms.fl=project&terms.limit=-1").json()["terms"]
    assert terms == {"labels": ["l", 2, "m", 1], "project": ["x", 3, "y", 1]}
    assert api.get(f"{API}/terms?terms.fl=labels&terms.prefix=m").json()["terms"] == {"labels": ["m", 1]}
    refused(api.get(f"{API}/terms?terms.fl=nofield"), 400)


def test_the_schema_lists_fields_with_their_types(api):
    fields = {entry["name"]: entry for entry in api.get(f"{API}/schema/fields").json()["fields"]}
    assert (fields["rating"]["type"], fields["rating"]["multiValued"]) == ("plong", False)
    assert (fields["labels"]["type"], fields["labels"]["multiValued"]) == ("string", True)
    assert api.get(f"{API}/admin/luke?numTerms=0").json()["index"]["numDocs"] == 4


# ── duplicate and analyze ─────────────────────────────────────────────────────────────────────────────


def test_an_image_finds_itself_first_and_then_its_copies(api):
    reply = api.get(f"{API}/duplicate?rank.by.id=a1").json()["response"]
    assert reply["docs"][0]["id"] == "a1"
    assert {document["id"] for document in reply["docs"]} == {"a1", "a2", "a3"}
    assert (reply["numFound"], reply["maxScore"], reply["docs"][0]["score"]) == (3, 1.0, 1.0)
    assert reply["docs"][1]["image"].startswith("/p/")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rank.by.id=a1&fq=-id:a1", {"a2", "a3"}),
        ("rank.by.id=a1&fq=project:y", {"a2"}),
        ("rank.by.id=a1&fq=project:x", {"a1", "a3"}),
        ("rank.by.id=a1&rank.treshold=1", {"a1"}),
        ("rank.by.id=a1&rows=1", {"a1"}),
        ("rank.by.id=a1&start=1&rank.approximate=True&rank.smartfilter=HIGH", {"a2", "a3"}),
        ("rank.by.id=nobody", set()),
        ("rank.by.id=nobody&fq=project:x", set()),
    ],
)
def test_duplicate_obeys_filters_threshold_and_rows(api, query, expected):
    assert set(ids(api.get(f"{API}/duplicate?{query}"))) == expected


def test_select_ranks_by_picture_where_the_mode_is_given(api):
    assert set(ids(api.get(f"{API}/select?rank.mode=duplicate&rank.by.id=a1&fl=id"))) == {"a1", "a2", "a3"}
    assert "color" in refused(api.get(f"{API}/select?rank.mode=color&rank.by.id=a1"), 400)


def data_uri(data: bytes, kind: str = "image/jpg") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def test_an_upload_is_searched_whatever_type_it_claims(api):
    picture = as_file(smaller(scene(1)), "WEBP")
    for text in (data_uri(picture, "image/JPEG"), base64.b64encode(picture).decode()):
        reply = api.post(f"{API}/duplicate", data={"rank.by.data": text, "fl": "id"})
        assert set(ids(reply)) == {"a1", "a2", "a3"}


@pytest.mark.parametrize("text", ["data:image/png;base64,!!!", base64.b64encode(b"no picture").decode()])
def test_an_upload_that_is_no_picture_is_a_400(api, text):
    refused(api.post(f"{API}/duplicate", data={"rank.by.data": text}), 400)
    refused(api.post(f"{API}/analyze", data={"input.data": text}), 400)


def test_analysing_once_is_enough_to_check_and_to_add_an_image(api, fake):
    fake.analyses = 0
    upload = {"input.data": data_uri(as_file(smaller(scene(5))))}
    outputs = api.post(f"{API}/analyze?modules.apply=duplicate&logParamsList=", data=upload).json()["outputs"]
    preprocessed = {"rank.by.preprocessed": json.dumps(outputs), "fl": "id"}
    assert ids(api.post(f"{API}/duplicate", data=preprocessed)) == []
    document = {"id": "new", "image": "/p/new.png", "import": outputs}
    assert api.post(f"{API}/update?commit=true", json=document).status_code == 200
    assert ids(api.post(f"{API}/duplicate", data=preprocessed)) == ["new"]
    assert fake.analyses == 1


@pytest.mark.parametrize(
    "query",
    ["", "modules.apply=color&input.url=http://x", "modules.apply=magic&input.url=http://x", "input.url="],
)
def test_a_bad_analyze_is_a_400(api, query):
    refused(api.get(f"{API}/analyze?{query}"), 400)


# ── update ────────────────────────────────────────────────────────────────────────────────────────────


def test_documents_go_to_either_prefix_and_commands_only_to_solr(api):
    new = {"id": "n1", "image": "/p/n1.png", "import": analyses()["b"], "project": "z"}
    assert api.post(f"{API}/update", json=new).json()["responseHeader"]["status"] == 0
    assert api.post(f"{API}/update", json=[{**new, "id": "n2"}]).status_code == 200
    assert api.post(f"{SOLR}/update", json=[{**new, "id": "n3"}]).status_code == 200
    assert api.post(f"{SOLR}/update", json={"add": {"doc": {**new, "id": "n4"}}}).status_code == 200
    assert api.post(f"{SOLR}/update/json/docs", json={**new, "id": "n5"}).status_code == 200
    assert api.post(f"{SOLR}/update?json.command=false", json={**new, "id": "n6"}).status_code == 200
    assert "id" in refused(api.post(f"{SOLR}/update", json=new), 400)
    assert "no id" in refused(api.post(f"{API}/update", json={"delete": {"query": "*:*"}}), 400)
    assert ids(api.get(f"{API}/select?fq=project:z&fl=id")) == [f"n{n}" for n in range(1, 7)]


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ({"delete": "a1"}, ["a2", "a3", "b"]),
        ({"delete": ["a1", "a2", "nobody"]}, ["a3", "b"]),
        ({"delete": {"id": "b"}}, ["a1", "a2", "a3"]),
        ({"delete": {"query": "project:x"}}, ["a2"]),
        ({"delete": {"query": "*:*"}}, []),
    ],
)
def test_delete_in_all_its_forms(api, command, left):
    assert api.post(f"{SOLR}/update?commit=true&openSearcher=true", json=command).status_code == 200
    assert ids(api.get(f"{API}/select?fl=id")) == left


@pytest.mark.parametrize("query", ["", " ", "\t\n"])
def test_a_blank_query_deletes_nothing(query, tmp_path):
    for backend in LOCAL:
        with backend(tmp_path) as collection:
            analysis = collection.analyze(ByData(as_file(scene(1))))
            collection.add([Document("a1", "/p/a1.png", analysis=analysis)])
            refused(client_of(collection).post(f"{SOLR}/update", json={"delete": {"query": query}}), 400)
            assert collection.count() == 1


@pytest.mark.parametrize("name", ["commit=true", "softCommit=true", "optimize=True", "commitWithin=100"])
def test_an_empty_update_commits_where_that_is_asked_for(api, fake, name):
    assert api.post(f"{API}/update?{name}").status_code == 200
    assert fake.commits == 1
    assert "missing content stream" in refused(api.post(f"{API}/update"), 400)
    assert "missing content stream" in refused(api.post(f"{API}/update?commit=false"), 400)


def test_fields_change_by_partial_updates(api):
    changes = [
        {"id": "a1", "rating": {"set": 9}, "labels": {"add": "n"}, "color_a": {"set": None}},
        {"id": "a2", "labels": {"remove": ["l"]}},
    ]
    assert api.post(f"{SOLR}/update?commit=true", json=changes).status_code == 200
    one, two = api.get(f"{API}/select?fq=id:(a1 OR a2)").json()["response"]["docs"]
    assert (one["rating"], one["labels"], "color_a" in one) == (9, ["l", "m", "n"], False)
    assert "labels" not in two
    refused(api.post(f"{SOLR}/update", json=[{"id": "nobody", "rating": {"set": 1}}]), 400)


def test_what_the_collection_refuses_is_named_and_the_rest_is_added(api):
    documents = [
        {"id": "bad", "image": "/p/bad.png", "import": {"odd": 1}},
        {"id": "good", "image": "/p/good.png", "import": analyses()["b"]},
    ]
    assert "bad" in refused(api.post(f"{API}/update", json=documents), 400)
    assert "good" in ids(api.get(f"{API}/select?fl=id"))


def test_no_local_file_is_opened_for_a_client(api, tmp_path):
    path = tmp_path / "secret.png"
    path.write_bytes(as_file(scene(1)))
    assert "opens no files" in refused(api.post(f"{API}/update", json={"id": "x", "image": str(path)}), 400)
    refused(api.post(f"{API}/update", json={"id": "x", "image": path.as_uri()}), 400)


def test_the_filters_of_a_request_are_bounded_together(api):
    many = "fq=" + "&fq=".join(f"rating:{n}" for n in range(300))
    assert "300 filters" in refused(api.post(f"{API}/select", content=many, headers=FORM), 400)
    long = "&".join("fq=" + "a" * 50_000 for _ in range(9))
    assert "characters together" in refused(api.post(f"{API}/select", content=long, headers=FORM), 400)
    wide = "&".join("fq=rating:(" + "%20".join(map(str, range(900))) + ")" for _ in range(9))
    assert "values together" in refused(api.post(f"{API}/select", content=wide, headers=FORM), 400)
    deletes = json.dumps({"delete": {"query": "rating:1"}})[:-1]
    body = "{" + ",".join([deletes[1:]] * 300) + "}"
    refused(api.post(f"{SOLR}/update", content=body, headers={"Content-Type": "application/json"}), 400)
    facets = "rows=0&facet=true&" + "&".join(f"facet.field=x{n}" for n in range(200))
    assert "100 fields" in refused(api.post(f"{API}/select", content=facets, headers=FORM), 400)
