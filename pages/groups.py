"""Groups: every group at the threshold, to sort, filter and open."""

from dupedash.ui import state
from dupedash.ui.review import group_list
from dupedash.ui.shared import widgets

widgets.header("Groups", "Images that belong together at the threshold. Open one to see why, and to decide.")
group_list.draw(state.current())
