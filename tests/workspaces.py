"""A workspace with a small real collection: drawn pictures, copies of some, one broken file, one scan."""

from __future__ import annotations

from pathlib import Path

from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.scans import ScanConfig, ScanStore, StoredScan
from dupedash.scans.run import run_scan
from tests.pictures import as_file, brighter, scene, smaller

SCENES, COPIED = 8, 3
IMAGES = SCENES + 2 * COPIED + 1  # the file that is no picture is compared by its bytes
HOSTILE = "<img src=x onerror=alert(1)> & \"quoted\" 'name'.png"


def draw(folder: Path) -> Path:
    """8 scenes, 3 of them also smaller and brighter; one has a hostile name; one file is no picture."""
    folder.mkdir(parents=True)
    for seed in range(SCENES):
        picture = scene(seed)
        name = HOSTILE if seed == 0 else f"scene-{seed}.png"
        (folder / name).write_bytes(as_file(picture))
        if seed < COPIED:
            (folder / f"smaller-{seed}.png").write_bytes(as_file(smaller(picture)))
            (folder / f"brighter-{seed}.jpg").write_bytes(as_file(brighter(picture), "JPEG"))
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def fill(root: Path, pictures: Path, name: str = "photos") -> Workspace:
    """Index the pictures into a collection of the workspace `root`."""
    workspace = Workspace(root)
    collection = EmbeddedCollection(workspace.collection(name), name)
    index(collection.store, [pictures], jobs=1, fields_for=_category)
    collection.close()
    return workspace


def _category(path: Path) -> dict[str, str]:
    return {"category": path.name.partition("-")[0]} if "-" in path.name else {}


def scan(
    workspace: Workspace, name: str = "photos", title: str = "First scan", config: ScanConfig | None = None
) -> StoredScan:
    """A finished scan of the collection."""
    collection = connect(Connection(name), workspace)
    done = run_scan(collection, config or ScanConfig(), ScanStore(workspace.scans), name=title)
    collection.close()
    return done
