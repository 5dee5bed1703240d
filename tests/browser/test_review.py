"""Many groups are decided at once, then by keys alone: choose what stays, back and forth."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dupedash.config import Workspace
from dupedash.groups.graph import Cut, DuplicateGraph
from dupedash.review import ImageKey, ReviewStore, Verdict, Wanted, image_key
from dupedash.scans import ScanStore
from tests import workspaces
from tests.browser.conftest import Dashboard, settle, start, until
from tests.pictures import as_file, scene

pytestmark = pytest.mark.browser
GROUPS, BY_KEYS, TAKEN_BACK = 30, 16, 4
LONG = 60_000
VERDICTS = {
    "d": Verdict.DUPLICATE,
    "n": Verdict.NOT_DUPLICATE,
    "k": Verdict.KEEP_ALL,
    "s": Verdict.SERIES,
}


@pytest.fixture(scope="module")
def scanned(tmp_path_factory) -> Workspace:
    """Small pictures, each as two files: groups for two pages of the list."""
    tmp_path = tmp_path_factory.mktemp("review")
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(GROUPS):
        picture = scene(seed, 200, 150)
        (folder / f"{seed:02}-a.png").write_bytes(as_file(picture))
        (folder / f"{seed:02}-b.jpg").write_bytes(as_file(picture, "JPEG"))
    workspace = workspaces.fill(tmp_path / "data", folder)
    workspaces.scan(workspace)
    return workspace


@pytest.fixture(scope="module")
def served(scanned) -> Iterator[Dashboard]:
    """A dashboard over them."""
    running = start(scanned.root)
    yield running
    running.stop()


def reviewed(page: Page, done: int, wait: float = 20_000) -> None:
    """Wait until so many groups count as reviewed."""
    expect(page.get_by_text(f"{done} of {GROUPS} groups reviewed")).to_be_visible(timeout=wait)
    settle(page)


def keys_of(scanned: Workspace, cut: Cut, number: int) -> list[ImageKey]:
    records = ScanStore(scanned.scans).list()[0].records(cut.members(number))
    return [image_key(record, "photos") for record in records]


def press(page: Page, key: str) -> None:
    page.locator("body").press(key)


def test_groups_are_selected_in_a_row_and_decided_at_once_and_all_is_taken_back_from_the_list(
    scanned, served, visit
):
    page = visit(served.url).page("/groups")
    boxes = page.locator("[class*=st-key-row-] [data-testid=stCheckbox] label")
    boxes.nth(1).click()
    settle(page)
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.get_by_text("4 groups, 8 images")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Select all").click()
    expect(page.get_by_text(f"{GROUPS} groups, {2 * GROUPS} images")).to_be_visible()
    settle(page)
    press(page, "k")
    expect(page.get_by_text(f"Decided: keep all, {GROUPS} groups")).to_be_visible()
    assert len(ReviewStore(scanned.reviews).load().with_verdict(Verdict.KEEP_ALL)) == GROUPS

    page.goto(f"{page.url.partition('/groups')[0]}/clear?part=Decisions")
    settle(page)
    sure = page.get_by_role("button", name=f"Take back {GROUPS} decisions")
    until(  # a page that moves while it opens may leave it below the window: then it is opened anew
        page.get_by_role("button", name=f"Take back all {GROUPS}").click,
        lambda wait: expect(sure).to_be_in_viewport(timeout=wait),
    )
    told = page.get_by_text(f"Taken back: keep all, {GROUPS} groups")
    until(
        lambda: sure.click() if sure.is_visible() else None,
        lambda wait: expect(told).to_be_visible(timeout=wait),
    )
    assert len(ReviewStore(scanned.reviews).load()) == 0


def test_back_up_and_reload_find_the_list_as_it_was(served, visit):
    page = visit(served.url).page("/groups?least=2&sort=Weakest+first&p=2")

    def as_it_was() -> None:
        expect(page.get_by_role("heading", name="Groups")).to_be_visible()
        assert "p=2" in page.url
        page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 300")
        expect(page.locator("[class*=st-key-row-] img").first).to_have_attribute("src", first)

    first = str(page.locator("[class*=st-key-row-] img").first.get_attribute("src"))
    assert "collection=photos" in page.url
    assert "scan=" in page.url
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 300")
    page.locator("[class*=st-key-row-] [data-testid=stPageLink] a").nth(6).click()
    expect(page.get_by_role("heading", name="Group of 2 images")).to_be_visible()
    settle(page)
    page.go_back()
    as_it_was()
    settle(page)
    page.go_forward()
    expect(page.get_by_role("heading", name="Group of 2 images")).to_be_visible()
    settle(page)
    page.get_by_role("link", name=f"of {GROUPS}").click()
    as_it_was()
    settle(page)
    page.reload()
    as_it_was()


def test_many_groups_are_reviewed_with_keys_alone(scanned, served, visit):
    cut = DuplicateGraph(ScanStore(scanned.scans).list()[0].matches()).cut(0.7)
    assert len(cut) == GROUPS
    before = GROUPS - BY_KEYS
    store = ReviewStore(scanned.reviews)
    others, known = [keys_of(scanned, cut, number) for number in range(BY_KEYS, GROUPS)], store.load()
    store.decide_all([Wanted(keys, Verdict.KEEP_ALL, known.revision(keys)) for keys in others], who="Ann")
    page = visit(served.url).page("/clear?part=Decisions")
    reviewed(page, before)
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Group of 2 images")).to_be_visible()

    first = page.url
    press(page, "ArrowRight")
    expect(page).not_to_have_url(first)
    settle(page)
    until(lambda: press(page, "ArrowLeft"), lambda wait: expect(page).to_have_url(first, timeout=wait))
    settle(page)
    press(page, "2")
    expect(page.get_by_text("Chosen to stay:")).to_be_visible()
    settle(page)
    for done in range(BY_KEYS):  # as fast as they come: each waits for the group that it is meant for
        press(page, list(VERDICTS)[done % len(VERDICTS)])
    expect(page.get_by_text("Every group is reviewed")).to_be_visible(timeout=LONG)

    decided = ReviewStore(scanned.reviews).load()
    kinds = [decision.verdict for decision in decided]
    by_keys = [list(VERDICTS.values())[n % len(VERDICTS)] for n in range(BY_KEYS)]
    assert sorted(kinds) == sorted(by_keys + [Verdict.KEEP_ALL] * before)
    chosen = decided.of(keys_of(scanned, cut, 0))
    assert chosen is not None
    assert len(chosen.keepers) == 1, "what was picked is kept with the decision"

    for _ in range(TAKEN_BACK):
        press(page, "u")
    reviewed(page, GROUPS - TAKEN_BACK, LONG)
    assert len(ReviewStore(scanned.reviews).load()) == GROUPS - TAKEN_BACK
