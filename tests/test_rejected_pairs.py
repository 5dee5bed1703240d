"""A rejected pair stays rejected: one flow through the commands and the store, whatever happens meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dupedash.cli import main
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.errors import Conflict
from dupedash.review import ReviewStore, Verdict, decisions_of, image_key
from tests.pictures import as_file, brighter, scene, smaller

ROOT = Path(__file__).resolve().parent.parent


class Shelf:
    def __init__(self, root):
        self.root, self.folder = root, root / "pictures"
        self.workspace = Workspace(root / "data")

    def run(self, *words):
        return main(["--data", str(self.workspace.root), *map(str, words)])

    def groups(self, capsys, *words):
        """The groups as `scan --json` says them, as sets of file names."""
        capsys.readouterr()
        assert self.run("scan", "--json", "-", *words) == 0
        found = json.loads(capsys.readouterr().out)
        return sorted(sorted(Path(path).name for path in group) for group in found.values())

    def keys(self, *names):
        collection = connect(Connection("default"), self.workspace)
        records = {r.filename: r for r in collection.records(collection.ids())}
        collection.close()
        return [image_key(records[name], "default") for name in names]

    def decide(self, verdict, *names, revision=0):
        ReviewStore(self.workspace.reviews).decide(
            self.keys(*names), verdict, who="Ann", expected_revision=revision
        )


@pytest.fixture
def shelf(tmp_path):
    found = Shelf(tmp_path)
    found.folder.mkdir()
    for name, picture in {
        "one.png": scene(1),
        "one small.png": smaller(scene(1)),
        "two.png": scene(2),
        "two bright.png": brighter(scene(2)),
    }.items():
        (found.folder / name).write_bytes(as_file(picture))
    assert found.run("index", found.folder, "--jobs", 1) == 0
    return found


TWO = ["two bright.png", "two.png"]


def test_a_rejected_pair_stays_so_through_rescan_rename_move_restart_and_other_thresholds(shelf, capsys):
    assert shelf.groups(capsys) == [["one small.png", "one.png"], TWO]
    shelf.decide(Verdict.NOT_DUPLICATE, "one.png", "one small.png")
    assert shelf.groups(capsys) == [TWO]
    assert shelf.groups(capsys, "--again") == [TWO]
    for threshold in ("0.5", "0.99"):
        assert all("one.png" not in group for group in shelf.groups(capsys, "--threshold", threshold))
    (shelf.folder / "moved").mkdir()
    (shelf.folder / "one small.png").rename(shelf.folder / "moved/renamed.png")
    assert shelf.run("index", shelf.folder, "--jobs", 1) == 0
    assert shelf.groups(capsys) == [TWO]
    capsys.readouterr()
    assert shelf.run("plan") == 0
    planned = capsys.readouterr().out
    assert "renamed.png" not in planned
    assert "two" in planned
    assert shelf.run("check", shelf.folder / "moved/renamed.png") == 0, "no duplicate of one.png"
    assert "decided not to be duplicates" in capsys.readouterr().out
    assert shelf.run("check", "--id", *ids_of(shelf, "one.png")) == 0
    assert shelf.run("check", "--id", *ids_of(shelf, "two.png")) == 4
    restarted = subprocess.run(
        [sys.executable, "-m", "dupedash", "--data", str(shelf.workspace.root), "scan", "--json", "-"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert len(json.loads(restarted.stdout)) == 1
    assert "left out of the groups" in restarted.stderr
    shelf.decide(Verdict.OPEN, "one.png", "renamed.png", revision=1)
    assert len(shelf.groups(capsys)) == 2, "taken back, it is a pair again"


def ids_of(shelf, *names):
    collection = connect(Connection("default"), shelf.workspace)
    found = [r.id for r in collection.records(collection.ids()) if r.filename in names]
    collection.close()
    return found


def test_a_look_at_decisions_that_are_not_there_writes_nothing(tmp_path):
    workspace = Workspace(tmp_path / "data")
    assert len(decisions_of(workspace)) == 0
    assert not workspace.reviews.exists()


DECIDER = """
import sys
from pathlib import Path
from dupedash.errors import Conflict
from dupedash.review import ImageKey, ReviewStore, Verdict
store, who = ReviewStore(Path(sys.argv[1])), sys.argv[2]
sys.stdin.readline()
won = 0
for pair in range(30):
    try:
        pictures = [ImageKey(f"a{pair}"), ImageKey(f"b{pair}")]
        store.decide(pictures, Verdict.SERIES, who=who, expected_revision=0)
        won += 1
    except Conflict as conflict:
        assert "decided" in str(conflict)
print(won)
"""


def test_two_people_in_two_processes_never_overwrite_each_other(tmp_path):
    path = tmp_path / "reviews.sqlite"
    people = [
        subprocess.Popen([sys.executable, "-c", DECIDER, str(path), who], cwd=ROOT, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for who in ("Ann", "Bob")
    ]  # fmt: skip
    for person in people:
        person.stdin.write("go\n")
        person.stdin.flush()
    won = [int(person.communicate(timeout=120)[0]) for person in people]
    assert sum(won) == 30
    decided = list(ReviewStore(path).load())
    assert [decision.revision for decision in decided] == [1] * 30
    assert sorted(sum(d.who == who for d in decided) for who in ("Ann", "Bob")) == sorted(won)


def test_who_decided_on_an_old_look_hears_of_the_other(shelf):
    shelf.decide(Verdict.SERIES, "one.png", "one small.png")
    with pytest.raises(Conflict, match="Ann decided"):
        shelf.decide(Verdict.DUPLICATE, "one.png", "one small.png")
