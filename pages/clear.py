"""Clear: choose what stays, see what would go, apply it, take it back."""

import streamlit as st

from dupedash.ui import clearjobs, clearview, decisionfiles, errors, jobs, journalview, state, widgets

view = state.current()
widgets.header("Clear", "Decide by rule which image of each group stays; preview, apply, undo.")
jobs.panel(view, clearjobs.KINDS)
part = clearview.part()
with errors.shown():
    if part is clearview.Part.PREPARE:
        clearview.draw(view)
    elif part is clearview.Part.PLANS:
        journalview.draw(view)
    else:
        decisionfiles.draw(view)
st.space("small")
