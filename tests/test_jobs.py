"""Jobs run in real processes: joined by id, watched, stopped, killed and taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from dupedash.config import Workspace
from dupedash.errors import ConfigError
from dupedash.jobs import Jobs, JobStatus
from dupedash.scans import ScanConfig, ScanStatus, ScanStore
from dupedash.scans.run import run_scan
from tests.job_program import IDS, PAIRS
from tests.scan_fakes import TableCollection

PROGRAM = (sys.executable, "-m", "tests.job_program")
SECONDS = 60


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(Workspace(tmp_path / "data"), PROGRAM)
    yield made
    for job in made.list():
        if job.active:
            os.kill(pid_of(made, job.id), signal.SIGKILL)


def pid_of(jobs, job_id):
    import json

    return json.loads((jobs.workspace.jobs / job_id / "order.json").read_text())["pid"]


def until(condition, what="it happens"):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {SECONDS} s until {what}")


def ended(jobs, job_id):
    return until(lambda: (job := jobs.get(job_id)) and not job.active and job, "the job has ended")


@pytest.fixture
def counting(tmp_path):
    return {"to": 100, "diary": str(tmp_path / "diary")}


def test_two_starters_get_one_job(jobs, counting, tmp_path):
    first = jobs.start("count", {**counting, "to": 10_000})
    second = Jobs(jobs.workspace, PROGRAM).start("count", {"diary": counting["diary"], "to": 10_000})
    assert first.id == second.id
    assert [job.id for job in jobs.list()] == [first.id]
    until(lambda: jobs.get(first.id).progress)
    jobs.stop(first.id)
    ended(jobs, first.id)
    assert (tmp_path / "diary").read_text() == "counting\n"


def test_two_processes_starting_at_once_get_one_job(jobs, counting, tmp_path):
    program = (
        "from pathlib import Path; from dupedash.config import Workspace; from dupedash.jobs import Jobs\n"
        f"jobs = Jobs(Workspace(Path({str(jobs.workspace.root)!r})), {PROGRAM!r})\n"
        "print('ready', flush=True); input()\n"
        f"print(jobs.start('count', {{**{counting!r}, 'to': 10_000}}).id)"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [starter.stdout.readline() for starter in starters] == ["ready\n"] * 2
    for starter in starters:
        starter.stdin.write("go\n")
        starter.stdin.flush()
    ids = {starter.communicate(timeout=SECONDS)[0].strip() for starter in starters}
    assert len(ids) == 1
    job_id = ids.pop()
    until(lambda: jobs.get(job_id).progress)
    jobs.stop(job_id)
    ended(jobs, job_id)
    assert (tmp_path / "diary").read_text() == "counting\n"


def test_a_job_outlives_its_starter(jobs, counting):
    program = (
        "from pathlib import Path; from dupedash.config import Workspace; from dupedash.jobs import Jobs\n"
        f"jobs = Jobs(Workspace(Path({str(jobs.workspace.root)!r})), {PROGRAM!r})\n"
        f"print(jobs.start('count', {counting!r}).id)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended(jobs, told.stdout.strip()).status is JobStatus.DONE


def test_a_reader_sees_progress_and_the_result(jobs, counting):
    job = jobs.start("count", counting)
    assert job.status is JobStatus.RUNNING
    seen = until(lambda: (now := jobs.get(job.id)).progress and now.progress.done > 0 and now)
    assert (seen.progress.stage, seen.progress.total, seen.active) == ("counting", 100, True)
    done = ended(jobs, job.id)
    assert (done.status, done.result, done.stopping) == (JobStatus.DONE, "counted", False)
    assert done.finished > done.created


def test_a_job_is_stopped(jobs, counting):
    job = jobs.start("count", {**counting, "to": 10_000})
    until(lambda: jobs.get(job.id).progress)
    jobs.stop(job.id)
    stopped = ended(jobs, job.id)
    assert stopped.status is JobStatus.STOPPED
    assert stopped.result.startswith("stopped at ")


def test_a_terminated_job_stops_as_if_asked(jobs, counting):
    job = jobs.start("count", {**counting, "to": 10_000})
    until(lambda: jobs.get(job.id).progress)
    os.kill(pid_of(jobs, job.id), signal.SIGTERM)
    assert ended(jobs, job.id).status is JobStatus.STOPPED


def test_a_finished_job_can_be_started_again(jobs, counting, tmp_path):
    job = jobs.start("count", {**counting, "to": 1})
    ended(jobs, job.id)
    again = jobs.start("count", {**counting, "to": 1})
    assert (again.id, again.created > job.created) == (job.id, True)
    assert ended(jobs, job.id).status is JobStatus.DONE
    assert (tmp_path / "diary").read_text() == "counting\n" * 2


@pytest.mark.parametrize(
    ("expected", "error"),
    [
        (True, "http://nowhere does not answer."),
        (False, "Unexpected failure (ZeroDivisionError: oh); see its log."),
    ],
)
def test_a_failure_is_told_in_a_sentence(jobs, expected, error):
    job = ended(jobs, jobs.start("fail", {"expected": expected}).id)
    assert (job.status, job.error) == (JobStatus.FAILED, error)
    assert ("Traceback" in job.log.read_text()) is not expected


def test_a_program_that_does_not_start_is_seen(jobs):
    broken = Jobs(jobs.workspace, (sys.executable, "-c", "raise SystemExit(9)"))
    job = broken.start("count", {})
    assert ended(broken, job.id).status is JobStatus.INTERRUPTED


@pytest.mark.parametrize("join", [True, False], ids=["joined", "asked"])
def test_a_killed_scan_is_interrupted_and_goes_on_to_the_same_result(jobs, tmp_path, join):
    job = jobs.start("scan", {"join": join})
    running = until(lambda: (now := jobs.get(job.id)).progress and now.progress.done >= 20 and now)
    os.kill(pid_of(jobs, job.id), signal.SIGKILL)
    assert ended(jobs, job.id).status is JobStatus.INTERRUPTED
    store = ScanStore(jobs.workspace.scans)
    until(lambda: store.get(running.result).status is ScanStatus.STOPPED, "the system has freed the lock")
    jobs.start("scan", {"join": join})
    done = ended(jobs, job.id)
    assert (done.status, done.result) == (JobStatus.DONE, running.result)
    whole = run_scan(TableCollection(IDS, PAIRS), ScanConfig(), ScanStore(tmp_path / "other"))
    ours, theirs = store.get(done.result).matches(), whole.matches()
    assert ours.ids == theirs.ids
    assert (ours.a.tolist(), ours.b.tolist(), ours.score.tolist()) == (
        theirs.a.tolist(), theirs.b.tolist(), theirs.score.tolist()
    )  # fmt: skip
    assert store.get(done.result).stats.searched == len(IDS)


def test_jobs_are_forgotten_when_they_do_not_run(jobs, counting):
    job = jobs.start("count", {**counting, "to": 10_000})
    with pytest.raises(ConfigError, match="runs just now"):
        jobs.forget(job.id)
    jobs.stop(job.id)
    ended(jobs, job.id)
    jobs.forget(job.id)
    assert jobs.list() == []


@pytest.mark.parametrize("job_id", ["", "../x", "0123456789abcdef", "x" * 16])
def test_a_strange_id_is_no_job(jobs, job_id):
    with pytest.raises(ConfigError, match="no job"):
        jobs.get(job_id)
    with pytest.raises(ConfigError, match="no job"):
        jobs.stop(job_id)


def test_a_damaged_state_is_told(jobs, counting):
    job = ended(jobs, jobs.start("count", {**counting, "to": 1}).id)
    (job.log.parent / "state.json").write_text("{")
    assert (jobs.get(job.id).status, "damaged" in jobs.get(job.id).error) == (JobStatus.FAILED, True)
    (job.log.parent / "order.json").write_text("")
    assert jobs.list() == []
    with pytest.raises(ConfigError, match="damaged"):
        jobs.get(job.id)
    jobs.start("count", {**counting, "to": 1})
    assert ended(jobs, job.id).status is JobStatus.DONE
