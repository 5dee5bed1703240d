"""Every parameter that Solr's reference guide names for our handlers is answered, or changes no answer, or is
refused with a message: none is passed over.

The pages: common query parameters, standard query parser, pagination, faceting, terms component, response
writers, indexing with update handlers, schema API, luke, ping, core admin.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from dupedash.model import Document
from tests.asking import Client
from tests.fakes import FakeCollection
from tests.flow_api import API, SOLR, analyses, client_of, ids, refused

DATES = [datetime(2024, 3, day, 12, tzinfo=UTC) for day in (1, 2, 2, 30)]
FIELDS: dict[str, dict[str, Any]] = {
    "a1": {"project": "x", "rating": 3, "price": 1.5, "labels": ("Oak", "elm"), "date": DATES[0]},
    "a2": {"project": "y", "rating": 10, "price": 2.5, "labels": ("oak",), "date": DATES[1]},
    "a3": {"project": "x", "rating": 20, "price": 12.0, "date": DATES[2]},
    "b": {"project": "x", "note": "x y", "date": DATES[3]},
}


@pytest.fixture(scope="module")
def api() -> Client:
    collection = FakeCollection()
    collection.add([Document(name, f"/p/{name}.png", own, analyses()[name]) for name, own in FIELDS.items()])
    return client_of(collection)


SELECT = "select?fl=id&"
FACET = "select?rows=0&facet=true&facet.field=project&"
REFUSED = {
    SELECT: """defType=dismax defType=edismax
        debug=query debug=all debugQuery=true explainOther=id:a wt=xml wt=csv
        wt=python json.wrf=f json={} json.facet={} json.query=x group=true stats=true hl=on mlt=true
        spellcheck=true expand=true rq={!rerank} tr=x.xsl stream.body=x stream.file=/etc/passwd
        stream.url=http://x shards=x collection=x useParams=x sort=div(a,b)+desc sort=rating
        fl=product(a,b) fl=[explain] fl=why:[explain] fl=key:id q=id:a~2 q={!func}x fq={!cache=false}id:a1
        q.op=XOR df=nofield NOW=soon NOW=99999999999999999999 TZ=Moon/Sea TZ=../../etc/passwd json.nl=odd
        echoParams=some omitHeader=perhaps cursorMark=AA rows=-1 start=x rank.by.id=a1 rank.threshold=0.5
        terms=true&terms.fl=project&terms.regex=.*
        facet=true&facet.pivot=a,b rank.mode=duplicate&rank.by.hex=1""",
    FACET: """facet.matches=.* facet.pivot=project,labels facet.interval=rating facet.heatmap=x
        facet.exists=true
        f.project.facet.matches=.* facet.sort=odd facet.limit=x facet.field={!ex=dt}project
        facet.field=nofield
        facet.query=( facet.range=nofield facet.range=rating
        facet.range=rating&facet.range.start=0&facet.range.end=10&facet.range.gap=0
        facet.range=rating&facet.range.start=0&facet.range.end=10&facet.range.gap=-1
        facet.range=rating&facet.range.start=0&facet.range.end=1e9&facet.range.gap=1
        facet.range=rating&facet.range.start=0&facet.range.end=100000&facet.range.gap=1
        facet.range=price&facet.range.start=nan&facet.range.end=10&facet.range.gap=1
        facet.range=price&facet.range.start=0&facet.range.end=10&facet.range.gap=inf
        facet.range=rating&facet.range.start=9&facet.range.end=1&facet.range.gap=1
        facet.range=project&facet.range.start=a&facet.range.end=z&facet.range.gap=1
        facet.range=date&facet.range.start=NOW&facet.range.end=NOW%2B1DAY&facet.range.gap=week
        facet.range=date&facet.range.start=NOW&facet.range.end=NOW%2B1DAY&facet.range.gap=/YEAR
        facet.range=rating&facet.range.start=0&facet.range.end=9&facet.range.gap=1&facet.range.other=odd
        facet.range=rating&facet.range.start=0&facet.range.end=9&facet.range.gap=1&facet.range.include=odd""",
    "duplicate?rank.by.id=a1&": """
        sort=id+asc cursorMark=* facet=true terms=true group=true wt=xml rank.by.hex=0x1
        rank.mode=color rank.smartfilter=odd""",
    "terms?terms.fl=rating&": """
        terms=false terms.regex=1.* terms.regex.flag=dotall terms.ttf=true terms.raw=true
        terms.sort=odd terms.limit=x terms.lower=oak wt=xml terms.fl=nofield""",
    "update?commit=true&": """overwrite=false rollback=true prepareCommit=true _version_=1 update.chain=x
        processor=x stream.body=<delete/> split=/x srcField=x softCommit=perhaps""",
    "schema/fields?": "fl=id showDefaults=true includeDynamic=true wt=xml",
    "admin/luke?": "fl=id numTerms=5 id=a1 docId=1 show=doc includeIndexFieldFlags=false",
    "admin/ping?": "action=disable wt=xml",
    "?": "action=RELOAD action=UNLOAD action=CREATE",
}


@pytest.mark.parametrize(
    ("address", "parameter"), [(a, p) for a, several in REFUSED.items() for p in several.split()]
)
def test_what_cannot_be_answered_is_refused_in_solrs_shape(api, address, parameter):
    for prefix in (API, SOLR):
        assert len(refused(api.get(f"{prefix}/{address}{parameter}"), 400)) > 10


UNCHANGED = {
    SELECT: """
        canCancel=true queryUUID=1 partialResults=false timeAllowed=1 cpuAllowed=1 memAllowed=1 cache=false
        segmentTerminateEarly=true multiThreaded=true minExactCount=1 logParamsList=q indent=true sow=true
        debugQuery=false debug=false group=false hl=false defType=lucene wt=json qf=labels facet=false
        facet=false&facet.pivot=a facet.limit=x echoParams=none omitHeader=false json.nl=flat distrib=false
        preferLocalShards=true unheard.of=1 _=1700000000""",
    FACET: """facet.method=enum facet.enum.cache.minDf=5 facet.threads=4 facet.overrequest.count=5
        facet.overrequest.ratio=2 facet.range.method=dv facet.pivot.mincount=2 facet.exists=false""",
    "terms?terms.fl=project&": "terms=true terms.raw=false distrib=false indent=on",
    "update?commit=true&": """softCommit=true openSearcher=false waitSearcher=false waitFlush=true
        expungeDeletes=true maxSegments=1 commitWithin=5 optimize=true overwrite=true min_rf=1""",
    "schema/fields?": "showDefaults=false",
    "admin/luke?": "numTerms=0",
    "admin/ping?": "distrib=false action=ping",
    "?": "action=STATUS indexInfo=false core=c",
}


@pytest.mark.parametrize(
    ("address", "parameter"), [(a, p) for a, several in UNCHANGED.items() for p in several.split()]
)
def test_what_says_only_how_to_work_changes_no_answer(api, address, parameter):
    def reply(query: str) -> str:
        told = api.get(f"{API}/{query}")
        assert told.status_code == 200, told.text
        return re.sub(r'"(QTime|uptime)": \d+', "", told.text)

    assert reply(address + parameter) == reply(address)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=project:x rating:10", "a1 a2 a3 b"),
        ("q=project:x note:y&q.op=AND", ""),
        ("q=project:x rating:3&q.op=and", "a1"),
        ("fq=project:x rating:3&q.op=AND&q=*:*", "a1"),
        ("q=x&df=project", "a1 a3 b"),
        ("q=x", "a1 a3 b"),
        ("q=y&df=project&q.op=AND&fq=oak&fq=labels:oak", ""),
        ("q=date:[NOW/DAY TO NOW]&NOW=1709294400000", "a1"),
        ("q=date:[NOW/DAY TO NOW/DAY%2B1DAY]&NOW=1711839600000&TZ=Asia/Tokyo", ""),
        ("q=date:[NOW/DAY TO NOW/DAY%2B1DAY]&NOW=1711839600000", "b"),
        ("q=date:[NOW/DAY TO NOW/DAY%2B1DAY}&NOW=1711749600000&TZ=Asia/Tokyo", "b"),
        ("q=image:\"/p/a1.png\"", "a1"),
        ("q=image:*a2.png OR id:b", "a2 b"),
        ("q=-image:*a2.png&sort=image desc", "b a3 a1"),
        ("q=image:*", "a1 a2 a3 b"),
        ("sort=rating desc,id asc", "a3 a2 a1 b"),
        ("start=1&rows=2", "a2 a3"),
        ("sort=id desc&cursorMark=*&rows=1", "b"),
        ("rank.mode=duplicate&rank.by.id=b", "b"),
        ("rank.mode=duplicate&rank.by.id=a1&rank.threshold=0&fq=project:y", "a2"),
    ],
)  # fmt: skip
def test_filters_are_read_as_the_parameters_say(api, query, expected):
    assert ids(api.get(f"{API}/select?fl=id&{query}")) == expected.split()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("facet.field=rating&facet.limit=-1", ["3", 1, "10", 1, "20", 1]),
        ("facet.field=rating&facet.sort=index&facet.offset=1&facet.limit=1", ["10", 1]),
        ("facet.field=labels", ["Oak", 1, "elm", 1, "oak", 1]),
        ("facet.field=labels&facet.prefix=o", ["oak", 1]),
        ("facet.field=labels&facet.contains=ak", ["Oak", 1, "oak", 1]),
        ("facet.field=labels&facet.contains=O&facet.contains.ignoreCase=true", ["Oak", 1, "oak", 1]),
        ("facet.field=labels&facet.excludeTerms=oak,elm", ["Oak", 1]),
        ("facet.field=labels&facet.missing=true&facet.mincount=2", [None, 2]),
        ("facet.field=labels&fq=project:y", ["oak", 1, "Oak", 0, "elm", 0]),
        ("facet.field=labels&fq=project:y&facet.mincount=1&f.labels.facet.limit=0", []),
        ("facet.field=labels&facet.limit=1&f.labels.facet.limit=2", ["Oak", 1, "elm", 1]),
        ("facet.field=date&facet.limit=1", ["2024-03-02T12:00:00Z", 2]),
        ("facet.field=date&facet.limit=1&fq=project:x", ["2024-03-01T12:00:00Z", 1]),
        ("facet.field=price&facet.sort=index", ["1.5", 1, "2.5", 1, "12.0", 1]),
        ("facet.field=id&facet.limit=2", ["a1", 1, "a2", 1]),
        ("facet.field=image&fq=id:b&facet.mincount=1", ["/p/b.png", 1]),
        ("facet.field=project&json.nl=map", {"x": 3, "y": 1}),
        ("facet.field=project&json.nl=arrarr", [["x", 3], ["y", 1]]),
        ("facet.field=project&json.nl=arrmap", [{"x": 3}, {"y": 1}]),
        ("facet.field=project&json.nl=arrntv&facet.limit=1", [{"name": "x", "type": "int", "value": 3}]),
    ],
)
def test_facets_of_values(api, query, expected):
    counted = api.get(f"{API}/select?rows=0&facet=true&{query}").json()["facet_counts"]
    (found,) = counted["facet_fields"].values()
    assert found == expected


def test_facets_of_queries_and_none_at_all(api):
    query = "facet.query=rating:[5 TO *]&facet.query=labels:oak labels:elm&q.op=AND&fq=project:y"
    counted = api.get(f"{API}/select?rows=0&facet=true&{query}").json()["facet_counts"]
    assert counted["facet_queries"] == {"rating:[5 TO *]": 1, "labels:oak labels:elm": 0}
    empty = api.get(f"{API}/select?rows=0&facet=true").json()["facet_counts"]
    assert set(empty) == {
        "facet_queries",
        "facet_fields",
        "facet_ranges",
        "facet_intervals",
        "facet_heatmaps",
    }


RANGE = "facet.range={}&facet.range.start={}&facet.range.end={}&facet.range.gap={}"


@pytest.mark.parametrize(
    ("query", "counts", "more"),
    [
        (RANGE.format("rating", 0, 20, 10), ["0", 1, "10", 1], {"gap": 10, "start": 0, "end": 20}),
        (RANGE.format("rating", 0, 15, 10), ["0", 1, "10", 1], {"end": 20}),
        (RANGE.format("rating", 0, 15, 10) + "&facet.range.hardend=true", ["0", 1, "10", 1], {"end": 15}),
        (RANGE.format("rating", 0, 20, 10) + "&facet.mincount=2", [], {}),
        (RANGE.format("rating", 0, 20, 10) + "&facet.range.include=upper", ["0", 2, "10", 1], {}),
        (RANGE.format("rating", 0, 20, 10) + "&facet.range.include=lower&facet.range.include=edge",
         ["0", 1, "10", 2], {}),
        (RANGE.format("rating", 5, 20, 10) + "&facet.range.other=all", ["5", 1, "15", 1],
         {"before": 1, "after": 0, "between": 2, "end": 25}),
        (RANGE.format("rating", 3, 13, 10) + "&facet.range.other=before&facet.range.include=all", ["3", 2],
         {"before": 1}),
        (RANGE.format("price", 0, 3, 1.5), ["0.0", 0, "1.5", 2], {"gap": 1.5}),
        (RANGE.format("rating", 0, 20, 10) + "&f.rating.facet.range.gap=20", ["0", 2], {}),
        (RANGE.format("date", "2024-03-01T00:00:00Z", "2024-03-03T00:00:00Z", "%2B1DAY"),
         ["2024-03-01T00:00:00Z", 1, "2024-03-02T00:00:00Z", 2],
         {"gap": "+1DAY", "start": "2024-03-01T00:00:00Z", "end": "2024-03-03T00:00:00Z"}),
        (RANGE.format("date", "NOW/DAY", "NOW/DAY%2B1DAY", "%2B1DAY") + "&NOW=1709294400000&TZ=Asia/Tokyo",
         ["2024-02-29T15:00:00Z", 1], {}),
    ],
)  # fmt: skip
def test_facets_of_ranges(api, query, counts, more):
    found = api.get(f"{API}/select?rows=0&facet=true&{query}").json()["facet_counts"]["facet_ranges"]
    (span,) = found.values()
    assert span["counts"] == counts
    assert {name: span[name] for name in more} == more


def test_what_is_counted_beside_a_search_has_an_end(api, monkeypatch):
    monkeypatch.setattr("dupedash.flow.server.counting.LONGEST", -1.0)
    for facet in ("facet.query=id:a1", RANGE.format("rating", 0, 20, 10)):
        told = refused(api.get(f"{API}/select?rows=0&facet=true&{facet}"), 400)
        assert "fewer facets" in told


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("terms.fl=project", ["x", 3, "y", 1]),
        ("terms.fl=project&terms.mincount=2", ["x", 3]),
        ("terms.fl=project&terms.maxcount=2", ["y", 1]),
        ("terms.fl=project&terms.limit=1", ["x", 3]),
        ("terms.fl=labels&terms.prefix=o", ["oak", 1]),
        ("terms.fl=rating&terms.sort=index&terms.lower=10", ["10", 1, "20", 1]),
        ("terms.fl=rating&terms.sort=index&terms.lower=10&terms.lower.incl=false", ["20", 1]),
        ("terms.fl=rating&terms.sort=index&terms.upper=20", ["3", 1, "10", 1]),
        ("terms.fl=rating&terms.sort=index&terms.upper=20&terms.upper.incl=true", ["3", 1, "10", 1, "20", 1]),
        ("terms.fl=labels&terms.list=oak,elm,nothing&terms.limit=1", ["elm", 1, "oak", 1]),
        ("terms.fl=id&terms.sort=index&terms.limit=2", ["a1", 1, "a2", 1]),
    ],
)
def test_terms(api, query, expected):
    (found,) = api.get(f"{API}/terms?{query}").json()["terms"].values()
    assert found == expected
    whole = api.get(f"{API}/select?rows=0&terms=true&{query}").json()
    assert list(whole["terms"].values()) == [expected]


def test_the_header_tells_the_parameters_or_is_left_out(api):
    header = api.get(f"{API}/select?echoParams=all&fq=id:a1&fq=id:a2&rows=0").json()["responseHeader"]
    assert header["params"] == {"echoParams": "all", "fq": ["id:a1", "id:a2"], "rows": "0"}
    assert list(api.get(f"{API}/terms?terms.fl=project&omitHeader=true").json()) == ["terms"]
    assert api.get(f"{API}/terms?terms.stats=true").json()["indexstats"] == {"numDocs": 4}


def test_documents_are_got_by_their_ids(api):
    assert api.get(f"{API}/get?id=a1&fl=id,project").json()["doc"] == {"id": "a1", "project": "x"}
    assert api.get(f"{API}/get?id=nobody").json()["doc"] is None
    assert ids(api.get(f"{API}/get?ids=b,nobody,a1&fl=id")) == ["b", "a1"]
    assert ids(api.get(f"{API}/get?ids=b&ids=a1&fq=project:y&fl=id")) == []


def test_the_schema_names_the_fields_that_every_document_has(api):
    fields = {entry["name"]: entry["type"] for entry in api.get(f"{API}/schema/fields").json()["fields"]}
    assert (fields["id"], fields["image"]) == ("string", "string")
    assert {"id", "image"} <= set(api.get(f"{API}/admin/luke").json()["fields"])


def test_of_another_core_nothing_is_known(api):
    assert api.get("/solr/admin/cores?action=STATUS&core=other").json()["status"] == {"other": {}}
