"""The Check page: verdicts by id, refused addresses, rules that change, files; viewers change nothing."""

from __future__ import annotations

import csv
import io

import pytest

from dupedash.check import (
    GATES,
    Bands,
    Finding,
    Gate,
    Placing,
    add_checked,
    check_images,
    of_ids,
    report_to_csv,
)
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.errors import ConfigError, Forbidden
from dupedash.ui.check.page import must_be_web
from tests.test_clear_page import filled, forget, opened, photos, said

__all__ = ["filled", "photos"]


def checked_by_id(at, image_id: str):
    at.get("segmented_control")[0].set_value("Image of the collection").run()
    at.text_area(key="check.id").set_value(image_id).run()
    at.button(key="check.start").click().run()
    assert not at.exception, at.exception
    return at


def copied(photos) -> tuple[str, list[str]]:
    """An image with copies, and all ids."""
    collection = connect(Connection("photos"), photos)
    ids = collection.ids()
    found = next(r.id for r in collection.records(ids) if r.filename == "smaller-1.png")
    collection.close()
    return found, ids


def test_an_image_of_the_collection_is_judged_and_its_hits_shown(photos):
    at = checked_by_id(opened("check"), copied(photos)[0])
    assert "copy" in said(at)
    shown = "".join(html.proto.body for html in at.get("html"))
    assert "scene-1.png" in shown
    assert "brighter-1.jpg" in shown


@pytest.mark.usefixtures("photos")
def test_an_image_is_found_by_a_text_in_its_path():
    at = opened("check")
    at.get("segmented_control")[0].set_value("Image of the collection").run()
    at.text_input(key="check.find").set_value("SMALLER-1").run()
    assert "No image has this text in its path." not in said(at)
    at.text_input(key="check.find").set_value('no "such* thing').run()
    assert "No image has this text in its path." in said(at)


@pytest.mark.usefixtures("photos")
def test_an_id_that_is_not_there_is_said_and_nothing_is_new():
    at = checked_by_id(opened("check"), "no-such-id")
    assert {metric.label: metric.value for metric in at.metric}["New"] == "0"
    assert "no-such-id" in str(at.dataframe[0].value)


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize(
    "url", ["/etc/passwd", "file:///etc/passwd", "ftp://a/b.jpg", "http://", "http://[", "~/x.jpg"]
)
def test_what_is_no_web_address_is_refused_before_anything_is_read(url):
    with pytest.raises(ConfigError, match="not a web address"):
        must_be_web(url)


@pytest.mark.usefixtures("photos")
def test_an_address_of_our_own_network_is_not_fetched():
    at = opened("check")
    at.get("segmented_control")[0].set_value("URL").run()
    at.text_area(key="check.url").set_value("http://127.0.0.1:1/x.png").run()
    at.button(key="check.start").click().run()
    assert not at.exception
    assert "127.0.0.1" in str(at.dataframe[0].value)


def test_other_rules_judge_the_same_hits_without_searching_again(photos):
    image_id, _ = copied(photos)
    collection = connect(Connection("photos"), photos)
    report = check_images(collection, of_ids([image_id]), Gate(bands=Bands(0.95, 0.7, 0.5)))
    collection.close()  # so that nothing can be asked again
    strict = report.judged(Gate("strict", Bands(1.0, 1.0, 1.0), GATES["careful"].answers))
    assert report.checked[0].finding is not Finding.NEW
    assert strict.checked[0].hits == () or strict.checked[0].best.score == 1.0
    assert report.judged(Gate(bands=Bands(0.5, 0.5, 0.5))).checked[0].finding is Finding.EXACT


def test_the_csv_has_a_line_an_image_and_no_formula(photos):
    image_id, _ = copied(photos)
    collection = connect(Connection("photos"), photos)
    report = check_images(collection, of_ids([image_id, "=1+1"]), GATES["look only"])
    rows = list(csv.DictReader(io.StringIO(report_to_csv(collection, report))))
    collection.close()
    assert [row["name"] for row in rows] == [image_id, "'=1+1"]
    assert rows[0]["location"].endswith(".png")
    assert rows[1]["finding"] == "not checked"


def test_a_viewer_may_check_but_not_read_folders_nor_change_anything(photos, monkeypatch):
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    forget()
    at = checked_by_id(opened("check"), copied(photos)[0])
    assert "Folder on this machine" not in at.get("segmented_control")[0].options
    assert "check.do" not in {button.key for button in at.button}


def test_adding_is_refused_below_the_page(photos):
    with pytest.raises(Forbidden):
        add_checked(None, [], Placing({}), Workspace(photos.root, "no"))
