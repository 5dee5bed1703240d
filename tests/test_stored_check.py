"""A check of many images on disk: it goes on after a stop or kill, analyses nothing twice, all see it."""

from __future__ import annotations

import os
import signal

import pytest

from dupedash.check import (
    GATES,
    CheckStore,
    Placing,
    Wanted,
    add_checked,
    check_images,
    compare_inside,
    of_sources,
    run_check,
    to_be_added,
)
from dupedash.check import stored as stored_module
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.errors import Cancelled, ConfigError, Forbidden
from dupedash.jobs import Jobs, JobStatus
from tests.pictures import as_file, brighter, scene, smaller
from tests.test_check import packed
from tests.test_check_page import opened, photos, said
from tests.test_clear_page import filled, finish

__all__ = ["filled", "photos"]


@pytest.fixture
def batch(tmp_path):
    """Six new images in a folder: two copies, two of one new picture, one new, one broken."""
    folder = tmp_path / "batch"
    folder.mkdir()
    pictures = {
        "a-new.png": as_file(scene(40)),
        "b-copy.jpg": as_file(brighter(scene(5)), "JPEG"),
        "c-first.png": as_file(scene(41)),
        "d-second.png": as_file(smaller(scene(41))),
        "e-broken.png": b"no picture either",
        "f-copy.png": as_file(smaller(scene(6))),
    }
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def collection(photos):
    found = EmbeddedCollection(photos.collection("photos"), "photos")
    yield found
    found.close()


def run(collection, stored, stop_after=None):
    asked = iter(range(100))
    cancelled = (lambda: next(asked) == stop_after) if stop_after else lambda: False
    return run_check(collection, stored, inside=compare_inside, workers=1, cancelled=cancelled)


def told(report):
    return [
        (one.item.name, one.finding, [(h.id, h.score, h.explanation) for h in (*one.hits, *one.inside)])
        for one in report.judged(GATES["careful"]).checked
    ], report.failures  # fmt: skip


def test_what_is_stored_is_what_a_check_at_once_finds(collection, photos, batch):
    stored = CheckStore(photos).create(Wanted("photos", (str(batch),), fq=("category:scene",)))
    run(collection, stored)
    again = CheckStore(photos).get(stored.id)
    gate = GATES["careful"]
    wide = type(gate)(gate.name, type(gate.bands)(0.95, 0.7, 0.5), gate.answers)
    at_once = check_images(
        collection, of_sources([str(batch)]), wide, fq=("category:scene",), inside=compare_inside
    )
    assert told(again.report()) == told(at_once)
    assert again.complete
    assert again.report().inside == "compared with each other"


def test_a_stopped_check_shows_what_it_has_and_goes_on_without_a_second_analysis(collection, photos, batch):
    stored = CheckStore(photos).create(Wanted("photos", (str(batch),)))
    with pytest.raises(Cancelled):
        run(collection, stored, stop_after=3)
    part = CheckStore(photos).get(stored.id)
    assert len(part.outcomes()) == 3
    assert not part.complete
    seen = []
    run_check(collection, part, inside=compare_inside, workers=1, progress=seen.append)
    assert collection.analyses == 6, "as many as images, over both runs"
    assert (seen[-1].done, seen[-1].total, seen[-1].skipped) == (6, 6, 3)
    assert len(part.report().checked) == 5


def test_killed_in_the_middle_it_goes_on_behind_the_last_whole_result(collection, photos, batch):
    stored = CheckStore(photos).create(Wanted("photos", (str(batch),)))
    child = os.fork()
    if child == 0:

        def kill(progress):
            if progress.done == 4:
                with (stored.folder / "results.jsonl").open("ab") as file:
                    file.write(b'{"name": "cut o')
                os.kill(os.getpid(), signal.SIGKILL)

        own = EmbeddedCollection(photos.collection("photos"), "photos")
        run_check(own, stored, workers=1, progress=kill)
        os._exit(0)
    os.waitpid(child, 0)
    assert len(stored.outcomes()) == 4
    report = run(collection, stored)
    assert len(report.checked) + len(report.failures) == 6
    assert collection.analyses == 2, "the two that were missing"


def test_what_is_added_from_a_stored_check_is_not_analysed_again(collection, photos, batch, tmp_path):
    archive = packed(**{"in__one.png": as_file(scene(50)), "in__two.png": as_file(scene(51))})
    stored = CheckStore(photos).create(
        Wanted("photos", (str(batch),)), [("../up load.png", as_file(scene(60))), ("many.zip", archive)]
    )
    run(collection, stored)
    before = collection.analyses
    chosen = CheckStore(photos).get(stored.id).report().judged(GATES["add only"]).checked
    assert [one.item.name for one in chosen][:3] == [
        "../up load.png",
        "many.zip: in/one.png",
        "many.zip: in/two.png",
    ]
    kept = tmp_path / "kept"
    added = add_checked(collection, to_be_added(list(chosen)), Placing({}, kept), photos)
    assert (len(added.added), added.failed) == (5, ())
    assert collection.analyses == before
    assert len(list(kept.iterdir())) == 3, "what has no place of its own is kept"


def test_old_checks_go_and_other_names_lead_nowhere(photos, monkeypatch):
    monkeypatch.setattr(stored_module, "KEPT", 3)
    store = CheckStore(photos)
    made = [store.create(Wanted("photos"), [("a.png", b"x")]).id for _ in range(5)]
    assert sorted(path.name for path in photos.checks.iterdir()) == made[-3:]
    assert store.newest("photos").id == made[-1]
    assert store.newest("others") is None
    for name in ("../../etc", "nosuch", made[0]):
        with pytest.raises(ConfigError, match="no check"):
            store.get(name)
    with pytest.raises(Forbidden):
        CheckStore(Workspace(photos.root, "no")).create(Wanted("photos"))


def test_a_folder_is_checked_by_a_job_and_every_session_sees_its_result(photos, batch):
    at = opened("check")
    at.get("segmented_control")[0].set_value("Folder on this machine").run()
    at.text_input(key="check.folder").set_value(str(batch)).run()
    at.button(key="check.start").click().run()
    finish(photos)
    (job,) = Jobs(photos).list()
    assert (job.kind, job.status) == ("check", JobStatus.DONE)
    at.run()
    other = opened("check")
    for page in (at, other):
        assert {m.label: m.value for m in page.metric}["New"] == "2"
        assert page.dataframe[0].value["image"][0].endswith("e-broken.png")
        assert "compared with each other" in said(page)
        assert page.button(key="check.do").label == "Do it: 2 images"


def test_answers_for_many_are_set_at_once_and_stay_for_all_whatever_the_rules_say(collection, photos, batch):
    stored = CheckStore(photos).create(Wanted("photos", (str(batch),)))
    run(collection, stored)
    collection.close()
    at = opened("check")
    many = next(box for box in at.selectbox if box.label == "Answer for all that are listed")
    many.set_value("reject").run()
    next(button for button in at.button if button.label == "Set for 5 images").click().run()
    assert not at.exception
    one = next(box for box in at.selectbox if box.label == "Answer")
    one.set_value("add").run()
    assert sorted(CheckStore(photos).get(stored.id).answers.values()) == ["add", *["reject"] * 4]
    other = opened("check")  # another visitor, with other rules
    other.selectbox(key="check.gate").set_value(list(GATES)[-1]).run()
    answers = [box.value for box in other.selectbox if box.label == "Answer"]
    assert sorted(answers) == ["add", *["reject"] * 4]
    next(box for box in other.selectbox if box.label == "Answer for all that are listed").set_value(
        "as the rules say"
    ).run()
    next(button for button in other.button if button.label == "Set for 5 images").click().run()
    assert CheckStore(photos).get(stored.id).answers == {}
