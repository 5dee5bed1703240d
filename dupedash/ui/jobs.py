"""Background work on the screen: how far it is, stop, go on. Every session draws the same jobs from disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from dupedash import wording
from dupedash.jobs import Job, JobStatus
from dupedash.model import Progress
from dupedash.ui import errors
from dupedash.ui.state import WANTED_COLLECTION, View

POLL_SECONDS = 0.7
_RECENT, _OPEN = timedelta(minutes=30), timedelta(minutes=1)
"""How long work that is done is told, and how long at full length: then it is one line, to be opened."""
_DISMISSED, _WAITED = "jobs.dismissed", "jobs.waited-for"
_ENDED = {
    JobStatus.STOPPED: "Stopped. What was done is kept.",
    JobStatus.INTERRUPTED: "Interrupted: its process ended before it was done. What was done is kept.",
    JobStatus.FAILED: "Failed.",
}


@dataclass(frozen=True, slots=True)
class JobKind:
    """How one kind of job is told: its title, what this one is about, and what stands below when done.

    quiet  nothing is told of one that is done: the page shows what it made
    """

    title: str
    unit: str
    found: bool = False
    about: Callable[[Job], str] = lambda _job: ""
    quiet: bool = False
    done: Callable[[View, Job], object] = lambda _view, job: st.caption(errors.as_text(job.result))


def of_collection(view: View, kind: str | None = None) -> list[Job]:
    """The jobs of the chosen collection, and of one that is about to be made, newest first."""
    names = {view.connection.name if view.connection else None, st.session_state.get(WANTED_COLLECTION)}
    return [
        job
        for job in view.jobs.list()
        if (view.connection is None or job.arguments.get("collection") in names)
        and (kind is None or job.kind == kind)
    ]


def panel(view: View, kinds: Mapping[str, JobKind]) -> None:
    """Draw what runs or ended a short while ago; redraws the page when something ends."""
    busy = any(job.active for job in _shown(view, kinds))

    @st.fragment(run_every=POLL_SECONDS if busy else None)
    def draw() -> None:
        shown = _shown(view, kinds)
        if (busy and not any(job.active for job in shown)) or _made(view):
            _redraw(view)
        for job in shown:
            _draw(view, job, kinds[job.kind])

    draw()


def busy_line(view: View) -> None:
    """One line for the sidebar: what runs in this collection. Watching has no end to wait for."""
    running = [job for job in of_collection(view) if job.active and job.kind != "watch"]
    if not running:
        return

    @st.fragment(run_every=2)
    def line() -> None:
        jobs = [job for job in of_collection(view) if job.active and job.kind != "watch"]
        if not jobs:
            _redraw(view)
        for job in jobs:
            share, text = _bar(job.progress)
            st.progress(share, text=f":small[{text}]")

    line()


def start(view: View, kind: str, arguments: Mapping[str, Any]) -> None:
    """Start it, or join it where it runs already, and redraw. Raises Forbidden."""
    job = view.start(kind, arguments)
    _dismissed().discard(job.id)
    st.session_state[_WAITED] = job.id
    st.rerun()


def is_waited_for(job: Job) -> bool:
    """Whether this visitor started it and has not seen its end; said once."""
    waited = bool(st.session_state.get(_WAITED) == job.id)
    if waited:
        del st.session_state[_WAITED]
    return waited


def _shown(view: View, kinds: Mapping[str, JobKind]) -> Sequence[Job]:
    """What is active, and the newest of each kind where it ended lately and was not dismissed here."""
    shown, seen = [], set()
    for job in of_collection(view):
        if job.kind not in kinds:
            continue
        recent = job.finished is None or datetime.now(UTC) - job.finished < _RECENT
        recent = recent and not (kinds[job.kind].quiet and job.status is JobStatus.DONE)
        if job.active or (job.kind not in seen and recent and job.id not in _dismissed()):
            shown.append(job)
        seen.add(job.kind)
    return shown


def _redraw(view: View) -> None:
    """The whole page, with what the work changed."""
    view.forget_answers()
    st.rerun()


def _made(view: View) -> bool:
    """Whether the collection that a job makes is there by now and can be shown."""
    wanted = st.session_state.get(WANTED_COLLECTION)
    return wanted is not None and any(known.name == wanted for known in view.connections.list())


def _dismissed() -> set[str]:
    known: set[str] = st.session_state.setdefault(_DISMISSED, set())
    return known


def _draw(view: View, job: Job, kind: JobKind) -> None:
    about = errors.as_text(kind.about(job))
    if job.status is JobStatus.DONE and job.finished is not None:
        ended = wording.ago(job.finished)
        with st.expander(
            f"**{kind.title}** done {ended} &nbsp; :small[:gray[{about}]]", icon=":material/check_circle:",
            expanded=datetime.now(UTC) - job.finished < _OPEN,
        ):  # fmt: skip
            kind.done(view, job)
            _draw_dismiss(job)
        return
    with st.container(border=True, key=f"job-{job.id}"):
        left, right = st.columns((5, 1.2), vertical_alignment="center")
        left.markdown(f"**{kind.title}** &nbsp; :small[:gray[{about}]]")
        if job.active:
            _draw_running(view, job, kind, right)
            return
        st.caption(f"{_ENDED[job.status]} {errors.as_text(job.error)}")
        if view.editor and st.button("Go on", key=f"job-on-{job.id}", icon=":material/play_arrow:"):
            start(view, job.kind, job.arguments)
        with right:
            _draw_dismiss(job)


def _draw_dismiss(job: Job) -> None:
    if st.button("Dismiss", key=f"job-away-{job.id}", type="tertiary"):
        _dismissed().add(job.id)
        st.rerun()


def _draw_running(view: View, job: Job, kind: JobKind, corner: Any) -> None:
    share, text = _bar(job.progress)
    st.progress(share, text=text)
    st.caption(_figures(job.progress, kind))
    if job.stopping:
        corner.caption("Stopping …")
    elif view.editor:
        # By a callback: a click that meets a redraw of the whole page must not be lost.
        corner.button(
            "Stop", key=f"job-stop-{job.id}", icon=":material/stop:", width="stretch",
            on_click=view.stop, args=(job.id,),
        )  # fmt: skip


def _bar(progress: Progress | None) -> tuple[float, str]:
    if progress is None:
        return 0.0, "Starting …"
    share = min(1.0, progress.done / progress.total) if progress.total else 0.0
    percent = f" · {share:.0%}".replace("%", " %") if progress.total else ""
    return share, f"{progress.stage.capitalize()}{percent}"


def _figures(progress: Progress | None, kind: JobKind) -> str:
    if progress is None:
        return "&nbsp;"
    of = f" of {progress.total:,}" if progress.total is not None else ""
    said = [f"{progress.done:,}{of} {kind.unit}"]
    if progress.rate:
        said.append(wording.rate(progress.rate))
    if progress.left is not None:
        said.append(f"{wording.duration(progress.left)} left")
    if kind.found:
        said.append(f"{wording.plural(progress.groups, 'group')} so far")
    if progress.failures:
        said.append(wording.plural(progress.failures, "failure"))
    return " · ".join(said)
