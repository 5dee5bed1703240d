"""The data folder is its owner's alone, made now or long ago, and what else lies there stays as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from dupedash.cli import main
from dupedash.config import Workspace
from dupedash.errors import ConfigError
from dupedash.storage import folder as datafolder
from tests.pictures import as_file, scene


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.png").write_bytes(as_file(scene(1)))
    return folder


def test_a_new_data_folder_is_closed_and_the_photos_and_results_stay_open(tmp_path, photos):
    data = tmp_path / "new" / "data"
    assert main(["--data", str(data), "index", "--jobs", "1", str(photos)]) == 0
    assert mode(data) == 0o700
    assert main(["--data", str(data), "scan", "--json", str(tmp_path / "groups.json")]) == 0
    assert (mode(photos), mode(photos / "a.png"), mode(tmp_path / "groups.json")) == (0o755, 0o644, 0o644)
    assert mode(data.parent) == 0o755


def test_everything_that_is_written_counts_as_ours(tmp_path, photos):
    data = tmp_path / "data"
    for command in (["index", "--jobs", "1", str(photos)], ["scan"], ["plan"]):
        assert main(["--data", str(data), *command]) == 0
    data.chmod(0o755)
    datafolder.tighten(Workspace(data))
    assert mode(data) == 0o700


def test_a_data_folder_of_an_earlier_version_is_closed_by_the_next_command(tmp_path, photos):
    data = tmp_path / "data"
    assert main(["--data", str(data), "index", "--jobs", "1", str(photos)]) == 0
    data.chmod(0o755)
    assert main(["--data", str(data), "status"]) == 0
    assert mode(data) == 0o700


def test_in_a_folder_that_holds_other_things_only_what_is_ours_is_closed(tmp_path, photos):
    (tmp_path / "notes.txt").write_text("of somebody else")
    tmp_path.chmod(0o755)
    for _ in range(2):
        assert main(["--data", str(tmp_path), "index", "--jobs", "1", str(photos)]) == 0
        assert (mode(tmp_path), mode(tmp_path / "notes.txt"), mode(photos)) == (0o755, 0o644, 0o755)
        assert mode(tmp_path / "collections") == mode(tmp_path / "quarantine") == 0o700


def test_a_folder_where_everybody_writes_stays_so(tmp_path):
    tmp_path.chmod(0o1777)
    datafolder.make(Workspace(tmp_path))
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_a_read_only_instance_changes_no_mode(tmp_path, photos, monkeypatch):
    data = tmp_path / "data"
    assert main(["--data", str(data), "index", "--jobs", "1", str(photos)]) == 0
    data.chmod(0o755)
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    assert main(["--data", str(data), "status"]) == 0
    assert mode(data) == 0o755


def test_a_data_folder_that_cannot_be_made_is_a_sentence(tmp_path, photos, capsys):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        datafolder.make(Workspace(tmp_path / "file" / "data"))
    assert main(["--data", str(tmp_path / "file" / "data"), "index", str(photos)]) == 2
    assert "--data" in capsys.readouterr().err
