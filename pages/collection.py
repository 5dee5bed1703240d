"""Collection: what is in it, add images, look through them, take some out."""

import streamlit as st

from dupedash.ui import errors, jobs, state
from dupedash.ui.collection import add as addimages
from dupedash.ui.collection import browse, page, watching
from dupedash.ui.collection import jobs as collectionjobs
from dupedash.ui.shared import elsewhere, widgets

view = state.current()
widgets.header("Collection", "The images that are compared: add, look through, take out.")
jobs.panel(view, collectionjobs.KINDS)
if view.connection is None or not view.count():
    widgets.empty(
        ":material/photo_library:", "No images yet", "Add a folder, upload some, or take the example."
    )
    addimages.draw(view)
else:
    page.draw_facts(view)
    look, add, watch, fields, unreadable = st.tabs(
        ["Look through", "Add images", "Watch", "Fields", "Not readable"]
    )
    with look, errors.shown():
        browse.draw(view)
    with add:
        if not elsewhere.refused(view, elsewhere.ADD):
            addimages.draw(view)
    with watch, errors.shown():
        if not elsewhere.refused(view, elsewhere.ADD):
            watching.draw(view)
    with fields, errors.shown():
        page.draw_fields(view)
    with unreadable, errors.shown():
        page.draw_unreadable(view)
