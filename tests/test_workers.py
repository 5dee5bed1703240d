"""Worker processes: results, errors, time limits, crashes, order, and stopping."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import psutil
import pytest

from dupedash.errors import Busy, UnreadableImage
from dupedash.workers import Bounds, NotStarted, Pool, WorkerLost, Workers, processes


def double(number: int) -> int:
    return 2 * number


def work(task: str) -> object:
    """Do what the task says."""
    if task == "hang":
        time.sleep(60)
    if task == "nap":
        time.sleep(1.5)
    if task == "spin":
        while True:
            pass
    if task == "swallow":
        return bytes(1 << 30)
    if task == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if task == "error":
        raise UnreadableImage("x.png", "damaged")
    if task == "print":
        print("noise on stdout")
    return os.getpid()


def ten() -> int:
    return 10


def add(base: int, number: int) -> int:
    time.sleep(0.05 if number % 2 else 0)
    return base + number


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


class Unreadable:
    """What one process can send and another cannot read, as after an update that was made meanwhile."""

    def __reduce__(self):
        return int, ("not a number",)


def unreadable(_task: str) -> object:
    return Unreadable()


def test_who_asks_hears_of_an_answer_that_cannot_be_read():
    pool = Pool(unreadable, 1)
    for _ in range(2):
        with pytest.raises(WorkerLost, match="was not understood"):
            pool.ask("a")
    pool.close()
    outcomes = list(Workers(unreadable, 1).run(["a", "b"]))
    assert all(isinstance(outcome.error, WorkerLost) for outcome in outcomes)


def test_who_asks_hears_that_no_process_can_be_started(pool, monkeypatch):
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
        with contextlib.suppress(psutil.NoSuchProcess):
            while process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)
    assert not before & {pool.ask("a") for _ in range(9)}


def started_ahead() -> set[psutil.Process]:
    """What is started ahead now, and no other child of this process, such as the browser of other tests."""
    before = set(psutil.Process().children())
    processes.start_ahead(1, "tests.test_workers:ten")
    return set(psutil.Process().children()) - before


def test_processes_that_were_started_ahead_do_the_work_and_others_are_started_beside_them():
    (ahead,) = started_ahead()
    outcomes = list(Workers(work, 2).run(["nap", "nap"]))
    assert [outcome.result for outcome in outcomes].count(ahead.pid) == 1
    assert len({outcome.result for outcome in outcomes}) == 2


def test_a_process_that_was_started_ahead_and_died_is_replaced():
    (ahead,) = started_ahead()
    ahead.kill()
    ahead.wait()
    (outcome,) = Workers(double, 1).run([4])
    assert outcome.result == 8


def test_processes_that_were_started_ahead_for_nothing_end_with_the_program():
    program = (
        "from dupedash.workers import processes\n"
        "import psutil\n"
        "processes.start_ahead(2, 'tests.test_workers:ten')\n"
        "print(*(child.pid for child in psutil.Process().children()))\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    started = [int(pid) for pid in told.stdout.split()]
    assert len(started) == 2
    assert not any(psutil.pid_exists(pid) for pid in started)
