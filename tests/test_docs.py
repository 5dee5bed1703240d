"""What the documents say of the tree is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAP = (ROOT / "docs" / "map.md").read_text("utf-8")
PLACE = re.compile(r"(?P<path>\w*/?[\w/]*(?:\.(?:py|css|js|md)|/))(?:: (?P<name>\w+))?")


def places() -> list[tuple[str, str | None]]:
    """Every path on the map, with the name that it gives in that file."""
    said = (PLACE.fullmatch(quoted) for quoted in re.findall("`([^`]+)`", MAP))
    return sorted({(match["path"], match["name"]) for match in said if match}, key=str)


def test_the_map_names_many_places():
    assert len(places()) > 60


@pytest.mark.parametrize(("path", "name"), places())
def test_what_the_map_names_is_there(path, name):
    below = "" if path.startswith(("app.py", "pages/", "tests/", "tools/")) else "dupedash"
    place = ROOT / below / path
    assert place.exists()
    if name:
        assert re.search(rf"^(?:class |def )?{name}\b", place.read_text("utf-8"), re.MULTILINE)


def test_the_readme_leads_to_the_map():
    assert "(docs/map.md)" in (ROOT / "README.md").read_text("utf-8")


DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"""(?:\]\(|(?:src|srcset)=")(?!\w+:)([^)"#]*)(?:#([^)"]+))?[)"]""")


def anchors(document: Path) -> set[str]:
    """What the headings of a document are called in links, as the sites that show it make them."""
    told = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", told, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_picture_of_the_documents_is_there(document):
    for place, anchor in LINK.findall(document.read_text("utf-8")):
        target = document.parent / place if place else document
        assert target.exists(), place
        assert not anchor or anchor in anchors(target), f"{place}#{anchor}"
