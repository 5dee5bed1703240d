"""Explore: the curves over the threshold, what changes between two thresholds, and between two scans."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dupedash import wording
from dupedash.groups.curves import Curves, explosion
from dupedash.groups.graph import Strictness
from dupedash.model import EXACT, NEAR
from dupedash.ui import cached, errors, style
from dupedash.ui.explore import changes, scans_compared, selftest
from dupedash.ui.explore import curves as curvechart
from dupedash.ui.explore.curves import Chart, ThresholdMark
from dupedash.ui.shared import kind_words, widgets
from dupedash.ui.shared.threshold import move_threshold
from dupedash.ui.shared.widgets import Fact, facts
from dupedash.ui.state import View

_THRESHOLDS, _SCANS, _SELF_TEST = "Between two thresholds", "Between two scans", "Self-test"


def draw(view: View) -> None:
    """The whole page."""
    style.sheet("groups.css")
    if not len(view.graph.matches):
        text = "This scan found no two images that are alike, down to its lowest score."
        widgets.empty(":material/tune:", "No matches", text)
        return
    kind_words.draw_limit(view.kinds)
    found = cached.curves_of(view.matches)
    draw_facts(view, found)
    draw_curves(view, found)
    st.subheader("What changes", anchor=False)
    # Not tabs: both would be worked out at every move of the slider.
    chosen = st.segmented_control(
        "What changes", [_THRESHOLDS, _SCANS, _SELF_TEST], default=_THRESHOLDS, required=True, key="changes",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if chosen == _SCANS:
        scans_compared.draw(view)
    elif chosen == _SELF_TEST:
        style.sheet("selftest.css")
        with errors.shown():
            selftest.draw(view)
    else:
        changes.draw(view)


def draw_facts(view: View, found: Curves) -> None:
    """The figures at the threshold."""
    at = int(np.abs(found.threshold - np.float32(view.threshold)).argmin())
    strict = view.strictness is Strictness.COMPLETE
    note = "every two match" if strict else f"at {view.threshold:.2f}"
    facts([
        Fact("Groups", wording.count(len(view.cut)), note),
        Fact("Duplicate images", wording.count(view.cut.surplus), "beyond one per group"),
        Fact("Largest group", wording.count(int(view.cut.sizes.max(initial=0))), "images"),
        Fact("To gain", wording.size(int(found.gain[at])), "if the largest file stays"),
    ])  # fmt: skip


def draw_curves(view: View, found: Curves) -> None:
    """The charts; a click moves the threshold."""
    picked = curvechart.draw(charts(view, found), marks(view, found), "What every threshold would give")
    burst = explosion(found)
    line = "Hover to read, click to set the threshold."
    if burst is not None:
        line += f" At {burst:.2f} and below, groups run together into one large group: stay above."
    st.caption(line)
    if picked is not None and abs(picked - view.threshold) > 0.001:
        move_threshold(picked)


def charts(view: View, found: Curves) -> list[Chart]:
    """Scores as bars, the curves as lines."""
    start = cached.lowest(view.require_scan())
    edges = np.linspace(start, 1.0, len(found.threshold)) - 0.005
    counts = np.histogram(view.graph.matches.score, np.r_[edges, 1.005])[0]
    lines = (
        ("Groups", found.groups, wording.count), ("Duplicate images", found.surplus, wording.count),
        ("Largest group", found.largest, wording.count), ("To gain", found.gain, wording.size),
    )  # fmt: skip
    bars = Chart("Matches by score", start, tuple(counts.tolist()), tuple(map(wording.count, counts)), True)
    return [bars] + [
        Chart(name, start, tuple(values.tolist()), tuple(say(int(v)) for v in values))
        for name, values, say in lines
    ]


def marks(view: View, found: Curves) -> list[ThresholdMark]:
    """The current threshold first, then the presets, then where the largest group explodes."""
    start, burst = cached.lowest(view.require_scan()), explosion(found)
    placed = [ThresholdMark(view.threshold, f"{view.threshold:.2f}", "now")]
    for value, name in ((NEAR, "near"), (EXACT, "exact")):
        if abs(value - view.threshold) > 0.03 and value >= start:
            placed.append(ThresholdMark(value, name, "preset"))
    return [*placed, ThresholdMark(burst, "explodes", "explosion")] if burst is not None else placed
