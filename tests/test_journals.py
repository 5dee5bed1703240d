"""Plans wait in the order of their making, none hides another, and the last copy is never emptied away."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from dupedash.actions import (
    Journal,
    Status,
    StepMark,
    applied_journal,
    empty_quarantine,
    journals,
    unusable,
    waiting_journal,
)
from dupedash.actions import journal as journal_module
from dupedash.errors import ActionError, Conflict
from tests.acting import ABC, STAR, place
from tests.killing import killed_at_line

__all__ = ["place"]


def make(place, *pairs, earlier=0):
    """A plan that says it was made so many days earlier, as by a clock that was set back."""
    plan = place.plan(*pairs)
    created = plan.created - timedelta(days=earlier)
    name = f"{created:%Y%m%d-%H%M%S-%f}-{plan.id[-4:]}"
    return Journal.create(place.workspace, replace(plan, id=name, created=created))


def unfinished(place, name="29991231-000000-000000-aaaa"):
    """What an earlier version left where it was killed while it made a plan."""
    folder = place.workspace.journals / name
    folder.mkdir(parents=True)
    (folder / "journal.sqlite").touch()


def of_a_newer_version(place):
    journal = make(place, STAR[0])
    with sqlite3.connect(journal.folder / "journal.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    return journal


def without_numbers(journal):
    """As an earlier version made it."""
    with sqlite3.connect(journal.folder / "journal.sqlite") as db:
        db.execute("DROP TABLE turns")


def test_an_unfinished_journal_and_one_of_a_newer_version_hide_no_other_and_are_named(place):
    place.fill(ABC)
    mine = make(place, *STAR)
    unfinished(place)
    newer = of_a_newer_version(place)
    (place.workspace.journals / "not sqlite").mkdir()
    (place.workspace.journals / "not sqlite/journal.sqlite").write_bytes(b"something else" * 100)
    assert [j.folder.name for j in journals(place.workspace)] == [mine.folder.name]
    reasons = {failure.what: failure.reason for failure in unusable(place.workspace)}
    assert "never finished" in reasons["29991231-000000-000000-aaaa"]
    assert "newer version" in reasons[newer.folder.name]
    assert "cannot be used" in reasons["not sqlite"]
    assert waiting_journal(place.workspace).folder == mine.folder
    assert place.apply(mine).done == 2
    assert applied_journal(place.workspace).folder == mine.folder


def test_killed_at_any_moment_a_plan_is_there_wholly_or_not_at_all_and_the_next_one_is_made(place):
    place.fill(ABC)
    first = make(place, *STAR)
    line, killed = 1, True
    while killed:
        plan = place.plan(STAR[0])
        killed = killed_at_line(line, journal_module, lambda plan=plan: Journal.create(place.workspace, plan))
        there = [journal.plan() for journal in journals(place.workspace)]
        assert there[-1] == first.plan()
        assert len(there) == 1 or there[0] == plan, f"killed at {line}"
        assert not unusable(place.workspace)
        for journal in journals(place.workspace)[:-1]:
            shutil.rmtree(journal.folder)
        line += 3
    assert line > 50, "it was killed several times"
    assert make(place, STAR[1]).folder == waiting_journal(place.workspace).folder
    assert not list(place.workspace.journals.glob(".new-*")), "what was left half is cleaned up"


def test_a_second_apply_never_takes_an_older_plan(place):
    place.fill(ABC)
    make(place, *STAR)
    chosen = make(place, STAR[0])
    place.apply(waiting_journal(place.workspace))
    assert chosen.summary().status is Status.APPLIED
    with pytest.raises(ActionError, match=f"Nothing waits .* {chosen.folder.name}, is applied"):
        waiting_journal(place.workspace)


def test_plans_are_in_the_order_of_their_making_whatever_the_clock_says(place):
    place.fill(ABC)
    first, second = make(place, *STAR), make(place, STAR[0], earlier=3)
    assert [j.folder for j in journals(place.workspace)] == [second.folder, first.folder]
    assert waiting_journal(place.workspace).folder == second.folder


def test_plans_of_an_earlier_version_come_before_all_that_are_made_now(place):
    place.fill(ABC)
    older, old = make(place, *STAR, earlier=2), make(place, *STAR)
    for journal in (older, old):
        without_numbers(journal)
    new = make(place, STAR[0], earlier=9)
    assert [j.folder for j in journals(place.workspace)] == [new.folder, old.folder, older.folder]
    assert place.apply(old).done == 2
    assert applied_journal(place.workspace).folder == old.folder
    assert place.undo(old).failed == ()


def test_undo_takes_back_what_was_applied_last_though_it_was_made_first(place):
    place.fill(("a.jpg", "b.jpg", "x.jpg", "y.jpg"))
    first, second = make(place, ("a.jpg", "b.jpg")), make(place, ("x.jpg", "y.jpg"))
    place.apply(second)
    place.apply(first)
    assert applied_journal(place.workspace).folder == first.folder
    place.undo(first)
    assert applied_journal(place.workspace).folder == second.folder


def test_where_there_is_no_plan_at_all_it_is_said(place):
    with pytest.raises(ActionError, match="no plan yet"):
        waiting_journal(place.workspace)
    with pytest.raises(ActionError, match="no plan that was applied"):
        applied_journal(place.workspace)


# Emptying


def waiting(place):
    return sorted(p.name for p in place.workspace.quarantine.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda path, _q: path.unlink(), "cannot be read"),
        (lambda path, _q: path.write_bytes(b"another picture"), "was changed"),
        (lambda path, q: (path.unlink(), path.symlink_to(next(q.rglob("b.jpg")))), "into the quarantine"),
    ],
    ids=["gone", "changed", "a link to the copy"],
)
def test_a_file_without_its_keeper_is_kept_back_and_named_and_can_still_be_undone(place, harm, reason):
    place.fill(("a.jpg", "b.jpg", "x.jpg", "y.jpg"))
    journal = place.journal(("a.jpg", "b.jpg"), ("x.jpg", "y.jpg"))
    place.apply(journal)
    harm(place.folder / "a.jpg", place.workspace.quarantine)
    emptied = empty_quarantine(journal, place.workspace)
    assert emptied.bytes == len(b"y.jpg") * 37
    (kept,) = emptied.kept
    assert kept.what.endswith("b.jpg")
    assert reason in kept.reason
    assert waiting(place) == ["b.jpg"]
    assert [failure.what for failure in place.undo(journal).failed] == ["y.jpg"]
    assert (place.folder / "b.jpg").read_bytes() == b"b.jpg" * 39


def test_the_file_of_an_interrupted_step_is_kept_back(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    place.apply(journal)
    journal.record(1, StepMark.MOVED)
    emptied = empty_quarantine(journal, place.workspace)
    assert [("interrupted" in kept.reason) for kept in emptied.kept] == [True]
    assert waiting(place) == ["c.jpg"]


def test_a_file_that_no_plan_put_there_is_kept_back(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    place.apply(journal)
    own = place.workspace.quarantine / journal.folder.name / "000000" / "my own.jpg"
    own.write_bytes(b"mine")
    assert [kept.what for kept in empty_quarantine(journal, place.workspace).kept] == [str(own)]
    assert waiting(place) == ["my own.jpg"]


def test_an_emptied_quarantine_leaves_no_folder_and_may_be_emptied_again(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    place.apply(journal)
    assert empty_quarantine(journal, place.workspace).bytes == journal.plan().bytes
    assert not list(place.workspace.quarantine.rglob("*"))
    assert empty_quarantine(journal, place.workspace).bytes == 0


def test_nothing_is_emptied_while_a_plan_is_applied(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    seen = []

    def meanwhile(_progress):
        with pytest.raises(Conflict):
            empty_quarantine(journal, place.workspace)
        seen.append(1)

    place.apply(journal, progress=meanwhile)
    assert seen


# Undo


def test_undo_does_not_make_a_renamed_folder_of_the_collection_anew(place):
    place.fill(ABC)
    before = place.look()
    journal = place.journal(*STAR)
    place.apply(journal)
    elsewhere = place.root / "renamed"
    place.folder.rename(elsewhere)
    outcome = place.undo(journal)
    assert ["was it renamed" in failure.reason for failure in outcome.failed] == [True, True]
    assert not place.folder.exists()
    assert waiting(place) == ["b.jpg", "c.jpg"]
    elsewhere.rename(place.folder)
    assert place.undo(journal).failed == ()
    assert place.look()[0].keys() == before[0].keys()


def test_undo_makes_a_lost_folder_inside_the_collections_own_anew(place):
    place.fill(ABC)
    journal = place.journal(*STAR)
    place.apply(journal)
    (place.folder / "sub").rmdir()
    assert place.undo(journal).failed == ()
    assert (place.folder / "sub/b.jpg").is_file()


TEXTS = [("plan", "summary"), ("plan", "body"), ("documents", "body"), ("events", "info")]


def with_a_changed_byte(journal, table, column, place):
    """One letter of that text, at this share of it, as a flipped bit in the file changes it."""
    with sqlite3.connect(journal.folder / "journal.sqlite") as db:
        [(row, text)] = db.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid LIMIT 1")
        at = int(len(text) * place)
        changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (changed, row))


@pytest.mark.parametrize(("table", "column"), TEXTS)
@pytest.mark.parametrize("share", [0.0, 0.13, 0.31, 0.5, 0.77, 0.99])
def test_a_flipped_byte_of_a_journal_is_noticed_and_hides_no_other(place, table, column, share):
    place.fill(ABC)
    other, damaged = make(place, STAR[0]), make(place, STAR[1])
    place.apply(damaged)
    with_a_changed_byte(damaged, table, column, share)
    known = [journal.folder.name for journal in journals(place.workspace)]
    assert other.folder.name in known
    assert all(journal.summary() for journal in journals(place.workspace))
    if column == "summary":
        assert damaged.summary().status is Status.APPLIED, "it is derived from the plan"
        assert place.undo(damaged).done == 1
        return
    try:
        [failed] = place.undo(damaged).failed
        told = failed.reason
    except ActionError as error:
        told = str(error)
    assert "numbered by step" in told


def test_a_journal_of_an_earlier_version_has_no_sums_and_is_undone(place):
    place.fill(ABC)
    journal = make(place, *STAR)
    place.apply(journal)
    with sqlite3.connect(journal.folder / "journal.sqlite") as db:
        for table, column in (("plan", "summary"), ("documents", "body"), ("events", "info")):
            db.execute(f"UPDATE {table} SET {column} = json_remove({column}, '$.sum', '$.body')")
    assert journal.summary().status is Status.APPLIED
    assert place.undo(journal).failed == ()
