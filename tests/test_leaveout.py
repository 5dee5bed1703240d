"""Folders and files that are left out: by name or path, by default or by choice, and remembered."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import streamlit as st

from dupedash.cli import main
from dupedash.config import Workspace
from dupedash.embedded.files.leaveout import DEFAULTS, LeaveOut, checked
from dupedash.embedded.store.store import Store, file_id
from dupedash.errors import ConfigError
from tests.app_pages import opened
from tests.indexed import counts, draw, read, store
from tests.test_clear_page import finish

__all__ = ["store"]


@pytest.fixture
def folder(tmp_path) -> Path:
    """Pictures of a person beside those that machines and programs keep."""
    root = tmp_path / "pictures"
    for seed, name in enumerate(["a.png", "day/b.png", "day/@eaDir/b.png/thumb.png", "#recycle/c.png",
                                 "$RECYCLE.BIN/d.png", "Catalog Previews.lrdata/e.png", "Thumbs/f.png",
                                 "private/g.png", "Archive [2024]/h.png"]):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        draw(root / name, seed)
    return root


def names(store: Store, folder: Path) -> set[str]:
    return {str(Path(r.location).relative_to(folder)) for r in store.records(store.ids())}


USUAL = {"a.png", "day/b.png", "private/g.png", "Archive [2024]/h.png"}


def test_what_machines_and_programs_keep_is_left_out_and_told(store, folder):
    report = read(store, folder)
    assert names(store, folder) == USUAL
    assert report.left_out == {"#recycle": 1, "$RECYCLE.BIN": 1, "*.lrdata": 1, "@eaDir": 1, "thumbs": 1}


def test_a_collection_of_the_first_version_leaves_out_the_same(tmp_path):
    with zipfile.ZipFile(Path(__file__).parent / "earlier" / "workspace-0.1.zip") as file:
        file.extractall(tmp_path)
    (home,) = (tmp_path / "dupedash" / "collections").iterdir()
    earlier = Store(home)
    assert (earlier.left_out(), earlier.count()) == (DEFAULTS, 8)
    earlier.close()


def test_photos_that_the_first_version_saw_elsewhere_have_moved(tmp_path):
    with zipfile.ZipFile(Path(__file__).parent / "earlier" / "workspace-0.1.zip") as file:
        file.extractall(tmp_path)
    (home,) = (tmp_path / "dupedash" / "collections").iterdir()
    with closing(sqlite3.connect(home / "collection.sqlite")) as db, db:  # no machine has this folder
        db.execute("UPDATE documents SET path = CAST('/not there' || CAST(path AS TEXT) AS BLOB)")
    earlier = Store(home)
    ids = earlier.ids()
    report = read(earlier, tmp_path / "photos")
    assert (report.added, report.vanished, earlier.ids()) == (0, (), ids)
    assert all(str(record.location).startswith(f"{tmp_path}/photos/") for record in earlier.records(ids))
    earlier.close()


def test_a_folder_that_is_asked_for_by_its_path_is_read(store, folder):
    assert read(store, folder / "#recycle").added == 1
    assert read(store, folder).added == 4
    assert names(store, folder) == USUAL | {"#recycle/c.png"}
    assert counts(read(store, folder)) == (0, 0, 4, 0, 0)
    assert names(store, folder) == USUAL | {"#recycle/c.png"}


@pytest.mark.parametrize(
    "pattern", ["private", "PRIV*", "/{folder}/private", "pictures/private", "/{folder}/pri*"]
)
def test_a_pattern_names_a_folder_or_its_path(store, folder, pattern):
    read(store, folder, exclude=[pattern.replace("/{folder}", str(folder))])
    assert names(store, folder) == USUAL - {"private/g.png"}


@pytest.mark.parametrize("pattern", ["Archive [2024]", "{folder}/Archive [2024]"])
def test_brackets_in_a_name_are_a_name(store, folder, pattern):
    read(store, folder, exclude=[pattern.format(folder=folder)])
    assert names(store, folder) == USUAL - {"Archive [2024]/h.png"}


def test_a_file_can_be_left_out(store, folder):
    read(store, folder, exclude=["b.*"])
    assert names(store, folder) == USUAL - {"day/b.png"}


def test_the_collection_remembers_and_images_that_were_there_leave_it(store, folder):
    read(store, folder)
    image_id = file_id(folder / "private" / "g.png")
    store.set_fields({image_id: {"label": "mine"}})
    report = read(store, folder, exclude=["private"])
    assert (report.taken_out, counts(report)) == (1, (0, 0, 3, 0, 0))
    assert names(store, folder) == USUAL - {"private/g.png"}
    assert (folder / "private" / "g.png").exists()
    assert (store.hidden(), store.failures()) == ([], [])
    again = read(store, folder)
    assert (again.taken_out, again.left_out["private"]) == (0, 1)
    store.leave_out(DEFAULTS)
    assert counts(read(store, folder)) == (0, 0, 4, 0, 0)
    assert store.records([image_id])[0].fields["label"] == "mine"


def test_a_file_that_moves_out_of_a_left_out_folder_keeps_its_document(store, folder):
    read(store, folder)
    image_id = file_id(folder / "private" / "g.png")
    read(store, folder, exclude=["private"])
    (folder / "private" / "g.png").rename(folder / "g.png")
    assert read(store, folder).moved == 1
    assert store.records([image_id])[0].location == str(folder / "g.png")


@pytest.mark.parametrize("pattern", ["", "  ", "/", "a\0b", "two\nlines", "x" * 1001])
def test_a_bad_pattern_changes_nothing(store, folder, pattern):
    with pytest.raises(ConfigError, match="cannot be left out"):
        read(store, folder, exclude=[pattern])
    assert (store.left_out(), store.roots()) == (DEFAULTS, [])


def test_a_pattern_may_be_typed_from_where_one_is(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert checked(["./private/", "private", "private"]) == (str(folder / "private"), "private")


def test_a_path_pattern_matches_that_path_alone():
    out = LeaveOut(("/a/b", "c/d"))
    assert [out.reason(path) for path in (b"/a/b", b"/x/a/b", b"/a/bc", b"/x/c/d", b"/x/cc/d")] == [
        "/a/b", None, None, "c/d", None
    ]  # fmt: skip


def test_the_command_leaves_out_and_tells(folder, tmp_path, capsys):
    data = ["--data", str(tmp_path / "data")]
    assert main([*data, "index", "--jobs", "1", str(folder)]) == 0
    assert main([*data, "index", "--jobs", "1", "--exclude", "private", "--exclude", "day", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "2 left out" in told
    assert "  private: 1" in told
    assert main([*data, "status"]) == 0
    assert "images      2" in capsys.readouterr().out
    assert main([*data, "index", "--jobs", "1", "--no-exclude", "day", str(folder)]) == 0
    assert "3 unchanged" in capsys.readouterr().out
    assert main([*data, "index", "--jobs", "1", "--no-exclude", "night", str(folder)]) == 2
    assert "'night' is not in the list of what is left out: @eaDir" in capsys.readouterr().err


def test_the_page_shows_what_is_left_out_and_changes_it(folder, tmp_path, monkeypatch):
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DUPEDASH_DATA", str(tmp_path / "data"))
    st.cache_resource.clear()
    store = Store(tmp_path / "data" / "collections" / "photos")
    read(store, folder)
    at = opened("collection")
    listed = next(area for area in at.text_area if area.label == "Folders and files")
    assert tuple(listed.value.splitlines()) == DEFAULTS
    listed.set_value("private\n\n  Archive [2024] \n@eaDir")
    button = next(b for b in at.button if b.label == "Keep, and read the folders again")
    button.click().run()
    assert not at.exception
    finish(Workspace(tmp_path / "data"))
    assert store.left_out() == ("private", "Archive [2024]", "@eaDir")
    assert "#recycle/c.png" in names(store, folder)
    assert not {"private/g.png", "Archive [2024]/h.png"} & names(store, folder)
    store.close()
