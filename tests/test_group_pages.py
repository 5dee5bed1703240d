"""The group list and gallery without a browser: links, order, decisions and who may make them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.groups.graph import DuplicateGraph
from dupedash.model import ScanMode
from dupedash.review import ReviewStore, Verdict
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan
from dupedash.ui.door import access
from dupedash.workers import Workers
from tests import workspaces
from tests.app_pages import opened


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("filled")
    workspace = workspaces.fill(root / "data", workspaces.draw(root / "pictures"))
    workspaces.scan(workspace)
    return workspace.root


@pytest.fixture
def photos(tmp_path, monkeypatch, filled):
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(filled, tmp_path / "data")
    monkeypatch.setenv("DUPEDASH_DATA", str(tmp_path / "data"))
    forget()
    yield Workspace(tmp_path / "data")
    forget()


def forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    access.current.cache_clear()


def first_group(workspace: Workspace) -> tuple[str, ...]:
    scan = ScanStore(workspace.scans).list()[0]
    return DuplicateGraph(scan.matches()).cut(0.7).members(0)


def decide(at: AppTest, verdict: str) -> AppTest:
    """Press the button of a verdict."""
    next(b for b in at.button if (b.key or "").startswith(f"decide-{verdict}-")).click().run()
    assert not at.exception
    return at


def texts(at: AppTest) -> str:
    return "\n".join(e.value for e in [*at.caption, *at.markdown, *at.title, *at.error])


@pytest.mark.usefixtures("photos")
def test_the_list_says_how_many_groups_there_are():
    assert f"{workspaces.COPIED} groups" in texts(opened("groups"))


@pytest.mark.usefixtures("photos")
def test_a_process_started_beside_a_page_does_not_draw_the_page():
    opened("groups")  # Streamlit puts the page in the place of the program
    answers = [outcome.result for outcome in Workers(started_as, 1).run(["a task"])]
    assert answers[0] in ("dupedash.workers.worker", "dupedash.workers.forkserver")


def started_as(_task: str) -> str:
    """The program that this process runs."""
    spec = sys.modules["__main__"].__spec__
    return spec.name if spec else "another program"


@pytest.mark.usefixtures("photos")
def test_a_text_that_no_group_has_leads_back_to_all():
    at = opened("groups", text="nowhere to be found")
    next(b for b in at.button if b.label == "Show all groups").click()
    at.query_params.clear()
    at.run()
    assert f"{workspaces.COPIED} groups" in texts(at)


def test_any_member_opens_its_group(photos):
    for member in first_group(photos):
        assert "Group of 3 images" in texts(opened("group", group=member))


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize("link", ["", "no-such-image", "<script>"])
def test_a_link_to_nothing_says_so(link):
    assert not opened("group", group=link).error


def test_a_decision_is_kept_and_shown(photos):
    at = opened("group", group=first_group(photos)[0])
    decide(at, "keep all")
    assert not at.exception
    (kept,) = ReviewStore(photos.reviews).load()
    assert (kept.verdict, kept.who, len(kept.images)) == (Verdict.KEEP_ALL, "editor", 3)
    assert "keep all" in texts(opened("group", group=first_group(photos)[0]))


def test_a_rejected_group_is_gone_everywhere_until_it_is_taken_back(photos):
    member = first_group(photos)[0]
    at = opened("group", group=member)
    decide(at, "not a duplicate")
    assert f"{workspaces.COPIED - 1} groups" in texts(opened("groups"))
    gone = opened("group", group=member)
    assert "Group of 3" not in texts(gone)
    next(b for b in gone.button if b.label == "Take back").click().run()
    assert f"{workspaces.COPIED} groups" in texts(opened("groups"))


def test_a_decision_made_meanwhile_is_not_overwritten(photos):
    member = first_group(photos)[0]
    at, other = opened("group", group=member), opened("group", group=member)
    decide(other, "series")
    decide(at, "duplicate")
    assert [d.verdict for d in ReviewStore(photos.reviews).load()] == [Verdict.SERIES]


def test_on_a_read_only_instance_nothing_can_be_decided(photos, monkeypatch):
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    access.current.cache_clear()
    at = opened("group", group=first_group(photos)[0])
    assert not [b for b in at.button if (b.key or "").startswith(("decide-", "reject-", "split-"))]


@pytest.mark.usefixtures("photos")
def test_explore_shows_the_figures_and_what_another_threshold_changes():
    at = opened("explore")
    assert [m.value for m in at.metric][:2] == [str(workspaces.COPIED), str(2 * workspaces.COPIED)]
    assert "0.70 → 0.66" in texts(at)


def test_explore_compares_two_scans(photos):
    collection = connect(Connection("photos"), photos)
    run_scan(collection, ScanConfig(ScanMode.SPEED), ScanStore(photos.scans), name="Second scan")
    collection.close()
    at = opened("explore", changes="Between two scans")
    assert "Only in this scan" in [m.label for m in at.metric]


@pytest.mark.usefixtures("photos")
def test_share_names_the_view_and_offers_every_file():
    at = opened("share", t="0.8")
    assert "t=0.8" in at.code[0].value
    assert "scan=" in at.code[0].value
    assert len(at.get("download_button")) == 6
