"""Check: is an image new, or a copy of what is there? And what is done with it."""

from dupedash.ui import checkresult, checkview, errors, jobs, state, widgets

view = state.current()
widgets.header("Check", "Before images are added: is each new, or a copy of what is there?")
if widgets.has_images(view):
    rules = checkview.draw(view)
    jobs.panel(view, checkresult.KINDS)
    with errors.shown():
        checkresult.draw(view, rules)
