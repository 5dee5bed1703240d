"""The check that is looked at: what this visitor checked last, else the newest of the collection."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dupedash.check import Added, CheckStore, Gate, Report, StoredCheck
from dupedash.errors import ConfigError
from dupedash.images.files import printable
from dupedash.ui.state import View

_RESULT, _SHOWN = "check.result", "check.shown"


@dataclass(slots=True)
class Result:
    """What is shown: found at once, or by a job so far.

    number  tells results apart, also in the keys of widgets
    stored  on disk, or None; `complete`: nothing is missing
    added   what was done with it
    """

    number: str
    collection: str
    found: Report
    gate: Gate
    added: Added | None = None
    stored: StoredCheck | None = None
    complete: bool = True

    @property
    def report(self) -> Report:
        """What was found, judged by the rules as they are now; nothing is searched or analysed again."""
        return self.found.judged(self.gate)

    def remember(self, added: Added | None) -> None:
        """What was done with it, or that it was taken back: for everybody, where it is on disk."""
        self.added = added
        if self.stored is not None:
            self.stored.keep_added(added.record if added else None)


def current_result(view: View, gate: Gate) -> Result | None:
    """What this visitor checked last, else the newest check of this collection, by these rules."""
    known: Result | None = st.session_state.get(_RESULT)
    if known and view.connection and known.collection == view.connection.name:
        known.gate = gate
        return known
    stored = _shown_check(view)
    if stored is None:
        return None
    found = _report(stored)
    record = stored.added
    added = Added((), (), (), record) if record else None
    return Result(stored.id, stored.wanted.collection, found, gate, added, stored, stored.complete)


def _shown_check(view: View) -> StoredCheck | None:
    store, name = CheckStore(view.settings.workspace), view.collection.name
    try:
        chosen = store.get(st.session_state[_SHOWN]) if _SHOWN in st.session_state else None
    except ConfigError:  # deleted meanwhile
        chosen = None
    return chosen if chosen and chosen.wanted.collection == name else store.newest(name)


@st.cache_resource(
    max_entries=4, show_spinner="Reading the check …",
    hash_funcs={StoredCheck: lambda stored: f"{printable(stored.folder)} {stored.version()}"},
)  # fmt: skip
def _report(stored: StoredCheck) -> Report:
    return stored.report()


def show_result(result: Result) -> None:
    """Look at what was checked in this session from now on."""
    st.session_state[_RESULT] = result


def show_check(stored: StoredCheck) -> None:
    """Look at a stored check from now on."""
    st.session_state.pop(_RESULT, None)
    st.session_state[_SHOWN] = stored.id
