"""The filter builder: rows of field, operator and values beside the Lucene text that they stand for.

The text is what counts. Rows write it; a text that was typed is read back into rows where rows can say it.
Both live in the session under the builder's name, so that several builders fit on one page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

import streamlit as st

from dupedash.errors import ConfigError, QueryError
from dupedash.model import FieldInfo
from dupedash.query import Filter, Join, Row, from_lucene, operators_for, to_lucene
from dupedash.ui.errors import show_query
from dupedash.ui.filters.row_values import Suggest, choice_label, choices, complete, draw_values

_JOINS = {Join.AND: "All of these", Join.OR: "Any of these"}
_WIDTHS = (2.4, 2.6, 5.0, 0.5)
_number = count(1)


@dataclass(slots=True)
class Builder:
    """What is built so far.

    text   the filter query, "" for all images
    rows   by number (numbers are never used again, they are part of widget keys); None where the text says
           more than rows can
    error  why the text cannot be used, or None
    """

    text: str = ""
    rows: dict[int, Row] | None = field(default_factory=dict)
    join: Join = Join.AND
    error: QueryError | None = None

    def read(self, text: str, fields: Mapping[str, FieldInfo]) -> None:
        """Take a text that was typed or saved."""
        self.text, self.error = text.strip(), None
        try:
            filters = from_lucene(self.text, fields) if self.text else Filter()
        except QueryError as error:
            self.error = error
            return
        self.rows = None if filters is None else {next(_number): row for row in filters.rows}
        self.join = filters.join if filters else self.join

    def write(self, fields: Mapping[str, FieldInfo]) -> None:
        """Say the rows as text; a row that lacks a value does not count yet."""
        ready = tuple(row for row in (self.rows or {}).values() if complete(row))
        self.text, self.error = (to_lucene(Filter(ready, self.join), fields) if ready else ""), None


def builder(name: str) -> Builder:
    """The builder of this name in this visitor's session."""
    state: Builder = st.session_state.setdefault(f"{name}.builder", Builder())
    return state


def draw(name: str, fields: Mapping[str, FieldInfo], suggest: Suggest) -> Builder:
    """Draw rows and text; what they say is in the builder that comes back."""
    state = builder(name)
    if state.rows is None:
        st.caption("This query says more than rows can show: change its text, or empty it to start again.")
    else:
        _draw_rows(name, state, fields, suggest)
    key = f"{name}.text"
    st.session_state[key] = state.text
    st.text_input(
        "Filter query",
        key=key,
        placeholder="category:street AND date:[2024-01-01 TO *]",
        on_change=lambda: state.read(st.session_state[key], fields),
        help='Lucene syntax: field:value, "a phrase", [low TO high], wild*, AND, OR, NOT, brackets.',
    )
    if state.error:
        show_query(state.error)
    return state


def _draw_rows(name: str, state: Builder, fields: Mapping[str, FieldInfo], suggest: Suggest) -> None:
    rows = state.rows or {}
    if len(rows) > 1:
        join = st.segmented_control(
            "Match", list(_JOINS), default=state.join, required=True, format_func=_JOINS.__getitem__,
            key=f"{name}.join.{state.join}", label_visibility="collapsed",
        )  # fmt: skip
    else:
        join = state.join
    drawn = {number: _draw_row(f"{name}.{number}", row, fields, suggest) for number, row in rows.items()}
    kept = {number: row for number, row in drawn.items() if row is not None}
    if kept != rows or join != state.join:
        state.rows, state.join = kept, Join(join)
        _say(state, fields)
        if len(kept) < len(rows):
            st.rerun()
    st.button(
        "Add a condition", icon=":material/add:", key=f"{name}.add", type="tertiary",
        on_click=_add, args=(state, fields),
    )  # fmt: skip


def _say(state: Builder, fields: Mapping[str, FieldInfo]) -> None:
    try:
        state.write(fields)
    except ConfigError as error:
        state.error = error if isinstance(error, QueryError) else QueryError(str(error))


def _add(state: Builder, fields: Mapping[str, FieldInfo]) -> None:
    first = fields[min(fields)]
    state.rows = {**(state.rows or {}), next(_number): Row(first.name, operators_for(first.type)[0])}


def _draw_row(key: str, row: Row, fields: Mapping[str, FieldInfo], suggest: Suggest) -> Row | None:
    """One row of widgets; None where it was removed."""
    columns = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
    names = sorted({*fields, row.field})
    name = columns[0].selectbox(
        "Field", names, index=names.index(row.field), key=f"{key}.field", label_visibility="collapsed"
    )
    kind = fields.get(name)
    current = (row.operator, row.exclude)
    offered = choices(kind) if kind else [current]
    operator, exclude = columns[1].selectbox(
        "Operator",
        offered,
        index=offered.index(current) if current in offered else 0,
        key=f"{key}.{name}.operator",
        format_func=choice_label,
        label_visibility="collapsed",
    )
    # The other way round keeps its values; a new field or operator starts without.
    same = (name, operator) == (row.field, row.operator)
    fresh = Row(name, operator, row.values if same else (), exclude)
    with columns[2]:
        values = draw_values(f"{key}.{name}.{operator}", fresh, kind, suggest)
    if columns[3].button("", icon=":material/close:", key=f"{key}.remove", type="tertiary", help="Remove"):
        return None
    return Row(name, operator, values, exclude)
