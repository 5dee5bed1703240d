"""/update with XML, as pysolr sends it; and what documents bring comes back as it was sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dupedash.fetch import UrlAccess
from dupedash.flow.wire.updates import Add, Commit, Delete, FieldUpdate
from dupedash.flow.wire.xml import guessed, updates_of_xml
from dupedash.model import ByData
from tests.asking import Client
from tests.backends import LOCAL
from tests.fakes import FakeCollection
from tests.flow_api import API, SOLR, client_of, four_images, ids, refused
from tests.galleries import gallery
from tests.pictures import as_file, scene

XML = {"Content-Type": "text/xml; charset=utf-8"}


@pytest.fixture
def fake() -> FakeCollection:
    return four_images()


@pytest.fixture
def api(fake) -> Client:
    return client_of(fake)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("<delete><id>a1</id><id>nobody</id></delete>", ["a2", "a3", "b"]),
        ("<delete><query>project:x</query></delete>", ["a2"]),
        ("<delete><query>*:*</query></delete>", []),
        ("<delete><id>a1</id><query>project:y</query></delete>", ["a3", "b"]),
        ("<update><delete><id>a1</id></delete><delete><id>b</id></delete><commit/></update>", ["a2", "a3"]),
        ('<?xml version="1.0" encoding="UTF-8"?>\n<commit waitSearcher="false" expungeDeletes="true"/>',
         ["a1", "a2", "a3", "b"]),
        ('<optimize maxSegments="2"/>', ["a1", "a2", "a3", "b"]),
    ],
)  # fmt: skip
def test_commands_in_xml_do_what_they_say(api, body, left):
    assert api.post(f"{SOLR}/update?commit=true", content=body, headers=XML).status_code == 200
    assert ids(api.get(f"{API}/select?fl=id")) == left


@pytest.mark.parametrize(
    "body",
    [
        "", " ", "<delete", "<delete><query></query></delete>", "<delete><query> </query></delete>",
        "<delete><id/></delete>", "<delete>a1</delete><x/>", "<delete><doc/></delete>", "<rollback/>", "<x/>",
        '<add overwrite="false"><doc><field name="id">1</field></doc></add>', "<add><field/></add>",
        "<add><doc><field>1</field></doc></add>", '<add><doc><field name="id">9</field></doc></add>',
        '<add><doc><field name="id">9</field><doc/></doc></add>', '<commit odd="1"/>',
        "<update><update><commit/></update></update>", '<?xml version="1.0" encoding="moon"?><commit/>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><delete><id>&e;</id></delete>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><delete><query>&b;</query></delete>',
        "<delete>" * 100_000, "<delete><id>&nothing;</id></delete>", "\x00", "{}",
    ],
)  # fmt: skip
def test_xml_that_is_not_understood_changes_nothing(api, body):
    assert refused(api.post(f"{SOLR}/update", content=body, headers=XML), 400)
    assert len(ids(api.get(f"{API}/select?fl=id"))) == 4


def test_xml_of_countless_elements_is_refused_before_they_are_built(api, monkeypatch):
    monkeypatch.setattr("dupedash.flow.wire.xml._MOST_ELEMENTS", 100)
    body = f"<delete>{'<id>a1</id>' * 100}</delete>"
    assert "100 elements" in refused(api.post(f"{SOLR}/update", content=body, headers=XML), 400)


def test_xml_goes_to_solrs_first_address_only(api):
    body = "<delete><query>*:*</query></delete>"
    assert "JSON" in refused(api.post(f"{API}/update", content=body, headers=XML), 415)
    assert len(ids(api.get(f"{API}/select?fl=id"))) == 4


def test_documents_in_xml_are_those_that_json_has():
    body = """<add commitWithin="5"><doc boost="2"><field name="id">1</field>
        <field name="image">http://x/1</field><field name="labels">a</field>
        <field name="labels">b</field><field name="n" boost="3"> 7 </field></doc>
        <doc><field name="id">2</field><field name="n" update="set">8</field>
        <field name="labels" update="add">c</field><field name="labels" update="add">d</field>
        <field name="note" update="set" null="true"/></doc></add>"""
    add, *changes = updates_of_xml(body.encode())
    assert isinstance(add, Add)
    (document,) = add.documents
    assert (document.id, document.location, add.texts) == ("1", "http://x/1", True)
    assert document.fields == {"labels": ("a", "b"), "n": " 7 "}
    assert changes == [
        FieldUpdate("2", "n", "set", "8"),
        FieldUpdate("2", "labels", "add", ("c", "d")),
        FieldUpdate("2", "note", "set", None),
    ]
    assert updates_of_xml(b"<update><delete><id>1</id></delete><commit/></update>") == [
        Delete(("1",)),
        Commit(),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("-7", -7), ("007", 7), ("1.5", 1.5), ("1e3", 1000.0), ("true", True), ("false", False),
     ("True", "True"), ("nan", "nan"), ("inf", "inf"), ("1_000", "1_000"), ("٣", "٣"), ("", ""), ("a", "a")],
)  # fmt: skip
def test_a_value_that_is_the_first_of_its_field_is_guessed(text, value):
    assert guessed(text) == value
    assert type(guessed(text)) is type(value)


def test_a_commit_may_be_asked_for_with_get(api, fake):
    for prefix in (API, SOLR):
        assert api.get(f"{prefix}/update?commit=true&openSearcher=false").status_code == 200
        assert "missing content stream" in refused(api.get(f"{prefix}/update"), 400)
        refused(api.get(f"{prefix}/update?commit=true&stream.body=<delete><query>*:*</query></delete>"), 400)
    assert fake.commits == 2
    assert fake.count() == 4


BROUGHT = {
    "location": "52.5,13.4",
    "width": 7,
    "format": "poster",
    "filename": "other.png",
    "folder": "shelf 3",
    "modified": "2001-02-03T04:05:06Z",
    "labels": ["a", "b"],
    "price": 12.5,
}


@pytest.mark.parametrize("backend", LOCAL)
def test_what_a_document_brings_is_found_sorted_counted_and_sent_back_as_it_came(backend, tmp_path):
    with backend(tmp_path) as collection:
        api = client_of(collection)
        outputs = collection.analyze(ByData(as_file(scene(1))))
        new = {"id": "1", "image": "https://x/1.png", "import": outputs, **BROUGHT}
        plain = {"id": "2", "image": "/p/2.png", "import": outputs}
        assert api.post(f"{API}/update?commit=true", json=[new, plain]).status_code == 200
        one, two = api.get(f"{API}/select?sort=image desc").json()["response"]["docs"]
        assert {name: one[name] for name in BROUGHT} == BROUGHT
        assert (two["filename"], two["width"], "location" in two) == ("2.png", 480, False)
        for query in ('location:"52.5,13.4"', "width:7", 'folder:"shelf 3"', 'image:"https://x/1.png"'):
            assert ids(api.get(f"{API}/select", params={"q": query, "fl": "id"})) == ["1"]
        facet = api.get(f"{API}/select?rows=0&facet=true&facet.field=image&facet.field=id").json()
        assert facet["facet_counts"]["facet_fields"] == {
            "image": ["/p/2.png", 1, "https://x/1.png", 1],
            "id": ["1", 1, "2", 1],
        }
        again = [{"id": "1", "price": {"set": 3.0}}]
        assert api.post(f"{SOLR}/update/?commit=true", json=again).status_code == 200
        changed = api.get(f"{API}/get?id=1").json()["doc"]
        assert {name: changed[name] for name in BROUGHT} == {**BROUGHT, "price": 3.0}
        assert collection.records(["1"])[0].width == 480


def test_images_are_fetched_from_where_that_is_allowed(fake):
    with gallery() as (web, _asked):
        trusting = UrlAccess(allowed=True, trusted=frozenset({"127.0.0.1"}))
        url = f"{web}/open/p.png"

        def answers(urls: UrlAccess) -> list[Any]:
            api = client_of(fake, urls=urls)
            return [
                api.get(f"{API}/duplicate", params={"rank.by.url": url, "fl": "id"}),
                api.get(f"{API}/analyze", params={"input.url": url}),
                api.post(f"{API}/update", json={"id": "new", "image": url}),
            ]

        for urls in (UrlAccess(), UrlAccess(allowed=True)):
            for reply in answers(urls):
                refused(reply, 400)
        found, analysed, added = answers(trusting)
        assert set(ids(found)) == {"a1", "a2", "a3"}
        assert "outputs" in analysed.json()
        assert json.loads(added.text)["responseHeader"]["status"] == 0
        assert "new" in fake.ids()
