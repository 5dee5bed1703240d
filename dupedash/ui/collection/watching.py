"""The switch that lets a collection be watched, how far that is, and what it found."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dupedash import wording
from dupedash.jobs import Job, JobStatus
from dupedash.ui import jobs
from dupedash.ui.errors import as_text
from dupedash.ui.shared import news
from dupedash.ui.state import View
from dupedash.watch import WatchState, is_watched, mark_seen, read_state

KIND, SWITCH, EVERY = "watch", "watch.on", "watch.every"
"""The kind of the job, and the keys of the widgets."""
CHOICES = {
    900: "every 15 minutes", 3600: "every hour", 6 * 3600: "every 6 hours", 86_400: "once a day",
}  # fmt: skip
LISTED, GROUPS = 10, 5
"""Looks that found something, and groups of each."""


def draw(view: View) -> None:
    """The whole tab. Raises ConfigError."""
    workspace, name = view.settings.workspace, view.require_connection().name
    st.caption(
        "New and changed files in the folders of this collection are read and searched, and what is a "
        "duplicate is told on Overview. Nothing is cleared by itself. The command `watch` can also run a "
        "program or call an address."
    )
    job = next(iter(jobs.of_collection(view, KIND)), None)
    if job is not None and job.active:
        draw_switch(view, job)
    elif is_watched(workspace, name):
        st.markdown(":material/visibility: Watched by a process outside of the dashboard.")
    else:
        draw_switch(view, job)
    state = read_state(workspace, name)
    draw_state(state, job)
    found = [one for one in state.news if one.duplicates][:LISTED]
    for number, one in enumerate(found):
        with st.container(border=True, key=f"news-{number}"):
            news.draw(one, GROUPS)
    if found and view.editor and news.unseen(view):
        st.button("Mark as seen", key="watch.seen", on_click=mark_seen, args=(workspace, name))


def draw_switch(view: View, job: Job | None) -> None:
    """On or off; how often, while it is off."""
    active = job is not None and job.active
    st.session_state[SWITCH] = active
    switch, often = st.columns((1, 1), vertical_alignment="center")
    every = often.selectbox(
        "How often", list(CHOICES), 1, format_func=CHOICES.__getitem__, key=EVERY, disabled=active,
        label_visibility="collapsed",
    )  # fmt: skip
    switch.toggle(
        "Watch this collection", key=SWITCH, disabled=not view.editor or (job is not None and job.stopping),
        on_change=_switched, args=(view, job, every),
    )  # fmt: skip


def _switched(view: View, job: Job | None, every: int) -> None:
    if st.session_state[SWITCH]:
        view.start(KIND, {"collection": view.require_connection().name, "every": every})
    elif job is not None:
        view.stop(job.id)


def draw_state(state: WatchState, job: Job | None) -> None:
    """When it looked last and looks again, and what went wrong."""
    if job is not None and job.stopping:
        st.caption("Stopping …")
    elif job is not None and job.status in (JobStatus.INTERRUPTED, JobStatus.FAILED):
        ended = as_text(job.error) or "Its process ended: this machine was off, or somebody ended it."
        st.caption(f":orange[:material/warning:] Not watched any more. {ended}")
    if state.looked is not None:
        again = ""
        if job is not None and job.active and state.every:
            again = f", again at about {wording.when(state.looked + timedelta(seconds=state.every))} UTC"
        st.caption(f"Looked {wording.ago(state.looked)}{again}.")
    if state.remark:
        st.caption(f":orange[:material/warning:] {as_text(state.remark)}")
