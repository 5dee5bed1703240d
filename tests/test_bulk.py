"""Many groups are decided at once, found by what they are, and taken back from a list."""

from __future__ import annotations

import pytest

from dupedash.errors import ConfigError
from dupedash.groups.graph import DuplicateGraph
from dupedash.review import ImageKey, Kept, ReviewStore, Verdict, Wanted
from dupedash.scans import ScanStore
from dupedash.ui.door import access
from tests import workspaces
from tests.app_pages import opened
from tests.test_group_pages import filled, photos, texts

__all__ = ["filled", "photos"]

PAIRS = [[ImageKey(f"{n}a"), ImageKey(f"{n}b")] for n in range(3)]


def press(at, start: str):
    next(b for b in at.button if (b.key or "").startswith(start)).click().run()
    assert not at.exception
    return at


def select_all(at):
    return press(at, "select-all")


def test_all_groups_of_a_filter_are_decided_at_once_and_taken_back_as_one(photos):
    at = select_all(opened("groups"))
    press(at, "bulk-duplicate")
    decided = ReviewStore(photos.reviews).load()
    assert [d.verdict for d in decided] == [Verdict.DUPLICATE] * workspaces.COPIED
    assert all(d.keepers for d in decided), "what the rules cannot tell apart stays, as on its own page"
    press(at, "decide-back-")
    assert len(ReviewStore(photos.reviews).load()) == 0


def test_a_box_selects_one_group_and_what_is_selected_no_more_is_not_decided(photos):
    at = opened("groups")
    for box in at.checkbox[:2]:
        box.check()
    at.run()
    at.checkbox[0].uncheck().run()
    press(at, "bulk-series")
    (decided,) = ReviewStore(photos.reviews).load()
    assert decided.verdict is Verdict.SERIES


@pytest.mark.usefixtures("photos")
def test_groups_are_found_by_decision_and_decider_kind_folder_date_and_score():
    select_all(at := opened("groups", least="3"))
    press(at, "bulk-keep all")
    shown = f"{workspaces.COPIED} groups"
    assert shown in texts(opened("groups", **{"as": "keep all", "by": "editor"}))
    for asked in ({"kind": "resized"}, {"since": "2020-01-01"}, {"folder": "/"}):
        assert shown in texts(opened("groups", **asked)), asked
    none = ("kind", "mirrored"), ("as", "series"), ("until", "2020-01-01"), ("folder", "/x"), ("by", "Bob")
    for asked in (dict([pair]) for pair in none):
        assert shown not in texts(opened("groups", **asked)), asked


def test_a_group_leads_to_those_like_it(photos):
    cut = DuplicateGraph(ScanStore(photos.scans).list()[0].matches()).cut(0.7)
    found = [opened("group", group=cut.key(number)) for number in range(len(cut))]
    links = [link.proto for at in found for link in at.get("page_link") if "like this" in link.proto.label]
    assert links, "two of the three were made in the same ways"
    assert all("folder=" in link.query_string and "kind=" in link.query_string for link in links)


def test_decisions_are_listed_with_who_when_and_why_and_each_is_taken_back(photos):
    at = select_all(opened("groups"))
    at.text_input(key="groups.note").set_value("checked on the wall").run()
    press(at, "bulk-not a duplicate")
    page = opened("clear", part="Decisions")
    assert "checked on the wall" in texts(page)
    assert f"{workspaces.COPIED} decisions" in texts(page)
    press(page, "list-back-")
    assert len(ReviewStore(photos.reviews).load()) == workspaces.COPIED - 1


@pytest.mark.usefixtures("photos")
def test_a_viewer_selects_and_takes_back_nothing(monkeypatch):
    select_all(at := opened("groups"))
    press(at, "bulk-series")
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    access.current.cache_clear()
    assert not opened("groups").checkbox
    assert not [b for b in opened("clear", part="Decisions").button if "back" in (b.key or "")]


def test_of_many_decisions_those_that_somebody_else_made_meanwhile_are_left_out(tmp_path):
    store = ReviewStore(tmp_path / "reviews.sqlite")
    store.decide(PAIRS[1], Verdict.SERIES, who="Bob", expected_revision=0)
    done = store.decide_all([Wanted(pair, Verdict.KEEP_ALL, 0) for pair in PAIRS], who="Ann", note="n")
    assert [d.who for d in done.made] == ["Ann", "Ann"]
    assert [w.images for w in done.missed] == [PAIRS[1]]
    assert store.load().of(PAIRS[1]).who == "Bob"


def test_of_many_decisions_one_that_makes_no_sense_stops_all(tmp_path):
    store = ReviewStore(tmp_path / "reviews.sqlite")
    strange = Wanted(PAIRS[0], Verdict.DUPLICATE, 0, (Kept(PAIRS[1][0]),))
    wanted = [Wanted(PAIRS[2], Verdict.SERIES, 0), strange]
    with pytest.raises(ConfigError, match="not one of those"):
        store.decide_all(wanted, who="Ann")
    assert len(store.load()) == 0


def test_a_scan_is_needed_for_no_list_of_decisions(photos):
    for scan in ScanStore(photos.scans).list():
        ScanStore(photos.scans).delete(scan.id)
    assert not opened("clear", part="Decisions").exception
