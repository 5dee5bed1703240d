"""A workspace that version 0.1 wrote opens: collection, scan, decisions, an applied plan and a waiting one.

`earlier/workspace-0.1.zip` was made with that version: eleven drawn pictures (five pairs of copies), indexed
with a field, scanned, two groups decided, one plan applied (three files in the quarantine), another one made.
Its paths begin with /srv, which the fixture puts right, as somebody does who moves a workspace by hand.
"""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from dupedash.cli import main
from dupedash.config import Workspace
from dupedash.review import ReviewStore, Verdict
from dupedash.scans import ScanStore

ZIP = Path(__file__).parent / "earlier" / "workspace-0.1.zip"
PLANS = ("20261130-055000-499024-c3b8", "20261130-055005-410900-cb76")


def move(database: Path, root: Path) -> None:
    """Let every text of the database that names /srv name this root."""
    with closing(sqlite3.connect(database)) as db, db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for column in [row[1] for row in db.execute(f"PRAGMA table_info('{table}')")]:
                db.execute(
                    f'UPDATE "{table}" SET "{column}" = replace("{column}", \'/srv/\', ?)'
                    f" WHERE typeof(\"{column}\") = 'text' AND \"{column}\" LIKE '%/srv/%'",
                    (f"{root}/",),
                )


@pytest.fixture
def moved(tmp_path):
    """The folder with `photos` and the workspace `dupedash`, which knows the photos at their old place."""
    with zipfile.ZipFile(ZIP) as file:
        file.extractall(tmp_path)
    return tmp_path


@pytest.fixture
def earlier(moved):
    """The same with a workspace that knows them at their new one."""
    for database in (moved / "dupedash").rglob("*.sqlite"):
        move(database, moved)
    return moved


def run(root, *words):
    return main(["--data", str(root / "dupedash"), *map(str, words)])


def images(root):
    return {str(path.relative_to(root / "photos")) for path in (root / "photos").rglob("*") if path.is_file()}


def test_the_collection_opens_with_its_images(earlier, capsys):
    assert run(earlier, "status") == 0
    assert "images      8" in capsys.readouterr().out


def test_the_stored_scan_opens_with_every_match_and_its_explanation(earlier):
    (scan,) = ScanStore(Workspace(earlier / "dupedash").scans).list()
    assert scan.name == "First scan"
    matches = scan.matches()
    assert len(matches.score) == 5
    pairs = [(matches.ids[a], matches.ids[b]) for a, b in zip(matches.a, matches.b, strict=True)]
    assert all(explanation.kinds for explanation in scan.explanations(pairs).values())
    assert len(scan.images()) == 11


def test_the_decisions_are_there(earlier):
    decisions = list(ReviewStore(Workspace(earlier / "dupedash").reviews).load())
    assert {(d.verdict, d.who, d.note) for d in decisions} == {
        (Verdict.NOT_DUPLICATE, "anna", "the brighter one is sold"),
        (Verdict.DUPLICATE, "ben", ""),
    }


def test_the_applied_plan_is_undone(earlier, capsys):
    assert len(images(earlier)) == 8
    assert run(earlier, "undo", "--list") == 0
    listed = capsys.readouterr().out
    assert all(plan in listed for plan in PLANS)
    assert run(earlier, "undo", PLANS[0]) == 0
    assert len(images(earlier)) == 11
    assert run(earlier, "status") == 0
    assert "images      11" in capsys.readouterr().out


def test_photos_indexed_at_another_place_are_found_as_before(moved):
    assert run(moved, "index", moved / "photos", "--jobs", "1") == 0
    groups = moved / "groups.json"
    assert run(moved, "scan", "--json", groups) == 0
    # Three of the copies are in the quarantine, and what anna decided is no group any more.
    found = {
        frozenset(Path(path).name for path in group) for group in json.loads(groups.read_text()).values()
    }
    assert {group for group in found if len(group) > 1} == {frozenset({"beach-2.jpg", "cropped.jpg"})}
