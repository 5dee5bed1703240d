"""Makes the pictures of the README from the example: `make pictures`. They come to lie in docs/tour.

Each page is drawn in a Chromium over a fresh example collection, light and dark; one is cut for shared links.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page

from dupedash.bench.browser import WANTED, chromium
from dupedash.bench.startup import served
from dupedash.config import Workspace
from dupedash.groups.graph import DuplicateGraph
from dupedash.model import NEAR
from dupedash.scans import ScanStore
from dupedash.ui.component import ASSETS
from dupedash.ui.door.shell import PICTURE

Scheme = Literal["light", "dark"]

TOUR = Path(__file__).parents[1] / "docs" / "tour"
WIDTH, HEIGHT = 1280, 800
HIGHER = {"group": 1240}  # its comparison lies below the images
DRAWN_LAST = {"group": ".compare[data-drawn]"}
"""What of a page comes after the mark that `bench` waits for."""
SHARPER = 1.5  # pixels of a picture for one of the page: sharp on most screens, half the size of 2
SHARED = 1200, 630  # pixels: what programs that show a link ask for (https://ogp.me, 1.91 to 1)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
MEMBERS = range(4, 7)  # images of the group that is shown: they fit on the page


def main() -> None:
    """All of them, in a temporary workspace."""
    with tempfile.TemporaryDirectory(prefix="dupedash-tour-") as folder:
        data = Path(folder) / "data"
        subprocess.run([sys.executable, "-m", "dupedash", "--data", str(data), "example"], check=True)
        TOUR.mkdir(exist_ok=True)
        with served(data) as (address, _process), chromium() as browser:
            for scheme in SCHEMES:
                for name, path in _addresses(Workspace(data)).items():
                    _save(_drawn(browser, address + path, name, scheme), TOUR / f"{name}-{scheme}.webp")
                    print(f"{name}-{scheme}", flush=True)
    with Image.open(TOUR / "group-light.webp") as group:
        part = group.crop((0, 0, group.width, group.width * SHARED[1] // SHARED[0]))
        part.resize(SHARED, Image.Resampling.LANCZOS).convert("RGB").save(ASSETS / PICTURE[1:], quality=82)


def _addresses(workspace: Workspace) -> dict[str, str]:
    """What is shown, in the order of the tour."""
    scan = ScanStore(workspace.scans).list()[0]
    cut = DuplicateGraph(scan.matches()).cut(NEAR)
    groups = (cut.members(number) for number in range(len(cut)))
    shown = next(sorted(group)[0] for group in groups if len(group) in MEMBERS)
    names = ("overview", "explore", "graph")
    return {name: f"/{name}" for name in names} | {"group": f"/group?group={shown}", "clear": "/clear"}


def _drawn(browser: Browser, address: str, name: str, scheme: Scheme) -> bytes:
    """A page as a PNG."""
    with browser.new_context(
        viewport={"width": WIDTH, "height": HIGHER.get(name, HEIGHT)},
        device_scale_factor=SHARPER,
        color_scheme=scheme,
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        page.goto(address)
        page.locator(DRAWN_LAST.get(name, WANTED[name])).first.wait_for()
        _settle(page)
        return page.screenshot()


def _settle(page: Page) -> None:
    """Until the page has run and every picture in sight is there."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)  # transitions of the charts


def _save(png: bytes, path: Path) -> None:
    with Image.open(BytesIO(png)) as picture:
        picture.convert("RGB").save(path, quality=80, method=6)


if __name__ == "__main__":
    main()
