"""Beside the form: what the scan will be and the button that starts it, or the scan that is there."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dupedash import wording
from dupedash.jobs import Job
from dupedash.model import ScanMode
from dupedash.scans import ScanConfig, StoredScan
from dupedash.scans.scope import has_moved_on
from dupedash.ui import jobs, state
from dupedash.ui.errors import as_text
from dupedash.ui.scan import form
from dupedash.ui.scan.form import ScanRequest
from dupedash.ui.shared.scan_words import config_words
from dupedash.ui.shared.widgets import page_row
from dupedash.ui.state import View


def draw(view: View, request: ScanRequest) -> None:
    """The card."""
    with st.container(border=True):
        images = f"{request.images:,}" if request.config else "–"
        st.metric("To scan", images, help="Images that the filter admits")
        st.caption(f"of {wording.plural(request.total, 'image')} in the collection")
        if request.config is None:
            st.caption("The filter cannot be used yet: see the message beside it.")
            return
        if request.config.against:
            st.caption(f"compared with {wording.plural(request.partners, 'image')}")
        here = view.collection
        known = view.store.find(here.name, here.state(), request.config, here.engine, here.identity)
        if known and known.complete and not has_moved_on(known, here):
            _draw_known(known)
        else:
            _draw_start(view, request, request.config, known)


def kind(*, opens: bool = False) -> jobs.JobKind:
    """How a scan is told while it runs. `opens`: whoever started it is led to its groups when it is done."""
    return jobs.JobKind("Scan", "images", found=True, done=partial(_draw_done, opens), about=_about)


def _about(job: Job) -> str:
    asked = job.arguments
    config = ScanConfig(
        ScanMode(asked["mode"]),
        float(asked["floor"]),
        tuple(asked["fq"]),
        tuple(asked["against"]),
        tuple(asked.get("without", ())),
    )
    return config_words(config)


def _draw_known(scan: StoredScan) -> None:
    st.caption(
        f":green[:material/check_circle:] Already scanned {wording.ago(scan.started)}, "
        f"nothing changed since: {wording.plural(scan.stats.matches, 'match', 'matches')}."
    )
    if st.button("Open it", type="primary", width="stretch", key="scan.open-known"):
        look_at(scan.id)


def _draw_start(view: View, request: ScanRequest, config: ScanConfig, unfinished: StoredScan | None) -> None:
    arguments = _arguments(view, config)
    if any(job.active and dict(job.arguments) == arguments for job in jobs.of_collection(view, "scan")):
        st.caption("This scan is running now.")
        return
    if unfinished:
        st.caption(f":orange[:material/pause_circle:] Begun {wording.ago(unfinished.started)}; it can go on.")
    else:
        st.caption(form.takes(request, view))
    if not view.editor:
        st.caption(f":material/visibility: {as_text(view.settings.workspace.denied)}")
    elif st.button(
        "Go on with it" if unfinished else "Start the scan",
        type="primary",
        width="stretch",
        key="scan.start",
        disabled=not request.images,
    ):
        jobs.start(view, "scan", arguments)


def _arguments(view: View, config: ScanConfig) -> dict[str, object]:
    """What the job is given; JSON values."""
    return {
        "collection": view.collection.name,
        "mode": str(config.mode),
        "floor": config.floor,
        "fq": list(config.fq),
        "against": list(config.against),
        "without": list(config.without),
    }


def look_at(scan_id: str) -> None:
    """Open the groups of this scan."""
    st.session_state[state.WANTED] = scan_id
    st.switch_page(page_row("groups").path, query_params={})


def _draw_done(opens: bool, view: View, job: Job) -> None:
    scan = next((scan for scan in view.scans if scan.id == job.result), None)
    if scan is None:
        st.caption("Done; its result has been deleted since.")
        return
    if opens and jobs.is_waited_for(job):
        look_at(scan.id)
    groups = len(view.cut_of(scan))
    st.markdown(
        f":green[:material/check_circle:] {wording.plural(groups, 'group')} at {view.threshold:.2f} "
        f"among {wording.plural(scan.stats.images, 'image')}, in {wording.duration(scan.stats.seconds)}."
    )
    if st.button("Look at the groups", key=f"job-open-{job.id}", type="primary"):
        look_at(scan.id)
