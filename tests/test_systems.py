"""What differs from system to system: Windows is played with its own path rules, signals are taken away."""

from __future__ import annotations

import ast
import errno
import ntpath
import os
import posixpath
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dupedash import setup
from dupedash.actions.files import disk
from dupedash.embedded.files.leaveout import LeaveOut, checked
from dupedash.system import files, paths, programs, screen, signals

ROOT = Path(__file__).resolve().parent.parent
PHOTO = rb"C:\Users\Ann\Pictures\2024/trip\a.jpg"


@pytest.mark.parametrize(
    ("path", "folder", "system", "inside"),
    [
        (PHOTO, rb"C:\Users\Ann\Pictures", ntpath, True),
        (PHOTO, rb"C:\Users\Ann\Pictures\2024", ntpath, True),
        (PHOTO, rb"C:\Users\Ann\Pic", ntpath, False),
        (PHOTO, b"C:\\", ntpath, True),
        (rb"\\nas\photos\a.jpg", rb"\\nas\photos", ntpath, True),
        (b"/home/ann/a.jpg", b"/", posixpath, True),
        (rb"/home/ann\b/a.jpg", b"/home/ann", posixpath, False),
    ],
)
def test_what_lies_in_a_folder_is_told_with_both_separators(path, folder, system, inside):
    assert paths.is_inside(path, folder, system) is inside


def test_a_path_has_its_drive_and_its_parts():
    assert paths.parts(PHOTO, ntpath) == [b"C:", b"Users", b"Ann", b"Pictures", b"2024", b"trip", b"a.jpg"]
    assert paths.parts(rb"/a\b/c", posixpath) == [b"", rb"a\b", b"c"]
    assert [paths.is_whole(text, ntpath) for text in ("C:/a", "//nas/a/b", "/a", "a/b")] == [1, 1, 1, 0]
    assert [paths.is_whole(text, posixpath) for text in ("C:/a", "/a", "a/b")] == [0, 1, 0]


def test_patterns_of_what_is_left_out_may_be_written_as_windows_does(monkeypatch):
    monkeypatch.setattr(paths.slashed, "__defaults__", (ntpath,))
    monkeypatch.setattr(paths.is_whole, "__defaults__", (ntpath,))
    left_out = LeaveOut(checked([r"C:\Users\Ann\Pictures\2024", r"raw\rejected", "@eaDir"]))
    assert left_out.reason(rb"C:\Users\Ann\Pictures\2024") == "C:/Users/Ann/Pictures/2024"
    assert left_out.reason(rb"D:\x\raw\rejected") == "raw/rejected"
    assert left_out.reason(rb"D:\x\@EADIR") == "@eaDir"
    assert left_out.reason(rb"D:\x\raw\kept") is None


@pytest.mark.parametrize("missing", ["SIGTERM", "SIGINT"])
def test_a_signal_that_the_system_has_not_is_not_asked_for(monkeypatch, missing):
    monkeypatch.delattr(signal, missing)
    heard = []
    with signals.heeded(lambda number, _frame: heard.append(number)):
        assert missing not in [one.name for one in signals.stopping()]
        for one in signals.stopping():
            os.kill(os.getpid(), one)
    assert heard == list(signals.stopping())


def test_a_disk_or_system_without_hard_links_moves_files_all_the_same(monkeypatch, tmp_path):
    monkeypatch.delattr(files.os, "link")
    (tmp_path / "a").write_bytes(b"what it holds")
    with pytest.raises(OSError, match="no hard links") as raised:
        files.hard_link(tmp_path / "a", tmp_path / "b")
    assert raised.value.errno == errno.ENOTSUP
    disk.move(tmp_path / "a", tmp_path / "b", disk.sha256(tmp_path / "a"))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("b", b"what it holds")]
    files.second(tmp_path / "b", tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == b"what it holds"


def test_names_of_made_up_files_are_such_as_the_system_takes():
    assert files.allowed("<img src=x> & a:b.jpg", windows=True) == "_img src=x_ & a_b.jpg"
    assert files.allowed("<img src=x> & a:b.jpg", windows=False) == "<img src=x> & a:b.jpg"


def test_a_disk_that_keeps_no_owners_takes_files_all_the_same(monkeypatch, tmp_path):
    link = os.link

    def other_disk(existing, new):
        if existing.name == "a":
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        link(existing, new)

    def no_owners(*_args):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(files.os, "link", other_disk)
    monkeypatch.setattr(disk.os, "chown", no_owners)
    (tmp_path / "a").write_bytes(b"what it holds")
    disk.move(tmp_path / "a", tmp_path / "b", disk.sha256(tmp_path / "a"))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("b", b"what it holds")]


def test_a_program_that_outlives_us_is_not_in_our_console_on_windows():
    assert programs.apart(windows=True)["creationflags"] & getattr(subprocess, "CREATE_NO_WINDOW", 0x08000000)
    assert programs.apart(windows=False) == {"start_new_session": True}


def test_no_browser_is_opened_where_nobody_looks():
    ran = "from dupedash.system.screen import has_screen; print(has_screen())"
    told = subprocess.run([sys.executable, "-c", ran], cwd=ROOT, capture_output=True, text=True).stdout
    assert told == "False\n"
    assert screen.has_screen() in (True, False)


def test_each_python_has_an_environment_of_its_own(tmp_path):
    own = "{}.{}".format(*sys.version_info)
    assert setup.environment(tmp_path) == tmp_path / ".venv"
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text(f"home = /x\nversion = {own}.7\n")
    assert setup.environment(tmp_path) == tmp_path / ".venv"
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("home = /x\nversion = 2.7.18\n")
    assert setup.environment(tmp_path) == tmp_path / f".venv-{own}"
    assert programs.python_in(tmp_path, windows=True) == tmp_path / "Scripts" / "python.exe"


def test_what_fails_beside_the_rest_stops_nothing_and_is_told_at_the_end(monkeypatch, capfd):
    beside = ("-c", "print('one'); raise SystemExit(3)"), ("-c", "print('two')")
    monkeypatch.setitem(setup.TARGETS, "check", setup.Target((), beside, (("-c", "print('three')"),)))
    monkeypatch.setattr(setup, "prepared", lambda *_: sys.executable)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert setup.main(["check"]) == 3
    said = [line for line in capfd.readouterr().out.splitlines() if line in ("one", "two", "three")]
    assert said == ["one", "two", "three"]
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_setting_up_needs_nothing_but_python():
    bare = [sys.executable, "-S", "-m", "dupedash.setup", "--help"]
    ran = subprocess.run(bare, cwd=ROOT, env={}, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert all(target in ran.stdout for target in setup.TARGETS)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert wanted == ">={}.{}".format(*setup.OLDEST)


def test_what_the_files_name_is_installed_once(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(setup.subprocess, "run", lambda command, **_: asked.append(command[-1]))
    for _ in range(2):
        setup.prepared(tmp_path, setup.TESTS)
    assert asked == [tmp_path, *setup.TESTS, tmp_path]  # no Python comes of a played `-m venv`


def test_what_systems_differ_in_is_asked_in_one_place():
    theirs = {"fcntl", "signal", "msvcrt", "winreg", "pwd", "grp"}
    for file in sorted((ROOT / "dupedash").rglob("*.py")):
        if file.parent.name == "system" and file.parent.parent.name == "dupedash":
            continue
        tree = ast.parse(file.read_bytes())
        found = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
        names = {alias.name for node in found for alias in node.names}
        assert not names & theirs, file
        assert ".venv/bin" not in file.read_text("utf-8"), file
