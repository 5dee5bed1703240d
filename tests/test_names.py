"""Any name in any locale: what is written can be opened again, and no two files have one name."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.cli import main
from dupedash.config import Workspace
from dupedash.connect import Connection
from dupedash.images import path_of
from dupedash.images.files import printable
from dupedash.model import USUAL, FieldInfo, FieldType
from dupedash.query.syntax.parse import parse
from dupedash.scans import ScanStore
from dupedash.scans.export import csv_text, json_text
from dupedash.system.utf8 import encoded
from dupedash.ui import cached
from dupedash.ui.collections import open_collection
from dupedash.ui.errors import as_text
from tests.pictures import as_file, scene
from tests.query_match import matches

ROOT = Path(__file__).resolve().parent.parent
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "café.png") for form in ("NFC", "NFD"))
ODD = [b"plain.png", b"caf\xe9.png", b"caf%E9.png", "caf\ufffdE9.png".encode(), "отпуск.png".encode(),
       COMPOSED.encode(), DECOMPOSED.encode(), b"two\nlines.png"]  # fmt: skip


@given(st.binary(min_size=1).map(lambda b: b"/" + b.replace(b"\0", b"?")))
def test_a_location_leads_back_to_its_path(path):
    location = printable(os.fsdecode(path))
    location.encode("utf-8")
    assert os.fsencode(path_of(location)) == os.fsencode(Path(os.fsdecode(path)))


@given(st.binary(), st.binary())
def test_no_two_names_have_one_location(one, other):
    parts = [st.replace(b"\0", b"?") for st in (one, other)]
    assert (printable(os.fsdecode(parts[0])) == printable(os.fsdecode(parts[1]))) == (parts[0] == parts[1])


@given(st.lists(st.text() | st.text("\udc80\udcff\ufffd/9AE", max_size=8)))
def test_every_export_can_be_written_and_read(texts):
    assert isinstance(json.loads(encoded(json_text(texts, indent=1))), list)
    table = encoded(csv_text(["a"], [[text.encode("utf-8", "replace").decode()] for text in texts]))
    assert table.startswith(b"a\n")


# ------------------------------------------------------------------ through the commands


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A data folder and a folder of photos, both with names that are no UTF-8, indexed and scanned."""
    base = os.fsencode(tmp_path_factory.mktemp("names"))
    folder = base + b"/ph\xf6tos"
    os.mkdir(folder)
    for name in ODD:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(as_file(scene(1)))
    home = Path(os.fsdecode(base))
    assert run(home, "index", "--jobs", "1", str(photos(home))) == 0
    return home


def data(home: Path) -> Path:
    return home / os.fsdecode("dätä".encode("latin-1"))


def photos(home: Path) -> Path:
    return home / os.fsdecode(b"ph\xf6tos")


def run(home: Path, *words: str) -> int:
    return main(["--data", str(data(home)), *words])


def wanted(home: Path) -> list[str]:
    return sorted(str(photos(home) / os.fsdecode(name)) for name in ODD)


def test_json_csv_and_pairs_name_every_file_as_it_is(home, tmp_path):
    files = [tmp_path / name for name in ("g.json", "g.csv", "p.csv", "g.html")]
    words = zip(("--json", "--csv", "--pairs", "--html"), map(str, files), strict=True)
    assert run(home, "scan", *(word for pair in words for word in pair)) == 0
    assert sorted(json.loads(files[0].read_bytes())["group-1"]) == wanted(home)
    assert sorted(row["path"] for row in read(files[1].read_bytes())) == wanted(home)
    pairs = read(files[2].read_bytes())
    assert sorted({row[side] for row in pairs for side in ("path_a", "path_b")}) == wanted(home)
    files[3].read_text("utf-8")


def read(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8", "surrogateescape"), newline="")))


def test_stdout_has_the_same_bytes_as_a_file(home, tmp_path, capfdbinary):
    file = tmp_path / "g.csv"
    assert run(home, "scan", "--csv", str(file)) == 0
    capfdbinary.readouterr()
    with_real_stdout = [sys.executable, "-m", "dupedash", "--data", str(data(home)), "scan", "--csv", "-"]
    told = subprocess.run(with_real_stdout, cwd=ROOT, capture_output=True, check=True)
    assert told.stdout == file.read_bytes()


def test_a_plan_and_a_check_name_every_file_as_it_is(home, tmp_path):
    file = tmp_path / "plan.json"
    assert run(home, "scan") == 0
    assert run(home, "plan", "--json", str(file)) == 0
    plan = json.loads(file.read_bytes())
    members = [member[1] for group in plan["groups"] for member in group["members"]]
    assert sorted(members) == wanted(home)
    assert plan["steps"]
    assert all(os.path.lexists(step["location"]) for step in plan["steps"])


def test_exactly_the_planned_files_go_and_come_back(home, tmp_path):
    file = tmp_path / "plan.json"
    assert run(home, "scan") == 0
    assert (
        run(home, "plan", "--keep", str(photos(home) / os.fsdecode(b"caf%E9.png")), "--json", str(file)) == 0
    )
    going = {step["location"] for step in json.loads(file.read_bytes())["steps"]}
    assert str(photos(home) / os.fsdecode(b"caf\xe9.png")) in going
    assert run(home, "apply", "--yes") == 0
    assert {path for path in wanted(home) if not os.path.lexists(path)} == going
    assert run(home, "undo") == 0
    assert all(map(os.path.lexists, wanted(home)))


@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_an_image_to_keep_is_given_by_its_path_in_either_form(home, tmp_path, typed):
    """Both files are there, so both are meant: neither goes."""
    file = tmp_path / "plan.json"
    assert run(home, "scan") == 0
    assert run(home, "plan", "--keep", str(photos(home) / typed), "--json", str(file)) == 0
    going = {Path(step["location"]).name for step in json.loads(file.read_bytes())["steps"]}
    assert going.isdisjoint({COMPOSED, DECOMPOSED})
    assert "plain.png" in going


@pytest.mark.parametrize("stored", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("how", ['place:"{}"', "place:{}*", 'place:(x OR "{}")'])
def test_a_filter_finds_composed_and_decomposed_letters(stored, typed, how):
    fields = {"place": FieldInfo("place", FieldType.STRING, False)}
    assert matches(parse(how.format(typed)), {"place": stored}, fields)
    assert not matches(parse(f"-{how.format(typed)}"), {"place": stored}, fields)


# ------------------------------------------------------------------ locales and code pages

COMMANDS = [
    ["status"],
    ["scan"],
    ["plan"],
    ["scan", "--csv", "-"],
    ["plan", "--json", "-"],
    ["undo", "--list"],
]


def told(home: Path, words: list[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dupedash", "--data", str(data(home)), *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True)


ONE_AFTER_THE_OTHER = """
import json, sys
from dupedash.__main__ import run
for words in json.loads(sys.argv.pop()):
    sys.argv[3:] = words
    try:
        run()
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stdout.buffer.write(b"\\0%d\\0" % (ended.code or 0))
"""


@pytest.mark.parametrize("page", ["cp1252", "ascii"])
def test_every_command_writes_into_any_code_page(home, page):
    command = [sys.executable, "-c", ONE_AFTER_THE_OTHER, "--data", str(data(home)), json.dumps(COMMANDS)]
    environment = {**os.environ, "PYTHONIOENCODING": page}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True)
    assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False)
    *told, last = ended.stdout.split(b"\0")
    assert told[1::2] == [b"0"] * len(COMMANDS)
    assert last == b""
    for words, out in zip(COMMANDS, told[::2], strict=True):
        if "-" in words:
            assert "отпуск".encode() in out
        else:
            out.decode("utf-8" if page == "ascii" else page)  # click takes ASCII for no setting at all


LOCALES = [{"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"LC_ALL": "C"}]


@pytest.mark.parametrize("locale", LOCALES, ids=["ascii", "C"])
def test_every_locale_finds_the_same(home, locale):
    here, there = (told(home, ["scan", "--csv", "-"], **environment) for environment in ({}, locale))
    assert there.returncode == 0
    assert there.stdout == here.stdout


def test_an_error_about_an_odd_name_is_a_sentence(home):
    ended = told(home, ["index", os.fsdecode(b"/nowhere/\xff")], PYTHONIOENCODING="ascii")
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"Error: Cannot index")


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-", "| head -1"])
def test_closed_streams_are_no_traceback(home, closed):
    shell = f'"$0" -m dupedash --data "$1" scan --csv - {closed}'
    ended = subprocess.run(
        ["bash", "-c", shell, sys.executable, str(data(home))], cwd=ROOT, capture_output=True
    )
    assert (ended.returncode, b"Traceback" in ended.stderr, b"Exception" in ended.stderr) == (0, False, False)
    assert run(home, "status") == 0


def test_the_dashboard_works_in_a_data_folder_whose_name_is_no_utf_8(home):
    workspace = Workspace(data(home))
    assert run(home, "scan") == 0
    collection = open_collection(Connection("default"), workspace)
    scan = ScanStore(workspace.scans).list()[0]
    assert collection.count() == len(cached.images_of(scan)) == len(ODD)
    assert cached.matches(scan, cached.decisions_now(workspace), USUAL) is cached.all_matches(scan, USUAL)
    assert len(cached.all_matches(scan, USUAL).matches) > 0
    assert as_text(f"{workspace.root}").encode("utf-8")
