"""Scan: say what to compare and how thoroughly, start, watch; open earlier scans."""

from dupedash.ui import jobs, state
from dupedash.ui.scan import earlier
from dupedash.ui.scan import form as scanform
from dupedash.ui.scan import start as scanstart
from dupedash.ui.shared import elsewhere, widgets

view = state.current()
widgets.header("Scan", "Find the duplicates in this collection, in all of it or a part.")
if elsewhere.refused(view, elsewhere.SCAN):
    earlier.draw(view)
elif widgets.has_images(view):
    jobs.panel(view, {"scan": scanstart.kind(opens=True)})
    form, start = widgets.split("scan", (2.5, 1))
    with form:
        request = scanform.draw(view)
    with start:
        scanstart.draw(view, request)
    earlier.draw(view)
