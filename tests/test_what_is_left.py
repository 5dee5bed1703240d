"""After a plan: pages say what is left, cleared groups are marked, single steps are taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette

from dupedash.actions import (
    Head,
    Journal,
    Status,
    StepKind,
    StepMark,
    Wish,
    apply_plan,
    draw_plan,
    groups_to_clear,
    undo_plan,
)
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.keepers import preset
from dupedash.review import Decisions
from dupedash.scans import ScanStore
from dupedash.ui.door.routes import ROUTES, thumb_url
from tests import workspaces
from tests.app_pages import opened
from tests.asking import Client
from tests.test_group_pages import forget, texts


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """A workspace over pictures of its own: files move."""
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    workspace = workspaces.fill(tmp_path / "data", workspaces.draw(tmp_path / "pictures"))
    workspaces.scan(workspace)
    monkeypatch.setenv("DUPEDASH_DATA", str(workspace.root))
    forget()
    yield workspace
    forget()


@pytest.fixture
def applied(photos):
    """Every group was cleared but one of its images."""
    scan = ScanStore(photos.scans).list()[0]
    collection = connect(Connection("photos"), photos)
    groups = groups_to_clear(scan.matches(), 0.7, collection, Decisions(), scan.edits)
    wish = Wish(StepKind.QUARANTINE, replace(preset("Best quality"), decide_unsure=True))
    journal = Journal.create(photos, draw_plan(groups, wish, Head.now(collection, scan.id, 0.7)))
    assert not apply_plan(journal, collection, photos).failed
    yield journal
    collection.close()


def take_back(journal: Journal, workspace: Workspace, **some) -> None:
    collection = connect(Connection("photos"), workspace)
    undo_plan(journal, collection, workspace, **some)
    collection.close()


def shown(at) -> str:
    labels = [*(link.proto.label for link in at.get("page_link")), *(e.label for e in at.expander)]
    return "\n".join([texts(at), *labels, *(f"{m.label}: {m.value}" for m in at.metric)])


@pytest.mark.usefixtures("applied")
def test_pages_count_what_is_left_and_mark_what_is_cleared():
    overview = shown(opened("overview"))
    assert "Groups: 0" in overview
    assert "To gain: 0 bytes" in overview
    assert "Scan again" not in overview, "what was removed needs no search"
    assert f"{workspaces.COPIED} groups cleared since the scan" in shown(opened("groups"))


def test_a_cleared_group_still_opens_by_any_image_and_shows_it(photos, applied):
    step = applied.plan().steps[0]
    for image in (step.id, step.keeper):
        assert "Cleared: 2 of 3 images gone" in texts(opened("group", group=image))
    served = Client(Starlette(routes=ROUTES)).get(thumb_url("photos", step.id, step.content))
    assert served.headers["content-type"] == "image/jpeg"
    assert photos.quarantine.is_dir()


def test_a_cleared_group_leads_to_the_plan_that_cleared_it(applied):
    step = applied.plan().steps[0]
    at = opened("group", group=step.id)
    link = next(link for link in at.get("page_link") if "plan that cleared" in link.proto.label)
    params = {name: values[0] for name, values in parse_qs(link.proto.query_string).items()}
    assert params["plan"] == applied.folder.name
    there = opened("clear", **{name: params[name] for name in ("part", "plan")})
    assert there.button(key=f"plan-open-{applied.folder.name}").disabled, "it is open"


def test_one_step_is_taken_back_and_the_others_stay_done(photos, applied):
    first, *others = applied.plan().steps
    take_back(applied, photos, only=[first.number])
    marks = {number: entry.mark for number, entry in applied.last().items()}
    assert marks == {first.number: StepMark.UNDONE} | {s.number: StepMark.DONE for s in others}
    assert Path(first.location).exists()
    assert not any(Path(step.location).exists() for step in others)
    assert applied.summary().status is Status.PARTLY_TAKEN_BACK
    take_back(applied, photos)
    assert applied.summary().status is Status.UNDONE


def test_after_undo_all_groups_are_back_and_no_new_scan_is_asked_for(photos, applied):
    take_back(applied, photos)
    overview = shown(opened("overview"))
    assert f"Groups: {workspaces.COPIED}" in overview
    assert "up to date" in overview
    assert "Scan again" not in overview


def test_the_journal_shows_each_step_and_where_its_file_waits(photos, applied):
    at = opened("clear", part="Plans and journal")
    at.button(key=f"plan-open-{applied.folder.name}").click().run()
    assert not at.exception
    table = at.dataframe[-1].value
    assert list(table["state"]) == [str(StepMark.DONE)] * len(applied.plan().steps)
    assert all(Path(place).is_file() for place in table["file now"])
    assert str(photos.quarantine / applied.folder.name) in [code.value for code in at.code]
    assert at.button(key="plan.undo.some").disabled, "no row is chosen"


def test_deleting_for_good_is_asked_for_twice(applied):
    at = opened("clear", part="Plans and journal")
    at.button(key=f"plan-open-{applied.folder.name}").click().run()
    at.button(key="plan.empty").click().run()
    assert at.button(key="plan.empty.yes").disabled
    at.checkbox(key="plan.empty.sure").check().run()
    assert not at.exception
