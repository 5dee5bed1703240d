"""Folders: which of them share images, what both have and what only one has."""

from dupedash.ui import errors, state
from dupedash.ui.folders import page
from dupedash.ui.shared import widgets

widgets.header("Folders", "Which folders share images, each with all below it; clear one side for the other.")
with errors.shown():
    page.draw(state.current())
