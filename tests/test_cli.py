"""The commands as other programs use them: output, files, exit codes; real folders, real processes."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from dupedash import errors
from dupedash.bench.pictures import draw
from dupedash.cli import main
from dupedash.cli.main import exit_code
from dupedash.cli.shared.progress import ProgressLine, duration, words
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.run import join
from dupedash.example import make, plan
from dupedash.jobs import Jobs, JobStatus
from dupedash.model import Progress
from dupedash.scans import ScanStatus, ScanStore

IMAGES = 70  # more than are written in one step
FAMILIES = IMAGES // 5
SECONDS = 120


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    """70 drawn pictures; in every five the first three are one group."""
    return draw(tmp_path_factory.mktemp("pictures"), IMAGES, processes=1)[0]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory, pictures) -> Path:
    """A workspace with these pictures indexed and scanned, without any interruption."""
    data = tmp_path_factory.mktemp("data")
    assert main(["--data", str(data), "index", str(pictures)]) == 0
    assert main(["--data", str(data), "scan", "--pairs", str(data / "pairs.csv")]) == 0
    return data


def run(data, *words):
    return main(["--data", str(data), *map(str, words)])


def until(condition, what):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError(f"waited {SECONDS} s until {what}")


def records(data, name="default"):
    collection = EmbeddedCollection(Workspace(data).collection(name))
    try:
        return collection.records(collection.ids())
    finally:
        collection.close()


def known(data):
    """Everything but when it was added."""
    return [replace(r, fields={k: v for k, v in r.fields.items() if k != "added"}) for r in records(data)]


def pairs(path):
    return sorted(tuple(row.values()) for row in csv.DictReader(path.open(newline="")))


def families(pictures):
    stems = [[f"{first + n:04}.jpg" for n in range(3)] for first in range(0, IMAGES, 5)]
    return {tuple(str(pictures / name) for name in family) for family in stems}


def test_an_indexed_folder_is_scanned_into_groups(indexed, pictures, capsys):
    assert run(indexed, "scan", "--json", "-") == 0
    out, err = capsys.readouterr()
    assert {tuple(group) for group in json.loads(out).values()} == families(pictures)
    assert f"groups      {FAMILIES} at 0.7, with {3 * FAMILIES} images; {2 * FAMILIES} to gain" in err
    assert "scans/s" in err


def test_every_kind_of_file_is_written(indexed, tmp_path, capsys):
    files = {kind: tmp_path / f"out.{kind}" for kind in ("json", "csv", "html", "pairs")}
    options = [word for kind, path in files.items() for word in (f"--{kind}", path)]
    assert run(indexed, "scan", "--threshold", "0.9", *options) == 0
    assert next(iter(json.loads(files["json"].read_text()))) == "group-1"
    assert next(csv.reader(files["csv"].open()))[:2] == ["group", "path"]
    assert next(csv.reader(files["pairs"].open())) == ["path_a", "path_b", "score", "kinds"]
    assert files["html"].read_text().lower().startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "out.csv",
        "out.html",
        "out.json",
        "out.pairs",
    ]
    assert oct(files["json"].stat().st_mode & 0o777) == oct(0o666 & ~umask())
    assert "groups" in capsys.readouterr().out


def umask():
    now = os.umask(0)
    os.umask(now)
    return now


def test_the_same_again_indexes_and_searches_nothing(indexed, pictures, capsys):
    assert run(indexed, "index", pictures) == 0
    assert f"default: 0 added, 0 updated, {IMAGES} unchanged, 0 vanished" in capsys.readouterr().out
    count = len(ScanStore(indexed / "scans").list())
    assert run(indexed, "scan") == 0
    assert len(ScanStore(indexed / "scans").list()) == count


def test_status_tells_engine_count_and_scans(indexed, capsys):
    assert run(indexed, "status") == 0
    out = capsys.readouterr().out
    assert "collection  default" in out
    assert "engine      embedded" in out
    assert f"images      {IMAGES}" in out
    assert "done" in out


def test_the_report_names_what_cannot_be_read(tmp_path, capsys):
    folder = tmp_path / "new\nline"
    folder.mkdir()
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    assert run(tmp_path / "data", "index", folder) == 0
    out = capsys.readouterr().out
    assert "1 not readable" in out
    assert "new\\nline/broken.jpg: " in out


def test_fields_are_given_and_filter_the_scan(tmp_path, pictures, capsys):
    data = tmp_path / "data"
    some = tmp_path / "some"
    some.mkdir()
    for number in range(5):
        (some / f"{number}.jpg").write_bytes((pictures / f"{number:04}.jpg").read_bytes())
    assert run(data, "index", some / "0.jpg", some / "1.jpg", "--field", "side=left", "--field", "n=a") == 0
    assert run(data, "index", some / "2.jpg", some / "3.jpg", "--field", "side=right") == 0
    capsys.readouterr()
    assert run(data, "scan", "--fq", "side:left", "--against", "side:right", "--json", "-") == 0
    groups = json.loads(capsys.readouterr().out)
    assert [Path(path).name for path in groups["group-1"]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert run(data, "scan", "--fq", "colour:red") == 2
    assert "colour" in capsys.readouterr().err


def test_clear_asks_and_forgets(tmp_path, pictures, capsys, monkeypatch):
    assert run(tmp_path, "index", pictures / "0000.jpg", pictures / "0001.jpg") == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run(tmp_path, "clear") == 130
    assert len(records(tmp_path)) == 2
    assert run(tmp_path, "clear", "--yes") == 0
    assert "2 images forgotten" in capsys.readouterr().out
    assert records(tmp_path) == []
    assert (pictures / "0000.jpg").exists()


def test_with_several_collections_clear_wants_to_be_told_which(tmp_path, pictures, capsys):
    for name in ("one", "two"):
        assert main(["--data", str(tmp_path), "--collection", name, "index", str(pictures / "0000.jpg")]) == 0
    assert run(tmp_path, "clear", "--yes") == 2
    assert "--collection: one, two" in capsys.readouterr().err
    assert run(tmp_path, "status") == 0
    assert "collection  two" in capsys.readouterr().out


def test_the_example_is_made_once_indexed_with_fields_and_finished_if_it_was_not(
    tmp_path, capsys, monkeypatch
):
    whole = plan.read()
    small = replace(whole, originals=whole.originals[:2], copies=())
    monkeypatch.setattr("dupedash.indexing.make", partial(make, plan=small, processes=1))
    assert run(tmp_path, "example", "--if-none") == 0
    assert "example: 3 added" in capsys.readouterr().out
    assert all("category" in r.fields for r in records(tmp_path, "example") if not r.skipped)
    assert run(tmp_path, "example", "--if-none") == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "example" / "unfinished").touch()
    assert run(tmp_path, "example", "--if-none") == 0
    assert "3 unchanged" in capsys.readouterr().out
    assert not (tmp_path / "example" / "unfinished").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nonsense"], 2, "nonsense"),
        (["scan", "--threshold", "2"], 2, "0<=x<=1"),
        (["scan", "--threshold", "0.4"], 2, "below the floor"),
        (["scan", "--floor", "0"], 2, "0<x<=1"),
        (["scan"], 1, "no collection"),
        (["--collection", "typo", "status"], 1, "There is no collection 'typo'"),
        (["--collection", "../x", "index", "."], 2, "cannot be the name"),
        (["index", "/no/such/folder"], 2, "/no/such/folder"),
        (["index", ".", "--field", "novalue"], 2, "NAME=VALUE"),
        (["--url", "http://127.0.0.1:9", "status"], 3, "127.0.0.1:9"),
        (["--url", "ftp://x", "status"], 2, "such as http://"),
        (["bench", "--images", "many"], 2, "many"),
    ],
)
def test_a_mistake_is_one_sentence_and_a_code(tmp_path, words, code, said, capsys):
    assert run(tmp_path, *words) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_a_read_only_instance_changes_nothing(indexed, pictures, capsys, monkeypatch):
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    assert run(indexed, "index", pictures) == 1
    assert run(indexed, "clear", "--yes") == 1
    assert "read-only" in capsys.readouterr().err
    assert len(records(indexed)) == IMAGES


def test_every_error_has_its_code():
    codes = {
        errors.QueryError("x"): 2, errors.Unreachable("x"): 3, errors.Rejected("x"): 3,
        errors.BadReply("x"): 3, errors.ScanError("x"): 1, errors.Cancelled("x"): 130,
    }  # fmt: skip
    assert {error: exit_code(error).value for error in codes} == codes


ENDS = """
import os, runpy, signal, sys
from dupedash.embedded.run import join
from {module} import {owner} as owner

join.BLOCK = {block}
real, calls = owner.{name}, []

def called(*given, **options):
    done = real(*given, **options)
    calls.append(given)
    if len(calls) == {times}:
        {kill}
    return done

owner.{name} = called
sys.argv[0] = "dupedash"
runpy.run_module("dupedash", run_name="__main__", alter_sys=True)
"""
BLOCK = 20  # pictures: so few that they are searched in four parts, by several processes
KILLS = {
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "interrupted": "os.killpg(0, signal.SIGINT)",  # as at a terminal: Ctrl-C reaches the workers too
}


def ended(kill, module, owner, name, times, data, *words):
    """The command in a process that ends once it has called a method so many times."""
    program = ENDS.format(module=module, owner=owner, name=name, times=times, kill=KILLS[kill], block=BLOCK)
    command = [sys.executable, "-c", program, "--data", str(data), *map(str, words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, **pipes, start_new_session=True)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == (130 if kill == "interrupted" else -signal.SIGKILL), err
    assert (b"the same command again goes on" in err) is (kill == "interrupted")
    assert b"Traceback" not in err


@pytest.mark.parametrize("kill", KILLS)
def test_an_index_that_was_ended_goes_on_and_is_as_if_it_had_not_been(
    tmp_path, pictures, indexed, capsys, kill
):
    ended(kill, "dupedash.embedded.store.store", "Store", "put", 1, tmp_path, "index", pictures)
    between = len(records(tmp_path))
    assert 0 < between < IMAGES
    assert run(tmp_path, "index", pictures) == 0
    assert f"{IMAGES - between} added, 0 updated, {between} unchanged" in capsys.readouterr().out
    assert known(tmp_path) == known(indexed)


@pytest.mark.parametrize("kill", KILLS)
def test_a_scan_that_was_ended_goes_on_and_is_as_if_it_had_not_been(tmp_path, indexed, monkeypatch, kill):
    monkeypatch.setattr(join, "BLOCK", BLOCK)
    shutil.copytree(indexed / "collections", tmp_path / "collections")
    ended(kill, "dupedash.scans.writer", "ScanWriter", "write_part", 2, tmp_path, "scan")
    assert len(list((tmp_path / "scans").glob("*/parts/*.parquet"))) == 2
    store = ScanStore(tmp_path / "scans")
    until(lambda: store.list()[0].status is ScanStatus.STOPPED, "the scan is seen as stopped")
    assert run(tmp_path, "scan", "--pairs", tmp_path / "pairs.csv") == 0
    assert pairs(tmp_path / "pairs.csv") == pairs(indexed / "pairs.csv")
    assert [scan.status for scan in store.list()] == [ScanStatus.DONE]
    assert store.list()[0].stats.searched == IMAGES


def test_jobs_of_every_kind_run_as_processes_of_the_real_program(tmp_path, pictures):
    jobs = Jobs(Workspace(tmp_path))
    asked = [
        ("index", {"paths": [str(pictures / f"{n:04}.jpg") for n in range(5)], "fields": {"side": "left"}}),
        ("scan", {"mode": "balanced", "floor": 0.6, "fq": ["side:left"], "against": []}),
    ]
    results = []
    for kind, arguments in asked:
        job = jobs.start(kind, {"collection": "mine", **arguments})
        until(lambda job=job: not jobs.get(job.id).active, "the job has ended")
        assert jobs.get(job.id).status is JobStatus.DONE, jobs.get(job.id).error
        results.append(jobs.get(job.id).result)
    assert results[0].startswith("5 added")
    assert len(ScanStore(tmp_path / "scans").get(results[1]).matches()) == 3
    broken = jobs.start(
        "scan", {"collection": "mine", "mode": "balanced", "floor": 2, "fq": [], "against": []}
    )
    until(lambda: not jobs.get(broken.id).active, "the job has ended")
    assert "not a score" in jobs.get(broken.id).error


def test_progress_is_told_in_a_line():
    told = words(Progress("searching", 1200, 5000, seconds=10, matches=310, groups=96, failures=2))
    assert told == (
        "searching 1,200 of 5,000 (24%), 120/s, 32 s left, 310 matches, 96 groups, 2 not readable or failed"
    )
    assert words(Progress("listing images", 0, None)) == "listing images 0"
    assert words(Progress("reading images", 1, 309, seconds=25)) == "reading images 1 of 309 (0%)"
    assert [duration(s) for s in (0.42, 40, 200, 7500)] == ["0.4 s", "40 s", "3 min 20 s", "2 h 5 min"]


def test_without_a_terminal_every_stage_ends_with_its_last_line():
    stream = io.StringIO()
    with ProgressLine(stream) as line:
        for number in range(100):
            line(Progress("one", number, 99))
        line(Progress("two", 1, 1))
    assert stream.getvalue() == "one 0 of 99 (0%)\none 99 of 99 (100%)\ntwo 1 of 1 (100%)\n"


def test_on_a_terminal_one_line_is_updated():
    stream = io.StringIO()
    stream.isatty = lambda: True
    with ProgressLine(stream) as line:
        line(Progress("one", 0, 9))
        line(Progress("one", 9, 9))
    assert [part.rstrip() for part in stream.getvalue().split("\r")] == [
        "",
        "one 0 of 9 (0%)",
        "one 9 of 9 (100%)",
    ]
    assert stream.getvalue().endswith("\n")


def flip(data: bytes) -> bytes:
    return data[:5000] + bytes(255 - byte for byte in data[5000:])


@pytest.mark.parametrize("harm", [bytes.swapcase, lambda data: data[:9000], flip])
def test_a_damaged_collection_says_what_to_do_and_clear_does_it(tmp_path, indexed, pictures, capsys, harm):
    data = tmp_path / "data"
    shutil.copytree(indexed / "collections", data / "collections")
    file = data / "collections/default/collection.sqlite"
    file.write_bytes(harm(file.read_bytes()))
    harmed = file.read_bytes()
    capsys.readouterr()
    assert main(["--data", str(data), "status"]) == 1
    assert "`--collection default clear` puts it aside" in capsys.readouterr().err
    assert main(["--data", str(data), "clear", "--yes"]) == 0
    assert "the damaged database is in" in capsys.readouterr().out
    (aside,) = file.parent.glob("damaged-*/collection.sqlite")
    assert aside.read_bytes() == harmed, "nothing of it is deleted"
    some = [str(pictures / f"{number:04}.jpg") for number in range(3)]
    assert main(["--data", str(data), "index", *some, "--jobs", "1"]) == 0
