"""Check: is an image new, or a copy of what is there? And what is done with it."""

from dupedash.ui import errors, jobs, state
from dupedash.ui.check import page, result
from dupedash.ui.shared import elsewhere, widgets

view = state.current()
widgets.header("Check", "Before images are added: is each new, or a copy of what is there?")
if not elsewhere.refused(view, elsewhere.CHECK) and widgets.has_images(view):
    rules = page.draw(view)
    jobs.panel(view, result.KINDS)
    with errors.shown():
        result.draw(view, rules)
