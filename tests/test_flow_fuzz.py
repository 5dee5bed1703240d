"""No request makes the Flow server fail: whatever it is sent, the answer is a result or a refusal."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.asking import Client
from tests.flow_api import API, FORM, PREFIXES, SOLR, client_of, four_images


@pytest.fixture
def api() -> Client:
    return client_of(four_images())


# fmt: off
ODD = [
    "*", "*:*", "id", "a1", "-1", "0", "1", "true", "False", "nan", "1e9", "id asc", "[1 TO 2]", "project:x",
    "rating:[* TO 3]", "NOW", "+1DAY", "rating", "AND",
    "http://127.0.0.1/", "file:///", "duplicate", "{}", "[]", "\x00",
]
NAMES = [
    "q", "fq", "fl", "rows", "start", "sort", "cursorMark", "wt", "facet", "facet.field", "facet.limit",
    "facet.mincount", "facet.prefix", "facet.sort", "rank.mode", "rank.by.id", "rank.by.url", "rank.by.data",
    "rank.by.preprocessed", "rank.threshold", "rank.treshold", "rank.approximate", "rank.smartfilter",
    "input.url", "input.data", "modules.apply", "terms.fl", "terms.limit", "terms.prefix", "terms.sort",
    "terms.list", "terms.lower", "terms.upper", "terms.mincount", "terms.stats", "terms", "id", "ids",
    "commit", "softCommit", "commitWithin", "json.command", "action", "core",
    "q.op", "df", "NOW", "TZ", "json.nl", "echoParams", "omitHeader", "facet.query", "facet.range",
    "facet.range.start", "facet.range.end", "facet.range.gap", "facet.range.include", "facet.range.other",
    "facet.offset", "facet.contains", "facet.missing", "f.rating.facet.range.gap",
]
# fmt: on
VALUES = st.sampled_from(ODD) | st.text(max_size=30)
PARAMETERS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6)
HANDLERS = st.sampled_from(
    [
        "",
        "/select",
        "/duplicate",
        "/analyze",
        "/terms",
        "/get",
        "/schema/fields",
        "/admin/luke",
        "/admin/ping",
        "/update",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "image", "import", "add", "doc", "delete", "query", "commit", "set", "x", "_y", ""]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def never_a_server_error(reply: Any) -> None:
    assert reply.status_code < 500, (reply.request.url, reply.text)
    assert "Traceback" not in reply.text
    told = {"responseHeader": {"status": 0}, **reply.json()}  # a success may be asked for without
    assert told["responseHeader"]["status"] == (0 if reply.status_code == 200 else reply.status_code)


@FUZZ
@given(HANDLERS, st.sampled_from(PREFIXES), PARAMETERS, st.booleans())
def test_no_parameters_cause_a_server_error(api, handler, prefix, parameters, as_form):
    text = urlencode(parameters, errors="surrogatepass")
    if as_form:
        never_a_server_error(api.post(f"{prefix}{handler}", content=text.encode(), headers=FORM))
    else:
        reply = api.request("POST" if handler == "/update" else "GET", f"{prefix}{handler}?{text}")
        never_a_server_error(reply)


@FUZZ
@given(st.sampled_from(PREFIXES), JSON)
def test_no_update_causes_a_server_error(api, prefix, body):
    headers = {"Content-Type": "application/json"}
    reply = api.post(f"{prefix}/update?commit=true", content=json.dumps(body).encode(), headers=headers)
    never_a_server_error(reply)
    never_a_server_error(api.get(f"{API}/select?fl=*,score&sort=id asc&cursorMark=*"))


@FUZZ
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_bytes_cause_a_server_error(api, query, body):
    text = "".join(f"%{byte:02x}" for byte in query)
    never_a_server_error(api.get(f"{API}/select?fq={text}&cursorMark={text}&fl={text}"))
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        for handler in ("update", "analyze"):
            never_a_server_error(api.post(f"{SOLR}/{handler}", content=body, headers={"Content-Type": kind}))


ELEMENTS = st.sampled_from(
    ["add", "doc", "field", "delete", "id", "query", "commit", "optimize", "update", "x"]
)
TREES = st.recursive(
    st.text("ab*:<&>\x00é", max_size=5),
    lambda inner: st.builds(
        "<{0}{1}>{2}</{0}>".format,
        ELEMENTS,
        st.sampled_from(["", ' name="id"', ' name="image"', ' update="set"', ' boost="x"', " a"]),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=8,
)


@FUZZ
@given(TREES)
def test_no_xml_is_a_server_error(api, body):
    never_a_server_error(
        api.post(f"{SOLR}/update", content=body.encode(), headers={"Content-Type": "application/xml"})
    )
