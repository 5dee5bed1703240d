"""What takes too long is given up by one clock, whatever else is under way."""

from __future__ import annotations

import threading
import time

from dupedash.workers.deadlines import Deadlines

LONG = 60


def test_what_takes_too_long_is_given_up_and_what_does_not_is_left_alone():
    deadlines, late, other = Deadlines(), threading.Event(), threading.Event()
    with deadlines.within(LONG, other.set), deadlines.within(0.05, late.set):
        assert late.wait(LONG)
    assert not other.is_set()


def test_what_ended_in_time_is_never_given_up():
    deadlines, given_up = Deadlines(), []
    for _ in range(20):
        with deadlines.within(0.05, lambda: given_up.append("early")):
            pass
    later = threading.Event()
    with deadlines.within(0.15, later.set):
        assert later.wait(LONG)
    assert given_up == []


def test_a_clock_that_nobody_needed_for_a_while_looks_again():
    deadlines = Deadlines()
    for _ in range(3):
        late = threading.Event()
        with deadlines.within(0.02, late.set):
            assert late.wait(LONG)
        time.sleep(0.05)


def test_a_task_that_may_take_for_ever_starts_no_thread():
    before = threading.active_count()
    with Deadlines().within(None, lambda: None):
        assert threading.active_count() == before


def test_many_tasks_one_after_the_other_need_one_thread():
    deadlines, before = Deadlines(), threading.active_count()
    for _ in range(100):
        with deadlines.within(LONG, lambda: None):
            assert threading.active_count() == before + 1
