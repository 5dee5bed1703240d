"""Jobs that end with the dashboard and go on at its next start: a container ends all its processes."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic, sleep

from dupedash.jobs.job import Job
from dupedash.jobs.jobs import Jobs

PAUSED = "paused"
PATIENCE = 8.0  # seconds: `docker stop` waits ten before it kills
_LOOK_AGAIN = 0.05  # seconds between two looks whether they have ended


def pause(jobs: Jobs, patience: float = PATIENCE) -> Sequence[Job]:
    """Ask every job to stop, and wait for up to `patience` seconds until they have kept what they did.

    Also those that take longer go on at the next `go_on`. Raises Forbidden.
    """
    active = [job for job in jobs.list() if job.active]
    for job in active:
        (jobs.workspace.jobs / job.id / PAUSED).touch()
        jobs.stop(job.id)
    end = monotonic() + patience
    while monotonic() < end and any(jobs.get(job.id).active for job in active):
        sleep(_LOOK_AGAIN)
    return active


def go_on(jobs: Jobs) -> Sequence[Job]:
    """Start again what was paused, each job where it stopped. Raises Forbidden."""
    started = []
    for mark in sorted(jobs.workspace.jobs.glob(f"*/{PAUSED}")):
        job = jobs.get(mark.parent.name)
        mark.unlink()
        started.append(jobs.start(job.kind, job.arguments))
    return started
