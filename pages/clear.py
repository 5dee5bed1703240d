"""Clear: choose what stays, see what would go, apply it, take it back."""

import streamlit as st

from dupedash.ui import errors, jobs, state
from dupedash.ui.clear import jobs as clearjobs
from dupedash.ui.clear import journal, page
from dupedash.ui.review.decisions import files as decision_files
from dupedash.ui.shared import elsewhere, widgets

view = state.current()
widgets.header("Clear", "Decide by rule which image of each group stays; preview, apply, undo.")
jobs.panel(view, clearjobs.KINDS)
tab = page.tab()
with errors.shown():
    if tab is page.Tab.PREPARE:
        if not elsewhere.refused(view, elsewhere.CLEAR):
            page.draw(view)
    elif tab is page.Tab.PLANS:
        journal.draw(view)
    else:
        decision_files.draw(view)
st.space("small")
