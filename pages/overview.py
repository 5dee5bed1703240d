"""Overview: what there is, what the last scan found, what to do next."""

from dupedash.ui import jobs, state
from dupedash.ui.collection import jobs as collectionjobs
from dupedash.ui.overview import page
from dupedash.ui.scan import start
from dupedash.ui.shared import widgets

view = state.current()
name = view.connection.name if view.connection else ""
widgets.header(
    "Overview", f"The collection “{name}” at a glance." if name else "Find and clear duplicate images."
)
jobs.panel(view, {"scan": start.kind(), **collectionjobs.KINDS})
if widgets.has_images(view):
    page.draw_facts(view)
    page.draw_news(view)
    page.draw_next(view)
    page.draw_largest(view)
    page.draw_scan(view)
