"""Worker processes: results, errors, time limits, crashes, order, and stopping."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import psutil
import pytest

from dupedash.errors import Busy, UnreadableImage
from dupedash.workers import Bounds, NotStarted, Pool, WorkerLost, Workers, processes
from tests.worker_tasks import add, double, hash_of, parent, program, surroundings, ten, unreadable, work


@pytest.fixture(autouse=True, params=["forked", "started"])
def kind(request, monkeypatch):
    """How processes come to be, as on Linux and as on other systems."""
    if request.param == "forked" and not processes.FORKS:
        pytest.skip("no process is forked on this system")
    monkeypatch.setattr(processes, "FORKS", request.param == "forked")
    return request.param


def test_every_task_has_its_outcome():
    outcomes = list(Workers(double, 2).run(range(20)))
    assert sorted((o.task, o.result) for o in outcomes) == [(n, 2 * n) for n in range(20)]


def test_outcomes_can_come_in_the_order_of_the_tasks():
    outcomes = list(Workers(add, 3, prepare=ten).run(range(15), ordered=True))
    assert [o.result for o in outcomes] == list(range(10, 25))


def test_one_bad_task_costs_nothing_but_itself():
    tasks = ["a", "crash", "b", "error", "print", "spin", "swallow", "c"]
    bounds = Bounds.of(seconds=1.0, memory=512 << 20)
    outcomes = {o.task: o for o in Workers(work, 1, bounds=bounds).run(tasks)}
    assert {task: str(o.error) for task, o in outcomes.items() if o.error} == {
        "crash": "crashed the program that reads it",
        "error": "x.png: damaged",
        "spin": "took longer than 1 s",
        "swallow": "needs more than 0.5 GB of memory",
    }
    assert all(outcomes[task].result for task in ("a", "b", "print", "c"))


def test_a_task_that_waits_for_ever_is_given_up_by_the_clock():
    outcomes = list(Workers(work, 1, bounds=Bounds(patience=1)).run(["hang", "a"]))
    assert str(outcomes[0].error) == "did not end within 1 s"
    assert outcomes[1].result


def test_a_task_that_only_waits_for_its_turn_has_not_used_up_its_time():
    outcomes = list(Workers(work, 1, bounds=Bounds(seconds=0.1, patience=60)).run(["nap", "a"]))
    assert [o.error for o in outcomes] == [None, None]


def test_tasks_are_taken_as_they_are_needed():
    asked = []
    endless = (asked.append(n) or n for n in itertools.count())
    some = list(itertools.islice(Workers(double, 2).run(endless), 5))
    assert len(some) == 5
    assert len(asked) < 20


def test_it_stops_when_asked():
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    began = time.monotonic()
    assert list(Workers(work, 2).run(["hang"] * 4, cancelled=stop.is_set)) == []
    assert time.monotonic() - began < 30


class SlowToSend:
    """A task that takes its time on the way to the worker."""

    def __reduce__(self) -> tuple[type, tuple[str]]:
        time.sleep(0.05)
        return str, ("sent",)


def test_no_thread_fails_when_it_is_stopped_while_a_task_is_sent(monkeypatch):
    failed = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    for _ in range(5):
        outcomes = Workers(len, 3).run(SlowToSend() for _ in itertools.count())
        assert next(outcomes).result == len("sent")
        outcomes.close()
    assert failed == []


def test_no_tasks_need_no_process():
    assert list(Workers(double, 4).run([])) == []


@pytest.mark.parametrize("jobs", [1, 4])
def test_it_can_be_run_again(jobs):
    workers = Workers(double, jobs)
    assert [[o.result for o in workers.run([1, 2], ordered=True)] for _ in range(2)] == [[2, 4], [2, 4]]


@pytest.fixture
def pool():
    made = Pool(work, 2)
    yield made
    made.close()


def test_a_pool_answers_many_threads_from_all_its_processes(pool):
    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(pool.ask, ["a"] * 100))
    assert len(ids) == 2
    assert os.getpid() not in ids


def test_a_pool_raises_what_a_task_raised_and_goes_on_after_a_crash(pool):
    with pytest.raises(UnreadableImage, match="damaged"):
        pool.ask("error")
    with pytest.raises(WorkerLost):
        pool.ask("crash")
    assert pool.ask("a")


def test_who_waits_for_a_pool_that_is_closed_is_told(pool):
    with ThreadPoolExecutor(5) as threads:
        waiting = [threads.submit(pool.ask, "hang") for _ in range(5)]
        pool.close()
        assert all(isinstance(future.exception(), WorkerLost) for future in waiting)
    with pytest.raises(WorkerLost):
        pool.ask("a")


def test_a_pool_says_that_it_is_busy_where_too_many_wait():
    pool = Pool(work, 1, waiting=1)
    with ThreadPoolExecutor(9) as threads:
        waiting = [threads.submit(pool.ask, "hang") for _ in range(9)]
        refused = next(as_completed(waiting, 60)).exception()
        assert isinstance(refused, Busy)
        pool.close()


def test_who_asks_hears_of_an_answer_that_cannot_be_read():
    pool = Pool(unreadable, 1)
    for _ in range(2):
        with pytest.raises(WorkerLost, match="was not understood"):
            pool.ask("a")
    pool.close()
    outcomes = list(Workers(unreadable, 1).run(["a", "b"]))
    assert all(isinstance(outcome.error, WorkerLost) for outcome in outcomes)


def test_who_asks_hears_that_no_process_can_be_started(pool, monkeypatch):
    processes.end()
    monkeypatch.setattr("sys.executable", "/no/such/program")
    with pytest.raises(NotStarted):
        pool.ask("a")


def test_a_worker_that_dies_of_something_else_fails_no_task(pool):
    before = [psutil.Process(pid) for pid in {pool.ask("a") for _ in range(9)}]
    for process in before:
        process.suspend()  # it takes the task, and dies of what is no fault of it
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(pool.ask, "a") for _ in range(2)]
        time.sleep(0.2)
        for process in before:
            process.kill()
        assert {future.result() for future in asked}.isdisjoint(p.pid for p in before)


def test_a_worker_that_was_ended_while_it_had_nothing_to_do_fails_no_task(pool):
    before = {pool.ask("a") for _ in range(9)}
    for pid in before:
        process = psutil.Process(pid)
        process.kill()
        with contextlib.suppress(psutil.NoSuchProcess):  # a zombie until somebody has waited for it
            while process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)
    assert not before & {pool.ask("a") for _ in range(9)}


def started_ahead() -> set[psutil.Process]:
    """What is started ahead now, and no other child of this process, such as the browser of other tests."""
    before = set(psutil.Process().children())
    processes.start_ahead(1, "tests.worker_tasks:ten")
    return set(psutil.Process().children()) - before


def test_what_was_started_ahead_does_the_work_and_more_is_started_beside_it(kind):
    processes.end()
    (ahead,) = started_ahead()
    results = [outcome.result for outcome in Workers(parent, 2).run(["nap", "nap"])]
    assert len({pid for pid, _ in results}) == 2
    if kind == "forked":
        assert {above for _, above in results} == {ahead.pid}
    else:
        assert ahead.pid in {pid for pid, _ in results}


def test_what_was_started_ahead_and_died_is_replaced():
    processes.end()
    (ahead,) = started_ahead()
    ahead.kill()
    ahead.wait()
    (outcome,) = Workers(double, 1).run([4])
    assert outcome.result == 8


def test_what_was_started_ahead_for_nothing_ends_with_the_program(kind):
    program = (
        "from dupedash.workers import processes\n"
        "import psutil\n"
        f"processes.FORKS = {kind == 'forked'}\n"
        "processes.start_ahead(2, 'tests.worker_tasks:ten')\n"
        "print(*(child.pid for child in psutil.Process().children()))\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    started = [int(pid) for pid in told.stdout.split()]
    assert len(started) == (1 if kind == "forked" else 2)
    assert not any(psutil.pid_exists(pid) for pid in started)


def test_a_process_has_the_environment_and_the_folder_of_the_moment(tmp_path, monkeypatch):
    for value in ("one", "other"):
        folder = tmp_path / value
        folder.mkdir()
        monkeypatch.chdir(folder)
        monkeypatch.setenv("DUPEDASH_TEST", value)
        (outcome,) = Workers(surroundings, 1).run(["DUPEDASH_TEST"])
        assert outcome.result == (value, str(folder))


def test_what_python_reads_as_it_starts_holds_for_the_next_process(monkeypatch):
    for value in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", value)
        (outcome,) = Workers(hash_of, 1).run(["name"])
        told = subprocess.run([sys.executable, "-c", "print(hash('name'))"], capture_output=True, text=True)
        assert outcome.result == int(told.stdout)


@pytest.fixture
def forking():
    """A forkserver of its own."""
    processes.end()
    yield
    processes.end()


on_linux = pytest.mark.parametrize("kind", ["forked"], indirect=True)


def forkservers() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [child for child in children if "dupedash.workers.forkserver" in child.cmdline()]


@on_linux
@pytest.mark.usefixtures("forking")
def test_a_task_goes_on_where_the_forkserver_died_and_the_next_processes_have_another(pool):
    before = {pool.ask("a") for _ in range(9)}
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(pool.ask, "nap")
        time.sleep(0.5)
        (server,) = forkservers()
        server.kill()
        server.wait()
        assert asked.result() in before
    assert not before & {pool.ask("a") for _ in range(9)}
    assert [one.pid for one in forkservers()] != [server.pid]
    assert not any(map(at_work, before))


def at_work(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@on_linux
@pytest.mark.usefixtures("forking")
def test_a_process_that_died_after_its_forkserver_fails_no_task(pool):
    before = {pool.ask("a") for _ in range(9)}
    for dead in (*forkservers(), *map(psutil.Process, before)):
        dead.kill()
        dead.wait()
    assert not before & {pool.ask("a") for _ in range(9)}


@on_linux
@pytest.mark.usefixtures("forking")
def test_what_was_imported_with_threads_is_not_forked():
    processes.start_ahead(1, "tests.worker_tasks:a_thread")
    (outcome,) = Workers(program, 1).run(["a task"])
    assert outcome.result == "dupedash.workers.worker"
    processes.end()
    (outcome,) = Workers(program, 1).run(["a task"])
    assert outcome.result == "dupedash.workers.forkserver"


@on_linux
@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("library", ["pyarrow", "pandas"])
def test_a_library_that_reads_tables_is_forked_with_the_rest(library):
    processes.end()
    processes.start_ahead(1, library)
    (outcome,) = Workers(program, 1).run(["a task"])
    assert outcome.result == "dupedash.workers.forkserver"


@on_linux
def test_a_program_with_very_many_open_files_has_processes_as_well():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2048, hard), hard))
    files = [os.dup(0) for _ in range(1100)]
    try:
        assert [outcome.result for outcome in Workers(double, 1).run([4])] == [8]
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@on_linux
@pytest.mark.usefixtures("forking")
def test_what_fails_ahead_is_told_by_the_task():
    processes.start_ahead(1, "tests.worker_tasks:nothing_of_this_name")
    (outcome,) = Workers(double, 1).run([4])
    assert outcome.result == 8


@on_linux
@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("used", [True, False])
def test_the_forkserver_ends_when_there_was_nothing_to_do_for_long(monkeypatch, used):
    monkeypatch.setattr(processes, "_IDLE", 0.1)
    processes.start_ahead(1, "tests.worker_tasks:ten")
    if used:
        assert [outcome.result for outcome in Workers(double, 1).run([4])] == [8]
    deadline = time.monotonic() + 20
    while forkservers() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert forkservers() == []
    assert [outcome.result for outcome in Workers(double, 1).run([4])] == [8]
