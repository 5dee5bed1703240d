"""Explore: what other thresholds and other scans would give."""

from dupedash.ui import exploreview, state, widgets

widgets.header("Explore", "What every threshold would give. Moving it only changes the view, never the scan.")
exploreview.draw(state.current())
