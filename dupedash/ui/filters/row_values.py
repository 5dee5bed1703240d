"""The value widgets of one row of the filter builder, by type and operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dupedash.model import FieldInfo, FieldType, ValueCount
from dupedash.query import Operator, Row, Widget, operators_for

Suggest = Callable[[str], Sequence[ValueCount]]
"""Field → its most frequent values; empty where the collection cannot say."""



def complete(row: Row) -> bool:
    """Whether the row has the values that its operator needs; one of two bounds is enough."""
    if row.operator.count == 0:
        return True
    return any(row.values) if row.operator.count == 2 else bool(row.values) and all(row.values)


def choices(kind: FieldInfo) -> list[tuple[Operator, bool]]:
    """What a row may ask of a field of this type: each operator, and each negated."""
    return [(operator, exclude) for operator in operators_for(kind.type) for exclude in (False, True)]


def choice_label(choice: tuple[Operator, bool]) -> str:
    """How it is shown: contains, does not contain …"""
    operator, exclude = choice
    return operator.negated if exclude else operator.label


def draw_values(key: str, row: Row, kind: FieldInfo | None, suggest: Suggest) -> tuple[str, ...]:
    """The widgets for the row's values and what they say now, as text."""
    widget = row.operator.widget
    date_field = kind is not None and kind.type is FieldType.DATE
    if widget is Widget.NOTHING:
        return ()
    if widget is Widget.DAYS:
        return _days(key, row)
    if date_field and _are_days(row.values):
        return _dates(key, row)
    if widget is Widget.BOUNDS:
        return _bounds(key, row)
    if widget is Widget.TEXT or kind is None or date_field:
        return _texts(st.text_input("Value", _first(row), key=key, label_visibility="collapsed"))
    return _suggested(key, row, kind, suggest)


def _days(key: str, row: Row) -> tuple[str, ...]:
    known = int(_first(row)) if _first(row).isdigit() else 30
    value = st.number_input("Days", 1, 36_500, known, key=key, label_visibility="collapsed")
    return (str(value),)


def _dates(key: str, row: Row) -> tuple[str, ...]:
    if row.operator.widget is not Widget.BOUNDS:
        return _texts(_date(key, _first(row)))
    low, high = (*row.values, "", "")[:2]
    left, right = st.columns(2, gap="small")
    with left:
        first = _date(f"{key}.low", low)
    with right:
        last = _date(f"{key}.high", high)
    return (first, last) if first or last else ()


def _date(key: str, value: str) -> str:
    known = date.fromisoformat(value) if value else None
    chosen = st.date_input(
        "Date", known, key=key, format="YYYY-MM-DD", label_visibility="collapsed",
        min_value=date(1900, 1, 1), max_value=date(2100, 12, 31),
    )  # fmt: skip
    return chosen.isoformat() if isinstance(chosen, date) else ""


def _bounds(key: str, row: Row) -> tuple[str, ...]:
    low, high = (*row.values, "", "")[:2]
    left, right = st.columns(2, gap="small")
    with left:
        first = _bound("from", low, f"{key}.low")
    with right:
        last = _bound("to", high, f"{key}.high")
    return (first, last) if first or last else ()


def _bound(label: str, value: str, key: str) -> str:
    return st.text_input(label, value, key=key, placeholder=label, label_visibility="collapsed").strip()


def _suggested(key: str, row: Row, kind: FieldInfo, suggest: Suggest) -> tuple[str, ...]:
    """A choice among the values that there are, with their counts; others can be typed."""
    boolean = kind.type is FieldType.BOOLEAN
    known = [ValueCount("true", None), ValueCount("false", None)] if boolean else suggest(row.field)
    counts = {value.value: value.count for value in known}
    options = [*counts, *(value for value in row.values if value not in counts)]

    def words(value: str) -> str:
        number = counts.get(value)
        return value if number is None else f"{value}  ({number:,})"

    if row.operator.widget is Widget.SEVERAL:
        several = st.multiselect(
            "Values", options, row.values, words, key=key, accept_new_options=not boolean,
            placeholder="Choose or type", label_visibility="collapsed",
        )  # fmt: skip
        return tuple(several)
    one = st.selectbox(
        "Value", options, options.index(_first(row)) if row.values else None, words, key=key,
        accept_new_options=not boolean, placeholder="Choose or type", label_visibility="collapsed",
    )  # fmt: skip
    return _texts(one)


def _are_days(values: Sequence[str]) -> bool:
    """Whether a calendar can show them; NOW-1YEAR and times of day are shown as text."""
    for value in filter(None, values):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
    return True


def _first(row: Row) -> str:
    return row.values[0] if row.values else ""


def _texts(value: str | None) -> tuple[str, ...]:
    return (value.strip(),) if value and value.strip() else ()
