"""Adding a folder: however its path is written, into a collection of any name, chosen by looking around."""

from __future__ import annotations

import json
import os

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from dupedash.config import as_collection_name, collection_name
from dupedash.errors import ConfigError
from dupedash.images.files import printable
from dupedash.jobs import Jobs
from dupedash.system.places import look_inside, places
from dupedash.ui.door import access
from dupedash.ui.shared.inputs import as_place, existing
from tests import workspaces
from tests.app_pages import opened


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace with a collection `photos`; what is started is noted and does not run."""
    found = workspaces.fill(tmp_path / "data", workspaces.draw(tmp_path / "pictures"))
    monkeypatch.setenv("DUPEDASH_DATA", str(found.root))
    started = []

    def note(_jobs, folder, order):
        started.append(order)
        (folder / "order.json").write_text(json.dumps(order))

    monkeypatch.setattr(Jobs, "_launch", note)
    st.cache_data.clear()
    st.cache_resource.clear()
    access.current.cache_clear()
    return found, started


@pytest.mark.parametrize(
    "written", ['"{}"', "'{}'", " {} ", "“{}”", "file://{}", "file://localhost{}", "FILE://{}"]
)
def test_a_path_is_taken_as_file_managers_copy_it(tmp_path, written):
    folder = tmp_path / "summer 2024"
    folder.mkdir()
    assert existing(written.format(folder)) == folder
    assert existing(folder.as_uri()) == folder  # with %20


def test_a_name_with_blanks_at_its_ends_or_bytes_that_are_no_text_is_found(tmp_path):
    for name in (b" blank ", b"caf\xe9", b"'quoted'"):
        folder = os.fsencode(tmp_path) + b"/" + name
        os.mkdir(folder)
        assert existing(printable(os.fsdecode(folder))) == as_place(os.fsdecode(folder))


@pytest.mark.parametrize("wrong", ["", "   ", "pictures", '"', "file://pictures", "/no\0such"])
def test_what_is_no_whole_path_is_refused_in_a_sentence(wrong):
    with pytest.raises(ConfigError, match=r"\.$"):
        existing(wrong)


@given(some.text())
def test_any_text_names_a_collection(text):
    assert collection_name(as_collection_name(text))


def test_names_stay_readable():
    assert as_collection_name("My photos, 2024") == "My-photos-2024"
    assert as_collection_name("Fotos für Zoë") == "Fotos-fur-Zoe"
    assert as_collection_name("照片") == "collection"


def test_a_folder_shows_its_folders_and_counts_its_pictures(tmp_path):
    for name in ("b", "A", ".hidden"):
        (tmp_path / name).mkdir()
    for name in ("one.jpg", "two.CR2", "three.txt"):
        (tmp_path / name).touch()
    inside = look_inside(tmp_path)
    assert [folder.name for folder in inside.folders] == ["A", "b"]
    assert inside.pictures == 2
    assert all(place.path.is_dir() and place.name for place in places())


def read(at):
    next(button for button in at.button if button.label == "Read the images").click().run()
    assert not at.error


def box(at, label):
    return next(box for box in (*at.text_input, *at.selectbox) if box.label == label)


def test_a_folder_becomes_a_collection_of_its_own_and_any_name_will_do(workspace, tmp_path):
    _, started = workspace
    (tmp_path / "Summer 2024").mkdir()
    at = opened("collection")
    assert any("only read" in caption.value for caption in at.caption)
    box(at, "Folder or file on the machine that runs dupedash").set_value(f'"{tmp_path}/Summer 2024"').run()
    read(at)
    assert started[-1]["arguments"]["collection"] == "Summer-2024"
    box(at, "Its name").set_value("photos").run()
    assert any(r"photos\-2" in caption.value for caption in at.caption)
    read(at)
    assert started[-1]["arguments"]["collection"] == "photos-2"


def test_a_folder_that_was_read_before_goes_into_its_collection(workspace, tmp_path):
    _, started = workspace
    at = opened("collection")
    box(at, "Folder or file on the machine that runs dupedash").set_value(str(tmp_path / "pictures")).run()
    assert box(at, "Into the collection").value == "photos"
    read(at)
    assert started[-1]["arguments"]["collection"] == "photos"


@pytest.mark.usefixtures("workspace")
def test_viewers_neither_browse_nor_add(monkeypatch):
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    labels = {button.label for button in opened("collection").button}
    assert not labels & {"Browse", "Read the images"}


@pytest.mark.usefixtures("workspace")
def test_hostile_names_of_folders_are_shown_as_text(tmp_path):
    hostile = tmp_path / "pictures" / "<img src=x onerror=alert(1)> [a](b) :red[c]"
    hostile.mkdir()
    at = opened("collection")
    box(at, "Folder or file on the machine that runs dupedash").set_value(str(tmp_path / "pictures")).run()
    next(button for button in at.button if button.label == "Browse").click().run()
    assert not at.exception
    shown = next(button.label for button in at.button if "onerror" in button.label)
    assert "\\<img" in shown
    assert "\\[a\\]" in shown
