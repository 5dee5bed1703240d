"""Every page of the table runs, whatever it finds; and what the pages say and do, without a browser."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dupedash.config import Workspace
from dupedash.connect import Connections, flow_connection
from dupedash.flow.client import FlowSettings
from dupedash.scans import ScanConfig, ScanStore
from dupedash.ui.door import access
from dupedash.ui.pagetable import PAGES, PageRow
from tests import workspaces
from tests.app_pages import opened


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("filled")
    workspace = workspaces.fill(root / "data", workspaces.draw(root / "pictures"))
    workspaces.scan(workspace)
    return workspace.root


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> Path:
    """An empty workspace, and nothing remembered from another test."""
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "data"
    monkeypatch.setenv("DUPEDASH_DATA", str(root))
    _forget()
    yield root
    _forget()


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    access.current.cache_clear()


@pytest.fixture
def photos(data, filled) -> Workspace:
    shutil.copytree(filled, data)
    return Workspace(data)


def texts(at: AppTest) -> str:
    elements = (*at.markdown, *at.caption, *at.error, *at.title, *at.subheader, *at.text)
    return "\n".join(str(element.value) for element in elements)


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.file)
def test_every_page_runs_on_an_empty_workspace(row: PageRow):
    at = opened(row.file)
    assert at.title[0].value
    assert not at.error


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.file)
def test_every_page_runs_on_a_collection_with_a_scan(row: PageRow):
    at = opened(row.file)
    assert not at.error
    assert at.sidebar.selectbox(key="collection.picked").value == "photos"


@pytest.mark.parametrize("page", ["overview", "scan", "collection"])
def test_a_server_that_does_not_answer_is_told_in_a_sentence(page, data, monkeypatch):
    monkeypatch.setattr("dupedash.flow.client.FlowSettings", partial(FlowSettings, pause=0.0))
    Connections(Workspace(data)).add(flow_connection("http://127.0.0.1:9/api/cores/gone", "gone"))
    at = opened(page)
    assert any("gone" in error.value and "refused" in error.value for error in at.error)


def test_an_empty_workspace_leads_to_adding_images():
    at = opened()
    assert "No images yet" in texts(at)


@pytest.mark.usefixtures("photos")
def test_the_overview_counts_groups_at_the_threshold_of_the_link():
    near, none = opened(), opened(t="1.0")
    figures = {metric.label: metric.value for metric in near.metric}
    assert figures["Images"] == str(workspaces.IMAGES)
    assert figures["Groups"] == str(workspaces.COPIED)
    assert figures["Duplicates"] == str(2 * workspaces.COPIED)
    assert {m.label: m.value for m in none.metric}["Groups"] == "0"


def test_the_overview_counts_what_a_scan_of_a_part_was_about(photos):
    part = ScanConfig(fq=("category:smaller",), against=("-category:smaller",))
    workspaces.scan(photos, title="A part", config=part)
    at = opened()
    figures = {metric.label: metric.value for metric in at.metric}
    assert figures["Images"] == str(workspaces.COPIED)
    others = workspaces.IMAGES - workspaces.COPIED
    assert f"scanned of {workspaces.IMAGES}, against {others}" in texts(at).replace("\\", "")
    rows = [html.proto.body for html in at.get("html") if "to gain</span>" in html.proto.body]
    assert rows
    assert not any(">chain<" in row for row in rows)


@pytest.mark.usefixtures("photos")
def test_the_presets_move_the_threshold():
    at = opened()
    at.sidebar.button(key="preset-0.95").click().run()
    assert at.sidebar.slider(key="t").value == 0.95
    at.sidebar.button(key="preset-0.7").click().run()
    assert at.sidebar.slider(key="t").value == 0.7


def test_a_scan_that_is_there_is_offered_and_not_repeated(photos):
    at = opened("scan")
    assert "Already scanned" in texts(at)
    at.button(key="scan.open-known").click().run()
    assert at.session_state["scan"] == ScanStore(photos.scans).list()[0].id


@pytest.mark.usefixtures("photos")
def test_a_condition_becomes_lucene_and_narrows_the_count():
    at = opened("scan")
    at.get("segmented_control")[0].set_value("A part").run()
    at.button(key="scan.fq.add").click().run()
    field = next(box for box in at.selectbox if box.label == "Field")
    field.set_value("category").run()
    value = next(box for box in at.selectbox if box.label == "Value")
    value.set_value("scene").run()
    assert at.text_input(key="scan.fq.text").value == "category:scene"
    assert f"**{workspaces.SCENES - 1}** of {workspaces.IMAGES} images" in texts(at)


@pytest.mark.usefixtures("photos")
def test_lucene_that_is_typed_becomes_rows_and_errors_say_where():
    at = opened("scan")
    at.get("segmented_control")[0].set_value("A part").run()
    at.text_input(key="scan.fq.text").set_value("category:scene AND width:[100 TO *]").run()
    assert [box.value for box in at.selectbox if box.label == "Field"] == ["category", "width"]
    at.text_input(key="scan.fq.text").set_value("category:(scene").run()
    assert "bracket" in at.error[0].value
    assert at.code[0].value.endswith("^")
    at.text_input(key="scan.fq.text").set_value("nosuchfield:1").run()
    assert "nosuchfield" in at.error[0].value


@pytest.mark.usefixtures("photos")
def test_a_filter_is_kept_and_taken_again():
    at = opened("scan")
    at.get("segmented_control")[0].set_value("A part").run()
    at.text_input(key="scan.fq.text").set_value("category:scene").run()
    at.text_input(key="scan.fq.keep.name").set_value("only scenes")
    next(button for button in at.button if button.label == "Keep").click().run()
    at.text_input(key="scan.fq.text").set_value("").run()
    at.button(key="scan.fq.saved.only scenes").click().run()
    assert at.text_input(key="scan.fq.text").value == "category:scene"


@pytest.mark.usefixtures("photos")
def test_a_folder_that_is_not_there_is_refused_in_a_sentence():
    at = opened("collection")
    box = next(box for box in at.text_input if "Folder" in box.label)
    box.set_value("/no/such/folder")
    next(button for button in at.button if button.label == "Read the images").click().run()
    assert "nothing at" in at.error[0].value


@pytest.mark.usefixtures("photos")
def test_on_a_read_only_instance_nothing_that_changes_is_offered(monkeypatch):
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    _forget()
    for row in PAGES:
        if row.editor_only:
            continue
        at = opened(row.file)
        labels = {button.label for button in at.button}
        assert not labels & {
            "Start the scan",
            "Read the images",
            "Add the images",
            "Make the example",
            "Keep",
        }
    assert "read-only" in texts(at) or at.sidebar


@pytest.mark.usefixtures("photos")
def test_hostile_names_are_shown_as_text():
    at = opened("collection")
    assert not any("onerror" in str(html.value) for html in at.get("html") if hasattr(html, "value"))
