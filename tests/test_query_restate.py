"""Filters written out, so that they mean the same without the parameters and at another time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from dupedash.errors import QueryError
from dupedash.query import parse
from dupedash.query.restate import Reading, at, names_now, restated
from dupedash.query.syntax.tree import Occur
from dupedash.query.syntax.write import write
from tests.query_cases import FIELDS, NOW
from tests.test_query_agreement import QUERIES

AND = Reading(NOW, default=Occur.MUST)
QUOTED = '"2024-05-17T13:45:30.250Z"'
BERLIN = Reading(NOW, ZoneInfo("Europe/Berlin"))


@given(QUERIES)
def test_a_filter_that_is_written_out_is_read_as_it_was(text):
    query = parse(text)
    assert parse(write(query.root)) == query


@pytest.mark.parametrize(
    "text",
    ['f:""', r"f:a\ b*", r"f:\AND", r"AND\:x:1", r"f:a\u000ab", 'f:"a\nb"', r"f:*\*?", "f:(-a *:*)",
     r"f:\-1", "f:-1", '"*"', "a (b -c (d +e))", "f:{NOW-1DAY TO *]", 'f:["AND" TO "OR"]',
     r'f:"\"\\"', "TO", "f:[* TO *]", "-f:*"],
)  # fmt: skip
def test_odd_filters_too(text):
    query = parse(text)
    assert parse(write(query.root)) == query


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a b", "+a +b"),
        ("a OR b", "a b"),
        ("a || b c", "a b +c"),
        ("a b OR c", "+a b c"),
        ("+a OR b", "a b"),
        ("a OR +b", "a b"),
        ("a OR -b", "a -b"),
        ("a AND b OR c", "+a b c"),
        ("a -b", "+a -b"),
        ("-a", "-a"),
        ("a", "a"),
        ("category:(a b)", "+category:a +category:b"),
        ("(a b) OR (c d)", "(+a +b) (+c +d)"),
    ],
)
def test_clauses_without_an_operator_may_be_required(text, same):
    assert restated([text], AND, FIELDS) == (same,)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a", "category:a"),
        ("a title:b c*", "category:a title:b category:c*"),
        ("*:*", "*:*"),
        ("*", "category:*"),
        ("[a TO b]", "category:[a TO b]"),
        ('"a b" (c)', 'category:"a b" category:c'),
    ],
)
def test_terms_without_a_field_may_have_a_default_field(text, same):
    assert restated([text], Reading(NOW, field="category"), FIELDS) == (same,)


@pytest.mark.parametrize(
    ("reading", "text", "same"),
    [
        (Reading(NOW), "date:NOW", 'date:"2024-05-17T13:45:30.250Z"'),
        (Reading(NOW), "date:{NOW/DAY-1MONTH TO NOW}", f'date:{{"2024-04-17T00:00:00Z" TO {QUOTED}}}'),
        (Reading(NOW), "date:[2024-05-01 TO NOW/DAY]", 'date:[2024-05-01 TO "2024-05-17T00:00:00Z"]'),
        (Reading(NOW), "category:NOW", "category:NOW"),
        (Reading(NOW), "date:[NOW/WEEK TO *]", 'date:["NOW/WEEK" TO *]'),
        (BERLIN, "date:[NOW/DAY TO NOW/DAY+1DAY]", 'date:["2024-05-16T22:00:00Z" TO "2024-05-17T22:00:00Z"]'),
        (BERLIN, "date:[NOW/MONTH TO *]", 'date:["2024-04-30T22:00:00Z" TO *]'),
        (BERLIN, "date:[2024-03-31T00:00:00Z/DAY+1DAY TO *]", 'date:["2024-03-31T22:00:00Z" TO *]'),
        (BERLIN, "date:[2024-03-30T22:00:00Z/DAY+24HOURS TO *]", 'date:["2024-03-30T23:00:00Z" TO *]'),
    ],
)  # fmt: skip
def test_dates_are_written_out_as_instants(reading, text, same):
    assert restated([text], reading, FIELDS) == (same,)


def test_what_needs_no_writing_out_stays_to_the_letter():
    texts = ('category:"a"   OR rating:[1 TO 2]', "")
    assert restated(texts, Reading(NOW), FIELDS) == texts
    assert not names_now(texts)


def test_what_is_no_filter_is_told_or_left_to_its_collection():
    with pytest.raises(QueryError, match="never closed"):
        restated(["(a NOW"], Reading(NOW), FIELDS)
    assert at(NOW, ["{!geofilt} NOW"], FIELDS) == ("{!geofilt} NOW",)


def test_the_same_filter_moves_with_the_clock():
    later = datetime.now(UTC) + timedelta(days=1)
    assert at(NOW, ["date:NOW"], FIELDS) != at(later, ["date:NOW"], FIELDS)
