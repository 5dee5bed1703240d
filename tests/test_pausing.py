"""A dashboard that ends with its container pauses its jobs; the next one goes on with them."""

from __future__ import annotations

import signal

import pytest

from dupedash.config import Workspace
from dupedash.jobs import Jobs, JobStatus
from dupedash.jobs.pausing import PAUSED, go_on, pause
from dupedash.scans import ScanStore
from tests.browser.conftest import start
from tests.job_program import IDS
from tests.test_jobs import PROGRAM, SECONDS, ended, until


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(Workspace(tmp_path / "data"), PROGRAM)
    yield made
    for job in made.list():
        made.stop(job.id)


def test_a_paused_scan_goes_on_where_it_stopped(jobs):
    job = jobs.start("scan", {"join": True})
    until(lambda: (now := jobs.get(job.id).progress) and now.done > 6)
    assert [one.id for one in pause(jobs)] == [job.id]
    assert jobs.get(job.id).status is JobStatus.STOPPED
    assert [one.id for one in go_on(jobs)] == [job.id]
    done = ended(jobs, job.id)
    assert done.status is JobStatus.DONE
    assert ScanStore(jobs.workspace.scans).get(done.result).stats.searched == len(IDS)
    assert go_on(jobs) == []


def test_what_a_person_stopped_or_what_is_done_stays_so(jobs, tmp_path):
    done = jobs.start("count", {"to": 1, "diary": str(tmp_path / "diary")})
    ended(jobs, done.id)
    assert (pause(jobs), go_on(jobs)) == ([], [])


def test_a_job_that_does_not_end_in_time_goes_on_all_the_same(jobs, tmp_path):
    job = jobs.start("count", {"to": 10_000, "diary": str(tmp_path / "diary")})
    until(lambda: jobs.get(job.id).progress)
    pause(jobs, patience=0)
    ended(jobs, job.id)
    assert [one.id for one in go_on(jobs)] == [job.id]
    assert not list(jobs.workspace.jobs.glob(f"*/{PAUSED}"))


def test_a_dashboard_that_gets_sigterm_pauses_its_jobs_and_the_next_one_goes_on_with_them(tmp_path):
    jobs = Jobs(Workspace(tmp_path / "data"))
    running = start(jobs.workspace.root, DUPEDASH_RESUME="1")
    job = jobs.start("example", {"collection": "example"})
    until(lambda: jobs.get(job.id).progress)
    running.process.send_signal(signal.SIGTERM)
    running.process.communicate(timeout=SECONDS)
    paused = jobs.get(job.id)
    assert paused.status is JobStatus.STOPPED
    running = start(jobs.workspace.root, DUPEDASH_RESUME="1")
    until(lambda: jobs.get(job.id).created > paused.created)
    jobs.stop(job.id)
    ended(jobs, job.id)
    running.stop()
