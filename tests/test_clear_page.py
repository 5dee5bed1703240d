"""The Clear page: rules, preview, plan, apply, undo; and that a viewer changes nothing."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dupedash.actions import Journal, Scope, Status, import_plan, journals
from dupedash.actions.files.companions import look_again
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.errors import ActionError, Forbidden
from dupedash.groups.graph import DuplicateGraph
from dupedash.images.metadata.facts import Fact
from dupedash.images.metadata.packet import written
from dupedash.jobs import Jobs
from dupedash.keepers import PRESETS, Criterion, Policy, Rule
from dupedash.review import ReviewStore, Verdict, image_key
from dupedash.scans import ScanStore
from dupedash.ui.clear.page import INTO_FILE
from dupedash.ui.clear.policy_form import PolicyDraft, guards
from dupedash.ui.door import access
from dupedash.ui.pagetable import PAGES
from tests import app_pages, workspaces
from tests.pictures import as_file, scene


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("filled")
    workspace = workspaces.fill(root / "data", workspaces.draw(root / "pictures"))
    workspaces.scan(workspace)
    return root


@pytest.fixture
def photos(tmp_path, filled, monkeypatch):
    """A workspace of its own over pictures that a test may move only after copying them."""
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(filled / "data", tmp_path / "data")
    monkeypatch.setenv("DUPEDASH_DATA", str(tmp_path / "data"))
    forget()
    yield Workspace(tmp_path / "data")
    forget()


def forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    access.current.cache_clear()


def opened(file: str = "clear") -> AppTest:
    at = app_pages.opened(file)
    assert not at.error, at.error[0].value
    return at


def opened_deciding() -> AppTest:
    """Clear with the choice to decide also where nothing shows which image is the edited one."""
    at = opened()
    box = next(box for box in at.checkbox if str(box.key).startswith("clear.unsure"))
    box.check().run()
    assert not at.exception
    return at


def opened_for_all() -> AppTest:
    """The same with the choice to take also what nobody has looked at."""
    at = opened_deciding()
    at.selectbox(key="clear.scope").set_value(Scope.ALL).run()
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    elements = (*at.markdown, *at.caption, *at.error, *at.title, *at.subheader, *at.text)
    return "\n".join(str(element.value) for element in elements)


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def test_the_preview_counts_what_would_go_before_anything_is_kept(photos):
    at = opened_for_all()
    assert figures(at)["Images to go"] == str(2 * workspaces.COPIED)
    assert f"in {workspaces.COPIED} of {workspaces.COPIED} groups" in said(at)
    assert "Decided by" in said(at)
    assert not journals(photos)


@pytest.mark.usefixtures("photos")
def test_hostile_names_are_escaped_in_the_preview():
    at = opened_for_all()
    plans = [html.proto.body for html in at.get("html") if "dd-plan" in html.proto.body]
    assert any("&lt;img src=x onerror" in body for body in plans)
    assert not any("<img src=x" in body for body in plans)


def test_a_made_plan_is_kept_shown_and_changes_nothing(photos):
    at = opened_for_all()
    at.button(key="clear.make").click().run()
    assert not at.exception
    (journal,) = journals(photos)
    assert journal.summary().status is Status.PLANNED
    assert "Plan of" in said(at)
    assert at.button(key="plan.apply")
    assert all(Path(step.location).exists() for step in journal.plan().steps)


def test_apply_and_undo_run_as_jobs_and_bring_every_entry_back(photos):
    at = opened_for_all()
    at.selectbox(key="clear.action.True").select_index(3).run()  # remove from the collection: no file moves
    at.button(key="clear.make").click().run()
    (journal,) = journals(photos)
    collection = connect(Connection("photos"), photos)
    before = collection.ids()
    order = {"collection": "photos", "plan": journal.folder.name}
    Jobs(photos).start("apply", order)
    finish(photos)
    assert journal.summary().status is Status.APPLIED
    assert len(collection.ids()) == len(before) - 2 * workspaces.COPIED
    at.run()
    assert "6 steps done" in said(at)
    assert at.button(key="plan.undo")
    Jobs(photos).start("undo", order)
    finish(photos)
    assert journal.summary().status is Status.UNDONE
    assert collection.ids() == before
    collection.close()


def finish(workspace: Workspace) -> None:
    until = time.monotonic() + 90
    while any(job.active for job in Jobs(workspace).list()):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert not [job.error for job in Jobs(workspace).list() if job.error]


def test_an_image_chosen_by_hand_stays(photos):
    at = opened_for_all()
    scan = ScanStore(photos.scans).list()[0]
    other = next(r.id for r in scan.records(scan.matches().ids) if r.filename == "smaller-0.png")
    kept = next(radio for radio in at.radio if r"smaller\-0\.png" in radio.options)
    assert kept.value is None, "by the rules at first"
    kept.set_value(other).run()
    assert not at.exception
    assert "chosen by hand" in said(at)
    next(b for b in at.button if b.key == "clear.unpin").click().run()
    assert "it was chosen by hand" not in said(at)


@pytest.mark.usefixtures("photos")
def test_criteria_are_moved_removed_and_added_and_the_line_says_them():
    at = opened_for_all()
    second = [b.key for b in at.button if b.key and b.key.endswith(".up")][1]
    at.button(key=second).click().run()
    assert "most pixels → original over edited" in said(at)
    at.button(key="clear.line.add").click().run()
    rule = [box for box in at.selectbox if box.key and box.key.endswith(".rule")][-1]
    rule.set_value(Rule.PATH).run()
    assert "needs at least one value" in at.error[0].value
    [box for box in at.text_input if box.key and ".preferred path." in box.key][-1].set_value(
        "originals"
    ).run()
    assert not at.error
    assert "preferred path: originals" in said(at).replace("\\", "")


@pytest.mark.usefixtures("photos")
def test_protected_folders_and_patterns_are_asked_for_apart_and_counted():
    at = opened_for_all()

    def area(part: str):
        return next(box for box in at.text_area if box.key and box.key.startswith(part))

    area("clear.paths.").set_value("pictures\nsmall*").run()
    assert figures(at)["Images to change"] == "0", "all lie in the protected folder"
    assert f"pictures: {workspaces.IMAGES} images" in said(at)
    assert r"small\*: no image here" in said(at), "a star in a path is no pattern"
    area("clear.paths.").set_value("").run()
    area("clear.patterns.").set_value("*/smaller*").run()
    assert f"{workspaces.COPIED} images" in said(at)
    assert figures(at)["Images to go"] == str(workspaces.COPIED * 2)
    text = "\n".join(html.proto.body for html in at.get("html") if "dd-plan" in html.proto.body)
    assert "protected place that fits */smaller*" in text or "it lies in a protected place" in said(at)


def decide(workspace: Workspace, name: str) -> None:
    """Say of the group of this image that it is one picture."""
    scan = ScanStore(workspace.scans).list()[0]
    cut = DuplicateGraph(scan.matches()).cut(0.7)
    places = {record.filename: record.id for record in scan.records(scan.matches().ids)}
    number = cut.find(places[name])
    assert number is not None
    keys = [image_key(record, scan.collection) for record in scan.records(cut.members(number))]
    ReviewStore(workspace.reviews).decide(keys, Verdict.DUPLICATE, who="Ann", expected_revision=0)


def test_by_default_a_plan_takes_what_was_reviewed_and_says_what_it_leaves_alone(photos):
    at = opened_deciding()
    assert at.button(key="clear.make").disabled
    assert f"Left alone: {workspaces.COPIED} groups that nobody has looked at (6 images)" in said(at)
    decide(photos, "smaller-1.png")
    at.run()
    assert figures(at)["Images to go"] == "2"
    assert f"Left alone: {workspaces.COPIED - 1} groups" in said(at)
    at.button(key="clear.make").click().run()
    assert len(journals(photos)[0].plan().removed) == 2


def test_by_default_a_plan_takes_exact_copies_that_nobody_looked_at(tmp_path, photos, monkeypatch):
    for number in range(2):
        (tmp_path / f"{number}.png").write_bytes(as_file(scene(41)))
    collection = EmbeddedCollection(photos.collection("twins"), "twins")
    index(collection.store, [tmp_path / "0.png", tmp_path / "1.png"], jobs=1)
    collection.close()
    workspaces.scan(photos, "twins")
    monkeypatch.setattr("dupedash.ui.state.chosen_connection", lambda _workspace: Connection("twins"))
    at = opened_deciding()
    assert figures(at)["Images to go"] == "1"
    at.selectbox(key="clear.scope").set_value(Scope.REVIEWED).run()
    assert at.button(key="clear.make").disabled
    assert "Left alone: 1 group that nobody has looked at (1 image)" in said(at)


@pytest.mark.usefixtures("photos")
def test_also_what_nobody_has_looked_at_is_a_choice_that_is_kept_and_numbered():
    at = opened_for_all()
    assert f"{workspaces.COPIED} groups with edited copies that nobody has looked at" in said(at)
    at.switch_page(str(next(row for row in PAGES if row.file == "groups").path)).run()
    at.switch_page(str(next(row for row in PAGES if row.file == "clear").path)).run()
    assert at.selectbox(key="clear.scope").value == Scope.ALL


def test_a_viewer_sees_plans_and_can_neither_make_apply_nor_undo(photos, monkeypatch):
    at = opened_for_all()
    at.button(key="clear.make").click().run()
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    forget()
    at = opened_for_all()
    assert "clear.make" not in {button.key for button in at.button}
    at.get("segmented_control")[0].set_value("Plans and journal").run()
    at.button(key=f"plan-open-{journals(photos)[0].folder.name}").click().run()
    assert not at.exception
    assert "Plan of" in said(at)
    assert not {"plan.apply", "plan.undo", "plan.empty"} & {button.key for button in at.button}
    denied = Workspace(photos.root, "no")
    with pytest.raises(Forbidden):
        Journal.create(denied, journals(photos)[0].plan())


def test_an_imported_plan_gets_its_own_id_and_the_folders_of_the_collection(photos):
    at = opened_for_all()
    at.button(key="clear.make").click().run()
    plan = journals(photos)[0].plan()
    told = json.loads(json.dumps(plan.to_json())) | {"id": "../../evil", "roots": ["/"]}
    collection = connect(Connection("photos"), photos)
    known = import_plan(told, collection)
    assert known.id not in ("../../evil", plan.id)
    assert known.roots == plan.roots
    with pytest.raises(ActionError, match="choose that one"):
        import_plan(told | {"collection": "other"}, collection)
    collection.close()


def test_a_draft_says_the_policy_that_it_was_made_from():
    for policy in PRESETS.values():
        assert PolicyDraft.of(policy).policy() == policy
    criteria = (Criterion(Rule.PIXELS), Criterion(Rule.PATH, values=("Rome, 2024", 'the "best"', "c")))
    guarded = Policy("own", criteria, ("a", "b, [c]"), guards("status: ok"), True, ("*/d/*",))
    assert PolicyDraft.of(guarded).policy() == guarded


def test_a_changed_preset_is_named_so():
    draft = PolicyDraft.of(PRESETS["Best quality"])
    draft.move(draft.lines[0].number, 1)
    assert draft.policy().name == "Best quality, changed"


def test_an_older_plan_says_that_there_is_a_newer_one(photos):
    at = opened_for_all()
    at.button(key="clear.make").click().run()
    (first,) = journals(photos)
    assert not at.warning
    plan = first.plan()
    Journal.create(photos, replace(plan, id=f"{plan.id}-b"))
    at.run()
    assert any("newer plan" in warning.value for warning in at.warning)


def test_what_only_a_copy_tells_is_previewed_fact_by_fact_and_escaped(photos):
    scan = ScanStore(photos.scans).list()[0]
    copy = next(r for r in scan.records(scan.matches().ids) if r.filename == "smaller-0.png")
    sidecar = Path(f"{copy.location}.xmp")
    sidecar.write_bytes(written(None, {Fact.KEYWORDS: ("<b>sea</b>",)}))
    look_again()  # a folder is listed once in a while
    try:
        at = opened_for_all()
        at.toggle(key="clear.facts").set_value(True).run()
        told = "".join(html.proto.body for html in at.get("html") if "dd-told" in html.proto.body)
        assert "– → <b>&lt;b&gt;sea&lt;/b&gt;</b>" in told
        assert "1 sidecar goes with its image" in said(at)
        at.segmented_control(key="clear.facts.into").set_value(INTO_FILE).run()
        told = "".join(html.proto.body for html in at.get("html") if "dd-told" in html.proto.body)
        assert "</b> is written into, so that nothing known is lost" in told
        at.toggle(key="clear.best").set_value(True).run()
        at.toggle(key="clear.raw").set_value(True).run()
        assert not at.exception
    finally:
        sidecar.unlink()
