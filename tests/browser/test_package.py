"""The wheel holds all that a clone has, says what it needs, and shows every page so that all can read it."""

from __future__ import annotations

import re
import shutil
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from packaging.requirements import Requirement
from packaging.version import Version
from playwright.sync_api import Page, expect

import dupedash
from dupedash.ui.pagetable import PAGES
from tests.browser.conftest import settle, show, to
from tests.wheels import ROOT, Installed, install

MOST = 15_000_000  # bytes: what the project promises of its wheel
DATES = {"certifi", "imagecodecs"}  # versions are dates, and the newest is the best
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDED = [*PROJECT["dependencies"], *EXTRAS["raw"], *EXTRAS["jxl"]]  # what a clone has without being asked
RANGES = {one.name: one.specifier for one in map(Requirement, NEEDED)}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Installed:
    """The wheel of this tree, installed."""
    return install(tmp_path_factory.mktemp("wheel"))


def pins(file: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / file).read_text("utf-8"), re.MULTILINE))


def in_the_tree() -> set[str]:
    """Every file that shall be in the wheel, by its name there."""
    package = {f for f in (ROOT / "dupedash").rglob("*") if f.is_file() and "__pycache__" not in f.parts}
    names = {f.relative_to(ROOT).as_posix() for f in package} - {"dupedash/setup.py"}
    beside = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), ROOT / ".streamlit" / "config.toml"]
    return names | {"dupedash/_app/" + f.relative_to(ROOT).as_posix() for f in beside}


def test_the_wheel_holds_every_file_of_the_tree_and_no_other(installed):
    with zipfile.ZipFile(installed.wheel) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == in_the_tree()
    assert installed.wheel.stat().st_size <= MOST


def test_the_version_stands_in_one_place(installed):
    with zipfile.ZipFile(installed.wheel) as wheel:
        told = message_from_bytes(wheel.read(next(n for n in wheel.namelist() if n.endswith("/METADATA"))))
    assert told["Version"] == dupedash.__version__
    assert installed.run("--version").stdout.strip() == f"dupedash, version {dupedash.__version__}"


def test_the_ranges_begin_with_the_oldest_that_was_tried_and_end_with_the_pin():
    newest, oldest = pins("requirements.txt"), pins("tests/oldest.txt")
    assert newest.keys() == oldest.keys() == RANGES.keys()
    for name, pin in newest.items():
        end = Version(pin)
        mended = "" if name in DATES else f"<{end.major}.{end.minor + 1}"
        assert set(str(RANGES[name]).split(",")) == {f">={oldest[name]}", mended} - {""}


def test_the_list_of_commands_is_shown_before_any_library_is_loaded(installed):
    program = "import sys; from dupedash.cli import main; main(['--help']); print(sorted(sys.modules))"
    ran = installed.python("-c", program)
    assert "Open the dashboard" in ran.stdout
    loaded = set(re.findall(r"'(\w+)'", ran.stdout.splitlines()[-1]))
    assert not loaded & {"numpy", "numba", "cv2", "PIL", "pandas", "pyarrow", "requests", "streamlit"}


def test_an_installed_command_keeps_its_data_in_the_users_folder(installed):
    said = installed.run("status").stderr
    home = Path(installed.environment["HOME"])
    assert re.search(rf"no collection in {re.escape(str(home))}\S*dupedash", said)
    assert not (installed.site / "data").exists()


ALL: dict[str, object] = {}
COLOURS: dict[str, object] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""Those of axe's rules that look at colours: all that the same page in other colours can break."""
MENDED = "[data-testid=stSidebarNavItems][role=none]"


def faults(page: Page, only: dict[str, object]) -> list[str]:
    """What axe says of the page, a line for each rule."""
    found = Axe().run(page, options={**only, "resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found]


@pytest.mark.browser
def test_the_command_shows_every_page_and_axe_finds_nothing_wrong_in_both_colours(
    installed, tmp_path, scanned_photos, serving, visit
):
    """Each can be read aloud and with weak eyes."""
    data = shutil.copytree(scanned_photos, tmp_path / "data")
    running = serving(data, (installed.command,), **installed.environment)
    page = visit(running.url).page("/groups?t=0.7")
    page.get_by_role("link", name="Open").first.click()
    settle(page)
    group = page.url
    wrong, schemes = {}, ["light", "dark"]
    for row in PAGES:
        if row.hidden:
            show(page, group)
        else:
            to(page, row.title)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.locator(MENDED).first.wait_for(state="attached")
        for scheme, only in zip(schemes, (ALL, COLOURS), strict=True):
            page.emulate_media(color_scheme=scheme)
            settle(page)
            if found := faults(page, only):
                wrong[f"{row.file}, {scheme}"] = found
        schemes.reverse()  # the next page comes in the colours of this one: each change draws all anew
    assert wrong == {}
