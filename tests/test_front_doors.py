"""The example at the front door of a package does what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

import dupedash
from dupedash import actions, check, folders, groups, images, keepers, query, report, review, scans, workers
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.flow import server
from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.model import ByData, DuplicateQuery, FieldInfo, FieldType, ImageRecord
from dupedash.scans.run import run_scan
from dupedash.storage import atomic, locks
from tests import workspaces

PACKAGES = [
    module.name for module in pkgutil.walk_packages(dupedash.__path__, "dupedash.")
    if module.ispkg and ">>>" in (importlib.import_module(module.name).__doc__ or "")
]  # fmt: skip
NAMES = (
    ByData, DuplicateGraph, DuplicateQuery, EmbeddedCollection, FieldInfo, FieldType, ImageRecord, Matches,
    TestClient, index, run_scan,
)  # fmt: skip


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> dict[str, object]:
    """What the examples take for given: a folder of pictures, its collection and a scan of it."""
    home: Path = tmp_path_factory.mktemp("front-doors")
    folder = workspaces.draw(home / "pictures")
    workspace: Workspace = workspaces.fill(home / "data", folder)
    scan = workspaces.scan(workspace)
    collection = connect(Connection("photos"), workspace)
    given = {"folder": folder, "workspace": workspace, "collection": collection, "scan": scan}
    for package in (
        actions,
        check,
        folders,
        groups,
        images,
        keepers,
        query,
        report,
        review,
        scans,
        server,
        workers,
    ):
        given |= {name: getattr(package, name) for name in getattr(package, "__all__", ())}
    return given | {one.__name__: one for one in NAMES} | {"atomic": atomic, "locks": locks, "np": np}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_example_of_a_package_works(package, scene):
    module = importlib.import_module(package)
    [example] = doctest.DocTestFinder(recurse=False).find(module, package, globs=dict(scene))
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert not said, "".join(said)


def test_the_packages_that_others_use_show_an_example():
    assert len(PACKAGES) >= 10
