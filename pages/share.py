"""Share: a link to what is looked at now, and files for those without the dashboard."""

from dupedash.ui import state
from dupedash.ui.share import page
from dupedash.ui.shared import widgets

widgets.header("Share", "Show what was found: a link for those who can come here, a file for all others.")
page.draw(state.current())
