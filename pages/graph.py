"""Graph: the groups as a network; click an image to see its group."""

from dupedash.ui import graphpage, state, widgets

widgets.header("Graph", "Every group at the current threshold: images as nodes, matches as lines.")
graphpage.draw(state.current())
