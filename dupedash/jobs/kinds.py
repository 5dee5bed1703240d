"""The kinds of background work. A new kind is a function here, or elsewhere below, and a line in KINDS.

Arguments are JSON values; they name the job, so they hold nothing that does not change the result.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from dupedash.actions import Outcome, apply_plan, find_journal, undo_plan
from dupedash.check import CheckStore, compare_inside, run_check
from dupedash.cluster.job import Job as ClusterJob
from dupedash.cluster.job import scan_on
from dupedash.collection import WritableCollection
from dupedash.connect import Connections, connect
from dupedash.dataset.places import Place
from dupedash.indexing import index_paths, report_words
from dupedash.jobs.firstlook import prepare_example
from dupedash.jobs.task import Ending, Task, Work
from dupedash.model import ScanMode
from dupedash.review import decisions_of
from dupedash.scans import ScanConfig, ScanStatus, ScanStore
from dupedash.scans.elsewhere import open_elsewhere
from dupedash.scans.run import run_scan
from dupedash.selftest import IMAGES, keep, run_selftest
from dupedash.watch import Watch, watch
from dupedash.wording import plural


def scan(task: Task) -> Ending:
    """collection, mode, floor, fq, against; optionally without, name, workers, again. Result: the scan's id.

    The id is announced before the search, so that what is found so far can be looked at.
    """
    given = task.arguments
    config = ScanConfig(
        ScanMode(given["mode"]),
        given["floor"],
        tuple(given["fq"]),
        tuple(given["against"]),
        tuple(given.get("without", ())),
    )
    with _collection(task) as collection:
        done = run_scan(
            collection,
            config,
            ScanStore(task.settings.workspace.scans),
            progress=task.progress,
            cancelled=task.cancelled,
            workers=given.get("workers", 4),
            name=given.get("name"),
            resume=not given.get("again", False),
            started=lambda stored: task.announce(stored.id),
        )
    return Ending(done.id, stopped=done.status is ScanStatus.STOPPED)


def index(task: Task) -> Ending:
    """collection, paths (absolute); optionally recursive, reread, exclude, fields, jobs. The result is the
    report."""
    task.settings.must_write()
    given = task.arguments
    with _collection(task) as collection:
        report = index_paths(
            collection,
            [Path(path) for path in given["paths"]],
            recursive=given.get("recursive", True),
            reread=given.get("reread", False),
            exclude=given.get("exclude", ()),
            fields_for=lambda _path: given.get("fields", {}),
            jobs=given.get("jobs"),
            progress=task.progress,
            cancelled=task.cancelled,
        )
    return Ending(report_words(report), stopped=report.stopped)


def example(task: Task) -> Ending:
    """collection. The example pictures are indexed into it and scanned; the result is the report."""
    task.settings.must_write()
    with _collection(task) as collection:
        report = prepare_example(
            collection, task.settings.workspace, progress=task.progress, cancelled=task.cancelled
        )
    return Ending(report_words(report), stopped=report.stopped)


def check(task: Task) -> Ending:
    """collection, check (the id of a stored one). The result is that id, announced at once."""
    task.settings.must_write()
    stored = CheckStore(task.settings.workspace).get(task.arguments["check"])
    task.announce(stored.id)
    with _collection(task) as collection:
        run_check(
            collection,
            stored,
            decisions=decisions_of(task.settings.workspace),
            inside=compare_inside,
            progress=task.progress,
            cancelled=task.cancelled,
        )
    return Ending(stored.id)


def apply_or_undo(act: Callable[..., Outcome], task: Task) -> Ending:
    """collection, plan (its id); of `undo_plan` optionally only (numbers of steps). `act`: `apply_plan` or
    `undo_plan`. The journal has what came of each step."""
    with _collection(task) as collection:
        workspace = task.settings.workspace
        journal = find_journal(workspace, task.arguments["plan"])
        some = {"only": task.arguments["only"]} if "only" in task.arguments else {}
        done = act(
            journal, collection, workspace, progress=task.progress, cancelled=task.cancelled, **some
        )  # fmt: skip
    failed = f", {len(done.failed):,} failed" if done.failed else ""
    return Ending(f"{plural(done.done, 'step')} done{failed}")


def selftest(task: Task) -> Ending:
    """collection; optionally images. What it found is kept by `selftest.store`; the result is a sentence."""
    task.settings.must_write()
    name, workspace = task.arguments["collection"], task.settings.workspace
    with _collection(task, os.cpu_count() or 1) as collection:
        found = run_selftest(
            collection, task.arguments.get("images", IMAGES), progress=task.progress, cancelled=task.cancelled
        )
    keep(workspace, name, found)
    return Ending(f"{plural(len(found.trials), 'copy', 'copies')} tried in {found.seconds:.0f} s")


def watching(task: Task) -> Ending:
    """collection, every (seconds). It ends when it is stopped; what it finds is kept by `watch.state`."""
    given, workspace = task.arguments, task.settings.workspace
    how = Watch(
        workspace, given["collection"], partial(_collection, task), given["every"],
        progress=task.progress, cancelled=task.cancelled,
    )  # fmt: skip
    watch(how, lambda words, _news: print(words, flush=True))  # into its log
    return Ending("", stopped=True)


def on_cluster(task: Task) -> Ending:
    """collection (as which the result is opened), cluster, images, out, mode, floor. Result: the scan's id;
    as long as it runs, the address of Dask's dashboard."""
    task.settings.must_write()
    given, workspace = task.arguments, task.settings.workspace
    config = ScanConfig(ScanMode(given["mode"]), given["floor"])
    job = ClusterJob(tuple(given["images"]), Place.of(given["out"]), config)
    scan_on(given["cluster"], job, task.progress, task.cancelled, task.announce, lambda _estimate: None)
    return Ending(open_elsewhere(workspace, given["out"], given["collection"]).id)


@contextmanager
def _collection(task: Task, processes: int = 0) -> Iterator[WritableCollection]:
    workspace = task.settings.workspace
    collection = connect(Connections(workspace).get(task.arguments["collection"]), workspace, processes)
    try:
        yield collection
    finally:
        collection.close()


KINDS: Mapping[str, Work] = {
    "scan": scan,
    "cluster": on_cluster,
    "index": index,
    "example": example,
    "check": check,
    "apply": partial(apply_or_undo, apply_plan),
    "selftest": selftest,
    "watch": watching,
    "undo": partial(apply_or_undo, undo_plan),
}
