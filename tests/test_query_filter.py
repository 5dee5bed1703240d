"""Filters asked of documents: SQL and the Python matcher must agree, and both with Solr's rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from dupedash.errors import ConfigError, QueryError
from dupedash.model import Fields
from dupedash.query import check, parse, to_sql
from dupedash.query.resolve import MAX_PATTERN, MAX_WORDS
from dupedash.query.syntax.lucene import MAX_DEPTH, MAX_TERMS
from tests.query_cases import FIELDS, NOW, found_by_python, found_by_sql, store_of
from tests.query_match import matches

DOCUMENTS: dict[str, Fields] = {
    "1": {"category": "doors", "labels": ("red", "old town"), "rating": 5, "price": 9.5, "checked": True,
          "date": datetime(2024, 5, 17, 8, tzinfo=UTC), "title": "The red door of the old town hall"},
    "2": {"category": "Doors", "labels": ("red",), "rating": -3, "sizes": (1, 100), "price": 1e3,
          "date": datetime(2024, 5, 10, 13, 45, 30, tzinfo=UTC), "title": ("Old", "door red")},
    "3": {"category": "windows", "labels": ("blue", "IMG_1234.jpg"), "rating": 0, "sizes": (50,),
          "price": -0.0, "checked": False, "date": datetime(2024, 1, 1, tzinfo=UTC)},
    "4": {"category": "a*b", "rating": 5, "date": datetime(2023, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)},
    "5": {"category": "", "labels": ("Über-uns", 'say "hi"\\'), "price": 0.1},
    "a/b:c d.jpg": {},
}  # fmt: skip
EVERY = set(DOCUMENTS)


@pytest.fixture(scope="module")
def store() -> Iterator[sqlite3.Connection]:
    with closing(store_of(DOCUMENTS)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("*:*", EVERY),
        ("", EVERY),
        ("category:doors", {"1"}),
        ("category:Doors", {"2"}),
        ("category:door", set()),
        ("category:(doors windows)", {"1", "3"}),
        ("-category:doors", EVERY - {"1"}),
        ("NOT category:(doors OR windows)", EVERY - {"1", "3"}),
        ("category:*", EVERY - {"a/b:c d.jpg"}),
        ("-category:*", {"a/b:c d.jpg"}),
        ("category:[* TO *]", EVERY - {"a/b:c d.jpg"}),
        ('category:""', {"5"}),
        (r"category:a\*b", {"4"}),
        ("category:?oors", {"1", "2"}),
        ("category:*oor*", {"1", "2"}),
        (r"category:*\**", {"4"}),
        ("category:[a TO doors]", {"1", "4"}),
        ("category:{doors TO *]", {"3"}),
        ("category:[* TO doors}", {"2", "4", "5"}),
        ("labels:red", {"1", "2"}),
        ('labels:"old town"', {"1"}),
        ("-labels:red", {"3", "4", "5", "a/b:c d.jpg"}),
        ("labels:(red AND blue)", set()),
        ('labels:(+red -"old town")', {"2"}),
        ("labels:IMG_1*", {"3"}),
        ("labels:img_1*", set()),
        (r'labels:"say \"hi\"\\"', {"5"}),
        ("rating:5", {"1", "4"}),
        ("rating:-3", {"2"}),
        ('rating:"-3"', {"2"}),
        ("rating:[-3 TO 0]", {"2", "3"}),
        ("rating:{-3 TO 5}", {"3"}),
        ("rating:[1 TO *]", {"1", "4"}),
        ("-rating:[1 TO *]", EVERY - {"1", "4"}),
        ("sizes:[40 TO 60]", {"3"}),
        ("sizes:[2 TO 200]", {"2", "3"}),
        ("-sizes:1", EVERY - {"2"}),
        ("+sizes:[* TO 10] +sizes:[90 TO *]", {"2"}),
        ("price:9.5", {"1"}),
        ("price:0", {"3"}),
        ("price:1000", {"2"}),
        ("price:1E3", {"2"}),
        ("price:.1", {"5"}),
        ("price:[0.1 TO 9.5}", {"5"}),
        ("checked:true", {"1"}),
        ("checked:False", {"3"}),
        ("-checked:true", EVERY - {"1"}),
        ("date:[NOW/DAY TO *]", {"1"}),
        ("date:[NOW-8DAYS TO NOW]", {"1", "2"}),
        ("date:[NOW-7DAYS/DAY TO NOW/DAY}", {"2"}),
        ("date:2024-01-01", {"3"}),
        ("date:2024", {"1", "2", "3"}),
        ("date:[2023-12-31 TO 2024-01-01]", {"3", "4"}),
        ("date:{2023-12-31 TO *]", {"1", "2", "3"}),
        ("date:[* TO 2024-01-01}", {"4"}),
        ('date:"2024-01-01T00:00:00Z"', {"3"}),
        ("date:{2024-01-01T00:00:00Z TO *]", {"1", "2"}),
        ("date:[2024-01-01T00:00:00Z TO 2024-01-01T00:00:00Z+1DAY}", {"3"}),
        ("id:1", {"1"}),
        ("-id:1", EVERY - {"1"}),
        ("id:(1 2 3)", {"1", "2", "3"}),
        ('id:"a/b:c d.jpg"', {"a/b:c d.jpg"}),
        ("id:a*", {"a/b:c d.jpg"}),
        ("id:[3 TO 5}", {"3", "4"}),
        ("id:*", EVERY),
        ("-id:*", set()),
        ("red", {"1", "2"}),
        ("RED", {"1", "2"}),
        ("jpg", {"3"}),
        ("1234", {"3"}),
        ("IMG_12*", {"3"}),
        ("über", {"5"}),
        ("u\u0308BER", {"5"}),
        ('"old town"', {"1"}),
        ('"town old"', set()),
        ("old-town", {"1"}),
        ('"door red"', {"2"}),
        ('"old door"', set()),
        ('"red blue"', set()),
        ('"doors red"', set()),
        ("windows doors", {"1", "2", "3"}),
        ("w?nd*", {"3"}),
        ('"..."', set()),
        ("title:door", {"1", "2"}),
        ('title:"RED door"', {"1"}),
        (r"title:re\**", set()),
        ("title:tow*", {"1"}),
        ("title:red AND -title:hall", {"2"}),
        ("title:*", {"1", "2"}),
        ("category:doors AND rating:5 OR category:windows", {"1"}),
        ("category:doors OR (rating:0 AND -checked:true)", {"1", "3"}),
        ("category:doors OR -rating:5", set()),
        ("category:windows OR (*:* -rating:*)", {"3", "5", "a/b:c d.jpg"}),
        ("+category:windows rating:5", {"3"}),
        ("!category:doors AND rating:5", {"4"}),
        ("category:doors^5", {"1"}),
    ],
)  # fmt: skip
def test_a_filter_finds(store: sqlite3.Connection, text: str, found: set[str]) -> None:
    assert found_by_sql(store, text) == found
    assert found_by_python(DOCUMENTS, text) == found


def test_several_filters_must_all_hold(store: sqlite3.Connection) -> None:
    assert found_by_sql(store, "rating:5", "-category:doors") == {"4"}
    assert found_by_sql(store) == EVERY


def test_all_filters_of_one_call_share_one_now() -> None:
    where, parameters = to_sql([parse("date:NOW"), parse("date:NOW")], FIELDS)
    assert where.count("?") == len(parameters)
    assert parameters[1] == parameters[4]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("categry:x", 0, "Did you mean category?"),
        ("a OR (rating:1 AND ratng:2)", 19, "Did you mean rating?"),
        ("zzz:*", 0, "There are: category, checked"),
        ("rating:abc", 7, "type long"),
        ("rating:1.5", 7, "whole number"),
        ("rating:9223372036854775808", 7, "64 bits"),
        ("rating:٣", 7, "whole number"),
        ("rating:[1 TO x]", 7, "'x'"),
        ("rating:5*", 7, "wildcards"),
        ("price:1_0", 6, "not a number"),
        ("price:nan", 6, "not a number"),
        ("price:1e999", 6, "not a number"),
        ("checked:maybe", 8, "neither true nor false"),
        ("checked:[0 TO 1]", 8, "range"),
        ("date:yesterday", 5, "not a date"),
        ("date:[NOW-1WEEK TO NOW]", 5, "7DAYS"),
        ("title:[a TO b]", 6, "range"),
        ("[a TO b]", 0, "range"),
        ('"' + "w " * (MAX_WORDS + 1) + '"', 0, "too long"),
        ("category:*" + "x" * MAX_PATTERN, 9, "too long"),
    ],
)
def test_what_does_not_fit_the_fields_says_where(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        check(parse(text), FIELDS)
    assert (caught.value.query, caught.value.position) == (text, column)
    assert message in str(caught.value)
    with pytest.raises(QueryError):
        to_sql([parse(text)], FIELDS)
    with pytest.raises(QueryError):
        matches(parse(text), {}, FIELDS)


def test_values_never_become_sql(store: sqlite3.Connection) -> None:
    text = """category:"x') OR 1=1; DROP TABLE documents --" """
    assert found_by_sql(store, text) == set()
    where, parameters = to_sql([parse(text)], FIELDS)
    assert "DROP" not in where
    assert parameters[0] == "category"


SHAPES = ("({} OR rating:[1 TO 2] AND -category:x)", "(category:x AND -{})", "(category:x* OR {} -rating:3)")


@pytest.mark.parametrize("shape", SHAPES)
def test_sqlite_takes_the_deepest_filter(store: sqlite3.Connection, shape: str) -> None:
    text = "rating:[1 TO 2]"
    for _ in range(MAX_DEPTH):
        text = shape.format(text)
    found_by_sql(store, text, text)


def test_sqlite_takes_the_widest_filter(store: sqlite3.Connection) -> None:
    each = [f"rating:{n}" if n % 2 else f'"w{n} x"' for n in range(MAX_TERMS // 2)]
    found_by_sql(store, " OR ".join(each))
    found_by_sql(store, "*:* " + " ".join("-" + one for one in each))
    assert found_by_sql(store, "id:(" + " ".join(str(n) for n in range(MAX_TERMS)) + ")") == set("12345")
    assert found_by_sql(store, '"' + "door " * MAX_WORDS + '"') == set()


def test_what_is_both_deep_and_wide_is_refused_and_not_left_to_sqlite(store: sqlite3.Connection) -> None:
    text = "rating:1"
    for _ in range(MAX_DEPTH):
        text = f"({text} " + " ".join(f"category:x{n}*" for n in range(250)) + ")"
    with pytest.raises(QueryError, match="too complex"):
        found_by_sql(store, text)


def test_a_deleted_document_takes_its_rows_along() -> None:
    with closing(store_of(DOCUMENTS)) as own:
        own.execute("DELETE FROM documents")
        for table in ("values_", "words"):
            assert own.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_text_that_sqlite_cannot_hold_is_still_found() -> None:
    documents: dict[str, Fields] = {"1": {"category": "bad\udcff\0name\uffff"}, "2": {"category": "other"}}
    with closing(store_of(documents)) as own:
        for text in ('category:"bad\udcff\0name\uffff"', "category:bad?\0*"):
            assert found_by_sql(own, text) == found_by_python(documents, text) == {"1"}


def test_a_value_that_is_no_number_counts_as_none_and_a_huge_one_is_refused() -> None:
    with closing(store_of({"1": {"price": float("nan")}, "2": {"price": float("inf")}})) as own:
        assert found_by_sql(own, "price:*") == {"2"}
        assert found_by_sql(own, "price:[1 TO *]") == {"2"}
    with pytest.raises(ConfigError, match="64 bits"):
        store_of({"1": {"rating": 2**63}})


def test_now_is_the_time_of_the_call_unless_given() -> None:
    fields: Fields = {"date": datetime.now(UTC)}
    assert matches(parse("date:[NOW-1MINUTE TO NOW+1MINUTE]"), fields, FIELDS)
    assert not matches(parse("date:[NOW-1MINUTE TO NOW+1MINUTE]"), fields, FIELDS, NOW)


@pytest.mark.parametrize(
    "text",
    ["category:x", "category:(x y)", "category:x*", "rating:5", "rating:[1 TO 2]", "labels:*", "word",
     '"two words"', "title:word"],
)  # fmt: skip
def test_an_index_answers_every_kind_of_condition(store: sqlite3.Connection, text: str) -> None:
    where, parameters = to_sql([parse(text)], FIELDS)
    statement = f"EXPLAIN QUERY PLAN SELECT rowid FROM documents d WHERE {where}"
    plan = [row[3] for row in store.execute(statement, parameters)]
    tables = [line for line in plan if "values_" in line or " w0" in line or " w1" in line]
    assert tables
    assert all(line.startswith("SEARCH") for line in tables), plan
