"""Runs jobs as `python -m dupedash … job ID` does, with kinds of work for the tests."""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path

from dupedash.config import settings
from dupedash.errors import Unreachable
from dupedash.jobs import Ending, Task, work
from dupedash.model import Progress
from dupedash.scans import ScanConfig, ScanStatus, ScanStore
from dupedash.scans.run import run_scan
from tests.scan_fakes import JoiningCollection, TableCollection

IDS = [f"i{n:03}" for n in range(120)]
PAIRS = {(a, b): 0.6 for a, b in pairwise(IDS) if int(a[1:]) % 3}


def count(task: Task) -> Ending:
    """Count slowly; say who counts."""
    with Path(task.arguments["diary"]).open("a") as diary:
        diary.write("counting\n")
    for number in range(task.arguments["to"]):
        task.progress(Progress("counting", number, task.arguments["to"]))
        if task.cancelled():
            return Ending(f"stopped at {number}", stopped=True)
        time.sleep(0.01)
    return Ending("counted")


def fail(task: Task) -> Ending:
    """Fail as expected or not."""
    if task.arguments["expected"]:
        raise Unreachable("http://nowhere does not answer.")
    raise ZeroDivisionError("oh")


def scan(task: Task) -> Ending:
    """Scan slowly, in parts of three images."""
    kind = JoiningCollection if task.arguments["join"] else TableCollection
    collection = kind(IDS, PAIRS)
    collection.delay = 0.02

    def report(progress: Progress) -> None:
        task.progress(progress)
        time.sleep(0.02 if task.arguments["join"] else 0)

    done = run_scan(
        collection, ScanConfig(), ScanStore(task.settings.workspace.scans), progress=report,
        cancelled=task.cancelled, workers=1, started=lambda s: task.announce(s.id),
    )  # fmt: skip
    return Ending(done.id, stopped=done.status is ScanStatus.STOPPED)


if __name__ == "__main__":
    data, identifier = sys.argv[2], sys.argv[4]
    work(settings(Path(data)), identifier, {"count": count, "fail": fail, "scan": scan})
