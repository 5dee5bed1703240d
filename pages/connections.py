"""Connections: the collections that this instance knows, on this machine and on Flow servers."""

from dupedash.ui import connectionview, state, widgets

view = state.current()
widgets.header("Connections", "Collections on this machine and on Flow servers: test, switch, add, forget.")
connectionview.draw(view)
