"""What the container is made of is there, and its entry point runs dupedash as the user that was named."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENTER = ROOT / "container" / "enter"


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text("utf-8").replace("\\\n", " ").splitlines()


def test_all_that_the_dockerfile_copies_is_there_and_is_sent_to_the_builder():
    copies = [line.split()[1:-1] for line in lines("Dockerfile") if line.startswith("COPY ")]
    wanted = {source for sources in copies if not sources[0].startswith("--from") for source in sources}
    hidden, *shown = [line for line in lines(".dockerignore") if line]
    assert hidden == "*"
    sent = [line[1:] for line in shown if line.startswith("!")]
    for source in wanted:
        assert (ROOT / source).exists()
        assert any(fnmatchcase(source, one) or source.startswith(f"{one}/") for one in sent), source


def test_what_the_image_starts_with_is_what_the_build_puts_there():
    told = "\n".join(lines("Dockerfile"))
    programs = set(re.findall(r"^(?:ENTRYPOINT|HEALTHCHECK .*CMD) \[\"(\w+)\"\]", told, re.MULTILINE))
    assert programs == {path.name for path in ENTER.parent.iterdir()}
    assert all(os.access(path, os.X_OK) for path in ENTER.parent.iterdir())


@pytest.fixture
def home():
    """A folder that everybody may look into, as pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def enter(home):
    """The entry point, with a `dupedash` that says who runs it and what it is told."""
    if os.name == "nt" or os.geteuid() or shutil.which("setpriv") is None:
        pytest.skip("only root becomes somebody else, and with setpriv")
    program = home / "dupedash"
    program.write_text('#!/bin/sh\necho "$(id -u):$(id -g) $(id -G) $*"; : > "$DUPEDASH_DATA/written"\n')
    program.chmod(0o755)

    def run(user="1000", group="1000", before=()):
        path = f"{home}:{os.environ['PATH']}"
        told = {"PATH": path, "PUID": user, "PGID": group, "DUPEDASH_DATA": str(home / "data")}
        command = [*before, "sh", "-c", ENTER.read_text("utf-8"), "enter", "index", "/photos"]
        return subprocess.run(command, env=told, capture_output=True, text=True)

    return run


def test_the_container_runs_as_the_user_that_is_named_and_gives_them_the_data(enter, home):
    assert enter("1234", "987").stdout == "1234:987 987 index /photos\n"
    status = (home / "data" / "written").stat()
    assert (status.st_uid, status.st_gid) == (1234, 987)
    assert enter("1300", "987").stdout == "1300:987 987 index /photos\n", "another one takes it over"


def test_the_container_keeps_the_user_whom_docker_names(enter, home):
    (home / "data").mkdir()
    os.chown(home / "data", 1500, 1500)
    as_they_are = ("setpriv", "--reuid", "1500", "--regid", "1500", "--clear-groups", "--")
    assert enter(before=as_they_are).stdout == "1500:1500 1500 index /photos\n"


@pytest.mark.parametrize(
    ("user", "group"), [("0", "0"), ("0", "1000"), ("ann", "1000"), ("", "1000"), ("1000", "")]
)
def test_the_container_never_runs_as_root_or_as_nobody_in_particular(enter, user, group):
    told = enter(user, group)
    assert (told.returncode, told.stdout) == (2, "")
    assert "give the numbers that `id` prints" in told.stderr
