"""Overview: what there is, what the last scan found, what to do next."""

from dupedash.ui import collectionjobs, jobs, overview, scanstart, state, widgets

view = state.current()
name = view.connection.name if view.connection else ""
widgets.header(
    "Overview", f"The collection “{name}” at a glance." if name else "Find and clear duplicate images."
)
jobs.panel(view, {"scan": scanstart.kind(), **collectionjobs.KINDS})
if widgets.has_images(view):
    overview.draw_facts(view)
    overview.draw_next(view)
    overview.draw_largest(view)
    overview.draw_scan(view)
