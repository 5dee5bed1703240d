"""The Flow dialect: what one side writes the other reads, and a broken answer is never an empty one."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.errors import (
    BadReply,
    ConfigError,
    DocumentLimit,
    Forbidden,
    QueryError,
    Rejected,
    UnknownImage,
    UnreadableImage,
    Unsupported,
)
from dupedash.flow.wire import documents, replies_in, replies_out, requests_in, requests_out, updates
from dupedash.flow.wire.parameters import FieldList, FlowNames, Given
from dupedash.model import (
    ByAnalysis,
    ByData,
    ById,
    ByUrl,
    Document,
    DuplicateQuery,
    FieldInfo,
    FieldType,
    ImageRecord,
    Smartfilter,
    ValueCount,
)
from dupedash.query import parse
from tests.query_match import matches

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.from_regex(r"[a-z][a-z0-9_.-]{0,12}", fullmatch=True).filter(
    lambda name: name not in (*documents._OWN, *documents.ADDRESS)
)
MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
VALUES = st.one_of(
    TEXT,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    MOMENTS,
)
FIELDS = st.dictionaries(
    NAMES, st.one_of(VALUES, st.lists(VALUES, min_size=1, max_size=3).map(tuple)), max_size=4
)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
RECORDS = st.builds(
    ImageRecord,
    id=IDS,
    location=TEXT,
    fields=FIELDS,
    width=st.none() | st.integers(1, 10**6),
    height=st.none() | st.integers(1, 10**6),
    bytes=st.none() | st.integers(0, 10**12),
    format=st.none() | st.sampled_from(["JPEG", "PNG"]),
    modified=st.none() | MOMENTS,
    content=st.none() | st.just("ab" * 32),
    pixels=st.none() | st.just("01" * 32),
    skipped=st.none() | st.sampled_from(["too flat"]),
)


def over_the_wire(value: object) -> object:
    return json.loads(json.dumps(value, allow_nan=False))


def request(pairs) -> Given:
    return Given(urlencode(pairs))


@given(RECORDS)
def test_an_image_arrives_as_it_was_sent(record):
    assert documents.record(over_the_wire(documents.document(record))) == record


@given(
    st.lists(
        st.builds(Document, IDS.filter(str.strip), TEXT, FIELDS, st.dictionaries(TEXT, TEXT)), max_size=4
    )
)
def test_documents_arrive_as_they_were_posted(given_documents):
    body = json.dumps(updates.additions(given_documents)).encode()
    for commands in (True, False):
        read = updates.updates(body, commands=commands)
        assert read == ([updates.Add(tuple(given_documents))] if given_documents else [])


@pytest.mark.parametrize(
    "image", [ById("a b&c"), ByUrl("http://x/y?z=1&q"), ByData(b"\x00\xff+/="), ByAnalysis({"a": [1, None]})]
)
@pytest.mark.parametrize("names", [FlowNames(), FlowNames("by.u", "by.d", "by.p")])
def test_a_duplicate_search_is_understood_as_it_was_meant(image, names):
    how = DuplicateQuery(0.123456789, 50, True, Smartfilter.EXTREME, ("project:a b", "-id:x"))
    read = requests_in.DuplicateRequest.read(request(requests_out.duplicate(image, how, names)), names, 1000)
    assert read.image == image
    assert (read.how.threshold, read.how.approximate, read.how.smartfilter, read.how.fq) == (
        how.threshold,
        how.approximate,
        how.smartfilter,
        how.fq,
    )
    assert read.paging.rows == how.rows + isinstance(image, ById)


def test_rows_stay_within_the_documented_maximum():
    pairs = dict(requests_out.duplicate(ById("x"), DuplicateQuery(rows=5000), FlowNames()))
    assert pairs["rows"] == "1000"


@given(IDS)
def test_a_cursor_mark_stands_for_its_id_and_needs_no_encoding(image_id):
    mark = requests_in.mark_after(image_id)
    assert requests_in.marked(mark) == image_id
    assert re.fullmatch(r"[A-Za-z0-9_-]+", mark)


@pytest.mark.parametrize("mark", ["a+b", "%%%", "a", "_w"])
def test_a_mark_that_was_not_given_out_is_refused(mark):
    with pytest.raises(ConfigError, match="cursorMark"):
        requests_in.marked(mark)


@given(st.lists(IDS.filter(str.strip), min_size=1, max_size=5), IDS)
def test_a_filter_for_ids_admits_these_and_no_others(ids, other):
    query = parse(requests_out.any_of(ids))
    for image_id in (*ids, other):
        assert matches(query, {"id": image_id}, {}) == (image_id in ids)


@pytest.mark.parametrize(
    "text",
    [
        "data:image/jpg;base64," + base64.b64encode(b"\xfb\xff\xfe~").decode(),
        "DATA:,+//+fg==",
        "+//+fg",
        " //+fg==",
        "+//+\r\nfg==",
    ],
)
def test_a_picture_is_read_from_any_spelling_of_base64(text):
    # "+//+fg==" is base64 of these bytes; a '+' that was not encoded arrives as a blank
    read = requests_in.analyzed(request([("input.data", text)]), FlowNames())
    assert isinstance(read, ByData)
    assert read.data.endswith(b"~")


@pytest.mark.parametrize("text", ["data:image/png;base64,", "no base64!", "data:image/png;base64,§§"])
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(ConfigError, match=r"input\.data"):
        requests_in.analyzed(request([("input.data", text)]), FlowNames())


@pytest.mark.parametrize(
    ("word", "value"), [("True", True), ("FALSE", False), ("on", True), ("0", False), ("", False)]
)
def test_booleans_are_read_however_they_are_capitalised(word, value):
    assert Given(f"rank.approximate={word}").flag("rank.approximate") is value


@pytest.mark.parametrize(
    "query",
    [
        "rank.by.id=1&rank.threshold=1.5",
        "rank.by.id=1&rank.threshold=nan",
        "rank.by.id=1&rank.threshold=high",
        "rank.by.id=1&rank.approximate=perhaps",
        "rank.by.id=1&rank.smartfilter=brutal",
        "rank.by.id=1&rank.mode=color",
        "rank.by.id=1&rows=-1",
        "rank.by.id=1&rows=1e3",
        "rank.by.id=1&rows=99999999999999999999",
        "rank.by.id=1&start=x",
        "rank.by.id=1&fl=sum(a,b)",
        "rank.by.preprocessed={oops",
        "rank.by.data=§",
        "rank.threshold=0.5",
    ],
)
def test_a_bad_parameter_is_refused_by_name(query):
    with pytest.raises(
        ConfigError, match=query.rpartition("&")[2].partition("=")[0] if "&" in query else "rank"
    ):
        requests_in.DuplicateRequest.read(Given(query), FlowNames(), 1000)


def test_the_misspelt_threshold_of_the_documentation_counts():
    read = requests_in.DuplicateRequest.read(Given("rank.by.id=1&rank.treshold=0.95"), FlowNames(), 10)
    assert read.how.threshold == 0.95


def test_a_missing_q_is_everything_and_unknown_names_are_ignored():
    read = requests_in.SelectRequest.read(Given("rows=0&q*:*"), 10)
    assert (read.fq, read.paging.rows) == ((), 0)


def test_too_many_parameters_are_refused():
    with pytest.raises(ConfigError):
        Given("&".join("fq=a" for _ in range(6000)))


@pytest.mark.parametrize(
    ("fl", "expected"),
    [
        ("id,score", {"id": "1", "score": 0.5}),
        ("id score", {"id": "1", "score": 0.5}),
        ("score", {"id": "1", "color_a": 1, "color_b": 2, "score": 0.5}),
        ("color_*", {"color_a": 1, "color_b": 2}),
        ("color_?,missing", {"color_a": 1, "color_b": 2}),
        ("*", {"id": "1", "color_a": 1, "color_b": 2}),
    ],
)
def test_fields_are_chosen_by_name_and_glob(fl, expected):
    fields = FieldList.read(Given(urlencode({"fl": fl})), "*")
    assert fields.pick({"id": "1", "color_a": 1, "color_b": 2}, 0.5) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"delete": "1"}, [updates.Delete(("1",))]),
        ({"delete": ["1", "2"]}, [updates.Delete(("1", "2"))]),
        ({"delete": {"id": "1"}}, [updates.Delete(("1",))]),
        ({"delete": {"query": "*:*"}}, [updates.Delete(query="*:*")]),
        ({"commit": {}}, [updates.Commit()]),
        ({"add": {"doc": {"id": "1", "image": "/a"}}}, [updates.Add((Document("1", "/a"),))]),
        ([{"id": "1", "n": {"set": 5}}], [updates.FieldUpdate("1", "n", "set", 5)]),
        ([{"id": "1", "n": {"set": None}}], [updates.FieldUpdate("1", "n", "set", None)]),
    ],
)
def test_commands_are_read(body, expected):
    assert updates.updates(json.dumps(body).encode(), commands=True) == expected


def test_repeated_commands_are_all_done_in_order():
    body = b'{"delete":"1","commit":{},"delete":"2"}'
    assert updates.updates(body, commands=True) == [
        updates.Delete(("1",)),
        updates.Commit(),
        updates.Delete(("2",)),
    ]


@pytest.mark.parametrize("commands", [True, False])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"7", b'"x"', b"[7]", b'[{"image":"/a"}]', b'[{"id":"1"}]', b'[{"id":"1","image":{"a":1}}]',
     b'[{"id":"1","image":"/a","n":[[1]]}]', b'[{"id":"1","image":"/a","n":NaN}]', b"[" * 100_000,
     b'[{"id":"","image":"/a"}]', b'[{"id":"1","image":["/a"]}]', b'[{"id":"1","image":"/a","x":{"set":1}}]'],
)  # fmt: skip
def test_an_update_that_is_not_understood_is_refused(body, commands):
    with pytest.raises(ConfigError):
        updates.updates(body, commands=commands)


def test_the_two_paths_take_different_bodies():
    command, document = b'{"delete":{"query":"*:*"}}', b'{"id":"1","image":"/a"}'
    with pytest.raises(ConfigError, match="no id"):
        updates.updates(command, commands=False)
    with pytest.raises(ConfigError, match="Unknown command 'id'"):
        updates.updates(document, commands=True)
    assert updates.updates(document, commands=False) == [updates.Add((Document("1", "/a"),))]


OK = {"responseHeader": {"status": 0, "QTime": 1}}


@pytest.mark.parametrize(
    "reply",
    [None, [], "text", {}, {"responseHeader": {}}, {"responseHeader": {"status": 500}},
     {"responseHeader": {"status": 0, "partialResults": True}}],
)  # fmt: skip
def test_an_answer_without_a_good_header_is_a_bad_reply(reply):
    with pytest.raises(BadReply):
        replies_in.opened(reply)


@pytest.mark.parametrize(
    "response",
    [None, {}, {"docs": []}, {"numFound": 3}, {"numFound": "3", "docs": []}, {"numFound": -1, "docs": []},
     {"numFound": 1, "docs": ["x"]}, {"numFound": 0, "docs": [{"id": "1"}]}, {"numFound": True, "docs": []}],
)  # fmt: skip
def test_half_an_answer_is_a_bad_reply(response):
    with pytest.raises(BadReply):
        replies_in.page({**OK, "response": response})


@pytest.mark.parametrize(
    "document",
    [{}, {"id": "1"}, {"score": 1}, {"id": 1, "score": 1}, {"id": "1", "score": "1"},
     {"id": "1", "score": None},
     {"id": "1", "score": True}, {"id": "1", "score": 1.2}, {"id": "1", "score": -0.5},
     {"id": "1", "score": float("nan")}],
)  # fmt: skip
def test_a_hit_without_id_or_score_is_a_bad_reply(document):
    with pytest.raises(BadReply):
        replies_in.hit(document)


@pytest.mark.parametrize("document", [{}, {"id": None}, {"id": 7}, {"id": ""}, {"image": "/a"}])
def test_a_document_without_an_id_is_a_bad_reply(document):
    with pytest.raises(BadReply):
        documents.record(document)


@pytest.mark.parametrize(("sent", "read"), [(1, 1.0), (1.0000001, 1.0), (-0.0000001, 0.0), (0.93, 0.93)])
def test_scores_may_be_integers_and_off_by_rounding(sent, read):
    assert replies_in.hit({"id": "1", "score": sent}).score == read


def test_replies_as_the_documentation_shows_them_are_read():
    page = replies_in.page(
        {
            "responseHeader": {"status": 0, "QTime": 2},
            "response": {
                "numFound": 2,
                "start": 0,
                "maxScore": 1.0,
                "numFoundExact": True,
                "docs": [
                    {"id": "115", "image": "/img/115.jpg", "filename": "115.jpg", "score": 1.0},
                    {"id": "982", "image": "/img/982.png", "color_names": ["red"], "color_isolated": False},
                ],
            },
        }
    )
    assert (page.number, page.exact, page.mark) == (2, True, None)
    record = documents.record(page.documents[1])
    assert record.location == "/img/982.png"
    assert record.fields == {"color_names": ("red",), "color_isolated": False}
    terms = {**OK, "terms": {"labels": ["building", 181, "facade", 171]}}
    assert replies_in.term_counts(terms, "labels") == [ValueCount("building", 181), ValueCount("facade", 171)]
    facets = {**OK, "facet_counts": {"facet_fields": {"labels": {"building": 181}}}}
    assert replies_in.facet_counts(facets, "labels") == [ValueCount("building", 181)]
    schema = {**OK, "fields": [
        {"name": "id", "type": "string", "indexed": True, "stored": True},
        {"name": "labels", "type": "strings", "indexed": True},
        {"name": "day", "type": "pdate", "multiValued": False},
        {"name": "_version_", "type": "plong"},
        {"name": "image_blob", "type": "binary", "indexed": False},
    ]}  # fmt: skip
    assert replies_in.schema_fields(schema) == {
        "id": FieldInfo("id", FieldType.STRING),
        "labels": FieldInfo("labels", FieldType.STRING, multi=True),
        "day": FieldInfo("day", FieldType.DATE),
    }


def test_every_field_type_survives_schema_and_luke():
    infos = {kind: FieldInfo(kind, kind, multi) for kind in FieldType for multi in (True, False)}
    schema = over_the_wire({"fields": [replies_out.field(info) for info in infos.values()]})
    assert replies_in.schema_fields(schema) == infos
    assert replies_in.luke_fields(over_the_wire(replies_out.luke(infos, 3, "s"))) == infos


def test_fields_are_guessed_from_documents_where_there_is_no_schema():
    records = [
        ImageRecord("1", "", {"n": 1, "t": ("a",)}),
        ImageRecord("2", "", {"n": 1.5, "t": "b", "b": True}),
    ]
    assert replies_in.guessed_fields(records) == {
        "n": FieldInfo("n", FieldType.STRING),
        "t": FieldInfo("t", FieldType.STRING, multi=True),
        "b": FieldInfo("b", FieldType.BOOLEAN),
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryError("no such field"), 400),
        (ConfigError("rows=x"), 400),
        (UnreadableImage("upload", "is no picture"), 400),
        (Unsupported("cannot"), 400),
        (Forbidden("read-only"), 403),
        (DocumentLimit("no more"), 403),
        (UnknownImage("7"), 404),
        (BadReply("broken"), 502),
        (Rejected("busy", status=503), 503),
    ],
)
def test_our_own_errors_cross_the_wire(error, status):
    sent_status, reply = replies_out.failed(error)
    assert sent_status == status == reply["responseHeader"]["status"] == reply["error"]["code"]
    back = replies_in.refused(*replies_in.refusal(over_the_wire(reply), status), status, "there")
    same = (QueryError, UnreadableImage, Unsupported, Forbidden, DocumentLimit)
    assert type(back) is (type(error) if isinstance(error, same) else Rejected)
    assert str(error) in str(back)


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "org.apache.solr.search.SyntaxError: Cannot parse 'a:(': Encountered", QueryError),
        (400, "undefined field foo", QueryError),
        (400, "Document Limit of 5000 reached", DocumentLimit),
        (500, "the document limit is reached", DocumentLimit),
        (404, "no handler", Rejected),
    ],
)
def test_a_foreign_servers_refusal_is_sorted_by_its_message(status, message, kind):
    reply = {"error": {"metadata": ["error-class", "org.apache.solr.common.SolrException"], "msg": message}}
    error = replies_in.refused(*replies_in.refusal(reply, status), status, "http://s")
    assert type(error) is kind
    assert message in str(error)


def test_the_document_limit_is_explained():
    assert "5,000" in str(replies_in.refused("Document limit!", "", 400, "http://s"))


def test_a_core_that_the_server_does_not_describe_has_no_signature():
    assert replies_in.index_signature({**OK, "status": {"c": {}}}, "c") == ""
    assert replies_in.index_signature(OK, "c") == ""
    status = {"status": {"c": replies_out.core("c", 3, "s1", "2024-01-01T00:00:00Z", 5)}}
    other = {"status": {"c": replies_out.core("c", 3, "s2", "2024-01-01T00:00:00Z", 5)}}
    assert replies_in.index_signature(status, "c") != replies_in.index_signature(other, "c") != ""
