"""Connections: the collections that this instance knows, on this machine and on Flow servers."""

from dupedash.ui import state
from dupedash.ui.collection import connections
from dupedash.ui.shared import widgets

view = state.current()
widgets.header("Connections", "Collections on this machine and on Flow servers: test, switch, add, forget.")
connections.draw(view)
