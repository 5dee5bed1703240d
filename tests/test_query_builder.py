"""The rows of the filter builder, to Lucene's text and back, and a filter in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dupedash.errors import ConfigError, QueryError
from dupedash.model import FieldInfo, FieldType
from dupedash.query import (
    Filter,
    Join,
    Row,
    check,
    explain,
    from_lucene,
    operators,
    operators_for,
    parse,
    to_lucene,
)  # fmt: skip
from dupedash.query.syntax.literals import storable
from tests.query_cases import FIELDS, NOW
from tests.query_match import matches

PAIRS = [
    (Row("category", operators.IS, ("doors",)), "category:doors", "category is doors"),
    (Row("category", operators.IS, ("doors",), exclude=True), "-category:doors", "category is not doors"),
    (Row("category", operators.IS, ("a b",)), 'category:"a b"', "category is a b"),
    (Row("category", operators.IS, ("AND",)), 'category:"AND"', "category is AND"),
    (Row("category", operators.IS, ("",)), 'category:""', "category is “”"),
    (Row("category", operators.ONE_OF, ("a", "b c")), 'category:(a OR "b c")', "category is one of a or b c"),
    (Row("category", operators.ONE_OF, ("a", "b"), exclude=True), "-category:(a OR b)",
     "category is none of a or b"),
    (Row("category", operators.CONTAINS, ("a b*",)), r"category:*a\ b\**", "category contains a b*"),
    (Row("category", operators.STARTS_WITH, ("/img",)), r"category:\/img*", "category starts with /img"),
    (Row("category", operators.STARTS_WITH, ("x",), exclude=True), "-category:x*",
     "category does not start with x"),
    (Row("labels", operators.EXISTS), "labels:*", "labels has a value"),
    (Row("labels", operators.EXISTS, exclude=True), "-labels:*", "labels has no value"),
    (Row("title", operators.CONTAINS, ("red door",)), 'title:"red door"', "title contains red door"),
    (Row("rating", operators.IS, ("-5",)), 'rating:"-5"', "rating is -5"),
    (Row("rating", operators.ONE_OF, ("1", "2")), "rating:(1 OR 2)", "rating is one of 1 or 2"),
    (Row("rating", operators.BETWEEN, ("1", "5")), "rating:[1 TO 5]", "rating between 1 and 5"),
    (Row("rating", operators.BETWEEN, ("-1", "")), "rating:[-1 TO *]", "rating from -1"),
    (Row("price", operators.BETWEEN, ("", "1.5")), "price:[* TO 1.5]", "price up to 1.5"),
    (Row("price", operators.BETWEEN, ("", "5"), exclude=True), "-price:[* TO 5]", "price is not up to 5"),
    (Row("checked", operators.IS, ("true",)), "checked:true", "checked is true"),
    (Row("date", operators.LAST_DAYS, ("7",)), "date:[NOW-7DAYS TO NOW]", "date in the last 7 days"),
    (Row("date", operators.IS, ("2024-01-31",)),
     "date:[2024-01-31T00:00:00Z TO 2024-01-31T00:00:00Z+1DAY}", "date is 2024-01-31"),
    (Row("date", operators.IS, ("2024-01-31T10:00:00Z",)), 'date:"2024-01-31T10:00:00Z"',
     "date is 2024-01-31T10:00:00Z"),
    (Row("date", operators.AFTER, ("2024-01-01",)), "date:[2024-01-01T00:00:00Z+1DAY TO *]",
     "date after 2024-01-01"),
    (Row("date", operators.AFTER, ("NOW/DAY",)), "date:{NOW/DAY TO *]", "date after NOW/DAY"),
    (Row("date", operators.BEFORE, ("2024-01-01",)), "date:[* TO 2024-01-01T00:00:00Z}",
     "date before 2024-01-01"),
    (Row("date", operators.BETWEEN, ("2024-01-01", "2024-01-31")),
     "date:[2024-01-01T00:00:00Z TO 2024-01-31T00:00:00Z+1DAY}", "date between 2024-01-01 and 2024-01-31"),
    (Row("date", operators.BETWEEN, ("2024-01-01", "")), "date:[2024-01-01T00:00:00Z TO *]",
     "date from 2024-01-01"),
    (Row("date", operators.BETWEEN, ("", "2024-01-31")), "date:[* TO 2024-01-31T00:00:00Z+1DAY}",
     "date up to 2024-01-31"),
    (Row("id", operators.IS, ("1041",), exclude=True), "-id:1041", "id is not 1041"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "text", "words"), PAIRS, ids=[text for _, text, _ in PAIRS])
def test_a_row_is_written_read_back_and_told(row: Row, text: str, words: str) -> None:
    assert to_lucene(Filter((row,)), FIELDS) == text
    assert from_lucene(text, FIELDS) == Filter((row,))
    assert explain(parse(text), FIELDS) == words


def test_a_plus_sign_is_dropped_where_a_bound_cannot_have_it() -> None:
    assert to_lucene(Filter((Row("rating", operators.BETWEEN, ("+1", "")),)), FIELDS) == "rating:[1 TO *]"


DOORS, OLD, NOT_BAD = PAIRS[0][0], PAIRS[23][0], Row("rating", operators.IS, ("1",), exclude=True)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (Filter(), "*:*"),
        (Filter((DOORS, OLD)), "category:doors AND date:[2024-01-01T00:00:00Z+1DAY TO *]"),
        (Filter((DOORS, NOT_BAD)), "category:doors AND -rating:1"),
        (Filter((NOT_BAD, DOORS)), "-rating:1 AND category:doors"),
        (Filter((DOORS, OLD), Join.OR), "category:doors OR date:[2024-01-01T00:00:00Z+1DAY TO *]"),
        (Filter((DOORS, NOT_BAD), Join.OR), "category:doors OR (*:* -rating:1)"),
        (Filter((PAIRS[1][0], NOT_BAD), Join.OR), "(*:* -category:doors) OR (*:* -rating:1)"),
        (Filter((Row("date", operators.IS, ("2024",)), Row("date", operators.IS, ("2023",))), Join.OR),
         "date:2024 OR date:2023"),
        (Filter((PAIRS[5][0], DOORS), Join.OR), 'category:(a OR "b c") OR category:doors'),
    ],
)  # fmt: skip
def test_several_rows_are_written_and_read_back(rows: Filter, text: str) -> None:
    assert to_lucene(rows, FIELDS) == text
    assert from_lucene(text, FIELDS) == rows


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("date:[2024-01-01 TO 2024-01-31]", PAIRS[26][0]),
        ("date:{2024-01-01 TO *]", PAIRS[23][0]),
        ("date:2024-01-31", PAIRS[21][0]),
        ("rating:{* TO 5]", Row("rating", operators.BETWEEN, ("", "5"))),
        ("rating:5^2", Row("rating", operators.IS, ("5",))),
        ("category:a || category:b", Row("category", operators.ONE_OF, ("a", "b"))),
        ("*:* -category:doors", PAIRS[1][0]),
        ("NOT labels:[* TO *]", PAIRS[11][0]),
        ("-(category:a category:b)", Row("category", operators.ONE_OF, ("a", "b"), exclude=True)),
    ],
)
def test_another_spelling_of_the_same_is_read_as_the_same_row(text: str, same: Row) -> None:
    assert from_lucene(text, FIELDS) == Filter((same,))


@pytest.mark.parametrize(
    "text",
    ["doors", "category:a*b", "title:re*", "rating:{1 TO 5]", "category:[a TO b]", "+category:a rating:1",
     "category:a AND (rating:1 OR price:2)", "date:[NOW-1DAY TO NOW}"],
)  # fmt: skip
def test_what_rows_cannot_say_stays_text(text: str) -> None:
    assert from_lucene(text, FIELDS) is None
    assert explain(parse(text), FIELDS)


def test_a_faulty_text_is_an_error_and_not_merely_unsayable() -> None:
    for text in ("category:(a", "categry:a", "rating:x"):
        with pytest.raises(QueryError):
            from_lucene(text, FIELDS)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (Row("categry", operators.IS, ("a",)), "no such field"),
        (Row("title", operators.IS, ("a",)), "no such operator"),
        (Row("rating", operators.CONTAINS, ("a",)), "no such operator"),
        (Row("category", operators.IS), "takes 1"),
        (Row("category", operators.EXISTS, ("a",)), "takes 0"),
        (Row("rating", operators.BETWEEN, ("1",)), "takes 2"),
        (Row("rating", operators.BETWEEN, ("", "")), "bound"),
        (Row("category", operators.ONE_OF), "at least one"),
        (Row("category", operators.CONTAINS, ("",)), "missing"),
        (Row("rating", operators.IS, ("1 OR *:*",)), "whole number"),
        (Row("rating", operators.BETWEEN, ("1] OR *:* [2", "3")), "whole number"),
        (Row("checked", operators.IS, ("yes",)), "neither true nor false"),
        (Row("date", operators.AFTER, ("2024-01-01 TO *] OR *:*",)), "not a step"),
        (Row("date", operators.LAST_DAYS, ("7DAYS+1",)), "number of days"),
        (Row("date", operators.LAST_DAYS, ("-7",)), "number of days"),
        (Row("date", operators.LAST_DAYS, ("999999999",)), "years 1 to 9999"),
    ],
)
def test_a_row_that_cannot_be_written_says_which_and_why(row: Row, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"Row 2 \({row.field}.*{message}"):
        to_lucene(Filter((DOORS, row)), FIELDS)


HOSTILE = st.text() | st.text('ab :()[]{}"\\+-!*?~^/&|<>\'\n\tANDORTO_.', max_size=12)


@settings(max_examples=200)
@given(HOSTILE, HOSTILE)
def test_hostile_values_are_found_as_they_are(value: str, other: str) -> None:
    for operator in (operators.IS, operators.ONE_OF, operators.CONTAINS, operators.STARTS_WITH):
        if value or operator in (operators.IS, operators.ONE_OF):
            text = to_lucene(Filter((Row("category", operator, (value,)),)), FIELDS)
            assert matches(parse(text), {"category": value}, FIELDS, NOW)
    same = matches(parse(to_lucene(Filter((Row("category", operators.IS, (value,)),)), FIELDS)),
                   {"category": other}, FIELDS, NOW)  # fmt: skip
    assert same == (value == other)
    started = to_lucene(Filter((Row("category", operators.STARTS_WITH, (value or "x",)),)), FIELDS)
    assert matches(parse(started), {"category": other}, FIELDS, NOW) == other.startswith(value or "x")


@settings(max_examples=100)
@given(HOSTILE.map(storable).filter(bool), st.sampled_from(["12", "a b", "*"]))
def test_hostile_field_names_are_written_so_that_they_are_read_back(name: str, value: str) -> None:
    fields = {name: FieldInfo(name, FieldType.STRING)}
    rows = Filter((Row(name, operators.IS, (value,)), Row(name, operators.EXISTS)))
    assert from_lucene(to_lucene(rows, fields), fields) == rows


@pytest.mark.parametrize("kind", FieldType)
def test_every_operator_that_a_type_offers_can_be_written_and_checked(kind: FieldType) -> None:
    fields = {"f": FieldInfo("f", kind)}
    value = {FieldType.DATE: "2024-01-01", FieldType.BOOLEAN: "true"}.get(kind, "7")
    for operator in operators_for(kind):
        count = 1 if operator.count is None else operator.count
        text = value if operator is not operators.LAST_DAYS else "7"
        for exclude in (False, True):
            check(parse(to_lucene(Filter((Row("f", operator, (text,) * count, exclude),)), fields)), fields)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("*:*", "all images"),
        ("category:doors AND date:[2024-01-02 TO *]", "category is doors and date from 2024-01-02"),
        ("dogs", "any text contains dogs"),
        ('title:"red door" OR rating:{3 TO 5]', "title contains red door or rating above 3 up to 5"),
        ("(category:a OR rating:1) AND NOT dogs",
         "(category is a or rating is 1) and not any text contains dogs"),
        ("category:a rating:1 -checked:true", "(category is a or rating is 1) and not checked is true"),
        ("+category:a rating:1", "category is a"),
        ("category:a?b*", "category is like a?b*"),
        ("id:(" + " ".join("abcdefgh") + ")", "id is one of a, b, c, d, e or 3 more"),
    ],
)  # fmt: skip
def test_a_filter_is_told_in_plain_words(text: str, words: str) -> None:
    assert explain(parse(text), FIELDS) == words
