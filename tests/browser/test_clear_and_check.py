"""Clear and Check in a real browser: plan, apply, undo; upload, verdict, add, take back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dupedash.actions import Scope
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.images.metadata.facts import Fact
from dupedash.images.metadata.packet import facts_of_packet, written
from dupedash.model import PairKind
from tests import workspaces
from tests.browser.conftest import settle
from tests.pictures import as_file, brighter, scene
from tests.rawfiles import dng
from tests.shots import MOMENT, exif, shoot

pytestmark = pytest.mark.browser
SLOW = 60_000
SWITCHES = (
    "Keep what only their files tell",
    "The best pixels take its place and name",
    "Raw file and JPEG of one shot go together",
)


def held(dashboard) -> list[str]:
    collection = connect(Connection("photos"), Workspace(dashboard.data))
    ids = collection.ids()
    collection.close()
    return ids


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def confirm(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def test_a_plan_is_made_applied_and_undone(dashboard, pictures, visit):
    before = held(dashboard), {path.name: path.read_bytes() for path in pictures.iterdir()}
    page = visit(dashboard.url).page("/clear")
    page.get_by_role("combobox", name="Which groups").click()
    page.get_by_role("option", name=str(Scope.ALL)).click()
    settle(page)
    press(page, "Make the plan")
    press(page, "Apply")
    expect(page.get_by_role("dialog")).to_contain_text(f"{workspaces.COPIED} images")
    confirm(page, "Apply")
    expect(page.get_by_text(f"{workspaces.COPIED} steps done").first).to_be_visible(timeout=SLOW)
    assert len(held(dashboard)) == workspaces.IMAGES - workspaces.COPIED
    press(page, "Undo")
    confirm(page, "Undo")
    expect(page.get_by_text("Undone", exact=False).first).to_be_visible(timeout=SLOW)
    assert (held(dashboard), {path.name: path.read_bytes() for path in pictures.iterdir()}) == before


def test_uploads_are_judged_added_and_taken_back(dashboard, visit, tmp_path: Path):
    before = held(dashboard)
    known, new = tmp_path / "<b>known</b>.jpg".replace("/", "_"), tmp_path / "new.png"
    known.write_bytes(as_file(brighter(scene(5)), "JPEG"))
    new.write_bytes(as_file(scene(77)))
    page = visit(dashboard.url).page("/check")
    page.locator("input[type=file]").set_input_files([known, new])
    settle(page)
    press(page, "Check")
    expect(page.get_by_text("scene-5.png").first).to_be_visible(timeout=SLOW)
    settle(page)
    expect(page.get_by_role("button", name="Do it: 1 image")).to_be_visible()
    page.get_by_role("button", name="Do it: 1 image").click()
    confirm(page, "Do it")
    expect(page.get_by_text("1 image added")).to_be_visible(timeout=SLOW)
    assert len(held(dashboard)) == len(before) + 1
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("button", name="Do it: 1 image")).to_be_visible(timeout=SLOW)
    assert held(dashboard) == before


def choose(page: Page, box: str, option: str) -> None:
    field = page.get_by_role("combobox", name=box)
    field.scroll_into_view_if_needed()
    settle(page)  # a list closes when what is below it moves
    field.click()
    page.get_by_role("option", name=option).click()
    page.keyboard.press("Escape")  # a list of several stays open
    settle(page)


def switch_on(page: Page) -> None:
    for name in SWITCHES:
        page.get_by_text(name, exact=True).click()
        settle(page)


def draw_folders(root: Path) -> None:
    """Two folders that share two pictures, and a shot at its place of which the better pixels are elsewhere:
    each side has its raw file, its sidecars, or both."""
    for folder, seeds in (("phone", (1, 2, 3)), ("photos/2019", (1,)), ("photos/2020", (2, 4))):
        (root / folder).mkdir(parents=True)
        for seed in seeds:
            (root / folder / f"{seed}.png").write_bytes(as_file(scene(seed)))
    picture = scene(8)
    small = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3))
    shoot(root / "album/IMG-1.JPG", small, exif())
    (root / "album/IMG-1.DNG").write_bytes(dng(picture, MOMENT))
    (root / "album/IMG-1.JPG.xmp").write_bytes(written(None, {Fact.RATING: ("5",)}))
    shoot(root / "inbox/big.jpg", picture, exif())
    (root / "inbox/big.jpg.xmp").write_bytes(written(None, {Fact.KEYWORDS: ("boat",)}))
    shoot(root / "inbox/edited.jpg", brighter(scene(3)))


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def test_one_of_two_folders_is_cleared_for_the_other_then_one_kind_with_every_switch(
    serving, visit, tmp_path: Path
):
    root = tmp_path / "pictures"
    draw_folders(root)
    workspaces.scan(workspaces.fill(tmp_path / "data", root))
    page = visit((served := serving(tmp_path / "data")).url).page("/folders")
    row = page.locator("[class*=st-key-row-]").filter(has_text="photos shares 66 % with phone")
    row.get_by_role("link", name="Open").click()
    expect(page.get_by_text("Only in the second")).to_be_visible()
    settle(page)
    page.get_by_role("link", name="Clear this side").last.click()
    expect(page.get_by_text("Only images in")).to_contain_text("phone go")
    settle(page)
    switch_on(page)  # and yet nothing reaches over to the side that stays
    expect(page.get_by_text("whichever are the better pictures")).to_be_visible()
    press(page, "Make the plan")
    press(page, "Apply")
    confirm(page, "Apply")
    expect(page.get_by_text("2 steps done").first).to_be_visible(timeout=SLOW)
    assert sorted(p.name for p in (root / "phone").iterdir()) == ["3.png"]
    assert len(held(served)) == 8

    before = state(root)
    page.goto(f"{served.url}/clear")
    settle(page)
    choose(page, "Kinds", str(PairKind.RE_ENCODED))
    choose(page, "Which groups", str(Scope.ALL))
    choose(page, "What stays", "Richest metadata")
    switch_on(page)
    expect(page.get_by_text("Only pairs of these kinds")).to_contain_text(str(PairKind.RE_ENCODED))
    press(page, "Make the plan")
    press(page, "Apply")
    confirm(page, "Apply")
    expect(page.get_by_text("4 steps done").first).to_be_visible(timeout=SLOW)
    after = state(root)
    assert before.keys() - after.keys() == {"album/IMG-1.DNG", "inbox/big.jpg", "inbox/big.jpg.xmp"}
    assert after["album/IMG-1.JPG"][0] == before["inbox/big.jpg"][0], "the best pixels at the other's place"
    told = facts_of_packet(after["album/IMG-1.JPG.xmp"][0])
    assert (told[Fact.RATING], told[Fact.KEYWORDS]) == (("5",), ("boat",))
    press(page, "Undo")
    confirm(page, "Undo")
    expect(page.get_by_text("Undone", exact=False).first).to_be_visible(timeout=SLOW)
    assert state(root) == before


def test_images_of_the_collection_are_picked_by_their_thumbnails_and_stay_picked(dashboard, visit):
    page = visit(dashboard.url).page("/check")
    page.get_by_text("Image of the collection", exact=True).click()
    settle(page)
    page.get_by_role("button", name="smaller-1.png").click()
    find = page.get_by_role("textbox", name="Name or folder")
    find.fill("BRIGHTER-2")
    find.press("Enter")
    expect(page.get_by_role("button", name="scene-5.png")).to_have_count(0)
    page.get_by_role("button", name="brighter-2.jpg").click()
    expect(page.get_by_text("2 picked")).to_be_visible()
    press(page, "Check")
    expect(page.get_by_text("scene-1.png").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("scene-2.png").first).to_be_visible()
