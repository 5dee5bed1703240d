"""Groups: every group at the threshold, to sort, filter and open."""

from dupedash.ui import grouplist, state, widgets

widgets.header("Groups", "Images that belong together at the threshold. Open one to see why, and to decide.")
grouplist.draw(state.current())
