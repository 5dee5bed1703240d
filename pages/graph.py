"""Graph: the groups as a network; click an image to see its group."""

from dupedash.ui import state
from dupedash.ui.graph import page
from dupedash.ui.shared import widgets

widgets.header("Graph", "Every group at the current threshold: images as nodes, matches as lines.")
page.draw(state.current())
