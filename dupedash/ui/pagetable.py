"""The page table: every page of the dashboard, in the order of the menu."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dupedash.system.home import HOME

FRAME = Path(__file__).with_name("main.py")
"""The script around every page."""

_FOLDER = HOME / "pages"


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page.

    file         in pages/, without .py; also its URL
    section      heading in the menu, "" for none
    needs_scan   without a scan the shell shows how to get one instead of the page
    editor_only  not offered to viewers (what it does is refused to them in any case)
    hidden       reached by links only, not from the menu
    """

    file: str
    title: str
    icon: str
    section: str = ""
    needs_scan: bool = False
    editor_only: bool = False
    hidden: bool = False

    @property
    def path(self) -> Path:
        """The script of the page."""
        return _FOLDER / f"{self.file}.py"


PAGES = (
    PageRow("overview", "Overview", ":material/home:"),
    PageRow("scan", "Scan", ":material/radar:"),
    PageRow("graph", "Graph", ":material/hub:", "Results", needs_scan=True),
    PageRow("explore", "Explore", ":material/tune:", "Results", needs_scan=True),
    PageRow("groups", "Groups", ":material/auto_awesome_motion:", "Results", needs_scan=True),
    PageRow("group", "Group", ":material/compare:", "Results", needs_scan=True, hidden=True),
    PageRow("folders", "Folders", ":material/folder_copy:", "Results", needs_scan=True),
    PageRow("share", "Share", ":material/share:", "Results", needs_scan=True),
    PageRow("check", "Check", ":material/fact_check:", "Act"),
    PageRow("clear", "Clear", ":material/cleaning_services:", "Act"),
    PageRow("collection", "Collection", ":material/photo_library:", "Set up"),
    PageRow("connections", "Connections", ":material/lan:", "Set up", editor_only=True),
)
"""The first page is the start page."""


def has_page(file: str) -> bool:
    """Whether the table has a page of that name."""
    return any(row.file == file for row in PAGES)
