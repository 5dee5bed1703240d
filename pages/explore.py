"""Explore: what other thresholds and other scans would give."""

from dupedash.ui import state
from dupedash.ui.explore import page
from dupedash.ui.shared import widgets

widgets.header("Explore", "What every threshold would give. Moving it only changes the view, never the scan.")
page.draw(state.current())
