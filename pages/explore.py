"""Explore: what other thresholds and other scans would give."""

from dupedash.ui import state, widgets
from dupedash.ui.explore import page

widgets.header("Explore", "What every threshold would give. Moving it only changes the view, never the scan.")
page.draw(state.current())
