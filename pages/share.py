"""Share: a link to what is looked at now, and files for those without the dashboard."""

from dupedash.ui import shareview, state, widgets

widgets.header("Share", "Show what was found: a link for those who come here, a file for those who do not.")
shareview.draw(state.current())
