"""Solr's dates and date math, against a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.query.syntax.dates import milliseconds, read_date
from tests.query_cases import NOW


def at(text: str) -> int:
    return milliseconds(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("expression", "moment"),
    [
        ("NOW", "2024-05-17T13:45:30.250Z"),
        ("NOW/MILLI", "2024-05-17T13:45:30.250Z"),
        ("NOW/SECOND", "2024-05-17T13:45:30Z"),
        ("NOW/MINUTE", "2024-05-17T13:45:00Z"),
        ("NOW/HOUR", "2024-05-17T13:00:00Z"),
        ("NOW/DAY", "2024-05-17T00:00:00Z"),
        ("NOW/DATE", "2024-05-17T00:00:00Z"),
        ("NOW/MONTH", "2024-05-01T00:00:00Z"),
        ("NOW/YEARS", "2024-01-01T00:00:00Z"),
        ("NOW+2MONTHS", "2024-07-17T13:45:30.250Z"),
        ("NOW-7DAYS", "2024-05-10T13:45:30.250Z"),
        ("NOW-1YEAR", "2023-05-17T13:45:30.250Z"),
        ("NOW+90MINUTES-30SECONDS", "2024-05-17T15:15:00.250Z"),
        ("NOW+5MILLISECONDS", "2024-05-17T13:45:30.255Z"),
        ("NOW/DAY-1MONTH", "2024-04-17T00:00:00Z"),
        ("NOW+1DAY/DAY", "2024-05-18T00:00:00Z"),
        ("NOW/MONTH+1MONTH-1DAY", "2024-05-31T00:00:00Z"),
        ("2024-01-31T00:00:00Z+1MONTH", "2024-02-29T00:00:00Z"),
        ("2023-01-31T00:00:00Z+1MONTH", "2023-02-28T00:00:00Z"),
        ("2024-02-29T00:00:00Z+1YEAR", "2025-02-28T00:00:00Z"),
        ("2024-02-29T00:00:00Z-1YEAR/YEAR", "2023-01-01T00:00:00Z"),
        ("2024-01-15T00:00:00Z-1MONTH", "2023-12-15T00:00:00Z"),
        ("2024-12-15T00:00:00Z+1MONTH", "2025-01-15T00:00:00Z"),
        ("2024-01-01T10:20:30.5Z", "2024-01-01T10:20:30.500Z"),
        ("2024-01-01T10:20:30.123456Z", "2024-01-01T10:20:30.123Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("2024-05-17/MONTH", "2024-05-01T00:00:00Z"),
    ],
)
def test_an_expression_names_one_instant(expression: str, moment: str) -> None:
    span = read_date(expression, NOW)
    assert (span.first, span.last) == (at(moment), at(moment))


@pytest.mark.parametrize(
    ("expression", "first", "after"),
    [
        ("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
    ],
)
def test_a_date_without_a_time_is_the_whole_of_it(expression: str, first: str, after: str) -> None:
    span = read_date(expression, NOW)
    assert (span.first, span.last + 1) == (at(first), at(after))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("NOW-1WEEK", "7DAYS"),
        ("NOW/FORTNIGHT", "not a unit"),
        ("NOW-1day", "not a step"),
        ("now", "not a date"),
        ("yesterday", "not a date"),
        ("", "not a date"),
        ("2024-13-01", "calendar"),
        ("2023-02-29", "calendar"),
        ("2024-01-01T25:00:00Z", "calendar"),
        ("2024-01-01T10:00:00", "not a step"),
        ("2024-01-01T10:00:00+01:00", "not a step"),
        ("NOW+9999YEARS", "years 1 to 9999"),
        ("NOW-999999999DAYS", "years 1 to 9999"),
        ("NOW+9999999999DAYS", "not a step"),
        ("NOW-", "not a step"),
        ("٢٠٢٤-01-01", "not a date"),
    ],
)
def test_what_is_no_date_says_why(expression: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_date(expression, NOW)


def test_milliseconds_count_from_1970_and_are_rounded_down() -> None:
    assert milliseconds(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 1999, tzinfo=UTC)) == 1001
    assert milliseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


def test_moments_of_other_zones_and_of_none_are_the_same_instant() -> None:
    moment = datetime(2024, 1, 1, 12, tzinfo=UTC)
    assert milliseconds(moment.astimezone(timezone(timedelta(hours=5)))) == milliseconds(moment)
    assert milliseconds(moment.replace(tzinfo=None)) == milliseconds(moment)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)),
       st.sampled_from(["YEAR", "MONTH", "DAY", "HOUR"]))  # fmt: skip
def test_rounding_down_twice_is_rounding_down_once_and_never_goes_up(moment: datetime, unit: str) -> None:
    now = moment.replace(tzinfo=UTC)
    once = read_date(f"NOW/{unit}", now).first
    assert once == read_date(f"NOW/{unit}/{unit}", now).first <= milliseconds(now)
    assert milliseconds(now) < read_date(f"NOW/{unit}+1{unit}", now).first
