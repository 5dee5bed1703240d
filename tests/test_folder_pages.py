"""The page Folders and the way from it to Clear: what it lists and hands on, what an address restores."""

from __future__ import annotations

import shutil

import pytest
import streamlit as st

from dupedash.actions import journals
from dupedash.config import settings
from dupedash.ui.door import access
from tests import workspaces
from tests.app_pages import opened
from tests.pictures import as_file, scene

HOSTILE = "<img src=x onerror=alert(1)> *photos*"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Three pictures in `phone`, two of them in a folder below photos as well."""
    root = tmp_path_factory.mktemp("folders")
    for folder, seeds in (("phone", (1, 2, 3)), (f"{HOSTILE}/2019", (1,)), (f"{HOSTILE}/2020", (2, 4, 5))):
        (root / "pictures" / folder).mkdir(parents=True)
        for seed in seeds:
            (root / "pictures" / folder / f"{seed}.png").write_bytes(as_file(scene(seed)))
    workspaces.scan(workspaces.fill(root / "data", root / "pictures"))
    return root


@pytest.fixture
def folders(filled, tmp_path, monkeypatch):
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(filled / "data", tmp_path / "data")
    monkeypatch.setenv("DUPEDASH_DATA", str(tmp_path / "data"))
    forget()
    yield [str(filled / "pictures" / name) for name in ("phone", HOSTILE)]
    forget()


def forget():
    st.cache_data.clear()
    st.cache_resource.clear()
    access.current.cache_clear()


def said(at):
    """As a person reads it, without the marks that keep Markdown from being one."""
    parts = (*at.caption, *at.markdown, *at.metric, *at.error)
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def html(at):
    return "\n".join(part.proto.body for part in at.get("html"))


@pytest.mark.usefixtures("folders")
def test_the_list_names_folders_with_their_shares_and_shows_names_as_text():
    at = opened("folders")
    assert "**1 pair** of folders" in said(at)
    assert "shares 66 % with" in html(at)
    assert "2 of 3 images" in html(at)
    assert "2 of 4 images of" in html(at)
    assert "onerror" in html(at)
    assert "<img src=x" not in html(at)
    assert "1 pair" not in said(opened("folders", t="1.0", text="nothing of the kind"))


def test_an_address_restores_two_folders_and_the_list_that_was_open(folders):
    phone, photos = folders
    at = opened("folders", other=photos, **{"in": phone})
    assert [m.value for m in at.metric] == ["66 %", "50 %"]
    assert f"{phone}/1.png" in said(at)
    assert at.get("segmented_control")[0].value == "In both"
    at = opened("folders", other=photos, list="Only in the first", **{"in": phone})
    assert at.get("segmented_control")[0].value == "Only in the first"
    assert f"{phone}/1.png" not in said(at)


def test_a_folder_that_is_not_there_is_told_in_a_sentence(folders):
    at = opened("folders", other="/nowhere", **{"in": folders[0]})
    assert "No image of the scan lies in /nowhere." in said(at)


def test_clear_takes_one_side_alone_until_all_groups_are_asked_for(folders):
    phone, photos = folders
    at = opened("clear", other=photos, **{"in": phone})
    assert f"Only images in **{phone}** go" in said(at)
    assert [m.value for m in at.metric if m.label == "Images to go"] == ["2"]
    assert "which stays" in said(at)
    assert "the same pixels" not in said(at), "that is offered for all folders"
    at.button(key="clear.make").click().run()
    assert not at.exception
    (journal,) = journals(settings().workspace)
    assert {step.location for step in journal.plan().steps} == {f"{phone}/1.png", f"{phone}/2.png"}
    at = opened("clear", other=photos, **{"in": phone})
    at.button(key="clear.all-folders").click().run()
    assert "Only images in" not in said(at)
    assert "the same pixels" in said(at)
