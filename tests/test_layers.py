"""Imports point only downwards, and each dependency has few homes: the shape of the project, enforced."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the bottom up. A module may import what stands on a lower line or beside it, but never the siblings
# `flow` and `embedded` each other.
LAYERS = (
    ("dupedash.errors",),
    ("dupedash.compiled", "dupedash.fieldjson", "dupedash.formats", "dupedash.model",
     "dupedash.storage.atomic", "dupedash.storage.locks", "dupedash.storage.sums", "dupedash.storage.wal",
     "dupedash.system", "dupedash.web", "dupedash.wording"),
    ("dupedash.collection", "dupedash.config", "dupedash.fetch", "dupedash.folders", "dupedash.groups",
     "dupedash.images", "dupedash.keepers", "dupedash.query", "dupedash.storage", "dupedash.workers"),
    ("dupedash.dataset", "dupedash.embedded", "dupedash.example", "dupedash.flow"),
    ("dupedash.connect", "dupedash.review", "dupedash.scans"),
    ("dupedash.actions", "dupedash.bench", "dupedash.check", "dupedash.cluster", "dupedash.indexing",
     "dupedash.jobs", "dupedash.network", "dupedash.report", "dupedash.selftest",
     "dupedash.watch"),
    ("dupedash.ui", "dupedash.cli"),
    ("dupedash.__main__", "dupedash.setup", "app", "pages"),
)  # fmt: skip
APART = {("dupedash.flow", "dupedash.embedded"), ("dupedash.embedded", "dupedash.flow"),
         ("dupedash.ui", "dupedash.cli"), ("dupedash.cli", "dupedash.ui")}  # fmt: skip

PAGES = ("check", "clear", "collection", "explore", "folders", "graph", "overview", "review", "scan", "share")
"""Folders of pages in dupedash/ui: what two of them need stands above them, or in `ui.shared`."""

HOMES = {
    "streamlit": ("app", "pages", "dupedash.ui"),
    "requests": ("dupedash.flow", "dupedash.fetch"),
    "starlette": ("dupedash.flow", "dupedash.ui", "app"),
    "uvicorn": ("dupedash.flow", "dupedash.web", "dupedash.cli", "app"),
    "PIL": ("dupedash.images", "dupedash.example", "dupedash.bench"),
    "pillow_heif": ("dupedash.images",),
    "rawpy": ("dupedash.images.extra",),
    "imagecodecs": ("dupedash.images.extra",),
    "cv2": ("dupedash.cluster", "dupedash.embedded", "dupedash.images", "dupedash.bench",
            "dupedash.selftest", "dupedash.ui", "dupedash.workers"),
    "onnxruntime": ("dupedash.embedded.model.network",),
    "numba": ("dupedash.compiled",),
    "luqum": ("dupedash.query",),
    "playwright": ("dupedash.bench",),
    "click": ("dupedash.cli", "dupedash.__main__"),
    "pyvis": ("dupedash.network", "dupedash.report", "dupedash.ui"),
    "dask": ("dupedash.cluster",),
    "distributed": ("dupedash.cluster",),
    "fsspec": ("dupedash.dataset",),
    "sqlite3": (
        "dupedash.dataset",
        "dupedash.embedded",
        "dupedash.review",
        "dupedash.query",
        "dupedash.actions",
        "dupedash.storage",
    ),
    # A process that it starts reads the main module first, which under Streamlit is a page: `workers` do not.
    "multiprocessing": (),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def under(module: str, part: str) -> bool:
    return module == part or module.startswith(part + ".")


def layer(module: str) -> int | None:
    return next((n for n, row in enumerate(LAYERS) for part in row if under(module, part)), None)


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def page_of(module: str) -> str | None:
    """The page to whose folder a module belongs."""
    return next((page for page in PAGES if under(module, f"dupedash.ui.{page}")), None)


def breaches(module: str, imported: set[str]) -> list[str]:
    """What is wrong with these imports of this module, as sentences."""
    own = layer(module)
    if own is None and module != "dupedash":
        return [f"{module} has no layer: give it one in LAYERS"]
    wrong = []
    for name in sorted(imported):
        other = layer(name)
        if other is not None and own is not None and other > own:
            wrong.append(f"{module} imports upwards: {name}")
        if any(under(module, one) and under(name, two) for one, two in APART):
            wrong.append(f"{module} imports its sibling: {name}")
        if under(module, "pages") and name.startswith("dupedash.") and not under(name, "dupedash.ui"):
            wrong.append(f"{module} reaches past dupedash.ui: {name}")
        if under(module, "dupedash.ui") and page_of(name) not in (None, page_of(module)):
            wrong.append(f"{module} imports from a page: {name}; what is shared goes to dupedash.ui.shared")
        homes = HOMES.get(name.split(".")[0])
        if homes is not None and not any(under(module, home) for home in homes):
            wrong.append(f"{module} is no home of {name.split('.')[0]}")
    return wrong


def sources() -> list[Path]:
    return sorted([*ROOT.glob("app.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("dupedash/**/*.py")])


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_imports_point_downwards_and_stay_at_home(path):
    module = module_name(path)
    assert breaches(module, imports(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("dupedash.groups.graph", "dupedash.scans.run"),
        ("dupedash.flow.client", "dupedash.embedded.store.store"),
        ("dupedash.model", "dupedash.collection"),
        ("dupedash.scans", "streamlit"),
        ("pages.scan", "dupedash.scans"),
        ("dupedash.example.make", "multiprocessing.get_context"),
        ("dupedash.somewhere", "os"),
        ("dupedash.ui.graph.page", "dupedash.ui.review.gallery"),
        ("dupedash.ui.shared.widgets", "dupedash.ui.scan.form"),
    ],
)
def test_a_planted_breach_is_reported(module, imported):
    assert breaches(module, {imported})


def test_every_folder_of_a_page_is_there():
    assert {page for page in PAGES if not (ROOT / "dupedash/ui" / page / "__init__.py").exists()} == set()


def test_pages_and_the_launcher_stay_short():
    long = [p.name for p in ROOT.glob("pages/*.py") if len(p.read_text("utf-8").splitlines()) > 80]
    launcher = ROOT / "app.py"
    if launcher.exists() and len(launcher.read_text("utf-8").splitlines()) > 50:
        long.append("app.py")
    assert long == []
