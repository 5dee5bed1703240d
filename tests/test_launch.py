"""What is wrong with the dashboard's settings is one sentence before it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dupedash.errors import ConfigError
from dupedash.ui.door.launch import options

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("DUPEDASH_ADDRESS", text) for text in ("nonsense", "203.0.113.7", "::zz", "a b", "[::1]")],
        *[("DUPEDASH_PORT", text) for text in ("nonsense", "-1", "65536", "80a", "²", "8501 x", "1e3")],
        *[("DUPEDASH_HOSTS", text) for text in ("http://x", "a b", "x:y")],
        *[("DUPEDASH_EDITOR_TOKEN", text) for text in ("a", "fifteen letters")],
        *[("DUPEDASH_VIEWER_TOKEN", text) for text in ("a", "fifteen letters")],
        ("DUPEDASH_READONLY", "perhaps"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_named(tmp_path, name, value):
    with pytest.raises(ConfigError, match=name):
        options({"DUPEDASH_DATA": str(tmp_path / "data"), name: value})


def test_good_settings_become_streamlits(tmp_path):
    env = {"DUPEDASH_DATA": str(tmp_path / "data"), "DUPEDASH_ADDRESS": "localhost", "DUPEDASH_PORT": "0"}
    assert options(env) == {"server.address": "localhost", "server.port": 0}
    assert options({"DUPEDASH_DATA": str(tmp_path)}) == {"server.address": "127.0.0.1", "server.port": 8501}


def test_a_data_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="DUPEDASH_DATA"):
        options({"DUPEDASH_DATA": str(tmp_path / "file")})


def test_the_dashboard_ends_with_one_line(tmp_path):
    env = {**os.environ, "DUPEDASH_DATA": str(tmp_path), "DUPEDASH_ADDRESS": "nonsense"}
    ended = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "dupedash: DUPEDASH_ADDRESS='nonsense' is not an address" in ended.stderr
    assert "Traceback" not in ended.stderr
