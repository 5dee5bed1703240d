"""The whole way in a real browser: filter, scan, tune, look, judge, split, share; with hostile names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.groups.graph import DuplicateGraph
from dupedash.review import ReviewStore, Verdict, image_key
from dupedash.scans import ScanStore, StoredScan
from tests import workspaces
from tests.browser.conftest import settle, show, start, to, until
from tests.pictures import as_file, brighter, scene, smaller

pytestmark = pytest.mark.browser
LONG = 60_000

SCRIPT = "<script>alert('a')<b> href=\"q\" {{7*7}}.png"
LINES = "new\nline 🐈 <img src=x onerror=alert(2)>.png"
TURNED = "\u202eשלום & <i>bold<b>.jpg"
LABEL = "</script><script>alert(3)</script> href=\"javascript:alert(4)\" 'q' 🐈 \u202eשלום"
DRAWN = ".dd-host[data-drawn]"


def draw(folder: Path) -> Path:
    """A group of hostile names, a chain of three, a pair that is exact, and three single pictures."""
    folder.mkdir()
    one, left, right, same = (scene(seed) for seed in (40, 20, 21, 41))
    both = Image.new("RGB", (left.width + right.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    pictures = {
        SCRIPT: as_file(one), LINES: as_file(smaller(one)), TURNED: as_file(brighter(one), "JPEG"),
        "left.png": as_file(left), "both.png": as_file(both), "right.png": as_file(right),
        "same.png": as_file(same), "same-again.png": as_file(same),
    }  # fmt: skip
    pictures |= {f"single-{seed}.png": as_file(scene(seed)) for seed in (50, 51, 52)}
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    return folder


def fields(path: Path) -> dict[str, str]:
    kind = "part" if path.name.startswith(("left", "right", "both", "same")) else "other"
    return {"kind": kind, "label": LABEL if path.name == SCRIPT else "plain"}


@pytest.fixture(scope="module")
def journey(tmp_path_factory):
    """A dashboard over the pictures with one scan."""
    data = tmp_path_factory.mktemp("journey") / "data"
    workspace = Workspace(data)
    collection = EmbeddedCollection(workspace.collection("photos"), "photos")
    index(collection.store, [draw(data.parent / "drawn")], jobs=1, fields_for=fields)
    collection.close()
    workspaces.scan(workspace)
    running = start(data)
    yield running
    running.stop()


def first_scan(journey) -> StoredScan:
    return ScanStore(Workspace(journey.data).scans).list()[-1]


def id_of(journey, name: str) -> str:
    scan = first_scan(journey)
    return next(r.id for r in scan.records(list(scan.matches().ids)) if r.filename == name)


def metric(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue")


def threshold(page: Page) -> Locator:
    return page.get_by_test_id("stSidebar").get_by_role("slider", name="Threshold")


def place_of(page: Page, member: str) -> dict[str, float]:
    """Where an image stands in the graph, on the page."""
    page.locator(DRAWN).wait_for()
    settle(page)
    place: dict[str, float] = page.locator(DRAWN).evaluate(
        "(host, member) => host.graph.where(member)", member
    )
    return place


def press(page: Page, key: str) -> None:
    settle(page)  # a page that is just being drawn anew misses keys
    page.keyboard.press(key)


def choose(page: Page, box: Locator, option: str) -> None:
    box.wait_for()
    settle(page)  # while the page is drawn anew an open list may close
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_part_is_chosen_by_rows_scanned_and_known_from_then_on(journey, visit):
    page = visit(journey.url).page("/scan")
    page.get_by_text("A part", exact=True).click()
    page.get_by_role("button", name="Add a condition").click()
    choose(page, page.get_by_role("combobox", name="Field"), "kind")
    # The widgets of a row are others for each field and operator: their keys tell that the old ones are gone.
    choose(page, page.locator("[class*=-kind-operator]").get_by_role("combobox"), "one of")
    values = page.locator("[class*=-kind-one-of]").get_by_role("combobox", name="Values")
    values.wait_for()
    settle(page)
    values.click()
    expect(page.get_by_role("option", name="other (6)")).to_be_visible()
    page.get_by_role("option", name="part (5)").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Filter query")).to_have_value("kind:part")
    expect(metric(page, "To scan")).to_have_text("5")
    expect(page.get_by_text("5 of 11 images")).to_be_visible()
    page.get_by_role("button", name="Start the scan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups", timeout=LONG)
    expect(page.get_by_text("2 groups")).to_be_visible()
    to(page, "Scan")
    expect(page.get_by_text("Already scanned")).to_be_visible()
    expect(page.get_by_text("Balanced · kind:part · from 0.50").first).to_be_visible()


def test_the_threshold_moves_figures_curves_and_changes_together(journey, visit):
    scan = first_scan(journey)
    page = visit(journey.url).page(f"/explore?scan={scan.id}&t=0.9&other=0.8")
    curves = page.locator(".curves")
    expect(curves).to_have_attribute("data-threshold", "0.90")
    high = int(metric(page, "Largest group").inner_text())
    expect(page.get_by_text("0.90 → 0.80")).to_be_visible()
    threshold(page).press("ArrowLeft")
    expect(curves).to_have_attribute("data-threshold", "0.89")
    box = curves.locator("svg").bounding_box()
    assert box is not None
    curves.locator("svg").click(position={"x": box["width"] * 0.3, "y": box["height"] / 2})
    expect(threshold(page)).not_to_have_value("0.89")
    expect(curves).not_to_have_attribute("data-threshold", "0.89")
    settle(page)
    assert int(metric(page, "Largest group").inner_text()) >= high
    page.get_by_role("button", name="Exact duplicates only: 0.95").click()
    expect(curves).to_have_attribute("data-threshold", "0.95")
    expect(page).to_have_url(re.compile(r"t=0\.95"))


def test_from_the_graph_to_a_group_and_why_it_matches(journey, visit):
    scan, member = first_scan(journey), id_of(journey, SCRIPT)
    page = visit(journey.url).page(f"/graph?scan={scan.id}")
    place = place_of(page, member)
    page.mouse.move(place["x"], place["y"])
    expect(page.locator(".dd-tip")).to_contain_text(SCRIPT)
    page.mouse.click(place["x"], place["y"])
    expect(page).to_have_url(re.compile(f"image={member}"))
    expect(page.locator(".dd-members")).to_contain_text(SCRIPT)
    page.get_by_role("link", name="Open the group").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Group of 3 images")
    expect(page.locator(".compare[data-drawn=side]")).to_be_visible()
    expect(page.locator(".dd-table").first).to_contain_text(LABEL)
    for words in ("The originals at 100 %", "The originals at 800 %"):
        page.locator(".compare .holder").first.click()
        expect(page.locator(".compare > .caption")).to_contain_text(words)
    for picture in range(2):
        expect(page.locator(".compare .holder.pixels img").nth(picture)).to_have_attribute(
            "src", re.compile("/original/")
        )
    for key, mode in (("l", "slider"), ("f", "flip"), ("e", "difference")):
        press(page, key)
        page.locator(f".compare[data-drawn={mode}]").wait_for()
    lit = """(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
             .data.some((value, at) => at % 4 < 3 && value > 0)"""
    assert page.locator(".compare canvas.top").evaluate(lit)
    expect(page).to_have_url(re.compile("look=Difference"))
    page.reload()
    page.locator(".compare[data-drawn=difference]").wait_for()


def test_a_group_is_looked_through_and_decided_by_keyboard(journey, visit):
    scan = first_scan(journey)
    first = DuplicateGraph(scan.matches()).cut(0.7).members(0)[0]  # which group that is depends on the path
    page = visit(journey.url).page(f"/group?scan={scan.id}&group={first}&look=Slider")
    page.locator(".compare[data-drawn=slider]").wait_for()
    range_ = page.get_by_role("slider", name="Share of A")
    range_.press("ArrowRight")  # moves the line, and does not leave the group
    expect(range_).to_have_value("501")
    press(page, "p")  # letters reach the page from there, too
    expect(page).to_have_url(re.compile(r"[?&]a=.*&b="))
    expect(page.get_by_text("1 of 3", exact=True)).to_be_visible()
    press(page, "ArrowRight")
    expect(page.get_by_text("2 of 3", exact=True)).to_be_visible()
    press(page, "ArrowLeft")
    expect(page.get_by_text("1 of 3", exact=True)).to_be_visible()
    press(page, "d")
    expect(page.get_by_text("2 of 3", exact=True)).to_be_visible()
    press(page, "ArrowLeft")
    expect(page.get_by_text("1 of 3", exact=True)).to_be_visible()
    main = page.get_by_test_id("stMainBlockContainer")
    expect(main.get_by_text("duplicate", exact=True).first).to_be_visible()


def test_a_chain_is_split_at_its_weakest_bridge_and_joined_again(journey, visit):
    scan, member = first_scan(journey), id_of(journey, "both.png")
    page = visit(journey.url).page(f"/group?scan={scan.id}&group={member}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Group of 3 images")
    page.get_by_text("Split here").first.click()
    split = page.get_by_role("button", name="Not a duplicate: split here").first
    expect(split).to_be_visible()
    settle(page)
    heading = expect(page.get_by_role("heading", level=1))
    until(
        lambda: split.click() if split.is_visible() else None,
        lambda wait: heading.to_have_text("Group of 2 images", timeout=wait),
    )
    settle(page)
    decisions = page.get_by_test_id("stExpander").filter(has_text="Decisions about these images")
    decisions.get_by_text("Decisions about these images").click()
    decisions.get_by_role("button", name="Take back").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Group of 3 images")


def test_every_shared_link_opens_the_same_view_in_another_browser(journey, visit):
    scan = first_scan(journey)
    page = visit(journey.url).page(f"/share?scan={scan.id}&t=0.95")
    opened = visit(journey.url).page("/")
    for name in ("Groups", "Graph", "Explore", "Overview"):
        page.get_by_role("radio", name=name).click(force=True)
        path = "" if name == "Overview" else name.lower()
        code = page.get_by_test_id("stCode")
        expect(code).to_contain_text(f"{journey.url}/{path}?")
        show(opened, code.inner_text().strip())
        expect(opened.get_by_role("heading", level=1)).to_have_text(name)
        expect(threshold(opened)).to_have_value("0.95")
        expect(opened.get_by_role("dialog")).to_have_count(0)
        assert f"scan={scan.id}" in opened.url


def drawn(page: Page) -> None:
    page.locator(DRAWN).or_(page.locator("#graph svg image, #graph svg use")).first.wait_for()


@pytest.mark.parametrize("name", ["report.html", "graph.html"])
def test_a_file_that_was_taken_away_opens_offline_with_every_name_as_text(journey, visit, tmp_path, name):
    scan = first_scan(journey)
    page = visit(journey.url).page(f"/share?scan={scan.id}")
    with page.expect_download() as download:
        page.locator(f".st-key-get-{name.replace('.', '-')}").get_by_role("button").click()
    file = tmp_path / name
    download.value.save_as(file)
    away = visit("file://", offline=True).page(str(file), ready=drawn)
    expect(away.get_by_role("heading", level=1)).to_contain_text("First scan")
    away.get_by_role("searchbox", name="Find a file").fill("line 🐈")
    expect(away.locator("#found")).to_have_text("1 found")
    if name == "report.html":
        expect(away.get_by_text("<script>alert('a')<b>").first).to_be_visible()
        assert away.locator("article:visible").count() == 1
        assert away.locator("article:visible image").first.bounding_box()["width"] > 10
    assert away.locator("script").count() == {"report.html": 1, "graph.html": 3}[name]


def reviewed(journey, scan: StoredScan, member: str) -> None:
    """Somebody decided the group of this image: Clear shows what it would do with it."""
    cut, store = DuplicateGraph(scan.matches()).cut(0.7), ReviewStore(Workspace(journey.data).reviews)
    keys = [image_key(record, "photos") for record in scan.records(cut.members(cut.find(member) or 0))]
    store.decide(keys, Verdict.DUPLICATE, who="Ann", expected_revision=store.load().revision(keys))


def test_hostile_names_and_fields_are_text_wherever_they_are_shown(journey, visit):
    scan, member = first_scan(journey), id_of(journey, SCRIPT)
    reviewed(journey, scan, member)
    page = visit(journey.url).page("/")  # at the end nothing may have opened a dialog or asked elsewhere
    asked = f"?scan={scan.id}&group={member}&image={member}&text=script&find=script"
    shown = {"collection": ".cell .name", "group": ".card .name", "graph": ".dd-members", "clear": ".dd-plan"}
    for name, place in shown.items():
        show(page, f"{journey.url}/{name}{asked}")
        expect(page.locator(place).filter(has_text=SCRIPT).first).to_be_visible()
    show(page, f"{journey.url}/groups{asked}")
    expect(page.locator(".dd-strip img").first).to_be_visible()
    names = page.locator(".dd-strip img").evaluate_all("images => images.map((image) => image.alt)")
    assert {SCRIPT, LINES, TURNED} == set(names)
    to(page, "Scan")
    page.get_by_text("A part", exact=True).click()
    page.get_by_role("textbox", name="Filter query").fill("label:x")
    page.get_by_role("textbox", name="Filter query").press("Enter")
    page.get_by_role("combobox", name="Value", exact=True).click()
    expect(page.get_by_role("option", name="alert(3)")).to_be_visible()


def test_what_one_person_selects_another_does_not_see(journey, visit):
    scan, member = first_scan(journey), id_of(journey, "left.png")
    one, two = (visit(journey.url).page(f"/graph?scan={scan.id}") for _ in range(2))
    place = place_of(one, member)
    one.mouse.click(place["x"], place["y"])
    expect(one.get_by_text("Group of 3 images")).to_be_visible()
    one.get_by_role("button", name="Exact duplicates only: 0.95").click()
    expect(one.get_by_text("in no group at this threshold")).to_be_visible()
    two.reload()
    settle(two)
    expect(threshold(two)).to_have_value("0.7")
    expect(two.get_by_role("button", name="Full screen")).to_be_visible()
    expect(two.get_by_text("Group of 3 images")).to_have_count(0)
