"""What a collection consists of: figures, fields with their values, and what could not be read."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.model import Failure, ValueCount
from dupedash.ui import errors
from dupedash.ui.shared.widgets import Fact, facts
from dupedash.ui.state import View

LISTED = 500
VALUES = 12


def draw_facts(view: View) -> None:
    """How many images, fields and unreadable files."""
    row = [
        Fact("Images", wording.count(view.count()), view.collection.engine),
        Fact("Fields", wording.count(len(view.fields())), "to filter by"),
        Fact("Scans", wording.count(len(view.scans)), "stored"),
    ]
    unread = unreadable(view)
    if unread is not None:
        row.append(Fact("Not readable", wording.count(len(unread)), "files, with the reason each"))
    facts(row)


def unreadable(view: View) -> list[Failure] | None:
    """Files that are not searched, with the reason; None where the collection does not keep such a list."""
    collection = view.collection
    if not isinstance(collection, EmbeddedCollection):
        return None
    return [*collection.store.failures(), *collection.store.hidden()]


def draw_unreadable(view: View) -> None:
    """The list, and that of damaged files."""
    failures = unreadable(view)
    if failures is None:
        st.caption("A server does not say which files it could not read.")
    elif not failures:
        st.caption(":green[:material/check_circle:] Every file that was found could be read.")
    else:
        _draw_files(failures)
    _draw_damaged(view)


def _draw_damaged(view: View) -> None:
    collection = view.collection
    damaged = collection.store.damaged() if isinstance(collection, EmbeddedCollection) else []
    if damaged:
        st.subheader("Damaged, compared all the same", anchor=False)
        _draw_files(damaged)


def _draw_files(failures: list[Failure]) -> None:
    shown = failures[:LISTED]
    st.dataframe({"file": [f.what for f in shown], "reason": [f.reason for f in shown]}, hide_index=True)
    if len(failures) > LISTED:
        st.caption(f"… and {len(failures) - LISTED:,} more.")


def draw_fields(view: View) -> None:
    """Every field, its type, and the most frequent values of the chosen one."""
    fields = view.fields()
    table, values = st.columns((1.3, 1), gap="medium")
    with table:
        st.dataframe(
            {
                "field": sorted(fields),
                "type": [str(fields[name].type) for name in sorted(fields)],
                "several values": [fields[name].multi for name in sorted(fields)],
            },
            hide_index=True,
        )
    with values:
        name = st.selectbox("Values of", sorted(fields), key="collection.field")
        with errors.shown():
            known = view.values(name)[:VALUES] if name else []
            _draw_values(known)


def _draw_values(known: list[ValueCount]) -> None:
    if not known:
        st.caption("This collection does not list the values of this field.")
        return
    most = max(value.count or 0 for value in known) or 1
    st.dataframe(
        {"value": [v.value for v in known], "images": [v.count for v in known]},
        hide_index=True,
        column_config={"images": st.column_config.ProgressColumn(format="%d", max_value=most, min_value=0)},
    )
