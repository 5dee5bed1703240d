"""Kinds of pairs in the dashboard: chosen in the sidebar, shown on every page, one button on Clear."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dupedash.actions import Journal, journals
from dupedash.config import Workspace
from dupedash.model import PairKind
from dupedash.review import ReviewStore, Verdict
from tests import workspaces
from tests.app_pages import opened
from tests.pictures import as_file, scene
from tests.shots import MOMENT, edited, exif, frame, shoot


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A burst, a copy and an edit of its first frame, and a pair of the same pixels."""
    root = tmp_path_factory.mktemp("pages")
    photos = root / "photos"
    for number in range(3):
        shoot(photos / f"IMG_{number:04}.JPG", frame(number), exif(MOMENT + timedelta(seconds=number)))
    (photos / "again.jpg").write_bytes((photos / "IMG_0000.JPG").read_bytes())
    shoot(photos / "edited.jpg", edited(frame(0)), exif())
    (photos / "a.png").write_bytes(as_file(scene(8)))
    (photos / "b.bmp").write_bytes(as_file(scene(8), "BMP"))
    workspace = workspaces.fill(root / "data", photos)
    workspaces.scan(workspace)
    return workspace


@pytest.fixture(autouse=True)
def photos(folder, monkeypatch) -> Workspace:
    monkeypatch.setenv("DUPEDASH_DATA", str(folder.root))
    return folder


def said(at) -> str:
    told = [part.value for part in (*at.markdown, *at.caption)]
    return " ".join([*told, *(str(part.proto.body) for part in at.get("html"))])


def choose(at, *kinds):
    next(box for box in at.multiselect if box.key == "kinds").set_value([str(kind) for kind in kinds]).run()
    assert not at.exception
    return at


def test_groups_are_of_duplicates_and_say_what_they_are_until_others_are_chosen():
    at = opened("groups")
    assert "**2 groups**" in said(at)
    assert '<i class="kind">edited</i>' in said(at)
    assert '<i class="kind">same pixels</i>' in said(at)
    assert "Also found, no duplicates: burst" in said(at)
    choose(at, PairKind.BURST)
    assert "**1 group**" in said(at)
    assert '<i class="kind">burst</i>' in said(at)
    assert "not sure</i>" not in said(at)


def test_graph_explore_and_share_follow_the_kinds_that_are_chosen():
    for page in ("groups", "graph", "explore", "share"):
        at = choose(opened(page), PairKind.SAME_PIXELS)
        assert "Only pairs of these kinds: **same pixels**." in said(at)
    assert "kinds=same+pixels" in at.code[0].value
    at.button(key="kinds.leave").click().run()
    assert "Only pairs of these kinds" not in said(at)
    at = opened("graph", kinds="burst")
    assert next(box for box in at.multiselect if box.key == "kinds").value == ["burst"]


def test_where_nothing_is_of_the_kinds_that_are_chosen_every_page_says_so_and_leads_back():
    for page in ("overview", "graph", "groups"):
        at = choose(opened(page), PairKind.LIVE)
        assert "Only pairs of these kinds are looked at: Live photo." in said(at).replace("\\", "")
    at.button(key="kinds.all").click().run()
    assert "**2 groups**" in said(at).replace("\\", "")


def test_one_button_on_clear_previews_and_plans_what_is_the_same_file_or_the_same_pixels(photos):
    at = opened("clear")
    assert "**2 images** are the same file as another, or the same pixels." in said(at)
    at.button(key="clear.equal").click().run()
    assert not at.exception
    assert "Only pairs of these kinds: **same file, same pixels**" in said(at)
    assert at.metric[0].value == "2"
    at.button(key="clear.make").click().run()
    plan = Journal(journals(photos)[0].folder).plan()
    assert {step.location.rpartition("/")[2] for step in plan.steps} == {"again.jpg", "b.bmp"}


def test_a_burst_that_is_named_on_clear_is_left_whole_until_somebody_chooses():
    at = choose(opened("clear"), PairKind.BURST)
    at.selectbox(key="clear.scope").set_value("Also what nobody has looked at").run()
    assert "Not all of these are duplicates" in said(at)
    assert at.metric[0].value == "1", "the identical file of a frame"
    at.button(key="clear.all-kinds").click().run()
    assert next(box for box in at.multiselect if box.key == "kinds").value == []


def test_all_bursts_are_decided_at_once_and_no_other_group(photos):
    at = choose(opened("groups", **{"is": "burst"}), PairKind.BURST, PairKind.SAME_PIXELS)
    assert "**1 group** of 2" in said(at)
    for start in ("select-all", "bulk-series"):
        next(button for button in at.button if (button.key or "").startswith(start)).click().run()
        assert not at.exception
    (decided,) = ReviewStore(photos.reviews).load()
    assert decided.verdict is Verdict.SERIES
    next(button for button in at.button if (button.key or "").startswith("decide-back-")).click().run()
    assert len(ReviewStore(photos.reviews).load()) == 0
