"""Laws of filter queries, on random documents and random queries."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from dupedash.model import Fields
from dupedash.query import explain, from_lucene, parse, to_lucene
from dupedash.query.syntax.literals import write_value
from tests.query_cases import FIELDS, NOW, found_by_python, found_by_sql, store_of
from tests.query_match import matches

STRINGS = st.text("aAbé_ *?[\\\"1ß", max_size=4) | st.text(max_size=3)
LONGS = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
DOUBLES = st.sampled_from([-1.5, -0.0, 0.0, 0.1, 2.0, 1e300]) | FINITE
DATES = st.datetimes(datetime(2024, 5, 14), datetime(2024, 5, 18), timezones=st.just(UTC))
OF = {
    "category": STRINGS,
    "labels": st.lists(STRINGS, min_size=1, max_size=3).map(tuple),
    "title": st.lists(st.sampled_from(["red", "Red", "old", "door"]), max_size=4).map(" ".join),
    "rating": LONGS,
    "sizes": st.lists(LONGS, min_size=1, max_size=3).map(tuple),
    "price": DOUBLES,
    "checked": st.booleans(),
    "date": DATES,
}
DOCUMENTS = st.lists(st.fixed_dictionaries({}, optional=OF), min_size=1, max_size=6).map(
    lambda documents: {str(number): fields for number, fields in enumerate(documents)}
)

TERMS = STRINGS.map(write_value)
DAYS = st.sampled_from(["2024-05-14", "2024-05-15", "2024-05", "NOW/DAY", "NOW-1DAY", "2024-05-16T12:00:00Z"])


def ranges(bounds: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    ends = bounds | st.just("*")
    return st.builds("{}{} TO {}{}".format, st.sampled_from("[{"), ends, ends, st.sampled_from("]}"))


def values(kind: st.SearchStrategy[float]) -> st.SearchStrategy[str]:
    return kind.map(repr).map(lambda text: f'"{text}"')


PIECES = st.sampled_from(["*", "?", "a", "A", "é", r"\*", r"\[", "1", "_"])
WILD = st.lists(PIECES, min_size=1, max_size=4).map("".join)
WORD = st.sampled_from(["red", "OLD", "door", "a"])
WORDS = st.lists(WORD, min_size=1, max_size=3).map(" ".join).map('"{}"'.format)
LEAVES = st.one_of(
    st.builds("{}:{}".format, st.sampled_from(["category", "labels"]), TERMS | WILD | ranges(TERMS)),
    st.builds("{}:{}".format, st.sampled_from(["rating", "sizes"]), values(LONGS) | ranges(values(LONGS))),
    st.builds("price:{}".format, values(DOUBLES) | ranges(values(DOUBLES))),
    st.builds("date:{}".format, DAYS.map(write_value) | ranges(DAYS.map(write_value))),
    st.builds("title:{}".format, WORDS | WILD),
    st.sampled_from(["*:*", "checked:true", "checked:false", "date:*", "sizes:*", "id:[1 TO 3]", "id:0"]),
    WORDS | WILD | TERMS,
)


def joined(parts: list[tuple[str, str]], operator: str) -> str:
    return "(*:* " * (operator == " ") + operator.join(s + p for s, p in parts) + ")" * (operator == " ")


def grouped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Groups with every operator; the first part is never excluded, so that brackets stay legal."""
    first = st.tuples(st.sampled_from(["", "+"]), inner)
    others = st.tuples(st.sampled_from(["", "+", "-", "NOT "]), inner)
    operators = st.sampled_from([" AND ", " OR ", " "])
    parts = st.builds(lambda one, more: [one, *more], first, st.lists(others, max_size=3))
    return st.builds(joined, parts, operators).map("({})".format)


QUERIES = st.recursive(LEAVES, grouped, max_leaves=8)


@settings(max_examples=150)
@given(DOCUMENTS, QUERIES, st.booleans())
def test_sql_finds_exactly_what_the_python_matcher_finds(
    documents: dict[str, Fields], text: str, excluded: bool
) -> None:
    text = f"-{text}" if excluded else text
    with closing(store_of(documents)) as store:
        assert found_by_sql(store, text) == found_by_python(documents, text)


@settings(max_examples=60)
@given(DOCUMENTS, LEAVES)
def test_an_exclusion_finds_exactly_the_others(documents: dict[str, Fields], text: str) -> None:
    assert found_by_python(documents, f"-{text}") == set(documents) - found_by_python(documents, text)


@settings(max_examples=100)
@given(DOCUMENTS, QUERIES)
def test_rows_read_from_a_text_mean_the_same_as_the_text(documents: dict[str, Fields], text: str) -> None:
    rows = from_lucene(text, FIELDS)
    if rows is not None:
        written = to_lucene(rows, FIELDS)
        assert found_by_python(documents, written) == found_by_python(documents, text)
        assert to_lucene(from_lucene(written, FIELDS) or rows, FIELDS) == written
    assert explain(parse(text), FIELDS)


@given(st.text())
def test_any_string_is_found_by_its_quoted_form(value: str) -> None:
    assert matches(parse(f"category:{write_value(value)}"), {"category": value}, FIELDS, NOW)
